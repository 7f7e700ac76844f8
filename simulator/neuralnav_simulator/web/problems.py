"""What is answered to a request that is not served: OpenAI's shape of an error, with vLLM's types and codes."""

import json
from collections.abc import Iterable

Header = tuple[bytes, bytes]
RETRY_AFTER_S = 1


class ProblemError(Exception):
    """A request that is refused. `kind` is the error's type; its code is the HTTP status where none is given."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "BadRequestError",
        param: str | None = None,
        code: int | str | None = None,
        headers: tuple[Header, ...] = (),
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.kind, self.param = status, message, kind, param
        self.code = status if code is None else code
        self.headers = headers

    def body(self) -> bytes:
        """Return the error as JSON."""
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return json.dumps({"error": error}, ensure_ascii=False, separators=(",", ":")).encode()


def bad_request(message: str, param: str | None = None) -> ProblemError:
    """Return the refusal of a request that is wrong in itself, naming the field where there is one."""
    return ProblemError(400, message, param=param)


def no_model(name: str) -> ProblemError:
    """Return the refusal of a model that is not served."""
    message = f"The model `{name}` does not exist."
    return ProblemError(404, message, kind="NotFoundError", param="model", code="model_not_found")


def no_path() -> ProblemError:
    """Return the refusal of an unknown path."""
    return ProblemError(404, "Not Found", kind="Not Found")


def elsewhere(path: str, query: bytes) -> ProblemError:
    """Return where a path is that has one slash too many: clients follow, with the same method and body."""
    place = path.encode() + (b"?" + query if query else b"")
    return ProblemError(307, "Temporary Redirect", kind="Temporary Redirect", headers=((b"location", place),))


def no_method(allowed: Iterable[str]) -> ProblemError:
    """Return the refusal of a method that a path does not have."""
    allow = (b"allow", ", ".join(allowed).encode())
    return ProblemError(405, "Method Not Allowed", kind="Method Not Allowed", headers=(allow,))


def no_key(*, given: bool) -> ProblemError:
    """Return the refusal of a request with a wrong API key, or with none."""
    message = "the API key is not one of this server's" if given else "an API key is needed: Authorization: Bearer KEY"
    headers = ((b"www-authenticate", b"Bearer"),)
    return ProblemError(401, message, kind="invalid_request_error", code="invalid_api_key", headers=headers)


def too_large(limit: int) -> ProblemError:
    """Return the refusal of a body; its connection is closed, for the rest of the body is not read."""
    message = f"the body is larger than this server takes: {limit} bytes"
    return ProblemError(413, message, kind="RequestEntityTooLargeError", headers=((b"connection", b"close"),))


def unavailable(message: str, *, retry_after_s: int = RETRY_AFTER_S) -> ProblemError:
    """Return the refusal of a request that may be served later, or elsewhere."""
    headers = ((b"retry-after", str(retry_after_s).encode()),)
    return ProblemError(503, message, kind="ServiceUnavailableError", headers=headers)


def injected() -> ProblemError:
    """Return the error that is injected on purpose."""
    return ProblemError(500, "an injected fault: this server was told to fail now and then", kind="InternalServerError")


def no_engine(death: str) -> ProblemError:
    """Return the error of requests whose engine has stopped."""
    return ProblemError(500, death, kind="InternalServerError")


def broken() -> ProblemError:
    """Return the error that is nobody's purpose."""
    return ProblemError(500, "the simulator failed; its log says where", kind="InternalServerError")


def context_overflow(longest: int, prompt_tokens: int, output_tokens: int, param: str) -> ProblemError:
    """Return the refusal of a request that does not fit the model's context.

    A prompt that is longer than the context has been counted only that far. Clients know this refusal by its first
    words, which are OpenAI's and vLLM's.
    """
    least = "at least " if prompt_tokens > longest else ""
    message = (
        f"This model's maximum context length is {longest} tokens. However, you requested"
        f" {least}{prompt_tokens + output_tokens} tokens ({least}{prompt_tokens} in the prompt,"
        f" {output_tokens} in the completion). Please shorten the prompt or ask for fewer output tokens."
    )
    return bad_request(message, param)


def context_overflow_chars(longest: int, characters: int, at_most: int) -> ProblemError:
    """Return the refusal of a prompt that is too long whatever its tokens are."""
    message = (
        f"This model's maximum context length is {longest} tokens, at most {at_most} characters."
        f" However, the prompt has {characters} characters. Please shorten the prompt."
    )
    return bad_request(message, "input_text")
