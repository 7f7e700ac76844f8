"""What is found so far while a draft is settled: one finding a field, and what is said of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from neuralnav.model.draft import Disagreement, Dropped, Finding, Question, Quote, Unplaced, Value


@dataclass(frozen=True, slots=True)
class Found:
    """Findings by field, in no particular order, and what goes with them. Each step of settling returns another."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    unplaced: tuple[Unplaced, ...] = ()
    questions: tuple[Question, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    def value(self, name: str) -> Value | None:
        """Return the value of a field, or None where nothing was found."""
        finding = self.findings.get(name)
        return None if finding is None else finding.value

    def names(self, field: str) -> tuple[str, ...]:
        """Return the names that a list of a file holds; none where it is not there."""
        value = self.value(field)
        return value if isinstance(value, tuple) else () if value is None else (str(value),)

    def quotes(self, *fields: str) -> tuple[Quote, ...]:
        """Return the words behind some fields, in the order of the prose."""
        every = {quote for name in fields if name in self.findings for quote in self.findings[name].quotes}
        return tuple(sorted(every, key=lambda quote: (quote.start, quote.end)))

    def setting(self, finding: Finding) -> "Found":
        """Return this with a finding in place of what the field had."""
        return replace(self, findings={**self.findings, finding.field: finding})

    def defaulting(self, name: str, value: Value, why: str) -> "Found":
        """Return this with a value that no words stand behind."""
        return self.setting(Finding(name, value, "default", "rules", (), why))

    def without(self, *fields: str) -> "Found":
        """Return this without some fields."""
        return replace(self, findings={name: item for name, item in self.findings.items() if name not in fields})

    def displacing(self, why: str, *fields: str) -> "Found":
        """Return this without some fields: their words are told as not placed, for a reason."""
        gone = [quote for name in fields if name in self.findings for quote in self.findings[name].quotes]
        known = {item.quote for item in self.unplaced}
        told = tuple(Unplaced(quote, why) for quote in dict.fromkeys(gone) if quote not in known)
        return replace(self.without(*fields), unplaced=(*self.unplaced, *told))

    def asking(self, question: Question) -> "Found":
        """Return this with one more question, in place of what was asked of the same words before."""
        words = set(question.quotes)
        others = tuple(item for item in self.questions if not words or not item.quotes or set(item.quotes) != words)
        return replace(self, questions=(*others, question))


STRENGTH = {"default": 0, "inferred": 1, "stated": 2}


def weaker(first: Finding, second: Finding) -> Finding:
    """Return the finding that gives way: what is less clearly said, then what is said earlier."""
    return min(first, second, key=lambda item: (STRENGTH[item.origin], _last(item)))


def _last(finding: Finding) -> int:
    return max((quote.end for quote in finding.quotes), default=-1)
