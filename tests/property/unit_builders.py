"""Makes the builders of tests/unit importable: pytest puts only a test's own folder on the path."""

import sys
from pathlib import Path

UNIT = Path(__file__).resolve().parents[1] / "unit"
sys.path += [str(UNIT), str(UNIT / "serving"), str(UNIT / "policy")]
