"""How an answer must feel: instant, conversational, interactive, deferred or batch. Only words say so."""

from collections.abc import Mapping

from neuralnav.draft.rules.emphasis import unread
from neuralnav.draft.rules.phrases import hits, listed, longest
from neuralnav.draft.rules.weighing import needless
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Reading

CUES: Mapping[str, str] = {
    "instant": """
        perceptible lag, no lag, no perceptible lag, zero perceptible lag, without any delay, without delay,
        no waiting, without waiting, in the moment, as fast as thought, with each keystroke,
        at typing speed, ohne verzogerung, ohne wartezeit, keine wartezeit, sans attente, sans delai, sin esperas,
        sin demora, 待ち時間なし, 待ち時間ゼロ, 瞬時に, 零延迟, 无需等待,
        instant, instantly, instantaneous, instantaneously, immediate, immediately, real time, realtime,
        near real time, snappy, as you type, as they type, while typing, while they type, lightning fast,
        blazing fast, blazingly fast, split second, in the blink of an eye, feels immediate, no noticeable delay,
        no perceptible delay, zero lag, lag free, sub second, milliseconds matter, every millisecond counts,
        ultra low latency, zippy, keep up with typing,
        sofort, sofortige, sofortigen, unmittelbar, augenblicklich, echtzeit, in echtzeit, blitzschnell,
        verzogerungsfrei, ohne spurbare verzogerung, beim tippen,
        instantane, instantanee, instantanees, instantanes, instantanement, immediat, immediates, immediatement,
        temps reel, en temps reel, sans delai perceptible, sans attendre,
        instantaneo, instantanea, instantaneas, instantaneos, al instante, inmediato, inmediata, inmediatas,
        inmediatamente, tiempo real, en tiempo real, sin demora perceptible,
        即座, 即時, 瞬時, リアルタイム, サクサク, 待たせない, 即答, 即时, 實時, 实时, 立即, 瞬间, 马上, 秒回,
        毫无延迟, 毫秒级
        """,
    "conversational": """
        awkward pauses, awkward pause, awkward silences, awkward silence, like a real conversation,
        like a real person, like a phone call, spoken conversation, natural dialogue, natural dialog, human pace,
        speaking pace, wie ein echtes gesprach, wie mit einem menschen, comme avec un humain,
        como con una persona, como una persona, 人と話すよう, 像跟人聊天, 自然流畅的对话,
        conversational pace, conversational speed, conversational experience, conversational feel,
        conversational latency, natural conversation, feels like a conversation, feel like a conversation,
        flow of a conversation, like talking to a person, like talking to a human, like chatting with a person,
        like chatting with a human, feels natural, feel natural, fluid conversation, fluent conversation,
        smooth conversation, naturliches gesprach, wie ein gesprach, gesprachsfluss, flussiges gesprach,
        flussige unterhaltung, conversation naturelle, conversation fluide, echanges fluides, comme une conversation,
        conversacion natural, conversacion fluida, como una conversacion, 自然な会話, 会話のテンポ, 会話のよう,
        自然な対話, 自然对话, 流畅对话, 像聊天一样, 对话流畅, 像真人
        """,
    "interactive": """
        sit and wait, wait at the screen, waiting at the screen, waiting on the line,
        caller is waiting, customer is waiting, clients wait, customers wait, at the counter,
        while the customer waits, in front of the customer, warten am bildschirm, kunde wartet, nutzer warten,
        attendent devant l'ecran, client attend, cliente espera, esperan en pantalla, 待っている間, 客户在等,
        interactive, interactively, users wait for, user is waiting, users are waiting, someone is waiting,
        people wait at, while the user waits, while they wait, interaktiv*, interactif, interactifs, interactives,
        interactivo, interactiva, interactivos, interactivas, インタラクティブ, 対話的, 交互式, 互动式, 交互式体验
        """,
    "deferred": """
        can take a minute, may take a minute, can take minutes, may take minutes, take a couple of seconds,
        takes a few seconds, taking a few seconds, paar sekunden dauern, einige sekunden dauern, sekunden dauern,
        minute dauern, minuten dauern, prendre quelques secondes, prendre une minute, tardar unos segundos,
        tardar algunos segundos, tardar un minuto, tardar minutos, within the hour, within an hour,
        数分かかって, 時間がかかっても, 一分钟也, 几分钟也可以, 几分钟都可以,
        deferred, can wait, could wait, happy to wait, willing to wait, don't mind waiting, fine with waiting,
        no rush, not in a hurry, no hurry, not time critical, not time sensitive, isn't time critical,
        isn't time sensitive, few seconds is ok, few seconds are ok, few seconds is okay, few seconds are okay,
        few seconds is fine, few seconds are fine, couple of seconds is fine, couple of seconds is ok,
        couple of seconds are fine, several seconds are fine, several seconds are ok, some seconds are fine,
        few seconds of delay, few seconds of waiting, wait a few seconds, wait a little, wait a bit, wait a moment,
        wait some seconds, wait several seconds, take a few seconds, may take several seconds,
        can take several seconds, may take some time, can take a while, may take a while, take their time,
        take its time, delay is acceptable, delay is fine, delays are acceptable, delays are fine, slow is ok,
        slow is fine, slow is okay, slower is fine, slower is ok, minutes are fine, minute is fine, minutes is fine,
        wait a minute, wait minutes, few minutes is ok, few minutes are ok, few minutes are okay,
        few minutes is okay, latency tolerant, not urgent, nothing is urgent,
        kann warten, konnen warten, keine eile, nicht eilig, nicht zeitkritisch, hat zeit, ein paar sekunden sind ok,
        ein paar sekunden sind okay, paar sekunden sind in ordnung, paar sekunden warten, einige sekunden sind,
        sekunden warten, darf dauern, darf ruhig dauern, darf etwas dauern, ein paar minuten, zeitversetzt,
        peut attendre, peuvent attendre, pas urgent, pas presse, sans urgence, quelques secondes sont acceptables,
        quelques secondes d'attente, quelques secondes ne, quelques secondes, c'est acceptable, en differe, differe,
        puede esperar, pueden esperar, sin prisa, no hay prisa, no es urgente, unos segundos esta bien,
        unos segundos son, esperar unos segundos, esperar algunos segundos, unos segundos de espera, en diferido,
        数秒待って, 数秒なら, 数秒は, 数秒かかって, 待てる, 待てます, 待っても, 急がない, 急ぎません, 急ぎではない,
        遅くても, 多少待, 等几秒, 几秒可以, 几秒钟可以, 可以等, 不着急, 不急, 等一会, 慢一点没关系, 慢点没关系,
        慢一点也, 几秒没关系
        """,
    "batch": """
        once a night, weekly run*, we run all, run them all, scheduled every, runs every sunday, runs every saturday,
        runs every weekend, processed once a, run once a, runs once a, laufen am wochenende, tournent la nuit,
        tourne la nuit, procesa por la noche, procesan por la noche, corre por la noche, daily run*,
        monthly run*, lauft nachts,
        nachts laufen, laufen nachts, stapelbetrieb, traitement de nuit,

        夜に処理, 夜里跑, 夜间跑,
        batch, batches, overnight, nightly, offline batch, offline processing, processed offline, offline job*,
        offline, every night, each night, in bulk, bulk processing, batch job, batch jobs, no one is waiting,
        no one's waiting, nobody is waiting, nobody's waiting, no one waits, nobody waits, nobody waiting,
        no one waiting, by the next morning, by next morning, by tomorrow morning, by morning, scheduled job*,
        cron job*, cronjob*, background job*, in the background, asynchronous*, async, weekly job, weekend run*,
        over the weekend,
        batch*, stapelverarbeitung, stapelweise, uber nacht, nachtlich*, niemand wartet, nachtlauf, im hintergrund,
        asynchron*, bis zum nachsten morgen,
        par lots, par lot, traitement par lots, nocturne*, pendant la nuit, chaque nuit, personne n'attend,
        hors ligne, en arriere plan, asynchrone*,
        por lotes, en lote, lotes, nocturn*, durante la noche, cada noche, nadie espera, nadie esta esperando,
        fuera de linea, en segundo plano, asincron*,
        バッチ, 夜間に処理, 夜間処理, 一括処理, オフライン処理, 誰も待って, 非同期, 夜中, 毎晩, バックグラウンド,
        批量, 批处理, 夜间批, 夜间处理, 隔夜, 离线处理, 离线批, 没人等, 每晚, 異步, 异步, 后台, 晚上跑, 凌晨
        """,
}
"""Words of each class."""

NOTHING = """
        need it immediately, need this immediately, needed immediately, want it immediately, installed overnight,
        must work offline, deployed immediately, deploy immediately, start right, delay in delivery,
        without delay to,
        installed over the weekend, sofort losgehen, sofort starten, sofort verfugbar, sofort loslegen,
        down overnight, off overnight, quiet overnight, overnight shipping, overnight delivery, overnight support,
        overnight stay*, overnight guests, batch size, max batch, continuous batching, dynamic batching,
        offline deployment*, offline capable, offline first, offline mode, must be offline, offline install*,
        offline use, can work offline, offline environment, offline cluster, air gapped and offline, offline network,
        real time data, real time feed, real time prices, real time dashboard, real time metrics, immediate start,
        immediate family, start immediately, starting immediately, available immediately, night shift*, at night and,
        day and night, interactive map, interactive brokers, instant messag*, instant coffee, interactive exercises,
        messagerie instantanee, bulk order*, bulk discount*, bulk purchas*, deferred payment*, deferred tax*,
        works offline, fully offline, run offline, runs offline, completely offline, interactive voice response,
        bulk goods, batch number*, batch record*, batches of goods, night clinic, nachtschicht*, chargen
        """
"""Words that only look like them."""

_FAST = ("instant", "conversational", "interactive")


def read_experience(text: Text, catalog: Catalog) -> Reading:
    """Return how answers must feel, where words say so."""
    passed = unread(text)
    found: dict[Span, str] = {}
    for level, phrases in (("", NOTHING), *CUES.items()):
        for span in hits(text, listed(phrases)):
            found.setdefault(span, level)
    kept = [
        (found[span], span)
        for span in longest(found)
        if found[span] in catalog.experiences and not passed(span) and not needless(text, span)
    ]
    return Reading((_finding(text, *_chosen(kept)),)) if kept else Reading()


def _chosen(kept: list[tuple[str, Span]]) -> tuple[str, Span]:
    """Return what is told first; where that is patience, and nobody waits at all, batch."""
    first = kept[0]
    return first if first[0] in _FAST else next((item for item in kept if item[0] == "batch"), first)


def _finding(text: Text, level: str, span: Span) -> Finding:
    if level in text.spaced[slice(*span)].split():
        return Finding("experience", level, "stated", "rules", (text.quote(*span),))
    why = "nobody waits for an answer" if level == "batch" else _WHY[level]
    return Finding("experience", level, "inferred", "rules", (text.quote(*span),), why)


_WHY = {
    "instant": "asks for answers without a wait",
    "conversational": "asks for the pace of a conversation",
    "interactive": "somebody waits for the answer",
    "deferred": "a wait is accepted",
}
