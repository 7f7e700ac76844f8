"""Whether words speak of a field at all: a number, a name or a choice says nothing where its field is not meant.

A model may quote words that stand in the prose and give them to a field that they do not speak of: the 5,000 of "5,000
people" as a budget. What words *mean* (use case, experience, domain, priorities) no list of words can judge; the rest
holds one of these. They are folded; one of up to four letters begins a word, a longer one may stand in it.
"""

from collections.abc import Mapping

_INSIDE = 5

_LATENCY = (
    "latenc|latenz|ttft|itl|tpot|token|respon|repl|answer|antwort|repon|respuest|fast|quick|instant|speed|delay|wait|"
    "first|last|whole|within|second|ms|millis|wart|schnell|attent|rapid|demora|応答|返答|遅延|延迟|响应|秒|首"
)
_TEXT = "tok|word|wort|mots|palabra|トークン|词|令牌"
_REQUESTS = (
    "request|req|rps|qps|rpm|quer|call|message|prompt|question|load|traffic|throughput|transaction|hit|anfrag|aufruf|"
    "nachricht|requet|appel|solicit|peticion|consult|mensaj|リクエスト|件|回|请求|次|调用|查询"
)

_SPOKEN: Mapping[str, str] = {
    "traffic.requestRate": _REQUESTS,
    "traffic.requestsPerActiveUserPerMinute": f"{_REQUESTS}|ask|frag|pregunt",
    "traffic.activeShare": (
        "activ|aktiv|actif|concurren|at once|same time|simultan|parallel|online|gleichzeitig|zugleich|share|portion|"
        "log|using it|いちど|同時|アクティブ|同时|活跃|在线"
    ),
    "traffic.peakFactor": (
        "peak|burst|spike|rush|busy|times|fold|doubl|tripl|x |spitze|stoss|mal|fach|pic|pointe|fois|pico|punta|veces|"
        "ピーク|倍|峰"
    ),
    "traffic.burstSize": "burst|batch|spike|at once|together|schub|rafale|rafaga|バースト|突发",
    "traffic.arrival": (
        "arriv|poisson|burst|spik|uniform|steady|constant|even|cluster|compound|random|batch|wave|peak|rush|gleichmass|"
        "stoss|rafale|constant|regul|rafaga|バースト|突发|均匀|一定"
    ),
    "traffic.promptTokens": f"{_TEXT}|prompt|input",
    "traffic.outputTokens": f"{_TEXT}|answer|output",
    "slo.ttft": _LATENCY,
    "slo.itl": _LATENCY,
    "slo.e2e": _LATENCY,
    "constraints.contextLength": "tok|context|kontext|window|fenster|ctx|トークン|上下文|コンテ",
    "constraints.budget": (
        "budget|cost|spend|pay|price|cheap|afford|money|usd|dollar|eur|buck|$|€|kost|preis|geld|ausgeb|cout|depens|prix|"
        "presupuest|gast|precio|予算|費|円|ドル|预算|成本|费|元|美"
    ),
    "constraints.gpus": ("gpu|card|karte|carte|tarjeta|accelerator|h100|h200|a100|a10g|l40|l4|b200|b300|mi3|rtx|卡|枚"),
    "constraints.reasoning": (
        "reason|think|thought|logic|math|step by step|denk|schluss|raisonn|reflech|razon|piens|推論|思考|推理"
    ),
    "constraints.regions": (
        "region|host|data cent|datacent|locat|resid|stay|must run|runs|deploy|zone|cloud|countr|onshore|leave|west|"
        "east|central|north|south|standort|rechenzentr|land|heberg|pays|alojad|pais|リージョン|国内|地域|区域|境内|机房"
    ),
    "constraints.priceKind": (
        "spot|preempt|interrupt|on demand|reserv|commit|own|bought|on prem|our gpu|hardware|eigen|propre|propi|自社|"
        "自有|预留|竞价|スポット"
    ),
    "confidence": (
        "sure|certain|safe|guarant|risk|likely|must hold|conservativ|headroom|worst|margin|sicher|garant|risik|sur|"
        "certitude|risque|marge|segur|riesg|確実|安全|保証|保证|风险"
    ),
    "deploy.namespace": "namespace|namensraum|espace de nom|espacio de nombre|名前空間|ネームスペース|命名空间",
    "deploy.storage.tokenSecret": "secret|geheim|secreto|シークレット|密钥",
    "deploy.target": "inferenceservice|kserve|llm d|llmd|openshift|rhoai",
    "deploy.mode": "vllm|simul|mock|fake|dummy|real",
    "deploy.redundancy": (
        "n+1|redund|fail|outage|crash|availab|ha|uptime|downtime|sla|spare|survive|replica|ausfall|verfugbar|panne|"
        "dispon|caida|冗長|可用|故障|止ま|宕机|停机"
    ),
    "deploy.autoscaling.class": "scal|hpa|keda|wva|skalier|echelle|escal|スケール|扩缩|伸缩",
    "deploy.autoscaling.maxReplicas": (
        "replica|replik|pod|instance|instanz|instancia|server|copies|レプリカ|台|副本|实例"
    ),
}
"""Words by field, apart by "|", one of which stands where it is spoken of."""


def speaks_of(field: str, words: str) -> bool:
    """Tell whether words speak of a field; true of one whose words cannot be listed."""
    signs = _SPOKEN.get(field)
    return signs is None or any(_stands(sign, words) for sign in signs.split("|"))


def _stands(sign: str, words: str) -> bool:
    at = words.find(sign)
    while at >= 0:
        before = words[at - 1 : at]
        if len(sign) >= _INSIDE or not sign.isascii() or not (before.isascii() and before.isalpha()):
            return True
        at = words.find(sign, at + 1)
    return False
