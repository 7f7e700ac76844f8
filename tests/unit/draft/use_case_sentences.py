"""Descriptions and the use case that each is for, one a line; none where nothing is told of it."""

SENTENCES: dict[str, str] = {
    "chatbot_conversational": """
        We need a customer support chatbot for 5,000 users
        a support bot for 5,000 people, answers must feel instant, legal wants an open licence, at most $6k a month
        Virtual assistant for bank customers in the mobile app, 20k users
        We're building an FAQ bot for our web shop
        helpdesk assistant for employees, password resets and such, 800 ppl
        chatbot that helps patients book appointments
        internal ChatGPT for 300 colleagues
        Unlike our old translation tool, we want a chatbot for guests
        We want a chat experience for gamers, NPC dialogue should be snappy
        AI companion app with 2 million users
        I'd like to put a bot on our website that answers customers' questions about orders
        Wir brauchen einen Chatbot für unseren Kundenservice mit 2.000 Nutzern
        Ein virtueller Assistent für Bürgeranfragen
        Kundenchatbot, schnell, 10.000 Nutzer
        Nous voulons un agent conversationnel pour le service client
        Un assistant virtuel pour nos clients bancaires
        Necesitamos un chatbot de atención al cliente para 3000 usuarios
        asistente virtual para estudiantes
        社内ヘルプデスク用のチャットボットを作りたい
        カスタマーサポートの対話AI、利用者は5千人
        我们需要一个智能客服机器人，服务五万用户
        聊天机器人，面向电商客户
        chat bot for telco customers, no code completion or anything like that
        Our call center wants voice assistants handling tier 1 calls
        We run a hotel chain. Guests should be able to chat with a digital concierge, day and night.
        Something conversational for our retail customers, think 40k daily users
        multilingual chatbot in German, French and Italian for insurance customers
        use case: chatbot_conversational, 500 users
        Not a RAG system, just a plain chatbot for our students
        A tutor that students can talk to about their homework
        We need a chatbot, not a translation tool
        Forget the summarizer. We want a support bot for our shop.
        Mainly a chatbot for customers; later maybe also summaries of tickets
        a chatbot that can also translate sometimes
        No RAG, no document search — just a friendly chatbot
        Wir brauchen keinen Übersetzer, sondern einen Chatbot
        Pas de traduction, un chatbot pour nos clients
        No es traducción: queremos un chatbot
        翻訳ではなくチャットボットです
        不是翻译，是聊天机器人
        We considered code completion but settled on an assistant that chats with end users
        Our dev team of 20 builds a chatbot for 5000 shoppers
        Insurance customers chat with the assistant about contracts in the app
        Support chat for our SaaS. Engineers on call: 5. GPU: L40S.
        A chatbot for a law firm's clients to book meetings
        chatbot for translators
        Fast chatbot. Code is in GitHub. Docs later.
        customer-facing assistant for a bank
        Just a generic assistant for our staff
        AI agent that handles phone calls from customers
        Chat assistant für 300 Kollegen
        assistant conversationnel multilingue pour 4 000 clients
        we're building a dating coach that texts with users
        """,
    "code_completion": """
        Code completion for 500 developers in VS Code
        autocomplete for our IDE plugin, latency is everything
        inline suggestions as you type for 1200 engineers
        We want a GitHub Copilot alternative, self-hosted, 300 devs
        Tab completion in the editor
        fill-in-the-middle model for our JetBrains plugin
        Copilot for 200 developers, on-prem
        copilot-style completions for our programmers
        Code-Vervollständigung für 400 Entwickler
        Wir wollen Autovervollständigung in der IDE
        Complétion de code pour 250 développeurs dans l'IDE
        autocompletado de código para 600 programadores
        コード補完を300人の開発者向けに
        为500名开发者提供代码补全
        IDE里的行内代码建议，延迟要低
        Our devs want suggestions in their editor while typing
        An LLM that completes the line developers are writing, must respond in under 100 ms
        not code generation, just autocomplete, 80 engineers
        Entwickler sollen beim Tippen Vorschläge im Editor bekommen
        single-line completion for Python
        Not a chatbot: code completion in IntelliJ for 300 devs
        autocomplete only; no chat, no code generation
        We first wanted full code generation, but now only inline autocomplete
        Instead of a chatbot we'd like tab completion for our engineers
        Keine Code-Generierung, nur Autovervollständigung für 200 Entwickler
        コード生成ではなくコード補完
        不要聊天机器人，要代码补全
        """,
    "code_generation_detailed": """
        A coding assistant that writes whole functions and unit tests for 200 engineers
        code generation for our platform team
        Generate Python code from tickets, with explanations
        automated code review on pull requests, 150 devs
        We want to migrate legacy COBOL to Java with an LLM
        AI pair programmer explaining code and refactoring modules
        text-to-SQL for analysts
        Code-Generierung für 100 Entwickler, nicht Autovervollständigung
        Programmierassistent, der Unit-Tests schreibt
        Génération de code pour 80 développeurs
        assistant de programmation qui écrit des tests unitaires
        Generación de código para nuestro equipo de desarrollo
        asistente de programación para 90 ingenieros
        コード生成ツール、開発者200人
        単体テストの自動生成とコードレビュー
        代码生成助手，给200名工程师用
        自动编写代码和单元测试
        not autocomplete - full function generation for our developers
        The engineers want something that writes boilerplate and whole modules
        LLM for coding, 50 developers
        our developers need AI help with their code
        Not code completion but code generation with explanations
        a chatbot for developers that writes code
        Unlike autocomplete, this should write entire features
        Code review bot for merge requests
        an internal tool where devs describe a function and get the implementation
        agentic coding, 40 engineers
        Coding agent like Devin for our backend team
        pas de complétion, de la génération de code complète
        no autocompletado sino generación de código
        """,
    "translation": """
        Translate product descriptions into 12 languages
        machine translation service for 300 translators
        localisation of our game into Korean and Thai
        subtitling for films, many languages
        Übersetzung von Handbüchern ins Englische
        Wir übersetzen Verträge vom Deutschen ins Polnische
        Traduction de documents juridiques
        traducir correos de clientes al inglés
        製品マニュアルの翻訳
        社内文書を英訳するシステム
        翻译服务，每天100万字
        把产品文档翻译成英文
        we need to translate support tickets from Spanish to English in real time
        translator for court documents, accuracy is critical
        Live-Dolmetschen bei Konferenzen
        Translation, not summarization
        translate, don't summarize
        Our chatbot is done; now we need machine translation for the manuals
        Not a chatbot. Documents get translated from German to English.
        Wir übersetzen Chats mit Kunden live
        翻译，不是摘要
        """,
    "content_generation": """
        Marketing copy and blog posts for our agency
        Generate product descriptions for 100k items
        social media posts for 40 brand managers
        drafting newsletters and emails for sales
        creative writing app for authors
        write personalised outreach emails
        ad copy generator
        Produktbeschreibungen und Werbetexte für den Onlineshop
        Texte für Blogbeiträge schreiben
        rédaction de fiches produits pour notre boutique
        création de contenu marketing
        generación de contenido para redes sociales
        redactar descripciones de producto
        商品説明文を自動生成したい
        ブログ記事とSNS投稿の作成
        生成营销文案，商品描述
        写公众号文章
        The marketing team wants an LLM that drafts press releases and LinkedIn posts
        storytelling engine for a kids app
        help our HR write job descriptions
        Instead of translation we need original marketing texts
        not summarisation: writing blog posts
        an assistant that drafts marketing emails
        chatbot? no. We need product descriptions generated in bulk
        Blog posts and social copy, in 5 languages, for 12 brands
        """,
    "summarization_short": """
        Summarize news articles for 10k readers
        summaries of support tickets
        meeting notes -> TL;DR
        email summarization for 2,000 employees
        condense call transcripts into three bullet points
        summarise customer reviews
        a bot that summarises Slack threads
        Zusammenfassung von E-Mails und Tickets
        Nachrichtenartikel zusammenfassen
        résumer des courriels pour 500 agents
        résumé automatique d'articles de presse
        resumir correos y reuniones
        resúmenes de noticias
        ニュース記事の要約、1日1万件
        会議の議事録を要約する
        新闻摘要，每天5万篇
        总结会议记录和邮件
        summarization for short texts
        give our agents a digest of each chat conversation
        abstracts of articles, short summaries
        No chatbot. Summaries of calls.
        Summaries of Slack channels, not Q&A
        We need summaries of customer emails and maybe later translation
        the service condenses reviews
        Summaries, short ones, of news
        Chat transcripts come in, summaries go out
        summarise meetings in German and English, 300 staff
        """,
    "document_analysis_rag": """
        Chatbot that answers from our knowledge base
        RAG over our internal wiki for 900 employees
        Q&A over PDFs
        ask questions about contracts and policies
        enterprise search assistant
        extract data from invoices
        document Q&A for 200 researchers
        employees should be able to ask questions about HR policies
        a bot that looks things up in Confluence and cites sources
        assistant grounded in our technical manuals
        Techniker sollen Fragen zu unseren Handbüchern stellen können
        RAG-System für interne Dokumente, 400 Nutzer
        Chatbot, der aus unserer Wissensdatenbank antwortet
        Un chatbot qui répond à partir de notre base documentaire
        poser des questions sur nos documents internes
        Un asistente que responda preguntas sobre nuestros manuales
        búsqueda en la base de conocimiento
        社内規程に関する質問に答えるRAG
        マニュアルを検索して回答するアシスタント
        基于知识库的问答系统
        从发票中提取信息
        员工查询内部文档的问答助手
        We've got 40,000 PDFs and people can't find anything; let them ask in plain words
        Our support agents look up answers in product documentation all day; an LLM should find the right passage
        Chat with your PDFs
        retrieval-augmented generation for a law firm's archive
        document analysis for insurance claims
        Not a generic chatbot: it must answer only from our policy documents
        A support bot grounded in our product documentation with citations
        We want employees to chat with our internal documents
        bot answering questions using our wiki
        Q&A bot on top of SharePoint
        Help center assistant which retrieves articles and answers
        Answering questions about our 500-page manuals
        an assistant for nurses that looks up guidelines
        Kein Chatbot für Smalltalk, sondern Antworten aus unseren Handbüchern
        ChatGPT for our documents
        ask questions about annual reports
        Chatbot über unsere Betriebsanleitungen
        question-answering over legal documents for employees
        search engine with generated answers over product docs
        extract structured data from medical records
        Fragen und Antworten zu technischen Dokumenten
        """,
    "long_document_summarization": """
        Summarize 100-page annual reports
        executive summaries of long PDF reports for 50 analysts
        summarise whole books
        condense research papers and theses
        We need a summarisation service. Inputs are typically 80 pages.
        summaries of SEC filings
        Lange Berichte zusammenfassen, je 200 Seiten
        Zusammenfassung von Geschäftsberichten
        résumer de longs rapports
        synthèse de rapports de 150 pages
        resumir informes largos de 100 páginas
        resúmenes de libros y tesis
        100ページの報告書を要約
        長文ドキュメントの要約
        长文档摘要，每份200页
        总结年报和研究报告
        summarize clinical study reports overnight
        boil down lengthy tender documents for the bid team
        digest 300 page audit dossiers into two pages
        Not Q&A, but summaries of entire books
        Summaries of 80-page contracts for executives
        We get 200 page PDFs and need the gist
        summarise long transcripts of court hearings, hundreds of pages
        full-length thesis summarization
        """,
    "research_legal_analysis": """
        Legal research for 60 lawyers
        contract analysis: find risky clauses
        analyze case law for our law firm
        due diligence on M&A documents
        literature review for scientists
        patent search and prior art analysis
        compliance review of regulatory filings
        analysing scientific papers for a pharma lab
        Vertragsanalyse für die Rechtsabteilung
        juristische Recherche für 40 Anwälte
        analyse de contrats pour un cabinet d'avocats
        recherche juridique, 30 juristes
        análisis de contratos y jurisprudencia
        revisión de literatura científica
        契約書のレビューと判例調査
        学術論文の分析
        合同审查，法务团队30人
        文献综述和专利分析
        legal document analysis, 25 attorneys, accuracy over speed
        research assistant that reads academic papers and compares findings
        deep research agent
        not a chatbot, a tool for deep legal analysis
        Lawyers need to analyse contracts and summarise the risks
        compare hundreds of clinical studies and draw conclusions
        tax law research for 20 advisors
        scientists analyse papers, 45 people
        due diligence assistant
        legal document review and e-discovery
        """,
    "": """
        Preheat the oven to 180 degrees, mix 200 g flour with 3 eggs and bake for 40 minutes.
        Dear John, thanks for your letter. We had a lovely holiday in Spain, the hotel was great.
        The quarterly numbers look good, revenue grew by 12% and churn is down.
        Can you remind me to water the plants on Tuesday?
        My train was delayed by 20 minutes so I missed the start of the concert.
        Who won the world cup in 1998?
        SELECT * FROM users WHERE id = 5;
        The cat sat on the mat. It was a sunny day in the park.
        I would like to order two pizzas with extra cheese, please.
        Our vacation policy allows 25 days per year.
        The patient was admitted with chest pain at 3am.
        To be or not to be, that is the question.
        Hund, Katze, Maus. Morgen regnet es.
        Il fait beau aujourd'hui et je vais à la plage.
        Mañana iremos al cine con mis amigos.
        昨日は友達と映画を見に行きました。
        昨天我和朋友去公园散步。
        500 users, low latency, H100 only, budget 5000 USD
        We need 99.9% availability in eu-west-1 on AWS with two replicas
        Qwen3 32B on 4x L40S with fp8
        10k users per day, peak at lunch
        A model with long context, please
        LLM for 200 people
        Which GPU should we buy?
        Need GPU sizing help for Llama 3.3 70B
        We're a bank with 300 employees and want to host an LLM
        Kubernetes cluster, namespace llm-prod, KEDA autoscaling
        How do I bake a chocolate cake?
        Mix flour, sugar and butter, then bake for 40 minutes.
        hello
        500 users on H100
        We need an LLM on 8 H100s, cheap
        Low latency and low cost, 1000 users
        The weather in Paris is nice
        Wie ist das Wetter?
        今日はいい天気ですね
        今天天气很好
        no chatbot
        """,
}
