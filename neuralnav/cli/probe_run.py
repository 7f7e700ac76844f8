"""Runs `neuralnav probe`: finds the server, settles the load, shows it coming along, and prints what it shows."""

import asyncio
import contextlib
import gc
import secrets
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from urllib.parse import urlsplit

import click
import numpy as np

from neuralnav.cli.cluster_options import ClusterOptions
from neuralnav.cli.probe_live import Live
from neuralnav.cli.probe_text import as_markdown, as_text
from neuralnav.cli.probe_verb import MOST_REQUESTS, Asked
from neuralnav.cluster.connection import connect
from neuralnav.cluster.openai import LOOPBACK, Endpoint, Route, endpoint_of
from neuralnav.cluster.probe_judged import Plan, Via, Way, judged, other_model
from neuralnav.cluster.probe_notes import called, notes_of
from neuralnav.cluster.probe_target import proxy_path, reachable_url
from neuralnav.cluster.probing import Load, Probed, Wanted, probe
from neuralnav.cluster.served_facts import Facts
from neuralnav.errors import input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.places import Place
from neuralnav.model.lock import Lock
from neuralnav.model.plain_text import printable_json
from neuralnav.serving.planned import Sent, foreseen, planned_server

USUAL_SECONDS = 30.0
MOST_SECONDS = 45.0
USUAL_REQUESTS = 20
LEAST_REQUESTS = 6
"""Fewer bound no median, more than twenty one after another try nobody's patience for what little more they tell."""

MOST_USUAL = 1000


def run(place: Place, lock: Lock, asked: Asked, options: ClusterOptions) -> int:
    """Probe a plan, print the report, and return the exit code."""
    endpoint, via = _endpoint(place, lock, asked, options)
    catalog = load_catalog([place.root / path for path in load_project(place.root).spec.catalogs])
    plan = Plan(lock, planned_server(lock, catalog), asked.replicas or _replicas(lock, endpoint, via))
    seed = secrets.randbelow(1 << 31) if asked.seed is None else asked.seed
    settled = _Settled(plan, asked, seed)
    live = Live()
    gc.freeze()  # what is there stays: no collection has to look through it while requests are timed
    try:
        probed = asyncio.run(_probed(endpoint, settled, live))
    finally:
        gc.unfreeze()
        live.close()
    wanted = settled.wanted(probed.facts)
    notes = notes_of(plan, endpoint, wanted, probed)
    report = judged(plan, Way(endpoint.shown, via), wanted, probed, notes)
    match asked.form:
        case "json":
            click.echo(printable_json(report.model_dump_json(indent=2)))
        case "markdown":
            click.echo(as_markdown(report))
        case _:
            click.echo(as_text(report))
    return report.exit_code


def _endpoint(place: Place, lock: Lock, asked: Asked, options: ClusterOptions) -> tuple[Endpoint, Via]:
    """Return where to ask. Raises `ClusterError` and `InputError` where there is no way."""
    if asked.url:
        return endpoint_of(asked.url, key=asked.key, insecure=asked.insecure), "url"
    api = connect(
        kubeconfig=options.kubeconfig, context=options.context, patience_seconds=options.patience_seconds,
        say=lambda text: click.echo(text, err=True),
    )  # fmt: skip
    if not asked.through:
        url = reachable_url(api, lock, place.shown)
        return endpoint_of(url, key=asked.key, insecure=asked.insecure), "status"
    if asked.key:
        click.echo("note: the API's key does not go through the API server: its proxy takes kubeconfig's", err=True)
    from neuralnav.cluster.api_server_way import endpoint_through  # with the package `kubernetes`, 0.3 s

    path = proxy_path(api, lock)
    return endpoint_through(path, kubeconfig=options.kubeconfig, context=options.context), "api-server"


def _replicas(lock: Lock, endpoint: Endpoint, via: Via) -> int:
    """Return how many replicas answer: a port that is forwarded to this machine leads to a single one."""
    alone = via != "api-server" and urlsplit(endpoint.base).hostname in LOOPBACK
    return 1 if alone else max(1, lock.deployment.replicas.planned)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is asked of a server once it has told of itself."""

    plan: Plan
    asked: Asked
    seed: int

    def wanted(self, facts: Facts) -> Wanted:
        """Return what is asked. The rate is of the server's clock, which a simulator's speed-up makes faster."""
        asked = self.asked
        name = called(self.plan, [model.name for model in facts.models])
        route: Route = "chat" if asked.route == "chat" else "completions"
        load = replace(self._load(facts), rate_rps=self._rate_rps() * facts.speedup)
        return Wanted(name, load, route, ignore_eos=asked.ignore_eos, timeout_s=asked.timeout_s)

    def _rate_rps(self) -> float:
        """Return the rate that is asked for; the planned ones are of as many replicas as answer."""
        rate, share = self.asked.rate_rps(self.plan.lock), 1.0
        if self.asked.rate in ("planned", "mean"):
            share = self.plan.rps / self.plan.lock.requirements.peak_rps
        return rate * share

    def _load(self, facts: Facts) -> Load:
        asked, wanted = self.asked, self.plan.lock.requirements
        in_flight = asked.concurrency or 1
        seconds = asked.seconds or (inf if asked.requests else MOST_SECONDS)
        return Load(
            asked.requests or self._usual(facts, in_flight), seconds, self.seed,
            wanted.prompt_tokens, wanted.output_tokens, in_flight=in_flight,
        )  # fmt: skip

    def _usual(self, facts: Facts, in_flight: int) -> int:
        """Return how many requests take about half a minute, or as long as was asked for."""
        seconds = self.asked.seconds or USUAL_SECONDS
        if rate := self._rate_rps() * facts.speedup:
            count = int(rate * seconds)
            return min(MOST_REQUESTS, max(1, count)) if self.asked.seconds else min(MOST_USUAL, max(2, count))
        if self.asked.seconds:
            return MOST_REQUESTS
        rounds = int(seconds * facts.speedup * 1e3 / self._answer_ms(in_flight))
        return in_flight * min(USUAL_REQUESTS, max(rounds, -(-LEAST_REQUESTS // in_flight)))

    def _answer_ms(self, in_flight: int) -> float:
        """Return how long an answer is to take with so many in flight."""
        lock, server = self.plan.lock, self.plan.server
        if server is not None:
            each = np.ones(in_flight, dtype=np.int64)
            wanted = lock.requirements
            sent = Sent(np.zeros(in_flight), each * wanted.prompt_tokens, each * wanted.output_tokens, in_flight)
            if ms := foreseen(server, sent, replicas=self.plan.replicas).get("e2e_p50_ms"):
                return ms
        return lock.requirements.e2e_p95_ms


async def _probed(endpoint: Endpoint, settled: _Settled, live: Live) -> Probed:
    stop = asyncio.Event()
    with contextlib.ExitStack() as handled:

        def asked(facts: Facts) -> Wanted | None:
            """Settle what is asked; from here on Ctrl-C keeps what has come."""
            if other_model(settled.plan.lock, facts):
                return None
            wanted = settled.wanted(facts)
            _check_room(endpoint, wanted, facts)
            live.total = wanted.load.requests
            handled.callback(_on_ctrl_c(stop.set))
            return wanted

        return await probe(endpoint, asked, live.board, stop, live.show)


def _check_room(endpoint: Endpoint, wanted: Wanted, facts: Facts) -> None:
    """Refuse to ask for what the server says it cannot hold."""
    context = next((model.context_tokens for model in facts.models if model.name == wanted.model), 0)
    needed = wanted.load.prompt_tokens + wanted.load.output_tokens
    if context and context < needed:
        message = f"its longest sequence is {context:,} tokens, and a planned request has {needed:,}"
        raise input_error(endpoint.shown, message, "is it the server of this plan?")


def _on_ctrl_c(call: Callable[[], None]) -> Callable[[], object]:
    """Have Ctrl-C call it, where this thread may; return what undoes that."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGINT, call)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
        return lambda: None
    return lambda: loop.remove_signal_handler(signal.SIGINT)
