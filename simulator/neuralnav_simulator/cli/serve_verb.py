"""`neuralnav-sim serve`: put the parts of a server together, and run it."""

import contextlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from neuralnav.errors import input_error
from neuralnav.files.places import show
from neuralnav.serving.lengths import fixed
from neuralnav.serving.live import Live
from neuralnav.serving.prefixes import Prefixes
from neuralnav_simulator.cli.asked import Asked, asked, served_options
from neuralnav_simulator.cli.listening import bound, url_of
from neuralnav_simulator.cli.logs import Form, set_up
from neuralnav_simulator.cli.numbers import Number
from neuralnav_simulator.cli.running import run
from neuralnav_simulator.cli.told import MEASURED, Told, ready_text, start_json, start_text
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Engine
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.lanes import Lanes
from neuralnav_simulator.metrics import Metrics
from neuralnav_simulator.records import Lines
from neuralnav_simulator.served.lengths import USUAL
from neuralnav_simulator.tokens import load_tokenizer
from neuralnav_simulator.web import Site, make_app
from neuralnav_simulator.web.site import MAX_BODY

PLANNED = "plan"
MIB = 1024 * 1024
OWN_REQUESTS = 200
"""Requests behind what a start says of its own model: enough to see that it is off, and soon done."""

EXAMPLES = """\b
Examples:
  neuralnav-sim serve --lock plan.lock
  neuralnav-sim serve --lock plan.lock --speedup 10 --cold-start plan
  neuralnav-sim serve --model llama-3.1-8b --precision fp8 --accelerator h100 --port 0
  neuralnav-sim serve --lock plan.lock --error-rate 0.01 --stall 2 --stall-every 60
"""

SECONDS = Number(0.0, 1e7)


class _ColdStart(click.ParamType[float]):
    """Seconds, or `plan`, which is told as -1."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds that a text names, or fail with how to write them."""
        if value == PLANNED:
            return -1.0
        try:
            float(str(value))
        except ValueError:
            self.fail(f"{value!r} is neither seconds nor {PLANNED!r}.", param, ctx)
        return SECONDS.convert(value, param, ctx)


class _Key(click.ParamType[str]):
    """An API key, as a header can hold one."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # click's
        """Return a key without the blanks around it, or fail."""
        key = str(value).strip()
        if not key or not key.isprintable():
            self.fail("a key is empty, or holds what no header can.", param, ctx)
        return key


@click.command(epilog=EXAMPLES)
@served_options
@click.option(
    "--output-lengths",
    default=USUAL,
    show_default=True,
    metavar="KIND",
    help="How long answers are that a request does not limit, around --output-tokens: fixed, as plans "
    "count and as their numbers mean it; lognormal or lognormal:CV, as people's are.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen. vLLM listens everywhere: 0.0.0.0 does, as containers need it.",
)
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0 takes any free one.")
@click.option(
    "--api-key",
    "api_keys",
    type=_Key(),
    multiple=True,
    envvar="VLLM_API_KEY",
    metavar="KEY",
    help="A key without which /v1 is not answered; more than once for several [env: VLLM_API_KEY].",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Of answers, of their lengths and of faults: the same again for the same requests.",
)
@click.option(
    "--speedup",
    type=Number(0.01, 1000.0),
    default=1.0,
    show_default=True,
    metavar="N",
    help="How many times as fast as in truth. Metrics tell the time of the model.",
)
@click.option(
    "--max-waiting",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Answer 503 while so many requests wait [default: take them all, as vLLM].",
)
@click.option(
    "--max-body",
    type=click.IntRange(1, 1024),
    default=MAX_BODY // MIB,
    show_default=True,
    metavar="MIB",
    help="Answer 413 to requests with a larger body.",
)
@click.option(
    "--cold-start",
    type=_ColdStart(),
    default=0.0,
    metavar="SECONDS|plan",
    help="Answer 503 for so long first, as while the weights load; plan: at 100 MB/s.",
)
@click.option(
    "--error-rate",
    type=Number(0.0, 1.0),
    default=0.0,
    metavar="SHARE",
    help="Answer this share of the requests with 500.",
)
@click.option(
    "--stall", type=SECONDS, default=0.0, metavar="SECONDS", help="Let the engine hang for so long, now and then."
)
@click.option(
    "--stall-every", type=SECONDS, default=0.0, metavar="SECONDS", help="How far apart stalls are, on average."
)
@click.option("--crash-after", type=SECONDS, default=0.0, metavar="SECONDS", help="Let the process die, with exit 1.")
@click.option(
    "--shutdown-timeout",
    type=Number(0.0, 86_400.0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="On SIGTERM, how long requests under way may take; new ones get 503.",
)
@click.option("--trace", type=click.Path(path_type=Path), metavar="FILE", help="Write a line of JSON per sequence.")
@click.option("--access-log", is_flag=True, help="Log every request.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context, *, output_lengths: str, host: str, port: int, api_keys: tuple[str, ...], seed: int,
    speedup: float, max_waiting: int, max_body: int, cold_start: float, error_rate: float, stall: float,
    stall_every: float, crash_after: float, shutdown_timeout: float, trace: Path | None, access_log: bool,
    log_format: Form,
) -> int:  # fmt: skip
    """Serve a model that is not there: OpenAI's API, with the timing of a plan.

    What is served comes from a lock (--lock), or from the flags that vLLM has: a model, an accelerator, and how it is
    split. Requests are batched as vLLM batches them, by NeuralNav's serving model in real time: they queue, fill the KV
    cache and slow each other down. The words mean nothing. SIGTERM drains, Ctrl-C ends at once.
    """
    found = asked(ctx, output_lengths=output_lengths)
    if (stall > 0.0) != (stall_every > 0.0):
        raise click.UsageError("--stall and --stall-every come together")
    loading = found.settled.served.load_seconds if cold_start < 0.0 else cold_start
    faults = Faults(error_rate, stall, stall_every, loading, crash_after)
    told = Told(found, speedup, faults, bool(api_keys), _own(found, seed))
    opened = bound(host, port)
    set_up(log_format, access=access_log)
    with _lines(trace) as lines:
        site = _site(
            found,
            Clock(speedup),
            faults,
            lines,
            api_keys=api_keys,
            seed=seed,
            max_waiting=max_waiting,
            max_body=max_body * MIB,
        )
        url = url_of(opened, host)
        if log_format == "text":
            _say(start_text(told))

        def started() -> None:
            text = ready_text(url, site.served.names[0], keys=bool(api_keys))
            _say(start_json(told, url) if log_format == "json" else text)

        return run(make_app(site), opened, started=started, shutdown_seconds=shutdown_timeout, access_log=access_log)


def _say(text: str) -> None:
    """Tell who started it; the server is there for others, should nobody read this."""
    with contextlib.suppress(OSError):
        click.echo(text)


def _site(
    found: Asked, clock: Clock, faults: Faults, lines: Lines | None, *,
    api_keys: tuple[str, ...], seed: int, max_waiting: int, max_body: int,
) -> Site:  # fmt: skip
    """Return a server's parts, put together."""
    served = found.settled.served
    blocks = served.limits.blocks
    lives = [
        Live(served.cost, served.limits, prefixes=Prefixes(blocks) if served.prefix_caching else None)
        for _ in range(served.lanes)
    ]
    metrics = Metrics(
        served.names[0], clock, lives, max_model_len=served.max_model_len, engine_version=served.engine_version,
        prefix_caching=served.prefix_caching, block_tokens=served.limits.block_tokens, trace=lines,
    )  # fmt: skip
    engines = [Engine(live, clock, metrics, faults, seed) for live in lives]
    lanes = Lanes(engines, clock, faults, max_waiting)
    return Site(served, load_tokenizer(), clock, lanes, metrics, faults, api_keys, seed, max_body)


def _own(found: Asked, seed: int) -> Mapping[str, float] | None:
    """Return the p95 that the serving model has at the planned load, where the plan's own numbers were measured."""
    planned = found.planned
    if planned is None or planned.choice.source != MEASURED:
        return None
    from neuralnav_simulator.served.prediction import predicted  # 20 ms that few starts need

    lengths = fixed(max(2, found.settled.output_tokens))
    return predicted(found.settled, planned.rate_rps, lengths, requests=OWN_REQUESTS, seed=seed).ms


@contextlib.contextmanager
def _lines(path: Path | None) -> Iterator[Lines | None]:
    """Open a trace. Raises InputError where it cannot be written."""
    if path is None:
        yield None
        return
    with _opened(path) as stream:
        yield Lines(stream)


def _opened(path: Path) -> io.FileIO:
    try:
        return path.open("wb", buffering=0)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise input_error("--trace", f"{show(path)} cannot be written: {reason}") from None
