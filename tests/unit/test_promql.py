"""Expressions of Prometheus's language: what selects series, and how counters are counted."""

import pytest

from neuralnav.cluster.promql import Scope, Special, counted, matchers_of, named, quoted, selector_of, span
from neuralnav.errors import InputError


@pytest.mark.parametrize(
    ("said", "matchers"),
    [
        ('job="llm/chat"', 'job="llm/chat"'),
        (' { job = "a" , pod =~ "chat-.*", }', 'job = "a" , pod =~ "chat-.*"'),
        ("""namespace!='x',pod!~'a"b'""", """namespace!='x',pod!~'a"b'"""),
        (r'job="a\"b"', r'job="a\"b"'),
    ],
)
def test_labels_are_taken_as_people_write_them(said: str, matchers: str) -> None:
    assert selector_of(said) == matchers


@pytest.mark.parametrize(
    "said",
    ["", "chat", 'job="a', 'job="a"}) or vector(1', 'job="a" or 1', 'up{job="a"}', '__name__="up"', "job=a",
     'job="a"' + ',job="a"' * 400],
)  # fmt: skip
def test_what_selects_nothing_is_refused(said: str) -> None:
    with pytest.raises(InputError) as caught:
        selector_of(said)
    (found,) = caught.value.diagnostics
    assert found.message.endswith("selects no series")
    assert found.hint == """write labels as Prometheus does: --selector 'namespace="llm",pod=~"chat-.*"'"""


def test_texts_are_quoted() -> None:
    assert quoted('a"b\\c\nd') == r'"a\"b\\c\nd"'
    assert matchers_of({"pod": "b", "instance": "a:1"}) == 'instance="a:1",pod="b"'
    assert named("x", "sum(up)") == 'label_replace(sum(up), "of", "x", "", "")'
    assert (span(3600), span(0.0001)) == ("3600000ms", "1ms")


def test_a_counter_is_its_last_value_less_the_one_at_the_start() -> None:
    assert counted(Scope('job="a"'), ["c"], 60) == (
        '((last_over_time(c{job="a"}[60000ms]) - c{job="a"} offset 60000ms) or last_over_time(c{job="a"}[60000ms]))'
    )


def test_processes_that_began_anew_are_counted_apart_from_sample_to_sample() -> None:
    special = Special('pod="x.1"', 100.0, 160.5, born=True)
    scope = Scope('job="a"', "pod", (special,), ("x.1",))
    usual = 'c{job="a",pod!~"x\\\\.1"}'
    assert counted(scope, ["c"], 60) == (
        f"((last_over_time({usual}[60000ms]) - {usual} offset 60000ms) or last_over_time({usual}[60000ms])"
        ' or increase(c{job="a",pod="x.1"}[60501ms] @ 160.500)'
        ' or label_replace(c{job="a",pod="x.1"} @ 100.000, "of", "first", "", ""))'
    )


def test_an_older_name_counts_where_the_new_one_is_missing() -> None:
    assert counted(Scope('job="a"'), ["new", "old"], 60).count(" or (") == 1
    assert counted(Scope('job="a"'), ["new", "old"], 60).endswith('last_over_time(old{job="a"}[60000ms]))')
