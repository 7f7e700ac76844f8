"""A request that is answered: its sequences in an engine, and what of them goes to the client when."""

import asyncio
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Protocol, TypeVar
from zlib import crc32

from neuralnav.serving.prefixes import Block
from neuralnav_simulator.answers import Answer, Asked, BeyondError, answer
from neuralnav_simulator.engine import Engine, EngineDeadError, Signal, Stream
from neuralnav_simulator.records import Reason
from neuralnav_simulator.web.desk import Desk
from neuralnav_simulator.web.events import DONE, Head, usage_event
from neuralnav_simulator.web.problems import bad_request, no_engine
from neuralnav_simulator.web.prompts import Tokens, block_names
from neuralnav_simulator.web.wire import EVENTS, Call, GoneError

LONG_ANSWER = 4096
"""Tokens from which on an answer is made in a thread, for the sake of those who are being answered."""

LONG_TOLD = 2_000
MOST_TOLD = 2_000_000
"""Log probabilities from which on they are written in a thread, and what one request may have of them: 60 MB."""

MOST_TOKENS = 4_000_000
"""Tokens that all answers of one request may have together: they are made, and kept, before the first is sent."""

MANY_ANSWERS = 16
"""Answers of one request from which on they are."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Want:
    """What a request wants: `choices` answers to each prompt, the seeds of whose `asked` are not settled yet.

    `seed` is the client's own; with `greedy` the same prompt gets the same answer without one. `salt` keeps prefixes
    apart. With `keep_stop` answers show the stop string that ended them. `top` log probabilities are told of each
    token, None for none; with `echo` of the prompts' as well.
    """

    prompts: tuple[Tokens, ...]
    asked: tuple[Asked, ...]
    choices: int
    seed: int | None = None
    greedy: bool = False
    salt: str | None = None
    keep_stop: bool = False
    top: int | None = None
    echo: bool = False

    def told(self, tokens: int) -> int:
        """Return how many log probabilities are told of answers of so many tokens in all, and of echoed prompts."""
        if self.top is None:
            return 0
        echoed = sum(map(len, self.prompts)) * self.choices if self.echo else 0
        return (tokens + echoed) * max(1, self.top)


@dataclass(slots=True, eq=False)
class Choice:
    """One answer on its way: `sent` of its tokens have been written. `told` tells that the metrics know its end."""

    index: int
    prompt: Tokens
    asked: Asked
    answer: Answer
    stream: Stream
    sent: int = 0
    told: bool = False


@dataclass(slots=True, eq=False)
class Turn:
    """The answers to one request. It has to be left, whatever happens."""

    desk: Desk
    engine: Engine
    signal: Signal
    want: Want
    choices: list[Choice]

    def settle(self) -> bool:
        """Tell whether all tokens of all choices are there, and the metrics of each choice that is complete."""
        whole = True
        for choice in self.choices:
            if not choice.stream.complete:
                whole = False
            elif not choice.told:
                self._tell(choice, "length" if choice.answer.finish == "length" else "stop")
        return whole

    @property
    def cached(self) -> int | None:
        """The tokens that the prefix cache saved; None without one."""
        if not self.desk.site.served.prefix_caching:
            return None
        return sum(choice.stream.ticket.cached for choice in self.choices[:: self.want.choices])

    @property
    def prompt_tokens(self) -> int:
        """The tokens of all prompts."""
        return sum(map(len, self.want.prompts))

    @property
    def answer_tokens(self) -> int:
        """The tokens of all answers."""
        return sum(len(choice.answer.tokens) for choice in self.choices)

    def usage(self) -> dict[str, object]:
        """Return what was used, as a whole answer tells it."""
        cached = self.cached
        return {
            "prompt_tokens": self.prompt_tokens,
            "total_tokens": self.prompt_tokens + self.answer_tokens,
            "completion_tokens": self.answer_tokens,
            "prompt_tokens_details": None if cached is None else {"cached_tokens": cached},
        }

    def leave(self) -> None:
        """Give up what is not complete; its slots and blocks are free."""
        self.desk.underway -= 1
        if not self.settle():
            for choice in self.choices:
                if not choice.told:
                    self.engine.abort(choice.stream)
                    self._tell(choice, "abort")

    def _tell(self, choice: Choice, reason: Reason) -> None:
        choice.told = True
        metrics, n = self.desk.site.metrics, self.want.choices
        metrics.ended(choice.stream.ticket, reason, max_tokens=choice.asked.room, n=n)


class Form(Protocol):
    """How answers are written: as events of a stream, or as one body. With `usage` a stream ends with what was used."""

    @property
    def head(self) -> Head:
        """How each event begins."""

    @property
    def usage(self) -> bool:
        """Whether what was used is told."""

    def opening(self, choice: Choice) -> str:
        """Return what stands before the first token of a choice."""

    def event(self, choice: Choice, place: int) -> str:
        """Return the event of one token."""

    def whole(self, turn: Turn) -> bytes:
        """Return all at once."""


async def begin(desk: Desk, call: Call, want: Want) -> Turn:
    """Let a request's sequences begin. Raises ProblemError where they cannot."""
    _check_size(want)
    desk.check_ready()
    desk.check_in()
    signal, order = Signal(), desk.seen
    call.watch(signal)
    try:
        answers = await off_loop(lambda: _answers(desk, want, order), when=_is_long(want))
    except BeyondError as error:
        raise bad_request(str(error), "tools" if want.asked[0].functions else "response_format") from error
    if call.gone:
        raise GoneError
    _check_fit(desk, want, answers)
    turn = Turn(desk, desk.site.lanes.pick(), signal, want, [])
    desk.underway += 1
    try:
        for index, (asked, given) in enumerate(answers):
            prompt = want.prompts[index // want.choices]
            blocks = _blocks(desk, prompt, given, want.salt)
            stream = turn.engine.submit(call.arrival_ms, len(prompt), len(given.tokens), signal, blocks=blocks)
            turn.choices.append(Choice(index, prompt, asked, given, stream))
    except EngineDeadError as error:
        turn.leave()
        raise no_engine(str(error)) from error
    return turn


async def serve(turn: Turn, call: Call, form: Form, *, stream: bool) -> None:
    """Answer a request until it is complete or its client leaves."""
    try:
        if stream:
            await _stream(turn, call, form)
            return
        while not turn.settle():
            await turn.signal.wait()
            if call.gone:
                return
        long = turn.want.told(turn.answer_tokens) > LONG_TOLD
        await call.reply(200, await off_loop(lambda: form.whole(turn), when=long))
    except EngineDeadError as error:
        raise no_engine(str(error)) from error
    finally:
        turn.leave()


async def off_loop(work: Callable[[], T], *, when: bool) -> T:
    """Return what some work returns, done in a thread where it is long: others are served meanwhile."""
    return await asyncio.to_thread(work) if when else work()


async def _stream(turn: Turn, call: Call, form: Form) -> None:
    """Write each token as it comes, or what has come since the last write; no more is made of it than a join."""
    await call.start(200, EVENTS, length=None)
    if len(turn.choices) == 1 and call.write_now is not None:
        turn.signal.taker = partial(_take, turn.choices[0], form, call.write_now)
    complete, echoes = False, turn.want.told(0) > LONG_TOLD
    while not complete:
        await turn.signal.wait()
        if call.gone:
            return
        complete = turn.settle()  # what comes while this pass is written is of the next
        out: list[str] = []
        for choice in turn.choices:
            delivered = choice.stream.delivered
            if choice.sent < delivered:
                write = partial(_events, form, choice, delivered)
                out += await off_loop(write, when=echoes and choice.sent == 0)
                choice.sent = delivered
        if complete:
            if form.usage:
                out.append(usage_event(form.head, turn.prompt_tokens, turn.answer_tokens, turn.cached))
            out.append(DONE)
        if out:
            await call.write("".join(out).encode(), more=not complete)


def _events(form: Form, choice: Choice, end: int) -> list[str]:
    """Return the events of the tokens that have come, with what stands before the first."""
    opening = [form.opening(choice)] if choice.sent == 0 else []
    return opening + [form.event(choice, place) for place in range(choice.sent, end)]


def _take(choice: Choice, form: Form, write_now: Callable[[bytes], bool]) -> bool:
    """Write a token as it comes, at once; what begins and ends an answer, and whatever is late, is left to its task."""
    place, stream = choice.sent, choice.stream
    if place == 0 or stream.delivered != place + 1 or stream.complete:
        return False
    try:
        written = write_now(form.event(choice, place).encode())
    except Exception:  # the engine, which runs this, has no part in it: the task meets it again, and answers for it
        return False
    choice.sent += written
    return written


def _check_fit(desk: Desk, want: Want, answers: Sequence[tuple[Asked, Answer]]) -> None:
    """Raise ProblemError for a sequence that the KV cache could never hold, before any of them begins."""
    limits = desk.site.served.limits
    for index, (_, given) in enumerate(answers):
        prompt, output = len(want.prompts[index // want.choices]), len(given.tokens)
        if not limits.holds(prompt, output):
            message = f"{prompt} + {output} tokens never fit in the {limits.blocks} blocks of KV cache"
            raise bad_request(message, "max_tokens")
    told = want.told(sum(len(given.tokens) for _, given in answers))
    if told > MOST_TOLD:
        raise bad_request(f"{told} log probabilities are more than one request is told: {MOST_TOLD}", "logprobs")


def _check_size(want: Want) -> None:
    """Raise ProblemError for answers that fill more memory than one request may have."""
    tokens = _least_tokens(want)
    if tokens > MOST_TOKENS:
        raise bad_request(f"{tokens} tokens are more than one request may ask for: {MOST_TOKENS}", "n")


def _is_long(want: Want) -> bool:
    """Tell whether the answers may take milliseconds: many of them, long ones, and those that meet a schema."""
    if len(want.asked) * want.choices > MANY_ANSWERS:
        return True
    if any(asked.schema is not None or asked.functions for asked in want.asked):
        return True
    return _least_tokens(want) > LONG_ANSWER


def _least_tokens(want: Want) -> int:
    """Return how many tokens all answers have at least, if no stop string ends them."""
    return want.choices * sum(asked.room if asked.ignore_eos else asked.min_tokens for asked in want.asked)


def _answers(desk: Desk, want: Want, order: int) -> list[tuple[Asked, Answer]]:
    """Return all answers. Without a seed of the client's they depend on how many requests came before."""
    site = desk.site
    settled = want.seed is not None or want.greedy
    seed = f"{site.seed if want.seed is None else want.seed}" + ("" if settled else f" {order}")
    answers = []
    for prompt, to_all in zip(want.prompts, want.asked, strict=True):
        of_prompt = f"{seed} {crc32(array('q', prompt))}"
        for index in range(want.choices):
            drawn = int.from_bytes(blake2b(f"{of_prompt} {index}".encode(), digest_size=8).digest())
            asked = replace(to_all, seed=drawn)
            given = answer(asked, site.served.output, site.tokenizer)
            if want.keep_stop and given.stop_reason is not None:
                given = replace(given, pieces=(*given.pieces[:-1], given.pieces[-1] + given.stop_reason))
            answers.append((asked, given))
    return answers


def _blocks(desk: Desk, prompt: Tokens, given: Answer, salt: str | None) -> Sequence[Block]:
    served = desk.site.served
    if not served.prefix_caching:
        return ()
    return block_names([*prompt, *given.tokens], served.limits.block_tokens, salt)
