"""A workload with nothing left open: every default with its reason, every refusal with its words."""

from typing import Any

import pytest
from builders import catalog, packaged, project, workload

from neuralnav.errors import InputError
from neuralnav.model.project import Project
from neuralnav.model.spec import Assumption, ResolvedSpec, ScoreWeights
from neuralnav.report import diagnostics_text
from neuralnav.resolve import resolve

CUSTOM_TRAFFIC = {"requestRate": "2 req/s", "promptTokens": 300, "outputTokens": 100}
CUSTOM: dict[str, Any] = {
    "useCase": "custom", "traffic": CUSTOM_TRAFFIC, "slo": {"ttft": "200ms", "itl": "30ms"},
}  # fmt: skip


def resolved(settings: Project | None = None, **options: Any) -> ResolvedSpec:
    return resolve(workload(**options), catalog(), settings or project())


def assumed(found: ResolvedSpec) -> dict[str, tuple[str, str]]:
    return {item.field: (item.value, item.why) for item in found.assumptions}


def refusals(settings: Project | None = None, **options: Any) -> list[tuple[str, str]]:
    """The message and hint of every problem."""
    with pytest.raises(InputError) as caught:
        resolved(settings, **options)
    return [(item.message, item.hint) for item in caught.value.diagnostics]


# Traffic


@pytest.mark.parametrize(
    ("use_case", "mean", "peak"),
    [
        ("chatbot_conversational", 6.6667, 13.3333),
        ("code_completion", 41.6667, 104.1667),
        ("code_generation_detailed", 3.75, 7.5),
        ("translation", 2.5, 4.5),
        ("content_generation", 8.3333, 18.3333),
        ("summarization_short", 2.5, 4.5),
        ("document_analysis_rag", 16.6667, 41.6667),
        ("long_document_summarization", 0.8333, 1.25),
        ("research_legal_analysis", 0.25, 0.625),
    ],
)
def test_five_thousand_users_are_a_mean_and_a_peak_rate_by_use_case(use_case: str, mean: float, peak: float) -> None:
    found = resolved(useCase=use_case, traffic={"users": 5000})
    assert (found.mean_rps, found.peak_rps) == (mean, peak)


def test_every_use_case_of_the_earlier_system_is_known() -> None:
    assert len(packaged().use_cases) == 9


def test_the_way_from_users_to_the_rate_is_an_assumption() -> None:
    assert assumed(resolved())["traffic.peakRate"] == ("13.3333 req/s", "5000 users x 0.2 active x 0.4/min x peak 2")


def test_a_stated_rate_is_the_mean_and_the_peak_factor_is_used() -> None:
    found = resolved(traffic={"requestRate": "12 req/s"})
    assert (found.mean_rps, found.peak_rps) == (12.0, 24.0)
    assert assumed(found)["traffic.peakRate"] == ("24 req/s", "12 req/s x peak 2")
    assert assumed(found)["traffic.peakFactor"] == ("2", "default of chatbot_conversational")


def test_stated_traffic_is_taken_and_is_no_assumption() -> None:
    found = resolved(
        traffic={"users": 600, "activeShare": 0.5, "requestsPerActiveUserPerMinute": 2.0, "peakFactor": 3.0}
    )
    assert (found.mean_rps, found.peak_rps) == (10.0, 30.0)
    assert "traffic.peakFactor" not in assumed(found)


def test_a_peak_is_never_below_the_mean_nor_zero() -> None:
    found = resolved(traffic={"users": 1, "activeShare": 0.0})
    assert 0 < found.mean_rps <= found.peak_rps


def test_token_lengths_come_from_the_use_case_or_a_profile_or_the_workload() -> None:
    usual = resolved()
    assert (usual.prompt_tokens, usual.output_tokens) == (512, 256)
    assert assumed(usual)["traffic.profile"] == ("512 -> 256 tokens", "default of chatbot_conversational")
    named = resolved(traffic={"users": 5000, "profile": "4096x512"})
    assert (named.prompt_tokens, named.output_tokens) == (4096, 512)
    own = resolved(traffic={"users": 5000, "promptTokens": 7, "outputTokens": 9})
    assert (own.prompt_tokens, own.output_tokens) == (7, 9)
    assert "traffic.profile" not in {**assumed(named), **assumed(own)}


def test_bursts_that_the_evidence_does_not_show_are_said() -> None:
    found = resolved(useCase="code_completion")
    assert (found.arrival, found.burst_size) == ("compound", 3.0)
    value, why = assumed(found)["traffic.arrival"]
    assert value == "poisson in place of compound"
    assert "bursts are not in the latencies" in why
    assert "traffic.arrival" not in assumed(resolved())


def test_a_stated_arrival_does_not_inherit_the_burst_of_the_use_case() -> None:
    assert resolved(useCase="code_completion", traffic={"users": 1, "arrival": "poisson"}).burst_size == 1.0


# SLOs


@pytest.mark.parametrize(
    ("use_case", "ttft", "itl", "e2e"),
    [
        ("chatbot_conversational", 150, 25, 7000),
        ("code_completion", 100, 20, 5000),
        ("code_generation_detailed", 300, 30, 25_000),
        ("translation", 400, 35, 35_000),
        ("content_generation", 500, 35, 40_000),
        ("summarization_short", 600, 30, 20_000),
        ("document_analysis_rag", 600, 30, 18_000),
        ("long_document_summarization", 1000, 40, 60_000),
        ("research_legal_analysis", 2000, 45, 90_000),
    ],
)
def test_default_slos_are_those_of_the_use_case(use_case: str, ttft: float, itl: float, e2e: float) -> None:
    found = resolved(useCase=use_case)
    assert found.slo_ms == {"ttft": ttft, "itl": itl, "e2e": e2e}
    assert {assumed(found)[f"slo.{name}"][1] for name in ("ttft", "itl", "e2e")} == {f"default of {use_case}"}


@pytest.mark.parametrize(
    ("experience", "ttft", "itl"),
    [("instant", 150, 25), ("conversational", 300, 30), ("interactive", 500, 35), ("deferred", 1000, 40),
     ("batch", 2000, 45)],
)  # fmt: skip
def test_an_experience_sets_ttft_and_itl_and_the_e2e_follows(experience: str, ttft: float, itl: float) -> None:
    found = resolved(experience=experience)
    assert (found.slo_ms["ttft"], found.slo_ms["itl"]) == (ttft, itl)
    assert ttft + 256 * itl <= found.slo_ms["e2e"] < ttft + 256 * itl + 100
    assert assumed(found)["slo.ttft"][1] == f"experience {experience}"


def test_an_e2e_that_follows_says_how() -> None:
    found = resolved(experience="instant")
    assert found.slo_ms["e2e"] == 6600.0
    assert assumed(found)["slo.e2e"] == ("6.6 s", "TTFT 150 ms + 256 tokens x ITL 25.0 ms, rounded up")


def test_stated_slos_win_and_are_no_assumptions() -> None:
    found = resolved(slo={"ttft": "300ms", "itl": "40ms", "e2e": "9s"}, experience="instant")
    assert found.slo_ms == {"ttft": 300.0, "itl": 40.0, "e2e": 9000.0}
    assert not [item for item in assumed(found) if item.startswith("slo.")]


def test_the_e2e_of_the_use_case_holds_only_for_its_own_shape() -> None:
    assert resolved(traffic={"users": 1, "profile": "512x256"}).slo_ms["e2e"] == 7000.0
    assert resolved(traffic={"users": 1, "profile": "1024x1024"}).slo_ms["e2e"] == 25_800.0
    assert resolved(slo={"ttft": "200ms"}).slo_ms["e2e"] == 6600.0


def test_an_e2e_below_the_ttft_is_refused_where_it_is_stated() -> None:
    with pytest.raises(InputError) as caught:
        resolved(slo={"e2e": "100ms"})
    text = diagnostics_text(caught.value.diagnostics)
    assert "the SLOs contradict each other: e2e 100 ms is below ttft 150 ms" in text
    assert "    e2e: 100ms" in text
    assert "^^^^^ the last token cannot come before the first: raise slo.e2e or lower slo.ttft" in text


# Priorities and weights


def test_default_weights_are_listed() -> None:
    found = resolved()
    assert found.weights == ScoreWeights(0.4, 0.4, 0.1, 0.1)
    assert assumed(found)["weights"] == ("accuracy 40%, cost 40%, latency 10%, complexity 10%", "default")


@pytest.mark.parametrize(
    ("priorities", "raw"),
    [
        ({}, (5, 5, 2, 2)),
        ({"accuracy": "low", "cost": "high", "latency": "low", "complexity": "high"}, (3, 7, 1, 3)),
        ({"accuracy": "high", "latency": "high"}, (7, 5, 3, 2)),
    ],
)
def test_priorities_are_weights_of_3_5_7_and_1_2_3(priorities: dict[str, str], raw: tuple[int, ...]) -> None:
    found = resolved(priorities=priorities).weights
    total = sum(raw)
    assert (found.accuracy, found.cost, found.latency, found.complexity) == pytest.approx([w / total for w in raw])


def test_explicit_weights_are_divided_by_their_sum() -> None:
    found = resolved(weights={"accuracy": 3.0, "cost": 1.0, "latency": 0.0, "complexity": 0.0})
    assert found.weights == ScoreWeights(0.75, 0.25, 0.0, 0.0)
    assert "weights" not in assumed(found)


def test_huge_weights_are_input_and_no_crash() -> None:
    weights = dict.fromkeys(("accuracy", "cost", "latency", "complexity"), 1e308)
    try:
        found = resolved(weights=weights).weights
    except InputError:
        return
    assert found.accuracy == 0.25


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"priorities": {}, "weights": dict.fromkeys(("accuracy", "cost", "latency", "complexity"), 1.0)},
         "spec: give either priorities or weights, not both"),
        ({"weights": dict.fromkeys(("accuracy", "cost", "latency", "complexity"), 0.0)},
         "spec.weights: all weights are zero"),
        ({"traffic": {}}, "spec.traffic: give either users or requestRate"),
        ({"traffic": {"users": 1, "requestRate": "1 req/s"}}, "spec.traffic: give either users or requestRate"),
        ({"traffic": {"users": 1, "profile": "512x256", "promptTokens": 1, "outputTokens": 2}},
         "spec.traffic: give either profile or promptTokens and outputTokens, not both"),
        ({"traffic": {"users": 1, "promptTokens": 1}}, "spec.traffic: promptTokens and outputTokens come together"),
        ({"traffic": {"users": 1, "promptTokens": 1, "outputTokens": 1}},
         "spec.traffic.outputTokens: must be greater than or equal to 2, got 1"),
        ({"traffic": {"users": 0}}, "spec.traffic.users: must be greater than or equal to 1, got 0"),
        ({"slo": {"ttft": "2s", "e2e": "1s"}}, "spec.slo: the SLOs contradict each other: e2e is below ttft"),
        ({"deploy": {"storage": {"path": "a"}}}, "spec.deploy.storage: path lies in a claim"),
        ({"deploy": {"storage": {"claim": "c", "path": "a/../../b"}}},
         'spec.deploy.storage.path "a/../../b" has characters that are not allowed there'),
    ],
)  # fmt: skip
def test_a_contradiction_within_the_workload_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        resolved(**options)
    assert message in [item.message for item in caught.value.diagnostics]


# Names


def test_a_use_case_goes_by_its_alias_too() -> None:
    assert resolved(useCase="content_creation").use_case == "content_generation"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"useCase": "code_complete"}, ('unknown use case "code_complete"', "did you mean code_completion?")),
        ({"traffic": {"users": 1, "profile": "512x257"}},
         ('unknown traffic profile "512x257"', "did you mean 512x256?")),
        ({"constraints": {"models": {"allow": ["alpha-8"]}}}, ('unknown model "alpha-8"', "did you mean Alpha-8B?")),
        ({"constraints": {"models": {"deny": ["gamma"]}}},
         ('unknown model "gamma"', ("one of Alpha-8B, Beta-70B, alpha-8b, beta-70b, test/alpha-8b, "
                                    "test/alpha-8b-fp8, test/beta-70b, test/beta-70b-fp8"))),
        ({"constraints": {"families": {"allow": ["alpa"]}}},
         ('unknown model family "alpa"', "did you mean alpha?")),
        ({"constraints": {"accelerators": {"allow": ["h1000"]}}},
         ('unknown accelerator "h1000"', "did you mean H100?")),
        ({"constraints": {"licenses": ["apache"]}}, ('unknown licence "apache"', "did you mean apache-2.0?")),
        ({"constraints": {"licenses": []}},
         ("licenses is empty: no licence would be allowed", "remove the key to allow all")),
        ({"constraints": {"provider": "asw"}}, ('no price of provider "asw" is known', "did you mean aws?")),
        ({"constraints": {"provider": "aws", "priceKind": "reserved"}},
         ('no price of kind "reserved" is known for provider "aws"',
          "known: on-demand, spot; add yours with a catalog overlay")),
        ({"constraints": {"contextLength": 767}},
         ("a context of 767 tokens cannot hold prompt + output of 768", "raise contextLength to 768 or more")),
        ({"constraints": {"models": {"allow": ["alpha-8b"], "deny": ["test/alpha-8b"]}}},
         ("no model is left of what is allowed", "allow more, or deny less")),
    ],
)  # fmt: skip
def test_a_name_or_limit_that_cannot_be_is_refused_with_what_to_write(
    options: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refusals(**options) == [expected]


def test_a_refused_name_is_marked_in_its_line() -> None:
    with pytest.raises(InputError) as caught:
        resolved(constraints={"models": {"allow": ["alpha-8b", "betta-70b"]}})
    lines = diagnostics_text(caught.value.diagnostics).splitlines()
    assert lines[1].endswith("      - betta-70b")
    assert lines[2].partition("| ")[2] == "        ^^^^^^^^^ did you mean Beta-70B?"


def test_problems_come_all_at_once_in_the_order_of_the_file() -> None:
    found = refusals(useCase="chatbot", constraints={"models": {"allow": ["x"]}, "contextLength": 1, "provider": "q"})
    assert [message.split('"')[0] for message, _ in found] == [
        "unknown use case ",
        "unknown model ",
        "a context of 1 tokens cannot hold prompt + output of 2",
        "no price of provider ",
    ]


@pytest.mark.parametrize("name", ["alpha-8b", "ALPHA-8B", "Alpha-8B", "test/alpha-8b-fp8"])
def test_a_model_goes_by_its_id_name_or_repository_in_any_case(name: str) -> None:
    assert resolved(constraints={"models": {"allow": [name]}}).allowed.models == {"alpha-8b"}


@pytest.mark.parametrize("name", ["h100", "H100", "NVIDIA H100"])
def test_an_accelerator_goes_by_its_id_or_name(name: str) -> None:
    assert resolved(constraints={"accelerators": {"allow": [name]}}).allowed.accelerators == {"h100"}


def test_a_denied_name_wins_over_an_allowed_one() -> None:
    both = {"allow": ["alpha-8b", "beta-70b"], "deny": ["beta-70b"]}
    assert resolved(constraints={"models": both}).allowed.models == {"alpha-8b"}
    assert resolved(constraints={"models": {"deny": ["beta-70b"]}}).allowed.models == {"alpha-8b"}


def test_without_constraints_everything_of_the_catalog_is_allowed() -> None:
    found = resolved()
    assert found.allowed.models == set(catalog().models)
    assert found.allowed.accelerators == set(catalog().accelerators)
    assert found.allowed.licenses == {"apache-2.0", "beta-community"}
    assert found.budget_usd_per_month == float("inf")


@pytest.mark.parametrize(
    "constraints", [{"precisions": []}, {"models": {"allow": []}}, {"accelerators": {"allow": []}}]
)
def test_an_empty_list_of_what_is_allowed_does_not_allow_everything(constraints: dict[str, Any]) -> None:
    refusals(constraints=constraints)


# Custom


def test_a_custom_use_case_is_resolved_from_what_it_states() -> None:
    found = resolved(**CUSTOM)
    assert (found.use_case, found.mean_rps, found.peak_rps) == ("custom", 2.0, 4.0)
    assert found.slo_ms == {"ttft": 200.0, "itl": 30.0, "e2e": 3200.0}
    assert assumed(found)["traffic.peakFactor"] == ("2", "default")
    assert (found.arrival, found.burst_size) == ("poisson", 1.0)
    assert found.quality_weights == {"intelligence_index": 1.0}


def test_a_custom_use_case_may_take_an_experience_and_a_profile() -> None:
    found = resolved(useCase="custom", experience="batch", traffic={"requestRate": "1 req/s", "profile": "512x256"})
    assert (found.slo_ms["ttft"], found.prompt_tokens) == (2000.0, 512)


def test_a_custom_use_case_is_told_everything_that_it_leaves_out() -> None:
    assert sorted(refusals(useCase="custom", traffic={"users": 10})) == [
        ("a custom use case needs SLOs", "add slo.ttft and slo.itl, or an experience"),
        ("a custom use case needs token lengths", "add promptTokens and outputTokens, or a profile"),
        ("a custom use case with users needs traffic.activeShare", "or give requestRate"),
        ("a custom use case with users needs traffic.requestsPerActiveUserPerMinute", "or give requestRate"),
    ]


# Environments, margins, the rest

ENVIRONMENTS = {
    "environments": {
        "prod": {
            "namespace": "live", "confidence": "safe", "redundancy": "n+1", "headroom": 1.5, "provider": "aws",
            "priceKind": "spot",
        }
    },
    "margins": {"headroom": 1.3, "sticky": 4.0},
    "output": {"top": 9},
}  # fmt: skip


def test_an_environment_gives_defaults_that_are_named_after_it() -> None:
    found = resolved(project(**ENVIRONMENTS), labels={"env": "prod"})
    assert (found.deploy.namespace, found.confidence, found.spare_replicas) == ("live", "safe", 1)
    assert (found.headroom, found.provider, found.price_kind) == (1.5, "aws", "spot")
    assert assumed(found)["deploy.namespace"] == ("live", "environment prod")
    assert assumed(found)["confidence"] == ("safe", "environment prod")
    assert assumed(found)["headroom"] == ("1.5 x the peak", "environment prod")


def test_the_workloads_own_words_win_over_the_environment() -> None:
    found = resolved(
        project(**ENVIRONMENTS), labels={"env": "prod"}, confidence="likely",
        deploy={"namespace": "own", "redundancy": "none"},
        constraints={"provider": "list", "priceKind": "on-demand"},
    )  # fmt: skip
    assert (found.deploy.namespace, found.confidence, found.spare_replicas) == ("own", "likely", 0)
    assert (found.provider, found.price_kind) == ("list", "on-demand")
    assert not {"deploy.namespace", "confidence", "constraints.provider"} & set(assumed(found))


def test_without_the_label_no_environment_applies_and_the_margins_do() -> None:
    found = resolved(project(**ENVIRONMENTS))
    assert (found.headroom, found.sticky_margin, found.top, found.spare_replicas) == (1.3, 4.0, 9, 0)
    assert assumed(found)["deploy.namespace"] == ("default", "default")


def test_an_unknown_environment_is_refused_where_the_label_is() -> None:
    expected = [('environment "prd" is not in neuralnav.yaml', "did you mean prod?")]
    assert refusals(project(**ENVIRONMENTS), labels={"env": "prd"}) == expected
    assert resolved(labels={"env": "prd"}).headroom == 1.2


def test_the_context_is_twice_what_is_typical_or_what_is_stated() -> None:
    assert resolved().context_tokens == 1536
    assert assumed(resolved())["constraints.contextLength"] == (
        "1536 tokens", "2 x (prompt + output), as lengths vary",
    )  # fmt: skip
    stated = resolved(constraints={"contextLength": 768})
    assert stated.context_tokens == 768
    assert "constraints.contextLength" not in assumed(stated)


def test_limits_and_deployment_are_passed_on() -> None:
    found = resolved(
        labels={"team": "search", "app": "x"},
        constraints={"budget": "$6k/month", "gpus": 4, "precisions": ["fp8"], "regions": ["eu-1"]},
        deploy={
            "mode": "simulator", "image": "r/i:1", "autoscaling": {"maxReplicas": 7},
            "storage": {"claim": "c", "path": "a/b", "tokenSecret": "s"}, "redundancy": "n+1",
        },
    )  # fmt: skip
    assert (found.budget_usd_per_month, found.max_gpus, found.allowed.precisions) == (6000.0, 4, frozenset({"fp8"}))
    assert found.labels == (("app", "x"), ("team", "search"))
    deploy = found.deploy
    assert (deploy.mode, deploy.image, deploy.max_replicas, deploy.regions) == ("simulator", "r/i:1", 7, ("eu-1",))
    assert (deploy.claim, deploy.path, deploy.token_secret, found.spare_replicas) == ("c", "a/b", "s", 1)


def test_every_field_that_nobody_stated_is_an_assumption() -> None:
    assert [item.field for item in resolved().assumptions] == [
        "traffic.peakFactor", "traffic.peakRate", "traffic.profile", "slo.ttft", "slo.itl", "slo.e2e",
        "constraints.provider", "constraints.priceKind", "constraints.contextLength", "deploy.redundancy",
        "headroom", "weights", "constraints.reasoning", "confidence", "deploy.namespace", "deploy.autoscaling.class",
    ]  # fmt: skip


def test_redundancy_from_an_environment_is_an_assumption() -> None:
    found = resolved(project(**ENVIRONMENTS), labels={"env": "prod"})
    assert Assumption("deploy.redundancy", "n+1", "environment prod") in found.assumptions
