"""German as keyboards without umlauts spell it, "hoechstens fuer": folded like the rest, "hochstens fur"."""

import re
from collections.abc import Mapping

_SPELT = re.compile(r"(?:ae|oe|(?<![aeoq])ue)(?!ll|s?(?![a-z]))")
"""Two letters for one: not "neue", "quer", "aktuell", nor the end of "Revue" or "does"."""

_WORD = re.compile(r"[a-z]*(?:ae|oe|ue)[a-z]*")
_SURE = re.compile(
    r"(?<![a-z])(?:fuer|ueber|koenn(?:en|te|ten)|muess(?:en|te)|duerf(?:en|te)|moecht(?:e|en)|wuerde[n]?|waere[n]?"
    r"|hoechstens|groesser|ungefaehr|taeglich|woechentlich|jaehrlich|benoetig(?:t|en)|verfueg[a-z]+|loesung(?:en)?"
    r"|uebersetz[a-z]+|guenstig[a-z]*|naechste[nrs]?|pruef[a-z]+|vertraege[n]?|auskuenfte|rueck[a-z]+"
    r"|kuerze)(?![a-z])"
)
_GERMAN = re.compile(r"(?<![a-z])(?:und|der|das|ist|wir|ein|eine|nicht|auf|mit|unsere?|soll|sind|bei|zum|zur)(?![a-z])")
_FOREIGN = frozenset(("michael", "israel", "samuel", "manuel", "poesie", "aerosol", "koeffizient", "influencer"))


def spelt_out(folded: str) -> Mapping[str, str]:
    """Return the words of folded German prose that hold ae, oe or ue for an umlaut, and their folded spelling."""
    words = {word for word in _WORD.findall(folded) if word not in _FOREIGN}
    if not words or not (_SURE.search(folded) or len(set(_GERMAN.findall(folded))) > 1):
        return {}
    plain = {word: _SPELT.sub(lambda found: found[0][0], word) for word in words}
    return {word: mended for word, mended in plain.items() if word != mended}
