"""Where and how it runs is read as people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.draft.rules.deployment import read_deployment
from neuralnav.draft.rules.names import read_names
from neuralnav.draft.text import read
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import FIELDS, Reading, Value

CATALOG = load_catalog()
P, K, R = "constraints.provider", "constraints.priceKind", "constraints.regions"
E, N, NS, TM = "metadata.labels.env", "metadata.name", "deploy.namespace", "metadata.labels.team"
T, M, S, TS = "deploy.target", "deploy.mode", "deploy.autoscaling.class", "deploy.storage.tokenSecret"


def reading(prose: str) -> Reading:
    return read_deployment(read(prose), CATALOG)


@pytest.mark.parametrize(
    ("prose", "fields"),
    [
        ("on AWS", {P: "aws"}),
        ("Google Cloud", {P: "gcp"}),
        ("we run on Azure", {P: "azure"}),
        ("not on AWS, use Azure", {P: "azure"}),
        ("CoreWeave", {P: "coreweave"}),
        ("AWS Lambda triggers", {}),
        ("Azure OpenAI today", {}),
        ("spot instances on AWS", {P: "aws", K: "spot"}),
        ("on Azure spot", {P: "azure", K: "spot"}),
        ("video on demand", {}),
        ("we spot errors", {}),
        ("reserved instances", {K: "reserved"}),
        ("on-prem", {}),
        ("our own H100 servers", {K: "owned", P: "owned-reference"}),
        ("on-prem MI300X", {}),
        ("keine Spot-Instanzen", {K: "on-demand"}),
        ("no spot instances", {K: "on-demand"}),
        ("Frankfurt on AWS", {P: "aws", R: ("eu-central-1",)}),
        ("eu-central-1", {R: ("eu-central-1",)}),
        ("us-east-1 or us-west-2", {R: ("us-east-1", "us-west-2")}),
        ("europe-west3-a", {R: ("europe-west3",)}),
        ("westeurope", {R: ("westeurope",)}),
        ("EU only", {}),
        ("must stay in Germany", {}),
        ("must stay in Germany, we use AWS", {P: "aws", R: ("eu-central-1",)}),
        ("users in Frankfurt on AWS", {P: "aws"}),
        ("AWSの東京リージョン", {P: "aws", R: ("ap-northeast-1",)}),
        ("DSGVO", {}),
        ("in production", {E: "prod"}),
        ("production line workers", {}),
        ("prod", {E: "prod"}),
        ("staging", {E: "staging"}),
        ("pre-production", {E: "staging"}),
        ("dev environment", {E: "dev"}),
        ("for 50 devs", {}),
        ("test environment", {E: "test"}),
        ("Environment: production", {E: "prod"}),
        ("115 lawyers\nApache-2.0\n4x H100\nproduction", {E: "prod"}),
        ("This is for production. Environment: dev.", {}),
        ("本番環境", {E: "prod"}),
        ("生产环境", {E: "prod"}),
        ("Produktivumgebung", {E: "prod"}),
        ("en production", {E: "prod"}),
        ("en producción", {E: "prod"}),
        ("not production, just staging", {E: "staging"}),
        ("staging now, production later", {E: "staging"}),
        ("in the test environment before production rollout", {E: "test"}),
        ("in namespace llm-prod", {NS: "llm-prod"}),
        ("namespace: dev-tools", {NS: "dev-tools"}),
        ("the llm-prod namespace", {NS: "llm-prod"}),
        ("a namespace for us", {}),
        ("im Namespace chat", {NS: "chat"}),
        ("team: support", {TM: "support"}),
        ("our support team", {}),
        ("Team is 'deskops'", {TM: "deskops"}),
        ("the team is called payments", {TM: "payments"}),
        ("our team is small, and named after a bird", {}),
        ("it's dev now, not prod", {E: "dev"}),
        ("this is dev tooling, and it is dev work", {}),
        ("team = mobile", {TM: "mobile"}),
        ("call it support-bot", {N: "support-bot"}),
        ("Name: ledger-complete", {N: "ledger-complete"}),
        ("the service is called Athena", {N: "athena"}),
        ('call it "Help Desk Bot"', {N: "help-desk-bot"}),
        ("call it a day", {}),
        ("Nenn es kundenbot", {N: "kundenbot"}),
        ("appelle-le aide-client", {N: "aide-client"}),
        ("名前はsupport-botです", {N: "support-bot"}),
        ("call it support bot, 500 users", {N: "support-bot"}),
        ("use LLMInferenceService", {T: "LLMInferenceService"}),
        ("deploy with llm-d", {T: "LLMInferenceService"}),
        ("as KServe InferenceService", {T: "InferenceService"}),
        ("in simulator mode", {M: "simulator"}),
        ("a flight simulator chatbot", {}),
        ("without real GPUs, use the simulator", {M: "simulator"}),
        ("HPA", {S: "hpa"}),
        ("scale with WVA", {S: "wva", T: "LLMInferenceService"}),
        ("use KEDA", {}),
        ("no autoscaling", {S: "none"}),
        ("the HF token is in secret hf-token", {TS: "hf-token"}),
        ("token secret: hf", {TS: "hf"}),
        ("keep it secret please", {}),
    ],
)
def test_deployment(prose: str, fields: dict[str, Value]) -> None:
    assert {item.field: item.value for item in reading(prose).findings} == fields


@pytest.mark.parametrize(
    ("prose", "told"),
    [
        ("EU only", ["EU only"]),
        ("must stay in Germany", ["Germany"]),
        ("DSGVO", ["DSGVO"]),
        ("on-prem MI300X", ["on-prem"]),
        ("use KEDA", ["KEDA"]),
        ("on Hetzner", ["Hetzner"]),
        ("on AWS", []),
    ],
)
def test_what_no_field_holds_is_told(prose: str, told: list[str]) -> None:
    assert [item.quote.text for item in reading(prose).unplaced] == told


@pytest.mark.parametrize(
    ("prose", "field", "options", "rank"),
    [
        (
            "spot instances with reserved budget",
            P,
            ("aws", "azure", "coreweave", "gcp", "hyperstack", "mithril", "verda"),
            2,
        ),
        ("AWS or GCP", P, ("aws", "gcp"), 3),
        ("This is for production. Environment: dev.", E, ("prod", "dev"), 0),
        ("must stay in Germany", R, (), 3),
    ],
)
def test_what_is_open_is_asked(prose: str, field: str, options: tuple[str, ...], rank: int) -> None:
    (question,) = reading(prose).questions
    assert (question.field, question.options, question.rank) == (field, options, rank)


SPEECH = (
    "no not H100 A100 8 x GPUs Llama 3.1 70B Qwen3 , . or and except without AWS Frankfurt prod staging MIT Apache 2.0 "
    "licence の は使わない 不要 以外 なし nicht kein mehr als spot instances namespace name call it 4 "
    "nodes each FP8 reasoning"
)
WORDS = tuple(SPEECH.split())


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_each_field_once_and_each_quote_in_the_prose(words: list[str]) -> None:
    prose = " ".join(words)
    text = read(prose)
    for found in (read_names(text, CATALOG), read_deployment(text, CATALOG)):
        fields = [item.field for item in found.findings]
        assert len(set(fields)) == len(fields)
        assert set(fields) <= set(FIELDS)
        for item in found.findings:
            assert item.quotes
            assert (item.origin == "inferred") == bool(item.why)
            assert all(prose[quote.start : quote.end] == quote.text for quote in item.quotes)


@pytest.mark.parametrize(
    ("prose", "field", "value"),
    [
        ("Azure West Europe", "constraints.regions", ("westeurope",)),
        ("on azure in south central us", "constraints.regions", ("southcentralus",)),
        ("chat on azure in east us 2", "constraints.regions", ("eastus2",)),
        ("AWS, on-demand, chat", "constraints.priceKind", "on-demand"),
        ("CoreWeave reserved, 16x H100", "constraints.priceKind", "reserved"),
        ("chat on lambda, on-demand", "constraints.provider", "lambda"),
        ("an AWS Lambda function calls the chat", "constraints.provider", None),
        ("a chatbot for on-demand translation", "constraints.priceKind", None),
        ("spot on azure", "constraints.priceKind", "spot"),
        ("env staging, team payments", "metadata.labels.team", "payments"),
        ("This belongs to team fraud-ml, production.", "metadata.labels.team", "fraud-ml"),
        ("staging deployment in namespace llm-stg for team atlas; 20 testers", "metadata.labels.team", "atlas"),
        ("a chatbot for team collaboration, 200 users", "metadata.labels.team", None),
        ("Service: invoice-explainer\nUsers: 40", "metadata.name", "invoice-explainer"),
        ("Service: chatbot\nUsers: 40", "metadata.name", None),
        ("Kubernetes namespace should be chat-prod", "deploy.namespace", "chat-prod"),
    ],
)
def test_more_ways_to_say_where_and_whose(prose: str, field: str, value: object) -> None:
    assert read_deployment(read(prose), CATALOG).value(field) == value
