"""/v1/chat/completions: messages in, a message or a tool call out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import time
from typing import Any
from uuid import uuid4

from neuralnav.model.answer_ids import SIMULATED
from neuralnav_simulator.answers import Asked, Function
from neuralnav_simulator.tokens import Tokenizer
from neuralnav_simulator.web.asks import check_model, check_sampling, cut, schema_of, stops, usage_wanted
from neuralnav_simulator.web.bodies import ChatBody, NamedTool, Tool, read_body
from neuralnav_simulator.web.desk import Desk
from neuralnav_simulator.web.events import Frame, Head, choice_json, event, quoted, usage_json, whole_json
from neuralnav_simulator.web.logprobs import chat_logprobs, likely
from neuralnav_simulator.web.problems import bad_request
from neuralnav_simulator.web.prompts import LONG_TEXT, End, characters, check_characters, check_parts, room, tools_text
from neuralnav_simulator.web.turns import Choice, Turn, Want, begin, off_loop, serve
from neuralnav_simulator.web.wire import Call

PATH = "/v1/chat/completions"


async def chat(desk: Desk, call: Call) -> None:
    """Answer a conversation."""
    desk.check_ready()
    most = desk.template.most_messages(desk.site.served.max_model_len)
    body = read_body(ChatBody, await call.body(desk.site.max_body), most_messages=most)
    check_model(desk.site, body.model)
    want = await _want(desk, body)
    turn = await begin(desk, call, want)
    await serve(turn, call, _form(desk, call, body), stream=bool(body.stream))


async def _want(desk: Desk, body: ChatBody) -> Want:
    """Return what a body wants. Raises ProblemError where that does not make sense, or does not fit."""
    site, longest = desk.site, desk.site.served.max_model_len
    by_new = body.max_completion_tokens is not None
    max_tokens = body.max_completion_tokens if by_new else body.max_tokens
    check_sampling(body, max_tokens)
    check_parts(body.messages)
    if body.top_logprobs and not body.logprobs:
        raise bad_request("top_logprobs is for requests with logprobs=true", "top_logprobs")
    functions = _functions(body)
    tools = tools_text(None if body.tool_choice == "none" else body.tools)
    length = characters(body.messages) + len(tools)
    if body.truncate_prompt_tokens is None:
        check_characters(length, site.tokenizer, longest)
    most = longest if body.truncate_prompt_tokens is None else None
    prompt = await off_loop(
        lambda: desk.template.conversation(body.messages, tools, end=_end(body), most=most), when=length > LONG_TEXT
    )
    prompt = cut(prompt, body, longest, max_tokens)
    field = "max_completion_tokens" if by_new else "max_tokens"
    asked = Asked(
        seed=0,
        room=room(prompt, max_tokens, longest, field=field),
        min_tokens=body.min_tokens or 0,
        ignore_eos=bool(body.ignore_eos),
        stop=stops(body),
        schema=schema_of(body),
        functions=functions,
    )
    return Want(
        (prompt,),
        (asked,),
        choices=body.n or 1,
        seed=body.seed,
        greedy=body.temperature == 0.0,
        salt=body.cache_salt,
        keep_stop=body.include_stop_str_in_output,
        top=(body.top_logprobs or 0) if body.logprobs else None,
    )


def _end(body: ChatBody) -> End:
    if not body.continue_final_message:
        return "opened" if body.add_generation_prompt else "closed"
    if body.add_generation_prompt and "add_generation_prompt" in body.model_fields_set:
        raise bad_request(
            "continue_final_message and add_generation_prompt exclude each other", "continue_final_message"
        )
    return "goes on"


def _functions(body: ChatBody) -> tuple[Function, ...]:
    """Return the functions one of which is called; of its own accord a model calls one when a user has spoken last."""
    tools: Sequence[Tool] = body.tools or ()
    choice = body.tool_choice or ("auto" if tools else "none")
    if choice == "none":
        return ()
    if not tools:
        raise bad_request("tool_choice is for requests with tools", "tool_choice")
    if isinstance(choice, NamedTool):
        tools = [tool for tool in tools if tool.function.name == choice.function.name]
        if not tools:
            raise bad_request(f"tool_choice names {choice.function.name!r}, which is no tool", "tool_choice")
    if choice == "auto" and body.messages[-1].role != "user":
        return ()
    return tuple(Function(tool.function.name, tool.function.parameters or {}) for tool in tools)


def _form(desk: Desk, call: Call, body: ChatBody) -> "ChatForm":
    last, each = usage_wanted(body)
    return ChatForm(
        Head(
            f"chatcmpl-{call.request_id() or SIMULATED + uuid4().hex}",
            "chat.completion.chunk",
            int(time()),
            desk.site.served.names[0],
        ),
        desk.site.tokenizer,
        top=(body.top_logprobs or 0) if body.logprobs else None,
        usage=last,
        usage_each=each,
        ids=bool(body.return_token_ids),
        named=isinstance(body.tool_choice, NamedTool),
        auto=body.tool_choice in (None, "auto"),
        frames={},
    )


@dataclass(frozen=True, slots=True)
class ChatForm:
    """Writes the answers of a chat. `top` of the likeliest tokens are told, None for no log probabilities at all."""

    head: Head
    tokenizer: Tokenizer
    top: int | None
    usage: bool
    usage_each: bool
    ids: bool
    named: bool
    auto: bool
    frames: dict[int, Frame]

    def opening(self, choice: Choice) -> str:
        """Return the event of the role, and of the function that is called."""
        self.frames[choice.index] = self._frame(choice)
        begun = f'{{"index":{choice.index},"delta":'
        usage = self._usage(choice, 0)
        out = event(
            self.head,
            f'{begun}{{"role":"assistant","content":""}},"logprobs":null,"finish_reason":null}}',
            usage=f"{usage}{self._prompt_ids(choice)}",
        )
        if choice.answer.function is not None:
            called = f'{{"name":{quoted(choice.answer.function)},"arguments":""}}'
            tool = f'{{"id":"chatcmpl-tool-{uuid4().hex}","type":"function","index":0,"function":{called}}}'
            end = ',"logprobs":null,"finish_reason":null}'
            out += event(self.head, f'{begun}{{"tool_calls":[{tool}]}}{end}', usage=usage)
        return out

    def event(self, choice: Choice, place: int) -> str:
        """Return the event of a token; the last one tells why it is."""
        frame, piece = self.frames[choice.index], choice.answer.pieces[place]
        last = place + 1 == len(choice.answer.tokens)
        if not last and self.top is None and not self.ids and not self.usage_each:
            return frame.event(piece)
        reason = f'{quoted(self._finish(choice))},"stop_reason":{_stop(choice)}' if last else "null"
        ids = f"[{choice.answer.tokens[place]}]" if self.ids else "null"
        told = f',"logprobs":{self._logprobs(choice, place, place + 1)},"finish_reason":{reason},"token_ids":{ids}}}]'
        close = "}" if choice.answer.function is None else "}}]}"
        return f"{frame.before}{quoted(piece)}{close}{told}{self._usage(choice, place + 1)}}}\n\n"

    def whole(self, turn: Turn) -> bytes:
        """Return the completion."""
        rest = {
            "service_tier": None,
            "system_fingerprint": None,
            "usage": turn.usage(),
            "prompt_logprobs": None,
            "prompt_token_ids": list(turn.want.prompts[0]) if self.ids else None,
            "kv_transfer_params": None,
        }
        head = replace(self.head, kind="chat.completion")
        return whole_json(head, (self._choice(choice) for choice in turn.choices), rest)

    def _choice(self, choice: Choice) -> str:
        given = choice.answer
        text: str | None = "".join(given.pieces)
        message: dict[str, Any] = {"role": "assistant", "content": text}
        message |= dict.fromkeys(("refusal", "annotations", "audio", "function_call"))
        if given.function is not None:
            message["content"] = None if self.auto else ""
            called = {"name": given.function, "arguments": text}
            message["tool_calls"] = [{"id": f"chatcmpl-tool-{uuid4().hex}", "type": "function", "function": called}]
        message["reasoning"] = None
        after = {
            "finish_reason": self._finish(choice),
            "stop_reason": given.stop_reason,
            "token_ids": list(given.tokens) if self.ids else None,
        }
        logprobs = self._logprobs(choice, 0, len(given.tokens))
        return choice_json({"index": choice.index, "message": message}, logprobs, after)

    def _frame(self, choice: Choice) -> Frame:
        begun = f'data: {self.head.begun()}[{{"index":{choice.index},"delta":'
        end = ',"logprobs":null,"finish_reason":null,"token_ids":null}]}\n\n'
        if choice.answer.function is None:
            return Frame(f'{begun}{{"content":', f"}}{end}")
        return Frame(f'{begun}{{"tool_calls":[{{"index":0,"function":{{"arguments":', f"}}}}]}}{end}")

    def _finish(self, choice: Choice) -> str:
        """Return why an answer ended; who names the function to call knows that it is called, so OpenAI says stop."""
        finish = choice.answer.finish
        return "stop" if self.named and finish == "tool_calls" else finish

    def _logprobs(self, choice: Choice, start: int, end: int) -> str:
        if self.top is None:
            return "null"
        given = choice.answer
        seed, top = choice.asked.seed, self.top
        told = (
            likely(given.tokens[place], given.pieces[place], place, seed=seed, top=top, tokenizer=self.tokenizer)
            for place in range(start, end)
        )
        return chat_logprobs(told, top)

    def _usage(self, choice: Choice, tokens: int) -> str:
        return f',"usage":{usage_json(len(choice.prompt), tokens)}' if self.usage_each else ""

    def _prompt_ids(self, choice: Choice) -> str:
        ids = json.dumps(list(choice.prompt), separators=(",", ":")) if self.ids else "null"
        return f',"prompt_token_ids":{ids}'


def _stop(choice: Choice) -> str:
    reason = choice.answer.stop_reason
    return "null" if reason is None else quoted(reason)
