"""Words that the commands of `neuralnav policy` share; light, so that `eval` starts fast."""


def clean(text: str) -> str:
    """Return the text without control characters: no input may steer a terminal or forge a line."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def counted(number: int, what: str, many: str = "") -> str:
    """Return a number with the word for what was counted."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"
