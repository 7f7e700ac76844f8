"""A report may hold anything anywhere: the answer is rows or faults, never a crash, and rows pass the door."""

import copy
import json
from typing import Any

import unit_builders  # noqa: F401  # lets the next lines find the builders
from builders import packaged
from hypothesis import example, given, settings
from hypothesis import strategies as st
from import_reports import AICONFIGURATOR, EARLIER, LLM_D_V2, guidellm_v1, guidellm_v2, llm_d_v1, raw, vllm_result

from neuralnav.imports.report import read_report
from neuralnav.imports.runs import as_table
from neuralnav.imports.said import Said
from neuralnav.model.tables import conform

STATED = {"accelerator": Said("h100", "--accelerator"), "tp": Said(1, "--tp"),
          "engine_version": Said("0.19.0", "--engine-version")}  # fmt: skip
DOCUMENTS = [guidellm_v1(), guidellm_v2(1.0, 2.0), vllm_result(), [vllm_result(1.0), vllm_result(2.0)], EARLIER]
TEXTS = [llm_d_v1(), LLM_D_V2, AICONFIGURATOR]
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**400), st.floats(), st.text(max_size=12), st.just([]), st.just({}),
    st.lists(st.none(), max_size=2), st.dictionaries(st.text(max_size=4), st.none(), max_size=2),
)  # fmt: skip


def read_anything(report: bytes) -> None:
    found = read_report(report, STATED, packaged())
    assert found.rows or found.faults
    assert all(fault.message for fault in found.faults)
    table, faults = conform(as_table(found.rows))
    assert faults == ()
    assert table.num_rows <= len(found.rows)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A valid report in which one value, wherever it stands, is another."""
    whole = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    paths = list(_paths(whole))
    *parents, last = draw(st.sampled_from(paths))
    inner: Any = whole
    for step in parents:
        inner = inner[step]
    inner[last] = draw(JUNK)
    return whole


def _paths(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield (key,)
        for path in _paths(child):
            yield (key, *path)


@settings(deadline=None, max_examples=80)
@given(damaged())
def test_one_odd_value_is_a_fault_or_no_matter(report: Any) -> None:
    read_anything(raw(report))


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(TEXTS), st.integers(0, 2000), st.integers(0, 40), st.text(max_size=8))
def test_a_text_with_a_piece_replaced_is_read_or_refused(text: str, start: int, length: int, piece: str) -> None:
    read_anything((text[:start] + piece + text[start + length :]).encode(errors="replace"))


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([json.dumps(item) for item in DOCUMENTS]), st.integers(0, 6000))
def test_a_report_cut_short_is_read_or_refused(text: str, end: int) -> None:
    read_anything(text[:end].encode())


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=40))
@example(b"[" * 100_000)
@example(b"- " * 50_000)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_anything(content)
