"""Answers as a server would have given them, without a server."""

from dataclasses import replace
from pathlib import Path

from neuralnav.cluster.openai import Answer
from neuralnav.cluster.plain_prompts import Counted
from neuralnav.cluster.probe_judged import Plan, Way, judged
from neuralnav.cluster.probing import Course, Load, Probed, Wanted
from neuralnav.cluster.served_facts import Facts, ServedModel
from neuralnav.files.catalogs import load_catalog
from neuralnav.files.locks import read_lock
from neuralnav.files.places import read_source
from neuralnav.model.probe_report import ProbeReport
from neuralnav.serving.planned import planned_server

LOCK = Path(__file__).resolve().parents[3] / "examples" / "support-chat" / "plan.lock"
MODEL = "gpt-oss-20b"
FACTS = Facts((ServedModel(MODEL, "", 1536),), True, "0.19.0", "", 1.0, None, 0.5)  # noqa: FBT003  # a field of Facts
ONE_AT_A_TIME = Load(20, 45.0, 7, 512, 256)


def plan(replicas: int = 1) -> Plan:
    lock = read_lock(read_source(LOCK))
    return Plan(lock, planned_server(lock, load_catalog()), replicas)


def answer(
    index: int = 0, *, due_s: float = 0.0, ttft_ms: float = 33.0, itl_ms: float = 3.8, tokens: int = 256,
    parts: int = 256,
) -> Answer:  # fmt: skip
    """An answer whose tokens come evenly in so many parts."""
    whole_ms = itl_ms * (tokens - 1)
    found = Answer(index, due_s, tokens, due_s, status=200, prompt=512, output=tokens, model=MODEL, told_end=True)
    gap_ms = whole_ms / (parts - 1) if parts > 1 else 0.0
    found.stamps_s = [due_s + (ttft_ms + gap_ms * number) / 1e3 for number in range(parts)]
    found.end_s = found.stamps_s[-1]
    return found


def lost(index: int = 0, *, due_s: float = 0.0) -> Answer:
    """A request that was answered 500."""
    return Answer(index, due_s, 256, due_s, due_s + 0.01, status=500, fault="HTTP", said="CUDA error")


def sequence(count: int, *, ttft_ms: float = 33.0, itl_ms: float = 3.8) -> tuple[Answer, ...]:
    """Answers one after another."""
    each_s = (ttft_ms + itl_ms * 255) / 1e3
    return tuple(answer(at, due_s=at * each_s, ttft_ms=ttft_ms, itl_ms=itl_ms) for at in range(count))


def probed(*answers: Answer, facts: Facts = FACTS, stopped: bool = False, lag_ms: tuple[float, ...] = ()) -> Probed:
    """What came of a probe that ended with the last of its answers."""
    course = Course(answers, 0.0, max((item.end_s for item in answers), default=0.0), lag_ms)
    return Probed(facts, (answer(), answer()), Counted(), course, stopped)


def report(found: Probed, *, load: Load = ONE_AT_A_TIME, of: Plan | None = None) -> ProbeReport:
    wanted = Wanted(MODEL, replace(load, requests=len(found.course.answers) if found.course else 0))
    return judged(of or plan(), Way("http://here", "url"), wanted, found, ())
