"""What both clients share: a time for everything, asking again, and how failures of the network are told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import httpx

from neuralnav.draft.llm.find import LOOPBACK
from neuralnav.draft.llm.port import Limits, NoAnswer, OnText, one_line


def within(limits: Limits, attempt: Callable[[], Awaitable[str]]) -> str:
    """Return what an attempt gives, asking again where that may help, all of it within the time that there is.

    Raises `NoAnswer` for whatever goes wrong on the way.
    """
    return asyncio.run(_in_time(limits, attempt))


async def _in_time(limits: Limits, attempt: Callable[[], Awaitable[str]]) -> str:
    try:
        async with asyncio.timeout(limits.total_s):
            return await _again_and_again(limits, attempt)
    except TimeoutError:
        raise NoAnswer("timeout", f"no whole answer within {limits.total_s:g} s") from None


async def _again_and_again(limits: Limits, attempt: Callable[[], Awaitable[str]]) -> str:
    for failed in range(limits.retries):
        try:
            return await _told(attempt)
        except NoAnswer as error:
            if not error.passes:
                raise
        await asyncio.sleep(limits.pause_s * 2**failed)
    return await _told(attempt)


async def _told(attempt: Callable[[], Awaitable[str]]) -> str:
    """Return what an attempt gives, failures of the network as ours."""
    try:
        return await attempt()
    except (httpx.ConnectTimeout, httpx.PoolTimeout):
        raise NoAnswer("timeout", "the endpoint takes no connection in time") from None
    except httpx.TimeoutException:
        raise TimeoutError from None
    except httpx.ConnectError as error:
        raise NoAnswer("refused", f"no connection: {one_line(str(error))}") from None
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise NoAnswer("reset", f"the connection broke off: {one_line(str(error) or type(error).__name__)}") from None


def settings(url: str, limits: Limits) -> dict[str, object]:
    """Return how httpx is to ask a URL: nothing is followed, and what is read is bounded.

    Proxies of the environment are for other machines, never for this one.
    """

    async def bound(response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise NoAnswer("wrong shape", "the endpoint answers in an encoding that it was not asked for")
        response.stream = _Bounded(response.stream, limits.max_bytes)

    return {
        "timeout": httpx.Timeout(limits.total_s, connect=limits.connect_s),
        "follow_redirects": False,
        "trust_env": urlsplit(url).hostname not in LOOPBACK,
        "headers": {"Accept-Encoding": "identity", "User-Agent": "neuralnav"},
        "event_hooks": {"response": [bound]},
    }


class _Bounded(httpx.AsyncByteStream):
    """A reply that ends in `NoAnswer` when it is longer than anything that was asked for."""

    def __init__(self, stream: object, most: int) -> None:
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("only a reply that is awaited can be bounded")
        self._stream = stream
        self._left = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise NoAnswer("cut short", "the endpoint sends far more than it was asked for, and was cut off")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class Collected:
    """The text of an answer as it streams in."""

    def __init__(self, limits: Limits, on_text: OnText) -> None:
        self._limits = limits
        self._on_text = on_text
        self._pieces: list[str] = []
        self._length = 0

    def add(self, piece: str) -> None:
        """Take a piece; raises `NoAnswer` where the answer grows over what was asked for."""
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length > self._limits.max_characters:
            raise NoAnswer("cut short", f"the answer is over {self._limits.max_characters} characters, and was cut off")
        self._on_text(self._length)

    @property
    def text(self) -> str:
        """What has come so far."""
        return "".join(self._pieces)


def out_of_tokens(limits: Limits) -> NoAnswer:
    """Return the failure of an answer that needs more tokens than it may have."""
    return NoAnswer("cut short", f"the answer does not end within {limits.max_output_tokens} tokens")
