"""The words that deny, in several languages, written as `Text.find` wants them: folded, in single spaces."""

from collections.abc import Mapping
from typing import Literal

Reach = Literal["nothing", "noun", "clause", "apart", "next", "either", "behind"]
"""What a cue denies.

nothing: it only looks like a denial ("not only", "no more than").
noun: what follows, a noun and its kin ("no H100s"). clause: what follows, to the end of the clause ("don't use ...").
apart: what follows, unless it stands in a denial itself ("nothing except L4"). next: the next word ("non-NVIDIA").
either: what follows, or what precedes where nothing follows ("banned DeepSeek", "DeepSeek is banned").
behind: what precedes ("H100は使わない").
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


CUES: Mapping[Reach, tuple[str, ...]] = {
    "nothing": _words(
        "no wait, no sorry, no actually, no hold on, no scratch that, no make that, 以外でも, 以外も, "
        "not only, not just, not merely, not solely, not simply, not necessarily, not sure, not certain, not yet, "
        "not clear, not bad, not quite, not decided, not known, not picky, not specified, not important which, "
        "not too, no problem, no doubt, no matter, no preference, no preferences, no idea, no clue, no worries, "
        "no opinion, no one, no limit, no strong, no particular, no special, no brainer, no code platform, "
        "no later than, no exceptions, no exception, without exception, without question, without doubt, "
        "nothing but, none but, nothing else than, nothing other than, nothing less, nothing short of, "
        "no other than, whether or not, or not, if not, why not, could not care less, don't know, do not know, "
        "dont know, don't mind, do not mind, dont mind, doesn't matter, does not matter, doesnt matter, "
        "no more than, no less than, no fewer than, not more than, not less than, no longer than, not over, "
        "not above, not exceed, not exceeding, never exceed, without exceeding, cannot exceed, can't exceed, "
        "not go over, not go above, don't exceed, do not forget, don't forget, do not hesitate, don't hesitate, "
        "can't wait, cannot wait, not limited to, not to mention, at least not, no need to worry, avoid going over, "
        "except when, except if, nicht nur, nicht bloss, nicht sicher, nicht klar, nicht zuletzt, nicht unbedingt, "
        "nicht mehr als, nicht uber, nicht weniger als, nicht langer als, nicht festgelegt, noch nicht, "
        "keine ahnung, kein problem, keine praferenz, keine prioritat auf, nichts anderes als, nichts ausser, "
        "egal ob, pas seulement, pas uniquement, pas que, pas plus de, pas plus d', pas moins de, pas encore, "
        "pas sur, pas de souci, pas de probleme, pas mal, pas forcement, sans doute, pas de preference, "
        "pas depasser, ne pas depasser, sans depasser, rien que, rien d'autre que, n'importe, "
        "no solo, no solamente, no unicamente, no mas de, no menos de, no superar, no exceder, no supere, "
        "no importa, no se cual, no se que, no se si, no se cuant*, no estoy seguro, no estamos seguros, sin duda, "
        "sin problema, nada mas que, nada menos, todavia no, aun no, no tenemos preferencia, sin preferencia, "
        "だけでなく, だけではなく, のみならず, かもしれない, わからない, 分からない, 問題ない, 問題なく, 間違いなく, "
        "仕方ない, しなければならない, なければならない, なければなりません, 超えない, 以外にも, いけない, "
        "不仅, 不只, 不光, 不超过, 不能超过, 不得超过, 不要超过, 不少于, 不低于, 不限, 不确定, 不知道, 不错, 不一定, "
        "不管, 不论, 无论, 没问题, 不断, 除此之外, 没有偏好, 没有要求, 别的, 特别, 分别, 级别, 类别, 区别, 识别, "
        "个别, 能不能, 可不可以, 要不要, 是不是, 会不会, 行不行, 好不好, 有没有, 可不可, 值不值, 够不够, "
        "使えないか, 使えないでしょうか, 使えませんか, できないか, できませんか, いただけませんか, もらえませんか, "
        "しないと, しなければ"
    ),
    "noun": _words(
        "no, zero, without, w/o, none of, neither, nor, minus, sans, lacking, free of, exempt from, nothing from, "
        "nothing with, nothing by, nothing on, nothing made by, nothing like, instead of, in place of, rather than, "
        "as opposed to, unlike, in lieu of, no need for, no more, no longer need, "
        "kein, keine, keinen, keinem, keiner, keines, keinerlei, ohne, statt, anstatt, anstelle, weder, nichts von, "
        "nichts mit, im gegensatz zu, noch irgendein*, "
        "aucun, aucune, pas de, pas d'*, ni, au lieu de, au lieu d'*, plutot que, contrairement a, rien de, "
        "sin, nada de, ningun, ninguna, ninguno, en lugar de, en vez de, a diferencia de, nada con"
    ),
    "clause": _words(
        "not, never, *n't, cannot, dont, doesnt, didnt, cant, wont, isnt, arent, shouldnt, wouldnt, mustnt, "
        "hors de question de, hors de question d'*, out of the question to, ni hablar de, fuera de cuestion usar, "
        "under no circumstances, on no account, by no means, in no case, no way, god forbid, stay clear of, "
        "keep clear of, stay well clear of, steer well clear of, keep off, stay off, not keen on, "
        "not a fan of, no fan of, not fond of, won't touch, wouldn't touch, don't touch, can't stand, weary of, "
        "sick of, unter keinen umstanden, auf gar keinen fall, bloss nicht, bitte nicht, en aucun cas, "
        "sous aucun pretexte, "
        "bajo ninguna circunstancia, bajo ningun concepto, de ninguna manera, en ningun caso, "
        "avoid, avoids, avoiding, exclude, excludes, excluding, exclusive of, skip, reject, rejects, refuse, "
        "refuses, ban, bans, forbid, forbids, prohibit, prohibits, disallow, deny, veto, hate, dislike, drop, "
        "leave out, leaving out, rule out, rules out, ruling out, stay away from, keep away from, steer clear of, "
        "steer away from, shy away from, get rid of, opposed to, allergic to, averse to, no longer, "
        "far from, hardly, against, "
        "nicht, nie, niemals, vermeide, vermeiden, vermeidet, verzichte, verzichten, verzichtet, verzicht auf, "
        "auf keinen fall, keinesfalls, keineswegs, schliesse, schliessen, "
        "pas, jamais, eviter, evite, evitez, evitons, exclure, exclut, exclus, interdit les, interdit d'*, refuser, "
        "refuse les, ne jamais, "
        "nunca, jamas, tampoco, evitar, evite, evita, evitamos, excluir, excluye, excluimos, prohibe, "
        "descartar, descartamos, "
        "而不是, 不是, 并非"
    ),
    "apart": _words(
        "except, except for, excepting, apart from, aside from, other than, anything but, everything but, all but, "
        "anything else than, anything except, but not, with the exception of, barring, save for, "
        "ausser, ausgenommen, abgesehen von, mit ausnahme von, bis auf, "
        "sauf, hormis, excepte, a l'exception de, a l'exception des, a l'exclusion de, a part, tout sauf, "
        "en dehors de, excepto, salvo, menos los, menos las, a excepcion de, con excepcion de, cualquiera menos, "
        "todo menos, 除了, 除去, 除"
    ),
    "next": _words("non, anti, nicht nvidia, 非"),
    "either": _words(
        "unnecessary, superfluous, uberflussig, innecesario, innecesaria, superflu, superflue, "
        "banned, forbidden, prohibited, ruled out, excluded, disallowed, vetoed, blocked, blacklisted, unwanted, "
        "rejected, denylist, deny list, blocklist, blacklist, "
        "ausgeschlossen, verboten, untersagt, unerwunscht, unzulassig, gesperrt, ausschliessen, tabu, "
        "interdit, interdits, interdite, interdites, exclu, exclue, exclues, proscrit, proscrits, a eviter, a exclure, "
        "prohibido, prohibidos, prohibida, prohibidas, excluido, excluidos, excluidas, descartado, descartados, "
        "vetado, vetados, "
        "不要, 不用, 不能用, 不能使用, 不使用, 不需要, 不必, 不想用, 不想要, 不想, 不考虑, 不采用, 不允许, 不可以, "
        "不可用, 不接受, 不含, 不包括, 不做, 不支持, 不希望, 不得使用, 不能, 不行, 别用, 别选, 请勿, 勿用, 避免, 禁止, "
        "禁用, 排除, 拒绝, 没有, 无需, 不打算用, 不准, 不许, 别"
    ),
    "behind": _words(
        "nein, not on the table, isn't on the table, not on the cards, not on the menu, fallt raus, fallt also raus, "
        "fallen raus, fliegt raus, fliegen raus, fallt also weg, scheidet also aus, nicht infrage, is out, are out, "
        "out of the question, off the table, off limits, not an option, no option, no go, "
        "no gos, "
        "a no no, not allowed here, need not apply, scheidet aus, scheiden aus, fallt weg, fallen weg, ist raus, "
        "sind raus, nicht in frage, lehnen wir ab, schliessen wir aus, hors de question, hors de propos, "
        "ni hablar, fuera de cuestion, quedan fuera, queda fuera, 使わない, 使わず, 使いません, 使いたくない, "
        "使えない, 使えません, 使用しない, 使用しません, 使用せず, 使用禁止, 使用不可, 利用しない, 利用しません, "
        "利用せず, 採用しない, 不可, なし, 無し, 抜き, 以外, ではなく, じゃなく, ではない, じゃない, ではありません, "
        "でなく, 避けたい, 避けて, 避ける, 除く, 除いて, 除外, 除き, 必要ない, 必要ありません, 必要はない, "
        "必要はありません, いらない, 要らない, いりません, 要りません, ダメ, だめ, 駄目, ng, やめて, 認めない, "
        "認められない, 許可されていない, 許可しない, 対象外, したくない, しない, しません, せず, 持っていない, "
        "持っていません, 欲しくない, 入れない, お断り, 不使用, 禁じ*, 以外で, 以外の, "
        "以外都, 之外, 外都, 除外"
    ),
}
"""No phrase stands in two rows; where two match at one place, the longer one counts."""

BREAKS = frozenset(
    _words(
        "but, only, just, except, instead, because, since, so, although, though, however, while, whereas, if, unless, "
        "when, then, it's, we, we're, we've, we'd, they, they're, i, i'm, please, rather, thus, hence, yet, otherwise, "
        "sondern, aber, nur, weil, wenn, jedoch, stattdessen, wir, sonst, damit, ausser, ausschliesslich, lieber, "
        "mais, seulement, uniquement, car, parce, nous, plutot, sauf, "
        "sino, pero, solo, solamente, porque, nosotros, salvo, excepto"
    )
)
"""Words that end what a cue before them denies, or that bound what one behind them does."""

TURNS = frozenset(
    _words(
        "for, use, using, prefer, want, need, needs, with, on, at, to, and, und, et, y, e, fur, mit, auf, pour, avec, "
        "para, con, en, chez, bei, in, i'd, que, is, are, will, must, should"
    )
)
"""Words that end a denied noun besides: "no H100s for 500 users" says nothing of the users."""

WIDE_BREAKS = ("而是", "但", "只", "而", "けど", "けれど", "から", "ので", "都可以", "都行", "外", "还", "也要")
"""The same in scripts without spaces."""

LISTS = frozenset(_words("or, nor, oder, noch, ou, ni, o, u"))
"""What tells that the items after a comma belong to the denied list: "no H100s, A100s or B200s"."""

TAIL = frozenset(
    _words(
        "be, been, being, an, a, the, any, it, them, those, that, these, want, wanted, need, needed, use, used, "
        "like, liked, allowed, permitted, accepted, acceptable, ok, okay, option, options, possible, available, "
        "supported, approved, required, necessary, considered, consider, welcome, work, works, do, fly, fit, afford, "
        "suitable, desired, here, us, really, at, all, to, have, in, play, considering, interested, tolerated, "
        "please, needing, appropriate, relevant, good, fine, viable, going, happen, qualify, "
        "verwenden, verwendet, nutzen, genutzt, benutzen, benutzt, einsetzen, eingesetzt, haben, wollen, mochten, "
        "brauchen, gebraucht, benotigt, benotigen, erlaubt, gewunscht, gewollt, moglich, notig, zulassig, werden, "
        "sein, durfen, konnen, sollen, kommen, kommt, frage, akzeptiert, zugelassen, gestattet, geeignet, verfugbar, "
        "wir, darf, soll, ist, sind, will, ich, hier, zum, einsatz, erforderlich, dabei, vorhanden, gehen, geht, "
        "utiliser, utilises, utilise, autorise, autorises, autorisee, autorisees, permis, acceptes, accepte, "
        "voulons, veut, voulu, souhaite, souhaites, necessaire, necessaires, acceptable, etre, possibles, "
        "disponible, disponibles, en, admis, queremos, quiero, usar, usamos, usarse, permitido, permitidos, "
        "permitida, permitidas, posible, necesario, necesarios, necesaria, aceptable, aceptables, se, puede, pueden, "
        "deben, debe, estan, esta, permiten, permite, son, es, sirven, sirve, necesitamos, necesita, los, las, lo"
    )
)
"""Words with which a denial ends, its object before it: "H100s are not allowed", "H100 wollen wir nicht verwenden"."""

BY = frozenset(
    _words(
        "by, for, due, from, per, on, because, according, with, in, "
        "von, vom, aus, wegen, laut, fur, durch, par, pour, chez, por, para, debido"
    )
)
"""What may follow that end: "not allowed by legal"."""

ONE = frozenset(_words("is, isn't, isnt, was, wasn't, has, ist, darf, est, es, esta, wird, doesn't"))
"""Verbs of a single thing: "A and B is banned" denies B."""
