"""Lint finds each thing that can be wrong with catalogs, once, at its place; and nothing in catalogs that are right."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import accelerator, model, price

from neuralnav.lint.findings import CODES, KINDS, SEVERITIES, Finding, LintReport
from neuralnav.lint.survey import lint
from neuralnav.model.catalog import (
    AcceleratorCatalog,
    Catalog,
    ModelCatalog,
    Price,
    PriceCatalog,
    QualityCatalog,
    ServingCatalog,
    UseCaseCatalog,
)
from neuralnav.model.document import Parsed, Source, load

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "catalogs.md"
AS_OF = date(2026, 11, 23)
SOURCES = {"test": {"title": "a test", "url": "https://example.org", "retrieved": "2026-11-01"}}
KINDS_OF_DOCUMENTS: Mapping[str, type[Any]] = {
    "ModelCatalog": ModelCatalog, "AcceleratorCatalog": AcceleratorCatalog, "PriceCatalog": PriceCatalog,
    "UseCaseCatalog": UseCaseCatalog, "QualityCatalog": QualityCatalog, "ServingCatalog": ServingCatalog,
}  # fmt: skip
SOURCED = {"source": "test", "verified": True}

World = dict[str, Any]
"""The specs of a small set of catalogs, by the name of their files."""


def verified(value: Any) -> Any:
    """Return a document's part with every figure verified."""
    if isinstance(value, dict):
        return {key: True if key == "verified" else verified(child) for key, child in value.items()}
    return [verified(child) for child in value] if isinstance(value, list) else value


def dumped(item: Any) -> Any:
    return verified(item.model_dump(mode="json", by_alias=True, exclude_none=True))


def world() -> World:
    """Catalogs in which nothing is wrong."""
    alpha = dumped(model("alpha-8b", layers=32, hidden=4096, wide=14336, context=131072))
    chip = dumped(
        accelerator(
            "h100", memory_gib=79.2, prices=[price(4.5), price(2.0, kind="spot")], label="NVIDIA-H100",
            fp8Tflops={"value": 1979.0, **SOURCED}, powerW={"value": 700.0, **SOURCED},
        )
    )  # fmt: skip
    case = {
        "id": "chat", "title": "Chat", "profile": "512x256", "activeShare": 0.2, "peakFactor": 2.0,
        "requestsPerActiveUserPerMinute": 1.0, "arrival": "poisson",
        "slo": {"ttft": "150ms", "itl": "25ms", "e2e": "7s"}, "qualityWeights": {"mmlu_pro": 0.4, "gpqa": 0.6},
    }  # fmt: skip
    loss = {"precision": "fp8", "kept": 0.99, "low": 0.97, "high": 1.0, **SOURCED}
    coefficient = {"name": "step_us", "value": 1.0, "unit": "us", "meaning": "test", **SOURCED}
    return {
        "models.yaml": {"kind": "ModelCatalog", "models": [alpha]},
        "chips.yaml": {"kind": "AcceleratorCatalog", "accelerators": [chip]},
        "cases.yaml": {
            "kind": "UseCaseCatalog", **SOURCED, "experiences": [], "useCases": [case],
            "profiles": [{"id": "512x256", "promptTokens": 512, "outputTokens": 256}],
        },
        "quality.yaml": {
            "kind": "QualityCatalog", "quantisation": [loss],
            "scores": [{"model": "alpha-8b", "row": "Alpha", "scores": {"mmlu_pro": 50.0, "gpqa": 40.0}, **SOURCED}],
            "fallback": [{"upToParametersB": 10.0, "score": 40.0, "low": 20.0, "high": 60.0, **SOURCED}],
        },
        "serving.yaml": {
            "kind": "ServingCatalog", "engine": "vllm", "engineVersion": "0.19.0", "dated": "2026-11-01",
            "coefficients": [coefficient], "intervals": [{"metric": "ttft", "width": 0.3, **SOURCED}],
        },
    }  # fmt: skip


def documents(specs: World) -> list[Parsed[Any]]:
    found = []
    for name, spec in specs.items():
        kind = spec["kind"]
        body = {"sources": SOURCES, **{key: value for key, value in spec.items() if key != "kind"}}
        text = json.dumps(
            {"apiVersion": "neuralnav.dev/v1alpha1", "kind": kind, "metadata": {"name": "own"}, "spec": body}, indent=1
        )
        found.append(load(KINDS_OF_DOCUMENTS[kind], Source(name, text)))
    return found


def merged(parts: Sequence[Parsed[Any]]) -> Catalog:
    """The catalog of documents in which later entries replace earlier ones."""

    def entries(attribute: str, key: str) -> dict[str, Any]:
        found = [item for part in parts for item in getattr(part.document.spec, attribute, ())]
        return {getattr(item, key): item for item in sorted(found, key=lambda item: str(getattr(item, key)))}

    chips = entries("accelerators", "id")
    for item in (item for part in parts for item in getattr(part.document.spec, "prices", ())):
        chip = chips[item.accelerator]
        kept = tuple(p for p in chip.prices if (p.provider, p.kind) != (item.provider, item.kind))
        own = Price.model_validate(item.model_dump(exclude={"accelerator"}))
        chips[item.accelerator] = chip.model_copy(update={"prices": (*kept, own)})
    return Catalog(
        models=entries("models", "id"), accelerators=chips, use_cases=entries("use_cases", "id"),
        profiles=entries("profiles", "id"), experiences={}, scores=entries("scores", "model"),
        quantisation=entries("quantisation", "precision"),
        fallback=tuple(entries("fallback", "up_to_parameters_b").values()),
        serving=[p.document.spec for p in parts if isinstance(p.document, ServingCatalog)][-1],
    )  # fmt: skip


def report(specs: World, *, as_of: date = AS_OF, strict: bool = False) -> LintReport:
    parts = documents(specs)
    return lint(merged(parts), parts, as_of=as_of, strict=strict)


def alpha(specs: World) -> Any:
    return specs["models.yaml"]["models"][0]


def chip(specs: World) -> Any:
    return specs["chips.yaml"]["accelerators"][0]


def case(specs: World) -> Any:
    return specs["cases.yaml"]["useCases"][0]


def twin(specs: World, *, row: str = "", **changes: Any) -> None:
    """Add a model like alpha under another id, with the scores of a row when one is given."""
    copy = json.loads(json.dumps(alpha(specs)))
    for checkpoint in copy["checkpoints"]:
        checkpoint["repo"] += "-twin"
    specs["models.yaml"]["models"].append({**copy, "id": "twin-8b", **changes})
    if row:
        scored(specs, model="twin-8b", row=row)


def scored(specs: World, **entry: Any) -> None:
    first = specs["quality.yaml"]["scores"][0]
    specs["quality.yaml"]["scores"].append({**first, **entry})


def priced(specs: World, **changes: Any) -> None:
    chip(specs)["prices"].append(verified({**price(4.0), **changes}))


def owned(specs: World) -> None:
    terms = {"capexUsd": 30000.0, "lifetimeYears": 4.0, "powerW": 100.0, "usdPerKwh": 0.1}
    entry = {**price(1.0), "kind": "owned", "owned": terms}
    del entry["usdPerHour"]
    chip(specs)["prices"].append(verified(entry))


def architecture(specs: World, **changes: Any) -> None:
    alpha(specs)["architecture"].update(changes)


CASES: Mapping[str, tuple[Callable[[World], Any], str]] = {
    "figure-unverified": (lambda w: alpha(w)["toolUse"].update(verified=False), "source test"),
    "coefficient-unverified": (
        lambda w: w["serving.yaml"]["coefficients"][0].update(verified=False, note="a guess", link="pcie"),
        "source test: a guess",
    ),
    "price-expired": (
        lambda w: chip(w)["prices"][0].update(validUntil="2026-11-20"),
        "list on-demand was valid until 2026-11-20, 3 days ago",
    ),
    "price-in-the-future": (
        lambda w: chip(w)["prices"][0].update(recorded="2026-12-24"),
        "list on-demand was recorded on 2026-12-24, which is yet to come",
    ),
    "source-old": (
        lambda w: w["models.yaml"].update(sources={"test": {"title": "a", "retrieved": "2025-11-22"}}),
        "read on 2025-11-22, over a year ago",
    ),
    "source-in-the-future": (
        lambda w: w["models.yaml"].update(sources={"test": {"title": "a", "retrieved": "2026-11-24"}}),
        "read on 2026-11-24, which is yet to come",
    ),
    "source-undated": (
        lambda w: w["models.yaml"].update(sources={"test": {"title": "a", "url": "https://example.org"}}),
        "https://example.org was read on an unknown day",
    ),
    "engine-old": (
        lambda w: w["serving.yaml"].update(dated="2025-01-01"),
        "the coefficients are of 2025-01-01, over a year ago",
    ),
    "parameters-differ": (
        lambda w: alpha(w)["parametersB"].update(value=9.0),
        "8.03 B computed, 9 B stated (-10.8%)",
    ),
    "bits-differ": (
        lambda w: alpha(w)["checkpoints"][1].update(bitsPerWeight=16.0),
        "16 bits a weight are not those of fp8",
    ),
    "context-odd": (
        lambda w: alpha(w)["contextTokens"].update(value=(1 << 24) + 1),
        "16,777,217 tokens are more than any model has",
    ),
    "window-odd": (
        lambda w: architecture(w, slidingWindow=4096),
        "slidingWindow and fullAttentionLayers come together",
    ),
    "experts-odd": (
        lambda w: architecture(w, expertIntermediateSize=512),
        "experts and expertIntermediateSize come together",
    ),
    "repo-shared": (
        lambda w: twin(w, row="Twin", checkpoints=alpha(w)["checkpoints"][:1]),
        "test/alpha-8b is also a checkpoint of alpha-8b",
    ),
    "score-orphan": (lambda w: scored(w, model="alpha-9b", row="Nine"), 'no model has the id "alpha-9b"'),
    "row-shared": (
        lambda w: twin(w, row="Alpha"),
        'row "Alpha" also speaks for alpha-8b',
    ),
    "weights-sum": (lambda w: case(w)["qualityWeights"].update(gpqa=0.5), "the weights sum to 0.9"),
    "benchmark-unscored": (
        lambda w: case(w).update(qualityWeights={"mmlu_pro": 0.5, "gpqu": 0.5}),
        "no model has a score of gpqu, weighted 0.5",
    ),
    "profile-unknown": (lambda w: case(w).update(profile="1x1"), 'no profile has the id "1x1"'),
    "slo-order": (lambda w: case(w)["slo"].update(e2e="100ms"), "e2e 100 ms is not above ttft 150 ms"),
    "peak-sparse": (
        lambda w: chip(w)["fp8Tflops"].update(value=3958.0),
        "fp8Tflops 3958 is 4.0 times the bf16 peak of 989",
    ),
    "memory-marketing": (
        lambda w: chip(w)["memoryGib"].update(value=80.0),
        "80 GiB is a whole number, as on the box",
    ),
    "supports-unused": (
        lambda w: chip(w)["supports"].update(value=["bf16", "fp8", "int4"]),
        "supports int4, of which no model has a checkpoint",
    ),
    "price-repeated": (priced, "list on-demand has two prices recorded on 2026-01-01"),
    "price-order": (
        lambda w: chip(w)["prices"][1].update(usdPerHour=5.0),
        "list spot at $5.00 is above on demand at $4.50",
    ),
    "owned-odd": (owned, "powerW 100 is below the 700 W of the accelerator, without its server"),
    "price-missing": (
        lambda w: chip(w).update(prices=[]),
        "no price: its cost is unknown, so it is never considered",
    ),
    "label-missing": (
        lambda w: chip(w).pop("nodeLabel"),
        "no node label: its manifests select nodes by the resource alone",
    ),
    "checkpoint-unserved": (
        lambda w: chip(w)["supports"].update(value=["bf16"]),
        "no accelerator supports fp8, so it is never considered",
    ),
    "score-missing": (lambda w: twin(w), "no scores: its quality is unknown"),
    "loss-missing": (
        lambda w: w["quality.yaml"].update(quantisation=[]),
        "no published loss of quality for fp8; checkpoints that need it: 1",
    ),
}
"""For each code, what makes it and what it says."""


def test_catalogs_that_are_right_have_no_findings() -> None:
    found = report(world(), strict=True)
    assert found.findings == ()
    assert (found.exit_code, found.unverified) == (0, 0)


def test_every_code_has_a_case() -> None:
    assert set(CASES) == set(CODES)


@pytest.mark.parametrize("code", sorted(CASES))
def test_each_code_is_found_once_and_alone(code: str) -> None:
    specs = world()
    CASES[code][0](specs)
    (found,) = report(specs).findings
    assert (found.code, found.message) == (code, CASES[code][1])
    assert (found.kind, found.severity, found.fix) == (CODES[code].kind, CODES[code].severity, CODES[code].fix)


@pytest.mark.parametrize("code", sorted(CASES))
def test_each_finding_names_its_file_and_line(code: str) -> None:
    specs = world()
    CASES[code][0](specs)
    (found,) = report(specs).findings
    lines = {part.source.name: part.source.text.splitlines() for part in documents(specs)}
    assert 0 < found.line <= len(lines[found.file])


@pytest.mark.parametrize("code", sorted(CASES))
def test_errors_exit_2_and_warnings_do_when_strict(code: str) -> None:
    specs = world()
    CASES[code][0](specs)
    severity = CODES[code].severity
    assert report(specs).exit_code == (2 if severity == "error" else 0)
    assert report(specs, strict=True).exit_code == (0 if severity == "info" else 2)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (lambda w: architecture(w, slidingWindow=131072, fullAttentionLayers=0), "window-odd",
         "a window of 131,072 tokens is not below the context of 131,072"),
        (lambda w: alpha(w)["contextTokens"].update(value=13107200), "context-odd",
         "a sequence of 13,107,200 tokens takes 1,600 GiB of KV cache; no node has that much"),
        (lambda w: alpha(w)["checkpoints"][1].update(quantized="none"), "bits-differ",
         'quantized "none" is not that of fp8'),
        (lambda w: alpha(w)["checkpoints"][1].update(quantized="experts"), "bits-differ",
         "the experts are quantized, and there are none"),
        (lambda w: chip(w).update(fp4Tflops={"value": 8000.0, **SOURCED}), "peak-sparse",
         "fp4Tflops 8000 is 8.1 times the bf16 peak of 989"),
        (lambda w: chip(w).update(int8Tops={"value": 3958.0, **SOURCED}), "peak-sparse",
         "int8Tops 3958 is 4.0 times the bf16 peak of 989"),
        (lambda w: priced(w, kind="owned", usdPerHour=0.001), "owned-odd",
         "$0.001 an hour does not pay the 700 W that it draws"),
        (lambda w: priced(w, kind="reserved", usdPerHour=4.6), "price-order",
         "list reserved at $4.60 is above on demand at $4.50"),
    ],
)  # fmt: skip
def test_further_faults_of_a_code_are_found(change: Callable[[World], Any], code: str, message: str) -> None:
    specs = world()
    change(specs)
    (found,) = report(specs).findings
    assert (found.code, found.message) == (code, message)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: alpha(w)["parametersB"].update(value=8.2),
        lambda w: alpha(w)["checkpoints"][1].update(bitsPerWeight=8.002),
        lambda w: chip(w)["prices"][0].update(validUntil="2026-11-23"),
        lambda w: w["models.yaml"].update(sources={"test": {"title": "a", "retrieved": "2025-11-23"}}),
        lambda w: w["models.yaml"].update(sources={"test": {"title": "our own fit"}}),
        lambda w: priced(w, recorded="2026-02-02"),
        lambda w: priced(w, provider="aws", kind="spot", usdPerHour=9.0),
        lambda w: chip(w).update(fp4Tflops={"value": 6100.0, **SOURCED}),
        lambda w: [
            alpha(w)["checkpoints"].pop(0),
            chip(w)["supports"].update(value=["fp8"]),
            w["quality.yaml"].update(quantisation=[]),
        ],
    ],
)
def test_what_is_near_a_limit_or_of_another_provider_is_right(change: Callable[[World], Any]) -> None:
    specs = world()
    change(specs)
    assert report(specs).findings == ()


class TestOverlays:
    def overlaid(self, **changes: Any) -> World:
        specs = world()
        alpha(specs)["toolUse"]["verified"] = False
        own = json.loads(json.dumps(alpha(specs)))
        return {**specs, "own.yaml": {"kind": "ModelCatalog", "models": [{**own, **changes}]}}

    def test_a_replaced_entry_is_passed_over_and_the_overlay_is_judged(self) -> None:
        right = {"value": True, **SOURCED}
        (found,) = report(self.overlaid(parametersB={"value": 70.0, **SOURCED}, toolUse=right)).findings
        assert (found.code, found.file) == ("parameters-differ", "own.yaml")

    def test_figures_are_counted_once(self) -> None:
        alone, both = report(world()), report(self.overlaid())
        assert (both.figures, both.unverified) == (alone.figures, 1)
        assert [f.file for f in both.files] == ["cases.yaml", "chips.yaml", "own.yaml", "quality.yaml", "serving.yaml"]

    def test_a_replaced_price_is_passed_over(self) -> None:
        specs = world()
        chip(specs)["prices"][0].update(validUntil="2026-11-20", verified=False)
        entry = verified({"accelerator": "h100", **price(3.0)})
        specs["prices.yaml"] = {"kind": "PriceCatalog", "prices": [entry]}
        assert report(specs).findings == ()
        entry.update(validUntil="2026-11-20")
        (found,) = report(specs).findings
        assert (found.code, found.file, found.entry) == ("price-expired", "prices.yaml", "accelerators/h100")


class TestReport:
    def many(self) -> World:
        specs = world()
        for code in ("figure-unverified", "price-expired", "weights-sum", "label-missing", "score-missing"):
            CASES[code][0](specs)
        return specs

    def test_the_worst_come_first_then_class_code_and_entry(self) -> None:
        found = report(self.many()).findings
        keys = [(SEVERITIES.index(f.severity), KINDS.index(f.kind), f.code, f.entry, f.figure) for f in found]
        assert keys == sorted(keys)
        assert found[0].code == "weights-sum"

    def test_the_order_of_the_files_does_not_matter(self) -> None:
        specs = self.many()
        turned = dict(reversed(specs.items()))
        assert report(turned).findings == report(specs).findings

    def test_counts_agree_with_the_findings(self) -> None:
        found = report(self.many())
        unverified = [f for f in found.findings if f.kind == "unverified"]
        assert found.unverified == len(unverified) == sum(f.unverified for f in found.files) == 2
        assert found.figures == sum(f.figures for f in found.files)
        assert (found.models, found.checkpoints, found.accelerators, found.use_cases) == (2, 4, 1, 1)

    def test_a_figure_is_named_by_its_entry_and_key(self) -> None:
        specs = world()
        for part in (
            alpha(specs)["checkpoints"][1],
            chip(specs)["prices"][1],
            chip(specs)["memoryGib"],
            chip(specs)["nodeLabel"],
        ):
            part["verified"] = False
        specs["serving.yaml"]["coefficients"][0].update(verified=False, generation="ada", compute="fp8")
        specs["cases.yaml"]["verified"] = False
        assert {(f.entry, f.figure) for f in report(specs).findings} == {
            ("models/alpha-8b", "checkpoints.fp8"),
            ("accelerators/h100", "prices.list.spot"),
            ("accelerators/h100", "memoryGib"),
            ("accelerators/h100", "nodeLabel"),
            ("coefficients/step_us[ada fp8]", ""),
            ("useCases", ""),
        }

    def test_the_report_is_the_same_every_time(self) -> None:
        assert report(self.many()).model_dump_json() == report(self.many()).model_dump_json()

    def test_findings_are_data(self) -> None:
        (found,) = [f for f in report(self.many()).findings if f.code == "label-missing"]
        assert Finding.model_validate_json(found.model_dump_json()) == found


def test_the_documentation_lists_every_code_with_its_class_and_severity() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    for name, code in CODES.items():
        assert f"| {code.kind} | `{name}` | {code.severity} | " in text
