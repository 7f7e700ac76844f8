"""Whatever stands in whatever field of a diff: a comment keeps its shape, a job its annotations, a terminal its lines.

GitHub's own markdown renders the comment. What a text could do shows as another tree of tags than a plain word gives.
"""

import json
import re
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
import pytest
import unit_builders  # noqa: F401  # lets the next lines find the builders
from cmarkgfm.cmark import Options
from diffs import diff, edit, moved
from hostile import PIECES, alone, rich, texts, with_text
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.model.diff import ManifestChange, PlanDiff
from neuralnav.model.sarif import SarifLog
from neuralnav.report_diff import LIMIT, MARKER, diff_annotations, diff_markdown, diff_sarif, diff_text

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


@st.composite
def pairs(draw: st.DrawFn) -> tuple[PlanDiff, PlanDiff]:
    """A diff with a plain word in one field, and the same with a hostile text there."""
    plain = draw(st.sampled_from(DIFFS)).model_dump()
    path = draw(st.sampled_from(sorted(texts(plain), key=str)))
    text = draw(HOSTILE.filter(lambda text: text.strip() != ""))
    made = [PlanDiff.model_validate(with_text(plain, path, value)) for value in (WORD, text)]
    return made[0], made[1]


@settings(deadline=None, max_examples=150)
@given(pairs())
def test_a_comment_has_the_same_shape_whatever_a_field_says(pair: tuple[PlanDiff, PlanDiff]) -> None:
    plain, hostile = (diff_markdown(one) for one in pair)
    tree = rendered(hostile)
    assert tree.shape == rendered(plain).shape
    assert hostile.count("<!--") == hostile.count(MARKER) == 1
    assert hostile.endswith(f"\n\n{MARKER}\n")
    assert all(character.isprintable() for character in hostile.replace("\n", ""))
    assert not any(re.search(r"[@#]\w", text) for text in tree.prose)
    assert not any(line.startswith("/") for line in hostile.split("\n"))


@settings(deadline=None, max_examples=150)
@given(pairs())
def test_annotations_stay_one_line_each_and_as_many(pair: tuple[PlanDiff, PlanDiff]) -> None:
    plain, hostile = (diff_annotations(one) for one in pair)
    assert len(hostile) == len(plain)
    for line in hostile:
        assert line.isprintable()
        found = COMMAND.fullmatch(line)
        assert found is not None, line
        assert not re.search("%(?!25|3A|2C)", found[2])
        assert not re.search("%(?!25|0Afix: )", found[3])


@settings(deadline=None, max_examples=100)
@given(pairs())
def test_a_terminal_gets_the_same_lines_and_nothing_that_steers_it(pair: tuple[PlanDiff, PlanDiff]) -> None:
    plain, hostile = (diff_text(one) for one in pair)
    assert hostile.count("\n") == plain.count("\n")
    assert all(character.isprintable() for character in hostile.replace("\n", ""))


@settings(deadline=None, max_examples=100)
@given(pairs())
def test_sarif_stays_valid_and_says_as_much(pair: tuple[PlanDiff, PlanDiff]) -> None:
    plain, hostile = (SarifLog.model_validate_json(diff_sarif(one)) for one in pair)
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
    assert comment.endswith(f"Reproduce: `neuralnav diff origin/main`\n\n{MARKER}\n")
    assert comment.count("<details>") == comment.count("</details>")
    assert rendered(comment).shape.count("<details []>") == comment.count("<details>")


@pytest.mark.parametrize("name", ["rich", "mover"])
def test_the_same_diff_gives_the_same_bytes_after_a_round_trip(name: str) -> None:
    found = rich() if name == "rich" else alone(name)
    again = PlanDiff.model_validate_json(json.dumps(json.loads(found.model_dump_json()), sort_keys=True))
    for render in (diff_markdown, diff_text, diff_sarif, diff_annotations):
        assert render(again) == render(found)
