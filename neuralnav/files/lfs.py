"""What git holds of a file that Git LFS keeps elsewhere: a pointer. Its content is read where a clone has it."""

import hashlib
import re
import tempfile
from pathlib import Path

from neuralnav.errors import Diagnostic, InputError, Where

MOST_BYTES = 1024
"""A pointer is shorter than this (git-lfs, "The Pointer")."""

HINT = "`lfs: true` where CI checks out; git lfs fetch REMOTE REVISION for another revision than the one checked out"

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>[0-9]{1,18})\n?"
)


def oid_of(content: bytes) -> str:
    """Return the SHA-256 that a pointer gives, or an empty text for what is no pointer."""
    found = _POINTER.fullmatch(content) if len(content) < MOST_BYTES else None
    return found["oid"].decode() if found else ""


def refuse_pointer(content: bytes, name: str) -> None:
    """Raise `InputError` where the bytes of a file are those of a pointer."""
    if oid_of(content):
        message = "this is a Git LFS pointer; the file itself was not fetched (git lfs pull)"
        raise InputError([Diagnostic(Where(name), message, HINT)])


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
