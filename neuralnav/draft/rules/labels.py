"""What a service is called, whose it is, and in which environment and namespace it runs."""

import re
from collections.abc import Iterator, Mapping

from neuralnav.draft.rules.mentions import Mention, quotes, settled_stances
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Question, Reading

_ENV = "metadata.labels.env"
_ENVIRONMENTS: Mapping[str, Pattern] = {
    "prod": Pattern(
        r"\bin production\b(?! line| plant| hall| planning| environment)|\b(?:for|to|into) production\b(?! line"
        r"| plant| staff| worker| planning| team)"
        r"|\bproduction[ -](?:deployment|environment|env|workload|service|traffic|use|system|ready|grade|cluster"
        r"|rollout|release|"
        r"critical|namespace|setup|usage|launch)\b|\bprod\b|\blive (?:environment|system|deployment)\b|\bgo(?:es"
        r"|ing)? live\b"
        r"|(?:environment|env|stage|umgebung|environnement|entorno|環境|环境) ?[:=] ?(?:production|produktion"
        r"|produccion|live|本番|生产)"
        r"|\bproduktiv(?:umgebung|betrieb|system|e umgebung|en betrieb|einsatz|er betrieb)?\b"
        r"|\bproduktionsumgebung\b|\bin produktion\b"
        r"|\ben production\b|\b(?:environnement|mise en) (?:de )?production\b|\ben produccion\b"
        r"|\bentorno (?:de )?(?:produccion|productivo)\b"
        r"|\bit'?s production\b|\bthis is production\b|本番|プロダクション環境|生产环境|线上环境|正式环境"
        r"|生产系统", ("prod", "live", "本番", "プロダ", "生产", "线上", "正式")),
    "staging": Pattern(
        r"\bstaging\b|\bstage (?:environment|env)\b|\bpre[ -]?prod(?:uction)?\b|\bpreproduccion\b|ステージング"
        r"|预发(?:布)?环境|预生产(?:环境)?"
        r"|(?:environment|env|umgebung) ?[:=] ?stage\b|\buat\b", ("stag", "pre", "uat", "ステージ", "预")),
    "dev": Pattern(
        r"\b(?:dev|development) (?:environment|env|cluster|namespace|deployment|setup|system|stage|instance|only)\b"
        r"|\bin dev\b"
        r"|(?:environment|env|stage|umgebung|environnement|entorno|環境|环境) ?[:=] ?(?:dev(?:elopment)?|entwicklung"
        r"|desarrollo|developpement|開発|开发)\b"
        r"|\bfor development (?:purposes|only|use)\b|\bentwicklungsumgebung\b|\benvironnement de dev\w*"
        r"|\bentorno de desarrollo\b|\bjust dev\b"
        r"|\b(?:it'?s|it is|this is)(?: only| just)? dev(?:elopment)?\b(?! ?[a-z]*(?:team|tool|assist|work|help|bot|doc"
        r"|chat|support|agent|friend))|\bdev(?:elopment)? (?:now|instead)\b|\bdev(?:elopment)?,? not prod"
        r"|\bonly dev\b|開発環境|开发环境", ("dev", "desarrollo", "entwickl", "開発", "开发")),
    "test": Pattern(
        r"\b(?:test|testing|qa) (?:environment|env|cluster|namespace|system|stage|instance|deployment)\b"
        r"|\bfor testing (?:purposes|only)\b"
        r"|(?:environment|env|stage|umgebung|environnement|entorno|環境|环境) ?[:=] ?(?:test(?:ing)?|qa|pruebas"
        r"|テスト|测试)\b|\btestumgebung\b"
        r"|\btestsystem\b|\btestbetrieb\b|\benvironnement de (?:test|recette)\b|\bentorno de pruebas\b|テスト環境"
        r"|検証環境|测试环境", ("test", "qa", "pruebas", "recette", "テスト", "検証", "测试")),
}  # fmt: skip
_ALONE: Mapping[str, str] = {
    "production": "prod",
    "produktion": "prod",
    "dev": "dev",
    "development": "dev",
    "test": "test",
    "prod": "prod",
    "produccion": "prod",
}
_SLASH = re.compile(" [/|-] ")
_LATER = Pattern(
    r"\b(?:later|eventually|before|until|someday|next year|then|not yet|once|spater|bevor|bis|plus tard"
    r"|avant|luego"
    r"|despues|antes)\b[^.;]{0,24}$"
)

_Q = "[\"'`「『“«]?"
_LABEL = r"([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)"
_NAMESPACE = Pattern(
    rf"\b(?:namespace|ns(?= ?[:=])|namensraum|espace de noms|espacio de nombres)(?: (?:called|named|is"
    rf"|should be|shall be|will be|must be|to be|soll|namens|nomme"
    rf"|llamado))? ?[:=]? ?{_Q}{_LABEL}"
    rf"|(?:ネームスペース|名前空間|命名空间)(?:は|を|:|为|是)? ?{_Q}{_LABEL}"
    rf"|(?<![a-z0-9-]){_LABEL} ?(?:という)?(?:ネームスペース|名前空間|命名空间)",
    ("namespace", "ns:", "ns :", "ns=", "ns =", "namensraum", "espac", "ネームスペース", "名前空間", "命名空间"),
)
_NAMESPACE_BEFORE = Pattern(r"(?<![a-z0-9-])([a-z0-9]+(?:-[a-z0-9]+)+) namespace\b", (" namespace",))
_NO_LABEL = frozenset(
    (
        "is",
        "are",
        "for",
        "with",
        "and",
        "or",
        "please",
        "of",
        "in",
        "on",
        "the",
        "a",
        "an",
        "to",
        "we",
        "it",
        "that",
        "this",
        "which",
        "should",
        "must",
        "will",
        "be",
        "can",
        "our",
        "its",
        "own",
        "per",
        "und",
        "ist",
        "fur",
        "mit",
        "der",
        "die",
        "das",
        "et",
        "est",
        "pour",
        "y",
        "es",
        "para",
        "so",
        "but",
        "as",
        "at",
        "by",
        "from",
        "not",
        "no",
        "isolation",
        "quota",
        "quotas",
    )
)
_TEAM = Pattern(
    rf"\b(?:team|equipe|equipo|チーム|团队) ?(?:label)? ?[:=] ?{_Q}([a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?)"
    rf"|\blabel team[ =:]+{_Q}([a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?)"
    rf"|\bteam (?:is |name is |name )?(?:(?:called|named|namens) {_Q}(?!after\b|for\b)|[\"'`“«])"
    r"([a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?)"
    rf"|(?:^|[,;:.\n] ?|\b(?:and|belongs to|belong to|owned by|run by|operated by|owner:?|owner is"
    rf"|maintained by) )(?:the )?team {_Q}(?!of\b|in\b|is\b|are\b|has\b|have\b|needs?\b|wants?\b|leads?\b"
    rf"|members?\b|size\b|chat)"
    rf"([a-z][a-z0-9-]*[a-z0-9])(?= ?(?:$|[.,;\n]))"
    rf"|\bteam label (?:is |should be )?{_Q}([a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?)",
    ("team", "equip", "チーム", "团队"),
)
_NAME = Pattern(
    r"(?:\b(?:call|name) (?:it|this|the (?:service|workload|app|application|deployment|bot|project|thing|assistant))"
    r"|\b(?:service|workload|app|application|deployment|(?:chat)?bot|project|assistant|tool|agent|api)"
    r"(?: is"
    r"| will be| should be"
    r"| shall be)? (?:called|named)"
    r"|\b(?:it|this|and|which|that) (?:is|will be|should be|shall be) (?:called|named)|\b(?:name"
    r"|service name|workload name"
    r"|project name|codename) ?[:=]"
    r"|\bnam(?:e|en) (?:soll|ist|sei)|\bnenn(?:t|en wir)? (?:es|ihn|das|sie)|\bnamens|\bheisst|\bsoll heissen"
    r"|\bappel(?:le|ez|ons)[ -](?:le|la)|\bnomm(?:e|ez)[ -](?:le|la)|\bllamal[oa]|\bse llama(?:ra)?|\bnombre:)"
    r" ?(?P<open>[\"'`“«]?)(?P<name>[a-z][a-z0-9 _-]*)"
    r"|(?:名前は|名称は|名前:|名字叫|名字是|名字:|名为|叫做|取名) ?(?P<open2>[\"'`「『“]?)(?P<name2>[a-z][a-z0-9_-]*)",
    (
        "call ",
        "called",
        "named",
        "name:",
        "name =",
        "name=",
        "name ist",
        "name soll",
        "namens",
        "name it",
        "name th",
        "nenn",
        "heiss",
        "appel",
        "nomm",
        "llam",
        "nombre",
        "名",
    ),
)
_SERVICE = Pattern(
    r"(?:^|\n)[ *-]*(?:service|application|app|workload|project|bot|component|system) ?[:=] ?"
    r"(?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)+) ?(?=$|\n)",
    ("service", "app", "workload", "project", "bot", "component", "system"),
)
_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def read_labels(text: Text) -> Reading:
    """Return metadata.name, metadata.labels.env and .team, and deploy.namespace, where the prose gives them."""
    env = _environment(text)
    findings = (*env.findings, *_namespace(text), *_team(text), *_name(text))
    return Reading(findings=findings, questions=env.questions)


def _environment(text: Text) -> Reading:
    mentions = settled_stances(text, _environments(text))
    said = [item for item in mentions if item.stance in ("wanted", "preferred") and not _later(text, item)]
    values = tuple(dict.fromkeys(item.ids[0] for item in said))
    if not values:
        return Reading()
    found = quotes(text, [item.span for item in said])
    if len(values) > 1:
        question = Question(
            _ENV, "Which environment is this for?", "the description names more than one", values, found, 0
        )
        return Reading(questions=(question,))
    return Reading(findings=(Finding(_ENV, values[0], "stated", "rules", found),))


def _environments(text: Text) -> Iterator[Mention]:
    taken: list[tuple[int, int]] = []
    for value in ("staging", "prod", "dev", "test"):
        for found in _ENVIRONMENTS[value].finditer(text.spaced):
            apart = all(found.end() <= start or end <= found.start() for start, end in taken)
            if apart and not _in_a_name(text, found.span()):
                taken.append(found.span())
                yield Mention(found.span(), (value,))
    for word, value in _ALONE.items():
        for start, end in text.find(word):
            first, last = text.clause(start)
            clause = _SLASH.sub("\n", text.spaced[first:start]).rsplit("\n", 1)[-1]
            clause += _SLASH.sub("\n", text.spaced[start:last]).split("\n", 1)[0]
            line = text.folded[text.folded.rfind("\n", 0, start) + 1 : (text.folded + "\n").index("\n", end)]
            if word in (clause.strip(" .,;:!-*•()"), line.strip(" .,;-*•")) and all(
                end <= first or last <= start for first, last in taken
            ):
                yield Mention((start, end), (value,))


def _in_a_name(text: Text, span: Span) -> bool:
    """Tell whether a word is part of a longer name: "llm-prod"."""
    before, after = text.folded[max(span[0] - 1, 0) : span[0]], text.folded[span[1] : span[1] + 2]
    return before in ("-", "_", "/") or (
        after[:1] in ("-", "_") and after[1:].isalnum() and after[1:] not in ("r", "g")
    )


def _later(text: Text, item: Mention) -> bool:
    first = max(text.clause(item.span[0])[0], item.span[0] - 40)
    return bool(_LATER.search(text.spaced, first, item.span[0]))


def _finding(text: Text, field: str, found: re.Match[str], value: str, why: str = "") -> Finding:
    quote = text.quote(*found.span())
    return Finding(field, value, "inferred" if why else "stated", "rules", (quote,), why)


def _namespace(text: Text) -> Iterator[Finding]:
    for pattern in (_NAMESPACE, _NAMESPACE_BEFORE):
        for found in pattern.finditer(text.folded):
            value = next(group for group in found.groups() if group)
            if value not in _NO_LABEL:
                yield _finding(text, "deploy.namespace", found, value)
                return


_FOR_TEAM = Pattern(
    rf"\b(?:for|from|by|of|fur) team {_Q}([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?= ?(?:$|[.,;)\n]))", ("team ",)
)
_OF_DEPLOYMENT = Pattern(r"\b(?:namespace|staging|prod|production|env|environment|label|owner|deploy[a-z]*)\b")


def _team(text: Text) -> Iterator[Finding]:
    for found in _FOR_TEAM.finditer(text.folded):  # "for team collaboration" names none
        if "-" in found[1] or _OF_DEPLOYMENT.search(text.folded, *text.sentence(found.start())):
            yield _finding(text, "metadata.labels.team", found, found[1])
            return
    for found in _TEAM.finditer(text.folded):
        value = next(group for group in found.groups() if group).rstrip("._-")
        if not value.isdigit() and value not in _NO_LABEL:
            yield _finding(text, "metadata.labels.team", found, value)
            return


def _name(text: Text) -> Iterator[Finding]:
    for found in _SERVICE.finditer(text.folded):
        yield Finding("metadata.name", found["name"], "stated", "rules", (text.quote(*found.span()),))
        return
    for found in _NAME.finditer(text.folded):
        quoted = bool(found["open"] or found["open2"])
        given = (found["name"] or found["name2"]).strip(" -_")
        words = given.split(" ")
        if not quoted and (words[0] in _NO_LABEL or len(words) > 3):
            if words[0] in _NO_LABEL:
                continue
            words = words[:1]
        elif not quoted and any(word in _NO_LABEL for word in words):
            words = words[: next(index for index, word in enumerate(words) if word in _NO_LABEL)]
        said = " ".join(words)
        value = _SLUG.sub("-", said).strip("-")[:_LONGEST].rstrip("-")
        if value:
            end = found.start("name" if found["name"] else "name2") + len(said)
            quote = text.quote(found.start(), min(end, found.end()))
            why = "" if value == said else "as Kubernetes spells names"
            yield Finding("metadata.name", value, "inferred" if why else "stated", "rules", (quote,), why)
            return
