"""The runner of CEL's conformance suite: what it counts, and that it tells a failure."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HOLDS = {
    "name": "sum",
    "expr": "i + 1",
    "bindings": {"i": {"value": {"int64Value": "6"}}},
    "value": {"int64Value": "7"},
}
FAILS = {"name": "product", "expr": "2 * 3", "value": {"int64Value": "7"}}
NO_ERROR = {"name": "zero", "expr": "0 / 1", "evalError": {}}
NOT_OURS = {"name": "second", "expr": "duration('1s')", "value": {"objectValue": {}}}


ROOT = Path(__file__).resolve().parents[3]


def run(folder: Path, *tests: dict[str, Any]) -> tuple[int, str]:
    path = folder / "suite.json"
    path.write_text(json.dumps({"suites": [{"name": "basic", "tests": [{"original": test} for test in tests]}]}))
    done = subprocess.run(
        [sys.executable, "-m", "tests.tools.cel_suite", str(path)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout


def test_what_is_out_is_counted_apart(tmp_path: Path) -> None:
    counted = "1 of 1 cases inside the subset pass; 1 are outside:\n      1  timestamp, duration\n"
    assert run(tmp_path, HOLDS, NOT_OURS) == (0, counted)


@pytest.mark.parametrize(
    ("case", "told"), [(FAILS, "wanted 7, not 6"), (NO_ERROR, "wanted an error, not 0")], ids=("value", "error")
)
def test_a_case_that_fails_is_told(tmp_path: Path, case: dict[str, Any], told: str) -> None:
    code, out = run(tmp_path, HOLDS, case)
    assert code == 1
    assert f"basic/{case['name']}: {case['expr']}\n  {told}\n" in out
    assert "1 of 2 cases inside the subset pass" in out
