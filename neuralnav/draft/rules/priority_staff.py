"""That nobody is there to run a service: it must be easy to run, in whatever words that is told."""

from collections.abc import Iterator

from neuralnav.draft.rules.cues import wide
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text

_LATIN = Pattern(
    r"\b(?:kein\w*|ohne|kaum|wenig|niemand\w*|nur ein\w*|halber?|halbe) (?:\w+ ){0,3}?(?:personal|leute|team|admins?|"
    r"kraft|fachkraft\w*|fachleute|experten|spezialisten|know how|kollegen|it|devops|mlops|ops|kapazitat\w*|"
    r"ressourcen|zeit|der|die)\b(?: \w+){0,4}? (?:betrieb|pflege|wartung|betreuung|administration|infrastruktur|"
    r"kubernetes|betreiben|betreut|warten kann|pflegt|betreibt|kummert|administriert)\b"
    r"|\b(?:betrieb|betreuung|wartung|pflege) (?:macht|ubernimmt|erledigt|lauft|liegt) (?:\w+ ){0,3}?(?:ein|einer|"
    r"eine|halber|niemand|nebenbei|nebenher|praktikant\w*|azubi|werkstudent\w*)\b"
    r"|\b(?:personne|pas d'equipe|pas de (?:personnel|ressources?|competences?|monde)|sans equipe|aucune? (?:equipe|"
    r"competence|ressource)|peu de (?:gens|monde|personnel|ressources|competences)|une seule personne)(?: \w+){0,4}?"
    r" (?:pour|qui|en)(?: \w+){0,3}? (?:maint\w*|administr\w*|gerer|gere|exploit\w*|entreten\w*|occup\w*|deploy\w*|"
    r"kubernetes|infra\w*|operer|s'en occup\w*|l'administr\w*|l'exploit\w*|l'entreten\w*|devops|mlops)\b"
    r"|\b(?:nadie|sin (?:equipo|personal|gente)|no (?:tenemos|hay|contamos con|disponemos de) (?:\w+ ){0,2}?(?:equipo|"
    r"personal|gente|nadie|tecnicos|expertos|quien)|poco personal|poca gente|una sola persona)(?: \w+){0,4}?"
    r" (?:mant\w*|administr\w*|gestion\w*|oper\w*|ocup\w*|sistemas|kubernetes|infraestructura|devops|mlops|lo lleve)\b"
)
_WIDE = Pattern(
    r"(?:没有|没|缺乏|缺少|缺|只有[一1]个?)(?:人|专职|专门|专业)?[^，。,]{0,6}(?:运维|维护|管理员|管系统)"
    r"|(?:運用|保守|管理|インフラ|kubernetes|サーバー?|メンテ|システム)[^、。]{0,10}(?:人|担当|者|エンジニア|要員|チーム|部門)"
    r"[^、。]{0,4}(?:いな|いませ|おら|おりませ|少な|足り|不足|1人|一人|ひとり)"
)
_LATIN_HINTS = ("kein", "ohne", "kaum", "wenig", "niemand", "nur ein", "halb", "betr", "wartung", "pflege", "personne",
                "equipe", "pas d", "aucun", "peu de", "nadie", "sin ", "no ", "poc", "una sola")  # fmt: skip


def staff_wanting(text: Text) -> Iterator[Span]:
    """Yield where a text says that few or none can look after what runs."""
    if any(hint in text.spaced for hint in _LATIN_HINTS):
        yield from (found.span() for found in _LATIN.finditer(text.spaced))
    if wide(text):
        yield from (found.span() for found in _WIDE.finditer(text.spaced))
