"""GPUs: which are wanted and which are not, and how many there are."""

from collections.abc import Sequence

from neuralnav.draft.rules.card_bounds import bounded
from neuralnav.draft.rules.cards import Cards, cards, unplaced_cards
from neuralnav.draft.rules.gpu_counts import read_counts
from neuralnav.draft.rules.mentions import Mention, Wording, quotes, selected, settled_stances
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Question, Reading, Unplaced

_CPU_ONLY = ("no gpus", "no gpu", "without gpus", "without gpu", "without a gpu", "cpu only", "cpus only", "only cpus",
             "only cpu", "keine gpus", "keine gpu", "ohne gpu", "ohne gpus", "nur cpu", "nur cpus", "sans gpu",
             "pas de gpu", "aucun gpu", "sin gpu", "sin gpus", "gpuなし", "gpu無し", "cpuのみ", "没有gpu", "不用gpu",
             "只有cpu", "仅cpu")  # fmt: skip
_ONLY = (
    "only",
    "nur",
    "seulement",
    "uniquement",
    "exclusively",
    "ausschliesslich",
    "solo",
    "solamente",
    "のみ",
    "だけ",
)


def read_accelerators(text: Text, catalog: Catalog) -> Reading:
    """Return accelerators.allow, accelerators.deny and gpus: what is named, and how many of it there are."""
    found = cards(text, catalog)
    mentions = settled_stances(text, bounded(text, found.mentions, catalog))
    names = {key: item.short_name for key, item in catalog.accelerators.items()}
    wording = Wording("constraints.accelerators.allow", "constraints.accelerators.deny", "the", names.__getitem__)
    chosen = selected(text, mentions, wording)
    counted = read_counts(text, mentions)
    return Reading(
        findings=(*_without_everything(chosen, mentions, len(names)).findings, *counted.findings),
        unplaced=(*_unknown(text, found), *_cpu_only(text), *counted.unplaced),
        questions=(*chosen.questions, *_other_vendor(text, mentions)),
    )


def _without_everything(chosen: Reading, mentions: Sequence[Mention], every: int) -> Reading:
    """Return the findings without a list of all there is: NVIDIA or AMD, whichever, limits nothing."""
    broad = {key for item in mentions if item.broad and item.stance in ("wanted", "preferred") for key in item.ids}
    findings = tuple(item for item in chosen.findings if not (item.field.endswith("allow") and len(broad) == every))
    return Reading(findings=findings)


def _unknown(text: Text, found: Cards) -> tuple[Unplaced, ...]:
    """Return the cards that the catalogs lack, where the prose wants them."""
    named = settled_stances(text, [*found.mentions, *(Mention(span, ()) for span, _ in found.unknown)])
    wanted = {item.span for item in named if not item.ids and item.stance in ("wanted", "preferred")}
    return unplaced_cards(text, tuple(item for item in found.unknown if item[0] in wanted))


def _cpu_only(text: Text) -> tuple[Unplaced, ...]:
    for phrase in _CPU_ONLY:
        for start, end in text.find(phrase):
            if text.folded[end : end + 1] in ("", ".", ",", ";", "!", "\n", "。", "、", "，", ")"):
                return (Unplaced(text.quote(start, end), "every plan runs on GPUs; CPUs are not planned"),)
    return ()


def _other_vendor(text: Text, mentions: Sequence[Mention]) -> tuple[Question, ...]:
    """Ask where only one vendor, or generation, is admitted and a card of another is wanted."""
    for broad in mentions:
        if not broad.broad or broad.stance not in ("wanted", "preferred") or not _only(text, broad):
            continue
        for item in mentions:
            outside = not item.broad and item.stance in ("wanted", "preferred") and not set(item.ids) & set(broad.ids)
            if outside:
                words = text.quote(*item.span).text
                return (
                    Question(
                        field="constraints.accelerators.allow",
                        text=f"Only {text.quote(*broad.span).text}, or {words} too?",
                        why="the description admits only the one and asks for the other",
                        options=(text.quote(*broad.span).text, words),
                        quotes=quotes(text, [broad.span, item.span]),
                        rank=0,
                    ),
                )
    return ()


def _only(text: Text, item: Mention) -> bool:
    start, end = text.clause(item.span[0])
    return any(start <= at < end for word in _ONLY for at, _ in text.find(word))
