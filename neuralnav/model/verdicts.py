"""What policies make of the candidates of a plan: a column of verdicts for each rule, points, and words for one row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from neuralnav.model.policy_lines import PREFIX

Codes = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.float64]

Verdict = Literal["pass", "audit", "warn", "deny", "exempt"]
VERDICTS: tuple[Verdict, ...] = ("pass", "audit", "warn", "deny", "exempt")
"""What a rule makes of a candidate; a column of verdicts holds the places in this list. Only `deny` refuses."""

LONGEST_MISSED = 200


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of every candidate, and the views over what the workload itself admits, before any policy."""

    scores: Mapping[str, Numbers]
    views: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class RuleVerdicts:
    """One rule of a policy over every candidate.

    `codes[i]` is the place in `VERDICTS` of what it makes of row i. `excess` works out by which share of its limit
    each row misses the rule (inf where that has no size), and `say` what it says of one row.
    """

    policy: str
    rule: str
    codes: Codes
    excess: Callable[[], Numbers]
    say: "Callable[[int], Said]"

    @property
    def reason(self) -> str:
        """The rule as a refusal names it."""
        return f"{PREFIX}{self.policy}.{self.rule}"

    def is_(self, verdict: Verdict) -> npt.NDArray[np.bool_]:
        """Return where the rule gives one verdict."""
        return np.asarray(self.codes == VERDICTS.index(verdict))


@dataclass(frozen=True, slots=True)
class Seen:
    """A condition that decided, as it was written, and what it read there: `candidate.gpus <= 8`, `16`.

    `by` says how far that lies off its limit (`+100.0%`), empty where it has no size. `absent` says that nobody has the
    data that `value` names.
    """

    text: str
    value: str
    by: str = ""
    absent: bool = False

    def __str__(self) -> str:
        """Return the condition with what it read: `candidate.gpus <= 8: 16 (+100.0%)`."""
        value = f"{self.value} is absent" if self.absent else self.value
        return f"{self.text}: {value}" + (f" ({self.by})" if self.by else "")


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says of one candidate: its verdict, or the points that it gives.

    `unknown` is its `onUnknown` where its expression has no value there, so that this word decided. `owner` and
    `reason` are of the exemption where there is one.
    """

    policy: str
    rule: str
    verdict: Literal["audit", "warn", "deny", "exempt", "prefer"]
    message: str
    unknown: str = ""
    points: float = 0.0
    seen: tuple[Seen, ...] = ()
    owner: str = ""
    reason: str = ""

    @property
    def missed(self) -> str:
        """What decided, on one line of at most `LONGEST_MISSED` characters."""
        line = "; ".join(str(item) for item in self.seen)
        return line if len(line) <= LONGEST_MISSED else f"{line[: LONGEST_MISSED - 3]}..."


@dataclass(frozen=True, slots=True)
class Preference:
    """A rule that prefers some candidates: by how many points, and which rows. `acts` is false where it only tells."""

    policy: str
    rule: str
    points: float
    rows: npt.NDArray[np.bool_]
    acts: bool
    say: Callable[[int], Said]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts of every policy that applies to a workload, over all its candidates.

    `rules` and `preferences` stand in the order of their names, so that the order in a document means nothing. `points`
    are added to the balanced score of each row; all preferences together give at most `MOST_POINTS` either way.
    `scored` is what the candidates were judged by. `lines` name every policy bound in the workload's environment, with
    its digest and whether it acts on the plan; `applied` names those that select the workload.
    """

    rules: tuple[RuleVerdicts, ...]
    preferences: tuple[Preference, ...]
    points: Numbers
    scored: Scored
    lines: tuple[str, ...]
    applied: tuple[str, ...]

    def said(self, row: int) -> tuple[Said, ...]:
        """Return what is said of a row by the rules that do more than pass, then by the preferences that hold."""
        return (
            *(rule.say(row) for rule in self.rules if rule.codes[row]),
            *(item.say(row) for item in self.preferences if item.rows[row]),
        )
