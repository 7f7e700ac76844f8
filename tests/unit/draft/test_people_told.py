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
        (
            "A homework helper; there are 24 classes with about 28 kids in each.",
            672,
        ),
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
        (
            "There are three of us in the office, and forty engineers in the field; the engineers ask the bot.",
            40,
        ),
        ("Clinical coding support: 42 coders in total, 20 in Lyon and 22 in Lille", 42),
        ("Wir sind zu fünft und wollen Code generieren lassen.", 5),
        ("Chatbot für 80 Azubis und 15 Ausbilder", 95),
        ("each of 16 courtrooms has two clerks who would use the transcript summariser", 32),
        ("The union has 30,000 members; its 140 advisers will use the drafting help, not the members.", 140),
        ("Not students, only the 310 lecturers, ask the course catalogue assistant.", 310),
        ("Small team (n=6) writing grant proposals", 6),
        ("It's for our finance dept. of 35", 35),
        ("We serve 60 municipalities with altogether 1.1 million inhabitants; chat with the administration", 1_100_000),
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
