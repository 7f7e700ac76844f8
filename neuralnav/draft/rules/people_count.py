"""A number of people, and what is said of it."""

from dataclasses import dataclass
from typing import Literal

from neuralnav.draft.rules.moments import Moment
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.text import Span

Kind = Literal["user", "role", "group", "bare"]
"""By which word a number counts people: "users", "lawyers", "a team of 50", or none: "for 5000"."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people: `text.folded[start:end]` holds it and the word that tells.

    `at_once`: they are active at the same time. `uses`: words beside it say that they use the service. `part`: they are
    some of those counted before ("500 of them"). `shared`: words before it say what
    share of them is active at once. `corrects`: it takes the place of what was said before.
    """

    number: Number
    kind: Kind
    start: int
    end: int
    moment: Moment = ""
    at_once: bool = False
    daily: bool = False
    monthly: bool = False
    uses: bool = False
    part: bool = False
    corrects: bool = False
    denied: bool = False
    shared: bool = False

    @property
    def value(self) -> float:
        """The number itself."""
        return self.number.value

    @property
    def span(self) -> Span:
        """Where the words of the count stand."""
        return self.start, self.end
