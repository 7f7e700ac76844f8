"""The trade that a service is for, in one word."""

from collections.abc import Mapping

from neuralnav.draft.rules.emphasis import unread
from neuralnav.draft.rules.phrases import hits, listed, longest
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Reading

CUES: Mapping[str, str] = {
    "legal": """
        judges, court of appeal, courthouse, law courts, legal aid, patent office*, contract lawyers,
        in house counsel, legal department, legal team of, legal professionals, magistrates, prosecutors,
        law clerks, law students, lawyers want to, lawyers need to, lawyers have to read, staatsanwalt*, richter,
        magistrats, notaires, fiscalia*, jueces, 検察, 法官, 检察,
        legal, law firm*, lawyer*, attorney*, paralegal*, law office*, litigation, counsel, case law,
        legaltech, solicitors, barristers, notar*, law,
        anwalt*, *anwalt, *anwalte, *anwalten, kanzlei*, *kanzlei, jurist*, rechtsabteilung, legalabteilung,
        gericht*, avocat*, juridique*, cabinet d'avocats, juriste*, tribunal*, abogad*, juridic*, bufete*,
        despacho de abogados, legales, 法律, 法務, 弁護士, 法务, 律师, 律所, 律師, 司法, 裁判所
        """,
    "healthcare": """
        oncolog*, cardiolog*, surgeon*, surgery, surgeries, physiotherap*, paramedic*, midwives, midwife,
        care home*, nursing home*, wards, bedside, mental health, psychotherap*, psychiatr*, psycholog*,
        therapist*, gp practice*, general practitioners, medics, pharmacists in the clinicians, clinician,
        carers, rehab, discharge letter*, discharge summar*, health insurer, veterinar*, tierarzt*,
        rettungsdienst*, hebamme*, altenheim*, pflegeheim*, arztpraxis, arztpraxen, soignants,
        aides soignants, kinesitherap*, veterinaire*, ehpad, sanitarios, fisioterap*, veterinari*, consultorio*,
        介護, 薬局, 獣医, 兽医, 诊所, 护士,
        healthcare, health care, health, medical, medicine, patient, patients, hospital*, clinic, clinics, clinical,
        doctor*, physician*, nurse*, nursing, radiolog*, telehealth, telemedicine, ehr, diagnos*, caregivers, dental,
        dentist*, hipaa,
        gesundheitswesen, gesundheit*, *krankenhaus, krankenhaus*, klinik*, *klinik, *kliniken, patienten, arzt,
        arzte, arzten, medizin*, pflege, pflegekrafte, sante, hopital*, hopitaux, medecin*, clinique*, medical*,
        infirmier*, salud, pacientes, medic*, clinica*, enfermer*, sanidad, sanitari*, 医療, 病院, 患者, 医師, 看護*,
        診療, 診断, 医疗, 医院, 医生, 病人, 病历, 護理, 醫療, 健康
        """,
    "finance": """
        wealth advis*, financial advis*, equity analyst*, equities, tax advis*, tax consult*,
        annual reports for analysts, crypto*, financial analyst*, investment manager*, investment analyst*,
        stockbroker*, broker dealer*, stock exchange*, asset managers,
        fund manager*, bookkeep*, audit firm*, big four, venture capital*, actuarial, savings bank*,
        building society, neobank*, sec filings, earnings calls, central bank*, quants, kyc, aml,
        anti money laundering, steuerberater*, borse, vermogensverwalt*, wertpapier*, fonds d'investissement,
        courtier en bourse, expert comptable*, experts comptables, gestora*, asesor fiscal,
        asesores fiscales, 税理士, 信託, 税务, 券商, 审计,
        retail bank*, private bank*, investment bank*,
        finance, financial, bank, banks, banking, bankers, fintech, trading, traders, investment*, investor*,
        hedge fund*, asset manage*, wealth manage*, portfolio manag*, credit union*, mortgage*, loan*,
        equity research, stock market, brokerage, accounting, accountant*, auditors, payments, payment provider,
        treasury, private equity,
        finanz*, bank*, *bank, banken, *banken, sparkasse*, kredit*, buchhaltung, wirtschaftspruf*, banque*,
        bancaire*, financier*, financiere*, investissement*, comptab*, banco, bancos, bancari*, inversion*, contab*,
        金融, 銀行, 投資, 証券, 融資, 会計, 银行, 证券, 投资, 基金, 理财, 财务, 会计, 金融机构
        """,
    "insurance": """
        adjuster*, adjusters, loss adjuster*, claims assess*, insurtech, underwriting, claim forms, motor claims,
        claims department, schadensregulier*, schadenmeldung*, schadensachbearbeiter*, sinistre*,
        gestionnaires de sinistres, siniestro*, peritos, 損保, 生保, 理赔,
        insurance, insurer*, insured, policyholder*, underwrit*, claims adjust*, claims handler*, insurance claims,
        actuar*, reinsur*, versicherung*, *versicherung, *versicherungen, versicherer*, versicherte*, assurance,
        assurances, assureur*, assure, assures, mutuelle, aseguradora*, seguros, asegurados, 保険, 保险, 保險
        """,
    "e-commerce": """
        online shoe store, online fashion store, online merchant*, online sellers, marketplace sellers, etsy,
        woocommerce, magento, dropship*, product pages, our shop's website, internet shop*, onlinehandler*,
        handler im netz, e shop*, eshop*, vente en ligne, vendedores online, ネット通販, 跨境电商, 卖家,
        e commerce, ecommerce, online shop*, web shop*, webshop*, online store*, web store*, marketplace, shopify,
        online retail*, checkout, shopping cart, online shopping, onlineshop*, online handel, onlinehandel,
        versandhandel, boutique en ligne, commerce en ligne, site marchand, tienda online, tienda en linea,
        comercio electronico, tienda virtual, ec, ecサイト, ネットショップ, 通販, オンラインショップ, eコマース,
        电商, 電商, 网店, 电子商务, 网购
        """,
    "retail": """
        store clerk*, shop assistant*, store staff, convenience store*, drugstore*, garden center*, garden centre*,
        diy store*, furniture store*, shoe store*, book store*, bookstore*, shopping mall*, verkaufer,
        verkauferinnen, drogerie*, baumarkt*, vendeurs, dependientes, 販売員,
        コンビニ, 导购, 便利店,
        retail, retailer*, supermarket*, grocery, grocer*, shoppers, fashion, apparel, store associates,
        department store*, wholesale*, einzelhandel*, supermarkt*, handler, handel, lebensmittelhandel,
        modehandler, modehaus, distribution, grande distribution, supermarche*, magasins, commerce de detail,
        minorista*, supermercado*, comercio minorista, moda, 小売, スーパー, 店舗, アパレル, 零售, 超市, 门店, 服装
        """,
    "education": """
        mooc*, kindergarten*, bootcamp*, learning platform*, lectures, lecture, exams, exercise sheets,
        undergraduates, phd students, schoolchildren, language school*, driving school*,
        apprentices, kita, kitas, azubi*, auszubildende*, studierende*, volkshochschule*, maternelle*,
        formation professionnelle, formateur*, apprenants, guarderia*, aprendices, academia de idiomas, 幼稚園, 塾,
        受験, 幼儿园, 培训机构, 考试,
        education, educational, school*, student*, universit*, teacher*, classroom*, homework, course*, e learning,
        edtech, campus, professor*, lecturer*, pupils, tutoring, tutor*, learners, college*, bildung*, schule*,
        schuler*, *schule, *schulen, hochschul*, *hochschule, lehrer*, lehrkraft*, unterricht*, ecole*, eleve*,
        etudiant*, enseignant*, universitaire*, professeur*, lycee*, educacion, educativ*, escuela*, estudiante*,
        alumno*, profesor*, colegio*, docente*, 教育, 学校, 大学, 学生, 生徒, 教師, 授業, 教員, 老师, 課程, 课程,
        高校, 教师, 作业
        """,
    "government": """
        police, police department*, parliament*, immigration office*, immigration, social benefits, case workers,
        caseworkers, building borough, embassy, consulate*, customs office,
        army, armed forces, military, ministry wants, defence ministry, fire brigade*, firefighters, councillors,
        mayor*, public services, benefits office, welfare office, job centre*, jobcenter*, social security,
        polizei*, feuerwehr*, bundeswehr, landtag, bundestag, auslanderbehorde*, bauamt, sozialamt, pompiers,
        gendarmerie, parlement*, ville de, agents publics, policia*, bomberos, parlamento, ejercito, funcionarios,
        tramites, 警察, 消防, 自衛隊, 議会, 警方, 消防队, 政务大厅, 公安,
        government*, public sector, public administration, municipal*, city council, city hall, citizens, citizen,
        ministry, ministries, federal, federal agency, state agency, town hall, civil service, civil servants,
        public authority, public authorities, county, council, tax office, tax authority,
        behorde*, *behorde, *behorden, verwaltung*, stadtverwaltung, burger, burgern, burgerinnen, burger*,
        ministeri*, kommun*, gemeinde*, landkreis, finanzamt, rathaus, administration publique,
        mairie*, citoyen*, ministere*, prefecture*, collectivit*, secteur public, gobierno*, ciudadan*,
        ayuntamiento*, ministerio*, administracion publica, sector publico, municipio*, 自治体, 行政, 市役所, 官公庁,
        役所, 市民, 住民, 政府, 公共, 政务, 公务, 机关
        """,
    "telecom": """
        mobile subscribers, internet service provider*, internet provider*, subscribers of our network,
        fiber network, sim cards, 5g, cable operator*, handytarif*, internetanbieter*, telefongesellschaft*,
        fournisseur d'acces*, proveedor de internet, companias telefonicas, 回線, 宽带,
        telecom*, telco*, mobile operator*, mobile carrier*, network operator*, isp, broadband, phone company,
        mobile provider, carrier, telekommunikation*, mobilfunk*, netzbetreiber*, operateur mobile,
        operateur telecom*, telecoms, operateur de telecom*, operadora*, telecomunicacion*, telefonia, 通信会社,
        通信事業者, 通信キャリア, 携帯電話会社, 电信, 運營商, 运营商, 電信
        """,
    "gaming": """
        rpg, game developer*, game designer*, game master*, role playing game*, player characters,
        spieleentwickl*, editeur de jeux, desarrolladora de juegos, 手游, 手遊,
        gaming, game studio*, gamer*, video game*, games, players, npc, npcs, esports, mmo, mmorpg,
        spielestudio*, videospiel*, gaming*, spieler, spielern, jeu video, jeux video, joueur*, studio de jeux,
        videojuego*, jugador*, ゲーム, プレイヤー, 游戏, 玩家, 遊戲
        """,
    "travel": """
        holidaymaker*, holiday maker*, campsite*, railway*, train operator*, hostel*, travel agenc*,
        tour guide*, tour operator*, bed and breakfast*, ferry, ferries,
        sightseeing, campingplatz*, fahrgaste, gasthof*, gastronomie, auberge*, sncf,
        office de tourisme, albergue*, 観光客, 民泊, 游客,
        travel, traveler*, traveller*, airline*, hotel*, hotel chain, booking*, tourism, tourist*, guests,
        hospitality, flights, passengers, airport*, cruise*, vacation*, resort*, trips, reise*, *reisen, flughafen*,
        tourismus, fluggesellschaft*, gaste, voyage*, voyageur*, hotelier*, tourisme, touris*, compagnie aerienne,
        viaje*, viajero*, hoteles, turis*, aerolinea*, pasajeros, huespedes, 旅行, ホテル, 観光, 航空, 宿泊, 旅館,
        旅客, 酒店, 旅游, 航空公司, 景区, 民宿, 旅遊
        """,
    "hr": """
        recruiters, applicants, job candidates, hr department, hr team, hr helpdesk, hr policies, hr questions,
        employee onboarding, talent acquisition, staffing agency, job seekers, jobseekers, headhunt*, zeitarbeit*,
        personaler, personalverantwortliche*, stellenbewerber*, chasseur de tete*, demandeurs d'emploi,
        seleccion de personal, solicitantes de empleo, 求職者, 求职者, 人事部门,
        hr, human resources, recruit*, onboarding, employees' benefits, hiring, talent, payroll, job applicants,
        candidates, job descriptions, personalabteilung, personalwesen, bewerber*, bewerbung*, recruiting,
        ressources humaines, rh, recrut*, candidatures, recursos humanos, rrhh, reclut*, candidatos, 人事, 採用,
        人事部, 人力资源, 招聘, 人力資源, hr部门
        """,
    "it": """
        sysadmin*, it service, it services desk, it helpdesks, sres, site reliability, devops team*, it admin,
        system administrators, systemadministrator*, administrateurs systeme, administradores de sistemas, 運維,
        运维,
        it support, it helpdesk, it help desk, it service desk, it department, it team, it operations, it tickets,
        it staff, it admins, sysadmins, it infrastructure, password reset*, servicedesk it, it abteilung,
        it support team, it dienstleister*, it hilfe, support informatique, service informatique, dsi,
        departamento de ti, soporte tecnico interno, soporte de ti, mesa de ayuda de ti, 情報システム部, 社内it,
        itヘルプデスク, it部門, it部门, it运维, 信息技术部
        """,
    "manufacturing": """
        shop floor, semiconductor*, fabs, steel mill*, steelworks, foundry, plant operators,
        maintenance crew*, maintenance staff, machine manuals, machine tools, cnc, assembly workers,
        quality inspectors, service engineers, instandhalt*,
        wartungstechnik*, stahlwerk*, chemiepark, ouvriers, techniciens de maintenance, acierie,
        planta de produccion, tecnicos de mantenimiento, 保全, 現場作業, 半導体, 半导体,
        设备维修, 车间工人,
        manufactur*, factory, factories, plant floor, shop floor workers, assembly line*, machine builder*,
        production line*, industrial, machinery, machine operators, field technicians, maintenance technicians,
        fertigung*, fabrik*, maschinenbau*, maschinenbauer*, produktionslinie*, werk, werke, werker*, industrie*,
        techniker, usine*, industriel*, industrielle, fabrication, fabrica, fabricas, fabricante*, industrial*,
        manufactura, 製造, 工場, 製造業, 生産ライン, 制造, 工厂, 车间, 生产线
        """,
    "media": """
        news desk*, press agency, film studio*, streaming platform*, record label*, screenwriters, documentary,
        documentaries, columnists, editors of our, nachrichtenagentur*, filmstudio*,
        maison d'edition, chaine de television, editorial de libros, cadena de television, 編集部, 映画, テレビ局,
        电视台, 影视,
        newsroom*, journalis*, publisher*, publishing, newspaper*, broadcaster*, broadcasting, editorial,
        editors in chief, film, films, movies, tv, tv station, streaming service, magazine*, reporters, news agency,
        news site, news portal, media company, media house, podcast*, entertainment, verlag*, *verlag, zeitung*,
        redaktion*, journalist*, rundfunk*, nachrichtenportal, sender, presse, journal, editeur de presse,
        television, periodic*, periodist*, editorial*, prensa, medios, radio, 新聞社, 報道, 出版社, メディア, 放送,
        ニュースサイト, 媒体, 新闻, 记者, 报社, 媒體, 编辑部
        """,
    "marketing": """
        pr department, pr team, pr agency, public relations, social media manager*, social media team*,
        community manager*, ad campaigns, email campaign*,
        content marketers, agence de pub, equipo de marketing, relations publiques, relaciones publicas, 広報, 公关,
        品牌部,
        marketing, marketing agency, ad agency, advertising, brand manager*, brand team, seo, copywriter*, marketers,
        marketer, campaign*, werbeagentur*, marketing*, werbe*, agence de communication, publicit*, agence marketing,
        agencia de publicidad, mercadotecnia, agencia de marketing, publicidad, マーケティング, 広告, 广告, 营销,
        市场部, 行銷
        """,
    "energy": """
        drilling, oil rig*, offshore platform*, refinery, refineries, pipelines operator, gas company,
        water utility, water company, heat pumps, hydropower, photovoltaic*, substations, solar park*, geolog*,
        erdol*, gasversorg*, wasserwerk*, bergbau, photovoltaik*, raffinerie*, eoliennes,
        mineria, refineria*, eolic*, 石油会社, 風力, 太陽光, 矿山, 光伏, 风电,
        energy, utility company, utilities, power plant*, power grid, grid operator*, oil and gas, oil & gas,
        wind farm*, wind turbine*, solar, electricity, nuclear, energie*, stadtwerke, stromversorger*, windkraft*,
        energieversorger*, kraftwerk*, energie, fournisseur d'energie, electricite, petrole, energia, electrica,
        compania electrica, petroler*, エネルギー, 電力, 電力会社, 発電, 能源, 电力, 石油, 电网, 核电
        """,
    "logistics": """
        truck*, truckers, dispatchers for trucks, shippers, freight forwarder*, postal service*, post office*,
        port authority, container terminal*, shipping compan*, seafar*, sailors, ship crews, vessel*,
        customs broker*, last mile, lkw, fuhrpark, seeleute, reederei*, camions, poids lourds,
        chauffeurs routiers, port maritime, camiones, camioneros, 港湾, 船員, トラック, 港口, 卡车, 船员,
        logistic*, shipping, freight, warehouse*, supply chain*, parcel*, courier*, fleet*, trucking,
        delivery drivers, shipment*, forwarders, logistik*, spedition*, lieferkette*, paket*, logistique,
        transporteur*, entrepot*, colis, logistica, almacen*, envios, transportista*, paqueteria, 物流, 配送, 倉庫,
        運送, 仓库, 快递, 供应链, 货运
        """,
    "automotive": """
        in car, in vehicle, car assistant*, workshop manual*, car drivers, motorist*, tyre dealer*, ev charging,
        body shop*, autowerkstatt*, bordcomputer, conducteurs, garagiste*, taller mecanico*, conductores,
        カーナビ, 整備士, 车载助手, 修车,
        automotive, car maker*, carmaker*, car manufacturer*, car dealer*, dealership*, vehicle*, mechanics,
        auto parts, car owners, drivers, autohaus*, automobil*, fahrzeug*, autohersteller*, kfz, werkstatt*,
        automobile*, constructeur automobile, concession*, garage*, vehicul*, automotriz, automotrices, automovil*,
        coches, vehiculo*, concesionari*, 自動車, 車両, ディーラー, 汽车, 车企, 车主, 汽車, 车载, 4s店
        """,
    "real-estate": """
        estate agent*, estate agency, letting agenc*, house listings, flats for rent, home buyers, homebuyers,
        housing association*, housing company, home seekers, mortgage free, wohnungsbau*, wohnungsgesellschaft*,
        hausverwalter*, agents immobiliers, bailleur*, agentes inmobiliarios, 房产中介, 租客,
        real estate, realtor*, property listing*, property manag*, landlord*, tenants, housing, apartments,
        property descriptions, letting agent*, brokers of homes, immobilien*, makler*, mieter*, hausverwaltung*,
        immobilier*, immobiliere*, locataire*, agences immobilieres, inmobiliari*, inquilino*, propiedades, 不動産,
        賃貸, 物件, 房地产, 房产, 租房, 物业, 房地產
        """,
    "scientific": """
        institute of, geophysic*, astronom*, neuroscien*, botanist*, historians, archaeolog*,
        literature review*, forschungsinstitut*, doktorand*, doctorants, doctorandos, 博士, 実験室, 课题组,
        scientific, science, scientist*, researcher*, research institute*, laboratory, laboratories, lab, labs,
        academic*, academia, biolog*, chemist*, physic*, genom*, materials science, scholar*, wissenschaft*, forsch*,
        forschung*, labor, institut, scientifique*, chercheur*, laboratoire*, recherche scientifique, cientific*,
        investigador*, laboratorio*, 研究者, 研究所, 研究機関, 科学, 研究室, 科研, 科学家, 研究人员, 研究员, 实验室,
        学术, 学術
        """,
    "security": """
        cyber threat*, threat reports, vulnerabilit*, ciso, red team*, blue team*, phishing, fraud detection team,
        soc team*, it forensik*, schwachstellen*, vulnerabilites, vulnerabilidades, 脆弱性, 漏洞,
        cybersecurity, cyber security, infosec, soc, soc analyst*, security operations, security analyst*,
        threat intelligence, threat hunt*, malware, penetration test*, incident response, siem, security team,
        cybersicherheit, it sicherheit, sicherheitsanalyst*, cybersecurite, securite informatique, ciberseguridad,
        seguridad informatica, サイバーセキュリティ, セキュリティ運用, 网络安全, 安全运营, 資安
        """,
    "pharma": """
        pharmacist*, pharmacy, pharmacies, apotheke*, pharmaciens, farmacia*, drug safety, adverse event*,
        oncology trials, medical device*, vaccine*, clinical research org*, gxp, gmp, wirkstoff*,
        medizinprodukt*, dispositifs medicaux, vacuna*, 薬剤師, 医疗器械, 疫苗,
        pharma*, drug discovery, drug, drugs, clinical trial*, clinical stud*, biotech*, life science*,
        pharmacovigilance, regulatory affairs, medicines, pharmazeut*, arzneimittel*, klinische studie*, medikament*,
        pharmaceutique*, medicament*, essais cliniques, laboratoire pharmaceutique, farmac*, ensayos clinicos,
        medicamento*, 製薬, 医薬品, 治験, 臨床試験, 創薬, 制药, 药企, 药物, 临床试验, 药品
        """,
    "agriculture": """
        agronom*, vineyard*, winery, wineries, dairy, orchards, forestry, winzer*, forst*, viticult*,
        exploitants agricoles, ganader*, vinedo*, 漁業, 林業, 渔业, 果园,
        agricultur*, farm, farms, farmer*, crops, livestock, landwirt*, agricol*, 農業, 農家, 农业, 农民
        """,
    "construction": """
        civil engineer*, building codes, building company, site managers, roofers, carpenters,
        structural engineers, surveyors, bauleiter*, baufirma*, bauarbeiter*, architekt*, bauingenieur*,
        architectes, genie civil, maitre d'oeuvre, arquitect*, ingenieros civiles, obras, 建築士, 土木, 工地,
        建筑师,
        construction, building site*, contractors, architects, bauunternehmen, baustelle*, bauwesen, chantier*, btp,
        construccion, 建設, 建築, 建筑, 施工
        """,
}  # fmt: skip
"""Words of each trade; its own name among them states it, the others imply it."""

NOTHING = """
        finance cut, finance said, finance has, lawyers have, our lawyers have, lawyers say, our lawyers say,
        lawyers want, our lawyers want, our lawyers require, save games, game day*, board game*, /hr, per hr, an hr,
        hrs, 1 hr, /health, health endpoint*, healthz, legal wants, legal requires,
        legal require, legal needs, legal need, legal says, legal say, legal insists, legal insist, legal demands,
        legal asks, legal will, legal won't, legal team wants, legal team requires, legal team insists,
        legal department wants, legal department requires, legal reasons, for legal reasons, by legal,
        legal approved, legal sign off, approved by legal, legal only, legal must, legal has, legal does,
        legal and compliance, legal and security, finance wants, finance says, finance will, finance gave,
        finance approved, finance allows, finance capped, finance insists, finance team approved, security wants,
        security requires, security says, security team wants, security team requires, security team insists,
        security team says, procurement, rechtsabteilung will, rechtsabteilung verlangt, rechtsabteilung besteht,
        le juridique veut, le juridique exige, legal exige, legal pide, legal quiere, 法务要求, 法務が, 法務から,
        health check*, liveness, social media, content marketing, course of, of course, in the course,
        over the course, school of thought, bank holiday*, data bank, memory bandwidth, travel time, round trip*,
        game changer, gamechanger, game plan, energy efficient, energy cost*, shipping date, shipping the,
        shipping in, we're shipping, court of public opinion, human in the loop, patient with, be patient,
        bin gespannt, we are patient, users are patient, drive, google drive, one drive, solar powered, public cloud,
        public cloud provider*, gpu fleet*, fleet of, model card*, no game, student discount, law of, moore's law,
        in law, film at, studio quality, state of the art, federal holiday*, paid trial, datenbank*, *datenbank,
        wissensdatenbank*, werkzeug*, netzwerk*, kraftwerk, werktag*, werktags, beamte, gesamt, insgesamt,
        zusammen mit, amt fur irgendwas, rh openshift, rh ai, trading off, trade off*, loan word*, credit card*,
        investment in gpus, hardware investment*, gpu investment*, investment, investments, investissement*,
        inversion, investiciones, carrier grade, payments, scientific notation, lab environment, dev lab, gpu lab,
        ai lab, innovation lab, our lab cluster, homelab, home lab, drivers, gpu driver*, nvidia driver*,
        cuda driver*, driver, physical gpu*, physical machine*, physical server*, physically, vehicle for,
        distribution, warehouse data, data warehouse*, campaign, campaigns, booking engine gpu, journal,
        industriestandard, court, council of, marketing asap, distribution list*, student model, teacher model,
        medium term, building block*, building
        """
"""Words that only look like them, and departments that ask for something else than the service."""


def _is_it(text: Text, span: Span) -> bool:
    """Tell whether "it support" speaks of IT: "does it support German" does not."""
    return not text.spaced.startswith("it ", span[0]) or text.quote(*span).text.startswith("IT")


def read_domain(text: Text) -> Reading:
    """Return the trade that words tell most often; of equals the one that is told first."""
    passed = unread(text)
    found: dict[Span, str] = {}
    for domain, phrases in (("", NOTHING), *CUES.items()):
        for span in hits(text, listed(phrases)):
            found.setdefault(span, domain)
    kept = [
        (domain, span)
        for span in longest(found)
        if (domain := found[span]) and not passed(span) and (domain != "it" or _is_it(text, span))
    ]
    if not kept:
        return Reading()
    words: dict[str, set[str]] = {}
    for domain, span in kept:
        words.setdefault(domain, set()).add(text.spaced[slice(*span)])
    best = max(words, key=lambda domain: len(words[domain]))
    own = [span for domain, span in kept if domain == best]
    named = [span for span in own if text.spaced[slice(*span)] == best.replace("-", " ")]
    quote = text.quote(*(named or own)[0])
    if named:
        return Reading((Finding("domain", best, "stated", "rules", (quote,)),))
    return Reading((Finding("domain", best, "inferred", "rules", (quote,), "the trade of these words"),))
