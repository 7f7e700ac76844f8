"""Words for people: those who use a service, and the roles they have, in six languages, folded."""

from neuralnav.draft.rules.number_words import words_of
from neuralnav.draft.rules.people_words_abroad import (
    MORE_ENDINGS,
    MORE_OTHER_THINGS,
    MORE_ROLES,
    MORE_THINGS,
    MORE_USERS,
    MORE_WIDE_ROLES,
)

USERS = words_of(
    "household family licence license licensee subscription user usr usrs enduser username consumer subscriber"
    " visitor seat"
    " member player account mau dau wau guest"
    " nutzer nutzern nutzerinnen benutzer benutzern benutzerinnen anwender anwendern anwenderinnen endnutzer"
    " endanwender"
    " besucher besuchern mitglieder mitgliedern abonnenten konten utilisateur utilisatrice usager abonne visiteur"
    " membre"
    " usuario usuaria visitante suscriptor miembro abonado"
)
"""Those who use something. Singular in English, French and Spanish; German in its forms."""

ROLES = words_of(
    "clerc mieter mietern vermieter vermietern athlete astronaut cardholder licensee trainee mentee interviewee"
    " examinee honoree pedestrian homeowner renter"
    " leaseholder bondholder stallholder commoner courtier peer monarch nanny babysitter au-pair sitter custodian"
    " official exec gp postdoc phd journo dietician orderly porter keeper conductor steward lecturer sme geek nerd"
    " mum mom dad grandparent couples villager islander inmate prisoner detainee veteran reservist cadet recruit"
    " officer"
    " constable sergeant lieutenant trustee governor alum alumni alumna undergrad undergraduate postgraduate postgrad"
    " graduate freshman sophomore grad scholar ta schoolchild schoolchildren children kids men women man woman"
    " bookseller stylist beautician hairdresser jeweller jeweler miner rigger driller crofter grower breeder vintner"
    " winemaker brewer distiller fisherman fishermen fisher forester logger lumberjack postman postmen mailman"
    " dispatcher"
    " lifeguard usher bouncer sommelier bartender barkeep butcher fishmonger greengrocer grocer rider biker"
    " cyclist runner"
    " walker hiker climber skier golfer swimmer sailor skipper yachtsman angler hunter commuter motorist"
    " crew crews csr sdr bdr csm rn lpn hcp cpa cra dba "
    " people folk ppl peeps fte person human individual employee staff colleague coworker worker workforce teammate"
    " headcount"
    " personnel"
    " developer dev engineer programmer coder sre swe architect designer scientist researcher analyst quant consultant"
    " agent rep representative operator dispatcher clerk teller broker banker trader advisor adviser accountant auditor"
    " actuary underwriter adjuster lawyer attorney paralegal solicitor barrister notary judge jurist counsel doctor"
    " physician clinician nurse medic surgeon radiologist pathologist pharmacist therapist dentist vet patient student"
    " pupil learner teacher professor lecturer tutor instructor librarian academic scholar writer author editor"
    " journalist reporter copywriter marketer blogger translator interpreter linguist creator artist seller salesperson"
    " salespeople salesmen buyer shopper merchant customer client cardholder policyholder tenant landlord driver"
    " courier"
    " pilot technician mechanic electrician plumber fitter inspector planner manager director executive officer"
    " supervisor leader lead admin administrator assistant secretary recruiter hr intern trainee apprentice contractor"
    " freelancer volunteer citizen resident taxpayer voter parent passenger traveler traveller tourist farmer fan"
    " viewer"
    " listener reader candidate applicant jobseeker attendee participant delegate expert specialist professional"
    " caseworker examiner reviewer investigator detective firefighter soldier cop partner associate stakeholder"
    " aide fellow host counsel insured clerk steward concierge chef cook waiter barista baker crewmember"
    " sailor captain ranger guard warden marshal trooper priest monk imam rabbi pastor coach mentor counselor"
    " counsellor psychologist caregiver carer midwife paramedic optician veterinarian anesthetist dietitian physio"
    " physiotherapist curator archivist historian philosopher critic novelist poet playwright screenwriter podcaster"
    " streamer influencer photographer filmmaker animator musician composer singer actor stylist tailor"
    " florist gardener carpenter mason roofer welder machinist foreman logistician surveyor appraiser assessor"
    " treasurer controller comptroller bookkeeper cashier stockbroker financier investor shareholder donor member"
    " backer founder ceo cfo owner principal dean provost registrar lobbyist politician senator"
    " councillor councilor diplomat ambassador spokesperson publicist strategist salesman saleswoman telemarketer"
    " merchandiser grocer pharmacist guest neighbour neighbor pensioner retiree refugee immigrant child kid teenager"
    " "
    " tester maintainer hacker gamer geologist chemist biologist physicist economist statistician mathematician"
    " texter texterin texterinnen bibliothekare bibliothekarinnen archivare lektoren lektorinnen gaste gasten"
    " versicherte versicherten pensionare"
    " rentner azubis auszubildende beamte beamten richter richterinnen notare polizisten feuerwehrleute hebammen"
    " physiotherapeuten psychologen"
    " eltern kinder kindern hausmeister makler gutachter prufer einkaufer planer bauleiter architekten designer"
    " fahrgaste reisende"
    " anwalt anwalte anwalten anwaltinnen juristen juristinnen arzte arzten arztinnen pfleger pflegekrafte schuler"
    " schulern schulerinnen studenten studierende studierenden studentinnen lehrer lehrern lehrkrafte lehrerinnen"
    " mitarbeiter mitarbeitern mitarbeiterinnen mitarbeitende mitarbeitenden angestellte angestellten beschaftigte"
    " beschaftigten kollegen kolleginnen entwickler entwicklern entwicklerinnen ingenieure ingenieuren analysten"
    " berater beratern beraterinnen kunden kundinnen leute leuten menschen personen person mann kopfe kopfen agenten"
    " redakteure redakteuren redakteurinnen autoren verkaufer techniker technikern fahrer fahrern patienten"
    " patientinnen burger burgern burgerinnen sachbearbeiter sachbearbeitern sachbearbeiterinnen ubersetzer"
    " ubersetzern ubersetzerinnen forscher forschern forschende wissenschaftler teilnehmer teilnehmern handwerker"
    " monteure steuerberater buchhalter disponenten mandanten mandantinnen vertriebler support-mitarbeiter"
    " bibliothecaire archiviste assistant assistante stagiaire apprenti cadre ouvrier ouvriere artisan pharmacien"
    " pharmacienne"
    " notaire huissier magistrat juge greffier pompier policier militaire agriculteur voyageur touriste parent enfant"
    " assure"
    " assuree locataire proprietaire beneficiaire directeur directrice responsable gestionnaire animateur formateur"
    " formatrice"
    " personne personnes gens employe employee salarie salariee collaborateur collaboratrice collegue agent client"
    " cliente clientes developpeur developpeuse ingenieur avocat avocate juriste medecin infirmier infirmiere etudiant"
    " etudiante eleve enseignant enseignante professeur redacteur redactrice journaliste traducteur traductrice"
    " conseiller conseillere technicien technicienne chercheur chercheuse commercial commerciaux vendeur lecteur"
    " citoyen citoyenne habitant apprenant analyste consultant participant adherent joueur chauffeur comptable tete"
    " bibliotecario bibliotecaria archivero funcionario funcionaria juez notario bombero policia soldado"
    " agricultor"
    " viajero viajera turista padre madre nino nina asegurado asegurada inquilino propietario beneficiario director"
    " directora"
    " responsable gerente contable auditor auditora secretario secretaria becario aprendiz obrero cocinero camarero"
    " "
    " persona personas gente empleado empleada trabajador trabajadora colaborador colaboradora companero agente"
    " desarrollador desarrolladora programador ingeniero ingeniera abogado abogada jurista medico medica enfermero"
    " enfermera estudiante alumno alumna profesor profesora docente redactor redactora periodista traductor traductora"
    " asesor asesora tecnico tecnica investigador investigadora vendedor lector ciudadano ciudadana paciente analista"
    " consultor consultora participante socio jugador conductor operador comercial gestor alumnado"
)
"""People by what they do. Singular in English, French and Spanish; German in its forms."""

_ROLE_ENDINGS = (
    "ers", "eers", "ors", "ists", "ians", "ants", "smen", "women", "workers", "analysts", "reps", "folks", "nutzer",
    "nutzern", "anwender", "mitarbeiter", "mitarbeitern", "entwickler", "berater", "kunden", "kraefte", "krafte",
    "innen", "angestellte", "angestellten", "beauftragte", "beauftragten", "kundige", "lehrling", "lehrlinge",
    "arbeiter", "leute", "arzte", "verkaufer", "verkaufern", "leiter", "leitern", "helfer", "helfern", "pfleger",
    "pflegern", "techniker", "technikern", "beratern", "kraften", "leuten", "arbeitern", "referenten", "assistenten",
    "assistentinnen", "beamte", "beamten", "spezialisten", "experten", "ingenieure", "ingenieuren", "entwicklern",
    "anwalten", "arzten", "schuler", "schulern", "meister", "meistern", "bauern", "handler", "handlern", "lehrern",
    "planern", "gartner", "gartnern", "anwalte", "teilnehmer", "agenten", "eurs", "istes", "adores", "istas",
)  # fmt: skip

_NO_ROLES = words_of(
    "besonders anders divers univers travers premiers derniers entiers importants suivants courants restants beginnen"
    " gewinnen matters helpers refers delivers considers differs suffers drinnen binnen innen filters usages"
    " numbers orders servers containers clusters parameters characters papers letters offers computers errors"
    " sensors processors routers folders chapters meters layers headers timers filters newsletters doors colors factors"
    " monitors posters answers centers quarters hers others papers dollars hours containers speakers floors acceptors"
    " transformers adapters accelerators tumors trailers registers triggers numbers tickers specimen regimen covers"
    " powers tensors vectors indicators connectors generators simulators calculators elevators transistors"
    " restaurants plants variants assistants constants instants determinants serveurs valeurs erreurs"
    " dossiers ordinateurs secteurs moteurs processeurs facteurs valores errores servidores sectores"
    " millionen tonnen minuten spinnen terminen routinen kolonnen offers retrievers"
    " identifiers integers buffers drawers freezers coolers routers chargers charters browsers"
    " trillions billions answers newspapers folders datacenters centers retailers dealers carriers"
    " counters crawlers scanners printers blockers parsers rerankers embedders encoders decoders"
    " sekunden millisekunden mikrosekunden urkunden halbleiter halbleitern klassifizierer"
    " classifiers runners schedulers loaders workloads trailers"
)
"""Words with the ending of a role that are things, or companies."""


def is_user(word: str) -> bool:
    """Tell whether a folded word means those who use something."""
    return any(form in USERS or form in MORE_USERS for form in _forms(word))


def is_role(word: str) -> bool:
    """Tell whether a folded word means people by what they do."""
    if is_thing(word):
        return False
    if any(form in ROLES or form in MORE_ROLES for form in _forms(word)):
        return True
    return len(word) > 5 and word.endswith((*_ROLE_ENDINGS, *MORE_ENDINGS))


def is_thing(word: str) -> bool:
    """Tell whether a word has the ending of a role but is none."""
    return word in _NO_ROLES or word in MORE_THINGS


def is_people(word: str) -> bool:
    """Tell whether a folded word means people."""
    return is_user(word) or is_role(word)


def _forms(word: str) -> tuple[str, ...]:
    """Return a word, and what it may be the plural of."""
    word = word.removesuffix("'s")
    forms = [word]
    if word.endswith("s"):
        forms.append(word[:-1])
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("ves"):
        forms += [word[:-3] + "f", word[:-3] + "fe"]
    if word.endswith("ern"):
        forms.append(word[:-1])
    return tuple(forms)


_THINGS = words_of(
    "flats homes villas properties dwellings acres hectares websites recipes manuals beds rooms"
    " appointments"
    " visits stays bookings robots drones trucks lorries vans buses trams trains ferries boats ships planes"
    " sensors meters machines turbines panels skus parts assets pdfs files folders wikiss faq"
    " policies laws rulings verdicts briefs filings leaflets brochures catalogues catalogs books volumes issues"
    " editions"
    " channels streams feeds posts comments ratings photos clips scans slides decks sheets spreadsheets rows columns"
    " experiments trials samples specimens genomes lectures seminars workshops modules"
    " exercises quizzes questions answers matches games races concerts shows performances exhibits artworks paintings"
    " menus dishes drinks wines ingredients animals cows pigs chickens horses pets trees fields plots greenhouses"
    " degrees grades kilos kg tonnes tons litres liters gallons barrels bottles cans pallets parcels packages letters"
    " routes stops lines bridges tunnels roads streets parks pools courts pitches cameras lights switches routers"
    " playbooks runbooks templates forms surveys ballots petitions complaints incidents alerts logs events signals"
    " topics intents languages dialects scripts"
    "clusters microservices services markets brands topics channels sources endpoints environments projects apps"
    " applications devices kiosks screens robots cars vehicles rooms beds apartments houses titles books chapters"
    " slides songs videos podcasts episodes photos tests exams courses lessons deals orders shipments flights"
    " listings hotels restaurants vendors suppliers products items cores domains workflows pipelines"
    " queues namespaces tables databases datasets samples terabytes gigabytes megabytes kilometers miles meters tools"
    " integrations departments use cases usecases scenarios categories labels classes types kinds things steps phases"
    " options variants versions releases sprints iterations experiments shifts slots credits points stars cents"
    " pounds euros reasons ways parts sections clauses paragraphs sentences lines letters characters chars"
    " mails faxes forms invoices claims cases patents papers studies trials proteins molecules genesrequest requests"
    " req reqs query queries call calls message messages token tokens tok word words page pages"
    " document"
    " documents doc docs ticket tickets email emails gpu gpus card cards replica replicas node nodes pod pods server"
    " servers machines region regions country countries languages day days week weeks month months"
    " year"
    " years hour hours hrs minute minutes min mins second seconds sec secs ms s h percent gb gib tb mb model models"
    " teams offices departments companies sites schools hospitals"
    " branches stores shops usd eur euro euros dollar dollars k times x requests/s rps qps stunden"
    " stunde tage tag minuten sekunden monate monat jahre jahr woche wochen seiten dokumente anfragen tickets"
    " nachrichten sprachen lander standorte karten heures heure jours jour mois semaine semaines secondes minutes pages"
    " documents requetes langues pays horas hora dias dia meses mes semana semanas segundos minutos paginas documentos"
    " peticiones solicitudes consultas idiomas paises euros dolares parameter parameters layers bit bits"
    " requests/sec bucks transactions reports contracts articles images records files lines prompts questions"
    " chats conversations sessions pull-requests prs repos repositories services products items cores cpus watts"
)
OTHER_THINGS = _THINGS | MORE_OTHER_THINGS
"""Words behind a number that say it counts something else."""

DESCRIBING = words_of(
    "call message document doc ticket email page word language model server machine service data content product report"
    " contract request query card day night hour use case line form claim patent"
)
"""Of these, words that may describe people: "2,600 call centre agents"."""

STOPS = words_of(
    "for to with in on at per from by that who whom which is are was were be been we they our it its this these those"
    " when where while if because but so then than should must may can will would could need needs want have has had"
    " a an the my your their into onto over under within without during after before about around or nor not no as"
    " fur zu mit im in am an auf pro von die der das den dem des ist sind war waren wir sie es unsere unser die wenn"
    " aber weil dass bei aus nach vor uber unter ohne oder je soll sollen muss mussen kann konnen wird werden brauchen"
    " pour avec dans sur par qui que est sont nous ils elles notre nos le la les du des ou mais quand si il elle"
    " para con en sobre por que es son nosotros ellos nuestro nuestra los las el al o pero cuando como y"
)
"""Words that end what stands between a number and its noun."""

GROUPS = words_of(
    "dept depts abt abteilungen shift shifts centre centres center centers callcentre callcentres ward wards"
    " chapter chapters depot depots station"
    " stations practice practices club clubs campus campuses franchise franchises outlet outlets hub hubs cohort"
    " cohorts"
    " course courses lab labs studio studios shop shops restaurant restaurants hotel hotels library libraries pharmacy"
    " pharmacies clinics banks universities colleges firms agencies businesses district districts precinct precincts"
    " desks floor floors building buildings garage garages factory factories mill mills farms ships vessels crews"
    " brigade brigades subsidiary subsidiaries division divisions tribe tribes guild guilds chambers bureaus bureaux"
    " region regions province provinces county counties city cities town towns country countries state states"
    " klassen klasse schichten schicht niederlassungen niederlassung praxen praxis kliniken klinik laden geschafte"
    " hauser callcenter werke werk agences magasins magasin ecole ecoles classe classes succursales boutiques usines"
    " hopitaux hopital turnos tiendas tienda sucursales sucursal escuelas clinicas hospitales fabricas aulas clase"
    " clases "
    "team teams group groups office offices department departments dept site sites school schools class classes"
    " hospital"
    " hospitals branch branches store stores squad squads unit units company companies tenant tenants firm firms"
    " organization organisation business startup agency staff workforce crew bank clinic university college org"
    " customers clients locations location plant plants warehouse warehouses teams abteilung abteilungen standorte"
    " standorten schulen filialen gruppen gruppe firma unternehmen betrieb kanzlei belegschaft equipe equipes"
    " entreprise"
    " societe groupe service services agence bureau cabinet equipo equipos empresa grupo departamento oficina oficinas"
    " escuela escuelas agencia plantilla user userbase base audience population customer"
)
"""Words that hold people: "a team of 50"."""

DEPARTMENTS = words_of(
    "hr finance legal sales marketing procurement purchasing accounting compliance logistics engineering operations ops"
    " controlling treasury it support service research product design admin administration editorial production audit"
    " einkauf vertrieb buchhaltung personal recht finanzen comptabilite achats ventes rh juridique ventas compras"
    " contabilidad rrhh juridico"
)
"""Parts of a company, behind which their people may be counted: "HR (22)"."""

TURNOUT = words_of(
    "ridership readership viewership listenership membership attendance enrollment enrolment footfall followership"
    " mau dau"
    " wau following usership"
)
"""Words that are a number of people by themselves: "ridership 90,000"."""

LABELS = frozenset((
    "audience size", "crowd size", "group size", "class size", "staff size", "population size", "cohort size",
    "user base size", "userbase size", "base size", "workforce size", "number registered", "registered",
    "registered users", "ridership", "readership", "viewership", "membership", "attendance", "enrollment", "enrolment",
    "footfall", "following", "subscriber base", "customer base", "client base", "student body", "user pool", "uniques",
    "peak concurrent", "concurrent", "concurrent peak", "max concurrent", "simultaneous", "ccu", "peak users",
    "avg users", "average users", "daily users", "monthly users", "daily active", "monthly active",
    "user numbers", "nr of users", "number of people", "no. of people", "number of employees", "number of staff",
    "number of customers", "number of students", "number of developers", "number of agents", "number of seats",
    "number of members", "number of subscribers", "number of clients", "number of visitors", "number of patients",
    "number of citizens", "number of readers", "number of learners", "users est", "user total", "nb utilisateurs",
    "nb d'utilisateurs", "nombre de personnes", "nombre de clients", "numero de personas", "numero de empleados",
    "anzahl personen", "anzahl benutzer", "anzahl der benutzer", "anzahl anwender", "anzahl der anwender",
    "anzahl der mitarbeiter", "anzahl kunden", "nutzeranzahl", "userzahl", "benutzerzahl", "lawyers", "engineers",
    "teachers", "doctors", "nurses", "analysts", "writers", "editors", "readers", "patients", "citizens", "clients",
    "players", "visitors", "participants", "viewers", "licences", "licenses", "user licences", "user licenses", "users",
    "user base", "userbase", "user count", "number of users", "users count", "no. of users", "# users",
    "# of users", "num users", "user number", "active users", "total users", "expected users", "headcount",
    "head count", "seats", "mau", "dau", "wau", "audience", "user volume", "population", "employees", "staff", "people",
    "customers", "members", "subscribers", "students", "developers", "agents", "team size", "company size", "workforce",
    "nutzer", "benutzer", "anwender", "nutzerzahl", "anzahl nutzer", "anzahl der nutzer", "anzahl user", "user",
    "mitarbeiter", "anzahl mitarbeiter", "belegschaft", "teamgrosse", "kunden", "utilisateurs", "nombre d'utilisateurs",
    "effectif", "effectifs", "salaries", "clients", "usuarios", "numero de usuarios", "cantidad de usuarios",
    "plantilla", "empleados", "clientes", "concurrency", "concurrent users",
))  # fmt: skip
"""What stands before a number that counts people: "users: 5000"."""

WIDE_USERS = (
    "ユーザー",
    "ユーザ",
    "利用者",
    "使用者",
    "用户",
    "用戶",
    "会員",
    "会员",
    "訪問者",
    "访客",
    "アカウント",
    "席位",
    "玩家",
)
WIDE_ROLES = (
    "社員", "従業員", "職員", "スタッフ", "顧客", "お客様", "客", "学生", "生徒", "児童", "教員", "教師", "先生",
    "医師", "看護師",
    "患者", "開発者", "エンジニア", "プログラマー", "弁護士", "オペレーター", "担当者", "担当", "メンバー", "研究者",
    "記者", "編集者",
    "翻訳者", "営業", "市民", "住民", "チーム", "员工", "職工", "职工", "客户", "客服", "坐席", "学員", "学员",
    "老师", "教师",
    "医生", "护士", "开发者", "开发人员", "工程师", "程序员", "律师", "顾问", "分析师", "研究员", "编辑", "翻译",
    "同事", "司机",
    "居民", "读者", "人员", "专家", "经理", "成员", "同学", "作者", "商家", "卖家", "买家", "消费者",
    "コンサルタント", "アナリスト",
    "ライター", "デザイナー", "ドライバー", "技術者", "作業員", "代理人", "法務",
    *MORE_WIDE_ROLES,
)  # fmt: skip
