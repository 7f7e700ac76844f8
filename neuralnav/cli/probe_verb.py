"""`neuralnav probe`: real prompts to what serves a plan, and what they show of it."""

from dataclasses import dataclass
from typing import Any

import click

from neuralnav.cli.cluster_options import ClusterOptions, cluster_options, other_namespace
from neuralnav.cli.duration import Duration
from neuralnav.cli.kubectl_words import ClusterCommand
from neuralnav.cli.output import format_option
from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.connection import INSTALL_EXTRA
from neuralnav.errors import InputError, input_error
from neuralnav.files.locks import find_lock
from neuralnav.files.places import Place, find_workload
from neuralnav.model.lock import Lock

MOST_ASKED = 100_000 - 1
MOST_IN_FLIGHT = 4096
RATES = {"planned": "peak_rps", "mean": "mean_rps"}
"""Rates by name: the one at which the plan's numbers hold, and the one that users make in the mean."""


class _Rate(click.ParamType[str]):
    """A rate: a number, or the name of one."""

    name = "rate"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text of a rate, or fail with how to write one."""
        text = str(value)
        try:
            right = text in RATES or 0.0 < float(text) <= 10_000.0
        except ValueError:
            right = False
        if not right:
            self.fail(f"{value!r} is no rate; write requests per second, such as 5, or planned, or mean", param, ctx)
        return text


class _Key(click.ParamType[str]):
    """An API key, as a header can hold one; never shown."""

    name = "key"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a key without the blanks around it, or fail without showing it."""
        key = str(value).strip()
        if not (key.isascii() and key.isprintable()):
            self.fail("a key is of printable ASCII characters.", param, ctx)
        return key


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for; 0 is left open. `rate` is a number or a name of `RATES`, empty for none."""

    url: str
    through: bool
    key: str
    insecure: bool
    requests: int
    rate: str
    concurrency: int
    seconds: float
    timeout_s: float
    replicas: int
    route: str
    ignore_eos: bool
    seed: int | None
    form: str

    def rate_rps(self, lock: Lock) -> float:
        """Return the rate that is asked for, 0 where none is."""
        if not self.rate:
            return 0.0
        return float(getattr(lock.requirements, RATES[self.rate]) if self.rate in RATES else self.rate)


@click.command(
    name="probe",
    cls=ClusterCommand,
    epilog="\b\nneuralnav probe support-chat\nneuralnav probe support-chat --url http://localhost:8080 --rate planned\n"
    "\nExit codes: 0 it answers, 2 it cannot be reached or does not answer, 3 an SLO is missed or another model "
    "answers, 130 stopped by Ctrl-C (what came until then is told).",
)
@click.argument("workload", default=".")
@click.option("--url", default="", metavar="URL", help="Where to ask, with or without /v1. [what the cluster tells]")
@click.option(
    "--via-api-server", "through", is_flag=True, help="Ask through the API server's proxy, by the kubeconfig."
)
@click.option(
    "--api-key",
    "key",
    type=_Key(),
    envvar=["NEURALNAV_API_KEY", "OPENAI_API_KEY"],
    default="",
    help="The API's key. [$NEURALNAV_API_KEY, $OPENAI_API_KEY]",
)
@click.option("--insecure", is_flag=True, help="Take any certificate.")
@click.option("--requests", type=click.IntRange(1, MOST_ASKED), default=None, help="How many. [for about 30 s]")
@click.option(
    "--rate",
    type=_Rate(),
    default=None,
    metavar="R|planned|mean",
    help="Requests a second that come as they come (Poisson); planned: the load that the plan's p95 hold at.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, MOST_IN_FLIGHT),
    default=None,
    help="Requests in flight; each answer sends the next. [1]",
)
@click.option(
    "--duration",
    "seconds",
    type=Duration(above_zero=True),
    default=None,
    metavar="TIME",
    help="Send for so long. [45s]",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=Duration(above_zero=True),
    default=None,
    metavar="TIME",
    help="For one request. [60s, or three times the SLO of E2E]",
)
@click.option(
    "--replicas",
    type=click.IntRange(1, 10_000),
    default=None,
    help="Replicas that answer there. [as planned; 1 on this machine, as behind a port-forward]",
)
@click.option(
    "--endpoint",
    "route",
    type=click.Choice(["completions", "chat"]),
    default="completions",
    show_default=True,
    help="Which part of the API is asked.",
)
@click.option(
    "--ignore-eos/--no-ignore-eos",
    default=True,
    show_default=True,
    help="Whether answers are to be as long as planned; off for servers that do not know vLLM's field.",
)
@click.option("--seed", type=click.IntRange(0), default=None, help="Of prompts and arrivals. [another one each time]")
@format_option
@cluster_options
def command(workload: str, *, kubeconfig: str, context: str, namespace: str, patience: float, **options: Any) -> int:
    """Send real prompts to what serves a WORKLOAD, and compare what is measured with its plan.lock.

    TTFT, ITL and E2E stand beside the SLOs, the plan's p95, and what the serving model foresees of these very
    requests. Prompts are plain words, as long as planned; answers are thrown away.
    """
    if options["rate"] and options["concurrency"]:
        raise click.UsageError("--rate and --concurrency are different loads: give one of them")
    if options["url"] and options["through"]:
        raise click.UsageError("--url and --via-api-server are different ways: give one of them")
    place = find_workload(workload)
    lock = _lock_of(place)
    if namespace and namespace != lock.deployment.namespace:
        raise InputError([other_namespace(place.shown, lock.deployment.namespace, namespace)])
    left_open = {name: options[name] or 0 for name in ("requests", "concurrency", "seconds", "replicas", "timeout_s")}
    asked = Asked(**{**options, **left_open, "rate": options["rate"] or ""})
    try:  # here, as `httpx` is not installed everywhere
        from neuralnav.cli.probe_run import run
    except ModuleNotFoundError as error:
        raise ClusterError("probe", f"this needs the Python package {error.name}", INSTALL_EXTRA) from None
    return run(place, lock, asked, ClusterOptions(kubeconfig, context, namespace, patience))


def _lock_of(place: Place) -> Lock:
    lock = find_lock(place).lock
    if lock is None:
        raise input_error(place.shown, "there is no plan.lock beside it", f"`neuralnav compile {place.shown}`")
    return lock
