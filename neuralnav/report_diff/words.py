"""The words that every form of a plan diff shares: what became of a workload, its deployment, its money, its slack."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from neuralnav.model.diff import RuleChange, Side, SideState, WorkloadDiff
from neuralnav.model.plain_text import clipped, markdown_code, markdown_text, printable
from neuralnav.model.quantity import format_ms, format_usd
from neuralnav.model.report import ReportedChoice, ReportedMetric

Kind = Literal["broken", "refused", "infeasible", "moved", "added", "removed", "renamed", "otherwise", "numbers",
               "drifted", "manifests", "standing", "quiet", "unchanged"]  # fmt: skip
"""What became of a workload, what a reviewer must know first. The last three are not of note: an unchanged workload
that has no plan on either side, one where only other candidates moved, and one without any change."""

OF_NOTE = 11
"""So many kinds, from the first, are of note."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What is too small a change to tell a reviewer of; with zeros, nothing is.

    A cost is noise below `cost_usd` a month or below the share `cost_share` of what it was, a p95 below the share
    `latency_share`. Another candidate, other replicas, other manifests and drift never are.
    """

    cost_share: float = 0.0
    cost_usd: float = 0.0
    latency_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Marks:
    """How a form shows the text of others: as `code` (names, paths, commands), and as `text`."""

    code: Callable[[str], str]
    text: Callable[[str], str]


TEXT_CHARACTERS = 400
"""A value or message of a user is cut here: one of them must not push the others out."""


def code(text: str) -> str:
    """Return a name or value as markdown's code, cut where it is long; a dash where it is empty."""
    shown = markdown_code(plain(text)) or "-"
    return shown if len(shown) <= TEXT_CHARACTERS + 2 else f"{shown[:TEXT_CHARACTERS]}...`"


def prose(text: str) -> str:
    """Return a message as markdown's text, cut where it is long."""
    return markdown_text(plain(text))


def plain(text: str) -> str:
    """Return a name or message as text on one line, cut where it is long."""
    return clipped(printable(clipped(text, TEXT_CHARACTERS)), TEXT_CHARACTERS)


PLAIN = Marks(plain, plain)
MARKDOWN = Marks(code, prose)

NO_PLAN: Mapping[SideState, str] = {
    "planned": "planned", "infeasible": "no feasible plan", "refused": "no permitted plan", "broken": "broken input",
    "absent": "none",
}  # fmt: skip
QUIET = (
    "workload differs only in ranking or below the thresholds",
    "workloads differ only in ranking or below the thresholds",
)
"""What is said of one and of several workloads of the kind `quiet`, after their number."""

METRICS = ("ttft", "itl", "e2e")


def kind_of(item: WorkloadDiff, noise: Noise) -> Kind:
    """Return what became of a workload, the first of the kinds that holds."""
    return next(kind for kind, holds in _KINDS if holds(item, noise))


def rank_of(kind: Kind) -> int:
    """Return the place of a kind among all, 0 for what matters most."""
    return _ORDER.index(kind)


def is_of_note(kind: Kind) -> bool:
    """Tell whether a reviewer must be told of such a workload."""
    return rank_of(kind) < OF_NOTE


def hardware(choice: ReportedChoice) -> str:
    """Return what one replica of a choice runs on: `2x NVIDIA L40S`."""
    nodes = max(1, choice.nodes_per_replica)  # a diff that others computed may say anything
    return f"{f'{nodes} nodes of ' if nodes > 1 else ''}{choice.gpus_per_replica // nodes}x {choice.accelerator}"


def deployment(choice: ReportedChoice) -> str:
    """Return the hardware and replicas of a choice: `2x NVIDIA L40S, x3` are 3 replicas on 2 GPUs each."""
    return f"{hardware(choice)}, x{choice.replicas.planned}"


def served(choice: ReportedChoice) -> str:
    """Return the model of a choice with its precision: `Qwen3-30B-A3B FP8`."""
    return f"{choice.model} {choice.precision.upper()}"


def side_text(side: Side) -> str:
    """Return what one side deploys, or why it deploys nothing."""
    if side.choice is None:
        return NO_PLAN[side.state]
    state = f" ({side.state})" if side.state in ("refused", "infeasible") else ""
    return f"{served(side.choice)}, {deployment(side.choice)}{state}"


def after_text(item: WorkloadDiff) -> str:
    """Return what the head deploys, as short as the base allows."""
    before, after = item.before.choice, item.after.choice
    if before is None or after is None or item.after.state != "planned" or served(before) != served(after):
        return side_text(item.after)
    if hardware(before) != hardware(after) or before.candidate != after.candidate:
        return f"same model, {deployment(after)}"
    return "same" if deployment(before) == deployment(after) else f"same, x{after.replicas.planned}"


def _cost(side: Side) -> float | None:
    if side.state == "absent":
        return 0.0
    return side.choice.cost_usd_per_month if side.choice else None


def signed_usd(value: float) -> str:
    """Return a change of money with its sign, cents only where there is nothing else: `+$1,120`, `-$0.40`."""
    sign = "-" if value < 0 else "+"
    return sign + (format_usd(abs(value)) if abs(value) >= 1 or value == 0 else f"${abs(value):.2f}")


def signed_share(share: float) -> str:
    """Return a change as a share with its sign, a digit more below one percent: `-17 %`, `+0.4 %`; empty below that."""
    if abs(share) < 0.0005:
        return ""
    return (f"{share:+.0%}" if abs(share) >= 0.0095 else f"{share:+.1%}").replace("%", " %")


def in_brackets(text: str) -> str:
    """Return a text in brackets after what it belongs to; nothing where it is empty."""
    return f" ({text})" if text else ""


def cost_share(item: WorkloadDiff) -> str:
    """Return the change of a workload's cost as a share of what it was; empty where there is none to compare."""
    before, delta = _cost(item.before), item.cost_delta_usd_per_month
    return signed_share(delta / before) if before and delta and item.after.choice else ""


def delta_text(item: WorkloadDiff) -> str:
    """Return the change of a workload's cost, with its share of what it was: `-$1,120/month (-17 %)`."""
    delta = item.cost_delta_usd_per_month
    if delta is None:
        return "cost change unknown"
    if delta == 0:
        return "same cost"
    return f"{signed_usd(delta)}/month{in_brackets(cost_share(item))}"


def cost_text(item: WorkloadDiff) -> str:
    """Return the cost of both sides a month: `$6,570 -> $5,450`; one where they agree, `unknown` where it is not."""
    sides = []
    for side in (item.before, item.after):
        cost = _cost(side)
        sides.append("none" if side.state == "absent" else "no plan" if cost is None else format_usd(cost))
    delta = item.cost_delta_usd_per_month
    if item.before.choice and item.after.choice and delta is None:
        sides[1] = "unknown"
    if sides[0] != sides[1]:
        return " -> ".join(sides)
    return sides[0] + (f" ({signed_usd(delta)})" if delta else "")


def both(before: str, after: str) -> str:
    """Return what stands on both sides, once where it is the same: `36 % -> 13 %`."""
    return before if before == after else f"{before} -> {after}"


def latency_text(before: ReportedMetric | None, after: ReportedMetric | None) -> str:
    """Return a p95 on both sides: `96.2 -> 131 ms`, one where they are shown alike or the head's is the first."""
    if before is None and after is not None:
        return format_ms(after.p95_ms.value)
    shown = [format_ms(metric.p95_ms.value) if metric else "none" for metric in (before, after)]
    if shown[0] == shown[1]:
        return shown[0]
    unit = f" {shown[1].split(' ')[-1]}"
    first = shown[0].removesuffix(unit) if shown[1].endswith(unit) else shown[0]
    return f"{first} -> {shown[1]}"


def slo_text(before: ReportedMetric | None, after: ReportedMetric | None) -> str:
    """Return the SLO of both sides: `150 ms`, or `150 -> 100 ms` where it is another one."""
    shown = list(dict.fromkeys(format_ms(metric.slo_ms).replace(".0 ", " ") for metric in (before, after) if metric))
    if len(shown) == 2 and shown[0].split(" ")[1] == shown[1].split(" ")[1]:
        shown[0] = shown[0].split(" ")[0]
    return " -> ".join(shown)


def slack_text(share: float | None) -> str:
    """Return the share of an SLO that is left, `none` without a plan; below zero it is passed by so much."""
    return "none" if share is None else f"{share:.0%}".replace("%", " %")


def metrics_of(item: WorkloadDiff) -> Iterator[tuple[str, ReportedMetric | None, ReportedMetric | None]]:
    """Yield the name of each metric with what both sides say of it; nothing where neither has a plan."""
    before, after = item.before.choice, item.after.choice
    if before is None and after is None:
        return
    for name in METRICS:
        sides: Sequence[ReportedMetric | None] = [getattr(side, name) if side else None for side in (before, after)]
        yield name.upper(), sides[0], sides[1]


def judged_otherwise(item: WorkloadDiff) -> Iterator[RuleChange]:
    """Yield the rules with something new to say of the choice: that one which passes is bound or not is nothing.

    Without a choice no rule falls silent: there is none to speak of.
    """
    for rule in item.rules if item.after.choice else ():
        said = {rule.choice_before, rule.choice_after}
        if len(said) > 1 and said - {"", "pass"}:
            yield rule


def is_as_deployed(item: WorkloadDiff) -> bool:
    """Tell whether the head deploys what the base does, at the same cost and latency, against the same SLOs."""
    if item.before.choice is None or item.after.choice is None or item.decision:
        return False
    return item.after.state == "planned" and not _numbers_differ(item, Noise())


def _numbers_differ(item: WorkloadDiff, noise: Noise) -> bool:
    before, delta = _cost(item.before), item.cost_delta_usd_per_month
    if item.before.choice and item.after.choice and delta is None:
        return True
    loud = delta is not None and delta != 0 and abs(delta) >= max(noise.cost_usd, noise.cost_share * (before or 0.0))
    return loud or any(
        one is not None and other is not None and _moved(one, other, noise) for _, one, other in metrics_of(item)
    )


def _moved(before: ReportedMetric, after: ReportedMetric, noise: Noise) -> bool:
    if before.slo_ms != after.slo_ms:
        return True
    change = abs(after.p95_ms.value - before.p95_ms.value)
    return change > 0 and change >= noise.latency_share * before.p95_ms.value


def _rewrites(item: WorkloadDiff) -> bool:
    """Tell whether manifests say something else; that a dashboard follows numbers that moved is no news beside them."""
    return any(not change.shows_numbers for change in item.manifests) or bool(item.manifests and not item.evidence)


_NONE_EITHER = ("broken", "refused", "infeasible")

_KINDS: Sequence[tuple[Kind, Callable[[WorkloadDiff, Noise], bool]]] = (
    ("drifted", lambda item, _: item.status == "unchanged" and bool(item.drift)),
    ("standing", lambda item, _: item.status == "unchanged" and item.after.state in _NONE_EITHER),
    ("unchanged", lambda item, _: item.status == "unchanged" and not item.chosen_otherwise),
    ("broken", lambda item, _: item.after.state == "broken"),
    ("refused", lambda item, _: item.after.state == "refused"),
    ("infeasible", lambda item, _: item.after.state == "infeasible"),
    ("added", lambda item, _: item.status == "added"),
    ("removed", lambda item, _: item.status == "removed"),
    ("moved", lambda item, _: item.decision or item.before.state != item.after.state),
    ("renamed", lambda item, _: item.status == "renamed"),
    ("otherwise", lambda item, _: bool(item.chosen_otherwise)),
    ("numbers", _numbers_differ),
    ("drifted", lambda item, _: bool(item.drift)),
    ("manifests", lambda item, _: _rewrites(item)),
    ("quiet", lambda *_: True),
)
"""The kinds with what makes a workload one, in the order in which they are asked."""

_ORDER: Sequence[Kind] = get_args(Kind)
