"""/v1/completions: prompts in, as text or as tokens, and what goes on from there out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import time
from typing import cast
from uuid import uuid4

from neuralnav.model.answer_ids import SIMULATED
from neuralnav_simulator.answers import Asked
from neuralnav_simulator.tokens import Tokenizer
from neuralnav_simulator.web.asks import check_model, check_sampling, cut, schema_of, stops, usage_wanted
from neuralnav_simulator.web.bodies import MOST_PROMPTS, CompletionBody, read_body
from neuralnav_simulator.web.desk import Desk
from neuralnav_simulator.web.events import Frame, Head, choice_json, quoted, usage_json, whole_json
from neuralnav_simulator.web.logprobs import Likely, completion_logprobs, likely
from neuralnav_simulator.web.problems import bad_request
from neuralnav_simulator.web.prompts import LONG_TEXT, Tokens, check_characters, check_known, room
from neuralnav_simulator.web.turns import Choice, Turn, Want, begin, off_loop, serve
from neuralnav_simulator.web.wire import Call

PATH = "/v1/completions"
Prompt = str | list[int]
KIND = "text_completion"


async def complete(desk: Desk, call: Call) -> None:
    """Continue prompts."""
    desk.check_ready()
    body = read_body(CompletionBody, await call.body(desk.site.max_body))
    check_model(desk.site, body.model)
    prompts = _prompts(body)
    want = await _want(desk, body, prompts)
    turn = await begin(desk, call, want)
    await serve(turn, call, _form(desk, call, body, prompts, want), stream=bool(body.stream))


def _prompts(body: CompletionBody) -> list[Prompt]:
    given = body.prompt
    if isinstance(given, str):
        return [given]
    if isinstance(given[0], int):
        return [given]
    return cast("list[Prompt]", given)


async def _want(desk: Desk, body: CompletionBody, prompts: list[Prompt]) -> Want:
    """Return what a body wants. Raises ProblemError where that does not make sense, or does not fit."""
    longest = desk.site.served.max_model_len
    max_tokens = 16 if body.max_tokens is None else body.max_tokens
    choices = body.n or 1
    check_sampling(body, max_tokens)
    if body.suffix is not None:
        raise bad_request("suffix is not supported", "suffix")
    if max_tokens == 0 and not body.echo:
        raise bad_request("max_tokens is 0: it has to be at least 1 without echo", "max_tokens")
    if len(prompts) * choices > MOST_PROMPTS:
        raise bad_request(f"{len(prompts)} prompts with n {choices} are more than {MOST_PROMPTS} answers", "n")
    length = sum(len(prompt) for prompt in prompts)
    tokens = await off_loop(lambda: [_tokens(desk, body, prompt) for prompt in prompts], when=length > LONG_TEXT)
    asked = tuple(
        Asked(
            seed=0,
            room=room(of_prompt, max(1, max_tokens), longest),
            min_tokens=body.min_tokens or 0,
            ignore_eos=bool(body.ignore_eos),
            stop=stops(body),
            schema=schema_of(body),
        )
        for of_prompt in tokens
    )
    return Want(
        tuple(tokens),
        asked,
        choices=choices,
        seed=body.seed,
        greedy=body.temperature == 0.0,
        salt=body.cache_salt,
        keep_stop=body.include_stop_str_in_output,
        top=body.logprobs,
        echo=bool(body.echo),
    )


def _tokens(desk: Desk, body: CompletionBody, prompt: Prompt) -> list[int]:
    tokenizer, longest = desk.site.tokenizer, desk.site.served.max_model_len
    if isinstance(prompt, list):
        check_known(prompt, tokenizer)
        return cut(prompt, body, longest, body.max_tokens)
    if body.truncate_prompt_tokens is None:
        check_characters(len(prompt), tokenizer, longest)
    most = longest if body.truncate_prompt_tokens is None else None
    return cut(tokenizer.encode(prompt, most=most), body, longest, body.max_tokens)


def _form(desk: Desk, call: Call, body: CompletionBody, prompts: list[Prompt], want: Want) -> "CompletionForm":
    last, each = usage_wanted(body)
    name = call.request_id() or f"{SIMULATED}{uuid4().hex}"
    tokenizer = desk.site.tokenizer
    echoed: list[str] = []
    if body.echo:
        echoed = [given if isinstance(given, str) else tokenizer.decode(given) for given in prompts]
    return CompletionForm(
        Head(f"cmpl-{name}", KIND, int(time()), desk.site.served.names[0]),
        tokenizer,
        echoed=[echoed[index // want.choices] for index in range(len(prompts) * want.choices)] if echoed else [],
        silent=body.max_tokens == 0,
        top=body.logprobs,
        usage=last,
        usage_each=each,
        ids=bool(body.return_token_ids),
        frames={},
        offsets={},
    )


@dataclass(frozen=True, slots=True)
class CompletionForm:
    """Writes completions. `echoed` prompts, one a choice, stand before them; `silent` ones show nothing but these.

    `top` of the likeliest tokens are told beside the one that came, None for no log probabilities at all.
    """

    head: Head
    tokenizer: Tokenizer
    echoed: list[str]
    silent: bool
    top: int | None
    usage: bool
    usage_each: bool
    ids: bool
    frames: dict[int, Frame]
    offsets: dict[int, int]

    def opening(self, choice: Choice) -> str:
        """Return nothing: a completion begins with its first token."""
        begun = f'data: {self.head.begun()}[{{"index":{choice.index},"text":'
        end = '"finish_reason":null,"stop_reason":null,"prompt_token_ids":null,"token_ids":null}]}\n\n'
        self.frames[choice.index] = Frame(begun, f',"logprobs":null,{end}')
        self.offsets[choice.index] = 0
        return ""

    def event(self, choice: Choice, place: int) -> str:
        """Return the event of a token; the first one tells the prompt too where it is echoed, the last one its end."""
        frame, given = self.frames[choice.index], choice.answer
        first, last = place == 0, place + 1 == len(given.tokens)
        if not (first or last or self.ids or self.usage_each) and self.top is None:
            return frame.event(given.pieces[place])
        text = self._text(choice, place, place + 1, echo=first)
        logprobs = self._logprobs(choice, place, place + 1, echo=first, offset=self.offsets[choice.index])
        self.offsets[choice.index] += len(text)
        reason = quoted(given.finish) if last else "null"
        stop = quoted(given.stop_reason) if last and given.stop_reason is not None else "null"
        prompt_ids = _ids(choice.prompt) if self.ids and first else "null"
        ids = f"[{given.tokens[place]}]" if self.ids else "null"
        told = f',"finish_reason":{reason},"stop_reason":{stop},"prompt_token_ids":{prompt_ids},"token_ids":{ids}}}]'
        usage = f',"usage":{usage_json(len(choice.prompt), place + 1)}' if self.usage_each else ""
        return f'{frame.before}{quoted(text)},"logprobs":{logprobs}{told}{usage}}}\n\n'

    def whole(self, turn: Turn) -> bytes:
        """Return the completions."""
        rest = {
            "service_tier": None,
            "system_fingerprint": None,
            "usage": turn.usage(),
            "kv_transfer_params": None,
        }
        return whole_json(self.head, (self._choice(choice) for choice in turn.choices), rest)

    def _choice(self, choice: Choice) -> str:
        given = choice.answer
        count = len(given.tokens)
        logprobs = self._logprobs(choice, 0, count, echo=True, offset=0)
        after = {
            "finish_reason": given.finish,
            "stop_reason": given.stop_reason,
            "token_ids": list(given.tokens) if self.ids else None,
            "prompt_logprobs": None,
            "prompt_token_ids": list(choice.prompt) if self.ids else None,
        }
        return choice_json({"index": choice.index, "text": self._text(choice, 0, count, echo=True)}, logprobs, after)

    def _text(self, choice: Choice, start: int, end: int, *, echo: bool) -> str:
        before = self.echoed[choice.index] if echo and self.echoed else ""
        return before if self.silent else before + "".join(choice.answer.pieces[start:end])

    def _logprobs(self, choice: Choice, start: int, end: int, *, echo: bool, offset: int) -> str:
        if self.top is None:
            return "null"
        return completion_logprobs(self._told(choice, start, end, echo=echo), offset)

    def _told(self, choice: Choice, start: int, end: int, *, echo: bool) -> Iterator[Likely]:
        if echo and self.echoed:
            texts = [self.tokenizer.piece(token) for token in choice.prompt]
            yield Likely(texts[0], ())
            yield from self._likely(choice, choice.prompt[1:], texts[1:], 1)
        if not self.silent:
            given = choice.answer
            yield from self._likely(choice, given.tokens[start:end], given.pieces[start:end], start)

    def _likely(self, choice: Choice, tokens: Tokens, texts: Sequence[str], start: int) -> Iterator[Likely]:
        seed, top = choice.asked.seed, self.top or 0
        for place, (token, text) in enumerate(zip(tokens, texts, strict=True), start):
            yield likely(token, text, place, seed=seed, top=top, tokenizer=self.tokenizer)


def _ids(tokens: object) -> str:
    return json.dumps(tokens, separators=(",", ":"))
