"""The words by which a use case is told, by idea and language, as the folded text spells them.

Each entry is a list of phrases for `Text.find`, commas between. Where phrases overlap the longest one counts, so that
"code completion" is no "code" and a "support bot" no "bot". German compounds are caught by open ends.
"""

from collections.abc import Mapping

IDEAS: Mapping[str, str] = {
    # -- talk ---------------------------------------------------------------------------------------------------
    "chat-name": """
        chatbot*, chat bot, chat bots, *chatbot, *chatbots, virtual assistant*, virtual agent*, virtual concierge,
        conversational*, digital assistant*, voice assistant*, voicebot*, voice bot*, support bot*, service bot*,
        help bot*, faq bot*, helpdesk bot*, help desk bot*, hr bot, it bot, slack bot, teams bot, discord bot, sales bot,
        whatsapp bot, telegram bot, chat assistant*, chat agent*, chat app*, chat interface*, chat ui, chat service*,
        chat support, support chat*, live chat, chat widget*, web chat, webchat, chat experience, chat system*,
        chat tool*, chat feature*, chat completion*, chat use case*, multi turn, dialog system*, dialogue system*,
        dialogue agent*, chat with our customers, chat with customers, chat with users, chat with visitors, talk to our customers, talks to our customers,
        chat based assistant, role play*, npc dialog*, ai companion*, companion app, ai tutor*, tutoring bot,
        first level support bot, customer service agent, customer support agent that, answering machine,
        conversations with customers, conversations with users, hold a conversation, holds conversations, chatty,
        dialogsystem*, sprachassistent*, sprachbot*, chat assistent*, chatassistent*, virtuelle* assistent*,
        virtueller assistent, virtuellen assistenten, virtuelle assistentin, digitaler assistent, digitalen assistenten,
        gesprachsassistent*, supportbot*, servicebot*, kundenservice bot*, kundendienst bot*, support bot, *kundenbot,
        auskunftsbot, dialogbot*, kundenchat*, supportchat*, live chat, livechat*, mit kunden chatten, ki chat,
        agent conversationnel*, agents conversationnels, assistant virtuel*, assistante virtuelle, assistant vocal,
        robot conversationnel, dialogueur, agent virtuel, assistant conversationnel, conversationnel*, tchat*,
        robot de discussion, messagerie instantanee, agent de dialogue,
        asistente virtual*, asistentes virtuales, asistente conversacional, agente conversacional, conversacional*,
        agente virtual, bot de atencion*, bot de soporte, bot conversacional, robot conversacional, asistente de voz, bot de whatsapp, chat de soporte,
        chat de atencion*, asistente de chat,
        チャットボット, チャットbot, チャットサービス, 対話型, 対話システム, 対話ai, 対話エージェント, 会話型, 会話ai,
        バーチャルアシスタント, 仮想アシスタント, バーチャルエージェント, 音声アシスタント, 自動応答, 問い合わせボット,
        サポートボット, 接客ボット, 雑談,
        聊天机器人, 聊天機器人, 对话机器人, 對話機器人, 客服机器人, 客服機器人, 智能客服, 智慧客服, 在线客服, 問答機器人,
        问答机器人, 虚拟助手, 虛擬助理, 虚拟助理, 语音助手, 語音助理, 智能对话, 对话系统, 聊天助手, 对话式, 多轮对话,
        ai客服, 客服助手, 聊天服务, 聊天应用, 智能助理, 对话助手, 陪聊
        """,
    "chat": """
        assistant, assistants, bot, bots, chat, chats, chatting, chatgpt*, chat gpt*, concierge, companion, tutor, tutors,
        customer support, customer service, customer care, helpdesk, help desk, service desk, support desk, support line, it support,
        faq, faqs, customer inquiries, customer enquiries, customer queries, customer questions, user questions,
        employee questions, questions from customers, questions from users, questions from employees, common questions,
        frequent questions, frequently asked questions, first line support, first level support, tier 1 support,
        tier 1, level 1 support, call center, call centre, contact center, contact centre, receptionist, front desk,
        support questions, everyday questions, inbound questions, patient questions, guest questions, small talk,
        kundenservice, kundendienst, kundensupport, kundenbetreuung, kundenanfragen, kundenfragen, hotline, assistent, assistenten,
        assistentin, helpdesk, nutzerfragen, anfragen von kunden, fragen unserer kunden, fragen von kunden,
        haufige fragen, haufig gestellte fragen, burgeranfragen, mitarbeiterfragen, chatten, plaudern,
        service client, support client, service apres vente, questions des clients, questions des utilisateurs, assistance clientele,
        relation client, demandes des clients, questions frequentes, assistante, discuter avec, centre d'appel*,
        atencion al cliente, servicio al cliente, soporte al cliente, preguntas de clientes, preguntas de los clientes, asistente,
        asistentes, preguntas frecuentes, consultas de clientes, consultas de los clientes, mesa de ayuda,
        preguntas de los usuarios, charlar, call center, atencion ciudadana,
        カスタマーサポート, カスタマーサービス, 問い合わせ対応, お問い合わせ, 問い合わせ, 接客, ヘルプデスク, アシスタント, チャット, 対話,
        会話, よくある質問, ボット, 質問に答える, 質問に回答, コンシェルジュ, お客様の質問, コールセンター,
        客服, 客户服务, 客戶服務, 顾客咨询, 客户咨询, 用户咨询, 常见问题, 常見問題, 聊天, 对话, 對話, 助手, 助理, 机器人,
        機器人, 回答客户, 回答用户, 客户问题, 用户问题, 咨询服务, 热线
        """,
    # -- documents that answers come from -------------------------------------------------------------------------
    "rag-name": """
        rag, retrieval augmented*, retrieval, retriever, retrieve relevant, document q&a, document qa, docs q&a, doc q&a,
        document question answering, document analysis, document understanding, document intelligence,
        question answering over, q&a over, qa over, q&a on, questions over our, semantic search, enterprise search, knowledge search, document search,
        search assistant*, search our, search across, search through, searches our, knowledge assistant*, knowledge base*, knowledgebase*,
        knowledge management, knowledge bot, knowledge portal, vector database*, vector store*, vector search, vectordb, embeddings,
        grounded in, grounded on, cite sources, cites sources, cite its sources, citing sources, with citations, with sources,
        source citations, chat with pdf*, chat with our pdf*, chat with your pdf*, chat with our doc*, chat with doc*, talk to our doc*, chat with their doc*,
        ask our docs, wiki search, intranet search, answers from our, answers from the, answer from our, answers based on our,
        answer based on our, answering from our, answering from the, answer from the, answers out of our, document processing, document assistant,
        policy assistant, docs assistant, documentation assistant, documentation bot, docs bot, document bot, policy bot, wiki bot,
        wissensdatenbank*, wissensbasis, wissensportal, wissensmanagement, dokumentensuche, dokumentenanalyse, *dokumentenanalyse, unternehmenssuche,
        semantische suche, semantischen suche, fragen zu unseren dokumenten, fragen zu dokumenten, fragen uber dokumente, wissenssuche, dokumenten q&a,
        durchsucht unsere, durchsuchen unsere, mit quellenangabe*, quellenangaben, vektordatenbank*, vertragsdatenbank,
        base de connaissances, bases de connaissances, base documentaire, recherche documentaire, fonds documentaire, analyse de documents,
        analyse documentaire, recherche semantique, questions sur nos documents, questions sur des documents, interroger nos,
        interroger les, interroger des, en citant les sources, citer les sources, citer ses sources, moteur de recherche interne, gestion documentaire,
        base de conocimiento*, base de conocimientos, busqueda semantica, busqueda documental, analisis de documentos, analisis documental,
        preguntas sobre documentos, preguntas sobre nuestros documentos, consultar documentos, consultar nuestros, citando fuentes, citar fuentes, citando las fuentes, gestor documental,
        ナレッジベース, 社内文書検索, 文書検索, ドキュメント検索, 社内検索, 検索拡張, 文書分析, ドキュメント分析, 文書解析,
        文書q&a, 文書に関する質問, ドキュメントに関する質問, 社内ナレッジ, ナレッジ検索, 意味検索, セマンティック検索, 出典, ベクトル検索, 文書qa, マニュアル検索,
        知识库, 知識庫, 文档问答, 文件問答, 文档检索, 文档分析, 文件分析, 文档搜索, 检索增强, 檢索增強, 企业搜索, 企业知识, 语义搜索, 语义检索, 内部搜索,
        知识问答, 知识检索, 引用来源, 注明出处, 标注出处, 向量数据库, 资料检索, 文件检索
        """,
    "docs": """
        legal documents, legal document, documents juridiques, documentos legales, documentos juridicos, juristische dokumente, juristischen dokumenten, 法律文書, 法務文書, 法律文件, 法律文书, 法律文档, 
        document, documents, docs, documentation, manual, manuals, handbook, handbooks, pdf, pdfs, policies, policy documents, policy, wiki, wikis, confluence, sharepoint,
        notion, google drive, intranet, sops, sop, runbook, runbooks, guidelines, guideline, playbook, playbooks, corpus, archive, archives, knowledge,
        data sheets, datasheets, spec sheets, specifications, technical specs, internal files, our files, records, regulations, help articles, help center,
        help centre, support articles, knowledge articles, user guides, user guide, tech docs, product docs, company data, internal data, own data, file share, onboarding material*,
        course material*, textbooks, standards, procedures, statements, claims files, case files, dossiers, forms,
        dokumente, dokumenten, dokument, *dokumente, *dokumenten, *dokumentation, handbuch*, *handbuch, *handbucher, *handbuchern, richtlinie*, *richtlinien, betriebsanleitung*, *anleitungen, unterlagen, *unterlagen, pdfs, akten, *akten,
        archiv, vorschriften, *vorschriften, datenblatter, *datenblatter, wissen, normen,
        document, documents, manuels, notices, procedures, politiques internes, fiches techniques, dossiers, documentation, reglements, archives,
        documento, documentos, manuales, normativa*, politicas internas, politicas, expedientes, documentacion, fichas tecnicas, reglamentos, archivos,
        文書, ドキュメント, マニュアル, 社内規定, 社内規程, 規程, 手順書, 資料, 仕様書, 取扱説明書, 就業規則, 規則, ファイル,
        文档, 文檔, 手册, 手冊, 制度, 规章, 资料, 規章, 说明书, 政策文件, 内部文件, 文件
        """,
    "ask": """
        answer, answers, answering, answered, ask, asks, asking, question, questions, q&a, qa, query, queries, querying, look up, looks up, lookup, lookups, find information, finds information, find answers,
        search, searches, searching, search engine, find the right, question answering, get answers, locate, finds answers, digs through, dig through, grounded, cite, cites, citing, citation, citations,
        fragen, frage, beantworte*, beantwortet, antworten, antwort, antwortet, suche, suchen, durchsuch*, nachschlag*, auskunft*, abfragen, *suche, befragen,
        question, repond*, repondre, reponse, reponses, chercher, rechercher, recherche, interroger, consulter, retrouver,
        pregunta, preguntas, responder, responda, responde, respuestas, buscar, busqueda, consultas, consultar, busca, contestar, conteste,
        質問, 回答, 検索, 答える, 答え, 調べ*, 参照, 応答, 照会,
        问答, 回答, 提问, 查询, 搜索, 检索, 问题, 查找, 問答, 查詢, 解答, 查阅
        """,
    "extract": """
        extract*, pull out, pulls out, pull data, pulls data, parse, parses, parsing, ocr, structured data from, key fields, field extraction, data extraction, data capture, reads out, index, classify documents, entity extraction,
        extrah*, auslesen, extraktion, ausliest, extraire, extraction, extrait, extraer, extraccion, extraiga, extrae, 抽出, 読み取*, 提取, 抽取, 提取信息, 识别
        """,
    "fields": """
        invoice*, receipt*, forms, purchase orders, bills, delivery notes, key information, key facts, fields, entities, tables, line items, resumes, cvs, statements, medical records, claims, data, information, terms, figures,
        rechnung*, *rechnungen, belege*, formular*, lieferschein*, angaben, daten, factures, facture, formulaires, recus, bons de commande, donnees, informations, facturas, factura, recibos, formularios, datos, informacion, albaranes,
        請求書, 領収書, 帳票, 申込書, 情報, データ, 項目, 伝票, 发票, 單據, 单据, 表单, 信息, 数据, 票据, 合同信息, 字段
        """,
    # -- code -------------------------------------------------------------------------------------------------------
    "complete-name": """
        code completion*, codecompletion, code complete, autocomplet*, auto complet*, tab complet*, tab to complete, inline suggest*, inline complet*, inline code*, line completion*, single line completion*,
        fill in the middle, fim, ghost text, code suggest*, intellisense, type ahead, typeahead, completions as, completions while, suggestions as you type, suggestions while typing, suggest the next line*, suggests the next line*, next line prediction*,
        complete code, completes code, completing code, complete lines, completes lines, complete the line, completes the line, finish lines, finishes lines, finish my line*, finishes the line*, completion in the ide, completion in the editor, completion model, copilot style, github copilot, codewhisperer, tabnine, as they type, as you type, while they type, while you type, while typing, as developers type, while developers type, as i type, keystroke*,
        code vervollstandig*, codevervollstandig*, code erganzung*, codeerganzung*, autovervollstandig*, auto vervollstandig*, vervollstandig*, zeilenvervollstandigung, inline vorschlag*, codevorschlag*, code vorschlag*, code vorschlage, beim tippen, wahrend des tippens,
        completion de code, completion automatique, autocompletion, auto completion, completion du code, completer le code, complete le code, completer du code, suggestions de code, suggestion de code, suggestions en ligne, saisie semi automatique, completion en ligne,
        autocompletado*, autocompletar, autocompleta*, completado de codigo, completar codigo, complete codigo, sugerencias de codigo, sugerencias en linea, completado automatico, completar el codigo, mientras escriben codigo, mientras escriben,
        コード補完, 補完, オートコンプリート, 入力補完, コードサジェスト, インライン提案, コード提案, 自動補完,
        代码补全, 程式碼補全, 代码自动补全, 自动补全, 补全, 補全, 行内建议, 代码提示, 代码建议, 行内补全, 自动完成
        """,
    "ide": """
        ide, ides, vs code, vscode, visual studio, jetbrains, intellij, pycharm, neovim, code editor, editor, editors, editor plugin, editor plug in, ide plugin, ide plug in, ide extension, エディタ, エディター, 编辑器, 編輯器, 编辑器插件, editeur, editeur de code, editor de codigo
        """,
    "suggest": """
        suggest, suggests, suggestion, suggestions, completion, completions, complete, completes, predict, predicts, snippets, snippet, hints, vorschlag, vorschlage, suggestions, completer, sugerencias, sugerencia, 提案, 候補, 建议, 提示, 候选
        """,
    "copilot": "copilot, copilots, co pilot, コパイロット",
    "code-name": """
        code generation, generate code, generates code, generating code, generated code, code generator*, write code, writes code, writing code, produce code, code writing, coding assistant*, code assistant*, coding agent*, code agent*, programming assistant*, developer assistant*, dev assistant, coding help*, coding chatbot*, coding tool*, coding model*, coding bot, pair programm*, program synthesis, software engineering agent*, swe agent*,
        unit test*, test generation, generate tests, write tests, writes tests, test case*, test suites, refactor*, code review*, review code, reviews code, review pull requests, reviews pull requests, pull request*, merge request*, explain code, explains code, code explanation*, explain legacy code, boilerplate, scaffold*, text to sql, sql generation, sql queries from, generate sql, generates sql, nl2sql, natural language to sql, migrate code, code migration*, migrate legacy, migrate our legacy, legacy code, modernize*, cobol, port code, code translation, translate code, debug*, bug fix*, fix bugs, fixes bugs, whole functions, entire functions, whole modules, entire modules, whole classes, complete functions, full functions, whole programs, entire programs, vibe coding, code from specs, code from tickets, code from natural language, infrastructure as code, terraform modules, implement features, docstrings, code documentation, low code, help with code, code help, code snippets from,
        codegenerierung, code generierung, code generieren, generiert code, code erzeug*, code schreib*, schreibt code, programmierassistent*, coding assistent*, code assistent*, codeassistent*, programmierhilfe*, unittest*, unit tests, codereview*, code reviews, refaktor*, altcode, quellcode erklar*, code erklar*, softwareentwicklungs assistent,
        generation de code, generer du code, genere du code, generer des tests, assistant de code, assistant de codage, assistant de programmation, assistant de developpement, tests unitaires, revue de code, relecture de code, refactorisation, refactoring, ecrire du code, ecrit du code, expliquer le code, expliquer du code, migration de code,
        generacion de codigo, generar codigo, genera codigo, genere codigo, asistente de programacion, asistente de codigo, asistente de codificacion, pruebas unitarias, revision de codigo, revisar codigo, refactoriz*, escribir codigo, escriba codigo, explicar codigo, migrar codigo, tests unitarios,
        コード生成, コーディング支援, コーディングアシスタント, プログラミング支援, コードレビュー, リファクタリング, 単体テスト, ユニットテスト, テストコード, コードを生成, コードを書*, プログラム生成, コード作成, コードの説明, 開発支援, コードを自動生成,
        代码生成, 生成代码, 程式碼生成, 编程助手, 代码助手, 編程助手, 代码审查, 代码评审, 重构, 单元测试, 單元測試, 编写代码, 写代码, 代码解释, 代码迁移, 测试用例, 编程辅助, 开发助手, 辅助编程
        """,
    "code": """
        code, coding, codebase, programming, source code,
        quellcode, programmcode, programmier*, codigo, programacion, programmation, codage,
        コード, コーディング, プログラミング, ソースコード, 代码, 程式碼, 编程, 編程, 源代码, 写程序
        """,
    "code-thing": """
        functions, classes, methods, scripts, python, java, javascript, typescript, react, rust, golang, c++, kotlin, sql, endpoints, microservices, repos, repository, repositories, modules, algorithms, software, unit, apps, components, programs,
        funktionen, klassen, skripte, module, fonctions, modules, scripts, funciones, modulos, プログラム, 関数, スクリプト, モジュール, 函数, 脚本, 模块, 程序
        """,
    "nothing": """
        legal wants, legal requires, legal require, legal needs, legal need, legal says, legal say, legal insists, legal insist, legal demands, legal asks, legal will, legal won't, legal team wants, legal team requires, legal team insists, legal department wants, legal department requires, legal reasons, for legal, by legal, legal approved, legal sign off, approved by legal, legal only, legal and, law firm approved, legal must, legal has, legal does, legal is, procurement wants, rechtsabteilung will, rechtsabteilung verlangt, rechtsabteilung besteht, recht verlangt, le juridique veut, le juridique exige, le service juridique exige, legal exige, legal pide, legal quiere, el equipo legal exige, 法務が, 法務は, 法务要求, 法務からは, 法务部要求, 
        error code*, code of conduct, qr code*, zip code*, promo code*, dress code*, building code*, postal code*, area code*, bar code*, coupon code*, diagnosis code*, billing code*, icd code*, tax code*, codes of practice, no code, country code*, discount code*, source code escrow, code penal, code civil, code du travail, código postal, ホームページ, ウェブページ, web page*, landing pages, 网页, chat completions api, responses api, openai compatible, customer success
        """,
    "developers": """
        developer, developers, devs, programmers, engineers, software engineers, engineering team, dev team, entwickler, entwicklern, entwicklerinnen, softwareentwickler*, programmierer*, developpeurs, developpeur, desarrolladores, programadores, ingenieros, 開発者, エンジニア, プログラマ*, 开发者, 开发人员, 程序员, 工程师, 開發者, 工程師, 研发
        """,
    # -- summaries -------------------------------------------------------------------------------------------------
    "summary": """
        summari*, summary, tl;dr, tldr, digest, digests, recap, recaps, condense*, condensing, gist, key points, key takeaways, takeaways, bullet points, brief overview*, boil down, executive summar*, synopsis, synopses, highlights of, shorten*, abstractive, precis of,
        zusammenfass*, zusammengefasst, zusammenfasst, *zusammenfassung, *zusammenfassungen, zusammenzufassen, kurzfassung*, fasst, fassen, kernaussagen, kernpunkte, stichpunkte*, 
        qui resume, un resume, resumer, des resumes, resumes de, resumes d', resumes automatiques, resumes courts, resume des, resume les, resume nos, resume de, resume automatique, resumant, resumees, synthese, syntheses, synthetiser, synthetise, synthese de, points cles, compte rendu, comptes rendus,
        resumen, resumenes, resumir, que resume, que resuma, resuma, resume los, resume las, resume noticias, resuman, resumiendo, resumidos, sintesis, sintetizar, puntos clave, extracto*,
        要約, まとめ, 概要, サマリ*, サマリー, 要点, ダイジェスト,
        摘要, 总结, 總結, 概括, 概述, 归纳, 要点, 要點, 提炼, 简报, 小结, 纪要
        """,
    "short-thing": """
        news, news articles, articles, article, email*, e mail*, e mails, mails, ticket*, meeting*, meeting notes, minutes, notes, call transcripts, calls, transcript*, messages, slack threads, threads, thread, posts, abstracts, comments, reviews, customer reviews, product reviews, feedback, chat logs, chat transcripts, conversation*, voicemails, press clippings, headlines, short texts, short documents, updates, one paragraph, two sentences, few sentences, three sentences, bullet, standup*, incident*, incoming, inbox, changelogs, alerts, surveys, blog articles, feeds, daily digest, memos, tweets, podcast episodes, one page,
        nachrichten, nachrichtenartikel, artikel, tickets, *tickets, besprechung*, *protokoll*, gesprach*, notizen, kommentare, bewertungen, pressemeldungen, rezensionen, kurze*, meetings, *meldungen, webseiten, telefonat*, *mails,
        actualites, articles de presse, courriels, mails, reunions, reunion, compte rendu, comptes rendus, avis, appels, courts, breves, depeches, conversations, tickets, commentaires, messages,
        noticias, articulos, correos, correo, reuniones, reunion, comentarios, resenas, llamadas, conversaciones, cortos, breves, actas, mensajes, notas, tiques,
        ニュース, 記事, メール, 議事録, 会議, チケット, 通話, メッセージ, レビュー, 会話ログ, 短い, 短文, 商談, ミーティング, 打ち合わせ, 口コミ,
        新闻, 新聞, 文章, 邮件, 郵件, 会议, 會議, 工单, 工單, 通话, 评论, 消息, 对话记录, 会议记录, 短文, 通话记录, 聊天记录, 短文本, 快讯
        """,
    "long-thing": """
        annual report*, book, books, ebooks, novel*, manuscript*, long document*, long pdf*, long report*, long research*, long contract*, long form, long text*, long files, large documents, large pdf*, very long, lengthy, filing*, 10 k, 10 ks, sec filings, thesis, theses, dissertation*, hundreds of pages, hundred page*, 100 page*, 200 page*, 300 page*, 500 page*, page long, pages long, pages each, multi page, pages per document, pages apiece, pages, page pdf*, page report*, page document*, page contract*, page filing*, page, prospectus*, hearing transcripts, whole documents, entire documents, full documents, dossier*, long context, big documents, huge documents, thick, depositions, multi hundred,
        lange dokumente, langer dokumente, langen dokumenten, lange pdfs, langer pdfs, langer berichte, lange berichte, langen berichten, langer texte, lange texte, langdokument*, geschaftsbericht*, jahresbericht*, bucher, buchern, buch, dissertation*, seiten, seitige*, umfangreich*, abschlussarbeiten, *dossiers, doktorarbeit*,
        longs documents, documents longs, long document, longs rapports, rapports longs, rapports annuels, rapport annuel, livres, theses, these, memoires, volumineux, volumineuses, centaines de pages, de longs, longs, pages,
        documentos largos, informes largos, documentos extensos, informes extensos, largos, largas, extensos, extensas, informes anuales, informe anual, libros, tesis, paginas, voluminosos,
        長文, 長い, 書籍, 有価証券報告書, 年次報告書, ページの, ページを, ページ以上, ページ超, ページある, ページに, ページ程度, 長文書, 本一冊, 長大, 白書, 大量の文書, 博士論文, 修士論文,
        长文档, 長文件, 长文本, 长篇, 长文, 较长, 年报, 年報, 书籍, 書籍, 招股书, 页的, 頁的, 页以上, 百页, 上百页, 多页, 页左右, 页pdf, 页报告, 白皮书, 标书, 長篇, 卷宗, 几百页, 毕业论文, 长报告
        """,
    "report": """
        report, reports, white paper*, whitepaper*, proceedings, research papers, papers, studies, tenders, rfps, specifications, contracts, agreements, court files, audits, audit reports, patient histories, medical histories, medical records, transcripts of hearings, pdf, pdfs, policies, legal documents, scientific papers, case files,
        bericht*, *bericht, *berichte, *berichten, studien, *studien, gutachten, vertrage, vertragen, ausschreibung*, rapports, rapport, etudes, appels d'offres, contrats, informes, informe, estudios, contratos, licitaciones, memorias,
        報告書, レポート, 論文, 調査報告, 契約書, 研究報告, 報告, 报告, 论文, 論文, 研报, 合同, 学術論文, 学术论文
        """,
    # -- translation -----------------------------------------------------------------------------------------------
    "translate": """
        translat*, locali*, subtitl*, machine translation, interpret, interpreting, interpretation, mt system, language pairs, language pair, transcreation,
        ubersetz*, *ubersetzung, *ubersetzungen, *ubersetzer, dolmetsch*, lokalisier*, untertitel*,
        traduction*, traduire, traduit, traduisent, traduise, traducteur*, localisation, sous titr*, interpretariat, interpretation,
        traduccion*, traducir, traduce, traduzca, traductor*, traducciones, localizacion, subtitul*, interpretacion,
        翻訳, 通訳, 和訳, 英訳, ローカライズ, ローカリゼーション, 字幕, 多言語化, 訳す, 訳文,
        翻译, 翻譯, 口译, 本地化, 在地化, 字幕, 互译, 译文, 译成, 译为, 汉译英, 英译中, 中译英
        """,
    # -- content ---------------------------------------------------------------------------------------------------
    "content-name": """
        content generation, content creation, content writing, content marketing, content production, content team, content writer*, content tool*, generate content, generates content, generating content, create content, creates content, marketing content, copywriting, copywriter*, copy writing, marketing copy, ad copy, advertising copy, sales copy, web copy, website copy, product copy, ads copy, email copy, marketing text*, marketing material*, marketing campaign*, marketing email*, blog post*, blog article*, blogs, blogging, product description*, item description*, listing description*, property description*, job description*, job ads, social media post*, social post*, social media content, social media caption*, instagram caption*, tweets for, linkedin post*, newsletter*, press release*, slogan*, taglines, creative writing, story telling, storytelling, short stories, fiction, screenplays, scripts for videos, video scripts, ghostwrit*, seo text*, seo article*, seo content, landing page*, cover letters, product listing*, ad text*, product texts, personalised emails, personalized emails, outreach emails, campaign texts, poems, lyrics, fan fiction, bedtime stories, brochures, catalog texts, catalogue texts, ad campaigns, horoscopes, sermon*, speech writing, speeches,
        inhaltserstellung, content erstellung, contenterstellung, werbetext*, marketingtext*, marketing text*, produktbeschreibung*, produkttext*, blogbeitrag*, blogartikel*, blog beitrag*, blog artikel*, textgenerierung, texterstellung, social media beitrag*, social media posts, pressemitteilung*, werbeslogan*, kreatives schreiben, anzeigentext*, marketingmaterial*, newslettertext*, stellenanzeige*, expose*, kampagnentext*, geschichten, katalogtext*,
        generation de contenu*, creation de contenu*, generer du contenu, redaction de contenu*, contenus marketing, contenu marketing, textes publicitaires, textes marketing, fiches produit*, fiche produit, fiches produits, articles de blog, billets de blog, descriptions de produits, descriptions produit*, redaction web, publications pour les reseaux, posts pour les reseaux, posts linkedin, communiques de presse, ecriture creative, accroches, infolettre*, textes publicitaires, offres d'emploi, argumentaires, campagnes marketing, redaction d'articles, annonces immobilieres,
        generacion de contenido*, creacion de contenido*, generar contenido*, crear contenido*, redaccion de contenido*, contenido de marketing, contenidos de marketing, textos publicitarios, textos de marketing, descripciones de producto*, descripcion de producto*, descripciones de los productos, articulos de blog, entradas de blog, posts de blog, publicaciones en redes, publicaciones para redes, redes sociales, notas de prensa, comunicados de prensa, boletines, escritura creativa, copys, anuncios, campanas de marketing, redaccion publicitaria, textos para,
        コンテンツ生成, コンテンツ制作, コンテンツ作成, 商品説明, 商品紹介, 広告文, 広告コピー, キャッチコピー, コピーライティング, ブログ記事, sns投稿, メルマガ, プレスリリース, 記事生成, 記事作成, 文章生成, 文章作成, マーケティング文, 商品説明文, 小説, 創作, 原稿作成, 求人票, 宣伝文, 販促, snsの投稿, 記事を書*, 投稿文,
        内容生成, 内容创作, 內容生成, 內容創作, 文案, 营销内容, 营销文, 行銷文案, 广告语, 广告词, 商品描述, 产品描述, 產品描述, 商品详情, 博客文章, 部落格文章, 社交媒体帖子, 社交媒体内容, 公众号文章, 新闻稿, 创意写作, 软文, 写作, 推文, 小红书, 故事创作, 生成文章, 种草, 营销, 宣传稿, 撰写文章
        """,
    "write": """
        write, writes, writing, draft, drafts, drafting, compose, composes, composing, generate, generates, generating, create, creates, creating, produce, produces, producing, author, authoring, rewrite, rewrites, rewriting, rephrase*, paraphrase*, proofread*,
        schreib*, verfass*, erstell*, generier*, formulier*, entwerf*, entwirft, texten, umformulier*, erzeug*, rediger, redige, redaction, ecrire, ecrit, generer, genere, creer, cree, produire, reformul*, redigent, redactar, redacte, redacta, escribir, escriba, escribe, generar, genera, genere, crear, cree, crea, producir, redaccion, reescrib*,
        書く, 書き, 作成, 生成, 執筆, 下書き, 起案, 文面, 撰写, 撰寫, 写, 起草, 编写, 创作, 制作, 润色, 改写
        """,
    "piece": """
        article, articles, post, posts, email*, e mail*, e mails, mails, copy, texts, text, stories, story, letters, letter, replies, reply, responses to customers, captions, headlines, proposals, campaigns, ads, advertisements, descriptions, essays, documents, reports, content, brand, pitches, messages, quizzes, lesson plans, exercises, titles, subject lines, recipes, itineraries, invitations, personali*,
        texte, artikel, beitrage, beitrag, geschichten, briefe, e mails, antworten, anzeigen, angebote, inhalte, anschreiben, textes, contenu*, articles, annonces, courriels, lettres, histoires, descriptions, propositions, textos, contenido*, articulos, anuncios, correos, cartas, historias, descripciones, propuestas,
        文章, 記事, 文案, メール, 投稿, テキスト, 提案書, 返信, 邮件, 故事, 帖子, 标题, 郵件, 信件, 文本, 稿件, 文稿
        """,
    # -- research and law --------------------------------------------------------------------------------------------
    "research-name": """
        legal research, legal analysis, legal document analysis, legal document review, legal review, legal opinion*, legal reasoning, legal brief*, legal memo*, legal assistant*, legal ai, legal tech, case law, caselaw, due diligence, literature review*, literature search, systematic review*, meta analys*, contract analys*, contract review*, contract comparison, contract clause*, analyze contracts, analyse contracts, review contracts, reviews contracts, reviewing contracts, compare contracts, risky clauses, clause extraction, clause*, redlin*, patent*, prior art, deep research, research assistant*, research agent*, research analysis, research analyst*, research tool*, research paper analysis, research support, compliance review*, compliance check*, compliance analysis, regulatory analysis, regulatory review, e discovery, ediscovery, court decision*, court ruling*, court opinion*, court filing*, court record*, precedent*, statute*, jurisprudence, litigation, legislation, m&a, nda, ndas, hypothes*, investment research, equity research, market research, analyze papers, analyse papers, analyze studies, analyse studies, evidence synthesis, paralegal*,
        vertragsanalyse*, vertragsprufung*, vertrage prufen, vertrage zu prufen, vertrage pruf*, vertrage analys*, vertragen auf risiken, rechtsrecherche*, juristische recherche, juristische analyse, juristischen analyse, juristische*, rechtliche analyse, rechtliche*, rechtsprechung, urteile, urteilen, gerichtsurteil*, gerichtsentscheidung*, gesetzestext*, literaturrecherche*, patentrecherche*, patente, compliance prufung*, klausel*, *klauseln, forschungsassistent*, forschungsanalyse, rechtsanalyse, rechtsgutachten, schriftsatz*,
        recherche juridique, recherches juridiques, analyse juridique, analyse de contrats, analyser des contrats, analyser les contrats, analyse des contrats, revue de contrats, examen de contrats, jurisprudence, revue de litterature, brevets, diligence raisonnable, audit juridique, conformite reglementaire, analyse reglementaire, clauses, assistant de recherche, assistant juridique, arrets, decisions de justice,
        investigacion juridica, investigacion legal, analisis juridico, analisis legal, analisis de contratos, analizar contratos, analice contratos, analiza contratos, revision de contratos, revisar contratos, jurisprudencia, revision de literatura, revision bibliografica, patentes, diligencia debida, cumplimiento normativo, clausulas, asistente de investigacion, sentencias, asistente legal, asistente juridico,
        契約書分析, 契約書レビュー, 契約書の分析, 契約書のレビュー, 契約書チェック, 契約書の確認, 契約分析, 契約レビュー, 契約審査, 法律調査, 法務調査, 法的分析, 法律分析, 判例, 文献調査, 文献レビュー, 先行研究, 特許, デューデリジェンス, 論文分析, 論文の分析, 条項, 研究支援, 法令, リサーチアシスタント, 論文を分析, 契約書を分析, 契約書を精査, コンプライアンス審査,
        合同分析, 合同审查, 合同审核, 合約分析, 合約審查, 法律研究, 法律分析, 判例, 案例检索, 判决书, 裁判文书, 文献综述, 文献分析, 科研文献, 论文分析, 专利, 專利, 尽职调查, 尽调, 合规审查, 法规, 條款, 条款, 法律检索, 研究分析, 分析论文, 审阅合同, 分析合同, 深度研究, 科研助手, 研究助手, 法律咨询
        """,
    "analyse": """
        analy*, review, reviews, reviewing, compare, compares, comparing, examine*, evaluat*, assess*, check, checks, checking, investigat*, synthesi*, study, research, researching, interpret, cross reference, reason over, reason about, scrutin*, go through, flag, flags, flagging, identify risks,
        analysier*, prufen, pruft, prufung, auswert*, vergleich*, untersuch*, recherch*, bewert*, analyser, analyse, examiner, comparer, etudier, verifier, passer en revue, analiz*, analice*, analisis, revisar, revise, comparar, evaluar, investiga*, examinar,
        分析, レビュー, 比較, 精査, 審査, 調査, 評価, 検討, 審閲, 审查, 审核, 比较, 评估, 研究, 调研, 审阅, 對比, 对比
        """,
    "law": """
        legal documents, legal document, legal texts, scientific literature, scientific papers, scientific paper, medical literature, academic literature, academic papers, documents juridiques, textes juridiques, documentos legales, documentos juridicos, textos legales, textos juridicos, juristische dokumente, juristischen dokumenten, juristischer dokumente, rechtsdokumente*, fachliteratur, wissenschaftliche artikel, wissenschaftliche literatur, wissenschaftlicher literatur, wissenschaftlicher artikel, wissenschaftliche paper, litterature scientifique, articles scientifiques, publications scientifiques, literatura cientifica, articulos cientificos, 法律文書, 法務文書, 法律文件, 法律文书, 法律文档, 学術論文, 学术论文, 
        contract, contracts, agreement, agreements, legal, law, laws, lawyer*, attorney*, counsel, court, courts, lawsuits, regulation, regulations, regulatory, filings, papers, research papers, studies, journal*, clinical trial*, publications, academic, scientific, literature, scholar*, scientists, researchers, deeds, leases, briefs, treaties, policies, tenders, compliance,
        vertrag*, vertrage, vertragen, *vertrage, recht, anwalt*, *anwalt*, gesetz*, gericht*, kanzlei*, studien, publikationen, fachartikel, wissenschaft*, *recht, verordnung*, contrat*, loi, lois, avocat*, juriste*, tribunal*, tribunaux, reglementation*, etudes, scientifique*, chercheur*, contrato*, ley, leyes, abogad*, jurid*, tribunal*, normativa, estudios, cientific*, investigador*, legales, legal,
        契約書, 契約, 法律, 弁護士, 裁判, 規制, 論文, 研究, 学術, 法務, 研究者, 合同, 合約, 律师, 律師, 法院, 法务, 论文, 論文, 文献, 学术, 科研, 监管, 法律
        """,
}  # fmt: skip
"""Ideas, and the phrases by which each is told."""
