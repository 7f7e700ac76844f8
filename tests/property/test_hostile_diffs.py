"""Whatever stands in whatever field of a diff: a comment keeps its shape, a job its annotations, a terminal its lines.

GitHub's own markdown renders the comment. What a text could do shows as another tree of tags than a plain word gives.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
import pytest
import unit_builders  # noqa: F401  # lets the next lines find the builders
from cmarkgfm.cmark import Options
from diffs import diff, edit, moved, problem, side, workload
from hostile import PIECES, Path, alone, rich, texts, with_numbers, with_texts
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.model.diff import ManifestChange, PlanDiff
from neuralnav.model.lock import LockedRefusal
from neuralnav.model.report import (
    Report,
    ReportedDrift,
    ReportedFinding,
    ReportedProblem,
    ReportedWhere,
    WorkloadReport,
)
from neuralnav.model.sarif import SarifLog
from neuralnav.report_diff import (
    LIMIT,
    MARKER,
    check_annotations,
    check_sarif,
    diff_annotations,
    diff_markdown,
    diff_sarif,
    diff_text,
)

HOSTILE = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), min_size=1, max_size=8).map("".join)
DIFFS = (rich(), *map(alone, ("mover", "gone", "broken", "added", "renamed", "drifted")))
WORD = "word"
COMMAND = re.compile(r"::(error|warning|notice) ((?:file|line|col|title)=[^:,]*(?:,(?:line|col|title)=[^:,]*)*)::(.*)")


class Tree(HTMLParser):
    """The tags and comments of a page, and its text outside of code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shape: list[str] = []
        self.prose: list[str] = []
        self.depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.shape.append(f"<{tag} {attrs}>")
        self.depth += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"</{tag}>")
        self.depth -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.shape.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.prose.append(data)


def rendered(comment: str) -> Tree:
    return Tree(cmarkgfm.github_flavored_markdown_to_html(comment, options=Options.CMARK_OPT_UNSAFE))


@cache
def shape_of(comment: str) -> tuple[str, ...]:
    """The tags of a comment; that of plain words is asked for often."""
    return tuple(rendered(comment).shape)


def saying(found: PlanDiff, paths: Sequence[Path]) -> Callable[[str], PlanDiff]:
    """What makes of a text the diff that has it in some fields."""
    document, chosen = found.model_dump(), frozenset(paths)
    return lambda text: PlanDiff.model_validate(with_texts(document, chosen, text))


def pair_of(found: PlanDiff, paths: Sequence[Path], text: str) -> tuple[PlanDiff, PlanDiff]:
    """The diff with a plain word in some fields, and with another text there."""
    said = saying(found, paths)
    return said(WORD), said(text)


def fields_of(found: PlanDiff) -> list[Path]:
    return sorted(texts(found.model_dump()), key=str)


ODD = (
    "| ", " |", "\ud800", "[^1]", "[^1]: x", ":x:", "$`x`$", "<br>", "0123456789abcdef0123456789abcdef01234567", "x\\",
    "[ ] a", "[!WARNING]", "> [!NOTE]", "|---|", "<!---->", "<?x", "<![CDATA[", "&nbsp;", "\u00a0", "\u00ad", "\u2066",
    "\U000e0041", "http://a.b", "ftp://a.b", "a@b", "xmpp:a@b.c", "WWW.A.B", "#1", "a/b@0123456", "\u0338", "(", ")",
    "***", "~~~",
)  # fmt: skip
"""More of what a site may read otherwise than it stands there."""

CASES = st.tuples(
    st.sampled_from(range(len(DIFFS))), st.none() | st.integers(0, 400), HOSTILE.filter(lambda text: text.strip() != "")
)
"""Which diff, which of its fields (none: all at once), and the text."""


def pair(case: tuple[int, int | None, str]) -> tuple[PlanDiff, PlanDiff]:
    which, place, text = case
    fields = fields_of(DIFFS[which])
    return pair_of(DIFFS[which], fields if place is None else [fields[place % len(fields)]], text)


@pytest.mark.parametrize("around", ["{}", "x {} y", "\n{}\n"])
def test_no_known_piece_in_all_fields_at_once_does_anything(around: str) -> None:
    sayings = [saying(found, fields_of(found)) for found in (rich(), alone("mover"), alone("broken"))]
    told = [(said, diff_markdown(said(WORD)), len(diff_annotations(said(WORD)))) for said in sayings]
    for piece in (*PIECES, *ODD):
        text = around.replace("{}", piece)
        if text.strip():
            for said, comment, annotations in told:
                hostile = said(text)
                same_shape(comment, hostile)
                same_annotations(annotations, hostile)


def same_shape(plain: str, hostile: PlanDiff) -> None:
    """Assert that a text gave a comment no other tags than that of a plain word has, and no mention."""
    comment = diff_markdown(hostile)
    tree = rendered(comment)
    assert tree.shape == list(shape_of(plain))
    assert comment.count("<!--") == comment.count(MARKER) == 1
    assert comment.endswith(f"\n\n{MARKER}")
    assert all(character.isprintable() for character in comment.replace("\n", ""))
    assert not any(re.search(r"[@#]\w|GH-\d", text) for text in tree.prose)
    assert not any(line.startswith("/") for line in comment.split("\n"))


def same_annotations(plain: int, hostile: PlanDiff) -> None:
    """Assert that a text made no annotation more than the plain word's, nor left its place in one."""
    lines = diff_annotations(hostile)
    assert len(lines) == plain
    for line in lines:
        assert line.isprintable()
        found = COMMAND.fullmatch(line)
        assert found is not None, line
        assert not re.search("%(?!25|3A|2C)", found[2])
        assert not re.search("%(?!25|0Afix: )", found[3])


def test_a_problem_of_no_file_begins_no_block_of_its_own() -> None:
    def told(text: str) -> PlanDiff:
        nowhere = problem(text, text).model_copy(update={"where": ReportedWhere(file="", line=0, column=0)})
        broken = workload("w", status="changed", cost_delta_usd_per_month=None,
                          after=side("broken", problems=(nowhere, nowhere)))  # fmt: skip
        return diff(broken, problems=(nowhere,))

    plain = diff_markdown(told(WORD))
    for piece in (*PIECES, *ODD):
        if piece.strip():
            same_shape(plain, told(piece))


@settings(deadline=None, max_examples=100)
@given(CASES)
def test_a_comment_has_the_same_shape_whatever_fields_say(case: tuple[int, int | None, str]) -> None:
    plain, hostile = pair(case)
    same_shape(diff_markdown(plain), hostile)


@settings(deadline=None, max_examples=100)
@given(CASES)
def test_annotations_stay_one_line_each_and_as_many(case: tuple[int, int | None, str]) -> None:
    plain, hostile = pair(case)
    same_annotations(len(diff_annotations(plain)), hostile)


@settings(deadline=None, max_examples=100)
@given(CASES)
def test_a_terminal_gets_the_same_lines_and_nothing_that_steers_it(case: tuple[int, int | None, str]) -> None:
    plain, hostile = (diff_text(one) for one in pair(case))
    assert hostile.count("\n") == plain.count("\n")
    assert all(character.isprintable() for character in hostile.replace("\n", ""))


@settings(deadline=None, max_examples=100)
@given(CASES)
def test_sarif_stays_valid_and_says_as_much(case: tuple[int, int | None, str]) -> None:
    plain, hostile = (SarifLog.model_validate_json(diff_sarif(one)) for one in pair(case))
    assert len(hostile.runs[0].results) == len(plain.runs[0].results)
    for result in hostile.runs[0].results:
        assert result.message.text.isprintable()
        assert all(re.fullmatch(r"[A-Za-z0-9._~/%-]+", one.physical_location.artifact_location.uri)
                   for one in result.locations)  # fmt: skip


@settings(deadline=None, max_examples=15)
@given(st.lists(HOSTILE, min_size=1, max_size=4), st.integers(1, 120), st.integers(1, 400), st.integers(20_000, LIMIT))
def test_a_comment_fits_whatever_there_is_and_keeps_its_head_and_marker(
    said: list[str], count: int, times: int, limit: int
) -> None:
    long = [(text * times)[:1_000] for text in said]
    items = [
        moved(
            f"w{index}",
            edits=tuple(edit(text, text, text) for text in long),
            notes=tuple(long),
            manifests=(ManifestChange(path="a.yaml", change="changed", diff="\n".join(long * 40)),),
        )
        for index in range(count)
    ]
    whole = diff(*items)
    comment = diff_markdown(whole, limit=limit)
    assert len(comment.encode()) <= limit
    assert comment.startswith("**Plan changes for ")
    assert comment.endswith(f"Reproduce: `neuralnav diff origin/main`\n\n{MARKER}")
    assert comment.count("<details>") == comment.count("</details>")
    assert rendered(comment).shape.count("<details []>") == comment.count("<details>")


@pytest.mark.parametrize("text", ["x", "`", "漢", "\u202e", "&", "|", "a ", "\n- "])
def test_a_text_without_end_in_every_field_pushes_nothing_out(text: str) -> None:
    _, found = pair_of(rich(), fields_of(rich()), text * (20_000 // len(text)))
    comment = diff_markdown(found)
    assert len(comment.encode()) <= LIMIT
    assert comment.endswith(MARKER)
    assert comment.count("\n| ") > 4
    assert max(map(len, diff_text(found).split("\n"))) < 2_000


@pytest.mark.parametrize("name", ["rich", "mover"])
def test_the_same_diff_gives_the_same_bytes_after_a_round_trip(name: str) -> None:
    found = rich() if name == "rich" else alone(name)
    again = PlanDiff.model_validate_json(json.dumps(json.loads(found.model_dump_json()), sort_keys=True))
    for render in (diff_markdown, diff_text, diff_sarif, diff_annotations):
        assert render(again) == render(found)


@pytest.mark.parametrize("whole", [0, -1, 10**18, 10**4000])
@pytest.mark.parametrize("real", [0.0, -0.0, -1.0, 5e-324, 1e308, -1e308])
def test_any_number_can_be_told(whole: int, real: float) -> None:
    for found in DIFFS:
        odd = PlanDiff.model_validate(with_numbers(found.model_dump(), whole, real))
        assert diff_markdown(odd).endswith(MARKER)
        assert len(diff_markdown(odd).encode()) <= LIMIT
        assert diff_text(odd)
        assert diff_sarif(odd)
        assert diff_annotations(odd)


def checked(text: str) -> Report:
    """A check that found something of every kind, each text of it the same."""
    here = ReportedWhere(file=text, line=3, column=1)
    refusal = LockedRefusal(reason=text, count=3, nearest=text, by=text, near_miss=False)
    items = [
        WorkloadReport(workload=text, path=text, status="infeasible", exit_code=5, refused=(refusal,), notes=(text,)),
        WorkloadReport(workload=text, path=text, status="drift", exit_code=3, drift=(
            ReportedDrift(drift="lock", file=text, message=text, fix=text),)),
    ]  # fmt: skip
    finding = ReportedFinding(
        policy=text, rule=text, verdict="deny", subject=text, message=text, why=(text,), fix=text, where=here
    )
    problem = ReportedProblem(where=here, message=text, hint=text)
    return Report(command="check", exit_code=2, workloads=tuple(items), problems=(problem,), policies=(finding,))


@settings(deadline=None, max_examples=100)
@given(HOSTILE.filter(lambda text: text.strip() != ""))
def test_annotations_of_a_check_stay_one_line_each_and_as_many(text: str) -> None:
    lines = check_annotations(checked(text))
    assert len(lines) == len(check_annotations(checked(WORD))) == 5
    assert all(line.isprintable() and COMMAND.fullmatch(line) for line in lines)
    assert len(SarifLog.model_validate_json(check_sarif(checked(text))).runs[0].results) == 5
