"""vLLM's metrics, by name, type, label and bucket, of what the engine does and requests see."""

from neuralnav.serving.live import Step, Ticket


class Metrics:
    """Takes in steps (`engine.Watch`) and ended requests, and tells them to Prometheus."""

    def stepped(self, step: Step, late_ms: float) -> None:
        """Take in a step whose tokens left just now, `late_ms` of the wall's milliseconds after their time."""
        raise NotImplementedError

    def ended(self, ticket: Ticket, reason: str, *, max_tokens: int | None, n: int) -> None:
        """Take in a sequence that ended: `stop`, `length` or `abort`."""
        raise NotImplementedError

    def exposition(self) -> bytes:
        """Return what a scrape of /metrics gets."""
        raise NotImplementedError
