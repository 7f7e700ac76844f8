"""Licences: those that are named, and what "an open licence" stands for."""

import re
from collections.abc import Iterator, Mapping

from neuralnav.draft.rules.mentions import Mention, quotes, settled_stances
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text, folded
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Origin, Reading

OPEN = ("apache-2.0", "mit")
"""The licences of the catalogs that the Open Source Initiative approves."""

_LICENCE = r"(?:licen[cs]\w*|lizen[zs]\w*|ライセンス|许可\w*|許可|license|协议)"
_NAMED: Mapping[str, Pattern] = {
    "apache-2.0": Pattern(
        r"\bapache(?:[ -]?v?2(?:\.0)?\b|[ -]?"
        + _LICENCE
        + r"|(?= ?(?:[/,.;)]|or |and |und |oder |ou |et |o |y |only|nur|mit\b)|$))"
        r"|"
        + _LICENCE
        + r"(?: de)? apache(?: 2(?:\.0)?)?|\basl ?2(?:\.0)?\b|apache(?=系|ライセンス|许可|协议|和|或|と|か)",
        ("apache", "asl"),
    ),
    "mit": Pattern(
        r"(?<!modified )(?<!modified-)\bmit[ -](?:licen[cs]\w*|lizen[zs]\w*)"
        r"|\b(?:licen[cs]e|licencia) mit\b|(?<![a-z])mit(?=ライセンス|许可|协议)",
        ("mit",),
    ),
    "modified-mit": Pattern(r"\bmodified[ -]mit\b(?:[ -]licen[cs]e)?", ("modified",)),
}
_MIT = Pattern(r"(?<![a-z])mit(?![a-z])")
_MIT_LISTED = Pattern(
    r"(?:apache(?:[ -]?v?2(?:\.0)?)?(?: licen[cs]e)?(?:, ?| ?/ ?| or | and | oder | und | ou | et | o | y )(?:the )?"
    r"|licen[cs]es? ?[:=] ?(?:[a-z0-9.-]+, ?)*)(?P<behind>mit)(?![a-z])(?! (?:de[rmn]|eine?[mr]?|unser)\b)"
    r"|(?<![a-z])(?P<ahead>mit)(?:, ?| ?/ ?| or | and | ou | o )apache",
    ("mit",),
)
"""The word in small letters is the licence where it stands in a list of licences."""
_OTHER = Pattern(
    r"(?P<brand>llama|gemma|qwen|deepseek|nvidia|glm|mistral)(?:[ -]?(?P<version>[0-9](?:\.[0-9])?))?"
    r"(?:'s|s)?(?: community| research| open model| model)?[ -]?(?:licen[cs]\w*|lizen[zs]\w*|ライセンス|许可)"
    r"|(?:licen[cs]e|licencia)s? (?:de |of )?(?P<behind>llama|gemma|qwen|deepseek|nvidia|glm|mistral)\b",
    ("licen", "lizen", "ライセンス", "许可"),
)
_OF_BRAND: Mapping[str, tuple[str, ...]] = {
    "llama": ("llama",), "gemma": ("gemma",), "qwen": ("qwen",), "deepseek": ("deepseek",), "nvidia": ("nvidia",),
    "glm": ("glm",), "mistral": ("mrl",),
}  # fmt: skip
_ANY_OPEN = Pattern(
    r"\b(?:(?:truly |fully |really |properly |genuinely |standard )*(?:open|permissive|free|liberal"
    r"|business[ -]friendly|osi|"
    r"commercial(?:ly)?(?:[ -]friendly)?|unrestricted|unrestrictive|clean|non[ -]restrictive)"
    r"(?:[ -](?:source|software|approved|compatible|friendly|use|usage|usable))*[ -](?:model |weights? )?licen[cs]\w*"
    r"|osi[ -](?:approved|compliant|certified|conform)|permissively(?:[ -]licen[cs]ed)?|permissive(?: models?| ones?"
    r"| only)?"
    r"|openly licen[cs]ed|licen[cs]\w* (?:must|should|has to|needs to) (?:be |allow |permit )(?:fully |truly )?"
    r"(?:open\w*|permissive|free|commercial\w*)(?: use)?"
    r"|(?:free |cleared |licen[cs]ed |ok |okay |fine |usable |suitable |allowed )?(?:for|to allow|allow\w*"
    r"|permit\w*) commercial us\w*"
    r"|commercial(?:ly)? us(?:e|able|age)(?: (?:ok|okay|allowed|permitted|rights))?"
    r"|(?:offene|freie|permissive|liberale|kommerziell nutzbare"
    r"|quelloffene)[nmrs]?[ -](?:open[ -]source[ -])?lizenz\w*"
    r"|open[ -]source[ -]lizenz\w*|kommerziell\w* (?:nutzbar\w*|nutzung|einsetzbar\w*|verwendbar\w*)"
    r"|licences? (?:vraiment )?(?:ouverte?s?|libres?|permissives?|open source)|(?:usage|utilisation) commerciale?"
    r"|licencias? (?:abiertas?|libres?|permisivas?|open source|de codigo abierto)|uso comercial)\b"
    r"|オープン(?:ソース)?(?:な)?ライセンス|寛容な?ライセンス|自由なライセンス|商用利用|商用可|商用ok|osi承認"
    r"|开源许可\w?|开源协议"
    r"|宽松(?:的)?(?:开源)?(?:许可\w?|协议)|开放(?:的)?许可\w?|可商用|商用许可|允许商用|商业使用|商业用途",
    (
        "licen",
        "lizen",
        "permissiv",
        "commerc",
        "osi",
        "kommerz",
        "オープン",
        "商",
        "开源",
        "许可",
        "ライセンス",
        "宽松",
        "寛容",
    ),
)
_NON = Pattern(r"(?:non|nicht|not|no|keine?[nr]?|restrict\w*|非)[ -]?$")
_INDIFFERENT = Pattern(
    r"[^.;!?]{0,24}(?:n't matter|not matter|no (?:issue|concern|matter)|irrelevant|egal|whatever|any is fine)"
)


def read_licenses(text: Text, catalog: Catalog) -> Reading:
    """Return licenses: the ids of those that the prose admits, or of those that it does not refuse."""
    known = tuple(dict.fromkeys(model.license.value for model in catalog.models.values()))
    mentions = settled_stances(text, _mentions(text, known))
    wanted = [item for item in mentions if item.stance in ("wanted", "preferred", "current")]
    denied = {key for item in mentions if item.stance == "denied" for key in item.ids}
    if wanted:
        ids = tuple(dict.fromkeys(key for item in wanted for key in item.ids if key not in denied))
        named = [item for item in wanted if not item.broad]
        if named and not any(item.stance == "preferred" for item in named):  # "an open licence, Apache 2.0 or MIT"
            ids = tuple(dict.fromkeys(key for item in named for key in item.ids if key not in denied))
            wanted = named
        return _reading(text, ids, wanted)
    refused = [item for item in mentions if item.stance == "denied" and not item.broad]
    if not refused:
        return Reading()
    return _reading(text, tuple(sorted(set(known) - denied)), refused, "every licence of the catalogs but that")


def _reading(text: Text, ids: tuple[str, ...], items: list[Mention], why: str = "") -> Reading:
    if not ids:
        return Reading()
    whys = [why, *(item.why for item in items)]
    if any(item.stance == "preferred" for item in items):
        whys.append("a preference, taken as a limit")
    said = "; ".join(dict.fromkeys(word for word in whys if word))
    origin: Origin = "inferred" if said else "stated"
    found = quotes(text, [item.span for item in items])
    return Reading(findings=(Finding("constraints.licenses", ids, origin, "rules", found, said),))


def _mentions(text: Text, known: tuple[str, ...]) -> Iterator[Mention]:
    taken: list[Span] = []
    for key, pattern in _NAMED.items():
        for found in pattern.finditer(text.folded):
            if key in known and not _indifferent(text, found.end()):
                taken.append(found.span())
                yield Mention(found.span(), (key,))
    listed = {found.start(found.lastgroup or 0) for found in _MIT_LISTED.finditer(text.folded)}
    for found in _MIT.finditer(text.folded):  # in German "mit" is "with"
        capital = text.quote(*found.span()).text == "MIT" and _of_licences(text, found.start())
        if "mit" in known and (capital or found.start() in listed):
            taken.append(found.span())
            yield Mention(found.span(), ("mit",))
    for found in _OTHER.finditer(text.folded):
        ids = _of(found["brand"] or found["behind"], found["version"], known)
        if ids:
            taken.append(found.span())
            yield Mention(found.span(), ids, "" if len(ids) == 1 else "its licences of every version")
    for found in _ANY_OPEN.finditer(text.folded):
        free = all(found.end() <= start or end <= found.start() for start, end in taken)
        non = _NON.search(text.folded, max(found.start() - 12, 0), found.start())
        ids = tuple(key for key in OPEN if key in known)
        if ids and free and not non and not _indifferent(text, found.end()):
            yield Mention(found.span(), ids, "licences that the Open Source Initiative approves", broad=True)


def _indifferent(text: Text, end: int) -> bool:
    return bool(_INDIFFERENT.match(text.spaced, end))


def _of_licences(text: Text, at: int) -> bool:
    """Tell whether a sentence speaks of licences, so that MIT in it is one and not a university."""
    sentence = text.folded[slice(*text.sentence(at))]
    return bool(
        re.search(_LICENCE + r"|apache|legal|juri|open[ -]?source|オープンソース|开源|osi\b|bsd|llama|gemma", sentence)
    )


def _of(brand: str, version: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    ids = tuple(key for key in known if folded(key).startswith(_OF_BRAND[brand]))
    return tuple(key for key in ids if version and key.endswith(version)) or ids
