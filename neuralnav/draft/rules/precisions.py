"""Precisions of weights, and whether models that reason at length are wanted."""

from collections.abc import Iterator, Mapping

from neuralnav.draft.rules.mentions import Mention, quotes, settled_stances
from neuralnav.draft.text import Text
from neuralnav.model.catalog import PRECISIONS, Catalog
from neuralnav.model.draft import Finding, Origin, Reading

_WORDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "fp8": (("fp8",), ""), "fp 8": (("fp8",), ""), "float8": (("fp8",), ""), "w8a8": (("int8",), ""),
    "bf16": (("bf16",), ""), "bfloat16": (("bf16",), ""), "fp16": (("bf16",), "16 bits a weight"),
    "float16": (("bf16",), "16 bits a weight"), "16 bit": (("bf16",), "16 bits a weight"),
    "16bit": (("bf16",), "16 bits a weight"), "half precision": (("bf16",), "16 bits a weight"),
    "full precision": (("bf16",), "not quantized"), "native precision": (("bf16",), "not quantized"),
    "unquantized": (("bf16",), "not quantized"), "unquantised": (("bf16",), "not quantized"),
    "unquantisiert*": (("bf16",), "not quantized"), "volle prazision": (("bf16",), "not quantized"),
    "voller prazision": (("bf16",), "not quantized"), "pleine precision": (("bf16",), "not quantized"),
    "precision complete": (("bf16",), "not quantized"), "precision completa": (("bf16",), "not quantized"),
    "int8": (("int8",), ""), "int 8": (("int8",), ""), "8 bit": (("fp8", "int8"), "8 bits a weight"),
    "8bit": (("fp8", "int8"), "8 bits a weight"), "8 bits": (("fp8", "int8"), "8 bits a weight"),
    "int4": (("int4",), ""), "int 4": (("int4",), ""), "w4a16": (("int4",), ""), "awq": (("int4",),
    "AWQ holds 4 bits a weight"),
    "gptq": (("int4",), "GPTQ holds 4 bits a weight"), "4 bit": (("int4", "fp4"), "4 bits a weight"),
    "4bit": (("int4", "fp4"), "4 bits a weight"), "4 bits": (("int4", "fp4"), "4 bits a weight"),
    "q4": (("int4",), "4 bits a weight"), "fp4": (("fp4",), ""), "nvfp4": (("fp4",), ""), "mxfp4": (("fp4",), ""),
    "8ビット": (("fp8", "int8"), "8 bits a weight"), "4ビット": (("int4", "fp4"), "4 bits a weight"),
    "16ビット": (("bf16",), "16 bits a weight"), "8位": (("fp8", "int8"), "8 bits a weight"),
    "4位": (("int4", "fp4"), "4 bits a weight"), "全精度": (("bf16",), "not quantized"),
}  # fmt: skip
"""Words for a precision, the ids that they stand for, and why."""

_QUANTIZED = ("quantiz*", "quantis*", "quantif*", "cuantiz*", "量子化", "量化")
_FORMATS = ("4", "8", "4 bit", "8 bit", "4bit", "8bit", "awq", "gptq", "4ビット", "8ビット", "4位", "8位")
"""Ends of the names that say which quantization is spoken of."""
_REASONING = (
    "reasoning model*", "reasoning llm*", "thinking model*", "thinking mode", "chain of thought", "cot", "reasoner",
    "reasoning mode", "reasoning traces", "long thinking", "o1 style", "r1 style", "deep thinking",
    "think step by step",
    "thinking tokens", "reasoning tokens", "reasoning capable model*",
    "reasoningmodell*", "reasoning modell*", "denkmodell*", "denkende modelle", "schlussfolgernde*",
    "modele* de raisonnement", "modeles de raisonnement", "modele de raisonnement", "modelo de razonamiento",
    "modelos de razonamiento", "modelo razonador", "cadena de pensamiento", "chaine de pensee", "推論モデル",
    "思考モデル", "推论模型", "推理模型", "思考模型", "思维链", "思考の連鎖",
)  # fmt: skip


def read_precisions(text: Text, catalog: Catalog) -> Reading:  # noqa: ARG001  # every part has both
    """Return precisions: those that are asked for, or what is left of all where some are refused."""
    mentions = settled_stances(text, _precisions(text))
    wanted = [item for item in mentions if item.stance in ("wanted", "preferred", "current") and not item.broad]
    denied = [item for item in mentions if item.stance == "denied"]
    refused = {key for item in denied for key in item.ids}
    used = wanted or denied
    every = [key for item in wanted for key in item.ids] if wanted else list(PRECISIONS)
    ids = tuple(key for key in dict.fromkeys(every) if key not in refused)
    if not used or not ids or (not wanted and not refused):
        return Reading()
    whys = [item.why for item in used if item.why]
    if not wanted:
        whys = ["what is left of all"] if not any(item.broad for item in denied) else ["not quantized"]
    elif any(item.stance == "preferred" for item in wanted):
        whys.append("a preference, taken as a limit")
    said = "; ".join(dict.fromkeys(whys))
    origin: Origin = "inferred" if said else "stated"
    found = quotes(text, [item.span for item in used])
    return Reading(findings=(Finding("constraints.precisions", ids, origin, "rules", found, said),))


def _precisions(text: Text) -> Iterator[Mention]:
    for word, (ids, why) in _WORDS.items():
        for span in text.find(word):
            yield Mention(span, ids, why)
    for word in _QUANTIZED:
        for span in text.find(word):  # refused it leaves full precision; wanted it says nothing of how
            named = text.spaced[max(span[0] - 10, 0) : span[0]].strip().endswith(_FORMATS)
            if not named and not text.spaced[span[0] : span[1]].startswith("unq"):
                yield Mention(span, ("fp8", "int8", "int4", "fp4"), "", broad=True)


def read_reasoning(text: Text, catalog: Catalog) -> Reading:  # noqa: ARG001  # every part has both
    """Return reasoning: whether models that think at length are asked for or refused."""
    mentions = settled_stances(text, (Mention(span, ("yes",)) for word in _REASONING for span in text.find(word)))
    said = [item for item in mentions if item.stance != "mentioned"]
    if not said:
        return Reading()
    value = said[-1].stance != "denied"
    kept = [item.span for item in said if (item.stance != "denied") == value]
    origin: Origin = "inferred" if value and said[-1].stance == "preferred" else "stated"
    why = "a preference" if origin == "inferred" else ""
    return Reading(findings=(Finding("constraints.reasoning", value, origin, "rules", quotes(text, kept), why),))
