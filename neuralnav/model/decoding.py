"""The bytes of an input as text: UTF-8, whole, not too large, and not what Git LFS leaves in place of a file."""

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.model.document import Source

MAX_BYTES = 1 << 20
POINTER = "this is a Git LFS pointer, not the file itself"
FETCH = "run git lfs pull (CI: `lfs: true` at the checkout), or git lfs fetch REMOTE REVISION for another revision"
_POINTER = b"version https://git-lfs.github.com/spec/"


def is_pointer(raw: bytes) -> bool:
    """Tell whether a file holds what Git LFS leaves in its place until it is pulled."""
    return raw.startswith(_POINTER)


def decode(name: str, raw: bytes) -> Source:
    """Return the text of a file, or raise `InputError` when it is empty, too large, binary, not UTF-8 or not here."""
    if is_pointer(raw):
        raise input_error(name, POINTER, FETCH)
    if len(raw) > MAX_BYTES:
        message = f"{len(raw):,} bytes is too large; the limit is {MAX_BYTES:,}"
        raise input_error(name, message, "split it, or check the path")
    if not raw.strip():
        raise input_error(name, "the file is empty", "`neuralnav init` writes a workload to start from")
    if b"\0" in raw:
        raise input_error(name, "this is a binary file, not YAML", "check the path")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        where = Where(name, line, error.start - raw.rfind(b"\n", 0, error.start))
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise InputError([Diagnostic(where, message, "save it as UTF-8")]) from None
    return Source(name, text.replace("\r\n", "\n"))
