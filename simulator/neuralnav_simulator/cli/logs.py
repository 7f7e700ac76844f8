"""What a server logs: lines for people, or one object a line for machines."""

import asyncio
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


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether we have not said it already: that requests are cut off is, with their number."""
    of_cut_off = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not of_cut_off and "timeout graceful shutdown exceeded" not in record.getMessage()


def set_up(form: Form, *, access: bool) -> None:
    """Let what is logged go to standard error; each request only with `access`."""
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(_Json() if form == "json" else logging.Formatter("%(levelname)s %(message)s"))
    logging.basicConfig(handlers=[shown], level=logging.WARNING)
    logging.getLogger("neuralnav_simulator").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    logging.getLogger("uvicorn.access").setLevel(logging.INFO if access else logging.CRITICAL)
