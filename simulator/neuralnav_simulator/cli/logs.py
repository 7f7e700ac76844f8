"""What a server logs: lines for people, or one object a line for machines."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

Form = Literal["text", "json"]


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def set_up(form: Form, *, access: bool) -> None:
    """Let what is logged go to standard error; each request only with `access`."""
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(_Json() if form == "json" else logging.Formatter("%(levelname)s %(message)s"))
    logging.basicConfig(handlers=[shown], level=logging.WARNING)
    logging.getLogger("neuralnav_simulator").setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").setLevel(logging.INFO if access else logging.CRITICAL)
