"""The plain words of teams in every frame: what most descriptions are made of must never be misread."""

import pytest
from builders import packaged

from neuralnav.draft.rules import by_rules, prepare
from neuralnav.model.catalog import Model
from neuralnav.model.draft import Reading, Value

CATALOG = packaged()


def read(prose: str) -> Reading:
    return by_rules(prepare(prose[0].upper() + prose[1:]), CATALOG)


def priorities(prose: str) -> dict[str, Value]:
    found = read(prose).findings
    return {item.field.split(".")[1]: item.value for item in found if item.field.startswith("priorities.")}


SAID: dict[tuple[tuple[str, str], ...], str] = {
    (("latency", "high"),): """low latency|low latency needed|low latency required|low latency is a must
        very low latency needed|ultra-low latency needed|extremely low latency is required|low latency requirements
        sub-second latency|fast responses|quick response times|rapid answers|instant replies|real-time responses
        snappy answers|low-latency replies""",
    (("cost", "high"),): """low cost|cost effective|cost-efficient|low budget|limited budget|budget is limited
        budget: limited|tight budget|small budget|cheap|as cheap as possible|minimize cost|minimise costs
        cost sensitive|cost-conscious|cost aware|budget-friendly|inexpensive|cost is the priority|cost is critical
        cost efficiency is important|keep costs low|lowest cost possible|cheapest option|affordable|cost optimized
        cost is a concern|cost matters|whatever GPU costs least""",
    (("accuracy", "high"),): """high accuracy|accuracy is critical|highest quality|high quality|best quality
        accuracy is paramount|quality is important|must be accurate|accurate answers required
        accuracy is the top priority|quality matters most|maximum accuracy|precision is key|high precision required
        top quality|accuracy first|accuracy is a must|correctness is crucial""",
    (("cost", "low"),): """cost is not an issue|cost is no concern|cost doesn't matter|money is no object
        budget is flexible|unlimited budget|no budget constraints|cost is not a concern|price doesn't matter
        budget is not an issue|cost isn't important|cost is secondary""",
    (("latency", "low"),): """latency is not important|latency is not critical|latency doesn't matter
        speed is not important|no latency requirements|response time is not critical|slow is fine
        we can tolerate higher latency|latency is not a concern|speed is not a priority|can be slow|latency tolerant""",
    (("accuracy", "low"),): "low accuracy requirements|accuracy is not important",
    (("complexity", "high"),): """easy to maintain|simple setup|simple to operate|keep it simple|easy to manage
        minimal operational overhead|simplicity is important|low complexity|simple and easy deployment
        minimal complexity""",
    (("latency", "high"), ("cost", "high")): """fast and cheap|low cost and low latency|fast turnaround, low budget
        low latency, low cost""",
    (("cost", "high"), ("complexity", "high")): "cheap and simple",
    (("accuracy", "high"), ("latency", "high")): "high accuracy and low latency",
    (("accuracy", "high"), ("latency", "low")): "quality over speed|accuracy before speed",
    (("accuracy", "high"), ("cost", "low")): "accuracy over cost",
    (("latency", "high"), ("accuracy", "low")): "speed over accuracy",
    (("accuracy", "high"), ("cost", "high"), ("latency", "high")): "low latency, low cost, high accuracy",
    (("cost", "medium"), ("accuracy", "medium")): "balance of cost and quality",
    (): "high throughput|many users|Social media posts",
}
PHRASES = [
    (phrase.strip(), dict(levels)) for levels, said in SAID.items() for phrase in said.replace("\n", "|").split("|")
]


@pytest.mark.parametrize(("phrase", "levels"), PHRASES)
@pytest.mark.parametrize("frame", ["a chatbot for 500 users, {}.", "{}; translation for 50 users on H100"])
def test_a_plain_priority(phrase: str, levels: dict[str, str], frame: str) -> None:
    assert priorities(frame.format(phrase)) == levels


_PEOPLE = (
    "users people customers employees developers engineers agents analysts students lawyers attorneys doctors "
    "nurses researchers scientists teachers patients clients members subscribers visitors readers writers "
    "translators marketers editors journalists staff colleagues players drivers technicians consultants "
    "managers accountants recruiters traders underwriters adjusters librarians designers architects "
    "programmers admins operators citizens residents passengers guests shoppers buyers sellers vendors "
    "partners suppliers tenants donors volunteers professors pupils learners trainees interns executives "
    "founders freelancers contractors paralegals clerks brokers advisors advisers planners "
)
PEOPLE = _PEOPLE.split()
COUNTS = (
    ("50", 50), ("1,200", 1200), ("5k", 5000), ("two hundred", 200), ("10 000", 10_000), ("1.5 million", 1_500_000),
    ("about 300", 300), ("~75", 75), ("up to 900", 900), ("500+", 500),
)  # fmt: skip


@pytest.mark.parametrize(("at", "noun"), tuple(enumerate(PEOPLE)))
def test_a_plain_count_of_people(at: int, noun: str) -> None:
    for written, value in COUNTS[at % 3 :: 3]:
        for frame in (
            "we need a chatbot for {}.", "chatbot; {} will use it, low latency",
            "{} need a summarization tool. Accuracy matters.", "a RAG assistant serving {} on H100s",
        ):  # fmt: skip
            prose = frame.format(f"{written} {noun}")
            assert (prose, read(prose).value("traffic.users")) == (prose, value)


PURPOSES = {
    "chatbot_conversational": (
        "chatbot|customer service chatbot|support bot|virtual assistant|conversational AI "
        "assistant|conversational agent|customer support chat|chat assistant|helpdesk bot|FAQ "
        "bot|conversational chatbot"
    ),
    "code_completion": (
        "code completion|code autocomplete|autocomplete for code|inline code suggestions|IDE code "
        "completion|real-time code completion|code completion tool|fast code completion"
    ),
    "code_generation_detailed": (
        "code generation|detailed code generation|code generation assistant|code generation with "
        "explanations|a coding assistant that writes full functions|generating unit tests|code generation "
        "tool|writing complete programs"
    ),
    "translation": (
        "translation|document translation|a translation service|machine translation|translating "
        "documents|language translation|a translation tool"
    ),
    "content_generation": (
        "content generation|content creation|marketing copy generation|blog post writing|writing product "
        "descriptions|generating marketing content|social media posts|creative writing|ad copy generation|a "
        "content creation tool"
    ),
    "summarization_short": (
        "short summarization|summarizing emails|news summarization|summarizing support tickets|article "
        "summarization|short document summarization|meeting summaries|quick summaries"
    ),
    "document_analysis_rag": (
        "RAG|document Q&A|a RAG system|question answering over documents|document analysis|knowledge base "
        "Q&A|retrieval augmented generation|RAG document analysis|an internal knowledge base search"
    ),
    "long_document_summarization": (
        "long document summarization|summarizing long reports|summarizing research papers of 100 "
        "pages|summarizing lengthy legal documents|summarizing books|long report summaries"
    ),
    "research_legal_analysis": (
        "legal document analysis|legal research|research analysis|contract analysis|case law research|legal "
        "analysis|scientific literature analysis|research and legal analysis|analyzing research papers"
    ),
}


@pytest.mark.parametrize(("case", "words"), tuple(PURPOSES.items()))
def test_a_plain_purpose(case: str, words: str) -> None:
    for phrase in words.split("|"):
        for frame in (
            "we need {} for 300 users with low latency.",
            "I want to deploy {} for our team of 50. Cost matters most.",
            "looking for an LLM for {}, 1000 users, high accuracy", "{}, 200 people, H100",
            "use case: {}. Users: 500. Priority: cost.",
        ):  # fmt: skip
            prose = frame.format(phrase)
            assert (prose, read(prose).value("useCase")) == (prose, case)


A100 = ("A100-40GB", "A100-80GB", "A100-80GB PCIe")
CARDS = {
    "H100": ("H100",), "H200": ("H200",), "L4": ("L4",), "L40S": ("L40S",), "A10G": ("A10G",), "B200": ("B200",),
    "MI300X": ("MI300X",), "A100 80GB": ("A100-80GB",), "A100-80": ("A100-80GB",), "A100-40": ("A100-40GB",),
    "A100 40GB": ("A100-40GB",), "A100": A100, "NVIDIA H100": ("H100",), "AMD MI300X": ("MI300X",), "l40s": ("L40S",),
    "Nvidia A100": A100,
}  # fmt: skip


@pytest.mark.parametrize(("written", "names"), tuple(CARDS.items()))
def test_a_plain_card(written: str, names: tuple[str, ...]) -> None:
    for frame in (
        "chatbot for 500 users on {} GPUs", "chatbot for 500 users, prefer {}", "chatbot, 500 users, we have {}s",
        "chatbot for 500 users using {}.", "chatbot for 500 users. {} preferred", "chatbot for 500 users. GPU: {}",
        "chatbot for 500 users; must run on {}", "chatbot 500 users {}",
        "we'd like to use {} GPUs for our chatbot with 500 users", "deploy on {} a chatbot for 500 users",
    ):  # fmt: skip
        found = read(frame.format(written))
        assert (frame, found.value("constraints.accelerators.allow")) == (frame, names)
        assert found.value("traffic.users") == 500


@pytest.mark.parametrize("model", tuple(CATALOG.models.values()), ids=lambda model: model.id)
def test_every_model_of_the_catalog_by_each_of_its_names(model: Model) -> None:
    for prose in (
        f"chatbot for 500 users with {model.name}", f"use {model.id} for a chatbot, 500 users",
        f"chatbot, 500 users, prefer {model.checkpoints[0].repo}",
    ):  # fmt: skip
        found = read(prose)
        assert (prose, found.value("constraints.models.allow")) == (prose, (model.id,))
        assert found.value("traffic.users") == 500
