"""What git holds of a file that Git LFS keeps elsewhere: a pointer. Its content is read where a clone has it."""

import hashlib
import re
import tempfile
from pathlib import Path

from neuralnav.errors import input_error
from neuralnav.model.decoding import FETCH, POINTER, is_pointer

MOST_BYTES = 1024
"""A pointer is shorter than this (git-lfs, "The Pointer")."""

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>[0-9]{1,18})\n?"
)


def oid_of(content: bytes) -> str:
    """Return the SHA-256 that a pointer gives, or an empty text for what is no pointer."""
    found = _POINTER.fullmatch(content) if len(content) < MOST_BYTES else None
    return found["oid"].decode() if found else ""


def refuse_pointer(content: bytes, name: str) -> None:
    """Raise `InputError` where a file begins as a pointer does."""
    if is_pointer(content):
        raise input_error(name, POINTER, FETCH)


def place_content(path: Path, stored: Path) -> None:
    """Put what a pointer stands for in its place, where the folder of LFS objects of a clone has it whole.

    No filter is run and nothing is fetched: a file of that name whose digest is another is left alone.
    """
    oid = oid_of(path.read_bytes()) if path.stat().st_size < MOST_BYTES else ""
    if not oid:
        return
    whole = hashlib.sha256()
    try:
        with (stored / oid[:2] / oid[2:4] / oid).open("rb") as source, tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=".part-", delete=False
        ) as part:  # fmt: skip
            while chunk := source.read(1 << 20):
                whole.update(chunk)
                part.write(chunk)
    except OSError:
        return
    made = Path(part.name)
    if whole.hexdigest() == oid:
        made.replace(path)
    else:
        made.unlink()
