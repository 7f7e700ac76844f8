"""How fast lowered rules are beside hand-written kernels, and what making one costs. Prints; asserts nothing.

python tests/bench/bench_policy.py [--repeats 15] [--rows 1000000]
"""

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from itertools import cycle, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cel_expr_python import cel

from neuralnav.policy.check import check
from neuralnav.policy.lower import Columns, lower
from neuralnav.policy.parse import parse
from neuralnav.policy.types import DOUBLE, STRING, Field, ObjectType, Scope, Variable

SEED = 20261125
RULE = "candidate.ttft_p95_ms <= 150.0 && accelerator.name in ['H100', 'L40S'] && candidate.cost_monthly_usd < 5000.0"
NAMES = ("H100", "H200", "L40S", "A100-80GB", "MI300X", "B200", "L4", "A10G")


def _object(name: str, fields: Mapping[str, Field]) -> Variable:
    return Variable(ObjectType(name, fields), "", per_row=True)


SCOPE = Scope({
    "candidate": _object("candidate", {
        "ttft_p95_ms": Field(DOUBLE, "", optional=True), "cost_monthly_usd": Field(DOUBLE, "", optional=True),
    }),
    "accelerator": _object("accelerator", {"name": Field(STRING, "")}),
})  # fmt: skip

Task = Callable[[], object]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15, help="runs behind each median")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the largest table")
    options = parser.parse_args()
    say(f"medians of {options.repeats} runs, lowered and hand-written in turn; pyarrow {pa.__version__}")
    for share in (0.0, 0.1):
        say(f"\n{share:.0%} of every column absent")
        print_one(table(options.rows, share), options.repeats)
        print_many(table(options.rows // 10, share), options.repeats)
        print_one(table(options.rows // 100, share), options.repeats * 20)
    print_oracle(table(options.rows // 100, 0.0), options.repeats)
    print_making(options.repeats * 20)


def table(rows: int, share: float) -> Mapping[str, pa.Array]:
    """Return the columns of that many candidates."""
    chance = np.random.default_rng(SEED)
    columns = {
        "candidate.ttft_p95_ms": chance.uniform(20, 400, rows),
        "candidate.cost_monthly_usd": chance.uniform(500, 20_000, rows),
        "accelerator.name": chance.choice(np.array(NAMES, dtype=object), rows),
    }
    return {name: pa.array(found, mask=chance.random(rows) < share) for name, found in columns.items()}


def by_hand(
    columns: Mapping[str, pa.Array], names: pa.Array, *, ttft_ms: float = 150.0, usd: float = 5000.0
) -> pa.Array:
    """Return what one writes by hand: comparisons that keep nulls, and a list that a null is not in."""
    fast = pc.less_equal(columns["candidate.ttft_p95_ms"], ttft_ms)
    listed = pc.is_in(columns["accelerator.name"], value_set=names)
    cheap = pc.less(columns["candidate.cost_monthly_usd"], usd)
    return pc.and_kleene(pc.and_kleene(fast, listed), cheap)


def print_one(columns: Mapping[str, pa.Array], repeats: int) -> None:
    """Print one rule over the rows: each call of the lowered one reads the columns anew."""
    rows = len(columns["accelerator.name"])
    rule = lower(check(RULE, parse(RULE), SCOPE), {})
    names = pa.array(["H100", "L40S"])
    compare(f"1 rule x {rows:,} rows", lambda: rule.mask(columns, rows), lambda: by_hand(columns, names), repeats)


def print_many(columns: Mapping[str, pa.Array], repeats: int) -> None:
    """Print a hundred different rules over the same rows."""
    rows = len(columns["accelerator.name"])
    pairs = [list(islice(cycle(NAMES), index, index + 2)) for index in range(100)]
    limits = [(100.0 + index, 3000.0 + 50 * index, names) for index, names in enumerate(pairs)]
    texts = [
        f"candidate.ttft_p95_ms <= {ttft_ms} && accelerator.name in {names} && candidate.cost_monthly_usd < {usd}"
        for ttft_ms, usd, names in limits
    ]
    rules = [lower(check(text, parse(text), SCOPE), {}) for text in texts]
    sets = [(ttft_ms, usd, pa.array(names)) for ttft_ms, usd, names in limits]

    def lowered() -> None:
        given = Columns(columns, rows)
        for rule in rules:
            rule.mask(given, rows)

    def hand() -> None:
        for ttft_ms, usd, names in sets:
            by_hand(columns, names, ttft_ms=ttft_ms, usd=usd)

    compare(f"{len(rules)} rules x {rows:,} rows", lowered, hand, repeats)


def print_oracle(columns: Mapping[str, pa.Array], repeats: int) -> None:
    """Print the same rule by cel-expr-python, a row at a time, over rows that are dictionaries already."""
    rows = len(columns["accelerator.name"])
    rule = lower(check(RULE, parse(RULE), SCOPE), {})
    plain = {name.replace(".", "_"): column.to_pylist() for name, column in columns.items()}
    kinds = {name: cel.Type.STRING if name.endswith("name") else cel.Type.DOUBLE for name in plain}
    program = cel.NewEnv(variables=kinds).compile(RULE.replace("candidate.", "candidate_").replace(
        "accelerator.", "accelerator_"))  # fmt: skip
    bindings = [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]

    def rowwise() -> list[object]:
        return [program.eval(data=row).plain_value() for row in bindings]

    if rowwise() != rule.mask(columns, rows).to_pylist():
        raise SystemExit("the two do not agree")
    ours, theirs = medians(lambda: rule.mask(columns, rows), rowwise, max(repeats // 5, 3))
    say(f"\n{'1 rule x ' + format(rows, ',') + ' rows':<28} lowered {ours * 1e3:9.3f} ms   cel-expr-python row by row "
        f"{theirs * 1e3:9.3f} ms   x{theirs / ours:,.0f}")  # fmt: skip


def print_making(repeats: int) -> None:
    """Print what it takes to parse, check and lower one rule."""
    root = parse(RULE)
    checked = check(RULE, root, SCOPE)
    steps: Mapping[str, Task] = {
        "parse": lambda: parse(RULE),
        "check": lambda: check(RULE, root, SCOPE),
        "lower": lambda: lower(checked, {}),
        "all three": lambda: lower(check(RULE, parse(RULE), SCOPE), {}),
    }
    say("\nmaking one rule")
    for name, task in steps.items():
        say(f"  {name:<26} {statistics.median(timed(task) for _ in range(repeats)) * 1e3:9.3f} ms")


def compare(label: str, lowered: Task, hand: Task, repeats: int) -> None:
    """Print the medians of two tasks that ran in turn, and the median of the ratios pair by pair."""
    pairs = paired(lowered, hand, repeats)
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(first / second for first, second in pairs)
    say(f"  {label:<26} lowered {ours * 1e3:9.3f} ms   by hand {theirs * 1e3:9.3f} ms   x{ratio:.2f}")


def medians(first: Task, second: Task, repeats: int) -> tuple[float, float]:
    """Return the median seconds of two tasks that ran in turn."""
    pairs = paired(first, second, repeats)
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def paired(first: Task, second: Task, repeats: int) -> list[tuple[float, float]]:
    """Return the seconds of two tasks, run in turn after a warm-up; which goes first alternates."""
    first(), second()
    found = []
    for index in range(repeats):
        if index % 2:
            late = timed(second)
            found.append((timed(first), late))
        else:
            early = timed(first)
            found.append((early, timed(second)))
    return found


def timed(task: Task) -> float:
    """Return the seconds of one call, without a collection of garbage in it."""
    gc.disable()
    started = time.perf_counter()
    task()
    seconds = time.perf_counter() - started
    gc.enable()
    return seconds


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
