"""`neuralnav-sim predict`: what a server will show, by its serving model offline, beside what its plan says."""

import json
from collections.abc import Sequence
from itertools import chain

import click

from neuralnav.cli.tables import print_table
from neuralnav.model.quantity import format_ms
from neuralnav.serving.saturation import saturation_rps
from neuralnav.serving.settings import DEFAULT_SETTINGS
from neuralnav_simulator.cli.asked import Asked, asked, served_options
from neuralnav_simulator.cli.spelt import Spelt
from neuralnav_simulator.cli.told import cache_tokens
from neuralnav_simulator.load.spelling import rates_of
from neuralnav_simulator.served.lengths import lengths_of
from neuralnav_simulator.served.locked import Planned
from neuralnav_simulator.served.prediction import Prediction, predicted

SHARES = (0.2, 0.5, 0.8)
"""Of saturation: where one looks without a rate of one's own."""

EXAMPLES = """\b
Examples:
  neuralnav-sim predict --lock plan.lock
  neuralnav-sim predict --lock plan.lock --rate 5,10 --format json
  neuralnav-sim predict --model llama-3.1-8b --precision fp8 --accelerator h100 --prompt-tokens 2000
"""

HEADER = ("req/s", "done/s", "TTFT p50", "p95", "ITL p50", "p95", "E2E p50", "p95", "preempted", "")
COLUMNS = ("ttft_p50", "ttft_p95", "itl_p50", "itl_p95", "e2e_p50", "e2e_p95")


@click.command(epilog=EXAMPLES)
@served_options
@click.option(
    "--rate",
    "rates",
    type=Spelt("R[,R...]", rates_of),
    multiple=True,
    help="Requests a second to offer, a line each; also more than once [default: the planned load of a replica "
    "where a lock says one, and 20, 50 and 80 % of saturation].",
)
@click.option(
    "--output-lengths",
    default="fixed",
    show_default=True,
    metavar="KIND",
    help="How long answers are: fixed, as plans count and load generators ask; lognormal or lognormal:CV.",
)
@click.option(
    "--requests",
    type=click.IntRange(20, 1_000_000),
    default=DEFAULT_SETTINGS.requests,
    show_default=True,
    help="Requests measured behind each line.",
)
@click.option("--seed", type=click.IntRange(0), default=DEFAULT_SETTINGS.seed, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context, *, rates: Sequence[Sequence[float]], output_lengths: str, requests: int, seed: int, form: str
) -> None:  # fmt: skip
    """Say what one server will show at a load, without starting it.

    Requests come as a Poisson process, with prompts of --prompt-tokens and answers of --output-tokens. What is served
    is said as for `serve`. Beside it stands what the plan has at its load, per replica.
    """
    found = asked(ctx)
    settled = found.settled
    served, planned = settled.served, found.planned
    output = lengths_of(output_lengths, max(2, settled.output_tokens), longest=served.max_model_len)
    most = served.lanes * saturation_rps(
        served.cost, served.limits, settled.prompt_tokens, max(2, settled.output_tokens)
    )
    offered = tuple(chain(*rates)) or tuple(
        sorted({*(share * most for share in SHARES), *([planned.rate_rps] if planned else [])})
    )
    lines = [predicted(settled, rate, output, requests=requests, seed=seed) for rate in offered]
    if form == "json":
        click.echo(json.dumps(_as_json(found, lines, most), indent=2))
        return
    shape = f"{settled.prompt_tokens:,} -> {settled.output_tokens:,} tokens"
    click.echo(f"{served.candidate} on {served.shown}: {shape}, saturated at {most:.3g} req/s")
    for note in settled.notes:
        click.echo(f"  {note}")
    rows = [_row(line) for line in lines]
    if planned is not None:
        rows.append(_plan_row(planned, found.lock))
    print_table(HEADER, rows, right=range(len(HEADER) - 1))


def _row(line: Prediction) -> tuple[str, ...]:
    cells = (format_ms(line.ms[name]) for name in COLUMNS)
    return (f"{line.rate_rps:.3g}", f"{line.achieved_rps:.3g}", *cells, str(line.preemptions), "")


def _plan_row(planned: Planned, lock: str) -> tuple[str, ...]:
    choice = planned.choice
    values = (choice.ttft_p95_ms, choice.itl_p95_ms, choice.e2e_p95_ms)
    cells = [text for metric in values for text in ("-", format_ms(metric.value))]
    at_least = "at least " if choice.capacity_at_least else ""
    told = f"{lock}: {at_least}{choice.capacity_rps:.3g} req/s keep the SLOs"
    return (f"{planned.rate_rps:.3g}", "-", *cells, "-", told)


def _as_json(found: Asked, lines: Sequence[Prediction], most: float) -> dict[str, object]:
    settled, planned = found.settled, found.planned
    served = settled.served
    answer: dict[str, object] = {
        "candidate": served.candidate,
        "accelerators": served.shown,
        "promptTokens": settled.prompt_tokens,
        "outputTokens": settled.output_tokens,
        "kvCacheTokens": cache_tokens(served),
        "maxModelLen": served.max_model_len,
        "saturationRps": round(most, 6),
        "notes": settled.notes,
        "loads": [
            {
                "offeredRps": line.rate_rps,
                "achievedRps": line.achieved_rps,
                "preemptions": line.preemptions,
                "ms": {name: round(value, 3) for name, value in line.ms.items()},
            }
            for line in lines
        ],
    }
    if planned is not None:
        choice = planned.choice
        p95 = (("ttft", choice.ttft_p95_ms), ("itl", choice.itl_p95_ms), ("e2e", choice.e2e_p95_ms))
        answer["plan"] = {
            "lock": found.lock,
            "offeredRps": planned.rate_rps,
            "capacityRps": choice.capacity_rps,
            "capacityAtLeast": choice.capacity_at_least,
            "source": choice.source,
            "ms": {f"{name}_p95": metric.model_dump() for name, metric in p95},
        }
    return answer
