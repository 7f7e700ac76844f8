"""The errors that clients get, to the byte."""

import pytest
from neuralnav_simulator.web import problems
from neuralnav_simulator.web.auth import check_key
from neuralnav_simulator.web.problems import ProblemError


def told(problem: ProblemError) -> tuple[int, str]:
    return problem.status, problem.body().decode()


def test_errors_have_the_shape_of_openai_and_the_types_of_vllm() -> None:
    assert told(problems.bad_request("é is no number", "n")) == (
        400,
        '{"error":{"message":"é is no number","type":"BadRequestError","param":"n","code":400}}',
    )
    error = (
        '{"message":"The model `m` does not exist.","type":"NotFoundError","param":"model","code":"model_not_found"}'
    )
    assert told(problems.no_model("m")) == (404, f'{{"error":{error}}}')
    assert told(problems.no_path()) == (
        404,
        '{"error":{"message":"Not Found","type":"Not Found","param":null,"code":404}}',
    )
    assert told(problems.no_engine("the engine died")) == (
        500,
        '{"error":{"message":"the engine died","type":"InternalServerError","param":null,"code":500}}',
    )


def test_headers_tell_what_to_do_next() -> None:
    assert problems.no_method(["GET", "HEAD"]).headers == ((b"allow", b"GET, HEAD"),)
    assert problems.unavailable("later", retry_after_s=7).headers == ((b"retry-after", b"7"),)
    assert problems.too_large(10).headers == ((b"connection", b"close"),)
    assert problems.no_key(given=True).headers == ((b"www-authenticate", b"Bearer"),)


def test_an_overflow_tells_the_numbers() -> None:
    assert problems.context_overflow(8192, 8000, 500, "max_tokens").message == (
        "This model's maximum context length is 8192 tokens. However, you requested 8500 tokens (8000 in the prompt,"
        " 500 in the completion). Please shorten the prompt or ask for fewer output tokens."
    )
    assert problems.context_overflow(8192, 8193, 5, "input_tokens").message == (
        "This model's maximum context length is 8192 tokens. However, you requested at least 8198 tokens (at least 8193"
        " in the prompt, 5 in the completion). Please shorten the prompt or ask for fewer output tokens."
    )


@pytest.mark.parametrize("path", ["/health", "/metrics", "/version", "/tokenize", "/v10/models", "/"])
def test_without_a_key_what_is_not_below_v1_is_open(path: str) -> None:
    check_key(path, [], ("secret",))


@pytest.mark.parametrize("header", [b"Bearer secret", b"bearer  secret ", b"Bearer other"])
def test_any_of_the_keys_opens(header: bytes) -> None:
    check_key("/v1/models", [(b"authorization", header)], ("other", "secret"))


@pytest.mark.parametrize(
    "header", [b"Bearer", b"Bearer ", b"Bearer Secret", b"Basic secret", b"secret", b"Bearer secret2", b"Bearer \xff"]
)
def test_a_wrong_key_does_not(header: bytes) -> None:
    with pytest.raises(ProblemError, match=r"^the API key is not one of this server's$"):
        check_key("/v1/models", [(b"authorization", header)], ("secret", "other"))


def test_no_key_does_not_either() -> None:
    with pytest.raises(ProblemError, match=r"^an API key is needed: Authorization: Bearer KEY$") as problem:
        check_key("/v1", [(b"host", b"x")], ("secret",))
    assert problem.value.code == "invalid_api_key"
