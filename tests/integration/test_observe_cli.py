"""`neuralnav observe` over an hour that a real Prometheus holds: verdicts, patches, outcomes, and every refusal."""

import json
import random
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from engine_past import HOUR, NOON, Engine, Request, past
from real_prometheus import prometheus

from neuralnav.cli import cli
from neuralnav.files.locks import find_lock
from neuralnav.files.outcomes import read_outcomes
from neuralnav.files.places import find_workload

pytestmark = pytest.mark.integration

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "observe-report.v1alpha1.json"
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: NAME
  labels: {env: prod}
spec:
  useCase: chatbot_conversational
  traffic: {requestRate: RATE req/s, peakFactor: 1}  # as we were told
  slo: {ttft: 200ms, itl: 20ms, e2e: 12s}
  constraints:
    models: {allow: [llama-3.3-70b]}
    accelerators: {allow: [h100]}
    precisions: [bf16]
  deploy: {namespace: llm}
"""
PROJECT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec: {outcomes: [outcomes]}
"""
PLANNED = {"calm": 4.0, "surge": 2.0, "spare": 12.0, "quiet": 4.0}
"""The rates that plans are made for. All but the quiet one get 4 requests a second."""

END = "2026-09-21T15:13:20Z"
RUN = {"calm": (2, 0.09, 0.0172, 4.45), "surge": (1, 0.105, 0.0199, 5.0), "spare": (4, 0.06, 0.0105, 2.75)}
"""How many replicas ran, and about their TTFT, ITL and E2E: what the model expects of that load."""


def requests(job: str, rate: float, ttft: float, itl: float, e2e: float) -> list[Request]:
    drawn, at, found = random.Random(job), NOON - 300.0, list[Request]()  # noqa: S311  # the same each time
    while (at := at + drawn.expovariate(rate)) < NOON + HOUR:
        lengths = drawn.choice((480, 544)), drawn.choice((240, 272))
        found.append(Request(at, ttft * drawn.uniform(0.85, 1.25), itl, e2e * drawn.uniform(0.9, 1.1), *lengths))
    return found


def engines() -> Iterator[Engine]:
    for job, (replicas, *latencies) in RUN.items():
        for index in range(replicas):
            told = requests(f"{job}-{index}", 4.0 / replicas, *latencies)
            yield Engine(f"{job}-{index}", told, NOON - 300, NOON + HOUR, 60.0, labels=labels(job), running=8.0)
    for model in ("llama-3.3-70b", "qwen3-32b"):
        told = requests(f"rolled-{model}", 0.1, 0.09, 0.0172, 4.45)
        yield Engine(f"rolled-{model}", told, NOON - 300, NOON + HOUR, 60.0,
                     labels={**labels("rolled"), "model_name": model})  # fmt: skip
    yield Engine("quiet", [Request(NOON + 60.0 * at) for at in range(9)], NOON - 300, NOON + HOUR, 60.0,
                 labels=labels("quiet"))  # fmt: skip


def labels(job: str) -> Mapping[str, str]:
    return {"job": f"llm/{job}", "model_name": "llama-3.3-70b"}


@dataclass(frozen=True)
class Site:
    """A repository of plans, and the Prometheus that saw them run."""

    root: Path
    url: str

    def observe(self, *arguments: str) -> Result:
        return CliRunner().invoke(
            cli, ["observe", *arguments, "--prometheus", self.url, "--end", END], standalone_mode=False
        )

    def report(self, *arguments: str) -> tuple[Any, dict[str, Any]]:
        done = self.observe(*arguments, "--format", "json")
        assert done.exception is None, (done.exception, done.output)
        found: dict[str, Any] = json.loads(done.stdout)
        return done.return_value, found


def workload(root: Path, name: str, rate: float) -> None:
    (root / name).mkdir()
    (root / name / "workload.yaml").write_text(WORKLOAD.replace("NAME", name).replace("RATE", f"{rate:g}"))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, root = tmp_path_factory.mktemp("prometheus"), tmp_path_factory.mktemp("plans")
    with prometheus(folder, past=past(*engines())) as server:
        (root / ".git").mkdir()
        (root / "neuralnav.yaml").write_text(PROJECT)
        for name, rate in PLANNED.items():
            workload(root, name, rate)
        done = CliRunner().invoke(cli, ["compile", str(root)], standalone_mode=False)
        assert done.return_value == 0, done.output
        yield Site(root, server.url)


@pytest.fixture
def site(planned: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    shutil.copytree(planned.root, tmp_path / "plans", ignore=shutil.ignore_patterns("outcomes"))
    monkeypatch.chdir(tmp_path / "plans")
    monkeypatch.delenv("NEURALNAV_PROMETHEUS", raising=False)
    return Site(tmp_path / "plans", planned.url)


@pytest.fixture(scope="module")
def whole(planned: Site) -> tuple[int, dict[str, Any]]:
    """The report of the whole repository, written from its own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(planned.root)
        return planned.report(".")


def verdicts(report: Mapping[str, Any]) -> dict[str, str]:
    return {run["workload"]: run["judgement"]["verdict"] for run in report["workloads"]}


def test_a_folder_is_observed_whole_and_what_tells_something_is_kept(
    planned: Site, whole: tuple[int, dict[str, Any]]
) -> None:
    code, report = whole
    jsonschema.validate(report, json.loads(SCHEMA.read_text()))
    assert (code, report["exit_code"], report["problems"]) == (3, 3, [])
    assert verdicts(report) == {
        "calm": "as-planned", "quiet": "not-enough", "spare": "over-provisioned", "surge": "under-provisioned",
    }  # fmt: skip
    assert {run["workload"]: run["exit_code"] for run in report["workloads"]} == {
        "calm": 0, "quiet": 0, "spare": 3, "surge": 3,
    }  # fmt: skip
    kept = read_outcomes([str(planned.root / "outcomes")])
    assert [(one.workload, one.environment, one.end) for one in kept] == [
        (name, "prod", END) for name in ("calm", "spare", "surge")
    ]
    assert {run["workload"]: run["written"] for run in report["workloads"]} == {
        "quiet": "", **{name: f"outcomes/llm/{name}/2026-09-21T151320Z.prod.parquet" for name in RUN},
    }  # fmt: skip


def test_twice_the_traffic_is_found_and_named_with_its_patch(whole: tuple[int, dict[str, Any]]) -> None:
    (run,) = [run for run in whole[1]["workloads"] if run["workload"] == "surge"]
    assert [finding["verdict"] for finding in run["judgement"]["findings"]][:2] == [
        "under-provisioned", "assumptions-wrong",
    ]  # fmt: skip
    (edit,) = run["judgement"]["edits"]
    assert (edit["field"], edit["before"]) == ("traffic.requestRate", "2 req/s")
    assert float(edit["after"].split()[0]) == pytest.approx(4.0, rel=0.03)
    assert "2.0x the plan's 2 req/s" in edit["why"]
    lines = [line for line in run["diff"].splitlines() if line.startswith(("-  ", "+  "))]
    assert lines == [
        "-  traffic: {requestRate: 2 req/s, peakFactor: 1}  # as we were told",
        f"+  traffic: {{requestRate: {edit['after']}, peakFactor: 1}}  # as we were told",
    ]
    assert run["what_if"] == (
        "compile would keep llama-3.3-70b/bf16/h100/tp4, with 2 replicas, $26,280/month (now 1 replica, $13,140)"
    )


def test_a_saving_is_what_the_next_plan_costs_less(site: Site, whole: tuple[int, dict[str, Any]]) -> None:
    (run,) = [run for run in whole[1]["workloads"] if run["workload"] == "spare"]
    done = site.observe("spare", "--apply", "--no-write")
    assert "edit the workload as above" not in done.stdout
    assert done.stdout.splitlines()[-1] == (
        "edited spare/workload.yaml as above; now run: neuralnav compile spare/workload.yaml"
    )
    saving = run["judgement"]["sizing"]["saving_usd_per_month"]
    before = find_lock(find_workload("spare")).lock
    edited = WORKLOAD.replace("NAME", "spare").replace("RATE req/s", run["judgement"]["edits"][0]["after"])
    assert Path("spare/workload.yaml").read_text().split() == edited.split()
    assert CliRunner().invoke(cli, ["compile", "spare"], standalone_mode=False).return_value == 0
    after = find_lock(find_workload("spare")).lock
    assert before is not None
    assert after is not None
    costs = [
        next(item.cost_usd_per_month for item in lock.candidates if item.id == before.choice.candidate)
        for lock in (before, after)
    ]
    assert costs[0] - costs[1] > 50_000
    assert saving == pytest.approx(costs[0] - costs[1], rel=0.05)


def test_a_window_observed_again_is_kept_once(site: Site) -> None:
    site.report("calm")
    first = Path("outcomes/llm/calm/2026-09-21T151320Z.prod.parquet").read_bytes()
    site.report("calm")
    assert [path.read_bytes() for path in Path("outcomes").rglob("*.parquet")] == [first]


def test_outcomes_go_where_they_are_asked_for(site: Site) -> None:
    _, report = site.report("calm", "--out", "elsewhere")
    assert report["workloads"][0]["written"] == "elsewhere/llm/calm/2026-09-21T151320Z.prod.parquet"
    Path("neuralnav.yaml").write_text(PROJECT.replace("[outcomes]", "['s3://bucket/outcomes']"))
    done = site.observe("calm")
    assert done.stdout.startswith("calm   as-planned: ")
    assert "give --out FOLDER and copy it there" in done.stderr
    assert done.return_value == 2


def test_a_report_is_text_or_markdown_too(site: Site) -> None:
    markdown = site.observe("calm", "--no-write", "--format", "markdown").stdout
    assert markdown.startswith("**`calm` as-planned: ")
    text = site.observe("calm").stdout
    assert text.startswith("calm   as-planned: ")
    assert text.splitlines()[-1] == "wrote outcomes/llm/calm/2026-09-21T151320Z.prod.parquet"
    Path("neuralnav.yaml").unlink()
    assert site.observe("calm").stdout.splitlines()[-2:] == [
        "wrote outcomes/llm/calm/2026-09-21T151320Z.prod.parquet",
        "plans count it once neuralnav.yaml names it: spec: {outcomes: [outcomes]}",
    ]
    both = site.observe("calm", "quiet", "--no-write").stdout
    assert both.splitlines()[-1] == "2 workloads: 1 as-planned, 1 not-enough"


def test_what_cannot_be_observed_keeps_nothing_from_the_others(site: Site) -> None:
    workload(site.root, "unseen", 4.0)
    shutil.copy("calm/plan.lock", "unseen/plan.lock")
    lock = Path("unseen/plan.lock")
    lock.write_text(lock.read_text().replace("name: calm\n", "name: unseen\n"))
    workload(site.root, "unlocked", 4.0)
    code, report = site.report("unseen", "unlocked", "quiet", "--no-write")
    assert (code, sorted(verdicts(report))) == (2, ["quiet"])
    assert [(item["where"]["file"], item["message"], item["hint"]) for item in report["problems"]] == [
        ("unlocked/plan.lock", "there is no lock to hold a run against",
         "run neuralnav compile unlocked/workload.yaml"),
        (site.url, ('nothing matches job="llm/unseen" between 2026-09-21 14:13:20 and 2026-09-21 15:13:20 UTC; '
                    'engines are scraped as job="llm/calm", job="llm/quiet", job="llm/rolled", job="llm/spare", '
                    'job="llm/surge"'),
         "is the PodMonitor applied, and does this Prometheus select it? docs/observe.md says how to tell"),
    ]  # fmt: skip


def told(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["observe", *arguments], standalone_mode=False)
    return done.stderr or str(done.exception)


@pytest.mark.usefixtures("site")
def test_an_address_comes_from_the_nearest_that_gives_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("calm").startswith("calm/workload.yaml  nothing says where its Prometheus is\n")
    places = [f"http://127.0.0.1:1/{name}" for name in ("option", "variable", "environment", "project")]
    option, variable, environment, project = places
    body = (
        f"spec: {{outcomes: [outcomes], prometheus: {project}, environments: {{prod: {{prometheus: {environment}}}}}}}"
    )
    Path("neuralnav.yaml").write_text(PROJECT.replace("spec: {outcomes: [outcomes]}", body))
    assert environment in told("calm", "--patience", "0")
    Path("neuralnav.yaml").write_text(PROJECT.replace("[outcomes]", f"[outcomes], prometheus: {project}"))
    assert project in told("calm", "--patience", "0")
    monkeypatch.setenv("NEURALNAV_PROMETHEUS", variable)
    assert variable in told("calm", "--patience", "0")
    assert option in told("calm", "--patience", "0", "--prometheus", option)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("calm", "--window", "1y"), "'1y' is no duration; write it like 90s, 15m, 1h30m or 7d"),
        (("calm", "--window", "0s"), "'0s' is no time at all; write it like 90s, 15m, 1h30m or 7d"),
        (("calm", "--window", "32d"), "'32d' is longer than 31 days"),
        (("calm", "--end", "noon"), "'noon' is no time; write it like 2026-11-26T08:00Z"),
        ((".", "--selector", 'job="a"'), "--selector names the series of one workload, and several are here"),
        (("calm", "--selector", 'up{job="a"}'), "'up{job=\"a\"}' selects no series"),
        (("calm", "--prometheus", "nowhere"), '"nowhere" is no address'),
    ],
)
@pytest.mark.usefixtures("site")
def test_what_is_asked_wrongly_is_told(arguments: tuple[str, ...], message: str) -> None:
    assert message in told(*arguments)


def test_a_workload_that_is_not_monitored_needs_a_selector(site: Site) -> None:
    lock = Path("calm/plan.lock")
    lock.write_text(lock.read_text().replace("monitoring: PodMonitor", "monitoring: none"))
    assert "this workload is not monitored: deploy.monitoring is none" in site.observe("calm").stderr
    code, report = site.report("calm", "--no-write", "--selector", '{namespace=~".*", pod=~"calm-.+"}')
    assert (code, verdicts(report)) == (0, {"calm": "as-planned"})
    assert not Path("outcomes").exists()


def test_another_model_that_was_served_does_not_count(site: Site) -> None:
    _, report = site.report("quiet", "--selector", 'job="llm/rolled"')
    (run,) = report["workloads"]
    assert run["judgement"]["notes"][0] == "It served qwen3-32b too, which does not count."
    assert run["written"] == "outcomes/llm/quiet/2026-09-21T151320Z.prod.parquet"
    (kept,) = read_outcomes(["outcomes"])
    assert kept.requests == len([one for one in requests("rolled-llama-3.3-70b", 0.1, 1, 1, 1) if one.at > NOON])
    _, report = site.report("quiet", "--selector", 'job="llm/rolled",model_name="qwen3-32b"', "--out", "other")
    (run,) = report["workloads"]
    note = "It served qwen3-32b, and the lock deploys llama-3.3-70b: this run is not kept."
    assert (run["judgement"]["notes"][0], run["written"]) == (note, "")


def test_without_the_extra_it_says_what_to_install(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.delitem(sys.modules, "neuralnav.cluster.prometheus_wire", raising=False)
    done = site.observe("calm")
    assert "this needs the Python package httpx" in done.stderr
    assert 'pip install "neuralnav[cluster]"' in done.stderr


def test_a_lock_with_conflict_markers_is_not_held_against_anything(site: Site) -> None:
    lock = Path("calm/plan.lock")
    text = lock.read_text()
    lock.write_text(f"<<<<<<< ours\n{text}=======\n{text}>>>>>>> theirs\n")
    assert "the lock has conflict markers" in site.observe("calm").stderr


def test_a_plan_for_a_simulator_is_simulated_whatever_the_series_say(site: Site) -> None:
    lock = Path("calm/plan.lock")
    lock.write_text(lock.read_text().replace("mode: vllm", "mode: simulator"))
    _, report = site.report("calm")
    assert report["workloads"][0]["simulated"]
    assert [one.served.engine for one in read_outcomes(["outcomes"])] == ["neuralnav-sim"]
