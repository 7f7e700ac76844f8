"""Models and families: which are wanted and which are not."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from neuralnav.draft.rules.mentions import Mention, Wording, selected, settled_stances
from neuralnav.draft.rules.model_names import Named, Shape, brands, matching, named
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.publishers import CLOSED, ORIGIN, ORIGIN_WORDS, ORIGINS, UNKNOWN, Origin
from neuralnav.draft.text import Span, Text, folded
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Question, Reading, Unplaced

_NOT_A_MODEL: Mapping[str, Pattern] = {
    "phi": Pattern(r"[ -]?(?:[0-9]|models?\b|family\b|modell|series\b)"),
}
"""Brands that are also other words, with what must follow them: PHI is also protected health information."""

_ELSEWHERE = Pattern(
    r"(?:'s)?[ -]?(?:\.cpp|cpp|index|farm|licen[sc]e|lizenz|guard|ライセンス|许可|stack|factory|countertops?|stone|tops"
    r"|code ?cli"
    r"|worktops|community licen|api\b|le chat)"
)
_LICENCE_BEFORE = Pattern(r"(?:licen[cs]es?|licen[cs]ia|lizenz(?:en)?) (?:de |of |von )?$")
_BY_PUBLISHER = Pattern(
    r"(?:models?|llms?|modelle?|modeles?|modelos?|anything|nothing|something)(?: that is| made)?"
    r" (?:from|by|of|von|de|d')(?: the)?(?: [a-z.]+(?: ai)?,?(?: or| and| oder| und| ou| et| o| y)?){0,3}$"
)
_NAMES_PUBLISHER = (
    "models",
    "model",
    "llms",
    "llm",
    "family",
    "weights",
    "stuff",
    "modelle",
    "modele",
    "modeles",
    "modelos",
)
_LIKE = Pattern(
    r"(?:\b(?:like|replace|replacing|replaces|from|than|similar to|as good as|comparable to|vs|versus|against|off"
    r"|compatible"
    r"|alternative to|instead of|style|currently|today|using|pay|pays|wie|statt|ersetzen|bisher|comme|remplacer|como"
    r"|reemplazar|level|quality|beat|beats|leaving|drop|dropping|away)\b|の代わり|类似|替代|像)"
)
_COMPATIBLE = Pattern(
    r"[ -]?(?:(?:is |are |gets? |was |to be )?(?:replaced|ersetzt|remplace)|compatible|style|like|level"
    r"|class|quality|ähnlich|kompatibel|の代わり|みたい|のような|那样|一样)"
)


def read_models(text: Text, catalog: Catalog) -> Reading:
    """Return models and families, allowed and denied, and reasoning where a named model always reasons."""
    of = brands(text, catalog)
    family = {f"{_MODEL}{model.id}": f"{_FAMILY}{model.family}" for model in catalog.models.values()}
    found = [item for item in named(text, of) if _is_model(text, item)]
    models, families, unknown = _sorted(text, found, of)
    families += [*_published(text, catalog), *_from_somewhere(text, catalog)]
    marked = settled_stances(text, [*models, *families])
    chosen = [item for item in marked if item.ids[0].startswith(_MODEL)]
    of_family = [item for item in marked if item.ids[0].startswith(_FAMILY)]
    chosen, of_family = _narrowed(chosen, of_family, family)
    by_model = selected(text, chosen, Wording(f"{_FIELD}models.allow", f"{_FIELD}models.deny", "the model", _plain))
    by_family = selected(
        text, of_family, Wording(f"{_FIELD}families.allow", f"{_FIELD}families.deny", "the family", _plain)
    )
    clash = _denied_family(text, chosen, of_family, family)
    findings = () if clash else (*by_model.findings, *by_family.findings)  # what contradicts itself is asked, not set
    return Reading(
        findings=(*findings, *_always_reasons(findings, catalog)),
        unplaced=(*unknown, *_not_open(text), *_not_held(text, found), *_sizes(text, found)),
        questions=(*by_model.questions, *by_family.questions, *clash),
    )


_FIELD = "constraints."
_MODEL, _FAMILY = "model ", "family "


def _plain(key: str) -> str:
    return key.split(" ", 1)[1]


def _is_model(text: Text, item: Named) -> bool:
    """Tell whether a brand stands for a model here, not for a licence, a tool or another word."""
    start, end = item.span
    must = _NOT_A_MODEL.get(item.brand)
    if must is not None and not must.match(text.folded, start + len(item.written)) and not _by_publisher(text, start):
        return False
    after_brand = text.folded[start + len(item.written) : start + len(item.written) + 1]
    if after_brand.isascii() and after_brand.isalpha() and not item.words:
        return (
            text.folded[start + len(item.written) : end + 2].startswith("s")
            and text.folded[end : end + 2].strip("s ") == ""
        )
    if _LICENCE_BEFORE.search(text.folded, max(start - 20, 0), start):
        return False
    return not _ELSEWHERE.match(text.folded, end)


def _by_publisher(text: Text, start: int) -> bool:
    return text.folded[max(start - 12, 0) : start].rstrip(" '").endswith(("microsoft", "microsoft's", "microsofts"))


def _sorted(
    text: Text, found: Sequence[Named], of: Mapping[str, tuple[Shape, ...]]
) -> tuple[list[Mention], list[Mention], list[Unplaced]]:
    """Return the names as mentions of models and of families, and those that fit no model of the catalogs."""
    models: list[Mention] = []
    families: list[Mention] = []
    unknown: list[Unplaced] = []
    for item in found:
        every = of[item.brand]
        fits = matching(item, every)
        if not fits:
            if _wished(text, item.span):
                unknown.append(
                    Unplaced(text.quote(*item.span), "the catalogs hold no such model; an overlay can add it")
                )
            continue
        family = _family_of(item, every)
        if family:
            families.append(Mention(item.span, tuple(f"{_FAMILY}{key}" for key in family)))
        else:
            ids = tuple(f"{_MODEL}{shape.id}" for shape in fits)
            why = f"every {text.quote(*item.span).text} of the catalogs" if len(ids) > 1 else ""
            models.append(Mention(item.span, ids, why))
    return models, families, unknown


def _wished(text: Text, span: Span) -> bool:
    stance = settled_stances(text, [Mention(span, ("?",))])
    return bool(stance) and stance[0].stance in ("wanted", "preferred")


def _family_of(item: Named, every: Sequence[Shape]) -> tuple[str, ...]:
    """Return the families that a name without a size or kind stands for, empty where it names models."""
    families = tuple(dict.fromkeys(shape.family for shape in every if item.brand.replace(" ", "-") in _spoken(shape)))
    if not families:
        return ()
    if not item.words:
        return families
    return tuple(key for key in families if key == f"{item.brand}{item.words[0]}" and len(item.words) == 1)


def _spoken(shape: Shape) -> tuple[str, str]:
    """Return the names under which a family is spoken of: gemma3, gemma."""
    return (shape.family, re.sub(r"[0-9.]+$", "", shape.family))


_PUBLISHES = Pattern(r"(?:'s|s)? (?:open )?(?:source |weights? |ai )?(\w+)")
_AND_OTHERS = Pattern(
    r"(?:'s)?[ ,/&]*(?:(?:and|or|no|nor|not|und|oder|keine?|noch|et|ou|ni|pas de|y"
    r"|o)(?![a-z]))?[ ,]*(?:(?:no|not|keine?) )?"
)


def _published(text: Text, catalog: Catalog) -> Iterator[Mention]:
    """Yield the families of a publisher: "models by Meta", "Google's models", "no Microsoft models"."""
    publishers: dict[str, list[str]] = {}
    for model in catalog.models.values():
        publishers.setdefault(re.sub(r" ai$", "", folded(model.publisher)), []).append(model.family)
    found = sorted((span, name) for name in publishers for span in text.find(name))
    listed: Span | None = None
    for (start, end), name in reversed(found):
        said = _PUBLISHES.match(text.spaced, end)
        joined = listed is not None and _AND_OTHERS.fullmatch(text.spaced, end, listed[0])
        behind = _BY_PUBLISHER.search(text.spaced[max(start - 60, 0) : start].rstrip(" "))
        if (said and said[1] in _NAMES_PUBLISHER) or behind or joined:
            listed = (start, end)
            ids = tuple(f"{_FAMILY}{family}" for family in dict.fromkeys(publishers[name]))
            yield Mention((start, end), ids, f"the families that {text.quote(start, end).text} publishes")


def _from_somewhere(text: Text, catalog: Catalog) -> Iterator[Mention]:
    """Yield the families whose publishers have their seat where the prose says: "no Chinese models"."""
    spans: list[tuple[Origin, Span]] = [
        (origin, found.span("place" if found["place"] else 0))
        for origin, pattern in ORIGIN.items()
        for found in pattern.finditer(text.spaced)
    ]
    spans += [
        (origin, span) for origin, phrases in ORIGIN_WORDS.items() for word in phrases for span in text.find(word)
    ]
    for origin, span in spans:
        families = dict.fromkeys(
            f"{_FAMILY}{model.family}"
            for model in catalog.models.values()
            if ORIGINS.get(folded(model.publisher)) == origin
        )
        if families:
            yield Mention(span, tuple(families), f"families whose publisher has its seat in {_SEATS[origin]}")


_SEATS: Mapping[Origin, str] = {"china": "China", "europe": "Europe", "usa": "the USA"}


def _narrowed(
    models: list[Mention], families: list[Mention], of: Mapping[str, str]
) -> tuple[list[Mention], list[Mention]]:
    """Return the mentions without families of which a wanted model says more: "Llama, preferably Llama 3.3 70B"."""
    wished = ("wanted", "preferred")
    covered = {of[key] for item in models if item.stance in wished for key in item.ids}
    open_ = any(item.stance in wished for item in families if not covered.intersection(item.ids))
    kept = [item for item in families if item.stance not in wished or not covered.intersection(item.ids)]
    if open_ and covered:  # models of one family beside another family as a whole: only families can say both
        return [item for item in models if item.stance not in wished], families + [
            Mention(item.span, tuple(dict.fromkeys(of[key] for key in item.ids)), item.why, stance=item.stance)
            for item in models
            if item.stance in wished
        ]
    return models, kept


def _always_reasons(findings: Sequence[Finding], catalog: Catalog) -> tuple[Finding, ...]:
    """Return reasoning: true where every model asked for reasons whether it is asked to or not."""
    for item in findings:
        if item.field != f"{_FIELD}models.allow" or not isinstance(item.value, tuple):
            continue
        flags = [catalog.models[key].always_reasons for key in item.value]
        if all(flag is not None and flag.value for flag in flags):
            why = f"{item.value[0]} always reasons" if len(item.value) == 1 else "all of these always reason"
            return (
                Finding(
                    f"{_FIELD}reasoning", value=True, origin="inferred", engine="rules", quotes=item.quotes, why=why
                ),
            )
    return ()


def _denied_family(
    text: Text, models: Sequence[Mention], families: Sequence[Mention], of: Mapping[str, str]
) -> tuple[Question, ...]:
    """Ask where a model is wanted whose family is refused."""
    refused = {key: item for item in families if item.stance == "denied" for key in item.ids}
    for item in models:
        clash = next(
            (of[key] for key in item.ids if item.stance in ("wanted", "preferred") and of[key] in refused), None
        )
        if clash is not None:
            words, other = text.quote(*item.span), text.quote(*refused[clash].span)
            return (
                Question(
                    field=f"{_FIELD}models.allow",
                    text=f"Is {words.text} wanted, or are {_plain(clash)} models refused?",
                    why="the description asks for the model and refuses its family",
                    options=(f"{words.text} is wanted", f"no {_plain(clash)} models"),
                    quotes=tuple(sorted((words, other), key=lambda quote: quote.start)),
                    rank=0,
                ),
            )
    return ()


def _not_open(text: Text) -> tuple[Unplaced, ...]:
    """Return closed models that the prose asks for; those that it compares with or leaves are none of that."""
    out: list[Unplaced] = []
    for phrase in CLOSED:
        for start, end in text.find(phrase):
            first = max(text.sentence(start)[0], start - 60)
            compared = _LIKE.search(text.spaced, first, start) or _COMPATIBLE.match(text.spaced, end)
            oss = text.spaced[start:end].startswith("gpt oss")
            if not compared and not oss and not out and _wished(text, (start, end)):
                out.append(Unplaced(text.quote(start, end), "it is no open model: nobody else can serve it"))
    return tuple(out)


def _not_held(text: Text, found: Sequence[Named]) -> tuple[Unplaced, ...]:
    taken = {at for item in found for at in range(*item.span)}
    return tuple(
        Unplaced(text.quote(*span), "the catalogs hold no such model; an overlay can add it")
        for phrase in UNKNOWN
        for span in text.find(phrase)[:1]
        if span[0] not in taken and _wished(text, span)
    )


_SIZE_ALONE = Pattern(
    r"(?<![a-z0-9.])[0-9]+(?:\.[0-9]+)? ?(?:b|bn|billion|milliarden|milliards)[ -]"
    r"(?:class |size |sized |parameter |params? )*(?:models?|llms?|modell\w*|modele|modelo|parameters?|params?"
    r"|parametern?|parametres|parametros)\b"
    r"|(?:than|most|up to|under|below|over|max|maximum|hochstens|unter|plus de|menos de|mas de)"
    r" (?:of )?[0-9]+(?:\.[0-9]+)?b\b",
    (
        "model",
        "llm",
        "param",
        "than ",
        "most ",
        "up to",
        "under ",
        "below ",
        "max",
        "hochstens",
        "unter ",
        "plus de",
        "menos de",
    ),
)


def _sizes(text: Text, found: Sequence[Named]) -> tuple[Unplaced, ...]:
    """Return sizes of models that no name stands beside: to list all models of a size would say more than was said."""
    taken = {at for item in found for at in range(*item.span)}
    return tuple(
        Unplaced(text.quote(*size.span()), "no field holds a size; name models or families")
        for size in itertools.islice(_SIZE_ALONE.finditer(text.folded), 3)
        if size.start() not in taken and _wished(text, size.span())
    )
