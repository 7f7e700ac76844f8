"""Models as people write them: "Llama 3.1 8B", "qwen2.5:7b", "meta-llama/Llama-3.3-70B-Instruct", "Mixtral".

What names a model is read off the catalog: the words of its id, its name and its repositories.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog, Model

_WORD = Pattern(r"[a-z]+[0-9]*(?:\.[0-9]+)*[a-z]*|[0-9]+(?:\.[0-9]+)*(?:x[0-9]+)?[a-z]*")
_JOIN = Pattern(r"(?:'s )?[ _/:()-]{0,2}")
_SIZE = Pattern(r"(?:[0-9]+x)?[0-9]+(?:\.[0-9]+)?b")
_VERSION = Pattern(r"v?[0-9]+(?:\.[0-9]+)*")
_NOISE = frozenset(
    ("instruct", "instruction", "it", "chat", "hf", "model", "models", "rl", "tuned", "instruct's", "latest", "family")
)
"""Words of a model's name that tell no two models apart."""

_KINDS = frozenset(
    (
        "coder",
        "distill",
        "nemotron",
        "mini",
        "moe",
        "nano",
        "lite",
        "air",
        "small",
        "large",
        "nemo",
        "maverick",
        "scout",
    )
)
"""Words that make another model of it: without them the plain one is meant."""

_FORMAT = re.compile(r"(?i)-(?:quantized|fp8|nvfp4|gptq|awq|int[48])\b")
"""What follows in a repository's name is the format of its weights."""

_LONG = 5
"""A brand of so many letters is told with one or two letters behind it."""

_YEAR_AND_MONTH = 4
"""The length of a release in a name: "Qwen3 30B A3B Instruct 2507"."""

_MISSPELT: Mapping[str, str] = {
    "lama": "llama", "lamma": "llama", "lllama": "llama", "qwin": "qwen", "quen": "qwen", "gema": "gemma",
    "mistal": "mistral", "deep seek": "deepseek", "deapseek": "deepseek", "deepseak": "deepseek",
    "grantie": "granite",
    "r1 distill": "deepseek r1 distill",
    "通义千问": "qwen", "千问": "qwen", "深度求索": "deepseek", "ディープシーク": "deepseek", "ミストラル": "mistral",
}  # fmt: skip
"""Brands as they are mistyped, written in other scripts, or left out with a name that only one has; a figure or
"models" must follow the short Latin ones, as they are words too."""

_MODELS_BEHIND = Pattern(
    r"s?[ -](?:models?|famil(?:y|ies)|llms?|instruct|weights|modell[a-z]*|modeles?|modelos?)(?![a-z])"
)
_SPLIT = Pattern(r"([a-z]{2,})([0-9]+(?:\.[0-9]+)*)")
_BILLION = Pattern(r"[ -]?(?:billion|bn|milliarden|mrd|milliards?|mil millones)\b(?:[ -]?(?:parameters?|params?))?")


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's words: `key` those of its id, `every` those of its name and repositories besides."""

    id: str
    family: str
    key: frozenset[str]
    every: frozenset[str]


@dataclass(frozen=True, slots=True)
class Named:
    """Words that name a model or a family of them. `words` are what was read behind the brand, `written` the brand."""

    span: Span
    brand: str
    words: tuple[str, ...]
    written: str


def _shape(model: Model) -> Shape:
    key = frozenset(words(model.id))
    names = (model.name, *(_FORMAT.split(item.repo.rsplit("/", 1)[-1])[0] for item in model.checkpoints))
    return Shape(model.id, model.family, key, key | {word for name in names for word in words(name.lower())})


@functools.lru_cache(maxsize=1024)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, a version split off its brand: "qwen2.5-7b" is qwen, 2.5, 7b."""
    out: list[str] = []
    for found in _WORD.finditer(name):
        split = _SPLIT.fullmatch(found[0])
        out += split.groups() if split else [found[0]]
    return tuple(word for word in out if word not in _NOISE)


def brands(text: Text, catalog: Catalog) -> Mapping[str, tuple[Shape, ...]]:
    """Return the words of a text that begin a model's name, each with the models that carry it."""
    models = catalog.models.values()
    first = {_first(name) for model in models for name in (model.id, model.family)}
    found: dict[str, tuple[Shape, ...]] = {}
    for brand in sorted(first):
        if not text.find(f"{brand}*"):
            continue
        near = (_shape(model) for model in models if brand in f"{model.id} {model.family} {model.name.lower()}")
        found[brand] = tuple(shape for shape in near if brand in shape.every)
    if "gpt" in found:  # alone it names closed models
        found |= dict.fromkeys(("gpt oss", "gptoss"), found["gpt"])
        del found["gpt"]
    for wrong, meant in _MISSPELT.items():
        brand = meant.split(" ")[0]
        if brand in first and text.find(f"{wrong}*"):
            carried = (_shape(model) for model in models if brand in f"{model.id} {model.family} {model.name.lower()}")
            found[wrong] = found[brand] = tuple(shape for shape in carried if brand in shape.every)
    return {brand: of for brand, of in found.items() if of}


def _first(name: str) -> str:
    """Return the word that a name begins with, its version left out."""
    return re.split(r"[^a-z]", name, maxsplit=1)[0]


def named(text: Text, known: Mapping[str, tuple[Shape, ...]]) -> Iterator[Named]:
    """Yield the names of models that a text holds, in order, none inside another."""
    starts = sorted(
        {(start, -len(brand), brand) for brand in known for start, _ in text.find(f"{brand}*") if _begins(text, start)}
    )
    last = 0
    for start, _, brand in starts:
        if start < last:
            continue
        found = _read(text, start, brand, known[brand], last)
        if brand in _MISSPELT:
            short = len(brand) <= _LONG and brand.isascii()
            if not found.words and short and not _MODELS_BEHIND.match(text.spaced, start + len(brand)):
                continue
            meant, *more = _MISSPELT[brand].split(" ")
            found = replace(found, brand=meant, words=(*more, *found.words))
        for one in _each_version(text, found, known[brand]):
            last = max(last, one.span[1])
            yield one
            yield from _more_sizes(text, one)


def _begins(text: Text, start: int) -> bool:
    before = text.folded[start - 1 : start]
    return not (before.isascii() and before.isalnum())


def _read(text: Text, start: int, brand: str, of: Sequence[Shape], last: int) -> Named:
    """Return a name from its brand on, over the words that belong to it, and a size right before it."""
    known = {word for shape in of for word in shape.every} | _NOISE
    end = start + len(brand)
    if len(brand) >= _LONG and (more := re.match(r"[a-z]{1,2}(?![a-z])", text.folded[end : end + 3])):
        end += more.end()  # "llamas", "mistrall"
    if brand == "gptoss":
        known |= {"oss"}
    kept, end = _words_behind(text, end, brand, known)
    if text.folded[end : end + 1] == ")" and "(" in text.folded[start:end]:
        end += 1
    before = re.search(
        r"(?<![a-z0-9.])([0-9]+(?:\.[0-9]+)?b)[ -](?:class |sized? |param(?:eter)? |variant of |version of |(?:meta"
        r"|alibaba|google|ibm) )*(?:the )?$",
        text.folded[max(start - 28, last) : start],
    )
    if before and not any(_SIZE.fullmatch(word) for word in kept):
        kept.append(before[1])
        start -= len(before[0])
    return Named((start, end), brand, tuple(kept), brand)


def _words_behind(text: Text, end: int, brand: str, known: set[str] | frozenset[str]) -> tuple[list[str], int]:
    """Return the words that go on with a name from a place, and where they end."""
    kept: list[str] = []
    while True:
        join = _JOIN.match(text.folded, end)
        at = join.end() if join else end
        found = _WORD.match(text.folded, at)
        if not found or not _belongs(text, found, at, end, known):
            break
        word, end = found[0], found.end()
        if _VERSION.fullmatch(word) and (billion := _BILLION.match(text.folded, end)):
            word, end = f"{word}b", billion.end()
        elif (
            _VERSION.fullmatch(word)
            and text.folded[end : end + 2] == " b"
            and not text.folded[end + 2 : end + 3].isalnum()
        ):
            word, end = f"{word}b", end + 2
        kept += [part for part in words(word) if part != brand]
    return kept, end


def _each_version(text: Text, first: Named, of: Sequence[Shape]) -> tuple[Named, ...]:
    """Return a name, or one for each of the versions that it lists: "Llama (3.1 or 3.3) 70B", "Gemma 2/3"."""
    start = first.span[0]
    brand_end = text.folded.find(first.written, start) + len(first.written)
    listed = _VERSIONS.match(text.folded, brand_end)
    if listed is None:
        return (first,)
    known = {word for shape in of for word in shape.every} | _NOISE
    given = [found.removeprefix("v") for found in (listed[1], listed[2])]
    if not all(any(_holds(shape, version) for shape in of) for version in given):
        return (first,)
    kept, end = _words_behind(text, listed.end(), first.brand, known)
    if not ("." in given[1] or kept or text.folded[listed.end() - 1] == ")" or _MODELS_BEHIND.match(text.spaced, end)):
        return (first,)
    return tuple(replace(first, span=(start, end), words=(version, *kept)) for version in given)


_VERSIONS = Pattern(
    r"[ -]?\(?(v?[0-9](?:\.[0-9])?)(?: ?[/,&] ?| (?:or|and|oder|und|ou|et|o|y) |或|か|和)(v?[0-9](?:\.[0-9])?)\)?"
    r"(?![a-z0-9.][a-z0-9])(?![a-z])"
)


def _belongs(text: Text, found: re.Match[str], at: int, end: int, known: set[str] | frozenset[str]) -> bool:
    """Tell whether a word goes on with the name before it."""
    word = found[0]
    if text.folded[end:at].strip(" ") in ("", "'s", "-", "_", "/", ".") or text.folded[end:at] in (":", " (", "("):
        parts = words(word) or (word,)
        glued = at == end or text.folded[at - 1] in "-_:/"
        size = bool(_SIZE.fullmatch(word))
        dated = len(word) == _YEAR_AND_MONTH and word in known
        figure = bool(_VERSION.fullmatch(word)) and (glued or dated or _figure_of_name(text, found))
        return size or figure or all(part in known and not _VERSION.fullmatch(part) for part in parts)
    return False


def _figure_of_name(text: Text, found: re.Match[str]) -> bool:
    """Tell whether a bare figure is a version, not a count of what follows: "Llama 3 for", not "Llama 500 users"."""
    return (
        "." in found[0]
        or found[0].startswith("v")
        or len(found[0]) == 1
        or bool(_BILLION.match(text.folded, found.end()))
    )


def _more_sizes(text: Text, first: Named) -> Iterator[Named]:
    """Yield the same name with the other sizes that a list gives: "Llama 3.1 8B or 70B", "any Llama except 405B"."""
    if but := _BUT_SIZE.match(text.folded, first.span[1]):
        kept = tuple(word for word in first.words if not _SIZE.fullmatch(word))
        yield replace(first, span=but.span(1), words=(*kept, but[1]))
    if not any(_SIZE.fullmatch(word) for word in first.words):
        return
    if rather := _RATHER.match(text.folded, first.span[1]):
        kept = tuple(word for word in first.words if not _SIZE.fullmatch(word))
        yield replace(first, span=rather.span(1), words=(*kept, rather[1]))
    rest = tuple(word for word in first.words if not _SIZE.fullmatch(word))
    end = first.span[1]
    while found := _ALSO.match(text.folded, end):
        end = found.end()
        yield replace(first, span=found.span(1), words=(*rest, found[1]))


_BUT_SIZE = Pattern(
    r"(?: models?| family)?,? ?\(?(?:except|except for|but not|other than|without|excluding|apart from"
    r"|not|ausser|sauf|salvo"
    r"|excepto|pas)(?: the| le| der| die| el)? ([0-9]+(?:\.[0-9]+)?b)(?![a-z0-9])"
)
_RATHER = Pattern(
    r"[^0-9\n]{0,40}(?<![a-z])(?:rather|instead|use|take|prefer|only|just|lieber|nur|plutot|mejor)"
    r"(?: the| a| an| die| das| le| la| el)? ([0-9]+(?:\.[0-9]+)?b)(?![a-z0-9])"
)
"""Another size of the same model behind it: "not the 405B, rather the 70B"."""
_ALSO = Pattern(
    r"(?: ?[,/&] ?(?:or |and )?| (?:or|and|oder|und|ou|et|o|y) |或|または|か|和)(?:the "
    r"|a )?([0-9]+(?:\.[0-9]+)?b)(?![a-z0-9])"
)


def matching(name: Named, of: Sequence[Shape]) -> tuple[Shape, ...]:
    """Return the models that a name may be, without those of a kind that it does not name."""
    said = set(name.words)
    fits = [shape for shape in of if all(_holds(shape, word) for word in said)]
    exact = [shape for shape in fits if shape.key - {"gpt", "oss", *words(name.brand)} == said]
    if exact:
        return tuple(exact)
    whole = [shape for shape in fits if all(_holds(shape, word, whole=True) for word in said)]
    fits = whole or fits
    plain = [shape for shape in fits if not (shape.key & _KINDS) - said - {name.brand}]
    return tuple(plain or fits)


def _holds(shape: Shape, word: str, *, whole: bool = False) -> bool:
    """Tell whether a model carries a word; a version also by its first part ("3" of 3.1)."""
    if word in shape.every or (not whole and f"v{word}" in shape.every):
        return True
    if whole or not _VERSION.fullmatch(word):
        return False
    return any(item.startswith(f"{word}.") for item in shape.key) and not word.startswith("0")
