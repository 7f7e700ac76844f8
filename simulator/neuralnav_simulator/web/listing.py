"""What a server tells of itself: its model, its version, its health, its metrics, and how it reads texts."""

import json
from time import time

from neuralnav_simulator.metrics import CONTENT_TYPE
from neuralnav_simulator.web.asks import check_model
from neuralnav_simulator.web.bodies import DetokenizeBody, TokenizeBody, read_body
from neuralnav_simulator.web.desk import Desk
from neuralnav_simulator.web.problems import bad_request, no_model, unavailable
from neuralnav_simulator.web.prompts import (
    LONG_TEXT,
    End,
    characters,
    check_characters,
    check_known,
    check_parts,
    tools_text,
)
from neuralnav_simulator.web.turns import off_loop
from neuralnav_simulator.web.wire import Call

MODELS = "/v1/models"


async def health(desk: Desk, call: Call) -> None:
    """Answer with an empty body while requests are taken."""
    if desk.site.lanes.death is not None:
        raise unavailable(desk.site.lanes.death)
    desk.check_ready()
    await call.reply(200, b"", b"")


async def version(desk: Desk, call: Call) -> None:
    """Answer which engine's version is played; and, lest figures of it pass for measurements, that it is played."""
    site = desk.site
    told = {"version": site.served.engine_version, "simulates": site.served.candidate, "speedup": site.clock.speedup}
    await call.reply(200, _json(told))


async def metrics(desk: Desk, call: Call) -> None:
    """Answer what a scrape gets."""
    await call.reply(200, desk.site.metrics.exposition(), CONTENT_TYPE.encode())


async def models(desk: Desk, call: Call) -> None:
    """Answer which models are served: one, by all its names."""
    desk.check_ready()
    await call.reply(200, _json({"object": "list", "data": [_card(desk, name) for name in desk.site.served.names]}))


async def model(desk: Desk, call: Call) -> None:
    """Answer what one model is; its name may have slashes."""
    desk.check_ready()
    name = call.path.removeprefix(f"{MODELS}/")
    if name not in desk.site.served.names:
        raise no_model(name)
    await call.reply(200, _json(_card(desk, name)))


async def tokenize(desk: Desk, call: Call) -> None:
    """Answer the tokens of a prompt, or of messages."""
    site = desk.site
    desk.check_ready()
    longest = site.served.max_model_len
    most = desk.template.most_messages(longest)
    body = read_body(TokenizeBody, await call.body(site.max_body), most_messages=most)
    check_model(site, body.model)
    prompt, messages = body.prompt, body.messages
    if prompt is not None:
        check_characters(len(prompt), site.tokenizer, longest)
        tokens = await off_loop(lambda: site.tokenizer.encode(prompt), when=len(prompt) > LONG_TEXT)
    elif messages is not None:
        check_parts(messages)
        tools = tools_text(body.tools)
        count = characters(messages) + len(tools)
        check_characters(count, site.tokenizer, longest)
        end: End = "opened" if body.add_generation_prompt else "closed"
        tokens = await off_loop(
            lambda: desk.template.conversation(messages, tools, end=end, most=None), when=count > LONG_TEXT
        )
    else:
        raise bad_request("either prompt or messages is needed", "prompt")
    strings = [site.tokenizer.piece(token) for token in tokens] if body.return_token_strs else None
    answer = {"count": len(tokens), "max_model_len": longest, "tokens": tokens, "token_strs": strings}
    await call.reply(200, _json(answer))


async def detokenize(desk: Desk, call: Call) -> None:
    """Answer the text of tokens."""
    desk.check_ready()
    body = read_body(DetokenizeBody, await call.body(desk.site.max_body))
    check_model(desk.site, body.model)
    if body.tokens:
        check_known(body.tokens, desk.site.tokenizer)
    await call.reply(200, _json({"prompt": desk.site.tokenizer.decode(body.tokens)}))


def _card(desk: Desk, name: str) -> dict[str, object]:
    return {
        "id": name,
        "object": "model",
        "created": int(time()),
        "owned_by": "vllm",
        "root": desk.site.served.names[0],
        "parent": None,
        "max_model_len": desk.site.served.max_model_len,
        "permission": [],
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
