"""Frames that say the same of quality, cost, speed and ease; `D` is the name of any of them."""

from collections.abc import Mapping

NAMED: Mapping[str, str] = {
    "accuracy": "accuracy|quality|correctness|precision|faithfulness|answer_quality|output_quality|response_quality|"
    "model_quality|genauigkeit|qualitat|antwortqualitat|korrektheit|richtigkeit|qualite|exactitude|fiabilite|"
    "justesse|"
    "calidad|exactitud|fiabilidad|being_right|right_answers|correct_answers|good_answers|getting_it_right|excellence|"
    "intelligence",
    "cost": "budget|budgets|cost_savings|cost_reduction|cost_saving|cost_cutting|saving_costs|price_cuts|cost|"
    "costs|price|prices|spend|spending|expense|expenses|money|cost_efficiency|affordability|economy|tco|"
    "kosten|preis|geld|cout|couts|prix|argent|costo|costos|coste|costes|precio|dinero|savings|saving_money|bill",
    "latency": "latency|speed|response_time|response_times|responsiveness|reaction_time|delay|delays|turnaround|"
    "quick_answers|fast_answers|fast_responses|response_speed|latenz|geschwindigkeit|antwortzeit|antwortzeiten|tempo|"
    "latence|vitesse|rapidite|delai|delais|latencia|velocidad|rapidez|reply_time|answer_time|ttft|being_fast",
    "complexity": "simplicity|ease_of_use|ease_of_operation|maintainability|operability|operational_simplicity|"
    "low_maintenance|einfachheit|wartbarkeit|simplicite|sencillez|simplicidad",
}
"""What the `D` of a frame in `COMMON` stands for, by dimension."""

COMMON: Mapping[str, str] = {
    "high": """
        D ..1 DEMAND :? ..2 BE? ..1 HIGHISH
        !HIGHISH ..1 D DEMAND
        HIGHISH ..1 DEMAND|DEMANDS|demands ..2 D
        !all_about ..2 D
        !boils_down_to|comes_down_to|hinges_on|stands_or_falls_with|live_and_die_by|rises_and_falls_with ..1 D
        !obsess*|fanatic*|laser_focused|laser|serious|adamant|picky|fussy|strict|religious|crazy|keen|pedantic|\
            nervous \
            about|on|over|for|with ..1 D
        D fanatics|freaks|nerds|obsessed|driven|oriented|minded|led|bound|hungry|centric|obsession|maniac*|addicts
        D at_all_cost|at_all_costs|at_any_cost|at_any_price|no_matter_what|before_everything|over_everything|\
            uber_alles
        !what|all|thing ..1 we|they|i|users|people|customers ..2 want|need|care_about|ask_for|look_for|value ..3 \
            is|are ..1 D
        !it's|it_is|this_is|that's|we're|we_are|everything_is ..1 about D
        pay|spend ..2 extra|more|premium|top_dollar|money ..1 for|on ..1 D
        seul|seule|seuls|seules|solo|nur|only|solely|nothing_but ..1 D compte|comptent|importa|cuenta|zahlt|\
            matters|counts|will_do
        never on|with D
        NOT ..1 flexible|relaxed|generous|negotiable|tolerant|lenient|easy_going ..1 on|about|with|of ..1 D
        NOT ..1 forget|ignore|disregard|neglect|overlook|forgetting|ignoring about? ..1 D
        !focus|emphasis|goal|aim|must_have|must_haves|priorities|objective|critical|essential|vital|required : ..2 D
        top|high|highest|first|main|only priority : ..1 D
        preference|preferred|weight|precedence to|for ..1 D
        !but|sondern|sino D $
        nothing ..2 more_than|more_important_than|above|before|beats|trumps|tops ..1 D
        NOT ..1 shortcut* ..1 on|with ..1 D
        !prefer|favour|favor|choose|pick|want|need|demand the? D $|and_not|not
        D over|before|above ..1 features|functionality|bells|looks|cleverness
        for|to_get|gain|in_return_for|in_exchange_for better|more|higher|greater|improved|maximum D
        D ..3 principal*|premier*|primer*|unic*|seul* ..1 contrainte|critere|preoccupation|objectif|criterio|\
            preocupacion|objetivo
        D decides|rules|reigns|dictates|drives|wins|dominates
        D ..1 before|above|over everything|anything|all
        !only|purely|solely|just D $
        wert_auf|fokus_auf|augenmerk_auf|konzentrier*|achten ..2 D
        setzen|legen ..3 auf D
        D ..2 nicht_leiden|nicht_verhandelbar|nicht_zu_kurz
        D ..1 prime|primera|manda|avant_tout|avant_toute|zuerst|geht_vor|ante_todo $
        on_vise|nous_visons|on_mise|nous_misons|il_faut|exigeons|exige ..3 D
        queremos|buscamos|exigimos|pedimos|nos_importa|apostamos|lo_que ..4 D
        NOT ..1 skimp*|cut_corners|compromis*|cheap_out|haggle|slack* ..2 on|over ..1 D
        D ..1 must_not|mustn't|may_not|should_not|cannot|can't|shouldn't|never ..1 suffer*|slip*|degrade*|drop*|\
            be_sacrificed|be_compromised
        NOT|avoid|never ..2 sacrific*|compromis*|hurt*|los*|risk*|degrad*|giv*|trad* ..2 D
        D ..1 is|comes ..1 non_negotiable|sacred|sacrosanct|gospel|law|paramount|number_one|numero_uno|\
            non_negociable|no_negociable
        D ..1 BE the|our|a ..2 driver|deciding_factor|decisive_factor|clincher|factor|aim|goal|target|\
            name_of_the_game|order_of_the_day|pain_point|sticking_point|yardstick|differentiator|bottleneck|\
            decider|thing
        main|key|primary|biggest|only|first|real|top|number_one|sole|principal|chief ..2 driver|aim|goal|target|\
            pain_point|\
            pain|criterion|criteria|metric|kpi|objective|constraint|challenge|headache|thing|factor|issue|ask|\
            requirement|consideration :? ..3 D
        what_hurts|what_matters|what_counts|what_we_need|what_decides|what_worries_us ..2 D
        D D? ..1 as|is|are ..1 our|the|my ..3 driver|kpi|metric|criterion|objective|north_star|goal|aim
        """,
    "medium": """
        medium|second|secondary|moderate|normal priority : ..1 D
        secondary|second|next ..1 goal|concern|priority|objective|aim|criterion is|:|are? ..3 D
        !mid_range|mid_level|middling|decent|adequate|acceptable|okay|ok|sufficient|so_so|reasonable|fair|\
            passable ..0 D
        D ..1 BE ..1 mid_range|middling|adequate|so_so|passable
        D ..1 BE ..2 of_some_importance|of_middling_importance|of_medium_importance|nice_but_not|secondary_but|halfway
        """,
    "low": """
        achten|achtet|schauen|schaut nicht ..1 auf ..1 D
        NOT ..1 HIGHISH? D requirement*|constraint*|limit*|restriction*|target*|pressure|ceiling|goal|goals|\
            demand*|anforderung*
        NOT HIGHISH ..1 requirement*|demand*|constraint* on|for|regarding ..1 D
        low|lowest|lower|last priority : ..2 D
        nice_to_have|optional|irrelevant|unimportant|not_needed|not_important : ..2 D
        what ..1 don't|do_not|doesn't need|want ..2 is D
        CARELESS ..1 D $|is|and|or|but
        D can|may|might|could|darf ..1 be? compromised|sacrificed|suffer|relaxed|slip|degrade|dip|drop|sag|wait \
            $|if|when|a|slightly|somewhat
        D doesn't|does_not|don't|do_not|won't|isn't ..1 bother*|worry*|scare|concern|hurt|trouble|faze|frighten
        D ..1 BE? whatever $
        !relaxed|flexible|easy_going|easygoing|lenient|lax|generous|tolerant|forgiving on|about|with|regarding|\
            of ..1 D
        D ..1 DEMAND :? ..2 BE? ..1 LOWISH
        niedrige|geringe|faible|baja|poca|peu_d' ..1 prioritat|priorite|prioridad|importance|importancia|\
            wichtigkeit ..2 D
        LOWISH ..1 D sensitivity|importance|pressure
        low|little|minimal|no|hardly_any|lower|lowest ..1 sensitivity|importance|need|demand|requirement*|weight|\
            priority ..2 for|to|on|of ..1 D
        D agnostic|insensitive|irrelevant|indifferent|neutral|be_damned|schmatency
        !indifferent|agnostic|insensitive|oblivious to|about ..1 D
        !forget|ignore|screw|disregard|disregarding|skip|neglect ..1 about|the? ..1 D
        NOT ..2 fret|agonise|agonize|hung_up|fixated|obsess*|fuss*|bother*|lose_sleep|stress*|sweat|worr*|care*|\
            concerned|picky|strict|\
            precious \
            about|on|over|with|by|the? ..2 D
        nobody|no_one|noone ..2 care*|ask*|complain*|worr*|mind*|notic* ..1 about|for|the? ..2 D
        D ..1 take*|can_take ..2 back_seat|backseat|hit|knock $|if|when|for_this|here|so
        D ..1 lo_de_menos|me_da_igual|nos_da_igual|da_igual|on_s'en_fiche|on_s'en_moque|wurscht|schnuppe|piepegal|\
            nebensache
        D ..1 isn't|is_not|aren't|are_not|ain't|never ..3 everything|issue|issues|concern|problem|factor|\
            constraint|worry|\
            blocker|consideration|object|bottleneck|limitation|obstacle|driver|goal|priority|dealbreaker|question|\
            point|hurdle
        D ..1 a_non|non|no ..1 issue|factor|concern|problem|constraint|object|worry|obstacle|question|topic|matter
        D ..1 BE? ..1 non_issue|non_factor|non_problem|non_constraint|nonissue|neither_here_nor_there|moot|immaterial
        D ..1 matters|matter|counts|count ..1 little|less|least|hardly|not|nothing $
        not_all_about ..1 D
        not|isn't|never|n't about ..1 D
        D ..1 darf ..1 ruhig? ..1 leiden|sinken|nachlassen|warten|schlechter
        weniger auf|um|an D
        D ..2 aucune|aucun|keinerlei|keine|ninguna|nulle ..1 importance|importancia|bedeutung|interet|rolle|relevanz
        D ..1 no_tiene|no_tienen ..1 importancia|prioridad|relevancia
        on_s'en_fiche|on_se_fiche|on_se_moque ..1 du|de|des|de_la ..1 D
        """,
}
"""Frames that say the same of any dimension."""
