"""People are counted in the words of teams: in groups, in lists, as a share, beside the writer, cut to fewer."""

import pytest
from builders import packaged

from neuralnav.draft.rules import prepare
from neuralnav.draft.rules.traffic import read_traffic
from neuralnav.model.draft import Value

CATALOG = packaged()


def value(prose: str, field: str) -> Value | None:
    return read_traffic(prepare(prose), CATALOG).value(f"traffic.{field}")


@pytest.mark.parametrize(
    ("prose", "users"),
    [
        ("Summarise court rulings for 12 judges, 30 clerks, so 42 users altogether.", 42),
        ("Our housing association wants a bot that 45,000 families can ask about repairs and rent.", 45_000),
        ("Translation of patient letters; 330 GPs would have it on their desktop. No rush on the answers.", 330),
        ("It's just us 8 and we'd like something to write LinkedIn posts.", 8),
        ("Me and two colleagues want to chat with our lab protocols.", 3),
        ("We had planned for 1,000, legal cut it to 400. Contract review RAG.", 400),
        ("L40S, two of them, for a summariser of weekly reports.", None),
        ("RAG over lecture notes for students (about 20000), on a tight budget.", 20_000),
        ("Each branch has 6 advisors and we have 220 branches; they ask an assistant about loan products.", 1320),
        ("Mortgage Q&A bot. 14 call centres with 85 agents each.", 1190),
        ("Please size an assistant for our dispatch desk - 27 dispatchers on day shift, 9 at night.", 36),
        ("The whole of engineering (ca. 750 folks) shall get autocompletion in their IDE.", 750),
        ("Half of our 1,200 nurses will use the note summariser.", 600),
        ("1 in 4 of our 8,000 members will try it, a chat about fitness plans.", 2000),
        ("A legal research tool for a firm: 40 partners, 160 associates and 25 paralegals.", 225),
        ("Not 500 but 800 pharmacists. Drug leaflet Q&A.", 800),
        ("A homework helper; there are 24 classes with about 28 kids in each.", 672),
        ("We'd need it for 3 shifts of 40 operators. Manuals chat.", 120),
        ("Our newsroom (35 journos, 4 editors) needs headline generation", 39),
        ("We've got 70 stores. Each one has 12 staff who will ask the product assistant.", 840),
        ("I need a coding assistant just for myself.", 1),
        ("Research assistant for my PhD group, 1 professor, 2 postdocs, 7 students", 10),
        ("60% of 5,000 staff are expected to use the translation tool", 3000),
        ("It's for pensioners, eighty thousand of them, who phone about their pension letters.", 80_000),
        ("Research legal analysis for 75 attorneys, can wait a few minutes for the result", 75),
        ("Speeding up code reviews: 6 squads à 9 devs", 54),
        ("Please plan for 700 seats; use: meeting minutes summaries", 700),
        ("Our 3 librarians and roughly 2,000 readers should find books by chatting", 2000),
        ("On weekdays 300 planners, on weekends only 20, ask the assistant about timetables.", 300),
        ("We started with 40 beta testers; today it is 350 editors who have it proofread their articles.", 350),
        ("Autocomplete for our IDE, we employ 4,000 but only 900 of them write code", 900),
        ("Not for the public: just the 16 of us in the grants office, summarising applications.", 16),
        ("I think 250? Maybe 300 at most. It's an onboarding chatbot for new joiners.", 300),
        ("A bakery chain wants a FAQ bot. 38 shops, 5 people per shop.", 190),
        ("There are nine midwives and they want visit notes summarized", 9),
        ("Doc search for barristers' chambers - 64 tenants, 11 clerks", 75),
        ("User numbers: between two and three thousand. Use: travel planning chat.", 3000),
        ("Chatbot pour 12 agences de 8 conseillers chacune", 96),
        ("Wir haben 30 Filialen mit je 6 Verkäufern, die einen Assistenten nach Produkten fragen sollen.", 180),
        ("Un asistente de código para 3 equipos de 12 programadores", 36),
        ("社内ヘルプデスクのチャットボット。全国20店舗、各店舗に15人のスタッフ。", 300),
        ("给我们每个门店10名店员用的问答机器人，一共80家门店", 800),
        ("The number of people using the summariser won't exceed 75.", 75),
        ("a bunch of interns, maybe 20, will use it to write unit tests", 20),
        ("Ask-the-handbook bot for crew on 9 ferries, 25 crew per ferry", 225),
        ("Our wholesale customers (1,100 of them) may ask the bot for delivery dates", 1100),
        ("Just me and my brother; a story writing assistant.", 2),
        ("It has to work for the whole city council, that's 60 councillors and 1,900 officials.", 1960),
        ("We're a startup of 12 but the product - a diet chatbot - has 9,000 paying subscribers", 9000),
        ("email-writing helper; total addressable users 20,000, we think a quarter of those will really use it", 5000),
        ("No more than 10 users at the same time, 120 overall. Contract drafting.", 120),
        ("Customer support for an airline with 2M passengers a year; 1,200 agents assisted", 1200),
        ("3 interns + me, trying out a code helper", 4),
        ("A bot for tenants of 2,800 flats to report damage; cost is what counts", None),
        ("We have 500 flats and 1,100 tenants, who can ask the bot about their lease", 1100),
        ("FAQ chatbot: 40 topics, 8 languages, 3 websites", None),
        ("We can spend 3000 a month; 24/7 chatbot; 99.9% uptime", None),
        ("Our 5-person start-up serves 20 law firms with 30 solicitors each: clause drafting", 600),
        ("Contract analysis. Number of lawyers: 85. Number of paralegals: 40.", 125),
        ("10 developers x 4 squads, code generation", 40),
        ("Of our 900 staff, about a third would use the writing assistant", 300),
        ("Out of 2,000 students, 1,500 will log in to the tutor bot", 1500),
        ("20% of our 10,000 clients are expected to chat with the bot", 2000),
        ("95% of the 400 technicians have tablets and will ask the manual bot", 380),
        ("Used by all of HR (22) and all of finance (48). Policy questions.", 70),
        ("HR: 22, Finance: 48. They'll summarise CVs and invoices.", 70),
        ("For HR, 22 people, and finance, 48 people: document search.", 70),
        ("hey, quick one - whats needed for 250 ppl chatting w/ an 8b model", 250),
        ("It's 300 not 3000 people, sorry for the typo above. Q&A bot.", 300),
        ("I wrote 800 yesterday; legal and HR dropped out, so 550 remain. Doc Q&A.", 550),
        ("Instead of the 1,000 we discussed only 650 reps get it. Sales email writer.", 650),
        ("The pilot had 25 users; for go-live we plan 400. Chat with manuals.", 400),
        ("Teachers and parents (6,000 in all) get a chatbot about the timetable", 6000),
        ("We are a law firm (22 partners / 71 associates), due diligence Q&A", 93),
        ("Vets' practice chain: 64 vets, 110 nurses, 40 receptionists. Visit summaries.", 214),
        ("The platform has 1.2m registered users, of whom 90k are active daily. Chat companion.", 90_000),
        ("Chatbot for visitors: 3,000 a day in summer, 800 in winter", 3000),
        ("Visitors to the museum (around 4,000 per day) can chat with an exhibit guide", 4000),
        ("solo dev here, need autocomplete on an L4", 1),
        ("Our family of five wants a recipe chat", 5),
        ("Voice of customer summaries for the 11 product managers and their 4 directors.", 15),
        ("Assistant for nurses at 3 hospitals, 1,400 of them altogether", 1400),
        ("It's a tool for our legal ops; 6 lawyers, 2 paralegals and an intern use it on NDAs", 9),
        ("Chat for the hotline: 60 seats", 60),
        ("Our municipality, population 48,000, wants a citizens' bot", 48_000),
        ("One of our 600 branches will test it with 8 tellers. Product Q&A.", 8),
        ("Budget 20k. 64 chemists. Literature search.", 64),
        ("My team of eight plus the four folks from QA need test generation.", 12),
        ("Serve a chat to the 10,000 most active of our 300,000 forum members.", 10_000),
        ("There are three of us in the office, and forty engineers in the field; the engineers ask the bot.", 40),
        ("Clinical coding support: 42 coders in total, 20 in Lyon and 22 in Lille", 42),
        ("Wir sind zu fünft und wollen Code generieren lassen.", 5),
        ("Chatbot für 80 Azubis und 15 Ausbilder", 95),
        ("each of 16 courtrooms has two clerks who would use the transcript summariser", 32),
        ("The union has 30,000 members; its 140 advisers will use the drafting help, not the members.", 140),
        ("Not students, only the 310 lecturers, ask the course catalogue assistant.", 310),
        ("Small team (n=6) writing grant proposals", 6),
        ("It's for our finance dept. of 35", 35),
        ("We serve 60 municipalities with altogether 1.1 million inhabitants; chat with the administration", 1_100_000),
        ("Number of end users: 12k / Number of admins: 5 / Use: HR chatbot", 12_000),
        ("we're a two-person shop and need a coding buddy", 2),
        ("Three-man agency, copy writing", 3),
        ("About 3 in 10 of our 50,000 customers chat with us each month", 15_000),
        ("70 % der 1.200 Mitarbeiter sollen den Übersetzer nutzen", 840),
        ("Für die Kanzlei (9 Anwälte, 4 Fachangestellte): Vertragsprüfung", 13),
        ("El bufete tiene 18 abogados y 7 pasantes; análisis de contratos", 25),
        ("作为客服机器人，每天有两万名顾客咨询", 20_000),
        ("一个三十人的小团队，写营销文案", 30),
        ("Give every engineer (we are 310) a code assistant", 310),
        ("Rush hour brings 5 times the normal load; 2,500 commuters; timetable bot", 2500),
        ("Support chatbot with 20 rps", None),
        ("Roughly 6 out of 10 of our 3,000 pupils will use the tutor", 1800),
        ("A school: 800 pupils, 60 teachers and 12 admins. Tutor chatbot for everybody.", 872),
        ("Only teachers (60) will use it, not the 800 pupils. Worksheet generation.", 60),
        ("We've sold 3,200 licences; each licence holder chats with the docs", 3200),
        ("3,200 licensees, chat with the docs", 3200),
        ("Translate chat between 300 Spanish-speaking and 200 English-speaking crew members", 500),
        ("the R&D dept (90 ppl) & the patents team (14 ppl) want semantic search", 104),
        ("We are 2 devs, one designer, want copilot", 3),
        ("There's a 1,100 head workforce in our plant, all of them get the safety chatbot", 1100),
        ("A safety chatbot for everyone at the plant, 1100 heads", 1100),
        ("assistant for MPs: 650 of them plus 2,000 staffers", 2650),
        (
            "The ministry (3,000 civil servants, of which 450 work with files) asks for a file summariser.",
            450,
        ),
        ("Today 1,500 users, expected to double by December. Chat.", 1500),
        ("code assistant - 8 teams, avg 7 ppl", 56),
        ("100 users. Or better 120. Email bot.", 120),
        ("100 users, no wait 120, email bot", 120),
        ("5 ops people run the cluster; 1,000 agents consume the completions", 1000),
        ("Invoice questions bot, 6 months pilot, 80 accountants", 80),
        ("Phase 1: 100 users. Phase 2: 500 users. Chatbot.", 100),
        ("Windows 11 laptops, 400 of them, with an offline assistant", None),
        ("Trained on 10 years of tickets; 60 agents", 60),
        ("We're 4 people supporting 9,000 employees with a helpdesk bot", 9000),
        ("4 of us will look after the chatbot that 9,000 employees use", 9000),
        ("The 9,000 employees of our client use the bot we, six developers, build", 9000),
        ("Bis zu 1.000 Bürger gleichzeitig sollen den Bot fragen können", 1000),
        ("Notre cabinet compte 35 avocats et 12 assistants; analyse de contrats", 47),
        ("公司有1200名员工，其中300人会使用文档问答", 300),
        ("users: TBD. chatbot for a bank.", None),
        ("We're an NGO; 18 caseworkers and around 60 field volunteers will translate messages with it", 78),
        ("Podcast summaries for subscribers - we have about 8.5k", 8500),
        ("A theatre wants its 95 ensemble members to rehearse lines with a bot", 95),
        ("Trade union helpline: 26 counsellors get answer drafts; 1.1M members are behind it", 26),
        ("A copilot clone w/ twenty seats", 20),
        ("Research assistant: 8 PIs, 30 postdocs, 55 doctoral students", 93),
        ("Each ward (there are 11) has 14 nurses; handover notes", 154),
        ("Half our 64 barristers want it, the other half don't. Case law search.", 32),
        ("Only about a third of the 1,500 lecturers said yes. Exam question writer.", 500),
        ("Used by none of the 400 doctors but all 900 nurses. Shift reports.", 900),
        ("Not for 10k, only for 1k beta users. chat", 1000),
        ("10k? No - 1k beta users. chat", 1000),
        ("We were told 600, real number is 480 agents. Reply suggestions.", 480),
        ("600 agents (was 480 last year). Reply suggestions.", 600),
        ("We hire 20 people a month; today 340 engineers use the code bot", 340),
        ("100 engineers (80 backend, 20 frontend) need code completion", 100),
        ("60 staff: 40 in Oslo, 20 in Bergen. Document search.", 60),
        ("Audience size is 600k. Quiz generation.", 600_000),
        ("The user count will be somewhere around 2,200, chat", 2200),
        ("registered: 500, active: 80. Chat.", 500),
        ("25 students per class, 40 classes, tutor bot", 1000),
        ("3チーム、各10人でコード補完", 30),
        ("全国50家分店，每店20名员工，产品问答", 1000),
        (
            "A publisher plans automatic blurbs; the editorial team counts 14. Quality over speed. Mistral preferred.",
            14,
        ),
        ("We operate 600 stores, and each store manager should be able to ask the bot about procedures.", 600),
        ("Students' essay feedback. There are 420 students and 18 teachers; only teachers trigger it.", 18),
        ("Airline crew (1,900 cabin, 600 cockpit) ask the ops manual.", 2500),
        ("summarise emails for 1 exec and 2 assistants", 3),
        ("SaaS with 350 business customers, ~20 users each, in-app assistant", 7000),
        ("SaaS with 350 tenants averaging 20 users each, in-app assistant", 7000),
        ("We have 2 shifts with 50 operators each and 10 supervisors. Manuals chat.", 110),
    ],
)
def test_people_are_counted_as_teams_tell_them(prose: str, users: int | None) -> None:
    assert value(prose, "users") == users


@pytest.mark.parametrize(
    "prose",
    [
        "No rush on the answers, 330 readers",
        "We're in no rush; 12 curators",
        "It was a rush job; 40 users",
        "users send pics of receipts, 3,000 users",
    ],
)
def test_no_peak_is_made_of_words_that_tell_of_none(prose: str) -> None:
    reading = read_traffic(prepare(prose), CATALOG)
    assert reading.value("traffic.peakFactor") is None
    assert [item.field for item in reading.questions] == []
    assert reading.unplaced == ()


@pytest.mark.parametrize(
    ("prose", "factor"),
    [
        ("5,000 fans, but ten times as busy on match days", 10),
        ("Rush hour brings 5 times the normal load; 2,500 commuters", 5),
        ("9,000 users, traffic doubles in the lunchtime rush", 2),
        ("4 req/s on average, 12 at peak", 3),
    ],
)
def test_a_peak_is_told_by_what_is_busy(prose: str, factor: int) -> None:
    assert value(prose, "peakFactor") == factor


@pytest.mark.parametrize(
    "prose",
    [
        "L40S, two of them, for a summariser",
        "a bot for tenants of 2,800 flats",
        "FAQ chatbot: 40 topics, 8 languages, 3 websites",
        "8 drones and 3 manuals",
    ],
)
def test_what_is_no_people_is_not_counted(prose: str) -> None:
    assert value(prose, "users") is None


@pytest.mark.parametrize(
    ("prose", "users"),
    [("visitors: 3,000 a day", 3_000), ("Roughly ten thousand shoppers talk to the bot each day", 10_000)],
)
def test_people_of_a_day_are_no_requests(prose: str, users: int) -> None:
    assert (value(prose, "users"), value(prose, "requestRate")) == (users, None)


@pytest.mark.parametrize(
    "prose",
    [
        "Chatbot must support 16 languages and serve 3 models",
        "A bot that helps with 300 recipes",
        "There are 40 FAQs in the chatbot",
        "We serve 3 brands with one chatbot",
        "Give 4 examples per answer. Tutor bot.",
        "Our team has 4 A100s and wants a coding assistant",
        "Our company has 8 H100 cards, wants RAG",
        "12 factories, 300 machines, maintenance manual search",
        "Reads 30 newspapers and 12 blogs each morning, briefing",
        "chatbot for 2oo users",
        "Antwort in 3 Sekunden, 12 Urkunden",
    ],
)
def test_numbers_of_other_things_are_no_users(prose: str) -> None:
    assert value(prose, "users") is None


@pytest.mark.parametrize(
    ("prose", "users"),
    [
        ("As one of 52 compliance officers, I want rules examined", 52),
        ("Report digests for 47 controllers, and the CFO watches every dollar", 47),
        ("Chat for 50 nurses and I want it cheap", 50),
        ("me and two colleagues chat with protocols", 3),
    ],
)
def test_who_writes_is_counted_only_beside_a_few(prose: str, users: int) -> None:
    assert value(prose, "users") == users
