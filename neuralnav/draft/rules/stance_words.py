"""What is said of a name: compared, running today, owned, preferred, taken back; as the folded text spells it."""

COMPARED = (
    " replace ", " replaces ", " swap ", " swapping ", " swap out ", " replacing ", " replacement for ",
    " replace our ", " switch from ",
    " switching from ",
    " switched from ", " migrate from ", " migrating from ", " move from ", " moving from ", " move off ",
    " moving off ", " away from ", " upgrade from ", " upgrading from ", " coming from ", " better than ",
    " as good as ", " comparable to ", " similar to ", " on par with ", " equivalent to ", " compared to ",
    " compared with ", " vs ", " versus ", " alternative to ", " alternatives to ", " tried ", " we tested ",
    " tested with ", " tested on ", " evaluated ", " prototype with ", " prototyped with ", " prototype on ",
    " prototyped on ", " poc with ", " poc on ", " used to ", " previously ", " formerly ", " last year ",
    " instead of ", " rather than ", " as opposed to ", " matches ", " beats ", " beat ", " outperforms ",
    " quality of ", " performance of ", " ersetzen ", " ersetzt ", " statt ", " anstatt ", " anstelle ",
    " vergleichbar mit ", " bisher ", " wechsel von ", " umstieg von ", " getestet mit ", " getestet ",
    " remplacer ", " remplace ", " au lieu de ", " plutot que ", " a la place de ", " compare a ", " meilleur que ",
    " teste ", " reemplazar ", " sustituir ", " en lugar de ", " en vez de ", " en comparacion con ", " mejor que ",
    " probamos ", "代替", "替代", "替换", "相比", "比起",
)  # fmt: skip
COMPARED_AFTER = (
    "からの移行", "から移行", "に代わる", "の代わり", "を置き換え", "と比較", "に比べ", "より", "を試した",
    "以外でも", "以外も", "相比",
    " ersetzen", " ablosen", " abzulosen", " too slow", " too big", " too large", " too small", " too heavy",
    " too weak", " too dumb", " too old",
    " underwhelm", " disappoint", " zu langsam", " zu gross", " trop lent", " trop gros", " demasiado lent",
    " is a problem", " is an issue", " is a concern",
    " is problematic", " was not good enough", " wasn't good enough", " sold out",
    " too expensive", " too costly", " overkill", " said no", " zu teuer", " ausverkauft", " trop cher",
    " demasiado car",
    "太贵", "高すぎ",
)  # fmt: skip
CURRENT = (
    " currently ", " at the moment ", " right now ", " today ", " so far ", " until now ", " existing ", " still ",
    " derzeit ", " aktuell ", " zurzeit ", " momentan ", " heute ", " actuellement ", " aujourd'hui ",
    " pour l'instant ",
    " actualmente ", " hoy ", " ahora mismo ", "現在", "今は", "目前", "现在", "當前", "当前",
)  # fmt: skip
OWNED = (" have ", " own ", " has ", " got ", " haben ", " besitzen ", " avons ", " disposons ", " tenemos ", "持って",
          "所有", "あり", "有", "がある", " available ", " with ", " using our ")  # fmt: skip
PREFERRED = (
    " prefer ", " prefers ", " preferred ", " preferably ", " preferring ", " ideally ", " would like ",
    " we'd like ",
    " nice to have ", " if possible ", " favour ", " favor ", " favourite ", " leaning towards ", " leaning toward ",
    " maybe ", " perhaps ", " probably ", " possibly ", " might ", " could use ", " thinking of ", " thinking about ",
    " e.g. ", " eg ", " for example ", " for instance ", " something like ", " such as ", " like ", " say ",
    " considering ", " can we use ", " should we use ", " would ", " do we need ", " hoping for ",
    " am liebsten ", " lieber ", " bevorzugt ", " vorzugsweise ", " idealerweise ", " gerne ", " gern ",
    " vielleicht ",
    " eventuell ", " z.b. ", " zum beispiel ", " etwa ", " wie ", " moglichst ", " denken an ",
    " de preference ", " idealement ", " preferons ", " prefere ", " peut-etre ", " peut etre ", " par exemple ",
    " comme ",
    " plutot ", " aimerions ", " preferiblemente ", " preferentemente ", " idealmente ", " preferimos ",
    " preferible ",
    " quizas ", " quiza ", " tal vez ", " por ejemplo ", " como ", " nos gustaria ", "できれば", "できるなら", "希望",
    "例えば", "なるべく", "最好", "优先", "首选", "比如", "例如", "也许", "可能", "倾向",
)  # fmt: skip
PREFERRED_AFTER = (
    " preferred", " preferably", " if possible", " would be", " ideally", " is preferred", " are preferred", " maybe",
    " or so", " or similar", " or equivalent", " or comparable", " class", " if needed", " if necessary",
    " as fallback",
    " as a fallback", " as backup", " bevorzugt", " ware", " waren", " wenn moglich", " falls moglich",
    " falls notig",
    " oder ahnlich", " si possible", " de preference", " serait", " ou equivalent", " ou similaire", " si es posible",
    " de preferencia", " seria", " o similar", " o equivalente", "が望ましい", "が希望", "を希望", "希望", "が理想",
    "があれば", "优先", "最好", "也可以",
)  # fmt: skip
CORRECTIONS = (
    "actually", "no wait", "wait no", "scratch that", "correction", "i mean", "i meant", "we meant", "or rather",
    "or better",
    "make that", "on second thought", "on second thoughts", "strike that", "sorry", "nein", "doch lieber",
    "korrektur", "besser gesagt", "quatsch", "ich meine", "pardon", "je veux dire", "ou plutot",
    "perdon", "mejor dicho", "quiero decir", "correccion", "いや", "訂正", "間違えた", "すみません",
    "不对", "更正", "应该是", "改成",
)  # fmt: skip
