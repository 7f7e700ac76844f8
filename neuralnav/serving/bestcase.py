"""The load curve of a server without luck or queue: what a configuration could do at best, in closed form.

Requests arrive as if dealt out: n are in flight always, each step decodes all of them, and each request's prompt is
prefilled once, beside the decodes of the others. With s(n) the decode step at mid-life KV and p(n) what a prompt adds
to it, n requests take T(n) = output x s(n) + n x p(n), or longer where launching the steps that hold prefill takes
longer than their work, so the rate is n / T(n) and E2E is T(n). Randomness only adds
queues to that. It costs a fiftieth of a sweep, so it tells which candidates are worth one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import pyarrow as pa

from neuralnav.model.catalog import ServingList
from neuralnav.model.quantity import RATE_DIGITS
from neuralnav.model.tables import BENCHMARK_SCHEMA, STATISTICS, quantise
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.identity import LATENCY_METRICS, common_cells
from neuralnav.serving.server import Server, server_of
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings

Latencies = tuple[float, float, float]

SLACK = 1.10
"""Rates are raised by this much for the chance that a short sweep was lucky. `tests/bench/bench_sweep.py on-demand`
counts how often a swept capacity is above the best case: none of 460 in its sample, and 2 with 5 %."""

TAIL_SHARE = 0.08
"""What happens to more than this share of gaps or arrivals shows in their p95. Of a long run more than 5 % would do."""

OVERLOAD = 1.25


def best_cases(
    configurations: Sequence[Configuration],
    prompt_tokens: int,
    output_tokens: int,
    serving: ServingList,
    settings: SweepSettings = DEFAULT_SETTINGS,
) -> pa.Table:
    """Return predicted rows of each configuration, in their order and by rising rate, as a sweep would write them.

    No load can undercut a row's latencies at its rate. The first row of a curve is a request on its own; its last is
    an overload, so that the rate before it counts as the throughput. A configuration that holds not even one such
    request has no rows. Raises InputError as `server_of` does.
    """
    common: list[dict[str, object]] = []
    points: list[tuple[int, float, float, Latencies]] = []
    for configuration in configurations:
        server = server_of(
            configuration, prompt_tokens, output_tokens, serving, settings,
            step_tokens=_together(settings) * prompt_tokens + settings.max_num_seqs,
        )  # fmt: skip
        if server is not None:
            points += [(len(common), *point) for point in _points(server, settings)]
            common.append(common_cells(configuration, prompt_tokens, output_tokens, serving, settings))
    return _table(common, points, output_tokens) if common else BENCHMARK_SCHEMA.empty_table()


def _table(
    common: Sequence[Mapping[str, object]], points: Sequence[tuple[int, float, float, Latencies]], output_tokens: int
) -> pa.Table:
    owner, offered, achieved, latencies = zip(*points, strict=True)
    nullable = pa.schema([pa.field(field.name, field.type) for field in BENCHMARK_SCHEMA])
    table = pa.Table.from_pylist(common, schema=nullable).take(pa.array(owner))
    columns: dict[str, Sequence[object]] = {
        "offered_rps": offered,
        "achieved_rps": achieved,
        "output_tokens_per_s": [rate * output_tokens for rate in achieved],
        "requests": [1] * len(points),
        "source": ["predicted"] * len(points),
    }
    for metric, values in zip(LATENCY_METRICS, zip(*latencies, strict=True), strict=True):
        columns |= {f"{metric}_{statistic}_ms": values for statistic in STATISTICS}
    for name, cells in columns.items():
        index = table.column_names.index(name)
        table = table.set_column(index, nullable.field(index), pa.array(cells, nullable.field(index).type))
    return quantise(table).cast(BENCHMARK_SCHEMA)


def _points(server: Server, settings: SweepSettings) -> list[tuple[float, float, Latencies]]:
    """Return (offered, achieved, latencies) of the least rate, of rising numbers in flight, and of an overload."""
    least = 10.0**-RATE_DIGITS
    idle = server.cost.unloaded_ms(
        server.prompt_tokens, server.output_tokens,
        max_num_batched_tokens=server.limits.max_num_batched_tokens, cached_tokens=server.cached_tokens,
    )  # fmt: skip
    frontend_ms = server.cost.frontend_of_ms(server.prompt_tokens)
    burst_ms = _burst_ms(server, _together(settings)) - (idle[0] - frontend_ms)
    idle = (idle[0] + burst_ms, idle[1], idle[2] + burst_ms) if burst_ms > 0.0 else idle
    quiet = server.lanes * TAIL_SHARE / (idle[0] - frontend_ms) * 1e3  # prompts hardly meet
    points, highest = {least: idle, max(least, round(quiet, RATE_DIGITS)): idle}, idle
    counts = [2**power for power in range(server.batch.bit_length()) if 2**power < server.batch]
    for count in (*counts, server.batch):
        rate, latencies = _loaded(server, count, settings)
        highest = (max(highest[0], latencies[0]), max(highest[1], latencies[1]), max(highest[2], latencies[2]))
        points[max(least, round(rate * server.lanes * SLACK, RATE_DIGITS))] = highest
    ordered = sorted(points)
    carried = [(rate, rate, points[rate]) for rate in ordered]
    return [*carried, (max(ordered[-1] * OVERLOAD, 2 * least), ordered[-1], highest)]


def _loaded(server: Server, count: int, settings: SweepSettings) -> tuple[float, Latencies]:
    """Return the rate of one lane, and (TTFT, ITL, E2E), when `count` requests are in flight in it."""
    cost, output = server.cost, server.output_tokens
    decode_ms, beside_ms = _decode_ms(server, count), _decode_ms(server, count - 1)
    prefill = _prefill(server, count - 1)
    shared = output * (1.0 - exp(-count / output / settings.burst_size))  # steps that hold a prefill: some share one
    mixed_ms = max(beside_ms + count * prefill.work_ms / shared, prefill.launch_ms) + cost.prefill_ms
    cycle_ms = (output - shared) * decode_ms + shared * mixed_ms
    largest_ms = max(beside_ms + prefill.chunk_ms, prefill.launch_ms) + cost.prefill_ms
    gap_ms = largest_ms if shared / output > TAIL_SHARE else decode_ms
    waits = (_residual_ms(decode_ms, 1.0 - exp(-count)), _residual_ms(mixed_ms, shared * mixed_ms / cycle_ms))
    wait_ms = max(waits) if settings.arrival != "uniform" else 0.0  # who comes at even pace may miss every step
    own_ms = max(beside_ms + prefill.work_ms, prefill.launch_ms) + cost.prefill_ms
    way_ms = cost.frontend_of_ms(server.prompt_tokens)
    return count / cycle_ms * 1e3, (way_ms + wait_ms + own_ms, gap_ms, cycle_ms)


def _decode_ms(server: Server, count: int) -> float:
    """Return what a step of `count` decodes takes, all at mid-life."""
    cost, prompt, output = server.cost, server.prompt_tokens, server.output_tokens
    return cost.decode_ms(count, count * (prompt + output // 2), count * cost.window_kv(prompt, output))


def _together(settings: SweepSettings) -> int:
    """Return the place in its burst that more than `TAIL_SHARE` of requests have, or a later one.

    Sizes are geometric with mean b, so a request is the k-th of its burst, or a later one, with (1 - 1/b)^(k - 1).
    """
    if settings.arrival != "compound" or settings.burst_size <= 1.0:
        return 1
    return 1 + int(log(TAIL_SHARE) / log(1.0 - 1.0 / settings.burst_size))


def _burst_ms(server: Server, count: int) -> float:
    """Return what the prompts of `count` requests that come together take on an idle server, steps filled up."""
    cost, budget = server.cost, server.limits.max_num_batched_tokens
    computed = server.prompt_tokens - server.cached_tokens
    full, rest = divmod(count * computed, budget)
    attention = cost.chunk_ms(server.cached_tokens, computed) if computed <= budget else 0.0
    steps_ms = [full * max(cost.token_ms[budget], _launch_ms(server, budget))] if full else []
    steps_ms += (
        [max(cost.token_ms[rest] + count * attention * bool(not full), _launch_ms(server, rest))] if rest else []
    )
    return sum(steps_ms) + (full + bool(rest)) * (cost.prefill_ms + cost.step_ms)


def _residual_ms(step_ms: float, busy: float) -> float:
    """Return the p95 of what is left of a step for who arrives at any moment, when a share of the time is such steps.

    Poisson arrivals see time averages, and what is left of a step is spread evenly over its length.
    """
    return step_ms * max(0.0, 1.0 - TAIL_SHARE / busy)


@dataclass(frozen=True, slots=True)
class _Prefill:
    """What a prompt adds to steps that decode anyway: its work, that of its largest chunk; and the launch of a step."""

    work_ms: float
    chunk_ms: float
    launch_ms: float


def _prefill(server: Server, decodes: int) -> _Prefill:
    cost, done, work, least = server.cost, server.cached_tokens, list[float](), server.prompt_tokens
    room = max(1, server.limits.max_num_batched_tokens - decodes)
    while done < server.prompt_tokens:
        tokens = min(room, server.prompt_tokens - done)
        work.append(cost.token_ms[decodes + tokens] - cost.token_ms[decodes] + cost.chunk_ms(done, tokens))
        done, least = done + tokens, min(least, tokens)
    return _Prefill(sum(work), max(work), _launch_ms(server, decodes + least))


def _launch_ms(server: Server, tokens: int) -> float:
    """Return the least time in which a step with prefill is launched."""
    cost = server.cost
    return cost.piecewise_ms if tokens <= cost.capture_tokens else cost.eager_ms
