"""Every declared field has a column of its type, and every column a declared field; what is unknown is null."""

import pyarrow as pa
import pytest
from builders import ALPHA, ALPHA_X9, BETA, catalog, evidence, packaged, row_of, spec, weighed, workload

from neuralnav.enforce.columns import arrow_type, columns_of, constants_of
from neuralnav.enforce.columns import row_of as bindings_of
from neuralnav.enforce.scope import SCOPE, vocabulary
from neuralnav.model.plan import Candidates
from neuralnav.model.spec import DeploySettings, ResolvedSpec
from neuralnav.policy.check import check
from neuralnav.policy.lower import lower
from neuralnav.policy.parse import parse
from neuralnav.policy.types import BOOL, STRING, Field, ListType, MapType, ObjectType, Simple
from neuralnav.rank import rank

PER_ROW = [name for name, variable in SCOPE.variables.items() if variable.per_row]
WHOLE_PLAN = [name for name, variable in SCOPE.variables.items() if not variable.per_row]


def fields(root: str) -> dict[str, Field]:
    declared = SCOPE.variables[root].type
    assert isinstance(declared, ObjectType)
    return dict(declared.fields)


def declared_columns() -> dict[str, Field]:
    return {f"{root}.{name}": field for root in PER_ROW for name, field in fields(root).items()}


def columns(resolved: ResolvedSpec | None = None) -> tuple[Candidates, dict[str, pa.Array]]:
    whole = resolved or spec()
    candidates = weighed(whole, *evidence())
    return candidates, dict(columns_of(whole, candidates, rank(whole, candidates).scores, catalog()))


def test_columns_are_those_of_the_scope_in_its_order_and_types() -> None:
    candidates, found = columns()
    assert list(found) == list(declared_columns())
    for name, field in declared_columns().items():
        assert found[name].type == arrow_type(field.type), name
        assert len(found[name]) == candidates.table.num_rows, name


def test_only_an_optional_field_may_lack_a_value() -> None:
    _, found = columns()
    for name, field in declared_columns().items():
        assert field.optional or found[name].null_count == 0, name


def test_what_is_unknown_is_null_and_never_zero() -> None:
    candidates, found = columns()
    row = row_of(candidates, "beta-70b/bf16/h100/tp4")  # no curve
    absent = {name for name, column in found.items() if column[row].as_py() is None}
    by_load = (
        "replicas",
        "gpus",
        "cost_monthly_usd",
        "capacity_rps",
        "ttft_p95_ms",
        "slo_headroom",
        "spread",
        "binding",
    )
    by_curve = ("source", "measured_runs", "engine_version")
    assert {f"candidate.{name}" for name in (*by_load, *by_curve, "score_accuracy", "quality")} <= absent
    assert "candidate.price_hourly_usd" not in absent
    unpriced = row_of(candidates, ALPHA_X9)
    assert found["candidate.cost_monthly_usd"][unpriced].as_py() is None
    assert found["candidate.replicas"][unpriced].as_py() > 0
    assert found["candidate.quality"][row_of(candidates, BETA)].as_py() is None
    assert found["candidate.quality_coverage"][row_of(candidates, BETA)].as_py() == 0.0


def test_spares_alone_are_no_size() -> None:
    candidates, found = columns(spec(spare_replicas=1))
    assert found["candidate.replicas"][row_of(candidates, "beta-70b/bf16/h100/tp4")].as_py() is None
    assert found["candidate.replicas"][row_of(candidates, ALPHA)].as_py() == 3


def test_a_row_reads_as_nested_fields_without_what_it_lacks() -> None:
    candidates, found = columns()
    row = bindings_of(found, row_of(candidates, ALPHA))
    assert list(row) == PER_ROW
    assert row["accelerator"]["name"] == "H100"
    assert row["candidate"]["cost_monthly_usd"] == 6570.0
    assert row["candidate"]["spread"] == 0.25
    assert row["model"]["parameters_b"] == 8.0
    assert "fp8_tflops" not in row["accelerator"]


def test_constants_are_those_of_the_scope_and_only_optional_ones_are_left_out() -> None:
    parsed = workload(labels={"env": "prod", "team": "support"}, domain="health")
    given = constants_of(spec(labels=(("env", "prod"), ("team", "support"))), parsed.document)
    assert list(given) == WHOLE_PLAN
    for root in WHOLE_PLAN:
        assert set(given[root]) <= set(fields(root)), root
        missing = set(fields(root)) - set(given[root])
        assert all(fields(root)[name].optional for name in missing), root
    assert given["workload"]["environment"] == "prod"
    assert given["workload"]["domain"] == "health"
    assert "budget_monthly_usd" not in given["plan"]
    assert "max_gpus" not in given["plan"]


def test_constants_have_the_declared_types() -> None:
    deploy = DeploySettings(
        namespace="x", target="InferenceService", mode="vllm", max_replicas=9, claim="weights", path="",
        token_secret="", image="engine", regions=("eu-1",), image_digest="sha256:1", network_from=("a",),
        priority_class="p", run_as_user=7,
    )  # fmt: skip
    whole = spec(deploy=deploy, budget_usd_per_month=5000.0, max_gpus=8, experience="batch", labels=(("env", "dev"),))
    given = constants_of(whole, workload(domain="law").document)
    kinds = {"string": str, "int": int, "double": float, "bool": bool}
    for root in WHOLE_PLAN:
        assert set(given[root]) == set(fields(root)), root
        for name, value in given[root].items():
            match fields(root)[name].type:
                case Simple(simple):
                    assert type(value) is kinds[simple], (root, name)
                case ListType(item):
                    assert item == STRING
                    assert isinstance(value, list), (root, name)
                case MapType():
                    assert isinstance(value, dict), (root, name)


@pytest.mark.parametrize("root", list(SCOPE.variables))
def test_every_field_says_what_it_means_and_shows_how_it_is_read(root: str) -> None:
    for name, field in fields(root).items():
        assert field.about, name
        assert f"{root}.{name}" in field.example, name


@pytest.mark.parametrize("root", list(SCOPE.variables))
def test_every_example_is_a_condition_that_has_a_value_in_every_row(root: str) -> None:
    candidates, found = columns()
    constants = constants_of(spec(labels=(("team", "support"),)), workload().document)
    for name, field in fields(root).items():
        checked = check(field.example, parse(field.example), SCOPE, expected=BOOL)
        mask = lower(checked, constants).mask(found, candidates.table.num_rows)
        assert field.optional or mask.null_count == 0, name


def test_the_vocabulary_is_of_declared_texts_and_holds_what_the_catalog_does() -> None:
    known = vocabulary(packaged())
    for name, words in known.items():
        root, _, field = name.partition(".")
        assert fields(root)[field].type == STRING, name
        assert words, name
    assert {"H100", "L40S", "A100-80GB", "MI300X"} <= set(known["accelerator.name"])
    assert known["candidate.precision"] == ("bf16", "fp8", "int8", "int4", "fp4")
    _, found = columns()
    own = vocabulary(catalog())
    for name in set(own) & set(found):
        assert set(found[name].drop_null().to_pylist()) <= set(own[name]), name
