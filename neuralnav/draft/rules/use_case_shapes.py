"""Ways of saying that tell an idea by their build, whatever words fill them: "answers our guests' questions"."""

from collections.abc import Iterator

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.phrases import listed
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
    r"|\b(?:en|de|fr|es|it|nl|pl|pt|ja|zh|ko|ru|cs|sv|da|fi|tr|ar)"
    r" ?[<=]* ?[>→⇄↔⇒] ?(?:en|de|fr|es|it|nl|pl|pt|ja|zh|ko|ru|cs|sv|da|fi|tr|ar)\b"
    r"|[日中英韓韩法德](?:→|->|から|译)[日中英韓韩法德]",
    hints=(*_TONGUE_HINTS, ">", "→", "⇄", "↔", "⇒", "から", "译"),
)
"""Two languages in a row: "en->de", "English to Polish"."""

_FAR_PAIR = Pattern(
    rf"\b({_TONGUES})\w*\b[^.;\n]{{3,50}}?\b(?:in|into|ins|en|al|nach|to) ({_TONGUES})\b",
    hints=_TONGUE_HINTS,
)

_ASKED = Pattern(
    r"\b(?:(?:answer|field)(?:s|ing|ed)?|repl(?:y|ies|ying) to|respond(?:s|ing)? to|(?:handle|deal|help"
    r"|tackle)(?:s|d)?"
    r"(?: with)?|(?:handl|tackl|deal|help)ing(?: with)?|tak(?:es?|ing)(?: care of| over)?)"
    r" (?:[a-z']+ ){0,4}?(?:questions|queries|enquiries|inquiries|complaints|faqs?)\b",
    hints=listed("questions, queries, enquiries, inquiries, complaints, faq"),
)
_MAIL = Pattern(
    r"\b(?:answer|repl(?:y|ies) to|respond(?:s|ing)? to)(?:s|ing|ed)? (?:[a-z']+ ){1,3}?"
    r"(?:e mails|emails|mails|messages|letters|tickets|calls|dms|chats)\b",
    hints=listed("answer, repl, respond"),
)
"""Someone's questions that are answered."""

_SMALLER = Pattern(
    r"\b(?:boil|condens|cut|shrink|reduc|distil|turn|compress|squeez|whittl|trim|par|crunch|shorten|br(?:ing|eak)|get"
    r"|make|roll|digest)\w*\b[^.;\n]{1,90}?"
    r"(\b(?:(?:down |up )?(?:in)?to|on) (?:(?:a|an|one|two|three|four|five|ten|half|single|few|short|crisp|handful"
    r"|of|\d+|or|to) )+(?:pages?|paragraphs?|sentences?|lines?|bullets?|words?|minutes?|slides?|points?|recaps?)\b)",
    hints=listed("page, paragraph, sentence, line, bullet, word, minute, slide, point, recap"),
)
"""Something that is made a few lines of."""

_DOWN = Pattern(
    r"\b(?:boil|condense|cut|shrink|whittle|distill?|trim|pare|crunch)(?:s|ed|ing)? (?:[a-z]+ ){0,6}?down\b"
    r"|\bdown to (?:(?:an?|one|two|three|four|five|six|ten|half|single|few|\d+) )+(?:pages?|paragraphs?"
    r"|sentences?|lines?"
    r"|bullets?|words?|minutes?)\b",
    hints=listed("down"),
)

_WRITER = Pattern(
    r"\b(?:e mail|mail|story|caption|campaign|text|article|post|letter|speech|proposal|description|headline"
    r"|review|copy"
    r"|ad|lesson plan|quiz|recipe|song|script|poem|resume|cv|greeting|slogan|tweet|blog|content|report|grant|pitch"
    r"|newsletter|listing|product|menu|message|subject line|cover letter|fiction|reply|response|bio|essay|name)s?"
    r" (?:writer|generator|composer|creator|maker|drafter|drafting|writing|generation|creation)s?\b",
    hints=listed("writ, generat, compos, creat, maker, draft"),
)
_BRIEF = Pattern(
    r"\b(?:from|out of|based on|given|aus|a partir de|a partir d')"
    r" (?:(?:a|an|some|few|our|the|their|only|just|short|rough|raw|handful|of|couple|\d+|ein|paar|quelques|unas) )*"
    r"(?:bullet points|bullets|bullet lists?|key ?words|stichworten|stichpunkten|mots cles|palabras clave|key facts"
    r"|attributes|outlines?|briefs?|product data|specs? sheets?|spec sheets?|prompts?|talking points|templates?)\b",
    hints=listed("bullet, keyword, key word, stich, cles, clave, facts, attribut, outline, brief, data, sheet, "
        "prompt, points, template"),
)  # fmt: skip
"""What a text is written from."""


_CLIENTS = (
    "customers?|clients?|users?|guests?|patients?|visitors?|shoppers?|citizens?|residents?|members?|players?|tenants?"
    "|passengers?|subscribers?|travell?ers?|buyers?|callers?|students?|employees?|colleagues|people|kids|children|fans"
    "|candidates|applicants|policyholders?|donors|pupils|viewers|listeners|learners|parents|teenagers|drivers|staff"
)
_TALK = Pattern(
    rf"\b(?:can|could|may|to|they|{_CLIENTS})(?: just| simply| also)? (?:talk|speak|chat|text"
    rf"|converse) (?:to|with)\b",
    hints=listed("talk, speak, chat, text, converse"),
)
_HELP = Pattern(
    r"\b(?:customer|client|user|member|guest|patient|citizen|student|technical|tech|product|online"
    r"|self service|in app"
    r"|after sales|aftersales|pre sales|presales|employee|end user|it|hr|tenant|passenger|website|shop|store"
    r"|game|player"
    r"|subscriber|merchant|seller|partner|tier one|level one)s? "
    r"(?:help|support|assistance|care|service|interactions?|communications?|responses|contacts?|engagement"
    r"|enquir(?:y|ies)|inquir(?:y|ies)|questions|queries|requests"
    r"|complaints)\b",
    hints=listed(
        "help, support, assist, care, service, interaction, communication, responses, contact, "
        "engagement, nquir, questions, queries, requests, complaints"
    ),
)
_AID = Pattern(
    rf"\b(?:help|assist|advis|guid|greet|welcom|counsel|coach)(?:s|es?|ing)? (?:our |the |all |its |new "
    rf"|their )*(?:{_CLIENTS})\b",
    hints=listed("help, assist, advis, guid, greet, welcom, counsel, coach"),
)
"""People who are helped."""

_PERSONA = Pattern(
    r"\b(?:virtual|digital|ai|smart|intelligent|automated|online|artificial|robot|24/7|friendly) "
    r"(?:(?!research|legal|cod|program|writ|transl|develop|docu|knowl|search|summar|draft|contract|paten|compli|polic"
    r"|conten|market|software|data|sql|copy)[a-z]+ )?"
    r"(?:assistant|advis[eo]r|agent|coach|guide|host|receptionist|helper|tutor|nurse|clerk|companion|concierge"
    r"|colleague|co worker|coworker|teacher|mentor|trainer|therapist|butler|salesperson|sales rep|seller|stylist"
    r"|sommelier|doctor|waiter|operator|consultant|buddy|friend|avatar|persona|shop assistant|front desk|human)s?\b",
    hints=("virtual", "digital", "ai ", "smart", "intelligent", "automat", "online", "artificial", "robot", "24/7",
           "friendly"),
)  # fmt: skip
"""Someone who is played."""

_THINGS = (
    "apps?|applications?|scripts?|programs?|functions?|class(?:es)?|modules?|components?|endpoints?|services?|tests?"
    "|microservices?|firmware|quer(?:y|ies)|implementations?|features?|prototypes?|apis?|backends?|frontends?|codebases?"
    "|pipelines?|dashboards?|repos|repositor(?:y|ies)|plugins?|packages|projects?|files"
)
_WHOLE = Pattern(
    r"\b(?:writ|generat|creat|build|implement|produc|scaffold|develop|program|cod|deliver|design"
    r"|ship)(?:es?|s|ing|e)? "
    rf"(?:an? |the |our |up )?(?:entire|whole|complete|full|fully working|working"
    rf"|production ready) (?:[a-z]+ )?(?:{_THINGS})\b",
    hints=listed("entire, whole, complete, full, working, production ready"),
)
_FROM_SPEC = Pattern(
    rf"\b(?:[a-z]+ )?(?:sql|code|{_THINGS}) (?:[a-z]+ )?(?:from|out of) (?:[a-z]+ )?(?:natural|plain|descriptions?"
    rf"|specs?|comments?"
    r"|specifications?|tickets?|prompts?|designs?|figma|requirements|user stories|docstrings|english|jira|mockups?"
    r"|sketches|diagrams|pseudo ?code|openapi)\b",
    hints=(" from ", " out of "),
)
_CODE_TOOL = Pattern(
    r"\b(?:software|developer|development|programming|coding|code|devops|sql|dev|app|script|component|query"
    r"|firmware)s? "
    r"(?:[a-z]+ )?(?:assistant|agent|copilot|helper|companion|buddy|bot|chatbot|assistance|assist|aid)s?\b"
    r"|\b(?:software|code|sql|app|script|component|query|firmware|program|test|test case|api)s? "
    r"(?:generation|generator|gen|synthesis)s?\b|\bai (?:software )?(?:engineer|developer|programmer|coder)\b",
    hints=("software", "develop", "program", "cod", "dev", "sql", " gen", "synthesis", "ai "),
)  # fmt: skip
_COMPLETES = Pattern(
    r"\b(?:completes|completing|to complete|finish(?:es|ing)|continues|predict(?:s|ing)?|suggest(?:s|ing)?) "
    r"(?:[a-z']+ ){0,4}(?:code|lines?|statements?|sql|snippets|keystrokes)\b",
    hints=listed("complet, finish, continues, predict, suggest"),
)
"""What a machine writes for programmers."""

_DESCRIPTIONS = Pattern(
    r"\b(?:menu|event|wine|room|course|artwork|book|hotel|vehicle|car|house|home|role|video|podcast|app|product|item"
    r"|listing|sku|auction|dish|tour|trip|collection|exhibit|property|article|film|movie|game|recipe|apartment"
    r"|villa)s? "
    r"(?:descriptions?|blurbs?|texts?|stories|copy|captions?|titles)\b",
    hints=listed("description, blurb, text, stories, copy, caption, titles"),
)
_LOOK_UP = Pattern(
    r"\b(?:look(?:s|ing)? up|search(?:es|ing)?(?: for| in| through)?|find(?:s|ing)?|retriev\w+|consult(?:s|ing)?)"
    r" (?:[a-z]+ ){0,4}?(?:articles|cases|records|entries|files|passages?|paragraphs?|procedures?|instructions"
    r"|answers)\b",
    hints=listed("look, search, find, retriev, consult"),
)
"""What is looked up."""

_PASSAGE = Pattern(
    r"\b(?:get|find|return|show|quot|cit|locat|surfac|point|lead|link|refer)(?:s|es?|ing)?(?: you| them| us)?"
    r"(?: back| to| at)? (?:(?:the|an?|right|exact|relevant|matching|correct|corresponding|original|source"
    r"|precise) )+"
    r"(?:clauses?|paragraphs?|passages?|sections?|spots?|procedures?|steps?|source|sources|rule|standard)\b",
    hints=listed("clause, paragraph, passage, section, spot, procedure, step, source, rule, standard"),
)
"""Where an answer stands."""

_EVIDENCE = Pattern(
    r"\b(?:weigh|assess|synthesi[sz]|review|evaluat|apprais|gather|screen|compar|contrast|stud|examin"
    r"|analy[sz]|survey)\w*"
    r" (?:[a-z]+ ){0,3}?(?:evidence|literature|studies|trials|precedents?|case law|rulings|publications"
    r"|statutes|findings)\b",
    hints=listed(
        "evidence, literature, studies, trials, precedent, case law, rulings, publications, statutes, findings"
    ),
)
_RISKS = Pattern(
    r"\b(?:list|find|flag|spot|identif|highlight|surfac|detect|look(?:s|ing)? for|check(?:s|ing)? for)\w*"
    r" (?:[a-z]+ ){0,3}?(?:risks?|red flags|loopholes|obligations|liabilit(?:y|ies)|inconsistenc(?:y|ies)|deviations"
    r"|contradictions?|conflicts|gaps"
    r"|breaches|violations)\b",
    hints=listed(
        "risk, red flags, loophole, obligation, liabilit, inconsistenc, deviation, breach, violation, "
        "contradiction, conflicts, gaps"
    ),
)
"""What is looked for in contracts and studies."""

_SAME = Pattern(
    r"\b(?:same|recurring|repetitive|typical|simple|basic|common) (?:[a-z]+ ){0,2}questions\b", ("questions",)
)
"""What a bot is asked."""

_ABROAD_ASKED = Pattern(
    r"\bbeantwort\w* (?:\w+ ){0,4}?\w*(?:fragen|mails|anrufe|nachrichten|briefe)\b"
    r"|\w*(?:fragen|mails|anrufe|nachrichten) (?:(?!zu |uber |aus |in |an )\w+ ){0,3}?beantwort\w*"
    r"|\brepond\w* (?:\w+ ){0,2}?(?:aux|a|au) (?:\w+ ){0,3}?(?:questions|clients|demandes|courriels|mails"
    r"|appels|messages)\b"
    r"|\b(?:respond|contest|atend|atiend|resolv|resuelv)\w* (?:\w+ ){0,4}?(?:preguntas|dudas|llamadas"
    r"|consultas|clientes|correos"
    r"|mensajes)\b",
    hints=listed("beantwort, repond, respond, contest, atend, atiend, resolv, resuelv"),
)
_ABROAD_PERSONA = Pattern(
    r"\b(?:virtuell|digital|intelligent)\w* (?:assist|empfang|berat|coach|helf|begleit|mitarbeit|rezeption"
    r"|kolleg|lehr)\w*"
    r"|\b(?:assistant|receptionniste|conseill|coach|guide|agent|aide|tut|compagnon|professeur|vendeu)\w*"
    r" (?:virtuel|numerique|intelligent|en ligne|vocal)\w*"
    r"|\b(?:asistente|recepcionista|asesor|agente|tutor|guia|companer|profesor|vendedor)\w* (?:virtual"
    r"|digital|inteligente)\b",
    hints=listed("virtu, digital, intelligent, inteligente, numerique, en ligne, vocal"),
)
_ABROAD_LINES = Pattern(
    r"\bin (?:einem|zwei|drei|vier|funf|wenigen|ein paar|\d+) (?:kurzen )?(?:satz\w*|zeilen|stichpunkten"
    r"|stichworten|worten)\b"
    r"|\b(?:en|a) (?:un|une|una|deux|dos|trois|tres|cinq|cinco|pocas|quelques|\d+)"
    r" (?:phrases?|lignes?|mots|frases?|lineas?|palabras|points|puntos)\b",
    hints=listed("satz, zeilen, stich, worten, phrase, ligne, mots, frase, linea, palabras, points, puntos"),
)  # fmt: skip
"""The same in German, French and Spanish."""

_TURNED = Pattern(
    r"\b(?:turn|transform|convert|expand|develop|flesh|mak)(?:s|es?"
    r"|ing)?(?: out)? (?:[a-z]+ ){0,4}?(?:bullet points|bullets"
    r"|notes|key ?words|outlines?|ideas|briefs?|facts|data|stats|results|agency copy) (?:[a-z]+ ){0,3}?(?:in)?to"
    r" (?:[a-z]+ ){0,3}?(?:e mails?|emails?|letters?|articles?|posts?|texts?|copy|story|stories|proposals?"
    r"|reports?|prose"
    r"|essays?|descriptions?|blogs?|headlines|campaigns?|newsletters?|speech(?:es)?)\b",
    hints=listed("turn, transform, convert, expand, develop, flesh, mak"),
)
"""Notes that become a text."""

_READ_OUT = Pattern(
    r"\b(?:read|scan|process|digiti[sz])(?:s|es|ing|e)? (?:[a-z]+ ){0,2}?(?:invoices|receipts|forms|cvs"
    r"|resumes|scans|delivery notes"
    r"|bills|claims|applications|purchase orders)\b",
    hints=listed("read, scan, process, digiti"),
)
"""Papers that are read by a machine."""

_CONTENT = Pattern(
    r"\b(?:blog|social|social media|web|marketing|seo|editorial|brand|video|website|email|educational"
    r"|learning|training"
    r"|course|sports|fashion|travel|promotional|sales|advertising|branded|instagram|tiktok|linkedin|facebook)"
    r"(?: and| or| &|/)? (?:[a-z]+ ){0,2}?(?:content|copy|posts|texts|articles|materials?|assets)\b",
    hints=listed("content, copy, posts, texts, articles, material, assets"),
)
_VERSIONS = Pattern(
    rf"\b(?:{_TONGUES}) (?:versions?|renderings?|equivalents?)\b", hints=listed("version, rendering, equivalent")
)
_LINES = Pattern(
    r"\b(?:one|two|three|four|five|a few|couple of|\d)(?: [a-z]+)? (?:lines?|sentences?|bullets?|paragraphs?)"
    r" (?:for|per|of|on|about|from) (?:each|every|the|all|our|any|incoming|a|an)\b",
    hints=listed("line, sentence, bullet, paragraph"),
)
_INTO_CODE = Pattern(
    r"\b(?:turn|convert|translat|transform|compil|map)(?:s|es?|ing)? [^.;,\n]{1,50}? (?:in)?to (?:[a-z]+ ){0,3}?"
    r"(?:code|programs?|sql|scripts|quer(?:y|ies)|functions|tests|terraform|yaml|python|java|software|apps"
    r"|applications"
    r"|components|prototypes|macros|formulas|rust|typescript|react)\b",
    hints=listed("turn, convert, translat, transform, compil, map"),
)
"""More that is written."""

_HOURS = Pattern(
    r"\b(?:\d+|two|three|four|five|six|eight|several|multi|many|few) hours?(?: long)?"
    r" (?:meeting|session|hearing|interview|recording|transcript|podcast|lecture|call|debate|video|talk)s?\b"
    r"|\b(?:meeting|session|hearing|interview|recording|transcript|podcast|lecture|call|debate|video|talk)s? of"
    r" (?:\w+ ){0,2}hours\b",
    hints=listed("hour"),
)
"""What takes hours is long."""

_RENDERED = Pattern(
    rf"\b(?:convert|render|put|bring|turn|transfer|transpos|rewrit|rephras)\w* (?:[a-z]+ ){{0,6}}?(?:to"
    rf"|into|in) (?:{_TONGUES})\b",
    hints=listed("convert, render, put, bring, turn, transfer, transpos, rewrit, rephras"),
)
_BUGS = Pattern(
    r"\b(?:fix|squash|repair|solv|patch|resolv|triag)(?:e|es|s|ing)? (?:[a-z]+ ){0,2}?(?:bugs|defects"
    r"|vulnerabilities|broken builds)\b"
    r"|\bmigrat(?:e|es|ing|ion of) (?:[a-z]+ ){0,3}?(?:apps?|applications?|code|codebases?|programs?"
    r"|scripts|cobol|perl)\b",
    hints=listed("bugs, defects, vulnerabilit, broken builds, migrat"),
)
"""What else is asked of a translator, and of a programmer."""

_BACK = Pattern(
    rf"\b(?:to|into|from) (?:{_TONGUES}) (?:and back|and vice versa|and the other way|and forth)\b",
    hints=listed("and back, vice versa, the other way, and forth"),
)
_ASK_IT = Pattern(
    r"\bask(?:s|ing)? (?:an?|the|our|their|it|him|her) ?(?:[a-z]+ ){0,2}(?:about|whether|how|what|where|which)\b",
    hints=listed("ask"),
)
_SPEAK = Pattern(
    r"\b(?:speaks?|spoken|speaking) (?:[a-z0-9]+ ){0,3}?languages\b"
    r"|\bin (?:their|your|his|her|the (?:reader|user|customer|traveller|visitor)'s)(?: own| native)? language\b",
    hints=listed("language"),
)

_FEW = (
    "one|two|three|four|five|six|ten|[1-9]|10|ein|einen|zwei|drei|vier|funf|sechs|zehn|wenige|une?|deux|trois|quatre|"
    "cinq|six|dix|quelques|una?|dos|tres|cuatro|cinco|diez|pocas|unas"
)
_SHRUNK = Pattern(
    rf"\b(?:to|into|in|auf|a|en) (?:{_FEW}) (?:sentences?|bullet points|bullets|satze|satz|zeilen|stichpunkte|absatze|"
    r"phrases?|lignes?|frases?|lineas?|parrafos?)\b"
    r"|[0-9一二三四五数]+(?:文|行|段落)(?:程度)?(?:に|で)|[0-9一二三四五几两]+(?:句话|段话|行字)",
    hints=listed("sentence, bullet, satz, zeile, stichp, absatz, phrase, ligne, frase, linea, parrafo, 文, 行, 段, 话"),
)
"""What is to be left of a text: "auf drei Satze", 3行に."""

_SHAPES: tuple[tuple[Pattern, int, tuple[str, ...]], ...] = (
    (_FAR_PAIR, 2, ("two-languages",)),
    (_PAIR, 0, ("translate",)),
    (_ASKED, 0, ("asked", "ask")),
    (_MAIL, 0, ("asked",)),
    (_SAME, 0, ("chat",)),
    (_PASSAGE, 0, ("rag-name",)),
    (_EVIDENCE, 0, ("research-name",)),
    (_RISKS, 0, ("research-name",)),
    (_ABROAD_ASKED, 0, ("asked", "ask")),
    (_ABROAD_PERSONA, 0, ("chat",)),
    (_ABROAD_LINES, 0, ("summary",)),
    (_TURNED, 0, ("content-name",)),
    (_READ_OUT, 0, ("rag-name",)),
    (_CONTENT, 0, ("content-name",)),
    (_VERSIONS, 0, ("translate",)),
    (_LINES, 0, ("summary",)),
    (_INTO_CODE, 0, ("code-name",)),
    (_SPEAK, 0, ("two-languages",)),
    (_BACK, 0, ("translate",)),
    (_ASK_IT, 0, ("asked", "ask")),
    (_HOURS, 0, ("long-thing",)),
    (_RENDERED, 0, ("translate",)),
    (_BUGS, 0, ("code-name",)),
    (_SMALLER, 1, ("summary",)),
    (_DOWN, 0, ("summary",)),
    (_SHRUNK, 0, ("summary",)),
    (_WRITER, 0, ("content-name",)),
    (_BRIEF, 0, ("from-brief",)),
    (_TALK, 0, ("chat",)),
    (_HELP, 0, ("chat",)),
    (_AID, 0, ("aid",)),
    (_PERSONA, 0, ("chat",)),
    (_WHOLE, 0, ("code-name",)),
    (_FROM_SPEC, 0, ("code-name",)),
    (_CODE_TOOL, 0, ("code-name",)),
    (_COMPLETES, 0, ("complete-name",)),
    (_DESCRIPTIONS, 0, ("content-name",)),
    (_LOOK_UP, 0, ("rag-name",)),
)


def shapes(text: Text) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Yield where an idea is told by a build of words, and the ideas."""
    for pattern, group, ideas in _SHAPES:
        for found in pattern.finditer(text.spaced):
            yield found.span(group), ideas
