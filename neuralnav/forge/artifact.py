"""Read the diff that another job computed: it may come from a fork, so nothing is believed before it is checked."""

import io
import lzma
import shlex
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from pydantic import ValidationError

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.model.diff import PlanDiff

DIFF_NAME = "diff.json"
MEMBERS = frozenset({DIFF_NAME, "check.json", "report.md"})
"""What the action puts into its artifact; one that holds anything else is not its own."""

MAX_DIFF_BYTES = 8 * 1024 * 1024
"""200 workloads that all change take less than half of it; what is larger is no diff of ours."""

PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How the members may be packed. The other ways unpack all that was read at once, and 8 MiB can hold 100 GB."""

FIXES = ("neuralnav compile", "neuralnav compile --frozen")
"""What mends a drift, of all workloads or of the one at hand. Readers paste it, so a comment of ours tells no other."""

PULL = "git lfs pull"

SHOWN_PROBLEMS = 5

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip
"""What zipfile raises on a damaged archive, one that is encrypted, and one packed in a way it does not know."""


def diff_in_zip(name: str, content: bytes) -> PlanDiff | None:
    """Return the diff in the zip of an artifact, or None where its job compared nothing.

    Nothing is written to a disk, so no path in it can lead anywhere.

    Raises `InputError` where it is no zip, holds other files than the action's, or holds more than `MAX_DIFF_BYTES`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as found:
            strange = sorted({item.filename for item in found.infolist()} - MEMBERS)
            if strange or len(found.infolist()) > len(MEMBERS):
                shown = ", ".join(ascii(item)[:80] for item in strange[:3]) or "a name twice"
                raise input_error(name, f"the artifact is not one of this action: it holds {shown}")
            if any(item.compress_type not in PACKED for item in found.infolist()):
                raise input_error(name, "the artifact is not one of this action: it is packed in another way")
            with found.open(DIFF_NAME) as stream:
                text = stream.read(MAX_DIFF_BYTES + 1)
    except KeyError:
        return None
    except _UNREADABLE as error:
        raise input_error(name, f"the artifact is no readable zip: {type(error).__name__}") from None
    return checked_diff(f"{name}/{DIFF_NAME}", text) if text else None


def checked_diff(name: str, text: bytes, *, max_bytes: int = MAX_DIFF_BYTES) -> PlanDiff:
    """Return the diff in a JSON text that is checked against its schema, its size, its paths and its commands.

    Raises `InputError` with the first problems.
    """
    if len(text) > max_bytes:
        raise input_error(name, f"the file is larger than {max_bytes:,} bytes")
    try:
        diff = PlanDiff.model_validate_json(text)
    except ValidationError as error:
        hint = "it is what `neuralnav diff --format json` of the same version prints"
        raise InputError(list(_problems(name, error, hint))) from None
    except RecursionError:
        raise input_error(name, "the JSON is nested too deeply") from None
    outside = sorted({path for path in _paths(diff) if _leads_out(path)})
    if outside:
        raise input_error(name, f"a path leads out of the repository: {ascii(outside[0])[:120]}")
    strange = [drift.fix for item in diff.workloads for drift in item.drift if drift.fix not in _fixes(item.path)]
    if strange:
        raise input_error(name, f"a fix is no command of neuralnav: {ascii(strange[0])[:120]}")
    return diff


def _fixes(path: str) -> frozenset[str]:
    """Return the commands that may mend a workload's drift, as `neuralnav.cli.drift` writes them."""
    named = shlex.join(["--", path] if path.startswith("-") else [path])
    return frozenset({*FIXES, *(f"{fix} {named}" for fix in FIXES), PULL})


def _problems(name: str, error: ValidationError, hint: str) -> Iterator[Diagnostic]:
    for item in error.errors(include_url=False, include_input=False)[:SHOWN_PROBLEMS]:
        place = ".".join(str(part) for part in item["loc"])[:120]
        yield Diagnostic(Where(name), f"{ascii(place)[1:-1] or 'the text'}: {item['msg'][:200]}", hint)


def _paths(diff: PlanDiff) -> Iterator[str]:
    for item in diff.workloads:
        yield item.path
        yield item.renamed_from
        yield from (change.path for change in item.manifests)
        yield from (drift.file for drift in item.drift)
        yield from (edit.where.file for edit in item.edits)


def _leads_out(path: str) -> bool:
    return path.startswith(("/", "\\")) or "\0" in path or ".." in PurePosixPath(path.replace("\\", "/")).parts
