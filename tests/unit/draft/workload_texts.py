"""Workloads as people write them, in any mixture of styles, and changes of them."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from neuralnav.draft.splices import path_of
from neuralnav.model.draft import Value

NAMES = st.lists(st.sampled_from(("H100", "L4", "A100-80GB", "MI300X", "a, b")), min_size=1, max_size=3, unique=True)
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "metadata.name": st.sampled_from(("chat", "support-bot")),
    "metadata.labels.env": st.sampled_from(("prod", "yes", "1")),
    "metadata.labels.team": st.just("platform"),
    "useCase": st.sampled_from(("translation", "document_analysis_rag")),
    "domain": st.sampled_from(("law", "it's: odd # really", 'say "hi"')),
    "traffic.users": st.integers(1, 10**9),
    "traffic.peakFactor": st.sampled_from((1.5, 2.0, 3)),
    "slo.ttft": st.sampled_from(("150ms", "1.5s")),
    "slo.e2e": st.just("20s"),
    "priorities.cost": st.sampled_from(("low", "high")),
    "constraints.models.deny": NAMES.map(tuple),
    "constraints.accelerators.allow": NAMES.map(tuple),
    "constraints.accelerators.deny": NAMES.map(tuple),
    "constraints.budget": st.sampled_from(("6000 USD/month", "8k USD/month")),
    "constraints.reasoning": st.booleans(),
    "confidence": st.just("safe"),
    "deploy.namespace": st.just("llm"),
    "deploy.autoscaling.maxReplicas": st.integers(1, 9),
    "deploy.storage.tokenSecret": st.just("hf-token"),
}
COMMENTS = st.sampled_from(("", "", "  # mine", '  # stated: "so"', "\t# it's: {mine}", "  #"))
LINES = st.sampled_from(("", "", "", "# alone", "\n", "    # deep"))


@dataclass(frozen=True)
class Change:
    """What is set, or removed where the value is None."""

    field: str
    value: Value | None


CHANGES = st.sampled_from(sorted(VALUES)).flatmap(
    lambda field: (st.none() | VALUES[field]).map(lambda value: Change(field, value))
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Any workload in which some of the fields are set."""
    fields = draw(st.sets(st.sampled_from(sorted(VALUES)))) | {"metadata.name", "useCase", "traffic.users"}
    tree: dict[str, Any] = {"apiVersion": "neuralnav.dev/v1alpha1", "kind": "Workload"}
    for field in draw(st.permutations(sorted(fields))):
        *parents, key = path_of(field)
        holder = tree
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[key] = draw(VALUES[field])
    lines = ["# head", *_block(draw, tree, "", draw(st.sampled_from(("  ", "    "))))]
    if draw(st.booleans()):
        lines.append("# tail")
    end = draw(st.sampled_from(("", "\n")))
    return ("\n".join(lines) + end).replace("\n", draw(st.sampled_from(("\n", "\r\n"))))


def _block(draw: st.DrawFn, tree: dict[str, Any], pad: str, step: str) -> list[str]:
    lines: list[str] = []
    for key, value in tree.items():
        if above := draw(LINES):
            lines.append(f"{pad}{above}" if above != "\n" else "")
        comment = draw(COMMENTS)
        flow = draw(st.booleans()) and pad
        if isinstance(value, dict) and not flow:
            lines += [f"{pad}{key}:{comment}", *_block(draw, value, pad + step, step)]
        elif isinstance(value, tuple) and not flow:
            lines.append(f"{pad}{key}:{comment}")
            dash = draw(st.sampled_from(("- ", "  - ", "-   ")))
            lines += [f"{pad}{dash}{_scalar(draw, item)}{draw(COMMENTS)}" for item in value]
        elif flow and isinstance(value, dict) and draw(st.booleans()):
            lines += [f"{pad}{key}: {{{comment}", *_spread(draw, value, pad + step), f"{pad}{step}}}"]
        else:
            lines.append(f"{pad}{key}:{draw(st.sampled_from((' ', '   ')))}{_flow(draw, value)}{comment}")
    return lines


def _spread(draw: st.DrawFn, tree: dict[str, Any], pad: str) -> list[str]:
    """Return the lines of a mapping in braces that has a line for each entry."""
    return [f"{pad}{key}: {_flow(draw, value)},{draw(COMMENTS)}" for key, value in tree.items()]


def _flow(draw: st.DrawFn, value: Any) -> str:
    space = draw(st.sampled_from(("", " ")))
    if isinstance(value, dict):
        return "{" + space + ", ".join(f"{key}: {_flow(draw, item)}" for key, item in value.items()) + space + "}"
    if isinstance(value, tuple):
        return "[" + space + f"{space},{space} ".join(_flow(draw, item) for item in value) + space + "]"
    return _scalar(draw, value)


def _scalar(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    quoted = ["'" + value.replace("'", "''") + "'", '"' + value.replace('"', '\\"') + '"']
    risky = not value[0].isalnum() or value in ("yes", "1") or any(sign in value for sign in ":#,\"'")
    return draw(st.sampled_from(quoted if risky else [value, *quoted]))
