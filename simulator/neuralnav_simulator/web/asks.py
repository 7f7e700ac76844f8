"""What a request asks for, as both kinds of it have it: checked together, once each field is right by itself."""

from neuralnav_simulator.answers import Json
from neuralnav_simulator.web.bodies import Sampling, Schema, read_json
from neuralnav_simulator.web.problems import bad_request, no_model
from neuralnav_simulator.web.site import Site

NOT_SIMULATED = ("regex", "choice", "grammar", "structural_tag")


def check_model(site: Site, name: str | None) -> None:
    """Raise ProblemError for a model that is not served; without a name it is the one that is."""
    if name and name not in site.served.names:
        raise no_model(name)


def check_sampling(body: Sampling, max_tokens: int | None) -> None:
    """Raise ProblemError for fields that do not go together, or that vLLM reads and a simulator cannot follow."""
    if body.stream_options is not None and not body.stream:
        raise bad_request("stream_options is for requests with stream=true", "stream_options")
    if body.use_beam_search:
        raise bad_request("beam search is not simulated", "use_beam_search")
    if body.prompt_logprobs is not None:
        raise bad_request("the log probabilities of a prompt are not simulated", "prompt_logprobs")
    if (body.n or 1) > 1 and body.temperature == 0.0:
        raise bad_request(f"n is {body.n}: with temperature 0 all choices are the same, so it has to be 1", "n")
    if max_tokens is not None and (body.min_tokens or 0) > max(1, max_tokens):
        raise bad_request(f"min_tokens is {body.min_tokens}, more than the {max_tokens} of max_tokens", "min_tokens")


def schema_of(body: Sampling) -> Json | None:
    """Return the schema that an answer has to meet; {} for any object, None for a text."""
    schema = _of_vllm(body)
    form = body.response_format
    if form is None or form.type == "text":
        return schema
    if form.type == "json_object":
        return {}
    if form.json_schema is None:
        raise bad_request("response_format of type json_schema needs a json_schema", "response_format")
    return form.json_schema.schema_ or {}


def stops(body: Sampling) -> tuple[str, ...]:
    """Return the strings that end an answer."""
    return (body.stop,) if isinstance(body.stop, str) else tuple(body.stop or ())


def cut(tokens: list[int], body: Sampling, longest: int, max_tokens: int | None) -> list[int]:
    """Return the last tokens of a prompt, as many as the request wants to keep; for -1, as fit with its answer."""
    keep = body.truncate_prompt_tokens
    if keep is None:
        return tokens
    if keep < 0:
        keep = max(0, longest - max(1, max_tokens or 0))
    return tokens[max(0, len(tokens) - keep) :]


def usage_wanted(body: Sampling) -> tuple[bool, bool]:
    """Return whether a stream ends with what was used, and whether each of its events tells it."""
    options = body.stream_options
    last = options is not None and bool(options.include_usage)
    return last, last and options is not None and bool(options.continuous_usage_stats)


def _of_vllm(body: Sampling) -> Schema | None:
    demanded = body.structured_outputs
    given = body.guided_json
    if demanded is not None:
        for name in NOT_SIMULATED:
            if getattr(demanded, name) is not None:
                raise bad_request(f"structured_outputs.{name} is not simulated, only json", "structured_outputs")
        given = {} if demanded.json_object else demanded.json_
    if isinstance(given, str):
        read = read_json(given, "the schema")
        if not isinstance(read, dict):
            raise bad_request("the schema is JSON, but not an object", "structured_outputs")
        return read
    return given
