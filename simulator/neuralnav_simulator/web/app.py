"""The application: a table of paths, and one door for all that goes wrong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.types import Receive, Scope, Send

from neuralnav_simulator.engine import EngineDeadError
from neuralnav_simulator.web import chat, completions, listing
from neuralnav_simulator.web.auth import check_key
from neuralnav_simulator.web.desk import Desk
from neuralnav_simulator.web.problems import ProblemError, broken, elsewhere, no_method, no_path
from neuralnav_simulator.web.site import Site
from neuralnav_simulator.web.wire import Call, GoneError

LOG = logging.getLogger("neuralnav_simulator")

Endpoint = Callable[[Desk, Call], Awaitable[None]]
PATHS: Mapping[str, Mapping[str, Endpoint]] = {
    chat.PATH: {"POST": chat.chat},
    completions.PATH: {"POST": completions.complete},
    listing.MODELS: {"GET": listing.models, "HEAD": listing.models},
    "/health": {"GET": listing.health, "HEAD": listing.health},
    "/ping": {"GET": listing.health, "HEAD": listing.health, "POST": listing.health},
    "/version": {"GET": listing.version, "HEAD": listing.version},
    "/metrics": {"GET": listing.metrics, "HEAD": listing.metrics},
    "/tokenize": {"POST": listing.tokenize},
    "/detokenize": {"POST": listing.detokenize},
}
ONE_MODEL: Mapping[str, Endpoint] = {"GET": listing.model, "HEAD": listing.model}


class App:
    """The ASGI application of a site. Its lanes run from the start of its lifespan to the end."""

    __slots__ = ("desk",)

    def __init__(self, site: Site) -> None:
        self.desk = Desk(site)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end."""
        match scope["type"]:
            case "http":
                await self._answer(Call(scope, receive, send, self.desk.site.clock))
            case "lifespan":
                await self._live(receive, send)
            case "websocket":
                await send({"type": "websocket.close", "code": 1000})
            case other:
                raise ValueError(f"an ASGI server asks for {other!r}")

    def drain(self) -> None:
        """Take no new requests; those that are being answered go on."""
        self.desk.draining = True

    async def _answer(self, call: Call) -> None:
        """Answer a request; whatever goes wrong is answered in one shape."""
        try:
            await _endpoint(self.desk.site, call)(self.desk, call)
        except ProblemError as problem:
            await call.refuse(problem)
        except GoneError:
            pass
        except Exception:
            LOG.exception("%s %s failed", call.method, call.path)
            await call.refuse(broken())
        finally:
            call.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        lanes = asyncio.create_task(self.desk.site.lanes.run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.drain()
        lanes.cancel()
        for stopped in await asyncio.gather(lanes, return_exceptions=True):
            _mourn(stopped)
        await send({"type": "lifespan.shutdown.complete"})


def _mourn(stopped: BaseException) -> None:
    """Log where a bug stopped the lanes; who asked for their end, and who was told of it by them, knows already."""
    bug = stopped.__cause__ if isinstance(stopped, EngineDeadError) else stopped
    if bug is not None and not isinstance(bug, asyncio.CancelledError):
        LOG.error("the engine stopped here", exc_info=bug)


def _endpoint(site: Site, call: Call) -> Endpoint:
    """Return who answers a request. Raises ProblemError for who may not ask, and for what nobody answers."""
    path = call.path
    named = path.startswith(f"{listing.MODELS}/") and path != f"{listing.MODELS}/"
    methods = PATHS.get(path) or (ONE_MODEL if named else None)
    if call.method == "OPTIONS" and methods is not None:
        return _options
    check_key(path, call.headers, site.api_keys)
    if methods is None:
        raise elsewhere(path[:-1], call.query) if path.endswith("/") and path[:-1] in PATHS else no_path()
    if call.method not in methods:
        raise no_method(methods)
    return methods[call.method]


async def _options(desk: Desk, call: Call) -> None:  # noqa: ARG001  # an endpoint like the others
    """Answer what may be asked here, and to a browser that it may ask."""
    methods = ", ".join([*PATHS.get(call.path, ONE_MODEL), "OPTIONS"]).encode()
    wanted = call.header(b"access-control-request-headers") or b"*"  # which "*" does not name: authorization
    headers = [
        (b"allow", methods),
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", wanted),
    ]
    await call.reply(200, b"", b"", headers)
