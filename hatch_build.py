"""Compile our own modules when the checkout is installed in place.

An editable install runs from the source tree, whose bytecode Python writes on first import, except where the
environment forbids it (PYTHONDONTWRITEBYTECODE, common in containers): there every start would compile every module
again. Stale files are harmless: Python checks each against its source.
"""

import compileall
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BytecodeHook(BuildHookInterface):
    """Writes `__pycache__` beside the sources of an editable install."""

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002  # hatch's
        """Compile the package in the source tree."""
        if version == "editable":
            compileall.compile_dir(Path(self.root) / "neuralnav", quiet=1)
