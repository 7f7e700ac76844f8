"""The prose that `neuralnav draft` is given: words of the command line, a file, or standard input."""

import codecs
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.places import show
from neuralnav.model.decoding import MAX_BYTES

STDIN = "-"
STDIN_NAME = "standard input"
EXAMPLE = (
    'say what the service is for, who uses it and what limits it, like: "a support bot for 5,000 people, answers must '
    'feel instant, at most $6k a month"'
)


def prose_of(words: Sequence[str], file: str) -> str:
    """Return the prose that was given one way. Raises `InputError` where it is empty or no text, else `UsageError`."""
    if words and file:
        raise click.UsageError("give the prose as words or with -f, not both")
    source = _source(words, file)
    if not source and not words:
        raise click.UsageError(f"what is to be served? {EXAMPLE}; or -f FILE, or - for standard input")
    name = name_of(words, file)
    text = _decoded(name, _bytes_of(source) if source else _encoded(words))
    if not text.strip():
        raise input_error(name, "the prose is empty", EXAMPLE)
    return text


def name_of(words: Sequence[str], file: str) -> str:
    """Return what messages call the prose that was given."""
    source = _source(words, file)
    return "PROSE" if not source else STDIN_NAME if source == STDIN else show(Path(source))


def _source(words: Sequence[str], file: str) -> str:
    """Return the file that the prose comes from; empty where it is words of the command line."""
    return file or (STDIN if list(words) == [STDIN] else "")


def _encoded(words: Sequence[str]) -> bytes:
    return " ".join(words).encode("utf-8", "surrogateescape")


def _bytes_of(source: str) -> bytes:
    if source == STDIN:
        return _start_of(sys.stdin.buffer)
    path = Path(source)
    try:
        if path.exists() and not path.is_file() and not path.is_fifo():
            raise input_error(show(path), "this is not a file", "check the path")
        with path.open("rb") as stream:
            return _start_of(stream)
    except OSError as error:
        raise input_error(show(path), f"cannot be read: {(error.strerror or str(error)).lower()}") from None


def _start_of(stream: BinaryIO) -> bytes:
    """Return what a stream holds, and no more than tells that it holds too much."""
    return stream.read(MAX_BYTES + 1)


def _decoded(name: str, raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise input_error(name, f"this is more than {MAX_BYTES:,} bytes", "give the part that says what is needed")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise input_error(name, "this is UTF-16", "save it as UTF-8")
    if b"\0" in raw:
        raise input_error(name, "this is a binary file, not prose", "save it as plain text")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        where = Where(name, line, error.start - raw.rfind(b"\n", 0, error.start))
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise InputError([Diagnostic(where, message, "save it as UTF-8")]) from None
