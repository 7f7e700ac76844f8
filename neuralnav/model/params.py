"""What a policy document and the binding of a policy both speak of: enforcement, and the values of parameters."""

from typing import Annotated, Literal

from pydantic import StringConstraints

Enforcement = Literal["deny", "warn", "audit"]
"""What a binding makes of a rule that objects: refuse the candidate, warn of it, or only record it."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]

Scalar = bool | int | float | str
Value = Scalar | tuple[Scalar, ...] | dict[str, Scalar]
"""A parameter's value as YAML holds it; whether it is of the declared type is judged where both are known."""
