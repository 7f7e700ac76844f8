"""What a simulated server serves: one model, with the timing of one configuration."""

from dataclasses import dataclass

from neuralnav.serving.lengths import Lengths
from neuralnav.serving.limits import Limits
from neuralnav.serving.stepcost import StepCost


@dataclass(frozen=True, slots=True)
class Served:
    """A server, settled: nothing of it is looked up again.

    `names` are what clients may call the model, the first is what answers say. `shown` names the configuration for
    people, `candidate` for the plan. `lanes` alike engines each have `cost` and `limits`; a request goes to one of
    them. `output` is what the lengths of answers are drawn from where a request does not fix them. `load_seconds` is
    what loading the weights takes, for a cold start.
    """

    names: tuple[str, ...]
    candidate: str
    shown: str
    cost: StepCost
    limits: Limits
    lanes: int
    max_model_len: int
    output: Lengths
    prefix_caching: bool
    engine_version: str
    load_seconds: float
