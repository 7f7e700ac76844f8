"""What a workload states, what is in force where it states nothing, and what an instruction asks to change."""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.draft.edits import value_at
from neuralnav.draft.splices import path_of
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Parsed
from neuralnav.model.draft import Engine, Origin, Quote, Unplaced, Value
from neuralnav.model.spec import ResolvedSpec
from neuralnav.model.workload import Workload


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field set to a value, or taken out where that is None, and the words that ask for it."""

    field: str
    value: Value | None
    quotes: tuple[Quote, ...]
    origin: Origin = "stated"
    why: str = ""
    engine: Engine = "rules"


@dataclass(frozen=True, slots=True)
class Told:
    """What one part of the reading makes of an instruction. `spans` are the words, folded, that it has used up."""

    wanted: tuple[Wanted, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    notes: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()

    def __add__(self, other: "Told") -> "Told":
        return Told(
            self.wanted + other.wanted,
            self.unplaced + other.unplaced,
            self.notes + other.notes,
            self.spans + other.spans,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A workload as it stands."""

    parsed: Parsed[Workload]
    spec: ResolvedSpec
    catalog: Catalog

    def value(self, field: str) -> Value | None:
        """Return the value that the file states, as it spells it, or None."""
        found = value_at(self.parsed.root, path_of(field))
        if isinstance(found, list):
            return tuple(str(item) for item in found)
        return found if isinstance(found, bool | int | float | str) else None

    def names(self, field: str) -> tuple[str, ...]:
        """Return the names of a list that the file states; none where it states none."""
        value = self.value(field)
        return value if isinstance(value, tuple) else ()

    def states(self, prefix: str) -> bool:
        """Tell whether the file holds a field, or a mapping, that has entries."""
        return value_at(self.parsed.root, path_of(prefix)) not in (None, {}, [])

    def in_force(self, field: str) -> tuple[Value, str] | None:
        """Return the value that holds for a field which the file does not state, and where it comes from."""
        spec = self.spec
        numbers: Mapping[str, Value] = {
            "slo.ttft": f"{spec.slo_ms['ttft']:g}ms",
            "slo.itl": f"{spec.slo_ms['itl']:g}ms",
            "slo.e2e": f"{spec.slo_ms['e2e']:.0f}ms",
            "traffic.promptTokens": spec.prompt_tokens,
            "traffic.outputTokens": spec.output_tokens,
            "constraints.contextLength": spec.context_tokens,
            "traffic.burstSize": spec.burst_size,
        }
        assumed = {item.field: item for item in spec.assumptions}
        if field == "traffic.peakFactor" and field in assumed:
            return float(assumed[field].value), assumed[field].why
        if field not in numbers:
            return None
        source = "traffic.profile" if field.endswith("Tokens") else field
        return numbers[field], assumed[source].why if source in assumed else "in force"


def quote_of(text: Text, *spans: Span) -> tuple[Quote, ...]:
    """Return the words of spans of one instruction as one quote, from the first to the last."""
    return (text.quote(min(start for start, _ in spans), max(end for _, end in spans)),)
