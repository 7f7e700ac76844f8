"""Numbers as people write them, in several languages."""

from dataclasses import dataclass

from neuralnav.draft.text import Text


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the folded text, `text.folded[start:end]`, its scale included: "10k", "2 million", "5千".

    `low` is the lower end of a range whose upper end is `value`; without a range both are the same. `approximate`
    says that the words are loose: "a few hundred", "about 500". `separable`: a bare digit string, which a unit right
    behind it may turn into something else ("8" of "8x H100", "70" of "70b").
    """

    value: float
    low: float
    start: int
    end: int
    approximate: bool = False
    spelled: bool = False


def numbers(text: Text) -> tuple[Number, ...]:  # noqa: ARG001  # a stub
    """Return every number of the text in order, none inside another; those inside names (H100, 3.1) too."""
    return ()
