"""A rendered file."""

import hashlib
from dataclasses import dataclass

HEADER = "# Rendered by neuralnav from plan.lock. Edit the workload instead.\n"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A rendered file: its name inside the manifest folder, and its text."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """The sha256 of the file's bytes."""
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()
