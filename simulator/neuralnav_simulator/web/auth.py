"""API keys: who may use /v1."""

from hmac import compare_digest

from neuralnav_simulator.web.problems import Header, no_key

GUARDED = "/v1"


def check_key(path: str, headers: list[Header], api_keys: tuple[str, ...]) -> None:
    """Raise ProblemError unless a path below /v1 comes with one of the keys, each compared in the same time."""
    if not api_keys or not (path == GUARDED or path.startswith(f"{GUARDED}/")):
        return
    given = next((value for name, value in headers if name == b"authorization"), b"")
    scheme, _, key = given.partition(b" ")
    right = [compare_digest(key.strip(), known.encode()) for known in api_keys]
    if scheme.lower() != b"bearer" or not any(right):
        raise no_key(given=bool(given))
