"""Whose machines it runs on, and by which kind of price."""

from collections.abc import Iterator, Mapping, Sequence

from neuralnav.draft.rules.cards import cards
from neuralnav.draft.rules.mentions import Mention, quotes, settled_stances
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Question, Reading, Unplaced

PROVIDER, KIND = "constraints.provider", "constraints.priceKind"

_PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "aws": ("aws", "amazon web services", "amazon cloud", "ec2", "eks", "sagemaker", "amazon ec2", "亚马逊云"),
    "azure": ("azure", "aks", "microsoft cloud", "ms cloud", "微软云"),
    "gcp": ("gcp", "google cloud", "google cloud platform", "gke", "google compute engine", "谷歌云"),
    "oci": ("oci", "oracle cloud", "oracle cloud infrastructure", "oke"),
    "coreweave": ("coreweave", "core weave"),
    "lambda": ("lambda labs", "lambda cloud", "lambdalabs", "lambda.ai"),
    "runpod": ("runpod", "run pod"),
    "digitalocean": ("digitalocean", "digital ocean", "paperspace"),
    "verda": ("verda", "datacrunch"),
}  # fmt: skip
"""Names of providers beside their ids in the catalogs."""

_SHORT = frozenset(("aks", "eks", "oke", "gke", "oci"))
_OTHERS = ("ovhcloud", "ovh", "hetzner", "scaleway", "ibm cloud", "alibaba cloud", "aliyun", "tencent cloud", "stackit",
           "ionos", "open telekom cloud", "t systems", "exoscale", "vast.ai", "together ai", "crusoe", "vultr",
           "linode",
           "sakura internet", "さくらインターネット", "阿里云", "腾讯云", "华为云")  # fmt: skip
_NOT_IT = Pattern(
    r"[ -]?(?:openai|devops|ad\b|active directory|entra|boards|pipelines|lambda|s3\b|bedrock|oci image"
    r"|registry|storage"
    r"|marketplace|cli\b|docs|drive|support|certified|blob)"
)

_KINDS: Mapping[str, Pattern] = {
    "spot": Pattern(
        r"\bspot[ -](?:instances?|vms?|prices?(?! check| compar| track| monitor)|pricing|nodes?|capacity|gpus?"
        r"|market|machines?|instanzen|preise?"
        r"|servers?"
        r"|only|is (?:ok|fine)|ok\b|fleet|tier)|\bon spot\b|(?<=azure )spot\b|(?<=aws )spot\b|(?<=gcp )spot\b"
        r"|\buse spot\b"
        r"|\bpreemptible\b(?: \w+)?|\binstances? spot\b|\binstancias spot\b|\binterruptible\b|\bspot or \b"
        r"|(?:[,;:(] |\b(?:coreweave|lambda|runpod|hyperstack|verda|mithril|oci|nebius|google cloud|vms?"
        r"|instances?) )spot"
        r"(?= ?(?:$|[.,;:)]|please|only|vms?))|\bspot(?= on (?:aws|azure|gcp|google|coreweave|oci|lambda"
        r"|verda|hyperstack|mithril)\b)"
        r"|スポット(?:インスタンス)?|竞价实例|抢占式(?:实例)?|竞价型",
        ("spot", "preempt", "interrupt", "スポット", "竞价", "抢占"),
    ),
    "reserved": Pattern(
        r"\breserved[ -](?:instances?|capacity|pricing|prices?|nodes?|gpus?|vms?|machines?|contract)"
        r"|\breservations?\b(?= price)"
        r"|(?:[,;:(] |\b(?:aws|azure|gcp|coreweave|lambda|runpod|hyperstack|verda|mithril|oci|google cloud) )reserved"
        r"(?= ?(?:$|[.,;:)]|please|only))"
        r"|\b(?:1|3|one|three)[ -]year (?:reserved|commitment|commit)|\bcommitted use\b"
        r"|\breservierte[nr]? (?:instanzen|kapazitat)"
        r"|\binstances reservees\b|\binstancias reservadas\b|リザーブド(?:インスタンス)?|预留实例|包年",
        ("reserv", "year", "commit", "リザーブド", "预留", "包年"),
    ),
    "on-demand": Pattern(
        r"\bon[ -]demand[ -](?:instances?|pricing|prices?|vms?|nodes?|gpus?|capacity|rates?|only|preise?)"
        r"|\bpay as you go\b"
        r"|(?:[,;:(] |\b(?:coreweave|lambda|runpod|hyperstack|verda|mithril|oci|google cloud|as|just|plain"
        r"|only|use) )"
        r"on[ -]demand(?= ?(?:$|[.,;:)]|please|only|or reserved|or spot))"
        r"|\b(?:aws|azure|gcp) on[ -]demand\b|オンデマンド(?:インスタンス|料金|価格)?|按需(?:实例|付费|计费)|按量付费",
        ("demand", "pay as", "オンデマンド", "按需", "按量"),
    ),
    "owned": Pattern(
        r"\bon[ -]?prem(?:ise|ises)?\b|\bour own (?:racks?|colo|boxes|nodes?|iron|kit|equipment|gear|premises"
        r"|site|hardware|servers?|machines?|data ?cent(?:er|re)s?|gpus?|cluster"
        r"|metal|"
        r"[a-z]{1,2}[0-9]{2,3}[a-z]?s?(?: nodes?| servers?| gpus?)?)\b|\bown (?:hardware|gpus|servers)\b|\bwe own\b"
        r"|\balready owned?\b"
        r"|\bbare[ -]?metal\b|\bin house (?:hardware|servers|cluster)|\bself owned\b|\bair[ -]?gapped\b"
        r"|\beigene[nrms]? (?:hardware|server\w*|gpus?|rechenzentrum|maschinen|cluster)|\bvor ort\b"
        r"|\bim eigenen (?:rechenzentrum|haus)"
        r"|\bsur site\b|\bnos propres (?:serveurs|machines|gpu)|\bmateriel propre\b|\bservidores propios\b"
        r"|\bhardware propio\b"
        r"|\ben nuestras instalaciones\b|\ben nuestros servidores\b|オンプレ(?:ミス)?|自社(?:サーバー?"
        r"|データセンター|のgpu)|本地部署"
        r"|自有(?:服务器|硬件|机房|gpu)|私有化部署|自建机房",
        (
            "prem",
            "own",
            "bare",
            "in house",
            "gapped",
            "eigene",
            "vor ort",
            "sur site",
            "propre",
            "propio",
            "instalaciones",
            "nuestros",
            "オンプレ",
            "自社",
            "本地",
            "自有",
            "私有",
            "自建",
        ),
    ),
}
"""Words for each kind of price."""


def read_providers(text: Text, catalog: Catalog) -> Reading:
    """Return provider and priceKind, and what to ask where no price is known for what is said."""
    prices = [price for item in catalog.accelerators.values() for price in item.prices]
    offers: dict[str, set[str]] = {}
    for price in prices:
        offers.setdefault(price.provider, set()).add(price.kind)
    provider, more = _provider(text, offers)
    kind, unplaced = _kind(text, catalog, offers)
    findings = [item for item in (provider, kind) if item is not None]
    questions = list(more)
    if provider is not None and kind is None and "on-demand" not in offers[str(provider.value)]:
        only = sorted(offers[str(provider.value)])[0]
        why = f"the only kind of price known for {provider.value}"
        findings.append(Finding(KIND, only, "inferred", "rules", provider.quotes, why))
    owners = [key for key, kinds in offers.items() if "owned" in kinds]
    if kind is not None and kind.value == "owned" and provider is None and len(owners) == 1:
        findings.append(
            Finding(PROVIDER, owners[0], "inferred", "rules", kind.quotes, "where the prices of owners are")
        )
    elif kind is not None and kind.value not in offers.get(str(provider.value) if provider else "list", set()):
        questions += _whose(kind, offers)
    return Reading(findings=tuple(findings), unplaced=(*unplaced, *_unknown(text)), questions=tuple(questions))


def _provider(text: Text, offers: Mapping[str, set[str]]) -> tuple[Finding | None, tuple[Question, ...]]:
    said = [
        item
        for item in settled_stances(text, _named(text, offers))
        if item.stance in ("wanted", "preferred", "current")
    ]
    ids = tuple(dict.fromkeys(item.ids[0] for item in said))
    if not ids:
        return None, ()
    found = quotes(text, [item.span for item in said])
    if len(ids) > 1:
        why = "a plan takes the prices of one provider"
        return None, (Question(PROVIDER, "Whose prices should the plan take?", why, ids, found, 3),)
    loose = any(item.stance == "preferred" for item in said)
    why = "a preference, taken as a limit" if loose else ""
    return Finding(PROVIDER, ids[0], "inferred" if loose else "stated", "rules", found, why), ()


def _named(text: Text, offers: Mapping[str, set[str]]) -> Iterator[Mention]:
    ambiguous = ("list", "lambda", "owned-reference", "mithril")
    for key in offers:
        for phrase in _PROVIDERS.get(key, () if key in ambiguous else (key.replace("-", " "),)):
            for start, end in text.find(phrase):
                short = phrase in _SHORT and not text.quote(start, end).text.isupper()  # "aks" is also "ask", mistyped
                if not short and not _NOT_IT.match(text.folded, end):
                    yield Mention((start, end), (key,))
    if not text.find("aws"):
        for found in _BARE.finditer(text.spaced):
            if found[0] in offers:
                yield Mention(found.span(), (found[0],))


_BARE = Pattern(
    r"(?:(?<=on )|(?<=at )|(?<=from )|(?<=with )|(?<=via )|(?<=[:.,] ))(?:lambda|mithril)"
    r"(?= ?(?:$|[.,;:)]|gpus?|on demand|reserved|spot|instances?))",
    ("lambda", "mithril"),
)
"""Providers whose names are also other words, where nothing else of that name is meant."""


def _kind(text: Text, catalog: Catalog, offers: Mapping[str, set[str]]) -> tuple[Finding | None, tuple[Unplaced, ...]]:
    spans = [Mention(found.span(), (kind,)) for kind, words in _KINDS.items() for found in words.finditer(text.spaced)]
    mentions = settled_stances(text, spans)
    said = [item for item in mentions if item.stance in ("wanted", "preferred", "current")]
    known = {kind for kinds in offers.values() for kind in kinds}
    if not said:
        refused = [item for item in mentions if item.stance == "denied" and item.ids == ("spot",)]
        if not refused:
            return None, ()
        found = quotes(text, [item.span for item in refused])
        return Finding(KIND, "on-demand", "inferred", "rules", found, "spot is refused"), ()
    kind = said[0].ids[0]
    quote = text.quote(*said[0].span)
    if kind == "owned":
        lacking = _unpriced(text, catalog)
        if lacking is not None or "owned" not in known:
            what = f"of your own {lacking} " if lacking else "of your own GPUs "
            return None, (Unplaced(quote, f"no price {what}is known; a catalog overlay can give one (kind: owned)"),)
    elif kind not in known:
        return None, (Unplaced(quote, f"no price of kind {kind} is known; a catalog overlay can give one"),)
    return Finding(KIND, kind, "stated", "rules", quotes(text, [item.span for item in said if item.ids[0] == kind])), ()


def _unpriced(text: Text, catalog: Catalog) -> str | None:
    """Return a named card that no owner's price is known of, empty where none is named; None where one has a price."""
    named = [
        key
        for item in settled_stances(text, cards(text, catalog).mentions)
        if item.stance in ("wanted", "preferred", "current")
        for key in item.ids
    ]
    if any(price.kind == "owned" for key in named for price in catalog.accelerators[key].prices):
        return None
    return catalog.accelerators[named[0]].short_name if named else ""


def _whose(kind: Finding, offers: Mapping[str, set[str]]) -> Iterator[Question]:
    options: Sequence[str] = [key for key, kinds in sorted(offers.items()) if kind.value in kinds]
    if options:
        yield Question(
            field=PROVIDER,
            text=f"Whose {kind.value} prices should the plan take?",
            why=f"no {kind.value} price is known of the provider that it would take",
            options=tuple(options),
            quotes=kind.quotes,
            rank=2,
        )


def _unknown(text: Text) -> Iterator[Unplaced]:
    for phrase in _OTHERS:
        for span in text.find(phrase)[:1]:
            stance = settled_stances(text, [Mention(span, ("",))])
            if stance and stance[0].stance in ("wanted", "preferred", "current"):
                yield Unplaced(text.quote(*span), "no price of this provider is known; a catalog overlay can give one")
