"""What a policy document and the binding of a policy both speak of: enforcement, and the values of parameters."""

from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema

Enforcement = Literal["deny", "warn", "audit"]
"""What a binding makes of a rule that objects: refuse the candidate, warn of it, or only record it."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]

Scalar = bool | int | float | str


class _OneProblem:
    """An annotation that makes one problem of what is wrong with a union, in place of one for each of its types."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # pydantic's
        return core_schema.custom_error_schema(
            handler(source),
            "no_value",
            custom_error_message="Value should be true or false, a number, a text, or a list or mapping of those",
        )


Value = Annotated[Scalar | tuple[Scalar, ...] | dict[str, Scalar], _OneProblem()]
"""A parameter's value as YAML holds it; whether it is of the declared type is judged where both are known."""
