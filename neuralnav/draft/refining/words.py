"""Words of instructions, folded: what is to change, which way, and by how much, in six languages."""

from collections.abc import Mapping
from typing import Literal

Subject = Literal[
    "traffic", "users", "rate", "budget", "ttft", "itl", "e2e", "latency", "context", "prompt", "output", "peak",
    "replicas", "gpus", "burst", "speed", "price",
]  # fmt: skip

SUBJECTS: Mapping[Subject, tuple[str, ...]] = {
    "traffic": (
        "traffic", "load", "volume", "demand", "usage", "scale", "scale up", "verkehr", "last",
        "lastaufkommen", "trafic", "charge",
        "trafico", "carga", "トラフィック", "負荷", "アクセス", "流量", "负载", "访问量", "并发",
    ),
    "users": (
        "user", "users", "people", "employees", "customers", "colleagues", "seats", "headcount", "developers",
        "agents",
        "nutzer", "benutzer", "nutzerzahl", "benutzerzahl", "besucher", "utilisateur", "usuario",
        "benutzerinnen", "nutzerinnen", "anwender", "leute", "mitarbeiter", "kunden", "utilisateurs",
        "personnes",
        "usagers", "clients", "usuarios", "personas", "clientes", "ユーザー", "ユーザ", "利用者", "社員",
        "人数", "用户",
        "使用者", "员工",
    ),
    "rate": (
        "request rate", "requests", "queries", "rate", "throughput", "rps", "qps", "anfragen", "anfragerate",
        "requetes", "debit", "peticiones", "solicitudes", "consultas", "リクエスト", "请求", "请求量", "吞吐量",
    ),
    "budget": (
        "budget", "spend", "spending", "cost", "costs", "kosten", "couts", "costes", "コスト", "成本",
        "budgets", "cost limit", "cost cap", "price cap", "budgetgrenze", "kostenlimit",
        "kostenrahmen", "presupuesto", "予算", "预算",
    ),
    "ttft": ("ttft", "first token", "time to first token", "premier jeton", "primer token", "首token"),
    "itl": ("itl", "inter token latency", "time per token", "tpot"),
    "e2e": ("e2e", "end to end latency", "end to end time", "total time", "whole answer", "gesamtdauer"),
    "latency": (
        "latency", "latencies", "response time", "response times", "slo", "slos", "latenz", "antwortzeit",
        "antwortzeiten", "latence", "temps de reponse", "latencia", "tiempo de respuesta", "レイテンシ", "応答時間",
        "延迟", "响应时间",
    ),
    "context": (
        "context", "context length", "context window", "kontext", "kontextlange", "kontextfenster", "contexte",
        "fenetre de contexte", "contexto", "ventana de contexto", "コンテキスト", "コンテキスト長", "上下文",
        "上下文长度",
    ),
    "prompt": (
        "prompt", "prompts", "prompt tokens", "prompt length", "input tokens", "inputs", "プロンプト", "入力",
        "提示词",
        "输入",
    ),
    "output": (
        "output", "outputs", "output tokens", "output length", "answer length", "answers", "replies", "antworten",
        "ausgabe", "reponses", "sortie", "respuestas", "salida", "出力", "回答", "输出",
    ),
    "peak": ("peak factor", "peak", "peaks", "spitzenfaktor", "spitzenlast", "pic", "pico", "ピーク", "峰值", "高峰"),
    "replicas": ("replicas", "max replicas", "replikas", "replicas maximum", "レプリカ", "副本"),
    "gpus": ("gpus", "gpu count", "number of gpus", "cards", "gpu数", "gpu数量", "显卡"),
    "burst": ("burst size", "bursts"),
    "speed": ("fast", "faster", "quick", "quicker", "speed", "schnell", "schneller", "rapide", "vite", "rapido",
              "rapida", "快", "速く"),
    "price": ("cheaper", "gunstiger", "billiger", "moins cher", "mas barato", "mas barata", "安く", "便宜"),
}  # fmt: skip

FACTORS: Mapping[str, float] = {
    "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "twice": 2, "triple": 3, "tripled": 3, "tripling": 3,
    "treble": 3, "thrice": 3, "quadruple": 4, "quadrupled": 4, "halve": 0.5, "halved": 0.5, "halving": 0.5,
    "verdoppel*": 2, "verdoppl*": 2, "doppelt": 2, "doppelte": 2, "doppelten": 2, "doppelter": 2,
    "zweimal so": 2, "dreimal so": 3,
    "viermal so": 4, "funfmal so": 5, "zehnmal so": 10, "verdreifach*": 3, "dreifach*": 3, "vervierfach*": 4,
    "vierfach*": 4, "zehnfach*": 10, "verzehnfach*": 10, "halbier*": 0.5, "halb so": 0.5,
    "doublez": 2, "doubler": 2, "triplez": 3, "tripler": 3, "quadrupler": 4,
    "doble": 2, "duplica*": 2, "dobla": 2, "doblar": 2, "triplica*": 3, "cuadruplica*": 4,
    "倍増": 2, "倍に": 2, "半減": 0.5, "翻倍": 2, "翻番": 2, "翻一番": 2, "加倍": 2, "两倍": 2, "减半": 0.5,
}  # fmt: skip

FRACTIONS: Mapping[str, float] = {
    "half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1, "halfte": 0.5, "drittel": 1 / 3,
    "viertel": 0.25, "zehntel": 0.1, "moitie": 0.5, "tiers": 1 / 3, "quart": 0.25, "dixieme": 0.1, "mitad": 0.5,
    "tercio": 1 / 3, "cuarta parte": 0.25, "decima parte": 0.1, "半分": 0.5, "一半": 0.5,
}  # fmt: skip
ALONE = ("half", "halfte", "moitie", "mitad", "半分", "一半")
"""Fractions that need no article: "half the budget"; "quarter" without one is of a year."""

MULTIPLES = (
    "x", "×", "times", "fold", "fach", "fache", "fachen", "mal", "fois", "veces", "倍",
)  # fmt: skip
"""What makes a factor of the number before it; a dash or a space may stand between."""

UP = (
    "more", "increase*", "increasing", "raise*", "raising", "up", "higher", "grow*", "additional", "extra", "another",
    "bump*", "add", "plus", "larger", "bigger", "longer", "expand*", "mehr", "erhoh*", "steiger*", "hoher",
    "zusatzlich*",
    "weitere*", "anheb*", "augment*", "hausse", "de plus", "plus de", "supplementaires", "aument*", "incrementa*",
    "sube", "subir", "mas", "増", "増や*", "増加", "上げ*", "多く", "增加", "提高", "上调", "多",
)  # fmt: skip

DOWN = (
    "less", "fewer", "decrease*", "decreasing", "reduce*", "reducing", "cut", "cutting", "lower*", "down", "drop*",
    "shrink*", "trim*", "smaller", "shorter", "weniger", "senk*", "reduzier*", "verringer*", "kurz*", "niedriger",
    "moins", "redui*", "baiss*", "diminu*", "menos", "reduc*", "reduz*", "baja", "bajar", "recort*", "disminu*", "減",
    "減ら*", "下げ*", "減少", "减少", "降低", "下调", "少",
)  # fmt: skip

BY = ("by", "um", "de", "en", "por", "d", "by about", "by another", "by roughly")
TO = ("to", "auf", "a", "hasta", "to about", "auf etwa")
DIVIDE = ("divide*", "dividing", "teil*", "divis*", "durch", "除")

SPIKES = (
    "peak", "peaks", "spike*", "burst*", "lunch*", "evening*", "morning*", "weekend*", "black friday", "spitze*",
    "mittag*", "pic", "pics", "pico", "picos", "ピーク", "昼", "高峰", "峰值", "average", "normal", "usual",
)  # fmt: skip
"""Beside these a multiple says how traffic varies, not how it is to change."""

REMOVE = (
    "remove", "removed", "removing", "drop", "dropping", "delete", "clear", "forget", "lift", "take out", "take away",
    "get rid of", "scrap", "unset", "discard", "strip", "entfern*", "streich*", "losch*", "weglassen", "raus*", "weg",
    "nimm", "supprim*", "enlev*", "retir*", "otez", "quita*", "elimin*", "borra*", "saca", "retira*", "削除", "外し*",
    "外す", "なくす", "なくし*", "撤廃", "取り除*", "去掉", "删除", "删掉", "取消", "移除", "不再需要",
)  # fmt: skip

NONE_OF = (
    "no", "without", "unlimited", "any", "kein", "keine", "keinen", "ohne", "unbegrenzt*", "pas de", "sans",
           "aucun*", "illimite*", "sin", "ningun*", "ilimitado", "cualquier", "なし", "无", "没有", "不限",
           "不限制")  # fmt: skip
"""Beside a limit by its name, such as "budget limit", these take it away."""

LIMIT = (
    "limit*", "cap", "caps", "restriction*", "constraint*", "requirement*", "ceiling", "list", "allow list",
    "deny list", "grenze*", "begrenzung", "beschrankung*", "einschrankung*", "vorgabe*", "limite*", "contrainte*",
    "plafond", "restriccion*", "tope", "requisito*", "制限", "上限", "制約", "指定", "限制",
)  # fmt: skip

PARTS: Mapping[str, tuple[str, ...]] = {
    "budget": ("constraints.budget",),
    "budgets": ("constraints.budget",),
    "budgetlimit": ("constraints.budget",),
    "cost": ("constraints.budget",),
    "kosten*": ("constraints.budget",),
    "presupuesto": ("constraints.budget",),
    "予算": ("constraints.budget",),
    "预算": ("constraints.budget",),
    "license*": ("constraints.licenses",),
    "licence*": ("constraints.licenses",),
    "licensing": ("constraints.licenses",),
    "apache*": ("constraints.licenses",),
    "open source": ("constraints.licenses",),
    "lizenz*": ("constraints.licenses",),
    "licencia*": ("constraints.licenses",),
    "ライセンス": ("constraints.licenses",),
    "许可*": ("constraints.licenses",),
    "gpu": ("constraints.accelerators.allow", "constraints.accelerators.deny", "constraints.gpus"),
    "gpus": ("constraints.accelerators.allow", "constraints.accelerators.deny", "constraints.gpus"),
    "accelerator*": ("constraints.accelerators.allow", "constraints.accelerators.deny"),
    "hardware": ("constraints.accelerators.allow", "constraints.accelerators.deny"),
    "model": ("constraints.models.allow", "constraints.models.deny", "constraints.families.allow",
              "constraints.families.deny"),
    "models": ("constraints.models.allow", "constraints.models.deny", "constraints.families.allow",
               "constraints.families.deny"),
    "modell*": ("constraints.models.allow", "constraints.models.deny", "constraints.families.allow",
                "constraints.families.deny"),
    "modele*": ("constraints.models.allow", "constraints.models.deny", "constraints.families.allow",
                "constraints.families.deny"),
    "模型": ("constraints.models.allow", "constraints.models.deny", "constraints.families.allow",
             "constraints.families.deny"),
    "モデル": ("constraints.models.allow", "constraints.models.deny", "constraints.families.allow",
               "constraints.families.deny"),
    "famil*": ("constraints.families.allow", "constraints.families.deny"),
    "region*": ("constraints.regions",),
    "リージョン": ("constraints.regions",),
    "区域": ("constraints.regions",),
    "provider": ("constraints.provider",),
    "cloud": ("constraints.provider",),
    "precision*": ("constraints.precisions",),
    "quanti*": ("constraints.precisions",),
    "context*": ("constraints.contextLength",),
    "kontext*": ("constraints.contextLength",),
    "reasoning": ("constraints.reasoning",),
    "ttft": ("slo.ttft",),
    "first token": ("slo.ttft",),
    "itl": ("slo.itl",),
    "e2e": ("slo.e2e",),
    "end to end": ("slo.e2e",),
    "latenc*": ("slo.ttft", "slo.itl", "slo.e2e"),
    "latenz*": ("slo.ttft", "slo.itl", "slo.e2e"),
    "slo": ("slo.ttft", "slo.itl", "slo.e2e"),
    "slos": ("slo.ttft", "slo.itl", "slo.e2e"),
    "レイテンシ": ("slo.ttft", "slo.itl", "slo.e2e"),
    "延迟": ("slo.ttft", "slo.itl", "slo.e2e"),
    "experience": ("experience",),
    "experience class": ("experience",),
    "domain": ("domain",),
    "peak": ("traffic.peakFactor",),
    "peak factor": ("traffic.peakFactor",),
    "arrival*": ("traffic.arrival", "traffic.burstSize"),
    "burst*": ("traffic.arrival", "traffic.burstSize"),
    "token length*": ("traffic.promptTokens", "traffic.outputTokens", "traffic.profile"),
    "output tokens": ("traffic.promptTokens", "traffic.outputTokens"),
    "prompt tokens": ("traffic.promptTokens", "traffic.outputTokens"),
    "profile": ("traffic.profile",),
    "priorit*": ("priorities.accuracy", "priorities.cost", "priorities.latency", "priorities.complexity"),
    "redundan*": ("deploy.redundancy",),
    "spare*": ("deploy.redundancy",),
    "namespace": ("deploy.namespace",),
    "team": ("metadata.labels.team",),
    "environment": ("metadata.labels.env",),
    "autoscal*": ("deploy.autoscaling.maxReplicas", "deploy.autoscaling.class"),
    "max replicas": ("deploy.autoscaling.maxReplicas",),
    "replica*": ("deploy.autoscaling.maxReplicas",),
    "confidence": ("confidence",),
}  # fmt: skip
"""What can be taken out of a workload, by its words; a family of fields goes together."""

ADD = (
    "add", "adding", "also", "as well", "too", "additionally", "besides", "include", "including", "append", "allow",
    "plus", "again", "keep", "keeping", "retain", "stay with", "behalt*", "beibehalt*", "gard*", "conserv*", "manten*",
    "残し*", "保留", "zusatzlich", "auch", "ausserdem", "hinzu*", "fug*", "erganz*", "erlaub*", "ajout*", "aussi",
    "egalement", "autoris*", "anad*", "tambien", "ademas", "agreg*", "permit*", "追加", "加え*", "許可", "加上", "也",
    "另外", "还", "增加", "添加", "允许",
)  # fmt: skip

ONLY = (
    "only", "just", "instead", "solely", "exclusively", "nur", "ausschliesslich", "stattdessen", "seulement",
        "uniquement", "plutot", "solo", "solamente", "unicamente", "だけ", "のみ", "只", "仅", "只用", "改用",
)  # fmt: skip

USE = (
    "use", "uses", "using", "take", "run on", "runs on", "running on", "switch to", "go with", "pick", "choose", "want",
    "prefer", "make it", "set", "nutz*", "benutz*", "verwend*", "wahl*", "utilis*", "prend*", "prenez", "usa", "usar",
    "utiliza*", "elig*", "使う", "使って", "使用", "選*",
)  # fmt: skip
"""What names something without a word of what the file has: no verb of a part before it counts."""

Wish = Literal["cost", "latency", "slower", "accuracy", "complexity"]

WISHES: Mapping[Wish, tuple[str, ...]] = {
    "cost": (
        "cheaper", "less expensive", "cost less", "costs less", "save money", "save cost*", "reduce cost*",
        "reduce the cost*", "cut cost*", "cut the cost*", "lower cost*", "lower the cost*", "more cost effective",
        "more economical", "bring the cost down", "too expensive", "gunstiger", "billiger", "kosten senken",
        "zu teuer", "moins cher", "moins chere", "plus economique", "trop cher", "mas barato", "mas barata",
        "mas economico", "demasiado caro", "安く", "もっと安*", "コストを下げ*", "更便宜", "便宜一点",
        "便宜点", "降低成本",
        "节省成本",
    ),
    "latency": (
        "faster", "quicker", "snappier", "more responsive", "lower latency", "lower the latency", "less latency",
        "reduce latency", "reduce the latency", "cut latency", "cut the latency", "speed it up", "speed up",
        "speed things up", "less lag", "too slow", "schneller", "flotter", "zu langsam", "plus rapide", "plus vite",
        "trop lent", "mas rapido", "mas rapida", "demasiado lento", "速く", "早く", "もっと速*", "遅すぎ*", "更快",
        "快一点", "快点", "太慢",
    ),
    "slower": (
        "slower is fine", "slower is ok", "slower is okay", "can be slower", "may be slower", "relax the latency",
        "relax latency", "less urgent", "darf langsamer", "langsamer ist ok", "peut etre plus lent",
        "puede ser mas lento", "遅くてもいい", "慢一点也可以", "慢点没关系",
    ),
    "accuracy": (
        "more accurate", "more precise", "better quality", "higher quality", "more quality", "better answers",
        "smarter", "more capable", "improve quality", "improve the quality", "improve accuracy", "genauer",
        "praziser",
        "bessere qualitat", "bessere antworten", "plus precis", "plus precise", "meilleure qualite", "mas preciso",
        "mas precisa", "mejor calidad", "もっと正確", "精度を上げ*", "品質を上げ*", "更准确", "更聪明", "质量更高",
    ),
    "complexity": (
        "simpler", "less complex", "easier to run", "easier to operate", "easier to maintain", "keep it simple",
        "einfacher", "weniger komplex", "plus simple", "moins complexe", "mas simple", "mas sencillo",
        "もっとシンプル",
        "更简单", "简单一点",
    ),
}  # fmt: skip

NAMED = (
    "rename it to", "rename this to", "rename the service to", "rename to", "rename it", "call it", "name it",
    "name it to", "change the name to", "set the name to", "the name is", "name should be", "nenn es", "nenne es",
    "nenne ihn", "umbenennen in", "benenne es um in", "renomme le en", "renommez le en", "renomme en", "appelle le",
    "appelez le", "llamalo", "renombralo a", "renombralo como", "名前は", "名前を", "改名为", "改名叫", "叫做",
    "命名为",
)  # fmt: skip

AND = ("and", "und", "et", "y", "sowie", "as well as", "&", "と", "和", "并", "及", "以及")

BUT = ("but", "aber", "sondern", "dafur", "mais", "pero", "sino", "しかし", "但", "但是", "不过", "而是")
"""What follows these has a verb of its own: "keep H100 but drop L40S"."""
