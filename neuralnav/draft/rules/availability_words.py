"""Words of availability, certainty and replicas in six languages, as the folded text spells them."""

from collections.abc import Mapping

SPARE_STATED: tuple[str, ...] = ("n+1", "n + 1", "n plus 1", "n plus one", "redundancy: n+1")
SPARE: tuple[str, ...] = (
    "downtime is not acceptable", "downtime is unacceptable", "downtime is not an option", "downtime isn't acceptable",
    "downtime is not allowed", "can't tolerate downtime", "cannot tolerate downtime", "can't tolerate any downtime",
    "if a gpu fails", "if one gpu fails", "if a machine fails", "if one machine fails", "if a server fails",
    "if a server dies", "if a machine dies", "a machine fails", "losing a machine", "lose a machine", "losing a gpu",
    "lose a gpu", "disaster recovery", "zone outage", "zone failure", "az failure", "multi az", "across zones",
    "across availability zones", "multiple availability zones", "haute dispo", "aucune panne",
    "ausfalle sind nicht akzeptabel", "ausfalle sind inakzeptabel", "ausfall ist nicht akzeptabel", "不能有任何停机",
    "不允许停机", "不可停机", "単一障害点なし", "単一障害点",
    "单点故障",
    "high availability", "highly available", "high available", "ha setup", "redundantly", "fault tolerant",
    "fault tolerance", "failover", "fail over", "hot standby", "hot spare", "spare replica", "replica in reserve",
    "replicas in reserve", "instance in reserve", "one in reserve", "standby", "so that one can fail", "one can fail",
    "one may fail", "can lose one", "replica to spare", "resilient",
    "resilience", "no single point of failure", "no spof",
    "no downtime", "zero downtime", "without downtime", "never go down", "never goes down", "never be down",
    "can't go down", "cannot go down",
    "can not go down", "must not go down", "mustn't go down", "can't be down", "cannot be down", "must not be down",
    "can't afford downtime", "cannot afford downtime",
    "can't afford any downtime", "can't have downtime", "can't have any downtime", "no outage", "no outages",
    "no interruption", "no interruptions", "uninterrupted", "always available", "always be available",
    "always be up", "must stay up", "has to stay up", "needs to stay up", "should stay up", "keeps running if",
    "must be up 24/7", "must be available 24/7", "needs to be up 24/7", "has to be up 24/7", "should be up 24/7",
    "must run 24/7",
    "needs to be available 24/7", "has to be available 24/7", "two nines", "three nines", "four nines", "five nines",
    "3 nines", "4 nines", "5 nines", "3 9s", "4 9s",
    "survive a node failure", "survive node failure", "survive node failures", "survives a node failure",
    "survive the loss of", "survives the loss of", "survive losing",
    "survive a failure", "survive a crash", "survive an outage", "survive a gpu failure", "node failure",
    "node failures", "if a node dies", "if a node fails", "if one node fails",
    "if a replica dies", "if one replica dies", "if a gpu dies", "if one gpu dies", "if one dies",
    "if one of them dies", "when a node dies", "when a node fails", "a node can die",
    "node goes down", "gpu goes down", "replica goes down", "pod goes down", "lose a node", "lose a replica",
    "losing a node", "at least two replicas", "at least 2 replicas", "minimum two replicas",
    "minimum 2 replicas", "minimum of two replicas", "minimum of 2 replicas", "at least two instances",
    "at least 2 instances", "business continuity",
    "hochverfugbar", "hochverfugbare", "hochverfugbarer", "hochverfugbares", "hochverfugbarkeit", "hoch verfugbar",
    "hochverfuegbar", "hochverfuegbarkeit", "ausfallsicher", "ausfallsicherheit", "ausfallsichere",
    "redundanz", "redundante", "redundanter", "redundantes", "keine ausfallzeit", "keine ausfallzeiten",
    "keine ausfalle", "kein ausfall", "darf nicht ausfallen", "nicht ausfallen",
    "ohne ausfall", "ohne ausfallzeit", "ohne ausfallzeiten", "ausfall eines knotens", "knoten ausfallt",
    "immer verfugbar", "standig verfugbar", "rund um die uhr verfugbar",
    "haute disponibilite", "hautement disponible", "redondance", "redondant", "redondante", "tolerance aux pannes",
    "tolerant aux pannes", "sans interruption", "aucune interruption", "zero interruption", "panne d'un noeud",
    "toujours disponible", "disponible en permanence", "ne doit jamais tomber", "ne doit pas tomber",
    "alta disponibilidad", "altamente disponible", "redundancia", "tolerante a fallos", "tolerancia a fallos",
    "sin interrupciones", "sin caidas", "sin tiempo de inactividad", "no puede caerse", "no se puede caer",
    "siempre disponible", "fallo de un nodo",
    "caida de un nodo", "高可用", "高可用性", "冗長化", "冗長性", "冗長に", "冗長構成", "無停止", "止まらない",
    "止められない", "停止は許されない", "落ちない", "障害に強い", "ダウンタイムなし",
    "ダウンタイムは許され", "耐障害", "冗余", "容错", "不能宕机", "不能停机", "零停机", "不停机", "不能中断",
    "不间断", "容灾", "无单点",
)  # fmt: skip
"""Words that ask for a replica to spare."""

SPARE_BUT: Mapping[str, tuple[str, ...]] = {
    "redundant": (
        "answer",
        "answers",
        "text",
        "texts",
        "question",
        "questions",
        "information",
        "content",
        "work",
        "words",
        "phrases",
        "data",
        "tickets",
        "requests",
        "suggestions",
    ),
    "redundancy": ("in text", "in the text", "in answers", "in the answers", "in our data"),
}
"""Words that ask for one unless these follow."""

NO_SPARE: tuple[str, ...] = (
    "fine if it is down", "ok if it is down", "okay if it is down", "fine if it's down", "ok if it's down",
    "nobody cares if it goes down", "nobody cares if it is down", "no one cares if it goes down",
    "not a big deal if it goes down",
    "single replica is fine", "single replica is ok", "single replica is enough", "a single replica",
    "single replica", "one replica is enough", "one replica is fine", "one replica is ok", "one replica will do",
    "just one replica", "only one replica", "single instance", "one instance is enough", "one instance is fine",
    "best effort", "downtime is fine", "downtime is ok", "downtime is okay", "downtime is acceptable",
    "downtime is tolerable",
    "some downtime", "downtime doesn't matter", "downtime does not matter", "downtime isn't a problem",
    "downtime is no problem", "downtime is not a problem", "outages are fine", "outages are ok", "outages are okay",
    "outages are acceptable",
    "can be down", "may be down", "ok if it goes down", "okay if it goes down", "fine if it goes down", "no sla",
    "no uptime requirement", "no uptime requirements", "no availability requirement", "no availability requirements",
    "restarts are fine",
    "restarts are ok", "uptime doesn't matter", "uptime does not matter", "uptime is not critical",
    "uptime isn't critical", "availability is not critical", "availability isn't critical",
    "availability doesn't matter", "availability does not matter",
    "ohne redundanz", "ausfalle sind ok", "ausfalle sind okay", "ausfall ist ok", "ausfalle sind kein problem",
    "eine replik reicht", "eine replika reicht", "eine instanz reicht", "einzelne replik", "ausfallzeiten sind ok",
    "une seule replique", "une seule instance", "une seule replique suffit", "interruptions acceptables",
    "una sola replica", "una sola instancia", "una replica basta", "単一レプリカ", "1レプリカで", "レプリカは1つで",
    "止まっても", "落ちても",
    "冗長化は不要", "冗長性は不要", "冗長は不要", "单副本", "一个副本", "单实例", "停机也没关系", "可以停机",
    "不需要高可用", "不要求高可用", "无需高可用", "不用高可用", "不需要冗余", "无需冗余", "高可用性は不要",
    "可用性は問わない",
    "no failover", "remove redundancy", "remove the redundancy", "drop redundancy", "drop the redundancy", "drop ha",
    "remove ha", "no ha needed", "ha not needed", "ha is not needed", "no need for ha", "no redundancy",
    "no need for redundancy", "no high availability", "no need for high availability", "without redundancy",
    "without ha",
    "don't need ha", "don't need high availability", "don't need redundancy", "does not need to be highly available",
    "doesn't need to be highly available", "doesn't have to be highly available", "not need high availability",
    "no ha", "ha isn't needed", "ha isn't required", "ha not required", "ha is not required",
    "redundancy is not needed", "redundancy isn't needed", "redundancy not needed", "redundancy is not required",
    "high availability is not needed", "high availability is not required", "high availability isn't needed",
    "high availability not required", "high availability not needed", "keine hochverfugbarkeit",
    "hochverfugbarkeit ist nicht", "hochverfugbarkeit brauchen wir nicht", "keine redundanz", "redundanz ist nicht",
    "pas de haute disponibilite", "pas besoin de haute disponibilite", "pas de redondance",
    "pas besoin de redondance",
    "sans redondance", "haute disponibilite non requise", "sin alta disponibilidad",
    "no necesitamos alta disponibilidad", "no hace falta alta disponibilidad", "sin redundancia",
    "no requiere alta disponibilidad", "not mission critical", "not business critical",
)  # fmt: skip
"""Words that say that none is needed."""

SAFE: tuple[str, ...] = (
    "play it safe", "playing it safe", "on the safe side", "safe side", "be conservative", "conservative",
    "conservatively", "mission critical", "business critical", "safety critical", "life critical", "critical system",
    "must never miss", "never miss its slo", "never miss the slo", "never miss our slo", "never miss an slo",
    "must not miss", "may not miss", "can't miss", "cannot miss", "must always meet", "always meet", "risk averse",
    "guarantee the slo", "guarantee the latency", "guarantee our slo", "guarantee response times",
    "guarantee the sla", "guaranteed latency", "guaranteed response time", "guaranteed response times",
    "must be guaranteed", "don't want to risk",
    "safety margin", "safety margins", "generous margin", "extra margin", "with margin", "strict sla", "strict slas",
    "strict slos", "hard sla", "hard slo", "contractual sla", "contractual slas", "contractually",
    "confidence: safe", "safe plan", "safe estimate", "safe estimates", "safe sizing", "size it safely",
    "plan safely", "err on the side of caution", "side of caution", "better safe than sorry", "overprovision",
    "over provision",
    "geschaftskritisch", "geschaftskritische", "auf nummer sicher", "auf der sicheren seite", "konservativ",
    "unternehmenskritisch", "missionskritisch", "sicherheitsreserve",
    "critique pour l'entreprise", "mission critique", "par prudence", "estimation prudente", "prudence",
    "marge de securite", "mision critica", "critico para el negocio", "conservador", "conservadora",
    "margen de seguridad", "a lo seguro",
    "ミッションクリティカル", "基幹業務", "基幹システム", "保守的", "保守一点", "保守估计", "保守些", "安全側",
    "余裕を持", "余裕をもっ", "必ず守", "関键任务", "关键业务", "任务关键", "稳妥", "必须保证", "留有余量",
    "留足余量", "万无一失",
)  # fmt: skip
LIKELY: tuple[str, ...] = (
    "best guess is fine", "best guess is ok", "best guess is enough", "best guess will do", "your best guess",
    "best estimate", "rough estimate", "rough estimate is fine", "rough plan", "rough sizing", "ballpark is fine",
    "likely is fine", "just an experiment", "just experimenting", "confidence: likely", "don't overprovision",
    "do not overprovision",
    "no need to overprovision", "no need to be conservative", "not too conservative", "grobe schatzung",
    "grobe schatzung reicht", "estimation grossiere", "une estimation suffit", "una estimacion basta",
    "estimacion aproximada", "概算でよい", "目安でよい", "概算で", "粗略估计", "大概估计", "估算即可",
)  # fmt: skip

UPTIME: tuple[str, ...] = (
    "uptime", "up time", "availability", "available", "sla", "verfugbarkeit", "verfugbar", "disponibilite",
    "disponible", "disponibilidad", "稼働率", "可用性", "稼働", "可用", "在线率",
)  # fmt: skip
NOT_UPTIME: tuple[str, ...] = (
    "accuracy", "accurate", "precision", "recall", "correct", "of requests", "of the requests", "of queries",
    "of answers", "of users", "percentile", "anfragen", "requetes", "solicitudes", "精度", "准确",
    "responses", "of all requests", "of calls", "latency", "ttft",
)  # fmt: skip
PERCENTS = ("%", " %", "percent", "per cent", "prozent", "pour cent", "por ciento", "パーセント", "pct")

REPLICA: tuple[str, ...] = (
    "replica", "replicas", "instance", "instances", "pod", "pods", "replika", "replikas", "repliken", "replik",
    "replique", "repliques", "instancia", "instancias", "instanzen", "レプリカ", "台のレプリカ", "つのレプリカ",
    "个のレプリカ", "インスタンス",
    "副本", "个副本", "实例", "个实例", "server replicas", "model replicas", "copies of the model",
    "copies of the server", "model instances", "gpu replicas",
    "pods at most", "vllm pods", "vllm instances", "vllm replicas",
)  # fmt: skip
MOST_BEFORE: tuple[str, ...] = (
    "at most", "max", "max.", "maximum", "maximum of", "max of", "a maximum of", "up to", "no more than",
    "not more than", "never more than", "limit of", "cap of", "capped at", "limited to", "limit to", "cap at",
    "scale to", "scale out to", "scales to", "grow to", "ceiling of", "<=", "≤", "under",
    "hochstens", "maximal", "bis zu", "nicht mehr als", "au plus", "jusqu'a", "maximum de", "un maximum de",
    "au maximum", "pas plus de", "como maximo", "maximo", "maximo de", "un maximo de", "hasta", "no mas de", "最大",
    "最大で", "最多", "不超过", "上限", "至多", "最大で約", "to at most", "limit it to", "limit scaling to",
)  # fmt: skip
MOST_BEHIND: tuple[str, ...] = (
    "at most", "max", "maximum", "tops", "or fewer", "or less", "maximal", "hochstens", "au maximum", "maximum",
    "au plus", "como maximo", "maximo", "以内", "以下", "まで", "limit", "cap", "ceiling", "at peak",
)  # fmt: skip
SCALES: tuple[str, ...] = (
    "scale", "scales", "scaling", "autoscale", "autoscaling", "autoscales", "auto scale", "auto scaling", "skalieren",
    "skaliert", "autoskalierung", "hochskalieren", "evoluer", "mise a l'echelle", "autoescalado", "escalar", "escala",
    "オートスケール", "スケール", "自动扩缩", "扩容", "扩展", "扩缩容", "grow", "grows",
)  # fmt: skip
RANGES = ("between", "zwischen", "entre", "from", "von", "min")

NAMED_BEFORE: tuple[str, ...] = (
    "max replicas", "cap replicas", "cap the replicas", "limit replicas", "limit the replicas",
    "limit the number of replicas", "replicas <=", "replicas <", "replicas ≤", "replicas max", "replicas up to",
    "replicas at most",
    "replicas no more than", "maxreplicas", "maximum replicas", "max replica count", "max replicas of", "replicas max",
    "replica limit", "replica cap", "max instances", "max pods", "max number of replicas",
    "maximum number of replicas", "最大レプリカ数", "最大副本数",
)  # fmt: skip
LEAST_BEFORE: tuple[str, ...] = (
    "at least", "minimum", "minimum of", "min", "min.", "no fewer than", "not less than", "mindestens", "au moins",
    "al menos", "como minimo", "minimo", "最低", "至少", "少なくとも",
)  # fmt: skip

OWN_NEGATIONS = (
    "no ", "zero ", "without ", "never ", "can't ", "cannot ", "can not ", "must not ", "mustn't ", "kein", "ohne ",
    "darf nicht", "nicht ", "sans ", "aucun", "ne doit", "sin ", "no puede", "no se", "無", "不", "零", "止", "落",
)  # fmt: skip
"""How a phrase begins that is itself a denial: "no downtime"."""

INNER_NEGATIONS = (" not ", "n't ", "unacceptable", "なし", "nicht ", "许停", "可停")
"""What such a phrase may hold."""

LEAST_BEHIND = (
    "at least", "minimum", "or more", "mindestens", "au moins", "minimum", "al menos", "como minimo", "以上",
)  # fmt: skip
