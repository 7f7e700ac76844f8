"""Where it may run: regions by their names, by cities of a provider, and wishes that only a label can hold."""

import re
from collections.abc import Iterator

from neuralnav.draft.rules.mentions import Mention, quotes, settled_stances
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.phrases import hits, longest
from neuralnav.draft.rules.places import AZURE_NAMES, CITIES, COUNTRIES, SAME, WRITTEN
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Question, Reading, Unplaced

_FIELD = "constraints.regions"
_STAYS = Pattern(
    r"\b(?:stay|stays|remain|remains|hosted|host|hosting|located|reside|resides|residency|residence|region|regions|"
    r"data ?cent(?:er|re)s?|leave|leaves|leaving|run in|runs in|running in|deployed in|deploy in|only in|within|soil"
    r"|kept in|"
    r"bleiben|bleibt|verlassen|rechenzentrum|rechenzentren|gehostet|betrieben|betrieb|region|standort|laufen in|nur in|"
    r"rester|reste|quitter|heberge\w*|hebergement|centre de donnees|permanecer|salir|alojad\w*|alojamiento|region de"
    r"|centro de datos)\b"
    r"|国内|リージョン|データセンター|置く|出さない|保管|区域|机房|境内|部署在|留在|存放"
)
_WIDE = Pattern(
    r"\beu[ -]only\b|\bonly (?:in |within )?(?:the )?(?:eu|europe)\b|\b(?:within|inside|in) the (?:eu|european union"
    r"|eea)\b"
    r"|\beu (?:regions?|data ?cent(?:er|re)s?|residency|hosting|hosted|cloud|soil)\b|\beuropean (?:regions?"
    r"|data ?cent(?:er|re)s?|cloud)\b"
    r"|\b(?:leave|leaving|outside(?: of)?) (?:the )?(?:eu|europe|european union|country|us|usa)\b"
    r"|\bdata (?:residency|sovereignty)\b"
    r"|\b(?:stay|remain|hosted|kept|run|located) (?:with)?in (?:the )?(?:europe|eu|us|usa|united states|country)\b"
    r"|\bus[ -]only\b|\bus (?:regions?|soil)(?: only)?\b|\bgdpr\b|\bdsgvo\b|\brgpd\b|\bnur (?:in der )?(?:eu|europa)\b"
    r"|\b(?:in|innerhalb) der eu\b|\beu[ -]rechenzentr\w+|\bin europa (?:bleiben|gehostet)\b|\bdatenhoheit\b"
    r"|\b(?:dans|en) (?:l'ue|l'union europeenne|europe seulement)\b|\bheberge\w* en (?:europe|ue)\b"
    r"|\bdentro de la (?:ue|union europea)\b"
    r"|\b(?:en|dentro de) (?:la )?ue\b|eu(?:域)?内|eu圏内|国内(?:リージョン|データセンター|のみ)|日本国内"
    r"|欧盟(?:境内|内|区域)?|境内|数据不出境",
    (
        "eu",
        "europ",
        "ue",
        "leav",
        "outside",
        "data res",
        "data sov",
        "stay",
        "remain",
        "hosted",
        "kept",
        "run",
        "located",
        "us ",
        "us-",
        "gdpr",
        "dsgvo",
        "rgpd",
        "datenhoheit",
        "国内",
        "欧盟",
        "境",
    ),
)
_PEOPLE = Pattern(
    r"\b(?:users?|customers?|employees|team|teams|staff|offices?|people|developers|citizens|branch\w*|subsidiary"
    r"|clients?|lawyers|"
    r"agents|kunden|mitarbeiter\w*|nutzer|buro|clients|usuarios|clientes)\b[^.;]{0,18}$"
)
_NEAR = 40


def read_regions(text: Text, provider: str | None) -> Reading:
    """Return regions: literal ones, or those of a city on the provider; what cannot be told is asked."""
    literal = list(WRITTEN.finditer(text.folded))
    written = [Mention(item.span(), (_region(item),)) for item in literal]
    mentions = settled_stances(text, [*written, *(_of_azure(text) if provider == "azure" else ())])
    said = [item for item in mentions if item.stance in ("wanted", "preferred", "current")]
    refused = tuple(
        Unplaced(text.quote(*item.span), "a workload says where it may run, not where it may not")
        for item in mentions
        if item.stance == "denied"
    )
    if said:
        ids = tuple(dict.fromkeys(item.ids[0] for item in said))
        zones = any(text.folded[slice(*item.span)] != item.ids[0] for item in said)
        why = next((item.why for item in said if item.why), "the region of the zone" if zones else "")
        found = quotes(text, [item.span for item in said])
        finding = Finding(_FIELD, ids, "inferred" if zones else "stated", "rules", found, why)
        return Reading(findings=(finding,), unplaced=refused)
    return _by_place(text, provider, refused)


def _of_azure(text: Text) -> Iterator[Mention]:
    """Yield the regions that stand as Azure's portal shows them: "West Europe"."""
    for start, end in longest(hits(text, AZURE_NAMES)):
        region = text.spaced[start:end].replace(" ", "")
        yield Mention((start, end), (region,), "as Azure spells the region's id")


def _region(found: re.Match[str]) -> str:
    return found[0].removesuffix(found["zone"] or "")


def _by_place(text: Text, provider: str | None, refused: tuple[Unplaced, ...]) -> Reading:
    spans: list[Span] = []
    regions: list[str] = []
    places: list[Span] = []
    for span, place, country in _places(text):
        if not _meant(text, span, country=country):
            continue
        region = CITIES.get(place, {}).get(provider or "")
        places.append(span)
        if region is not None:
            spans.append(span)
            regions.append(region)
    if regions:
        why = f"the region of {provider} there"
        found = quotes(text, spans)
        return Reading((Finding(_FIELD, tuple(dict.fromkeys(regions)), "inferred", "rules", found, why),), refused)
    wide = [found.span() for found in _WIDE.finditer(text.spaced)]
    mentions = settled_stances(text, [Mention(span, ("",)) for span in (places or wide)])
    if not mentions:
        return Reading(unplaced=refused)
    first = text.quote(*mentions[0].span)
    asked = Question(
        field=_FIELD,
        text="Which regions may it run in, as the nodes' label topology.kubernetes.io/region names them?",
        why="a place or a law names no region",
        quotes=(first,),
        rank=3,
    )
    told = Unplaced(first, "regions are names such as eu-central-1; none follows from these words alone")
    return Reading(unplaced=(told, *refused), questions=(asked,))


def _places(text: Text) -> Iterator[tuple[Span, str, bool]]:
    names = {**{city: city for city in CITIES}, **SAME}
    found = {span: (place, word in COUNTRIES) for word, place in names.items() for span in text.find(word)}
    for span in sorted(found):
        place, country = found[span]
        yield span, place, country


def _meant(text: Text, span: Span, *, country: bool) -> bool:
    """Tell whether a place is where it runs, and not where its users sit."""
    start, end = text.sentence(span[0])
    before = text.spaced[max(start, span[0] - _NEAR) : span[0]]
    if _PEOPLE.search(before):
        return False
    around = text.spaced[max(start, span[0] - _NEAR) : min(end, span[1] + _NEAR)]
    if _STAYS.search(around):
        return True
    return not country and bool(_CLOUD.search(around))


_CLOUD = Pattern(r"\b(?:aws|azure|gcp|google cloud|oci|oracle|amazon|eks|gke|aks|cloud)\b|クラウド|云")
