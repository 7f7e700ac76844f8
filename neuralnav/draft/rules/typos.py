"""Misspelt words, and what they are taken for: words of the tables that are one slip away."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuralnav.draft.rules import domains, experience
from neuralnav.draft.rules.emphasis import ASIDES, CONTRASTS, MAINS, NEEDS
from neuralnav.draft.rules.number_words import SMALL
from neuralnav.draft.rules.people_words import STOPS, is_people
from neuralnav.draft.rules.phrases import listed
from neuralnav.draft.rules.priority_cues import BALANCED, NOTHING, SUBJECTS, WEIGHTS
from neuralnav.draft.rules.priority_fears import MORE_BAD, MORE_IDIOMS
from neuralnav.draft.rules.priority_wish_words import MORE_GOOD
from neuralnav.draft.rules.priority_wishes import BAD, GOOD, IDIOMS
from neuralnav.draft.rules.priority_words import MORE_SUBJECTS, MORE_WEIGHTS
from neuralnav.draft.rules.real_words import REAL
from neuralnav.draft.rules.use_case_cues import IDEAS
from neuralnav.draft.rules.use_case_words import MORE

OTHERS = """
    content, social, media, marketing, writing, email, emails, summary, legal, contract, search, answer, answers,
    answering, manual, manuals, policy, policies, speed, money, price, article, report, reports, review, reviews,
    invoice, invoices, customer, employee, company, editor, suggest, generator, service, answered, quickly, cheaper,
    simple, operate, deploy, secondary, matters, bericht, berichte, antworten, fragen, ubersetzer, texte, kurze,
    wichtig, billig, sofort, vertrag, chatbot, support, users, people, employees, customers, developers, engineers,
    concurrent, simultaneous, requests,
    request, queries, second, seconds, minute, minutes, million, thousand, hundred, hundreds, thousands, monthly,
    month, budget, dollars, latency, tokens, prompt, prompts, output, context, window, production, staging,
    development, region, regions, license, licence, licensed, apache, permissive, availability, redundancy, replicas,
    replica, throughput, average, maximum, minimum, approximately, roughly, around, between, traffic, concurrency,
    colleagues, students, agents, analysts, milliseconds, percentile, namespace, kubernetes, quantized, precision,
    reasoning, provider, frankfurt, europe, ireland, virginia, commercial, hardware, cluster,
    summarize, summarise, summarization, summarisation, summaries, summarizing, translate, translation, translations,
    translator, translating, localization, conversational, autocomplete, autocompletion, completion, completions,
    suggestions, generation, generate, generating, assistant, hallucinate, hallucinations, questions, documents,
    documentation, knowledge, internal, retrieval, contracts, compliance, research, literature, scientific,
    developer, programming, refactoring, descriptions, newsletters, articles, meetings, transcripts, response,
    responses, important, priority, critical, essential, accuracy, accurate, quality, cheap, expensive, instantly,
    instant, interactive, overnight, balanced, performance, analysis, analyze, analyse, extract, extraction, virtual,
    helpdesk, chatbots,
    ubersetzung, ubersetzen, zusammenfassung, zusammenfassen, zusammenfassungen, dokumente, vertrage, entwickler,
    genauigkeit, geschwindigkeit, qualitat, kosten, schnell, gunstig, wissensdatenbank, kundenservice, handbucher,
    traduction, traduire, resumer, redaction, qualite, rapide, traduccion, traducir, resumir, documentos, calidad,
    rapido, asistente, atencion,
    llama, mistral, mixtral, gemma, granite, deepseek, hopper, nvidia, blackwell, ampere, instinct, exclude, without,
    prefer, preferred, preferably, avoid,
    nutzer, benutzer, nutzern, mitarbeiter, mitarbeiterinnen, anfragen, sekunde, sekunden, gleichzeitig, monat,
    monatlich, produktion, lizenz, verfugbarkeit, kunden, personen, utilisateurs, requetes, seconde, secondes,
    personnes, employes, simultanes, mensuel, clients, usuarios, solicitudes, peticiones, segundo, segundos,
    personas, empleados, simultaneos, mensuales, presupuesto, licencia, clientes
    """
"""Words of other parts' tables that are often mistyped."""

_WORD = re.compile(r"[a-z]{5,}")
_PLAIN = 8
"""Words of the other tables count as near from so many letters on; shorter ones have too many real neighbours."""

_SHORTEST = 5
_SHORT = 6
_LONG = 9
"""From so many letters on, two slips are forgiven."""


def repairs(folded: str) -> Mapping[str, str]:
    """Return the words of folded prose that no table knows and that are a slip away from one that a table does.

    A slip is a letter too many, too few, another one, or two swapped; not at the word's end, where languages inflect.
    Words of fewer than five letters are left alone, real words too.
    """
    known = _known()
    found = _umlauts(folded)
    for word in set(_WORD.findall(folded)):
        if word not in found and word not in known.words and word not in REAL and not word.startswith(known.stems):
            mended = _mended(word)
            if mended:
                found[word] = mended
    return found


_SPELT = re.compile(r"[a-z]*[aou]e[a-z]*")


def _umlauts(folded: str) -> dict[str, str]:
    """Return the words whose umlauts are spelt out, and as the tables spell them: "fuer" is "fur"."""
    known = _known()
    found: dict[str, str] = {}
    for word in set(_SPELT.findall(folded)):
        plain = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        if word in known.words or is_people(word) or word in REAL:
            continue
        if (
            plain in known.words
            or plain in STOPS
            or plain in SMALL
            or is_people(plain)
            or plain.startswith(known.stems)
        ):
            found[word] = plain
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """The words of the tables, the beginnings that stand for more of them, and where to look for a near one."""

    words: frozenset[str]
    often: frozenset[str]
    stems: tuple[str, ...]
    near: Mapping[str, list[str]]


@functools.cache
def _known() -> _Known:
    words = frozenset(", ".join(_tables()).replace(",", " ").split())
    stems = frozenset(word[:-1] for word in words if word[-1] == "*" and len(word) > _SHORTEST)
    often = frozenset(listed(OTHERS))
    near: dict[str, list[str]] = {}
    for word in sorted(often | {word for word in words if len(word) >= _PLAIN and word.isascii() and word.isalpha()}):
        for key in _keys(word):
            near.setdefault(key, []).append(word)
    return _Known(words, often, tuple(sorted(stem for stem in stems if stem.isascii())), near)


def _keys(word: str) -> tuple[str, ...]:
    """Return under what a word is found: one slip leaves its beginning, its end or its letters."""
    ends = (word[:3], "-" + word[-3:])
    return ends if len(word) > _SHORT else (*ends, "=" + "".join(sorted(word)))


def _tables() -> Iterator[str]:
    """Yield the tables' phrases."""
    yield OTHERS
    for table in (IDEAS, MORE, SUBJECTS, MORE_SUBJECTS, WEIGHTS, MORE_WEIGHTS, GOOD, MORE_GOOD, BAD, MORE_BAD):
        yield from table.values()
    for table in (experience.CUES, domains.CUES):
        yield from table.values()
    for idioms in (IDIOMS, MORE_IDIOMS):
        yield from idioms.values()
    yield from (BALANCED, NOTHING, experience.NOTHING, domains.NOTHING)
    for many in (NEEDS, MAINS, ASIDES, CONTRASTS):
        yield from many


def _mended(word: str) -> str:
    """Return the one word that is nearest and near enough, or nothing where there is none or more than one."""
    known = _known()
    near: dict[int, set[str]] = {}
    for other in {other for key in _keys(word) for other in known.near.get(key, ())}:
        if _may_be(word, other) and (slips := _slips(word, other)) <= _forgiven(word, other):
            near.setdefault(slips, set()).add(other)
    best = near[min(near)] if near else set()
    return best.pop() if len(best) == 1 else ""


def _may_be(word: str, other: str) -> bool:
    """Tell whether two words begin alike and differ within, not only at the end."""
    if other == word + word[-1]:  # "schnel"
        return True
    if abs(len(word) - len(other)) > 1 + (len(word) >= _LONG) or word[:-1] in (other, other[:-1]) or other[:-1] == word:
        return False
    return word[0] == other[0] or word[:2] == other[1::-1]


def _forgiven(word: str, other: str) -> int:
    return 2 if min(len(word), len(other)) >= _LONG and word[:3] == other[:3] and other in _known().often else 1


def _slips(word: str, other: str) -> int:
    """Return how many letters are added, left out, replaced or swapped with their neighbour; 3 stands for more."""
    while word and other and word[-1] == other[-1]:
        word, other = word[:-1], other[:-1]
    common = 0
    while common < min(len(word), len(other)) and word[common] == other[common]:
        common += 1
    word, other = word[common:], other[common:]
    if max(len(word), len(other)) > 6:
        return 3
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, 1):
        line = [row]
        for column, theirs in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != theirs))
            if row > 1 and column > 1 and letter == other[column - 2] and word[row - 2] == theirs:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return min(last[-1], 3)
