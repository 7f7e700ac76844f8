"""Accelerators as people write them: "H100s", "80GB A100", "8xMI300X", "Hopper", "p5.48xlarge"."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuralnav.draft.rules.mentions import Mention
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text, folded
from neuralnav.model.catalog import Accelerator, Catalog
from neuralnav.model.draft import Unplaced

_CARD = Pattern(
    r"(?:(?<![a-z.])|(?<=[0-9]x))(?<![0-9][.,])(?:"
    r"(?P<card>mi[ -]?[0-9]{3}[ax]?"
    r"|rtx[ -]?(?:pro[ -]?)?a?[0-9]{4}(?:[ -]?(?:ada|pro|ti|blackwell))?|pro[ -]?6000|geforce[ a-z-]{0,12}[0-9]{4}"
    r"|a6000|[345]090(?=s?[ -](?:gpu|card|ti|rig)|s\b)|titan[ -](?:rtx|v|xp)"
    r"|g[hb]-?[0-9]{2,3}|h-?(?:20|100|200|800)|a-?(?:2|10g?|16|30|40|100|800)|b-?(?:100|200|300)"
    r"|l-?(?:4|20|40s?)|t-?4g?|v-?100s?|p-?(?:4|40|100)|k-?80"
    r"|tpus?(?:[ -]?v[0-9][a-z]{0,2})?|gaudi[ -]?[0-9]?|inferentia[ -]?2?|trainium[ -]?2?|ascend(?:[ -]?910[a-z]?)?"
    r"|910b|groq(?: lpus?)?|cerebras|jetson(?: orin| thor)?|dgx spark)"
    r"(?P<plural>'?s|xs|er)?)(?:(?![a-z0-9])|(?=[1-9][0-9]?(?:枚|台|基|张|块|片)))"
)
"""A card by its name. Bare letters with a figure, "a 100 users", are none."""

_INSTANCE = Pattern(
    r"(?<![a-z0-9])(?P<name>p4de?|p5|p5en?|p6-b200|p6-b300|g5|g6e?|a2-highgpu|a2-ultragpu|a3-highgpu|a3-megagpu"
    r"|a3-ultragpu|a4-highgpu|g2-standard)(?:\.[0-9]*(?:xlarge|metal)|(?<=gpu)(?:-[0-9]+g)?|(?<=standard)-[0-9]+)",
    ("xlarge", "metal", "highgpu", "megagpu", "ultragpu", "standard"),
)
_INSTANCES: Mapping[str, str] = {
    "p4d": "a100 40gb", "p4de": "a100 80gb", "p5": "h100", "p5e": "h200", "p5en": "h200", "p6-b200": "b200",
    "p6-b300": "b300", "g5": "a10g", "g6": "l4", "g6e": "l40s", "a2-highgpu": "a100 40gb", "a2-ultragpu": "a100 80gb",
    "a3-highgpu": "h100", "a3-megagpu": "h100", "a3-ultragpu": "h200", "a4-highgpu": "b200", "g2-standard": "l4",
}  # fmt: skip
"""Instance types of AWS and Google Cloud, and the card that each holds."""

_NEAR: Mapping[str, str] = {"a10": "a10g", "l40": "l40s", "mi300": "mi300x", "mi325": "mi325x", "mi355": "mi355x",
                            "pro6000": "rtxpro6000", "rtx6000pro": "rtxpro6000",
                            "rtx6000blackwell": "rtxpro6000"}  # fmt: skip
"""Names that people use for a card of the catalogs."""

_LOOSE = frozenset({"a10", "l40"})
"""Of those, the ones that are cards of their own."""

_GENERATIONS: Mapping[str, tuple[str, ...]] = {
    "hopper": ("hopper",), "blackwell": ("blackwell",), "ampere": ("ampere",), "ada lovelace": ("ada",),
    "ada generation": ("ada",), "ada gpu": ("ada",), "ada gpus": ("ada",), "ada cards": ("ada",),
    "cdna3": ("cdna3",), "cdna 3": ("cdna3",), "cdna4": ("cdna4",), "cdna 4": ("cdna4",),
    "mi300 series": ("cdna3",), "instinct": ("cdna3", "cdna4"),
}  # fmt: skip
_VENDORS: Mapping[str, str] = {"nvidia": "nvidia", "nvidias": "nvidia", "nvidia's": "nvidia", "nvdia": "nvidia",
                               "nividia": "nvidia", "エヌビディア": "nvidia", "英伟达": "nvidia", "amd": "amd",
                               "amds": "amd", "amd's": "amd", "rocm": "amd"}  # fmt: skip
_NOT_CARDS = Pattern(
    r"[ -]*(?:'s )?(?:epyc|ryzen|cpus?|processor|threadripper|nims?\b|triton|tensorrt|driver|cuda|operator|device"
    r"|nemotron|dynamo|models?|container|nemo|llama|inception|partner|marketplace|enterprise|toolkit|altra)"
)
_NO_CARD = Pattern(
    r"[ -](?:(?:level )?support|tickets?|engineers?|escalations?|agents?|help ?desk|analysts?|load ?balanc|protocol"
    r"|layer"
    r"|vertebra|roads?\b|motorway|autobahn|highway|thyroid|lab\b|hormone|paper|paragraph|visa)"
)
"""What makes another thing of a short name: an L4 support engineer, the road B200, paper in A2."""

_MEMORY = Pattern(
    r"[ -]*\(?(?:sxm[0-9]? |pcie |with |mit |avec |con |the |in |de |of |a |mit je )*(?P<size>40|80)"
    r" ?-?g(?:b|ib|o|igs?|igabytes?)?s?\b|[-_](?P<bare>40|80)s?(?![\w%-]|[.,][0-9])"
)
"""The memory behind a name; without a unit only as part of it: "A100-80"."""
_MEMORY_TOO = Pattern(r"(?:s|gb|gib)?,? ?(?:/|or|and|oder|und|ou|o|y) ?(40|80) ?-?g(?:b|ib|o|igs?|igabytes?)?s?\b")
_MEMORY_BEFORE = Pattern(
    r"(40|80) ?-?g(?:b|ib|o|igs?|igabytes?)?(?:[ -](?:nvidia|sxm[0-9]?|pcie|versions? of(?: the)?"
    r"|variants? of(?: the)?))?[ -]?$"
)
_MEMORY_NOT = Pattern(
    r"[ ,(-]*(?:(?:but )?not|no|nicht|kein|except|without|never|rather than|pas)(?: the| die| der| a| le)?"
    r" (40|80) ?-?g(?:b|ib|o|igs?)?\b(?: (?:one|version|variant|model|card)s?\b)?\)?"
)
_SIZES = ("40", "80")
_PCIE = Pattern(r"[^,.;]{0,14}\bpcie\b")


@dataclass(frozen=True, slots=True)
class Cards:
    """What of a text names accelerators: those of the catalogs as mentions, the rest as words."""

    mentions: tuple[Mention, ...]
    unknown: tuple[tuple[Span, str], ...]


def cards(text: Text, catalog: Catalog) -> Cards:
    """Return the accelerators that a text names, stances not judged; no name inside another."""
    known = tuple(catalog.accelerators.values())
    stems = {item.id: _stem(item) for item in known}
    found = [*_whole_names(text, known), *_instances(text, stems)]
    unknown: list[tuple[Span, str]] = []
    taken = {at for item in found for at in range(*item.span)}
    for match in _CARD.finditer(text.folded):
        if match.start() in taken or _NO_CARD.match(text.folded, match.end()) or _placed(text, match.start()):
            continue
        mention = _card(text, match, stems)
        if mention is None:
            unknown.append((match.span("card"), "it is not in the catalogs; an overlay can add it"))
        else:
            found.append(mention)
    specific = tuple(found)
    return Cards((*specific, *_broad(text, known, specific)), tuple(unknown))


_PLACE = Pattern(
    r"(?<![a-z])(?:room|building|hall|gate|terminal|exit|junction|motorway|road|route|bus|tram|platform"
    r"|aisle|seat|flight"
    r"|floor|level|form|paper|section|ward|vertebra|visa|grade|raum|gebaude|halle|gleis|abfahrt|salle|batiment|sala"
    r"|edificio|stairway|corridor|parking) $"
)
"""What comes before a short name that is a place: "room H100"."""


def _placed(text: Text, start: int) -> bool:
    return _PLACE.search(text.spaced, max(start - 12, 0), start) is not None


def unplaced_cards(text: Text, spans: tuple[tuple[Span, str], ...]) -> tuple[Unplaced, ...]:
    """Return what the catalogs do not hold, each name once."""
    once = {text.folded[span[0] : span[1]]: Unplaced(text.quote(*span), why) for span, why in reversed(spans)}
    return tuple(sorted(once.values(), key=lambda item: item.quote.start))


def _stem(item: Accelerator) -> str:
    return re.sub(r"[^a-z0-9]", "", folded(item.short_name))


def _whole_names(text: Text, known: tuple[Accelerator, ...]) -> Iterator[Mention]:
    """Yield the cards whose whole name stands in the text, the longest where several do."""
    taken: set[int] = set()
    for item in sorted(known, key=lambda item: -len(item.name)):
        phrase = re.sub(r"[-_ ]+", " ", folded(item.short_name))
        for span in text.find(phrase):
            other = _NO_CARD.match(text.folded, span[1])
            if (
                span[0] not in taken and not other and "gb" not in phrase and not _placed(text, span[0])
            ):  # whose memory is read from the words beside them
                taken.update(range(*span))
                yield Mention(span, (item.id,))


def _instances(text: Text, stems: Mapping[str, str]) -> Iterator[Mention]:
    for match in _INSTANCE.finditer(text.folded):
        wanted = re.sub(" ", "", _INSTANCES[match["name"]])
        ids = tuple(key for key, stem in stems.items() if stem.removesuffix("pcie") == wanted)
        if ids:
            yield Mention(match.span(), ids, f"what {text.quote(*match.span()).text} holds")


def _card(text: Text, match: re.Match[str], stems: Mapping[str, str]) -> Mention | None:
    """Return a card as a mention, its memory read from the words beside it, or None where the catalogs lack it."""
    name = re.sub(r"[^a-z0-9]", "", match["card"])
    plain = name if name in stems.values() else _NEAR.get(name, name)
    ids = tuple(key for key, stem in stems.items() if stem == plain)
    why = ""
    if not ids and plain == "a100":
        ids, end = _by_memory(text, match, stems)
        return Mention((match.start(), end), ids) if ids else None
    if not ids and plain.startswith("rtxpro6000"):
        ids = tuple(key for key, stem in stems.items() if stem.startswith("rtxpro6000"))
    if not ids:
        return None
    if name in _LOOSE and name != plain:
        why = f"the catalogs hold the {plain.upper()}"
    return Mention((match.start(), match.end()), ids, why)


def _by_memory(text: Text, match: re.Match[str], stems: Mapping[str, str]) -> tuple[tuple[str, ...], int]:
    """Return the A100s of the memory that stands beside the name, or all, and where the words end."""
    every = {key: stem for key, stem in stems.items() if stem.startswith("a100")}
    end = match.end()
    sizes: list[str] = []
    after = _MEMORY.match(text.folded, end)
    if other := _MEMORY_NOT.match(text.folded, end):
        sizes += [size for size in _SIZES if size != other[1]]
        end = other.end()
    elif after:
        sizes.append(after["size"] or after["bare"])
        end = after.end()
        if also := _MEMORY_TOO.match(text.folded, end):
            sizes.append(also[1])
            end = also.end()
    elif before := _MEMORY_BEFORE.search(text.folded, max(match.start() - 28, 0), match.start()):
        sizes.append(before[1])
    pcie = bool(_PCIE.match(text.folded, match.end(), min(text.clause(match.start())[1], match.end() + 40)))
    of_size = [key for key, stem in every.items() if not sizes or any(f"{size}gb" in stem for size in sizes)]
    if sizes or pcie:
        of_size = [key for key in of_size if every[key].endswith("pcie") == pcie] or of_size
    return tuple(of_size), end


def _broad(text: Text, known: tuple[Accelerator, ...], specific: tuple[Mention, ...]) -> Iterator[Mention]:
    """Yield the vendors and generations that stand for all their cards, not as part of a card's name."""
    ends = {item.span[0] for item in specific} | {match.start() for match in _CARD.finditer(text.folded)}
    inside = {at for item in specific for at in range(*item.span)}
    for word, generations in _GENERATIONS.items():
        ids = tuple(item.id for item in known if item.generation in generations)
        for start, end in text.find(word):
            if (
                ids
                and start not in inside
                and not _attached(text, end, ends)
                and not _NOT_CARDS.match(text.folded, end)
            ):
                yield Mention((start, end), ids, "the cards of that generation in the catalogs", broad=True)
    for word, vendor in _VENDORS.items():
        ids = tuple(item.id for item in known if item.vendor == vendor)
        for start, end in text.find(word):
            if ids and not _attached(text, end, ends) and not _NOT_CARDS.match(text.folded, end):
                yield Mention((start, end), ids, f"the cards of {vendor.upper()} in the catalogs", broad=True)


def _attached(text: Text, end: int, starts: set[int]) -> bool:
    """Tell whether a card's name follows right behind, so that the word before is part of it: "NVIDIA 80GB A100"."""
    return any(
        at in starts and re.fullmatch(r"[ -]*(?:instinct|tesla|hgx|dgx|[0-9]+ ?gb)?[ -]*", text.folded[end:at])
        for at in range(end, min(end + 16, len(text.folded)))
    ) or bool(re.match(r"[ -](?:instinct|hopper|blackwell|ampere|ada)\b", text.folded[end : end + 12]))
