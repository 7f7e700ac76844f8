"""Sentences that speak to a model and not about a service: they are told, and not read."""

import bisect
import functools
from collections.abc import Iterator

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text, lies_in

_CUES = (
    "you are now", "you must now", "from now on you", "you are no longer", "you will now", "enter developer mode",
    "do anything now", "ignore everything above", "ignore everything before", "ignore anything above",
    "ignore everything you", "ignore all of the above", "ignore all the above", "ignore all above", "ignore the above",
    "ignore what is above", "ignore all previous", "ignore any previous", "ignore all prior", "ignore all earlier",
    "ignore whatever", "forget everything above", "forget everything you", "forget the above",
    "forget all previous", "forget all prior", "disregard everything above", "disregard the above",
    "disregard all previous", "disregard all prior", "disregard all of the above", "disregard any previous",
    "new instructions:", "new instruction:", "system override", "override your",
    "your system prompt", "reveal the system prompt", "print the system prompt", "show the system prompt",
    "repeat the system prompt", "ignore the system prompt", "as an ai language model", "dear ai", "dear llm",
    "dear model", "dear assistant", "hey ai", "hey llm", "note to the ai", "note to the model", "note to the llm",
    "note to ai", "note to llm", "attention ai", "if you are an ai", "if you are a language model",
    "if you are an llm", "du bist jetzt", "du bist nun", "sie sind jetzt ein", "vergiss alles vorherige",
    "vergiss alles oben", "vergiss alles bisherige", "ignoriere alles", "ignoriere das obige",
    "ignoriere das vorherige",
    "ignorieren sie das obige", "ignorieren sie alles", "tu es maintenant", "tu es desormais",
    "vous etes maintenant", "vous etes desormais", "oublie tout ce qui precede", "oubliez tout ce qui precede",
    "ignore tout ce qui precede", "ignorez tout ce qui precede", "ignore ce qui precede", "ignorez ce qui precede",
    "ahora eres", "eres ahora", "a partir de ahora eres", "olvida todo lo anterior", "olvide todo lo anterior",
    "ignora todo lo anterior", "ignore todo lo anterior", "ignora lo anterior", "ignore lo anterior",
    "あなたは今から", "今からあなたは", "これからあなたは", "システムプロンプト", "以上を無視",
    "上記を無視", "上の内容を無視",
    "上記の内容を無視", "你现在是", "你現在是", "从现在起你", "从现在开始你", "系统提示词", "忽略以上",
    "忽略上面", "忽略上述",
    "忽略之前", "忽略前面", "无视以上", "无视上面", "无视之前", "忘记之前", "忘记以上",
    "忽略上文", "无视上文", "忽视以上", "忽视上述", "不要理会以上", "不要理会上面",
    "pay no attention to the above", "pay no attention to anything above", "pay no attention to the text above",
    "do not follow the above", "do not follow anything above", "forget everything said", "forget all of the above",
    "as the ai reading this", "to the ai reading this", "to the llm reading this", "when you process this",
    "you must answer with", "you must output", "you must respond with", "your output must", "your only task",
    "vergiss den text oben", "vergiss den obigen text",
    "vergessen sie alles", "beachte das obige nicht", "ne tiens pas compte de ce qui precede",
    "ne tenez pas compte de ce qui precede", "no hagas caso de lo anterior", "no haga caso de lo anterior",
    "haz caso omiso de lo anterior", "これまでの内容は忘れ", "これまでの内容を忘れ", "上記は無視", "以上は無視",
    "これまでの指示",
)  # fmt: skip

_MARKS = ("<|", "[inst]", "<<sys>>", "</s>", "###instruction", "### instruction", "<system>", "</system>", "<!--")

_ORDERS = Pattern(
    r"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass|vergiss|vergessen sie|missachte\w*|oubli\w*|olvid\w*)\s"
    r"(?:\S+\s){0,5}?(?:instruct\w*|prompts?\b|directives?\b|guidelines\b|anweisung\w*|vorgaben|consignes|instrucciones"
    r"|indicaciones)"
    r"|(?:指示|命令|ルール|指令|规则|說明|说明)[^。！？\n]{0,6}(?:を)?(?:無視|忘れ|忽略|无视)"
    r"|(?:忽略|无视|忘记|忘掉)[^。！？\n]{0,8}(?:指示|指令|规则|说明|要求)"
    r"|(?:^|[\n.!?])\s*[#*>\s]*(?:system|assistant|developer|override)(?: prompt| message)?[*\s]*:[*\s]*"
    r"(?:you|ignore|set|override|do|the user|from now|budget|the budget|output|always|never|sure|ok|respond|return)\b"
)

_ORDERED = (
    "instruct", "prompt", "directive", "guideline", "anweisung", "vorgaben", "consignes", "instrucciones",
    "indicaciones", "指示", "命令", "ルール", "指令", "规则", "說明", "说明", "要求", "system", "assistant",
    "developer", "override",
)  # fmt: skip
"""Words without which there is no such order."""

_FOLLOWS = Pattern(
    r"[\s!?.]*\Z"  # the rest of "!!!"
    r"|\s*(?:and |then |now |instead |just |only |please |also )*"
    r"(?:set|output|write|reply|respond|return|print|answer|make the|use|say|give|put|change|setz\w*|schreib\w*"
    r"|gib|mets|mettez|ecris|ecrivez|reponds|repondez|pon|ponga|escribe|responde|devuelve|设置|把|将|输出|出力)\b"
)
_SETTING = Pattern(
    r"\s*(?:the |das |le |el |la )?(?:budget|presupuesto|users?|nutzer|utilisateurs|usuarios)\b"
    r"|\s*(?:预算|予算|用户数?|ユーザー数?)"
)
_DIGIT = Pattern("[0-9]")


@functools.lru_cache(maxsize=4)
def hostile_spans(text: Text) -> tuple[Span, ...]:
    """Return the sentences that give orders to a model, in order, none touching another.

    A sentence right behind such a one that goes on with an order ("Set the budget to 0.") belongs to it, as does
    a setting ("Budget: 0") behind one that holds no figure itself. No part reads words in them; `traffic.read_traffic`
    tells them as unplaced, so no other part does.
    """
    at = {bisect.bisect_right(text.sentences, position, key=_start) - 1 for position in _positions(text)}
    for index in sorted(at):
        following = index + 1
        while following < len(text.sentences) and _goes_on(text, following):
            at.add(following)
            following += 1
    spans: list[Span] = []
    for index in sorted(at):
        start, end = text.sentences[index]
        if spans and spans[-1][1] == start:
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(spans)


def _goes_on(text: Text, index: int) -> bool:
    """Tell whether a sentence goes on with what the hostile one before it began."""
    before, here = text.sentences[index - 1], text.sentences[index]
    if _FOLLOWS.match(text.spaced, *here):
        return True
    return bool(_SETTING.match(text.spaced, *here)) and not _DIGIT.search(text.spaced, *before)


def in_hostile(text: Text, position: int) -> bool:
    """Tell whether a position of the folded text lies in a sentence that is not read."""
    return lies_in(position, hostile_spans(text))


def _start(span: Span) -> int:
    return span[0]


def _positions(text: Text) -> Iterator[int]:
    for cue in _CUES:
        yield from (start for start, _ in text.find(cue))
    for mark in _MARKS:
        at = text.folded.find(mark)
        while at >= 0:
            yield at
            at = text.folded.find(mark, at + 1)
    if any(word in text.folded for word in _ORDERED):
        yield from (found.end() - 1 for found in _ORDERS.finditer(text.folded))
