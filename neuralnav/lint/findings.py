"""What lint can find, as data: each code with its class, severity and remedy; and the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from neuralnav.errors import Where
from neuralnav.model.lock import LockDoc

Severity = Literal["error", "warning", "info"]
Kind = Literal["unverified", "stale", "inconsistent", "missing"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
KINDS: tuple[Kind, ...] = ("unverified", "stale", "inconsistent", "missing")


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: its class, how bad it is, and what to do about it."""

    kind: Kind
    severity: Severity
    fix: str


CODES: Mapping[str, Code] = {
    "figure-unverified": Code("unverified", "info", "read it off a source, name that, and set verified: true"),
    "coefficient-unverified": Code("unverified", "info", "fit it to measurements, or read it off a source"),
    "price-expired": Code("stale", "warning", "look the price up again; set recorded and validUntil"),
    "price-in-the-future": Code("stale", "warning", "correct recorded, or judge a later day with --as-of"),
    "source-old": Code("stale", "warning", "look its figures up again, and set retrieved"),
    "source-in-the-future": Code("stale", "warning", "correct retrieved, or judge a later day with --as-of"),
    "source-undated": Code("stale", "info", "add retrieved, the day on which it was read"),
    "engine-old": Code("stale", "warning", "fit the coefficients to a current engine, and set dated"),
    "parameters-differ": Code(
        "inconsistent", "error", "correct the architecture or parametersB; encoders are extraParametersB"
    ),
    "bits-differ": Code("inconsistent", "error", "correct bitsPerWeight (scales included), quantized or precision"),
    "context-odd": Code("inconsistent", "warning", "read contextTokens off config.json (max_position_embeddings)"),
    "window-odd": Code("inconsistent", "warning", "give slidingWindow below the context, with fullAttentionLayers"),
    "experts-odd": Code("inconsistent", "warning", "give experts, expertsPerToken and expertIntermediateSize together"),
    "repo-shared": Code("inconsistent", "error", "keep one of the models, or name its own repository"),
    "score-orphan": Code("inconsistent", "error", "correct the id, or remove the scores"),
    "row-shared": Code("inconsistent", "warning", "a row of the source speaks for one model; name another, or none"),
    "weights-sum": Code("inconsistent", "error", "make the qualityWeights sum to 1"),
    "benchmark-unscored": Code("inconsistent", "warning", "correct its name, or add scores of it"),
    "profile-unknown": Code("inconsistent", "error", "name one of the profiles, or add it"),
    "slo-order": Code("inconsistent", "warning", "give an e2e above the ttft, which is part of it"),
    "peak-sparse": Code("inconsistent", "warning", "give the dense peak; data sheets like the sparse one, twice it"),
    "memory-marketing": Code("inconsistent", "warning", "give the GiB that the driver reports, not the GB of the name"),
    "supports-unused": Code("inconsistent", "warning", "add a checkpoint of that precision, or correct supports"),
    "price-repeated": Code("inconsistent", "error", "keep the price that holds; give another day to the other"),
    "price-order": Code("inconsistent", "warning", "check both; on demand is the dearest way to rent"),
    "owned-odd": Code("inconsistent", "warning", "check powerW and the price: power alone costs more"),
    "price-missing": Code("missing", "warning", "add a price, packaged or in an overlay; see docs/catalogs.md"),
    "label-missing": Code("missing", "warning", "add nodeLabel, as a node of yours shows it"),
    "checkpoint-unserved": Code("missing", "warning", "add the precision to supports where the engine serves it"),
    "score-missing": Code("missing", "info", "add published scores; until then its size speaks for it"),
    "loss-missing": Code("missing", "info", "add a published loss of that precision"),
}
"""Every code. Errors make catalogs unfit (exit 2), warnings do so with --strict, infos are counted."""


class Finding(LockDoc):
    """One finding: which code, in which entry, where in which file. Line 0 means the whole file."""

    severity: Severity
    kind: Kind
    code: str
    entry: str
    figure: str
    message: str
    fix: str
    file: str
    line: int


class FileFigures(LockDoc):
    """How many figures of a file are in use, and how many of them nobody verified."""

    file: str
    figures: int
    unverified: int


class LintReport(LockDoc):
    """What catalogs hold that is unverified, stale, inconsistent or missing, on a day.

    A figure is what has a source of its own and a `verified` mark; an architecture counts as one.
    """

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["catalog lint"] = "catalog lint"
    exit_code: int
    as_of: str
    models: int
    checkpoints: int
    accelerators: int
    use_cases: int
    figures: int
    unverified: int
    files: tuple[FileFigures, ...]
    findings: tuple[Finding, ...]


def finding(code: str, entry: str, message: str, where: Where, *, figure: str = "") -> Finding:
    """Return the finding of a code at a place."""
    known = CODES[code]
    return Finding(
        severity=known.severity, kind=known.kind, code=code, entry=entry, figure=figure, message=message,
        fix=known.fix, file=where.file, line=where.line,
    )  # fmt: skip


def order(item: Finding) -> tuple[int, int, str, str, str, str]:
    """Return the sorting key of findings: the worst first, then class, code, entry, figure and message."""
    return (
        SEVERITIES.index(item.severity), KINDS.index(item.kind), item.code, item.entry, item.figure, item.message,
    )  # fmt: skip
