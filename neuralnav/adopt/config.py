"""A config.json as typed values with places: what is wrong with them is collected, not raised."""

import json
import math
from collections.abc import Mapping

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.document import Mark, Node, Source, parse, plain

MOST = 10_000_000
"""No count of a model's configuration is larger: the widest vocabularies are a fortieth of it."""

MOST_TOKENS = 1_000_000_000
MOST_LAYERS = 10_000


class Config:
    """One JSON object of a file. A value that is wrong adds to `problems`, which all objects of a file share.

    `defaults` answer for keys that are absent, and `taken` lists those that did.
    """

    def __init__(
        self, source: Source, node: Node, problems: list[Diagnostic], defaults: Mapping[str, int] | None = None
    ) -> None:
        self.source, self.node, self.problems = source, node, problems
        self.defaults = dict(defaults or {})
        self.taken: list[str] = []
        self._refused: set[str] = set()
        self._entries = node.value if isinstance(node.value, dict) else {}

    def has(self, key: str) -> bool:
        """Tell whether the key is there and not null."""
        return key in self._entries and self._entries[key][1].value is not None

    def null(self, key: str) -> bool:
        """Tell whether the key is there and null."""
        return key in self._entries and not self.has(key)

    def first(self, *keys: str) -> str:
        """Return the first of the keys that is there, else the first of all."""
        return next((key for key in keys if self.has(key)), keys[0])

    def where(self, key: str = "") -> Where:
        """Return the place of a value, or of the object when it has no such key."""
        entry = self._entries.get(key)
        return self.source.where(entry[1].mark if entry else Mark(self.node.mark.line, self.node.mark.column, 1))

    def refuse(self, key: str, message: str, hint: str = "") -> None:
        """Add a problem at the place of `key`."""
        self._refused.add(key)
        self.problems.append(Diagnostic(self.where(key), message, hint))

    def sound(self, *keys: str) -> bool:
        """Tell whether none of the keys was refused: what a refused one reads as is only a place holder."""
        return self._refused.isdisjoint(keys)

    def count(self, key: str, *, least: int = 1, most: int = MOST, default: int | None = None) -> int:
        """Return a whole number between bounds; `least` where there is a problem."""
        if not self.has(key):
            if key in self.defaults and key not in self._entries:
                self.taken.append(key)
                return self.defaults[key]
            if default is None:
                self.refuse(key, f'"{key}" is missing', "is this the whole config.json?")
            return least if default is None else default
        value = self._entries[key][1].value
        if isinstance(value, tuple):
            self.refuse(key, f"{key} is a list: its layers differ from each other, which a catalog entry cannot say")
        elif isinstance(value, bool) or not isinstance(value, int):
            self.refuse(key, f"{key} must be a whole number, got {_shown(self._entries[key][1])}")
        elif not least <= value <= most:
            self.refuse(key, f"{key} must be between {least:,} and {most:,}, got {value:,}")
        else:
            return value
        return least

    def optional(self, key: str, *, most: int = MOST) -> int | None:
        """Return a whole number above zero, or None when the key is absent without a default, or null."""
        absent = key not in self._entries and key not in self.defaults
        return None if absent or self.null(key) else self.count(key, most=most)

    def number(self, key: str) -> float | None:
        """Return a number, or None when the key is absent or holds anything else."""
        value = self._entries[key][1].value if key in self._entries else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        if not self.has(key):
            return default
        value = self._entries[key][1].value
        if not isinstance(value, bool):
            self.refuse(key, f"{key} must be true or false, got {_shown(self._entries[key][1])}")
        return value is True

    def text(self, key: str) -> str:
        """Return a text; empty when the key is absent or holds anything else."""
        value = self._entries[key][1].value if key in self._entries else None
        return value if isinstance(value, str) else ""

    def items(self, key: str) -> tuple[str | int | float | bool | None, ...]:
        """Return the scalars of a list; empty when the key is absent or holds anything else."""
        value = self._entries[key][1].value if key in self._entries else None
        nodes = value if isinstance(value, tuple) else ()
        return tuple(node.value for node in nodes if not isinstance(node.value, dict | tuple))

    def objects(self, key: str) -> tuple["Config", ...]:
        """Return the objects in the values of an object."""
        inside = self.object(key)
        return () if inside is None else tuple(c for name in inside.keys if (c := inside.object(name)) is not None)

    def object(self, key: str, defaults: Mapping[str, int] | None = None) -> "Config | None":
        """Return the object under a key, if that is one."""
        node = self._entries[key][1] if key in self._entries else None
        if node is None or not isinstance(node.value, dict):
            return None
        return Config(self.source, node, self.problems, defaults)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, in the file's order."""
        return tuple(self._entries)

    def holds(self, key: str) -> bool:
        """Tell whether a key holds anything but 0, false, null or nothing."""
        value = self._entries[key][1].value if key in self._entries else None
        return bool(value) and not (isinstance(value, float) and math.isnan(value))


def read_config(source: Source) -> Config:
    """Return the top object of a config.json. Raises `InputError` at the place where it is not plain JSON."""
    try:
        json.loads(source.text)
    except json.JSONDecodeError as error:
        where = source.where(Mark(error.lineno, error.colno, 1))
        hint = "keys and texts stand in double quotes; no comment, no comma after the last entry"
        raise InputError([Diagnostic(where, f"not valid JSON: {_lower(error.msg)}", hint)]) from None
    except RecursionError:
        raise InputError([Diagnostic(Where(source.name), "not a config.json: nested too deep")]) from None
    except ValueError:
        pass  # a number of thousands of digits; the parse below says where
    try:
        root = parse(source)  # JSON is YAML 1.2, and this parser keeps the places
    except InputError as error:
        raise InputError(
            Diagnostic(d.where, d.message.replace("not valid YAML", "cannot be read"), "") for d in error.diagnostics
        ) from None
    if not isinstance(root.value, dict):
        raise InputError([Diagnostic(source.where(root.mark), "a config.json is one object, in braces")])
    return Config(source, root, [])


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _shown(node: Node) -> str:
    text = json.dumps(plain(node), ensure_ascii=True, default=str)
    return text if len(text) <= 40 else text[:37] + "..."
