"""Templates from strangers: what they may not do ends in one error that names the template and its line."""

from typing import Any

import pytest
from builders import lock

from neuralnav.errors import Diagnostic, InputError
from neuralnav.render.budget import LONGEST_OUTPUT, MOST_MADE, STEPS
from neuralnav.render.sandbox import Sandbox

NAME = "common/x.yaml.j2"


def fill(template: str, **values: Any) -> str:
    return Sandbox().fill(NAME, template, {"lock": lock(), **values}).text


def refused(template: str, **values: Any) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        fill(template, **values)
    (item,) = caught.value.diagnostics
    assert item.where.file == NAME
    assert item.message.startswith("the template failed: ")
    return item


def shown(expression: str) -> str:
    return fill("{{ (" + expression + ") | tojson }}")


# What templates can do


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("lock.workload ~ '-' ~ 1", '"chat-1"'),
        ("[1, 2 + 3] | max", "5"),
        ("(7 + 2) // 3 * 2 - 1", "5"),
        ("['b', 'a'] | sort | join(',')", '"a,b"'),
        ("{'a': [1, none]}", '{"a": [1, null]}'),
        ("lock.deployment.labels.get('team', 'none')", '"none"'),
        ("'A-b'.lower().removeprefix('a')", '"-b"'),
        ("missing | default('x')", '"x"'),
        ("'yes' if lock.workload is string and lock.workload in ['chat'] else 'no'", '"yes"'),
        ("lock.workload[0:2]", '"ch"'),
        ("'a,b'.split(',') | length", "2"),
    ],
)
def test_expressions_give_what_jinja_gives(expression: str, result: str) -> None:
    assert shown(expression) == result


def test_loops_run_over_lists_mappings_and_ranges() -> None:
    template = (
        "{% for k, v in {'a': 1}.items() %}{% for i in range(2) if i >= 0 %}{{ k | tojson }}{% endfor %}{% endfor %}"
    )
    assert fill(template) == '"a""a"'
    assert fill("{% for x in [5, 6] %}{{ loop.index | tojson }}{% else %}{{ 0 | tojson }}{% endfor %}") == "12"


def test_a_text_knows_the_line_of_the_template_that_made_it() -> None:
    filled = Sandbox().fill(NAME, "{# a #}\na\n{% for x in [1, 2] %}\nb {{ x | tojson }}\n{% endfor %}c\n", {})
    made = dict(zip(filled.text.split("\n"), filled.lines, strict=True))
    assert (made["a"], made["b 1"], made["b 2"], made["c"]) == (2, 4, 4, 5)


# Only JSON comes out


@pytest.mark.parametrize(
    "expression",
    ["lock.workload", "lock.workload ~ 'x'", "lock.workload | string", "7", "'text'", "lock.revision", "none",
     "[lock.workload] | join", "(lock.workload | tojson) ~ ''"],
)  # fmt: skip
def test_no_kind_of_expression_is_emitted_without_tojson(expression: str) -> None:
    assert "a value is emitted without | tojson" in refused("a\n{{ " + expression + " }}").message


@pytest.mark.parametrize("name", ["safe", "e", "nofilter", "_joined", "map", "attr", "format", "replace", "pprint"])
def test_filters_that_are_not_listed_do_not_exist(name: str) -> None:
    assert "No filter named" in refused("{{ (lock.workload | " + name + ") | tojson }}").message


@pytest.mark.parametrize("expression", ["lock.deployment", "lock.model_copy", "range", "lock.deployment.labels.items"])
def test_a_value_that_json_cannot_hold_is_refused(expression: str) -> None:
    refused("{{ (" + expression + ") | tojson }}")


@pytest.mark.parametrize("expression", ["lock.nope", "nope", "lock.deployment.nope", "lock['nope']"])
@pytest.mark.parametrize("use", ["{}", "{} ~ ''", "{} + 1", "{} | length", "{}()", "[{}]"])
def test_a_name_that_does_not_exist_is_refused(expression: str, use: str) -> None:
    refused("{{ (" + use.replace("{}", expression) + ") | tojson }}")


# The way out is shut


@pytest.mark.parametrize(
    "expression",
    ["lock.__class__.__mro__", "lock.workload.__class__", "''.__class__.__base__.__subclasses__()", "lock.model_fields",
     "lock.model_copy.__globals__", "lipsum.__globals__", "cycler", "joiner", "namespace()", "dict(a=1)", "self",
     "lock.deployment.model_dump()", "'{0.__class__}'.format(1)", "''.join(['a'])", "[].append(1)", "loop",
     "lock.deployment.labels.update({'a': 1})", "lock.deployment.labels.pop('a')", "(1).__add__(1)", "''['__class__']"],
)  # fmt: skip
def test_nothing_leads_out_of_the_sandbox(expression: str) -> None:
    refused("{{ (" + expression + ") | tojson }}")


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("{% include '/etc/passwd' %}", "include"),
        ("{% import 'common/y.yaml.j2' as y %}", "import"),
        ("{% from 'common/y.yaml.j2' import y %}", "from ... import"),
        ("{% extends 'common/y.yaml.j2' %}", "extends"),
        ("{% block x %}{% endblock %}", "block"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "macro"),
        ("{% call f() %}{% endcall %}", "call"),
        ("{% filter tojson %}{% endfilter %}", "filter"),
        ("{% set x %}a{% endset %}", "the block form of set"),
        ("{% autoescape true %}{% endautoescape %}", "autoescape"),
        ("{% set lock.workload = 1 %}", "an assignment to an attribute"),
        ("{% for x in [1] recursive %}{{ loop([x]) }}{% endfor %}", "a recursive for"),
        ("{{ (10 ** 9) | tojson }}", "**"),
    ],
)
def test_syntax_that_reads_defines_or_recurses_is_not_available(template: str, what: str) -> None:
    item = refused("a: 1\n" + template)
    assert item.message == f"the template failed: {what} is not available in templates"
    assert item.where.line == 2


@pytest.mark.parametrize("template", ["{% for %}", "{{ }}", "{% do 1 %}", "{% if %}", "{{ 1 |"])
def test_what_is_no_jinja_is_refused_at_its_line(template: str) -> None:
    assert refused("a\nb\n" + template).where.line == 3


def test_a_failure_names_the_line_it_happened_on() -> None:
    assert refused("a\n{% if true %}\n{{ (1 // 0) | tojson }}\n{% endif %}").where.line == 3


# What costs too much


def doubled(start: str, step: str, use: str, times: int = 60) -> str:
    return start + step * times + use


BOMBS = {
    "two nested loops": "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
    "sixty nested loops": "{% for a in range(9) %}" * 15 + "x" + "{% endfor %}" * 15,
    "a long body": "{% for a in range(10000) %}" + "{% if a %}{% endif %}" * 1000 + "{% endfor %}",
    "a long range": "{% for a in range(1000000000) %}{% endfor %}",
    "a range beyond any machine": "{% for a in range(1000000000000000000000000) %}{% endfor %}",
    "text doubled by ~": doubled("{% set x = 'xx' %}", "{% set x = x ~ x %}", "{{ x | tojson }}"),
    "text doubled by +": doubled("{% set x = 'xx' %}", "{% set x = x + x %}", "{{ x | tojson }}"),
    "a list doubled by +": doubled("{% set x = [1] %}", "{% set x = x + x %}", "{{ x | tojson }}"),
    "a list of itself twice": doubled("{% set x = [1, 1] %}", "{% set x = [x, x] %}", "{{ x | tojson }}"),
    "a mapping of itself twice": doubled("{% set x = {} %}", "{% set x = {'a': x, 'b': x} %}", "{{ x | tojson }}"),
    "two such compared": doubled(
        "{% set x = [1, 1] %}{% set y = [1, 1] %}",
        "{% set x = [x, x] %}{% set y = [y, y] %}",
        "{% if x == y %}{% endif %}",
    ),
    "one such looked for": doubled("{% set x = [1] %}", "{% set x = [x, x] %}", "{% if [2] in x %}{% endif %}"),
    "one such sorted": doubled("{% set x = [1] %}", "{% set x = [x, x] %}", "{{ [x, x] | sort | tojson }}"),
    "one such as a key": doubled("{% set x = (1, 1) %}", "{% set x = (x, x) %}", "{{ {x: 1} | tojson }}"),
    "one such looked up": doubled(
        "{% set x = (1, 1) %}", "{% set x = (x, x) %}", "{{ lock.deployment.labels[x] | tojson }}"
    ),
    "one such as text": doubled("{% set x = [1] %}", "{% set x = [x, x] %}", "{{ (x ~ '') | tojson }}"),
    "a number squared": doubled("{% set x = 9999999999 %}", "{% set x = x * x %}", "{{ x | tojson }}"),
    "a text times a number": "{{ ('x' * 1000000000) | tojson }}",
    "a list times a number": "{{ ([0] * 1000000000) | tojson }}",
    "a wide text by a method": '{{ "x".ljust(1000000000) | tojson }}',
    "a wide text by %": "{{ ('%1000000000d' % 1) | tojson }}",
    "a wide text by format": "{{ '{:1000000000}'.format(1) | tojson }}",
    "a number of many digits": "{{ " + "9" * 5000 + " | tojson }}",
    "deep parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "a long chain": "{{ (" + "1 + " * 5000 + "1) | tojson }}",
    "deep lists": "{{ " + "[" * 3000 + "]" * 3000 + " | tojson }}",
    "deep conditions": "{% if true %}" * 500 + "{% endif %}" * 500,
    "much output": "{% for a in range(10000) %}" + "x" * 1000 + "{% endfor %}",
    "a long template": "x" * 70_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_one_error(name: str) -> None:
    refused(BOMBS[name])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("two nested loops", f"it takes more than {STEPS:,} steps"),
        ("a long body", f"it takes more than {STEPS:,} steps"),
        ("a list of itself twice", f"it takes more than {STEPS:,} steps"),
        ("a long range", "a range of 1,000,000,000 is longer than 10,000"),
        ("text doubled by ~", "a value of 131,072 is longer than 65,536"),
        ("much output", f"it emits more than {LONGEST_OUTPUT:,} characters"),
        ("a number squared", "a number is too large"),
        ("deep parentheses", "it is nested too deeply, or asks for too much memory"),
        ("a long template", "a template of 70,000 characters is longer than 65,536"),
    ],
)
def test_an_error_says_which_limit_was_reached(name: str, words: str) -> None:
    assert words in refused(BOMBS[name]).message


def test_values_have_a_limit_in_all_and_not_only_each() -> None:
    template = "{% for i in range(2000) %}{% if (long ~ i) %}{% endif %}{% endfor %}"
    assert f"more than {MOST_MADE:,} characters in all" in refused(template, long="x" * 60_000).message


def test_looking_through_a_range_costs_its_length() -> None:
    assert "steps" in refused("{% for i in range(200) %}{% if 5.5 in range(10000) %}{% endif %}{% endfor %}").message


def test_each_template_has_a_budget_of_its_own() -> None:
    sandbox = Sandbox()
    template = "{% for a in range(9000) %}{% endfor %}"
    for _ in range(9):
        assert sandbox.fill(NAME, template, {}).text == ""


def test_a_bomb_does_not_spoil_the_next_template() -> None:
    sandbox = Sandbox()
    with pytest.raises(InputError):
        sandbox.fill(NAME, BOMBS["two nested loops"], {})
    assert sandbox.fill("common/y.yaml.j2", "{{ 1 | tojson }}", {}).text == "1"
