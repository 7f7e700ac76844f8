"""What teams write, the use case that it is for, and the priorities that it tells.

A is accuracy, C cost, L latency, X complexity; an entry that is too long for a line goes on in the next one.
"""

SENTENCES = """
    gm, need sth so our drivers can ask the dispatch system stuff in natural language while on the road, \
    ~2k drivers, gotta be quick
    | chatbot_conversational | L=high
    We maintain a huge monolith in PHP. Would like an AI reviewer commenting on every merge request. 45 \
    devs. Quality of comments matters, speed doesn't.
    | code_generation_detailed | A=high L=low
    Ticket DATA-331: nightly job producing two-line abstracts of 30k support mails. As cheap as we can get it.
    | summarization_short | C=high L=low
    Bid managers get RFPs of 250 pages. Give them the ten key requirements on a page. 60 bid managers, \
    nobody is in a hurry.
    | long_document_summarization | L=low
    Our wiki is a mess. People should just be able to ask "how do I request a laptop" and get a sourced \
    answer. 4,500 employees.
    | document_analysis_rag |
    Tenants of our 12,000 flats text us about broken heating etc. An assistant should reply right away.
    | chatbot_conversational | L=high
    Write alt texts and captions for our photo archive | content_generation |
    Pharmacovigilance team needs literature screened and weighed for adverse events, 30 scientists, must \
    not miss anything
    | research_legal_analysis |
    Emails from Japanese suppliers have to reach our buyers in English. 80 buyers. Cost is not a big deal.
    | translation | C=low
    Municipal archive: let historians query 2M scanned documents | document_analysis_rag |
    Internal tool to turn user stories into working Spring Boot services incl. tests; 30 engineers; on two H100s
    | code_generation_detailed |
    we do e-learning. learners chat with an AI coach after each lesson, 25k learners, costs have to stay low
    | chatbot_conversational | C=high
    Brand team wants product names, slogans and ad variants by the hundreds. 15 people. | content_generation |
    For each customer call produce three bullets for the CRM. 900 calls/h | summarization_short |
    patent department: compare claims against prior art, 18 examiners, correctness trumps everything
    | research_legal_analysis | A=high
    We want our clinicians to dictate and get the note translated to Spanish for the patient | translation |
    A buddy for lonely seniors to chat with, 3,000 seniors, warm tone, replies within a second
    | chatbot_conversational |
    Extract line items from delivery notes, 20k per day, cheapest GPU possible | document_analysis_rag | C=high
    Annual reports -> 2 page digest, for 35 fund managers; accuracy first, price second
    | long_document_summarization | A=high C=medium
    Ein Bot für unsere Hotline, 300 Anrufe pro Stunde, Antwortzeit ist entscheidend
    | chatbot_conversational | L=high
    Die Redaktion braucht Teaser und Kurzfassungen von Agenturmeldungen, 40 Redakteure | summarization_short |
    Monteure sollen in den Wartungsanleitungen nachschlagen können, per Sprache, 700 Monteure
    | document_analysis_rag |
    Exposés für Immobilien automatisch texten, 50 Makler, soll wenig kosten | content_generation | C=high
    Unsere Juristen prüfen Mietverträge auf unwirksame Klauseln, Sorgfalt geht vor Tempo
    | research_legal_analysis | L=low A=high
    Entwickler sollen sich Funktionen und Tests generieren lassen, 90 Leute | code_generation_detailed |
    Schriftverkehr mit polnischen Lieferanten ins Deutsche übertragen | translation |
    Un robot qui répond aux questions des voyageurs sur les horaires, 8 000 voyageurs par jour
    | chatbot_conversational |
    Transformer nos comptes rendus de réunion en résumés de cinq lignes, 250 personnes | summarization_short |
    Aide à la saisie de code dans l'éditeur, 60 développeurs, il faut que ça réponde immédiatement
    | code_completion | L=high
    Les juristes comparent des centaines d'arrêts, la qualité prime, le délai importe peu
    | research_legal_analysis | A=high L=low
    Générer des fiches produits pour 20 000 articles, au moindre coût | content_generation | C=high
    Nos agents cherchent des réponses dans 10 000 notices techniques | document_analysis_rag |
    Traduire les avis clients en sept langues | translation |
    Un asistente que charle con los pacientes antes de la cita, 2.000 pacientes, tiene que ser barato
    | chatbot_conversational | C=high
    Resumir expedientes judiciales de 300 páginas, 40 jueces | long_document_summarization |
    Ayuda a programar: que escriba funciones y explique errores, 70 alumnos | code_generation_detailed |
    Que los empleados encuentren respuestas en los manuales internos, 1.500 empleados, lo importante es que sea exacto
    | document_analysis_rag | A=high
    Textos para campañas de email, 12 redactores, la calidad es lo primero | content_generation | A=high
    Traducir subtítulos de series al portugués | translation |
    Comparar contratos de proveedores y detectar riesgos, 25 abogados | research_legal_analysis |
    観光客の質問に多言語で答えるチャット、1日5000人、素早い返答が必要 | chatbot_conversational | L=high
    契約書を読み込んでリスクを洗い出す、法務部20名、正確性最優先 | research_legal_analysis | A=high
    社員が就業規則について質問できる仕組み、800人、コスト重視 | document_analysis_rag | C=high
    プログラマーが書いている途中のコードを予測して補う、150人 | code_completion |
    商品レビューを一言でまとめる、1日2万件、安く | summarization_short | C=high
    英語の技術資料を日本語に訳したい、60人 | translation |
    求人広告の文章を自動で書く、30人 | content_generation |
    仕様からテストコードまで作ってくれるツール、開発40人 | code_generation_detailed |
    数百ページの調査報告書の要点を抽出してまとめる、急がない | long_document_summarization | L=low
    给老人做陪伴聊天，5000人，回复要快 | chatbot_conversational | L=high
    员工可以问公司规章制度的问题，1200人，答案要准确 | document_analysis_rag | A=high
    把英文论文翻成中文，300名研究生，成本低就行 | translation | C=high
    写代码时自动给出下一行，程序员400人，延迟必须低 | code_completion | L=high
    自动写商品标题和卖点，20个运营 | content_generation |
    把几百页的可研报告浓缩成两页，30位领导看 | long_document_summarization |
    帮律师查找类似判例并分析，60名律师，质量第一 | research_legal_analysis | A=high
    客户来电内容归纳成三句话，每天八千通 | summarization_short |
    根据描述写出完整的Python程序，200名学生 | code_generation_detailed |
    Could you size something for a WhatsApp assistant that helps farmers with crop questions? 60k farmers, \
    spotty networks, cheap
    | chatbot_conversational | C=high
    hello! we are a small ISV. our product needs an embedded helper that converses with end users in \
    natural language. 5000 MAU. TTFT under 500ms
    | chatbot_conversational |
    Requirement: code suggestions while editing, IntelliJ, 650 seats, latency budget 120 ms | code_completion |
    I want to replace Copilot for my team of 40 with something local, speed is crucial | code_completion | L=high
    The refactoring assistant should take a class and rewrite it to our guidelines, plus unit tests. 85 \
    engineers. Accuracy above all.
    | code_generation_detailed | A=high
    Natural language to SQL for our BI people, 120 analysts, must be right | code_generation_detailed | A=high
    Website localisation into 9 languages; volume 3M words a month; quality more important than cost
    | translation | A=high C=low
    Live captions in Spanish for English talks, needs to be real time | translation | L=high
    Auto-generate meta descriptions and SEO texts for 200k pages, low cost is what matters
    | content_generation | C=high
    AI copywriter for a travel agency, 14 users | content_generation |
    morning news digest for 80k subscribers, cheap model ok | summarization_short | C=high
    Summarise Jira tickets into one line for standups - 300 people - fast please | summarization_short | L=high
    chat with your contract archive, 90 procurement people, cite the clause, accuracy is a must
    | document_analysis_rag | A=high
    We'd like an assistant that knows our 3,000 internal procedures and tells staff what to do. 2k staff.
    | document_analysis_rag |
    summaries of entire novels for a publishing house, 20 editors, overnight | long_document_summarization | L=low
    antitrust lawyers need deep analysis of merger filings and prior decisions. 45 lawyers. Money is not the problem.
    | research_legal_analysis | C=low
    systematic reviews for a cochrane group: read studies, extract and compare evidence, 12 researchers, \
    precision first
    | research_legal_analysis | A=high
    Regulatory affairs wants impact analyses of new EU directives, 18 people, no rush
    | research_legal_analysis | L=low
    A game: NPCs with free dialogue, 100k players, answers instantly, spend little
    | chatbot_conversational | L=high C=high
    HR helpdesk chat for 9k employees. Simple setup please, two-person team. | chatbot_conversational | X=high
    We need it for chat. Not for coding. 1k users. Balanced.
    | chatbot_conversational | A=medium C=medium L=medium X=medium
    Some sort of voice agent for booking dental appointments, has to feel natural and immediate
    | chatbot_conversational | L=high
    Kundenberater-Chat für 4.000 Bankkunden, schnelle Antworten sind Pflicht | chatbot_conversational | L=high
    Wir wollen Pull Requests automatisch reviewen lassen, 110 Entwickler, Qualität ist wichtiger als Geschwindigkeit
    | code_generation_detailed | A=high L=low
    Protokolle aus Meetings automatisch zusammenfassen, 600 Leute, Kosten niedrig halten
    | summarization_short | C=high
    Rechtsanwälte sollen Urteile recherchieren und auswerten, 35 Anwälte | research_legal_analysis |
    Produkttexte für 30.000 Artikel, billig | content_generation | C=high
    Fachübersetzungen technischer Handbücher DE-EN, Genauigkeit hat Vorrang | translation | A=high
    Servicetechniker fragen das Handbuch ab, 500 Techniker, rasch | document_analysis_rag | L=high
    Jahresabschlüsse mit 150 Seiten auf zwei Seiten eindampfen, 28 Analysten | long_document_summarization |
    Assistant de vente qui discute avec les visiteurs du site, 6 000 par jour, réponses rapides
    | chatbot_conversational | L=high
    Synthèses de gros rapports (200 pages) pour le comité de direction, qualité maximale
    | long_document_summarization | A=high
    Recherche dans notre documentation interne avec réponses sourcées, 700 salariés, budget limité
    | document_analysis_rag | C=high
    Revue de contrats par nos juristes, exactitude indispensable | research_legal_analysis | A=high
    Complétion de lignes de code pour 90 développeurs, latence très faible | code_completion | L=high
    Newsletter et posts Instagram pour 15 marques, pas cher | content_generation | C=high
    Bot para resolver dudas de alumnos, 3.500 alumnos, lo más económico posible | chatbot_conversational | C=high
    Buscador con respuestas sobre la normativa interna, 900 empleados, precisión ante todo
    | document_analysis_rag | A=high
    Resúmenes breves de correos para 400 agentes, velocidad importante | summarization_short | L=high
    Traducción de contratos al inglés, 50 personas, el coste no importa | translation | C=low
    Generar descripciones de 10.000 hoteles, calidad alta | content_generation | A=high
    Autocompletar código en VS Code, 200 devs, respuesta inmediata | code_completion | L=high
    薬局の患者向けチャット、3000人、正確さが何より大事 | chatbot_conversational | A=high
    社内の技術文書を検索して答えてくれるAI、600人、安価に | document_analysis_rag | C=high
    会議録音の文字起こしを短くまとめる、400人、スピード重視 | summarization_short | L=high
    契約書の翻訳（日英）、50名、品質優先 | translation | A=high
    キャッチコピーやSNS文案を作る、25名、コストは気にしない | content_generation | C=low
    300ページの技術報告を要約、急ぎません | long_document_summarization | L=low
    コードの続きを自動で提案、エンジニア200人、遅延は最小に | code_completion | L=high
    电商客服聊天，日均三万会话，成本敏感 | chatbot_conversational | C=high
    法律合同条款风险分析，律师80人，准确性最重要，速度无所谓 | research_legal_analysis | A=high L=low
    会议纪要自动生成，500人，越快越好 | summarization_short | L=high
    技术手册问答，维修工程师600人，准确优先 | document_analysis_rag | A=high
    写营销邮件和广告文案，15人，便宜就行 | content_generation | C=high
    招股说明书摘要，每份四百页，质量优先于速度 | long_document_summarization | A=high L=low
    中英互译，客服团队，实时 | translation | L=high
    代码生成和单元测试，开发团队200人，质量重要，成本其次 | code_generation_detailed | A=high C=medium
    We're planning to deploy a customer-facing chatbot that supports about 1,000 concurrent users. Low \
    latency is a must since customers expect real-time responses. Budget is moderate.
    | chatbot_conversational | L=high C=medium
    Internal code completion tool for around 500 developers. Needs very low latency, accuracy is also quite important.
    | code_completion | L=high A=high
    Document Q&A system for legal team, 200 users. Accuracy is critical; latency is less important. We want \
    to use H100.
    | document_analysis_rag | A=high L=low
    We need to summarize long legal documents for 100 lawyers; cost efficiency matters, can tolerate slower responses
    | long_document_summarization | C=high L=low
    Translation service for 2,000 users, cost-effective, quality should be decent | translation | C=high A=medium
    content marketing team of 50 people generating blog posts; we value quality over speed
    | content_generation | A=high L=low
    legal research tool, 50 attorneys, highest accuracy, cost is not a concern
    | research_legal_analysis | A=high C=low
    RAG over technical documentation for 300 engineers, balanced performance
    | document_analysis_rag | A=medium C=medium L=medium X=medium
    Need a simple, cheap-to-run Q&A bot for 80 museum visitors a day | chatbot_conversational | C=high
    Summarization of short support tickets in batch, nightly, cost above everything
    | summarization_short | C=high L=low
    real time code suggestions for 1500 devs; minimal operational complexity | code_completion | L=high X=high
    generate detailed code with explanations for students; 5000 users; cheap is king
    | code_generation_detailed | C=high
    our sales people want email drafts written for them, 200 reps, speed matters less than tone and quality
    | content_generation | A=high L=low
    chat assistant for internal IT, 5k employees, high quality, low cost, low latency
    | chatbot_conversational | A=high C=high L=high
    analyze research papers for drug discovery, 20 scientists, accuracy most important, then cost
    | research_legal_analysis | A=high C=medium
    Translate legal contracts from English to German; no errors tolerated | translation | A=high
    An LLM to classify and answer customer emails automatically | chatbot_conversational |
    Interactive storytelling for kids, 2000 concurrent, response speed is vital | content_generation | L=high
    Knowledge worker assistant that searches SharePoint and Confluence, 10k employees, correctness over latency
    | document_analysis_rag | A=high L=low
    Please recommend GPUs for a code assistant, 300 devs, not too expensive, must respond quickly
    | code_generation_detailed | C=high L=high
    meeting summarizer for Teams, 1200 staff, doesn't need to be instant | summarization_short | L=low
    long-form report summarization for consultants; willing to wait, want top quality
    | long_document_summarization | L=low A=high
    Dear all, as discussed the citizens' hotline gets a bot. 24/7. Not expensive. 3 languages.
    | chatbot_conversational | C=high
    Autocomplete in our SQL editor | code_completion |
    Something to help underwriters dig through submissions and answer their questions | document_analysis_rag |
    social media captions; throughput heavy; latency irrelevant; cost critical | content_generation | L=low C=high
    AI tutor for math homework, 40k pupils, answers must be correct, budget small
    | chatbot_conversational | A=high C=high
    tldr bot for long slack threads, super cheap | summarization_short | C=high
    we want devs to get code snippets generated from comments inside the IDE as they type | code_completion |
    Hi! The bank's app gets an assistant so clients can ask about cards and accounts. 250k clients. We're \
    on a tight budget but it needs to feel instant.
    | chatbot_conversational | C=high L=high
    chatbto for custmer suport, 3k usres, low latnecy
    | chatbot_conversational | L=high
    tranlsation of user manuls for 20 languages, accuarcy is key
    | translation | A=high
    need sumarization of news artciles, cheep and fast
    | summarization_short | C=high L=high
    Developers want AI pair programming; whole files generated; 160 seats; accuracy is more important than \
    latency
    | code_generation_detailed | A=high L=low
    Customer success would like call summaries pushed to Salesforce. 3,000 calls a day. Latency is no \
    concern, cost is.
    | summarization_short | L=low C=high
    Our goal: answer policyholders' questions from 12k pages of terms and conditions. Wrong answers get us sued.
    | document_analysis_rag | A=high
    Please help size a service which drafts replies to guest reviews for 400 hotels
    | content_generation |
    Bioinformatics group wants to mine 100k papers for gene-disease links and compare evidence. Precision \
    over speed and cost.
    | research_legal_analysis | A=high L=low C=low
    Inline ghost-text for our proprietary language, 75 devs, speed is the only thing that matters
    | code_completion | L=high
    The council wants an FAQ bot on its website in English and Welsh; cost must be kept low
    | chatbot_conversational | C=high
    court interpreters support: translate hearings live, 60 interpreters, highest precision
    | translation | A=high
    Video platform, auto subtitles in 12 languages, batch overnight
    | translation | L=low
    We'd like an LLM that reads 300-page insurance policies and gives the broker a two-page overview
    | long_document_summarization |
    A study buddy chatbot for 15k students. Medium priority on cost, high on accuracy.
    | chatbot_conversational | C=medium A=high
    Ops runbook assistant: on-call asks, it answers from runbooks and past incidents, 50 SREs, quick
    | document_analysis_rag | L=high
    We write grant proposals, 12 people, want a model to draft sections; quality counts, speed does not
    | content_generation | A=high L=low
    legal team contract review, 30 people, flag deviations from playbook, cost no issue
    | research_legal_analysis | C=low
    Automated doc strings and unit tests on every commit, runs in CI, nobody is waiting, cheap
    | code_generation_detailed | C=high L=low
    chat for gamers, toxic free, super low latency, 50k concurrent
    | chatbot_conversational | L=high
    summaries of earnings call transcripts for traders; seconds matter; cost doesn't
    | summarization_short | L=high C=low
    Internal search over 5M documents with generated answers. Not a chatbot.
    | document_analysis_rag |
    Wir brauchen Zusammenfassungen langer Gutachten, Kosten egal, Hauptsache korrekt
    | long_document_summarization | C=low A=high
    Interner Assistent für Fragen zu Arbeitsanweisungen, 2.500 Werker, einfach zu warten
    | document_analysis_rag | X=high
    Un outil pour résumer les dépêches en temps réel, 120 journalistes
    | summarization_short | L=high
    Asistente para programadores que genere y explique código, 60 personas, coste bajo
    | code_generation_detailed | C=high
    社内FAQに答えるチャットボット、2000人、低コスト、速度は普通でよい
    | chatbot_conversational | C=high L=medium
    长篇小说翻译成英文，质量最重要，不着急
    | translation | A=high L=low
"""
