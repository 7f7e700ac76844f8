"""How the ids of answers tell that they are our simulator's: clients keep them in their reports."""

SIMULATED = "sim-"
"""What the id of an answer of the simulator has after OpenAI's prefix, unless its client named the request."""

_PREFIXES = (f"cmpl-{SIMULATED}", f"chatcmpl-{SIMULATED}")


def is_simulated(answer_id: object) -> bool:
    """Tell whether an id, as some document has it, is one of the simulator's."""
    return isinstance(answer_id, str) and answer_id.startswith(_PREFIXES)
