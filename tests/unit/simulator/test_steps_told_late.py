"""Metrics of a step are the same when it is told after the next one has been planned, as the engine does."""

from prometheus_client.parser import text_string_to_metric_families
from simulated_site import Playing, site_of


def test_a_first_token_is_told_as_one_although_the_next_step_has_been_planned() -> None:
    site = site_of(Playing())
    live = site.lanes.engines[0].live
    live.add(0.0, 40, 3)
    for step in [live.step() for _ in range(3)]:
        site.metrics.stepped(step, 0.0)
    samples = {
        sample.name: sample.value
        for family in text_string_to_metric_families(site.metrics.exposition().decode())
        for sample in family.samples
    }
    assert samples["vllm:time_to_first_token_seconds_count"] == 1
    assert samples["vllm:inter_token_latency_seconds_count"] == 2
    assert (samples["vllm:prompt_tokens_total"], samples["vllm:generation_tokens_total"]) == (40, 3)
