"""Sets of words for the frames of `priority_frame_table`, in the folded spelling."""

from collections.abc import Mapping

SETS: Mapping[str, str] = {
    "NOT": "not|never|no|cannot|*n't|dont|doesnt|isnt|cant|nor|neither|without|hardly|barely|scarcely|nicht|kein*|"
    "nie|"
    "niemals|nobody|no_one|noone|niemand|weder|ohne|pas|jamais|sans|aucun*|ningun*|nunca|sin|tampoco",
    "BARS": "as|but|because|while|whereas|although|though|unless|aber|weil|obwohl|sondern|mais|parce|bien|pero|"
    "porque|sino",
    "CARELESS": "no_matter|regardless_of|irrespective_of|regardless|whatever|however|makes_no_difference|never_mind|"
    "unconcerned_with|unconcerned_about|who_cares|nobody_cares|no_one_cares|egal|ganz_gleich|gleichgultig|"
    "keine_rolle|"
    "unabhangig_davon|peu_importe|qu'importe|quel_que_soit|quelle_que_soit|importe_peu|sin_importar|no_importa|"
    "no_nos_importa|da_igual|da_lo_mismo|no_me_importa",
    "UNMOVED": "care*|mind*|matter*|fussed|bother*|worried|worry|concerned|concern|interested|ask*|look*|object",
    "LONG": "long|slow|how_long|how_slow|how_fast|how_quick|how_quickly|the_time_it",
    "SPENT": "cost|costs|costing|price|prices|spend|spending|expense|expenses|bill|bills|money|price_tag|invoice|"
    "facture|factura|rechnung",
    "MONEY": "money|budget|budgets|cash|funds|funding|pockets|capital|resources|financing",
    "RICH": "plenty_of|lots_of|loads_of|ample|more_than_enough|tons_of|abundant|deep|generous|comfortable|big|large|"
    "huge|"
    "sufficient|healthy|hefty|fat",
    "POOR": "little|limited|scarce|thin|modest|meagre|meager|zero|minimal|shrinking|tiny|small|tight|restricted|"
    "shoestring|"
    "lean|slim|constrained|short|frozen",
    "WAITERS": "users|people|customers|agents|developers|devs|students|clients|staff|they|we|callers|players|"
    "patients|"
    "visitors|shoppers|traders|reps|operators|engineers|analysts|everyone|everybody|someone|folks|teams?",
    "LEAVE": "leave|leaves|abandon|abandons|bounce|quit|churn|drop_off|give_up|go_away|complain|complains|hang_up|"
    "walk_away|lose|lost|lose_interest|switch_off|disengage|switch_it_off|drop_it|ditch*|uninstall|won't_use|stop|"
    "get_up|run_away|tune_out|turn_it_off|close_the_tab|stop_using|stop_typing|disable|"
    "ignore_it|get_angry|get_impatient|scream|revolt|grumble|frustrat*|annoy*|impatient|go_elsewhere",
    "SLOWLY": "slow|slowly|slower|lag|lags|laggy|wait|waiting|takes|take|second|seconds|sluggish|stutter*|hesitat*|"
    "too_long",
    "OURS": "it|answer|answers|response|responses|reply|replies|suggestion|suggestions|completion|completions|bot|"
    "chatbot|"
    "assistant|system|tool|text|translation|first_token|things|this|that|something|everything|result|results",
    "WRONG": "mistake|mistakes|error|errors|wrong|incorrect|inaccura*|hallucinat*|misinformation|misread*|falsch*|"
    "fehler|erreur*|error|errores|fallo|fallos",
    "HARM": "catastroph*|disast*|deadly|fatal|danger*|kill|kills|harm*|hurt*|endanger*|unforgivable|inexcusable|"
    "unthinkable|intolerable|dealbreaker|deal_breaker|showstopper|nightmare|lawsuit*|sued|liab*|fine|fines|injur*|"
    "die|"
    "dies|tragic|ruin*|lives|unacceptable|costly|expensive|katastroph*|gefahrlich|fatale|schlimm|teuer|dangereu*|"
    "inacceptable*|inadmissible*|grave*|peligros*|inaceptable*|catastrof*|inadmisible*",
    "OPS": "devops|ops|operations|sre|sres|admin|admins|administrator|administrators|sysadmin|sysadmins|"
    "platform_team|"
    "platform_engineers?|platform_engineer|infra|infrastructure|technical|techie*|technician|kubernetes|k8s|"
    "it_staff|it_people|it_department|it_team|ml_engineer|ml_engineers|mlops|specialist|specialists|expert|experts|"
    "expertise|administratoren|betriebsteam|it_abteilung|techniker|informaticien*|administrateur*|"
    "administrador*|tecnico*|informatico*|equipe_technique|personal_tecnico|equipo_tecnico|infra_people|"
    "infrastructure_people|infra_team|it_guy|it_person|sys_admin|sys_admins|fachleute|experten|fachpersonal",
    "NONE": "no|nobody|no_one|noone|without|zero|lack*|not|*n't|never|hardly|barely|neither|few|short_on|short_of|"
    "kein*|"
    "niemand*|ohne|kaum|wenig|pas_de|pas_d'|aucun*|personne|sans|peu_de|peu_d'|sin|nadie|ningun*|no_tenemos|no_hay|"
    "pocos|poco|n'avons_pas|n'avons_pas_d'",
    "TEND": "run|runs|operate|operates|maintain|maintains|manage|manages|look_after|looks_after|babysit|babysits|"
    "tend|"
    "take_care_of|takes_care_of|administer|tune|tinker*|debug|nurse|patch|watch_over|keep_it_running|support|"
    "administrer|gerer|maintenir|exploiter|operar|administrar|mantener|gestionar|betreiben|warten|verwalten|pflegen|"
    "betreuen",
    "PEOPLE": "people|staff|time|capacity|headcount|bandwidth|appetite|skills|skill|manpower|resources|hands|"
    "patience|"
    "knowledge|knowhow|experience|expertise|personnel|engineers|desire|wish|interest|nerve|nerves|energy",
    "DEMAND": "requirement|requirements|need|needs|expectation|expectations|sensitivity|importance|pressure|demand|"
    "demands|"
    "budget|ceiling|threshold|limit|cap|floor|sla|target|targets|bar|goal|goals|constraint|constraints|standard|standards|priority|anforderung*|anspruch|"
    "anspruche|exigence*|exigencia*|requisito*|slo|slos",
    "HIGHISH": "high|strict|stringent|tight|demanding|hard|tough|extreme|severe|rigorous|huge|strong|hoch|hohe|"
    "hohen|streng|"
    "strenge|strengen|forte*|eleve*|strict*|alta|altas|alto|altos|estrict*|very_high|highest|critical|firm|ambitious|"
    "enormous|intense",
    "LOWISH": "low|relaxed|modest|minimal|loose|lenient|none|lax|generous|little|no|moderate|soft|mild|gentle|"
    "gering|geringe|"
    "niedrig|niedrige|locker|faible*|basse*|baja|bajas|bajo|bajos|flexible|forgiving|few|negligible",
    "FINE": "maximal|maximum|top|great|excellent|superb|outstanding|first_class|first_rate|stellar|world_class|premium|"
    "superior|exceptional|"
    "impeccable|flawless|perfect|reliable|trustworthy|truthful|dependable|sound|very_good|really_good|good_quality|"
    "rock_solid|"
    "high_grade|top_tier|best_in_class|best_possible|highest_quality|top_shelf|top_notch|rigorous|watertight|"
    "error_free|faultless",
    "ANSWERS": "answer|answers|response|responses|reply|replies|result|results|quality|output|outputs|translations|"
    "translation|summaries|suggestions|completions|advice|accuracy|precision|model|models",
    "BE": "ware|waren|would_be|will_be|can_be|could_be|may_be|might_be|wird|werden|serait|seraient|seria|serian|"
    "is_a|are_a|is_simply|are_simply|is|are|be|being|was|ist|sind|sei|est|sont|soit|es|son|sea|sean",
}
