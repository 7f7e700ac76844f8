"""How long answers are where a request does not say: by name, as a flag gives it."""

from neuralnav.errors import input_error
from neuralnav.serving.lengths import Lengths, fixed, lognormal

VARIATION = 0.5
MOST_VARIATION = 5.0
USUAL = "lognormal"


def lengths_of(text: str, output_tokens: int, *, longest: int) -> Lengths:
    """Return the lengths that `fixed`, `lognormal` or `lognormal:CV` names, with a mean of `output_tokens`.

    Raises InputError for any other text.
    """
    kind, separator, variation = text.partition(":")
    if kind == "fixed" and not separator:
        return fixed(output_tokens)
    try:
        spread = float(variation) if separator else VARIATION
    except ValueError:
        spread = 0.0
    if kind != "lognormal" or not 0.0 < spread <= MOST_VARIATION:
        raise input_error(
            "--output-lengths", f'"{text}" names no lengths', f"use fixed, lognormal or lognormal:{VARIATION:g}"
        )
    return lognormal(float(output_tokens), variation=spread, cap=longest)
