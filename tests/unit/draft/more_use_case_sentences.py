"""More descriptions and the use case that each is for, as teams of many trades write them."""

SENTENCES: dict[str, str] = {
    "chatbot_conversational": """
        Hi, digital squad of a credit union. Members keep calling about card limits and branch hours: let a bot answer.
        so basically something like chatgpt but on our own hardware for about 150 people in the office
        Customer service bot, multilingual (EN/FR/NL), ~40k users monthly, must run in EU
        Need an LLM behind our live chat. Peak on Mondays.
        Residents call the city hall with the same questions every day; let them ask a virtual clerk instead
        We're replacing our Dialogflow bot with a self-hosted LLM. 8,000 conversations a day.
        Patient intake assistant that talks patients through symptoms before the visit. 900 patients/day.
        Mental health companion, teens, must be super careful with tone
        voice bot for drive-through orders, 300 restaurants
        For our telco: conversational agent, 1M subscribers, p95 TTFT 300ms
        Guten Tag, für unser Hotel suchen wir einen digitalen Concierge, der Gästefragen beantwortet.
        Wir wollen unseren Mitarbeitenden ein internes ChatGPT anbieten, etwa 1.200 Leute
        Bonjour, nous déployons un assistant qui discute avec nos clients sur le site web, 15 000 utilisateurs
        Hola, queremos un bot que atienda a los clientes por WhatsApp, unas 2 mil personas al día
        ホテルの宿泊客からの問い合わせに答えるボットを導入したい
        飲食店の予約を受け付ける対話型AI
        我们想做一个陪伴聊天的应用，用户大约十万
        银行客服，回答客户常见问题，每天三万次对话
        Slack assistant for 700 employees that answers everyday questions
        chat, 500 users, cheap
        Chatbot. 2k users. H100. Fast.
        We are not doing code completion this time: it's a chatbot for shoppers
        I need a sales assistant that talks to visitors and qualifies leads
        """,
    "code_completion": """
        Copilot replacement for our devs (about 350), no data may leave our network
        We'd love to give our 90 embedded C engineers suggestions as they type in CLion
        low-latency completions inside VS Code, 2000 devs
        Ghost text completions for a proprietary DSL
        StarCoder style FIM model for our JetBrains users
        IDE assistant that predicts the next few tokens of code
        devs complain that their autocomplete is slow; host our own, p95 under 150ms
        Entwickler brauchen Inline-Vorschläge im Editor, 120 Leute
        Nos développeurs veulent de l'autocomplétion dans VS Code
        Nuestros 300 programadores quieren autocompletado en el IDE
        エディタ上でのコード自動補完、開発者80名、低遅延
        给公司内部IDE做代码自动补全，800个程序员
        Inline code completion plugin, 400 seats, must be fast
        """,
    "code_generation_detailed": """
        An agent that opens pull requests fixing bugs, 60 engineers
        Help our engineers write SQL from plain English
        We want to convert our old Perl scripts to Go with an LLM and get unit tests for them
        Explain legacy code to new hires and propose refactorings
        code assistant to produce whole classes with docstrings, 250 devs
        generate terraform and kubernetes manifests from descriptions
        Software teams want a chat where they can ask for code and get full implementations
        test case generation for QA engineers
        Ein Assistent, der unseren Entwicklern ganze Module schreibt und Code erklärt
        Ein KI-Assistent für Code-Reviews, 70 Entwickler
        Un assistant qui génère du code Java complet avec des tests
        Un asistente que genere código y pruebas para 40 desarrolladores
        仕様書からコードを生成するツール
        レガシーコードのリファクタリング支援
        根据需求文档生成完整的代码，研发团队120人
        SQL生成助手，帮助分析师写查询
        our data scientists want python scripts written for them
        """,
    "translation": """
        Every product page has to exist in 14 languages; let a model do it
        en->de, en->fr for user manuals, 50k pages a month
        Real-time translation of chat messages between buyers and sellers
        We localize mobile games, 30 linguists post-edit the output
        translate patient leaflets, medically accurate
        Unsere Handbücher müssen in acht Sprachen übersetzt werden
        Übersetzungsdienst für eine Behörde, 600 Sachbearbeiter
        Traduire les courriels des clients de l'anglais vers le français
        Servicio de traducción para hospitales, español e inglés
        ECサイトの商品情報を英語と中国語に翻訳したい
        会議のリアルタイム通訳
        把客户邮件翻译成英文，每天两万封
        字幕翻译，视频平台
        subtitles for our course videos in 6 languages
        interpreter for doctor-patient conversations
        """,
    "content_generation": """
        Marketing wants to crank out campaign emails and landing page texts
        We sell 60k SKUs and need a description for each
        writing assistant for bloggers
        LLM to write LinkedIn posts in our brand voice, 25 users
        generate horoscopes daily
        help teachers create quizzes and worksheets
        product copy for an online fashion store in a fun tone
        Personalisierte Werbemails und Social-Media-Beiträge, 35 Marketingleute
        KI soll Texte für unseren Produktkatalog schreiben
        Rédiger des posts pour les réseaux sociaux et des newsletters
        Escribir artículos para nuestro blog, unas 200 piezas al día
        ECの商品説明をまとめて作成、1日5千件
        マーケティング用のメール文面を作成
        为短视频生成脚本和文案
        帮助运营写小红书笔记
        Stories for children, generated on demand, 10k families
        Draft job ads and offer letters for our recruiters
        AI generated property listings for realtors
        """,
    "summarization_short": """
        Give managers a daily digest of what happened in Slack
        Shorten customer feedback to one or two sentences, 200k comments/month
        TLDR for news app, 300k readers
        Our call center wants each call summarised automatically when it ends
        meeting minutes from transcripts, 1,500 staff
        Sum up incoming emails
        ticket summaries so agents can hand over quickly
        patient visit notes summary for doctors
        Kundenbewertungen kurz zusammenfassen
        Besprechungen zusammenfassen, 400 Mitarbeiter
        Faire des résumés de tickets de support
        Resumen de llamadas del centro de atención, 5.000 al día
        毎日のニュースを三行でまとめる
        コールセンターの通話内容を要約
        把每天的新闻总结成三句话
        工单摘要，客服主管使用
        Summaries of blog posts and short articles
        condense forum threads
        """,
    "document_analysis_rag": """
        HR drowns in questions about leave that the handbook answers. Let people ask and get the page it came from.
        We have SharePoint with 2 million files. Search is terrible. People should get answers, not links.
        Internal knowledge assistant, 3,000 employees
        RAG chatbot, 1500 users, docs in Confluence
        Support agents need to find answers in product manuals quickly
        compliance officers querying regulations
        pull key fields out of loan applications and invoices
        Help clinicians query treatment guidelines
        question answering on technical documentation for field technicians
        Eine KI, die Fragen zu unseren internen Richtlinien beantwortet
        Wir möchten unser Intranet durchsuchbar machen, mit Antworten statt Links
        Rechnungen auslesen und Felder extrahieren
        Les employés posent des questions sur les procédures internes, 800 personnes
        Extraire les données des factures fournisseurs
        Los técnicos preguntan sobre los manuales de las máquinas
        Extraer datos de facturas y contratos
        社内マニュアルから回答を探すシステム、社員3千人
        契約書から項目を抽出する
        公司内部知识库问答，2000名员工
        让员工能够查询公司制度文档
        a chatbot over our product documentation
        ask-my-docs tool for 60 consultants
        semantic search plus answers across our archive of 4M articles
        """,
    "long_document_summarization": """
        Board members get 400-page packs; they want two pages
        summaries of clinical trial protocols (150+ pages each)
        digest of parliamentary reports
        Summarise earnings reports and 10-Ks for 30 analysts
        turn long research papers into one-page briefs
        book summaries for our reading app
        whole depositions need to be condensed for the litigation team
        Gutachten mit mehreren hundert Seiten zusammenfassen
        Zusammenfassungen von Studien und Berichten für 50 Analysten
        Résumer des rapports d'audit de 300 pages
        Resumir tesis doctorales y libros
        200ページを超える調査報告書の要約
        論文やレポートの長文要約
        为分析师总结上百页的招股书
        长篇报告自动摘要
        executive summary of very long documents, overnight is OK
        Summarise long legal contracts into a two-page brief
        """,
    "research_legal_analysis": """
        Our associates review NDAs and flag unusual clauses
        M&A team: go through data rooms and flag risks
        Analysts compare findings across hundreds of clinical papers
        check supplier contracts against our standard terms
        Legal AI for a law firm with 85 lawyers
        patent attorneys searching prior art
        AI research analyst for equity research
        find precedents and relevant rulings for our litigators
        Verträge auf Risiken prüfen, 25 Juristen
        Wissenschaftliche Literatur auswerten für ein Forschungsinstitut
        Examiner les contrats et repérer les clauses à risque
        Analyser la littérature scientifique pour 60 chercheurs
        Analizar sentencias y contratos para un bufete de 40 abogados
        判例と法令を調査する弁護士向けツール
        学術論文を比較分析する研究者向け
        律师事务所审查合同条款，50名律师
        科研人员分析大量论文
        regulatory analysis for a bank's compliance department
        multi-step research over scientific literature
        """,
    "": """
        We have 500 users and a budget of 3k
        what is the capital of France?
        I love my dog
        Deploy llama on two L4s in Frankfurt
        The meeting is at 5pm tomorrow
        Rezept für Apfelkuchen: 3 Äpfel, 200 g Mehl
        asdf qwer zxcv
        Necesito comprar leche y pan
        """,
}
