"""Names that give way: to another that was chosen in their place, or because they are taken by somebody else."""

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text

_OURS = r"(?:this|that|us\b|our|it\b|the (?:chat)?bot|the (?:project|service|app|assistant|workload|tool)|inference)"
_MOST = r"(?:all |both |already |currently |fully |mostly |still |completely |now |strictly |only )*"
_TAKEN_BEHIND = Pattern(
    r"(?:'?s)?(?: (?:gpus?|cards?|nodes?|machines?|servers?|cluster|pool))?(?: (?:we (?:have|own)|there|over there))?"
    rf"(?: (?:is|are|will be|have been|has been|stay|remain) {_MOST}"
    rf"(?:(?:reserved|booked|earmarked|allocated|assigned|set aside|dedicated|committed|promised|needed|used|blocked)"
    rf"(?: out| up)? (?:for|by|to|elsewhere)(?! {_OURS})"
    r"|(?:spoken for|taken|occupied|busy|in use|unavailable|not available|fully booked|booked (?:out|up"
    r"|until|till|through|solid)|allocated already|already allocated|gone|maxed out|at capacity|not ours"
    rf"|off ?limits)(?! (?:to|with|for) {_OURS})"
    rf"|(?:for|with) (?:the )?(?!{_OURS})(?:[a-z]+ )?(?:training|research|rendering|simulation|team|group"
    rf"|department))"
    rf"| belongs? to (?!{_OURS})"
    r"| (?:sind|ist|bleiben|bleibt) (?:alle |schon |bereits |komplett |leider )*(?:fur (?:das "
    r"|die )?(?:training|forschung)"
    r"|reserviert fur (?!uns)|belegt|ausgebucht|vergeben|fur [a-z ]{2,20} reserviert)"
    r"| (?:sont|est) (?:tous |deja )*(?:reserves? (?:a|pour)|pris|occupes?)"
    r"| (?:estan|esta) (?:todas |todos |ya )*(?:reservad[ao]s? para|ocupad[ao]s?))"
)
_THEM = r"(?:them|those|these|it|that one|this one|that)(?: (?:alone|out))?(?![a-z])"
_LEFT_ALONE = Pattern(
    r"(?:(?:do not|don't|dont|never|must not|mustn't|can't|cannot|can not|may not|should not|shouldn't|won't|not to"
    r"|(?:are|is)n't allowed to|not allowed to|please not) (?:use|touch|take|count on|plan (?:with|on)|consider|pick"
    rf"|rely on|have|get|want|like) {_THEM}"
    r"|(?:avoid|leave(?=[a-z ]+ (?:alone|out))|stay away from|keep away from|skip|rule out|hands off(?: of)?|forget"
    rf"|exclude|drop) {_THEM}|hands off(?![a-z])|finger weg|(?:won't|will not|wouldn't|does not|doesn't|don't|didn't"
    r"|cannot|can't) (?:let us|allow (?:it|that|them|us)|permit (?:it|that|them)|approve (?:it|that|them)"
    r"|accept (?:it|that|them)|sign (?:it|that) off|have (?:it|that)|fly(?![a-z])|go for (?:it|that))"
    r"|(?:compliance|legal|security|management|it|procurement|the cfo|the boss|they) (?:says? no|said no"
    r"|is against it"
    r"|are against it|vetoed (?:it|them|that)|forbids? (?:it|them|that)|blocked (?:it|them|that)"
    r"|rejected (?:it|them|that)"
    r"|refuses?|banned (?:it|them|that)|won't have (?:it|them|that))|(?:bitte )?nicht (?:nutzen|verwenden"
    r"|anfassen|einplanen))"
)
_SAYS = (
    r"(?:say|says|said|suggest(?:s|ed)?|recommend(?:s|ed)?|quoted?|quotes|offer(?:s|ed)?|propos(?:e|es"
    r"|ed)|push(?:es|ed)?"
    r"|pitch(?:es|ed)?|insists?|insisted|wants?|wanted|advis(?:e|es|ed)|prefers?|keeps? talking about"
    r"|tells? us|told us"
    r"|tried to sell us|would like|loves?|mentioned|thinks?|swears by)"
)
_REPORTED = Pattern(
    r"(?<![a-z])(?:(?:vendors?|suppliers?|resellers?|sales(?: ?(?:rep|guy|people|team|person|man))?|consultants?"
    r"|account manager|integrators?|partner|blogs?|articles?|chatgpt|someone|somebody|colleagues?|boss|cto|cio|cfo"
    r"|architects?|people|hersteller|berater|anbieter|kollege[n]?|chef|fournisseur|proveedor|they|he|she|nvidia|dell"
    rf"|data scien[a-z]+|infra(?: team)?)(?: [a-z]+){{0,2}} {_SAYS}"
    r"|(?:we|i) (?:were|was|got|have been|had been) (?:quoted|offered|told|recommended|advised|sold|pitched)"
    r"|(?:hersteller|berater|anbieter|kollege|chef) (?:sagt|sagte|empfiehlt|empfahl|will"
    r"|mochte))(?![a-z])[^.;!?]{0,40}$"
)
_TURN = Pattern(
    r"(?<![a-z])(?:but|however|though|although|yet|while|whereas|i (?:think|believe|guess|reckon|bet|say"
    r"|would|prefer)"
    r"|i'd|we (?:think|believe|guess|reckon|say|would|prefer|only|just)|we'd|imho|imo|in (?:my|our) (?:view|opinion)"
    r"|honestly|personally|aber|ich (?:denke|glaube|meine)|wir (?:denken|glauben|meinen)|mais|je pense"
    r"|nous pensons|pero"
    r"|creo|creemos)(?![a-z])"
)
_BUT = Pattern(r"(?<![a-z])(?:but|however|though|although|yet|aber|doch|jedoch|mais|pero|only to|and then)(?![a-z])")
_DECIDED = Pattern(
    r"(?<![a-z])(?:settled (?:on|for)|decided (?:on|for|to (?:use|go with|take|buy|stay with))|went (?:with|for)"
    r"|going (?:with|for)|go with|gone with|chose|chosen|picked|ended up (?:with|on|using|buying|choosing"
    r"|picking)|opted for|landed on"
    r"|sticking with|stick with|stuck with|have to make do with|make do with|switched to|moved to"
    r"|finally (?:took|bought)"
    r"|entschieden (?:uns )?fur|fiel auf|nehmen (?:jetzt )?|opte pour|choisi|elegimos|optamos por|decidimos usar)"
    r"(?: [a-z]+){0,2} ?$"
)
_ONLY = Pattern(
    r"(?<![a-z])(?:only|just|nur|seulement|solo|have to use|must use|has to be|must be|limited to|restricted to"
    r"|realistically|in reality|in practice|approved|signed off|bought|purchased|ordered|got|received|muss(?:en)?)"
    r"(?![a-z])"
)
_HAS_TO_BEHIND = Pattern(
    r"(?:'?s)?(?: (?:gpus?|cards?|models?))? (?:(?:it is|it has to be|has to do|have to do|must do"
    r"|will have to do|will do"
    r"|would do|should do|is enough|are enough|would be enough|suffices?|is plenty|is more realistic|is all we"
    r"|are all we|is what we|are what we|(?:was|were|is|are|got) (?:approved|bought|ordered|chosen)|is the choice"
    r"|reicht|reichen|genugt|muss (?:es tun|reichen)|suffit|suffira|basta|bastara))(?![a-z])"
)
_TOO = Pattern(
    r"(?<![a-z])(?:also|too|as well|both|additionally|plus|as (?:a )?fallback|auch|aussi|tambien|otherwise)(?![a-z])"
)
_FAR = 140


def taken_elsewhere(text: Text, end: int) -> bool:
    """Tell whether what a name that ends here names is in other hands: "the H100s are reserved for training"."""
    return _TAKEN_BEHIND.match(text.spaced, end, min(len(text.spaced), end + 90)) is not None


def left_alone(text: Text, end: int, following: int) -> bool:
    """Tell whether a pronoun between a name and the next refuses it: "they are for training, don't use them"."""
    return _LEFT_ALONE.search(text.spaced, end, min(following, end + 110)) is not None


def gives_way(text: Text, left: Span, right: Span, following: int) -> bool:
    """Tell whether the first of two names is overruled by the second: "they said H100, but L4 will do"."""
    if not 0 < right[0] - left[1] <= _FAR or "\n\n" in text.folded[left[1] : right[0]]:
        return False
    sentence = text.sentence(left[0])
    first = max(sentence[0], left[0] - 90)
    between = text.spaced[left[1] : right[0]]
    behind = text.spaced[right[1] : max(right[1], min(right[1] + 40, following))]
    if _TOO.search(between) or _TOO.search(behind.split(",")[0]):
        return False
    if _REPORTED.search(text.spaced, first, left[0]) and (_TURN.search(between) or _HAS_TO_BEHIND.match(behind)):
        return True
    if right[0] >= sentence[1]:
        return False
    if _DECIDED.search(between):
        return True
    return bool(_BUT.search(between) and (_ONLY.search(between) or _HAS_TO_BEHIND.match(behind)))
