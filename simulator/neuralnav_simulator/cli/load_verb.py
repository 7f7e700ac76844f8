"""`neuralnav-sim load`: send requests as users would, and report what came back."""

import gc
import ssl
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import numpy as np
import uvloop

from neuralnav.cli.tables import print_table
from neuralnav.errors import ExitCode, input_error
from neuralnav_simulator.cli.numbers import Number
from neuralnav_simulator.cli.open_files import open_many
from neuralnav_simulator.cli.spelt import Spelt
from neuralnav_simulator.load.aims import Aims, aims_of, facts_of, facts_seen
from neuralnav_simulator.load.client import Api, Ask
from neuralnav_simulator.load.measured import Measured, foreseen
from neuralnav_simulator.load.plan import Asked, LoadPoint, closed_point, open_points
from neuralnav_simulator.load.prompts import Counted, Prompts, Words, read_texts
from neuralnav_simulator.load.report import About, Ran, check_writable, write_report
from neuralnav_simulator.load.run import Running, Watching, run_points
from neuralnav_simulator.load.server import SAMPLE_WORDS, Server, ask_server, cache_counters, count_words, hit_share
from neuralnav_simulator.load.spelling import ARRIVALS, LENGTHS, arrival_of, key_of, lengths_of, rates_of, seconds_of
from neuralnav_simulator.load.text import HEADER, RIGHT, heeded, missed, rows, verdict
from neuralnav_simulator.load.traces import read_trace
from neuralnav_simulator.load.wire import Pool, address_of
from neuralnav_simulator.tokens import load_tokenizer

REQUESTS = click.IntRange(1)
INTERRUPTED = 130


@click.command(
    name="load",
    epilog="Times are the server's: with --speedup N, as for `serve`, N of its seconds pass in one. "
    "`neuralnav bench import FILE` reads the report.",
)
@click.argument("url", type=Spelt("URL", lambda text: (address_of(text), text)[1]))
@click.option("--lock", type=click.Path(path_type=Path), help="Send a replica's share of this plan; judge by its SLOs.")
@click.option("--rate", type=Spelt("R[,R...]", rates_of), help="Requests a second; a load point each.")
@click.option("--arrival", type=Spelt("NAME", arrival_of), default="poisson", show_default=True, help=ARRIVALS + ".")
@click.option("--closed", type=REQUESTS, metavar="N", help="Keep N requests in flight instead.")
@click.option("--trace", type=click.Path(path_type=Path), help="Send the requests of a CSV or JSON lines file again.")
@click.option("--requests", type=REQUESTS, help="Requests of a load point.")
@click.option("--duration", type=Spelt("TIME", seconds_of), default="60s", show_default=True, help="Its length.")
@click.option("--prompt-tokens", type=Spelt("N", lengths_of), help=f"{LENGTHS}. [512]")
@click.option("--output-tokens", type=Spelt("N", lengths_of), help="As above. [128]")
@click.option("--prompts", type=click.Path(path_type=Path), help="Texts to send, a line each, or JSON lines.")
@click.option("--shared-prefix", type=click.IntRange(0), default=0, metavar="N", help="Tokens that all prompts share.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same requests each time.")
@click.option("--speedup", type=Number(0.01, 1000), help="As `serve` has it. [the server's]")
@click.option("--model", metavar="NAME", help="Which one to ask. [the server's first]")
@click.option("--endpoint", type=click.Choice(["completions", "chat"]), default="completions", show_default=True)
@click.option(
    "--api-key",
    type=Spelt("KEY", key_of),
    envvar=["NEURALNAV_API_KEY", "OPENAI_API_KEY"],
    default="",
    help="[$OPENAI_API_KEY]",
)
@click.option("--ignore-eos/--no-ignore-eos", default=True, help="Off for servers that do not know it.")
@click.option("--timeout", type=Spelt("TIME", seconds_of), default="10m", show_default=True, help="For one request.")
@click.option("--grace", type=Spelt("TIME", seconds_of), default="5s", help="What is in flight has it after Ctrl-C.")
@click.option("--insecure", is_flag=True, help="Take any certificate.")
@click.option("--out", type=click.Path(path_type=Path), help="Write a report, and a sidecar beside it.")
@click.option("--check", is_flag=True, help="Exit 4 when an SLO is missed or a request failed.")
@click.option("--quiet", is_flag=True, help="Show nothing meanwhile.")
def command(**options: Any) -> int:
    """Send requests to an OpenAI-compatible server: open loop, as users come, whether or not it keeps up."""
    aims = aims_of(options["lock"]) if options["lock"] else None
    points = _points(options, aims)
    if options["out"]:
        check_writable(options["out"])
    open_many()
    gc.freeze()  # what is there stays: no collection has to look through it while requests are timed
    try:
        return uvloop.run(_run(options, aims, points))
    finally:
        gc.unfreeze()


def _points(options: dict[str, Any], aims: Aims | None) -> tuple[LoadPoint, ...]:
    """Return the load points that options and lock ask for; options override the lock."""
    chosen = [f"--{name}" for name in ("rate", "closed", "trace") if options[name]]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} are different loads: give one of them")
    if not chosen and aims is None:
        raise click.UsageError("say what to send: --rate, --closed, --trace or --lock")
    if options["trace"]:
        return (read_trace(options["trace"], most=options["requests"]),)
    usual = (512, 128) if aims is None else (aims.prompt_tokens, aims.output_tokens)
    prompt, output = (options[name] or lengths_of(str(n)) for name, n in zip(_TOKENS, usual, strict=True))
    asked = Asked(prompt, output, options["seed"], options["requests"], options["duration"])
    try:
        if options["closed"]:
            return (closed_point(asked, options["closed"]),)
        return open_points(asked, options["rate"] or (aims.rate_rps if aims else 1.0,), options["arrival"])
    except ValueError as error:
        raise input_error("load", str(error)) from None


_TOKENS = ("prompt_tokens", "output_tokens")


async def _run(options: dict[str, Any], aims: Aims | None, points: tuple[LoadPoint, ...]) -> int:
    pool = Pool(address_of(options["url"]), _tls(options["url"], insecure=options["insecure"]))
    try:
        return await _sent(pool, options, aims, points)
    finally:
        await pool.close()


async def _sent(pool: Pool, options: dict[str, Any], aims: Aims | None, points: tuple[LoadPoint, ...]) -> int:
    url, key = options["url"], options["api_key"]
    server = await ask_server(pool, url, key=key)
    model = options["model"] or server.names[0]
    _check_server(url, server, aims)
    speedup = options["speedup"] or server.speedup
    api: Api = options["endpoint"]
    prompts = await _prompts(pool, options, model, api)
    ask = Ask(model, api, key, options["ignore_eos"], options["timeout"])
    begun = datetime.now().astimezone()
    slos = aims.slos if aims else None
    running = Running(ask, prompts, speedup, options["grace"], _watching(options), slos, _say)
    before = await cache_counters(pool, key=key)
    found = await run_points(pool, points, running)
    share = hit_share(before, await cache_counters(pool, key=key))
    if share is not None:
        _say(f"note: {share:.0%} of the prompts' tokens were in the server's prefix cache already")
    elif options["shared_prefix"]:
        share = round(min(1.0, options["shared_prefix"] / np.concatenate([point.prompt for point in points]).mean()), 3)
    known = aims is not None and not options["prompts"] and share is None
    ran = [
        Ran(point, one, foreseen(point, one, aims.served) if aims and known else {})
        for point, one in zip(points, found, strict=False)
    ]
    about = _about(options, server, aims, found, share)
    return _told(replace(about, begun=begun), ran, options)


def _about(
    options: dict[str, Any], server: Server, aims: Aims | None, found: Sequence[Measured], share: float | None
) -> About:
    """Return what the load points have in common, as far as the server bears out what a lock says."""
    simulated = bool(server.simulates) or any(one.simulated for one in found)
    told = aims.facts if aims else facts_of(server.simulates, server.version)
    return About(
        url=options["url"],
        model=aims.repo if aims else server.root,
        engine_version=server.version,
        simulates=server.simulates,
        begun=datetime.now().astimezone(),
        seed=options["seed"],
        speedup=options["speedup"] or server.speedup,
        is_simulator=simulated,
        slos=aims.slos if aims else None,
        facts=facts_seen(told, simulated=simulated, version=server.version, hit_share=share),
    )


def _tls(url: str, *, insecure: bool) -> ssl.SSLContext | None:
    if not url.startswith("https://"):
        return None
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _check_server(url: str, server: Server, aims: Aims | None) -> None:
    """Refuse to judge one configuration by the plan of another."""
    if aims is not None and server.simulates and server.simulates != aims.served.candidate:
        message = f"the server simulates {server.simulates}, and the lock plans {aims.served.candidate}"
        raise input_error(url, message, "serve the same lock, or leave out --lock")


async def _prompts(pool: Pool, options: dict[str, Any], model: str, api: Api) -> Prompts:
    if options["prompts"]:
        return read_texts(options["prompts"])
    tokenizer = load_tokenizer()
    words = tuple(tokenizer.piece(token) for token in tokenizer.words)
    sample = Words(words, options["seed"])
    one, many = (sample.text(0, count) for count in (1, SAMPLE_WORDS + 1))
    counted: Counted = await count_words(pool, model, api, many, one, key=options["api_key"])
    return Words(words, options["seed"], counted, options["shared_prefix"])


def _watching(options: dict[str, Any]) -> Watching:
    if options["quiet"]:
        return "nothing"
    return "live" if sys.stderr.isatty() else "lines"


def _say(line: str) -> None:
    click.echo(line, err=True)


def _told(about: About, ran: Sequence[Ran], options: dict[str, Any]) -> int:
    """Print the summary, write the report, and return the exit code."""
    if not ran:
        click.echo("stopped before a request was sent", err=True)
        return INTERRUPTED
    print_table(HEADER, rows(ran, about.slos), right=RIGHT)
    for line in heeded(ran):
        _say(f"note: {line}")
    over = missed(ran, about.slos)
    if about.slos is not None:
        click.echo(verdict(ran, about.slos))
    if options["out"]:
        _write(options["out"], about, ran)
    if any(one.measured.stopped for one in ran):
        return INTERRUPTED
    failed = any(one.measured.done < one.measured.sent for one in ran)
    return ExitCode.REFUSED if options["check"] and (over or failed) else ExitCode.DONE


def _write(path: Path, about: About, ran: Sequence[Ran]) -> None:
    """Write the report, unless it would hold nothing: then that of an earlier run stays."""
    if not any(one.measured.done for one in ran):
        _say(f"note: no request was answered, so there is nothing to report: {path} is left as it was")
        return
    click.echo(f"wrote {' and '.join(str(written) for written in write_report(path, about, ran))}")
    if about.facts is None:
        _say("note: nothing tells what was measured: `neuralnav bench import` asks for --accelerator and the like")
