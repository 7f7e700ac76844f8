"""Real words of English, German, French and Spanish that are a slip away from a word of the tables.

They are no misspellings, so none is mended. Drawn from the words in common use in those languages: each that
`typos.repairs` would take for another one.
"""

from neuralnav.draft.rules.phrases import listed

REAL = frozenset(
    listed("""
    abonados, abound, abschreiben, aceptables, addiction, adrienne, agrement, aground, algorithmes, algorithmus,
    amere, anhalten, annoncees, announces, antragen, antwerpen, architectes, articule, assistenz, assisting,
    asustado, atteindre, attende, attendue, audition, aufgaben, ausbauen, ausgeben, ausleben, auslegen,
    auslosen, bathing, befragten, beholden, beichte, benotigten, besonderes, betrage, betragen, betreibern,
    betrieben, bibliografia, bitching, brachen, braking, branchen, brauchten, bricht, brillant, buscados,
    calientes, candidaturas, caridad, catalogne, cautions, cavidad, certaines, chabot, chanting, charters,
    charting, cheater, cheating, chucking, citacion, clausura, clutter, collegues, comercial, commence,
    commentaries, commerciales, commercially, commerciaux, compagne, compete, competes, competing, compilation,
    compilations, complaisance, complexion, compliant, componentes, composees, composers, composting, comprar,
    compres, compresion, concernent, concerted, concerts, concierne, concurred, concurrence, concurrencer,
    concurrencia, concurrente, concurrentes, concurrents, congrats, consent, constructs, construirse,
    construite, consular, consultes, consults, contactos, contacts, contends, contenidas, contente, contents,
    contester, contexte, contient, contiguous, continuons, continuos, contradicts, contraints, contras,
    contrasta, contrastes, convent, converging, conversing, convertis, courriers, coutent, couverts, creaking,
    creatine, cremation, crucible, cualidad, custer, customary, defenses, demandant, demandar, demandas,
    demandees, demandeur, departement, deplorer, despacio, despegar, detecter, detector, deterred, developed,
    developmental, developpant, developpe, developpee, developpees, developpent, differencie, differente,
    directivas, directivos, dirigencia, discusion, discutir, diskussion, disputer, distribucion, drifting,
    echtheit, economia, editar, editer, educacional, effektive, effizient, einfahren, empleadas, empleadores,
    empleando, employe, employeur, employeurs, employs, engineered, entites, entranas, entreprise, entwickelt,
    ernennen, esconde, escriban, escritora, esperado, essentials, estadios, estudias, etalement, evacuated,
    evidente, exchanges, exclue, exclure, excluye, exekutive, exercices, exigente, exiting, expansive,
    explosive, expressive, extensive, extinction, extradition, extraite, exzellent, fabricacion, fabrics,
    finishers, flogging, fondamental, fracturas, fractures, fragten, francfort, francis, francois, frankfort,
    frankfurter, frauen, frequences, frequents, gamma, gelingen, generadas, generador, generale, generales,
    generando, generateur, generational, generationen, generations, generos, geschwindigkeiten, gesichtet,
    gleichwertig, gleichzeitigen, gleichzeitiger, granate, gravite, hallucinant, handing, handlung, handtucher,
    happend, headings, headliners, historians, historicas, historiens, hooper, humains, iceland, identifiees,
    identifiers, identities, identity, illicite, immediats, impecable, importaba, importado, importantly,
    importara, importent, importer, importing, infernal, informativa, informer, informs, inmediatos, innovacion,
    instance, instantes, instinkt, integrale, integrales, integrante, integrantes, integrative, integrite,
    intelligente, intensite, interacting, interaction, interes, internets, interpretees, interpretes, interval,
    invernal, irland, itineraires, kasten, kerze, kisten, konten, kundin, kurde, kurden, kurse, kurve, kusten,
    langages, launchers, leaning, legislacion, licencie, lightening, lighting, likeness, llamados, lunches,
    magazins, manuel, massages, massaging, masters, materias, materiels, medea, medida, medina, memoirs,
    memorials, mensual, mensuelles, mientas, millon, miniseries, ministres, mitarbeit, mitarbeiterin,
    monatlichen, monch, monet, monkey, monta, montt, monty, mooney, multiplie, nachten, natation, necesitados,
    negociable, nuestras, nutter, nutzen, opcional, operacional, optimisme, optimiste, overheard, oversight,
    overweight, panning, parientes, passible, patientin, penetracion, percentage, perceptive, perdonen,
    performant, performante, performants, permissible, permission, personajes, personales, personals,
    personnages, personnels, persons, petitioned, petitionen, petitioner, petitioners, petitions, peuple,
    planing, plattform, polices, policias, policiers, politicos, politics, polity, portafolio, potentes,
    precios, preciosas, preciosos, prefecto, preferees, preferente, preferible, prefiere, preises, premisas,
    premises, preserved, presunta, preter, prever, prevision, pride, prince, prise, prive, prize, produccion,
    producer, producers, productif, productifs, productions, productiva, productive, productivo, productivos,
    produise, produkten, produktionen, produktions, produktiv, produkts, professed, projection, projektion,
    promet, promets, properly, propuestos, protection, prufer, publicacion, publikation, qualify, quantified,
    quantites, queramos, quereis, queres, querias, raide, rapportes, reaktion, recevant, redactor, reddition,
    rediges, reduccion, reduction, reduktion, redundant, referente, regiones, regulacion, relacion, relevait,
    relevent, repandre, repart, repost, reprieve, requises, responded, responden, responders, respondia,
    restraint, resument, retarder, retort, retrieved, reverence, reviens, revolver, sacrifie, saeed, sample,
    scheiben, schnallen, schreien, schreit, schreiten, schrieben, schwelle, scrapped, screaming, searchers,
    secundarias, securise, seguido, seguidos, segundas, selling, sending, servie, shelling, shippers, simpel,
    simulates, simultanea, simultanee, simultaneo, simultaneously, sinopsis, sipping, skipping, slipping,
    smelling, socal, solicitud, solucion, sozial, soziales, speeding, spielerin, spilling, sprechen, spruchen,
    staking, starch, starling, starring, startling, starving, statues, statuses, statuts, staying, steaming,
    steed, stoppers, stopping, strangest, stripped, suivants, swelling, synapses, techniciens, tecnicos,
    telefonica, thanking, thinning, throughout, tracking, tradition, traduisant, trafic, transaction,
    transactions, transaktion, transistor, transition, transitions, transmite, treatise, treatises, tricking,
    tucking, ubers, ubersehen, uberstehen, unterlegen, unternehmern, usees, verhangt, versiones, vertraue,
    vertrauen, vieleicht, vortrag, vortrage, vortragen, whiting, widow, writhing
    """)
)
"""Words that stay as they are."""
