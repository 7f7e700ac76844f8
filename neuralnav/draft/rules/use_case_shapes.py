"""Ways of saying that tell an idea by their build, whatever words fill them: "answers our guests' questions"."""

from collections.abc import Iterator

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text

_TONGUES = (
    "english|german|french|spanish|italian|portuguese|dutch|polish|chinese|mandarin|cantonese|japanese|korean|arabic|"
    "russian|turkish|hindi|ukrainian|finnish|swedish|danish|norwegian|icelandic|greek|hebrew|thai|vietnamese|"
    "indonesian|malay|czech|slovak|hungarian|romanian|bulgarian|croatian|serbian|slovenian|estonian|latvian|"
    "lithuanian|catalan|basque|welsh|gaelic|farsi|persian|urdu|bengali|tamil|telugu|punjabi|swahili|tagalog|latin|"
    "englisch|deutsch|franzosisch|spanisch|italienisch|polnisch|chinesisch|japanisch|niederlandisch|russisch|"
    "turkisch|tschechisch|anglais|allemand|francais|espagnol|italien|neerlandais|ingles|aleman|frances|espanol|"
    "italiano|portugues"
)
_TONGUE_HINTS = tuple(_TONGUES.split("|"))
_PAIR = Pattern(
    rf"\b(?:{_TONGUES})\w*\s(?:in|to|into|ins|vers|vers le|vers l'|en|al|>|<>|/)\s?(?:{_TONGUES})"
    r"|\b(?:en|de|fr|es|it|nl|pl|pt|ja|zh|ko|ru) ?(?:>|→|<>) ?(?:en|de|fr|es|it|nl|pl|pt|ja|zh|ko|ru)\b"
    r"|[日中英韓韩法德](?:→|->|から|译)[日中英韓韩法德]",
    hints=(*_TONGUE_HINTS, ">", "→", "から", "译"),
)
"""Two languages in a row: "en->de", "English to Polish"."""

_FAR_PAIR = Pattern(
    rf"\b({_TONGUES})\w*\b[^.;\n]{{3,50}}?\b(?:in|into|ins|en|al|nach|to) ({_TONGUES})\b",
    hints=_TONGUE_HINTS,
)

_ASKED = Pattern(
    r"\b(?:(?:answer|field)(?:s|ing|ed)?|repl(?:y|ies|ying) to|respond(?:s|ing)? to|(?:handle|deal|help|tackle)(?:s|d)?"
    r"(?: with)?|(?:handl|tackl|deal|help)ing(?: with)?|tak(?:es?|ing)(?: care of| over)?)"
    r" (?:[a-z']+ ){0,4}?(?:questions|queries|enquiries|inquiries|complaints|faqs?)\b",
    hints=("questions", "queries", "enquiries", "inquiries", "complaints", "faq"),
)
"""Someone's questions that are answered."""

_SMALLER = Pattern(
    r"\b(?:boil|condens|cut|shrink|reduc|distil|turn|compress|squeez|whittl|trim|par|crunch|shorten|br(?:ing|eak)|get"
    r"|make|roll|digest)\w*\b[^.;\n]{1,90}?"
    r"(\b(?:(?:down |up )?(?:in)?to|on) (?:(?:a|an|one|two|three|four|five|ten|half|single|few|short|crisp|handful"
    r"|of|\d+|or|to) )+(?:pages?|paragraphs?|sentences?|lines?|bullets?|words?|minutes?|slides?|points?|recaps?)\b)",
    hints=("page", "paragraph", "sentence", "line", "bullet", "word", "minute", "slide", "point", "recap"),
)
"""Something that is made a few lines of."""

_DOWN = Pattern(
    r"\b(?:boil|condense|cut|shrink|whittle|distill?|trim|pare|crunch)(?:s|ed|ing)? (?:[a-z]+ ){0,6}?down\b",
    hints=("down",),
)

_WRITER = Pattern(
    r"\b(?:e mail|mail|story|caption|campaign|text|article|post|letter|speech|proposal|description|headline|review|copy"
    r"|ad|lesson plan|quiz|recipe|song|script|poem|resume|cv|greeting|slogan|tweet|blog|content|report|grant|pitch"
    r"|newsletter|listing|product|menu|message|subject line|cover letter|fiction|reply|response|bio|essay|name)s?"
    r" (?:writer|generator|composer|creator|maker|drafter|drafting|writing|generation|creation)s?\b",
    hints=("writ", "generat", "compos", "creat", "maker", "draft"),
)
_BRIEF = Pattern(
    r"\b(?:from|out of|based on|given|aus|a partir de|a partir d')"
    r" (?:(?:a|an|some|few|our|the|their|only|just|short|rough|raw|handful|of|couple|\d+|ein|paar|quelques|unas) )*"
    r"(?:bullet points|bullets|bullet lists?|key ?words|stichworten|stichpunkten|mots cles|palabras clave|key facts"
    r"|attributes|outlines?|briefs?|product data|specs? sheets?|spec sheets?|prompts?|talking points|templates?)\b",
    hints=("bullet", "keyword", "key word", "stich", "cles", "clave", "facts", "attribut", "outline", "brief",
           "data", "sheet", "prompt", "points", "template"),
)  # fmt: skip
"""What a text is written from."""


_SHAPES: tuple[tuple[Pattern, int, tuple[str, ...]], ...] = (
    (_FAR_PAIR, 2, ("two-languages",)),
    (_PAIR, 0, ("translate",)),
    (_ASKED, 0, ("asked", "ask")),
    (_SMALLER, 1, ("summary",)),
    (_DOWN, 0, ("summary",)),
    (_WRITER, 0, ("content-name",)),
    (_BRIEF, 0, ("from-brief",)),
)


def shapes(text: Text) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Yield where an idea is told by a build of words, and the ideas."""
    for pattern, group, ideas in _SHAPES:
        for found in pattern.finditer(text.spaced):
            yield found.span(group), ideas
