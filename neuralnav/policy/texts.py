"""Strings at run time: places count code points from 0, case and white space are fixed tables, no result is huge."""

from collections.abc import Mapping, Sequence

from neuralnav.policy.arithmetic import Operation
from neuralnav.policy.conversions import quoted
from neuralnav.policy.values import NoValueError, Value, kind_of

LONGEST_TEXT = 1_000_000
"""Characters of a text, or bytes, that an expression may make."""

LONGEST_LIST = 100_000
"""Items of a list that an expression may make."""

LONGEST_PATTERN = 1_000
"""Characters of a pattern of `matches`."""

_WHITE_SPACE = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""The characters that Unicode calls white space. Python's own strip takes separators of records for space too."""

_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_UPPER = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
_ESCAPES = str.maketrans({
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\",
    '"': '\\"',
})  # fmt: skip


def fits_text(length: int) -> None:
    """NoValueError of kind limit for a text that would be too long to make."""
    if length > LONGEST_TEXT:
        raise NoValueError("limit", f"makes a text of more than {LONGEST_TEXT:,} characters")


def fits_list(length: int) -> None:
    """NoValueError of kind limit for a list that would be too long to make."""
    if length > LONGEST_LIST:
        raise NoValueError("limit", f"makes a list of more than {LONGEST_LIST:,} items")


def joined(left: str, right: str) -> str:
    """Return both texts in one."""
    fits_text(len(left) + len(right))
    return left + right


def joined_bytes(left: bytes, right: bytes) -> bytes:
    """Return both runs of bytes in one."""
    fits_text(len(left) + len(right))
    return left + right


def joined_lists(left: Sequence[Value], right: Sequence[Value]) -> list[Value]:
    """Return the items of both lists in one."""
    fits_list(len(left) + len(right))
    return [*left, *right]


def matches(text: str, pattern: str) -> bool:
    """Tell whether an RE2 pattern is found in a text, in time that grows with both and no faster."""
    if len(pattern) > LONGEST_PATTERN:
        raise NoValueError("limit", f"a pattern of more than {LONGEST_PATTERN:,} characters")
    # Only a policy that matches patterns pays for loading Arrow, which brings RE2.
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        found = pc.match_substring_regex(pa.array([text], pa.string()), pattern)
    except pa.ArrowInvalid as error:
        reason = str(error).partition(": ")[2] or str(error)
        raise NoValueError("invalid_argument", f"{quoted(pattern)} is no pattern of RE2: {reason}") from error
    return bool(found[0].as_py())


def _place(place: int, text: str, lowest: int = 0) -> int:
    if lowest <= place <= len(text):
        return place
    raise NoValueError("index", f"place {place} of a text of {len(text)} characters")


def _char_at(text: str, place: int) -> str:
    start = _place(place, text)
    return text[start : start + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    return text.find(part, _place(start, text))


def _last_index_of(text: str, part: str) -> int:
    return text.rfind(part)


def _last_index_up_to(text: str, part: str, last: int) -> int:
    return text.rfind(part, 0, _place(last, text) + len(part))


def _substring(text: str, start: int) -> str:
    return text[_place(start, text) :]


def _substring_up_to(text: str, start: int, end: int) -> str:
    first, last = _place(start, text), _place(end, text)
    if last < first:
        raise NoValueError("index", f"a part that ends at {end}, before its start at {start}")
    return text[first:last]


def _replace(text: str, part: str, by: str, most: int = -1) -> str:
    found = text.count(part)
    times = found if most < 0 else min(found, most)
    fits_text(len(text) + times * (len(by) - len(part)))
    return text.replace(part, by, times)


def _split(text: str, separator: str, most: int = -1) -> list[Value]:
    if most == 0:
        return []
    if separator:
        fits_list(text.count(separator) + 1)
        return list(text.split(separator, most - 1 if most > 0 else -1))
    fits_list(len(text))
    if 0 < most < len(text):
        return [*text[: most - 1], text[most - 1 :]]
    return list(text) or [""]


def _join(items: Sequence[Value], separator: str = "") -> str:
    length = len(separator) * max(len(items) - 1, 0)
    texts: list[str] = []
    for item in items:
        if not isinstance(item, str):
            raise NoValueError("no_such_overload", f"join() takes a list of strings; this one holds {kind_of(item)}")
        length += len(item)
        texts.append(item)
    fits_text(length)
    return separator.join(texts)


def _quote(text: str) -> str:
    # Every character may grow to two, and quotes stand around.
    fits_text(2 * len(text) + 2)
    return f'"{text.translate(_ESCAPES)}"'


FUNCTIONS: Mapping[str, Operation] = {
    "string + string": joined,
    "bytes + bytes": joined_bytes,
    "list<T> + list<T>": joined_lists,
    "string.startsWith(string)": str.startswith,
    "string.endsWith(string)": str.endswith,
    "string.contains(string)": str.__contains__,
    "string.matches(string)": matches,
    "matches(string, string)": matches,
    "string.charAt(int)": _char_at,
    "string.indexOf(string)": _index_of,
    "string.indexOf(string, int)": _index_of,
    "string.lastIndexOf(string)": _last_index_of,
    "string.lastIndexOf(string, int)": _last_index_up_to,
    "string.lowerAscii()": lambda text: text.translate(_LOWER),
    "string.upperAscii()": lambda text: text.translate(_UPPER),
    "string.replace(string, string)": _replace,
    "string.replace(string, string, int)": _replace,
    "string.split(string)": _split,
    "string.split(string, int)": _split,
    "string.substring(int)": _substring,
    "string.substring(int, int)": _substring_up_to,
    "string.trim()": lambda text: text.strip(_WHITE_SPACE),
    "string.reverse()": lambda text: text[::-1],
    "list<string>.join()": _join,
    "list<string>.join(string)": _join,
    "strings.quote(string)": _quote,
}
