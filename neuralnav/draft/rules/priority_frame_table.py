"""The frames by which people tell priorities, in the folded spelling; `priority_frames` says how they are written."""

from collections.abc import Mapping

FRAMES: Mapping[tuple[str, str], str] = {
    ("latency", "low"): """
        CARELESS ..4 long|slow ..4 take*|takes|run|runs|wait|is|are|need*|gets
        NOT ..1 UNMOVED ..2 long|slow ..4 take*|takes|run|runs|wait|is|are|need*|gets
        NOT ..2 UNMOVED ..2 if|when|whether ..2 take*|slow|wait|slower|long
        CARELESS|NOT ..2 UNMOVED? ..2 how_fast|how_quick|how_quickly|how_slow|how_long
        CARELESS ..2 fast|slow $
        CARELESS ..2 the_time_it|time_it|wie_lange|wie_schnell|wie_langsam
        egal|gleich|rolle ..3 lange|langsam ..4 dauer*|brauch*|wart*|ist
        peu_importe|qu'importe|quel_que_soit|quelle_que_soit ..2 temps|delai*|duree|lenteur|attente
        sin_importar|no_importa|da_igual ..3 tard*|tiempo|espera|demor*
        !plenty_of|lots_of|all_the|loads_of|enough|ample time $
        !we_have|we've_got|have|got|has ..2 plenty_of|all_the|enough|lots_of time $
        time_is_not|time_isn't ..2 issue|problem|concern|factor|constraint|critical
        zeit ..1 haben_wir|ist_genug|ist_da|genug
        wir_haben ..2 zeit $
        on_a|nous_avons ..2 le_temps|du_temps|tout_le_temps
        tenemos ..2 tiempo $
        !hay tiempo $
        NOT|NONE ..2 in_a_rush|in_a_hurry|in_any_rush|hurry|rush|urgency|stopwatch|urgent|presse|presses|pressee|\
            prisa|eile|eilig
        take_as_long_as
        high|large|great tolerance for|of|to ..1 latency|delay*|lag|wait*|slow*
        latency tolerance BE? high|large
        low|lower|poor|limited speed|performance ..1 BE ..1 fine|ok|okay|acceptable|tolerable|enough|sufficient
        latenz|antwortzeit|latence|delai|latencia darf|kann|peut|puede ..1 hoch|lang|etre_elevee|etre_long|\
            ser_alta|alta
        may|can|could|might ..2 run|take|last ..1 hours|days|all_night|all_day
        latency|latencies|response_time|response_times|delay can|may|might|could ..1 be ..1 high|higher|long|\
            longer|large|slow|slower
        sweet_time|all_the_time_in_the_world|time_in_the_world
        seconds|milliseconds|minutes|second|millisecond don't|do_not|doesn't|hardly ..1 matter|count|bother
        NOT every second|millisecond|ms|minute counts|matters
        NOT ..2 notice*|complain*|object* ..4 slow*|delay*|lag|wait*|latency
        read|ready|due|delivered|needed|reviewed|looked|available|processed|done ..3 next_morning|next_day|\
            tomorrow|following_day|following_morning|next_week|monday
        run|runs|running|process|processes|processed ..3 unattended|overnight|over_the_weekend|at_weekends|\
            offline|after_hours
        throughput ..2 over|beats|before|rather_than|more_than|not|instead_of|trumps ..1 latency|speed|\
            response_time|response_times
        NOT|NONE ..2 real_time|realtime|instant|instantaneous|immediate|low_latency|echtzeit|temps_reel|\
            tiempo_real ..2 \
            need*|required|necessary|notig|erforderlich|requis*|necesari*|requirement*|needs|constraint*
        couple_of|few|several minutes|hours|seconds ..3 fine|okay|ok|acceptable|no_problem|perfect|tolerable|alright
        minutes|hours|seconds BE ..1 fine|okay|ok|acceptable|perfectly_fine|tolerable|alright|enough
        can|could|may|will|to ..2 sleep_on_it|run_overnight|run_all_night|sit_in_a_queue|be_queued|queue_up
        !coffee|tea ..4 while|before|until ..6 answer*|think*|finish*|result*|respon*|run*|work*
        NOT|nobody|no_one ..1 mind*|object* ..4 coffee|break|wait*|delay*|lag|slow*|pause
        time_is_on_our_side
        patience_is|are_patient|is_patient|be_patient|quite_patient|very_patient|patient_people|endless_patience
        """,
    ("latency", "high"): """
        WAITERS ..2 LEAVE ..5 if|when|unless|as_soon_as|once|whenever ..1 OURS ..4 SLOWLY|late|later|delayed
        WAITERS ..2 LEAVE ..5 if|when|unless|as_soon_as|once|whenever ..2 SLOWLY
        if|when|whenever|as_soon_as|once ..1 OURS ..4 SLOWLY|late|later|delayed ..6 ,? ..1 WAITERS|you ..2 LEAVE
        if|when|whenever|as_soon_as|once ..2 SLOWLY ..6 ,? ..1 WAITERS|you ..2 LEAVE
        anything|everything ..2 slower|above|over|beyond|longer ..4 unusable|useless|unacceptable|fail*|too_slow
        NOT|nobody|no_one ..2 want*|like*|willing|prepared|going|afford|accept*|stand|bear ..2 wait*|delay*|lag|\
            latency
        nobody|no_one|no_user*|no_customer* ..2 should|must|may|has_to|wants|likes ..1 wait*|be_waiting
        NOT ..2 have_to_wait|keep_waiting|kept_waiting|left_waiting|left_hanging|made_to_wait|make_them_wait
        never|NOT ..2 keep|make|leave|let ..3 wait|waiting|hanging
        delay*|lag*|latency|slowness|wait|waiting|hesitation ..2 BE|kills|kill|costs|cost|ruins|means ..3 HARM
        latency|lag|delay*|slowness ..1 kills|kill|hurts|hurt|costs|loses|ruins
        zero_tolerance ..2 delay*|lag|latency|wait*|slow*
        !every|each keystroke|second|millisecond|ms|tick|instant|moment counts|matters|is
        blink_of_an_eye|at_the_speed_of|without_blinking|before_they_finish|before_you_finish
        there_is_no_time|no_time_to wait|waste|lose|spare
        NOT ..2 have_time|got_time|have_the_time $
        has_to|must|needs_to|should keep_up|keep_pace $
        keep_up|keep_pace with ..2 typing|typist*|conversation|speech|dialog*|them
        without ..1 pause|delay|lag|hesitation|noticeable
        the lower|shorter|smaller ..1 latency|delay|response_time|response_times|wait ..1 the_better
        rather|better|prefer ..3 rough|approximate|imperfect|quick ..2 now|today|immediately|straight_away ..2 than
        do|does mind ..1 wait*|delay*|slow*|lag
        minutes|seconds|milliseconds matter|count
        great|excellent|superb|maximum|max|blistering|breakneck|good|top speed|responsiveness
        latency|response_time|response_times|delay must_not|mustn't|should_not|shouldn't|cannot|can't|may_not ..1 \
            be ..1 \
            high|long|large|noticeable|excessive
        !notice* ..1 every|any|each ..1 delay|lag|pause|second|hiccup
        low|little|limited|no|zero tolerance for|of|to ..1 latency|delay*|lag|wait*|slow*
        latenz|antwortzeit|latence|delai|latencia darf_nicht|kann_nicht|ne_doit_pas|ne_peut_pas|no_debe|no_puede ..1 \
            hoch|lang|etre|ser|superar
        time_is_money|time_is_of_the_essence|time_is_critical|clock_is_ticking|racing_against_the_clock
        no_perceptible|no_noticeable|no_visible|without_perceptible|without_noticeable|imperceptible ..1 delay|\
            lag|latency|wait
        bitte_nicht_warten|darf ..3 warten_lassen|nicht_warten
        springen|brechen|legen|klicken ..3 ab|auf|weg ..1 wenn
        partent|abandonnent|raccrochent|quittent ..1 si|des
        se_van|abandonan|cuelgan ..1 si
        """,
    ("cost", "low"): """
        CARELESS ..3 SPENT $
        CARELESS ..3 SPENT is|are|may|and|or|but
        CARELESS ..2 how_much|how_expensive|how_pricey ..4 cost*|spend*|pay*|charge*|$
        CARELESS|NOT ..2 UNMOVED ..2 how_much|how_expensive|how_pricey|what ..4 cost*|spend*|pay*|charge*
        SPENT may|can|could|might rise|increase|go_up|grow
        kosten|preis|cout|prix|costo|coste|precio darf|durfen|kann|konnen|peut|peuvent|puede ..1 hoch|etre_eleve|\
            ser_alto|alto
        money|cash|budget to_spend|to_burn|to_spare
        SPENT can|may|might|could ..1 be ..1 high|higher|large|big
        NOT ..2 UNMOVED ..2 the|about|at|to? ..2 price_tag|bill|invoice|costs|cost|price|spend|expense $
        CARELESS ..2 how_expensive|how_pricey|wie_teuer|kostet|prix|cout|facture|factura|rechnung|depense*|cueste|\
            coste|costo|precio
        egal|gleich|rolle ..2 was|wie_viel|wieviel ..2 kostet|kosten
        costs|cost|expense|expenses|price|money|budget be_damned
        hang_the cost|expense|price
        at_any|at_all|at_whatever|whatever|at_almost_any|by_any cost|costs|price|expense
        money we_have|is_there|is_available|is_plentiful
        !RICH ..1 MONEY $
        !RICH ..1 MONEY for|available|here|behind|and|so|but|to
        !we_have|we've_got|we've the? money|cash|funds $
        throw|spend|use|take|buy|burn ..3 as_much|as_many|all_the|whatever ..4 you_need|it_takes|you_want|needed|\
            necessary|you_like
        throw ..2 money|hardware|gpus
        as_much ..3 as_needed|as_it_takes|as_necessary|as_you_need
        budget|money|cost|price ..1 not|isn't|is_not|never ..2 holding|stop*|hold*|deter*|get_in
        am_geld ..3 nicht|scheitern
        geld ..1 haben_wir|ist_da|ist_genug|ist_vorhanden
        !genug|genugend|ausreichend|reichlich geld|budget|mittel
        budget|argent|moyens ..1 suivra|suit|est_la|sont_la|ne_manque
        on_a|nous_avons ..1 les_moyens
        costo|coste|precio|dinero|presupuesto ..1 lo_de_menos
        !tenemos|hay dinero|presupuesto de_sobra|suficiente|$
        no escatim*
        happily|gladly|happy|glad|willing|prepared|ready|rather|we'd|would|we'll|will|can|could ..2 pay|spend|\
            shell_out ..1 \
            more|extra|premium|a_premium|top_dollar|whatever|what_it_takes|what|anything|good_money|double|twice|\
            triple
        ob|whether ..6 kostet|kosten|costs ..3 ,? ..2 egal|gleich|wurscht
        pay|pays|paying|spend ..1 whatever|anything|what
        pay|pays|paying|spend ..1 whatever_is|whatever_it|whatever_they ..2 needed|takes|necessary|ask|asked|asks
        whether|if ..2 cost*|spend|pay ..6 makes_no_difference|doesn't_matter|is_irrelevant|is_all_the_same|egal|\
            no_odds
        NOT ..1 penny_pinch*|pinch_pennies|skimp*|scrimp*|penny_pinching
        regard* pas a_la_depense
        spend|pay ..1 what|whatever|anything|as_much_as ..2 like|likes|want|wants|need|needs|please|takes
        MONEY isn't|is_not|aren't|not|never ..2 POOR|issue|problem|concern|constraint|limit*|object
        NOT|isn't|aren't ..3 POOR ..1 MONEY
        NOT ..2 save|saving|skimp*|pinch* ..2 money|costs|pennies|budget|here|on_it|on_hardware
        NOT ..2 need|have|trying|asked ..1 to save|economi*|cut ..2 $
        """,
    ("cost", "high"): """
        MONEY : ..2 POOR
        cost|costs|price|budget aware|savvy
        whatever|whichever ..3 costs|cost|is|comes ..1 least|cheapest|less|cheaper|lowest
        the less|lower|fewer|smaller ..4 SPENT|dollars|pay
        !save|saves|saving|cut|cuts|cutting|reduce|reduces|reducing|lower|lowers|lowering|halve|halving|slash|\
            trim|bring_down|shrink ..2 SPENT
        !spend|pay|paying|spending less|too_much|way_too_much|far_too_much
        !overpay*|overspend*|penny_wise|leanest|thriftiest|thrifty|frugal*
        !cost_reduction|cost_reductions|cost_cutting|saving_costs
        SPENT ..1 must_not|mustn't|cannot|can't|should_not|shouldn't|may_not|don't|not ..2 explode|balloon|\
            skyrocket|spiral|escalate|creep|get_out_of_hand|run_away|grow|rise
        SPENT ..3 explode|balloon|skyrocket|spiral|get_out_of_hand|run_away|escalate|creep*|go_through_the_roof
        MONEY ..3 cut|slashed $|and|so|but|again|this|,
        MONEY ..3 frozen|shrinking|gone|exhausted|halved|minuscul*
        SPENT ..2 under_scrutiny|like_a_hawk|scrutini*
        !save ..1 wherever|where|as_much|anywhere
        nichts|wenig|kaum kosten
        ohne|kein|keine|sans|sin|without|no ..1 geld|mittel|moyens|argent|dinero|recursos|finanzierung $
        rock_bottom|bargain|bargain_basement|knockdown|dirt_cheap ..1 SPENT|MONEY
        NOT ..1 pay ..1 for ..1 luxury|premium|more|extra|much|that
        NOT ..2 afford ..2 h100*|a100*|h200*|b200*|mi300*|big|fancy|enterprise|top|premium
        NOT ..2 teure* ..2 leisten
        budget n'est_pas|isn't|no_es|ist_nicht extensible|illimite|elastique|infini|unlimited|elastic|ilimitado|\
            unbegrenzt|dehnbar
        SPENT must_not|mustn't|should_not|shouldn't|cannot|can't|may_not ..1 be ..1 high|large|excessive|too_high
        NOT ..2 want|wish|like ..1 to? pay|spend ..3 lot|much|fortune|anything|more|$
        kosten|preis|cout|prix|costo|coste|precio darf_nicht|durfen_nicht|ne_doit_pas|ne_peut_pas|no_debe|\
            no_puede ..1 \
            hoch|etre|ser|superar
        NOT ..3 break|breaking|breaks the_bank
        NOT ..3 arm_and_a_leg|fortune|bankrupt*|the_earth|a_bomb|the_world
        NOT ..3 blow|blowing|exceed|overrun ..1 budget
        NOT ..2 waste|wasting|burn|burning ..1 money|budget|cash
        on_the_cheap
        !penny_pinch*|penny_wise|pinch*_pennies|count*_pennies
        watch*|count*|justif*|squeez*|stretch*|pinch*|mind*|scrutini* ..1 every|each|our|the ..1 cent|penny|pennies|\
            dollar|euro|pound|bill|budget|spend|costs
        !every|each cent|penny|dollar|euro|pound|buck|dime counts|matters|is
        finance|cfo|controller|controllers|boss|management|board|treasur*|accounting ..6 cheap*|bill|bills|costs|\
            spend|invoice|savings
        bill|budget|invoice|spend|costs ..2 like_a_hawk|scrutini*|under_scrutiny|closely
        NOT ..2 have|got|having ..3 MONEY
        NOT ..1 much|a_lot_of|big|lots_of|large|huge MONEY
        !POOR ..1 MONEY
        NOT ..1 unlimited|infinite|endless|bottomless|limitless|inexhaustible MONEY
        MONEY BE? not|never|hardly|isn't unlimited|infinite|endless|bottomless|generous|big|large|great|huge
        MONEY ..1 BE ..2 POOR
        no_money|no_budget|no_funding|out_of_money ..0 $
        low|lowest|minimal|minimum|lower|smallest|least possible? SPENT
        SPENT ..1 BE|keep|stay* ..2 low|tiny|negligible|minimal|minimum|down|small|modest|bounded
        keep*|hold ..4 SPENT ..1 low|down|small|minimal|modest|in_check|at_bay|contained|under_control|sane
        !cheapest|least_expensive|most_economical|most_affordable
        NOT ..2 afford ..3 gpus|much|expensive|pricey|pay|spend
        hard_to_justify ..3 cost*|spend*|expens*
        kosten|preis|budget|geld|etat|mittel ..2 eng|schmal|beschrankt|uberschaubar|klein|begrenzt|knapp
        schmal*|eng*|klein*|beschrankt*|begrenzt*|knapp* budget|etat|geldbeutel|mittel
        budget|moyens|argent ..2 serre*|limite*|restreint*|contraint*|reduit*|modeste*|maigre*
        presupuesto ..2 ajustad*|limitad*|reducid*|escas*|pequen*|corto|apretad*
        """,
    ("accuracy", "high"): """
        NOT|no ..2 room|margin|tolerance|place|space for ..2 WRONG
        !ANSWERS ..1 BE ..1 perfect|flawless|impeccable|faultless|spotless|unimpeachable
        but|just|only|always|simply right|correct|accurate $
        worst|bad|terrible|awful|fatal|embarrassing|unacceptable|horrible ..3 BE ..2 WRONG|wrong
        fast|quick|cheap|instant ..1 wrong|bad|incorrect ..4 worthless|useless|no_use|no_good|pointless|worse
        what_good|what_use|no_point ..6 wrong|incorrect
        give|want|need|get|only|take ..2 the_best $
        low|little|limited|no|zero tolerance for|of|to ..1 WRONG
        low|lower|poor|bad|reduced quality|accuracy|precision ..1 BE? unacceptable|not_fine|not_ok|not_acceptable|\
            not_an_option|a_no_go
        ANSWERS should|must|have_to|need_to ..1 be ..1 good|great|right
        but ..1 the_best $
        need|want|have it good|right|correct|accurate|perfect
        zero_tolerance|nulltoleranz|null_toleranz|cero_tolerancia ..2 WRONG|*
        WRONG ..3 could|would|can|may|will|might ..3 HARM
        WRONG|wrong_* ..2 BE ..2 HARM
        a_wrong|one_wrong|a_false|any_wrong|one_bad ..3 HARM
        WRONG ..1 cost*|kill*|ruin*|harm*|hurt*|endanger*
        lives|life|health|safety|reputation|licence|license|patients ..2 at_stake|depend*|on_the_line|at_risk
        NOT ..2 afford|tolerate|allow*|accept*|permit*|forgive* ..3 WRONG
        WRONG ..2 not_acceptable|not_ok|not_tolerated|not_allowed|not_permitted|not_an_option|inadmissible|\
            nicht_akzeptabel|nicht_hinnehmbar
        must|has_to|have_to|needs_to|need_to|got_to|gotta|should|muss|mussen ..3 be right|correct|true|truthful|\
            trustworthy|bulletproof|rock_solid|watertight|airtight|verifiable|defensible|impeccable|beyond_reproach
        getting|get|gets|got ..3 right
        just|only|simply ..2 be right|correct
        answer|answers|output|outputs|reply|replies|results|antwort|antworten ..1 muss|mussen sitzen|stimmen|passen
        hauptsache ..2 richtig*|korrekt*|gut*|stimm*|genau*
        !smartest|brightest|cleverest|strongest|ablest|best|finest|sharpest|most_capable|most_powerful ..1 thing|\
            model|models|brain|llm|ones|one|available|there_is
        NOT ..1 hallucinat*|make_up|make_things_up|invent*|guess*|bluff*|fabricat*
        fiabilite|fiabilidad|qualite|exactitude|rigueur ..1 maximale|absolue|totale|maxima|absoluta|total|\
            irreprochable|optimale
        ne_doit|ne_doivent|ne_peut ..3 tromper|inventer|halluciner|erreur*
        que_no ..2 falle*|equivoque*|invente*|alucine*
        no ..2 fall*|equivoc*|inventar|alucin* $
        !FINE ..1 ANSWERS
        right_every_time|right_first_time|first_time_right
        """,
    ("accuracy", "medium"): """
        !average|medium|moderate|normal|standard|ordinary|regular quality|accuracy|precision
        """,
    ("cost", "medium"): """
        SPENT ..4 within_reason|within_limits|bearable|manageable|justifiable|sensible|reasonable
        """,
    ("accuracy", "low"): """
        low|lower|lowest|minimal accuracy|quality|precision requirement*|need|needs|expectation*|anforderung*
        low|lower|poor|bad|reduced quality|accuracy|precision ..1 BE ..1 fine|ok|okay|acceptable|tolerable|enough|\
            sufficient
        needn't|need_not be ..1 perfect|great|brilliant|flawless|excellent|best|good
        quality|accuracy|precision can|may|might|could ..1 be ..1 lower|low|reduced|worse|so_so
        NOT ..1 have|need|has|must|got ..1 to|be ..2 perfect|flawless|brilliant|spot_on|amazing|excellent|great|\
            genius|exact|polished
        perfection|perfect|brilliance|excellence|flawlessness ..0 is_not|isn't|not ..2 needed|required|necessary|\
            goal|point|important|expected|asked
        NOT ..3 need*|require*|expect*|demand* ..2 perfection|brilliance|genius|flawless*|rocket_science|poetry
        NOT ..2 need*|want*|require* ..4 smartest|best|cleverest|strongest|biggest|top|brightest|frontier|\
            state_of_the_art|genius|fancy
        rather|better|prefer ..3 rough|approximate|imperfect|vague ..4 than
        !occasional|some|few|odd|the_odd|minor mistake|mistakes|error|errors|slip|slips|typo|typos|blunder*|\
            hiccup* ..4 \
            fine|ok|okay|acceptable|tolerable|forgivable|alright
        !occasional|some|few|odd|the_odd|minor mistake|mistakes|error|errors|slip|slips|typo|typos|blunder*|\
            hiccup* ..1 is_ok|are_ok|are_fine|is_fine|okay|acceptable|tolerable|forgivable|no_problem|won't_hurt|\
            are_okay|don't_matter
        live_with|put_up_with|tolerate|accept|stomach|forgive|okay_with|fine_with|ok_with ..2 mistake|mistakes|\
            error|errors|slips|typo|typos|blunders|inaccura*|imperfect*
        rough_and_ready|rough_idea|ballpark|gist_is|the_gist|approximate*|approximation*|80_percent|eighty_percent
        even_if|even_though|even_when ..2 quality|accuracy|precision|answers ..2 dip*|suffer*|drop*|lower|worse|\
            slip*|goes_down|degrad*|poor*|less_good|imperfect
        auch_wenn ..3 qualitat|genauigkeit ..2 leidet|sinkt|schlechter
        """,
    ("complexity", "high"): """
        and|& simple $
        simple and easy|simple|straightforward setup|set_up|deployment|operation*|maintenance|management
        easy and easy|simple|straightforward setup|set_up|deployment|operation*|maintenance|management
        NONE ..5 OPS ..4 TEND|here|team|on_staff|staff|people|person|knowledge|experience|know_how|skills|around|\
            in_house|on_call|$
        nobody|no_one|noone|niemand*|personne|nadie ..6 TEND|kummert|kummern|betreu*|wartet_es|s'en_occup*|ocupe|\
            encargue
        nobody|no_one|noone|niemand|personne|nadie ..6 OPS
        NOT ..1 have|got|want|employ ..3 PEOPLE ..2 TEND|ops|operations|infrastructure|kubernetes|servers
        no|without|lack*|few|little|short_on|limited|scarce ..1 PEOPLE ..2 TEND|ops|operations|infrastructure|\
            kubernetes|servers
        NOT ..4 babysit*|tinker*|fiddl*
        no|without|ohne|sans|sin|lack*|kein|keine|keinen ..1 devops|ops_team|sre|sres|admin|admins|it_department|\
            it_team|it_staff|\
            it_abteilung|platform_team|infra_team|sysadmin|sysadmins|betriebsteam|administrator*|mlops|it_people|\
            informatiker|\
            service_informatique|equipe_technique|equipo_tecnico|departamento_de_informatica|departamento_tecnico
        NOT|NONE ..5 know*|understand*|familiar|kennt|versteh*|connait|sait|sabe|entiende ..4 OPS|servers|server|\
            gpu|gpus|\
            clusters|linux|docker|containers|computers|technology|tech|technik|serveurs|servidores
        must|should|has_to|needs_to|need_to ..2 be ..2 simple|easy|effortless|trivial|painless $
        set_up_once|set_it_up_once|install_and_forget
        ops|sre|admin|it|infra folks|people|guys|team ..2 drowning|busy|overloaded|swamped|stretched|overworked|\
            underwater
        no_tenemos ..1 quien|a_nadie|nadie|gente|personal
        no|without|lack* ..1 in_house|internal|dedicated|own ..1 it|OPS
        avoid|minimise|minimize|reduce|without|less|no ..1 complexity|complications
        !simplest thing|setup|option|possible|solution|way
        NONE ..2 want|need|time|like|wish ..3 TEND|fiddle*|tinker*
        one|single|two|half_a|part_time ..1 admin|sysadmin|engineer|sre|devops|ops|it_person ..4 TEND
        leave_alone|leave_it_alone|forget_about_it|forget_it_exists|runs_itself|run_itself|looks_after_itself|\
            just_works|just_work
        set_it_and_forget_it|fire_and_forget|turnkey|turn_key|out_of_the_box|plug_and_play|off_the_shelf|no_fuss|\
            zero_fuss|no_frills
        keep_it ..1 simple|boring|small|minimal|lean|plain
        boring|dull|plain|vanilla|simple|minimal|minimalist|lean ..1 setup|stack|infrastructure|deployment|\
            architecture|solution|system|installation|technology
        as_little ..1 infrastructure|ops|maintenance|operations|hassle|fuss|admin|operational
        least|minimal|minimum|low|little|small|lowest|hardly_any ..2 operational|ops|maintenance|upkeep|admin|\
            administration|hassle|fuss|babysitting
        dead_simple|dead_easy|foolproof|idiot_proof
        our ..2 sre|sres|ops|admin|admins|ops_team|platform_team ..1 BE ..2 few|tired|overloaded|small|tiny|busy|\
            stretched|swamped|one_person|overworked|understaffed
        simplicity ..1 matters|counts|wins|rules
        easy|easily|simple|simply|trivial|effortless|painless|straightforward ..1 to ..1 TEND|install|upgrade|\
            deploy|set_up|use|administrate
        easily|simply ..0 TEND|maintained|operated|managed|run|deployed
        """,
    ("complexity", "low"): """
        complexity|complicated|complex|sophistication ..2 no_problem|is_fine|are_fine|is_ok|okay|acceptable|\
            no_issue|welcome|doesn't_matter|not_a_problem
        NOT ..1 mind|afraid|scared|shy ..2 complex*|complicated|sophisticated
        complexity|complicated ..1 doesn't|does_not|don't|won't ..1 bother|worry|scare|concern|hurt|trouble|faze|\
            frighten|matter
        our ..1 platform|ops|sre|infra|devops|infrastructure team|crew ..1 BE ..1 huge|large|strong|big|\
            experienced|great|seasoned
        we_have|we've|with ..2 strong|seasoned|experienced|dedicated|skilled|mature ..1 sre|devops|ops|platform|\
            infra|mlops team|\
            crew $
        operations|ops|maintenance ..1 no_concern|not_a_concern|no_issue|not_an_issue|isn't_a_concern|irrelevant
        can|able ..2 handle|cope|deal|manage|run|operate ..3 complex*|complicated|anything|sophisticated
        strong|seasoned|experienced|large|big|veteran|dedicated|skilled|capable|mature ..1 sre|devops|ops|\
            platform|infra|infrastructure|operations|mlops ..1 team|crew|group|engineers|people ..6 handle*|\
            manage*|complex*|operate*|run*|behind
        """,
}
"""What frames say, by dimension and level."""
