"""More words for people in German, French and Spanish, folded; as in `people_words`."""

from neuralnav.draft.rules.number_words import words_of

MORE_USERS = words_of(
    "usern nutzende nutzenden anwendende anwendenden endnutzern endanwendern endkunden gastnutzer testnutzer"
    " utilisateurs utilisatrices internaute internautes adherente abonnee visiteuse usuaries internauta cibernauta"
    " visitantes abonada"
)
"""Those who use something."""

MORE_ROLES = words_of(
    # German
    "gefluchtete gefluchteten"
    " ma mas anrufer anrufern anruferinnen berufstrager berufstragern mieter mietern mieterinnen bewohner bewohnern"
    " bewohnerinnen einwohner einwohnern studis azubi spieler spielern leser lesern leserinnen horer horern"
    " zuschauer zuschauern abonnentinnen hotelgaste fluggaste fluggasten badegaste pendler pendlern maklern"
    " maklerinnen partnern handler handlern handlerinnen vertreter vertretern aussendienstler aussendienstlern"
    " innendienstler innendienstlern sachverstandige sachverstandigen gutachtern prufern betriebsrate betriebsraten"
    " dozenten dozentinnen dozierende dozierenden professoren professorinnen lehrende lehrenden erzieher erziehern"
    " erzieherinnen sozialarbeiter hausarzte hausarzten facharzte facharzten apotheker apothekern apothekerinnen"
    " zahnarzte zahnarzten tierarzte tierarzten therapeuten therapeutinnen landwirte landwirten bauern winzer"
    " winzern kapitane piloten pilotinnen lokfuhrer lokfuhrern zugbegleiter zugbegleitern lageristen logistiker"
    " logistikern mechaniker mechanikern mechatroniker mechatronikern elektriker elektrikern elektroniker"
    " installateure installateuren schweisser konstrukteure konstrukteuren programmierer programmierern"
    " programmiererinnen softwareentwickler admins administratoren systemadministratoren tester testern controllern"
    " buchhaltern buchhalterinnen bankberater bankberatern kassierer kassierern steuerzahler steuerzahlern"
    " antragsteller antragstellern wahler wahlern staatsanwalte staatsanwalten rechtsanwalte rechtsanwalten"
    " patentanwalte patentanwalten justiziare referendare referenten referentinnen notaren assistenten"
    " assistentinnen sekretarinnen fuhrungskrafte fuhrungskraften fachkrafte fachkraften lehrkraften pflegekraften"
    " schreibkrafte geschaftsfuhrer geschaftsfuhrern managern managerinnen abteilungsleiter abteilungsleitern"
    " teamleiter teamleitern projektleiter projektleitern filialleiter filialleitern marktleiter marktleitern"
    " bauleitern schulleiter schulleitern einkaufern verkaufern verkauferinnen kellner kellnern koche kochen"
    " supporter supportern moderatoren journalisten journalistinnen reportern lektoren autorinnen kreative kreativen"
    " grafiker grafikern werbetexter werbetextern textern recruitern personaler personalern bewerber bewerbern"
    " bewerberinnen interessenten interessentinnen besucherinnen klienten klientinnen pflegende pflegenden pflegern"
    " sanitater sanitatern soldaten beamtinnen polizistinnen zollner verwaltungsangestellte verwaltungsangestellten"
    " experten expertinnen spezialisten spezialistinnen wissenschaftlern wissenschaftlerinnen forschenden"
    " doktoranden doktorandinnen ingenieurinnen architekten architektinnen meister meistern gesellen lehrlinge"
    " lehrlingen auszubildenden jugendliche jugendlichen erwachsene senioren seniorinnen familien angehorige"
    " angehorigen erkrankte pflegebedurftige studierender lernende lernenden teilnehmenden teilnehmerinnen betreuer"
    " betreuern betreuerinnen trainer trainern coaches berufstatige selbststandige freiberufler gewerbetreibende"
    " handelsvertreter franchisenehmer leiharbeiter saisonkrafte ehrenamtliche ehrenamtlichen freiwillige"
    " freiwilligen helfer helfern disponentinnen agentinnen operatoren werker werkern monteurinnen servicetechniker"
    " servicetechnikern aussendienstmitarbeiter innendienstmitarbeiter facharbeiter facharbeitern stadtwerkekunden"
    " stromkunden bankkunden kundschaft gaste besitzer besitzern eigentumer eigentumern inhaber inhabern wirte"
    " vermieter vermietern gastgeber gastgebern hoteliers spediteure lkw-fahrer busfahrer busfahrern theologen"
    " historiker okonomen chemiker chemikern physiker biologen informatiker informatikern mathematiker geologen"
    " statistiker aktuare underwriter schadenregulierer regulierer sachbearbeitende sachbearbeitenden mitarb"
    " mitarbeiterin teammitglieder teammitgliedern vereinsmitglieder parteimitglieder arbeitnehmer arbeitnehmern"
    " arbeitgeber arbeitgebern versicherungsnehmer versicherungsnehmern kreditnehmer policeninhaber"
    # French
    "etudiants soignant soignante aide-soignant praticien praticienne kinesitherapeute ambulancier assureur courtier"
    " courtiere experte architecte mecanicien mecanicienne ouvriers cheminot hotelier receptionniste caissier"
    " caissiere magasinier livreur livreuse cariste preparateur acheteur acheteuse logisticien instituteur"
    " institutrice proviseur educateur educatrice doctorant doctorante lyceen lyceenne collegien collegienne"
    " bachelier chercheurs documentaliste correspondant pigiste graphiste webmestre testeur testeuse administrateur"
    " administratrice sysadmin alternant alternante associe associee franchise licencie licenciee allocataire"
    " contribuable electeur electrice vendeuse marchand marchande commercant commercante restaurateur restauratrice"
    " viticulteur eleveur pecheur marin pilote hotesse conducteur conductrice resident residente aidant benevole"
    " donateur donatrice militant elu elue maire dirigeant dirigeante operatrice operateur technicienne superviseur"
    " inspecteur inspectrice controleur controleuse auditeur auditrice fiscaliste procureur douanier gendarme"
    " teleconseiller teleconseillere teleoperateur teleoperatrice gestionnaires psychologue dentiste veterinaire"
    " sage-femme pharmaciens kine radiologue chirurgien specialiste professionnel professionnelle independant"
    " freelance entrepreneur formateurs apprenante stagiaires moniteur animatrice maitre maitresse universitaire"
    " scientifique biologiste chimiste physicien statisticien economiste sociologue historien archeologue"
    " traductrice interprete correcteur correctrice relecteur relectrice editeur editrice auteur auteure autrice"
    " ecrivain scenariste createur creatrice influenceur influenceuse designer concepteur conceptrice ingenieure"
    " programmeur programmeuse informaticien informaticienne consultante acheteurs preneur locataires coproprietaire"
    " vacancier vacanciere campeur voyageuse passager passagere skieur supporter spectateur spectatrice auditeurs"
    " telespectateur abonnes joueuse famille foyer individu hommes femmes collegues effectif routier cuisinier"
    " cuisiniere serveuse boulanger coiffeur artisane plombier electricien macon"
    # Spanish
    "corredor corredora corredores asegurador maestro maestra catedratico catedratica becario dependiente"
    " dependienta cajero cajera repartidor repartidora transportista camionero camionera conductora piloto azafata"
    " recepcionista camarera mecanico electricista fontanero albanil obrera operaria operario ganadero pescador"
    " farmaceutico farmaceutica psicologo psicologa veterinario veterinaria fisioterapeuta cuidador cuidadora"
    " residente vecino vecina contribuyente solicitante afiliado afiliada suscriptora oyente televidente espectador"
    " espectadora lectora huesped huespedes comprador compradora comerciante tendero tendera autonomo autonoma"
    " emprendedor emprendedora directivo directiva ejecutivo ejecutiva jefe jefa supervisora coordinador"
    " coordinadora inspectora perito tasador tasadora magistrado magistrada letrado letrada pasante opositor"
    " opositora doctorando universitario universitaria tutora entrenador entrenadora accionista inversor inversora"
    " teleoperador teleoperadora telefonista sanitario sanitaria celador profesional profesionales especialista"
    " experta experto arquitecta disenador disenadora delineante publicista guionista locutor presentador fotografo"
    " fotografa musico jueces jubilado jubilada pensionista adolescente joven jovenes adulto chicos chicas hombre"
    " mujer familia hogar individuo cooperativista militar guardia voluntario voluntaria donante candidato candidata"
    " postulante aspirante egresado graduado interno externo operadora vendedores promotor promotora representante"
    " visitador agronomo geologo biologo quimico fisico matematico estadistico economista historiador sociologo"
    " cientifico cientifica academico academica bibliotecarios documentalista archivista corrector correctora"
    " interprete creador creadora redactores columnista reportero reportera editora escritor escritora poeta"
    " novelista community-manager marketer comercializador fiscales creativos creativas captador administrativo"
    " administrativa auxiliares oficinista cobrador facturador contador contadora tesorero actuario reclutador"
    " reclutadora capacitador instructor instructora apoderado padres madres tutores pacientes enfermos"
    " desarrolladores programadora informatico informatica devs testers maquinista marinero chofer choferes taxista"
    " rider matrona comadrona partera mensajero peluquero cocinera panadero carpintero oficial oficiales clerc"
    " secretarios soldador delegue deleguee"
)
"""People by what they do. Singular in French and Spanish; German in its forms."""

MORE_ENDINGS = (
    "rufer", "rufern", "helfer", "helfern", "handler", "handlern", "pfleger", "pflegern", "fahrer", "fahrern", "lehrer",
    "lehrern", "arzten", "anwalten", "beratern", "kraften", "arbeitern", "leuten", "teilnehmern", "agenten",
    "ingenieure", "ingenieuren", "techniker", "technikern", "mechaniker", "mechanikern", "monteure", "monteuren",
    "redakteure", "redakteuren", "verkaufer", "verkaufern", "forscher", "forschern", "wissenschaftler",
    "wissenschaftlern", "journalisten", "studenten", "studierende", "studierenden", "beamte", "beamten", "angestellte",
    "angestellten", "beschaftigte", "beschaftigten", "inhaber", "inhabern", "betreuer", "betreuern", "nutzende",
    "nutzenden", "mitglieder", "mitgliedern", "bewohner", "bewohnern", "burger", "burgern", "besucher", "besuchern",
    "spezialisten", "analysten", "assistenten", "juristen", "vertreter", "vertretern", "patienten", "klienten",
    "schuler", "schulern", "lernende", "lernenden", "gaste", "gasten", "beauftragte", "beauftragten", "leiterinnen",
    "arbeitende", "arbeitenden", "bearbeiter", "bearbeitern", "nehmerinnen", "prufer", "prufern", "abonnenten",
    "conseillers", "conseilleres", "ologues", "iatres", "iciens", "iciennes", "soignants", "logos", "ologas", "adoras",
)  # fmt: skip
"""How words for people end in compounds."""

MORE_THINGS = words_of(
    "matrices gros dialogos catalogos prologos monologos katalogos analogos logos verbraucher halbleiter datentrager"
    " cheeseburger hamburger reader loadbalancer catalogues analogues dialogues monologues technologies"
)
"""Words with such an ending that are things."""

MORE_OTHER_THINGS = words_of(
    "musees musee museen museos agences magasins boutiques tiendas sucursales laden geschafte hopitaux hospitales"
    " krankenhauser krankenhausern kliniken praxen ecoles colegios hoteles usines fabricas werke werken sedes"
    " communes municipios gemeinden villes ciudades stadte stadten lits camas betten chambres habitaciones zimmer"
    " zimmern articles articulos artikel artikeln produits productos produkte produkten dossiers expedientes akten"
    " vertrage vertragen contrats contratos rapports informes berichte berichten etudes estudios studien livres"
    " libros bucher buchern appels llamadas anrufe anrufen mots palabras worter wortern signes caracteres zeichen"
    " lignes lineas zeilen mensajes courriels correos reunions reuniones cas casos falle fallen projets proyectos"
    " projekte projekten maquinas maschinen vehicules vehiculos fahrzeuge fahrzeugen trains trenes zuge avions"
    " aviones wohnungen logements viviendas departements departamentos direcciones regionen regions provincias"
    " comunidades marken marcas marques kanale canales canaux fuentes quellen themen temas sujets fragen preguntas"
    " appareils dispositivos gerate geraten ecrans pantallas bildschirme cartes tarjetas sekunde jahren monaten"
    " wochen stunden ans anos annees euro millionen kilometer kilometros kilometres metros quadratmeter tonnen"
    " toneladas kilos kilogramm liter litros litres veranstaltungen eventos evenements vorlesungen kurse kursen"
    " cours cursos clases prufungen examens examenes restaurantes apotheken pharmacies farmacias cliniques clinicas"
    " bibliotheken bibliotheques bibliotecas"
)
"""Words behind a number that say it counts something else."""

MORE_WIDE_ROLES = (
    "开发(?!环境|阶段|任务|项目|板|商|周期|工具|平台|区)",
    "小编", "师生", "业主", "租户", "住户", "居民", "村民", "乘客", "旅客", "游客", "教职工", "职员", "店员",
    "店长", "骑手", "快递员", "医护", "护工", "患者", "病人", "家长", "考生", "学者", "博士", "硕士", "研究生",
    "本科生", "大学生", "中学生", "小学生", "孩子", "老人", "法官", "检察官", "警察", "民警", "公务员", "干部",
    "记者", "主播", "博主", "粉丝", "观众", "听众", "股民", "投资者", "投资人", "储户", "投保人", "车主", "房东",
    "商户", "店主", "老板", "经销商", "业务员", "业务人员", "销售", "会计", "文员", "秘书", "主管", "高管",
    "合伙人", "技术员", "技工", "工人", "师傅", "电工", "农民", "农户", "渔民", "建筑师", "设计师", "产品经理",
    "架构师", "科学家", "药师", "技师", "咨询师", "讲师", "教授", "辅导员", "馆员", "志愿者", "社工", "网格员",
    "调解员", "公证员", "专员", "客户经理", "柜员", "理赔员", "核保员", "精算师", "交易员", "网友", "球迷", "代理",
    "采编", "译员", "配音员", "审稿人", "质检员", "采购员", "调度员", "护理员", "教练", "导游", "房客", "美容師",
    "薬剤師", "保育士", "介護士", "栄養士", "技師", "販売員", "店員", "店長", "係員", "相談員", "行員", "公務員",
    "警察官", "消防士", "農家", "運転手", "乗務員", "整備士", "建築士", "税理士", "会計士", "司法書士", "社労士",
    "弁理士", "検事", "裁判官", "調査員", "審査員", "受講者", "受験生", "受験者", "保護者", "園児", "講師",
    "研究員", "司書", "学芸員", "観光客", "宿泊客", "旅行者", "乗客", "入居者", "契約者", "加入者", "購読者",
    "視聴者", "リスナー", "プレイヤー", "プレーヤー", "ファン", "応募者", "求職者", "管理職", "役員", "部員",
    "局員", "隊員", "議員", "申請者", "出品者", "オーナー", "マーケター", "広報", "投資家", "アドバイザー",
    "プランナー", "クリエイター", "ドクター", "ナース", "事務員", "支援員", "指導員", "世帯", "フォロワー",
    "パート", "アルバイト", "派遣", "職人", "通訳", "校閲",
)  # fmt: skip
"""The same in scripts without spaces, as patterns."""

POPULATION = words_of(
    "einwohner einwohnern einwohnerinnen habitants habitant habitantes inhabitants residents population"
)
"""Those who live where a service is run; another count beside them is more often that of the users."""
