"""Text to document: what is read, and the exact words with which the rest is refused."""

import re
from textwrap import dedent

import pytest
from builders import workload_text

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.decoding import MAX_BYTES, decode
from neuralnav.model.document import (
    MAX_DEPTH,
    Source,
    digest,
    load,
    option_node,
    parse,
    plain,
    suggestion,
    validate,
    with_value,
    without_value,
)
from neuralnav.model.policy import Policy
from neuralnav.model.project import Project
from neuralnav.model.workload import Workload
from neuralnav.report import diagnostics_text

HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {name: chat}\nspec:\n"
BODY = HEAD + "  useCase: chatbot_conversational\n  traffic: {users: 5000}\n"


def read(text: str) -> object:
    return plain(parse(Source("x.yaml", text)))


def refusal(text: str) -> str:
    """What a user reads about a workload that cannot be used."""
    with pytest.raises(InputError) as caught:
        load(Workload, Source("x.yaml", text))
    return diagnostics_text(caught.value.diagnostics)


def parse_error(text: str) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        parse(Source("x.yaml", text))
    (found,) = caught.value.diagnostics
    return found


def decode_error(raw: bytes) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        decode("x.yaml", raw)
    (found,) = caught.value.diagnostics
    return found


def shown(text: str) -> str:
    return dedent(text).strip("\n")


# What a scalar means


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("y", "y"), ("No", "No"), ("1e3", 1000.0), ("0o17", 15), ("0x1F", 31), ("017", 17),
        ("1:30", "1:30"), ("1_000", "1_000"), ("2026-11-22", "2026-11-22"), ("~", None), ("", None), ("null", None),
        ("true", True), ("TRUE", True), ("tRue", "tRue"), ("+5", 5), (".5", 0.5), ("5.", 5.0), ("'5'", "5"),
        ('"true"', "true"), ("999999999999999999", 999999999999999999), ("=", "="),
    ],
)  # fmt: skip
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    found = read(f"a: {text}\n")
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    source = decode("x.yaml", b"\xef\xbb\xbfa: 1\r\nb: two\r\n")
    assert plain(parse(source)) == {"a": 1, "b": "two"}


# What cannot be a file of ours


def test_an_empty_file_is_refused() -> None:
    assert decode_error(b" \n\t\n") == Diagnostic(
        Where("x.yaml"), "the file is empty", "`neuralnav init` writes a workload to start from"
    )


def test_a_file_over_the_limit_is_refused_before_it_is_parsed() -> None:
    decode("x.yaml", b"#" * MAX_BYTES)
    assert "1,048,577 bytes is too large; the limit is 1,048,576" in decode_error(b"#" * (MAX_BYTES + 1)).message


def test_a_binary_file_is_refused() -> None:
    assert decode_error(b"a: \0b").message == "this is a binary file, not YAML"


def test_a_byte_that_is_not_utf8_is_placed() -> None:
    found = decode_error(b"a: 1\nb: caf\xe9\n")
    assert (found.where.line, found.where.column) == (2, 7)
    assert found.message == "byte 0xe9 is not UTF-8"
    assert found.hint == "save it as UTF-8"


def test_a_file_of_comments_is_refused() -> None:
    assert parse_error("# nothing\n").message == "the file holds no document, only comments"


# What is YAML but not plain


def test_a_key_given_twice_is_refused_at_the_second_with_the_line_of_the_first() -> None:
    assert refusal(BODY + "  traffic: {users: 6000}\n") == shown(
        """
        x.yaml:7:3  "traffic" is given twice; the first is on line 6
          7 |   traffic: {users: 6000}
            |   ^^^^^^^ keep one of them
        1 problem; nothing was written
        """
    )


def test_a_key_is_the_same_key_quoted_or_not() -> None:
    assert parse_error("1: a\n'1': b\n").message == '"1" is given twice; the first is on line 1'


def test_an_anchor_is_refused_where_it_stands() -> None:
    assert refusal(BODY + "  domain: &a b\n") == shown(
        """
        x.yaml:7:11  anchors and aliases are not supported
          7 |   domain: &a b
            |           ^^^^ write the value out where it is used
        1 problem; nothing was written
        """
    )


@pytest.mark.parametrize("text", ["a: *b\n", "a: &x {b: 1}\n", "? &k key\n: 1\n", "<<: *b\n", "- &a [*a]\n"])
def test_anchors_and_aliases_are_refused_everywhere(text: str) -> None:
    assert parse_error(text).message == "anchors and aliases are not supported"


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 64)]
    assert parse_error("\n".join(lines)).where.line == 1


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_at_a_bound_and_not_by_the_stack(opening: str) -> None:
    assert parse_error(opening * 50_000).message == f"nested more than {MAX_DEPTH} levels deep"


def test_the_allowed_depth_is_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert str(read(text)).count("[") == MAX_DEPTH


def test_tags_are_refused() -> None:
    assert parse_error("a: !!python/object:os.system x\n").message.startswith("the tag ")
    assert parse_error("a: !x {b: 1}\n").message == "the tag !x is not supported"


def test_a_second_document_is_refused_where_it_starts() -> None:
    assert refusal(BODY + "---\nkind: Workload\n") == shown(
        """
        x.yaml:7:1  a second document starts here
          7 | ---
            | ^^^ keep one document in a file
        1 problem; nothing was written
        """
    )


@pytest.mark.parametrize("word", [".nan", ".NaN", ".inf", "-.inf", "+.INF"])
def test_what_is_not_a_number_to_plan_with_is_refused(word: str) -> None:
    assert parse_error(f"a: {word}\n").message == f"{word} is not a number that anything can be planned with"


@pytest.mark.parametrize("number", ["1" * 19, "-" + "9" * 5000, "0x" + "f" * 17, "1e400", "-1e999", "9" * 400 + ".0"])
def test_a_number_out_of_range_is_refused(number: str) -> None:
    found = parse_error(f"a: {number}\n")
    assert (found.message, found.hint) == ("the number is out of range", "quote it if it is text")


def test_a_duration_out_of_range_is_refused_as_input() -> None:
    assert "must be a finite number" in refusal(BODY + f"  slo: {{ttft: {'9' * 400}ms}}\n")


def test_a_mapping_is_no_key() -> None:
    assert parse_error("? {a: 1}\n: 2\n").message == "a key must be a word"


def test_broken_yaml_is_refused_at_its_place() -> None:
    assert refusal(BODY + "  a: b: c\n") == shown(
        """
        x.yaml:7:7  not valid YAML: mapping values are not allowed in this context
          7 |   a: b: c
            |       ^
        1 problem; nothing was written
        """
    )


def test_a_conflict_that_git_left_is_named_as_one() -> None:
    marked = "  slo:\n<<<<<<< HEAD\n    ttft: 1ms\n=======\n    ttft: 2ms\n>>>>>>> theirs\n"
    found = parse_error(BODY + marked)
    assert (found.where.line, found.where.column) == (8, 1)
    assert (found.message, found.hint) == ("merge conflict: both sides are still here", "keep what is right")


def test_a_tab_as_indentation_is_refused_in_its_line() -> None:
    found = parse_error(BODY + "\tdomain: x\n")
    assert (found.where.line, found.where.column) == (7, 1)
    assert found.message.startswith("not valid YAML: ")


def test_a_tab_as_indentation_is_named() -> None:
    assert parse_error(BODY + "\tdomain: x\n").hint == "indent with spaces, not tabs"


def test_a_control_character_is_placed() -> None:
    found = parse_error("a: 1\nb: x\x01y\n")
    assert (found.where.line, found.where.column) == (2, 5)


def test_a_control_character_is_named() -> None:
    assert parse_error("a: \x01\n").message == "character U+0001 is not allowed in YAML"


def test_a_control_character_behind_wide_ones_is_placed() -> None:
    found = parse_error("a: 日本語\x01\nb: 1\n")
    assert (found.where.line, found.where.column) == (1, 7)


# What is plain but not the document


def test_every_problem_is_told_in_the_order_of_the_file() -> None:
    text = HEAD + shown(
        """
          useCase: chatbot_conversational
          trafic: {users: 5000}
          traffic: {users: many}
          slo: {ttft: 5}
          confidence: sure
        """
    ).replace("\n", "\n  ").replace("useCase", "  useCase", 1)
    assert refusal(text) == shown(
        """
        x.yaml:6:3  unknown key "trafic"
          6 |   trafic: {users: 5000}
            |   ^^^^^^ did you mean traffic?
        x.yaml:7:20  spec.traffic.users: must be a valid integer, got "many"
          7 |   traffic: {users: many}
            |                    ^^^^
        x.yaml:8:15  spec.slo.ttft: "5" is not a duration
          8 |   slo: {ttft: 5}
            |               ^ write it like 150ms, 1.5s or 2min
        x.yaml:9:15  spec.confidence cannot be "sure"
          9 |   confidence: sure
            |               ^^^^ one of likely, safe
        4 problems; nothing was written
        """
    )


def test_a_missing_key_is_named_at_its_parent() -> None:
    assert refusal(HEAD + "  useCase: custom\n") == shown(
        """
        x.yaml:4:1  "spec.traffic" is missing
          4 | spec:
            | ^^^^
        1 problem; nothing was written
        """
    )


@pytest.mark.parametrize("text", ["just words\n", "- a\n- b\n", "5\n"])
def test_a_document_that_is_no_mapping_is_refused(text: str) -> None:
    assert refusal(text).startswith("x.yaml:1:1  ")


def test_a_name_of_another_document_is_refused() -> None:
    assert 'kind cannot be "Workloads"' in refusal(BODY.replace("kind: Workload", "kind: Workloads"))
    assert 'apiVersion cannot be "neuralnav.dev/v2"' in refusal(BODY.replace("v1alpha1", "v2"))


def test_yaml_numbers_are_not_taken_for_text_nor_text_for_numbers() -> None:
    lengths = BODY.replace("users: 5000", "users: 5000, promptTokens: '300', outputTokens: 100")
    assert 'promptTokens: must be a valid integer, got "300"' in refusal(lengths)
    assert "users: must be a valid integer, got true" in refusal(BODY.replace("5000", "true"))
    assert "domain: must be a valid string, got 5" in refusal(BODY + "  domain: 5\n")


def test_a_name_that_is_no_text_is_refused_by_its_path() -> None:
    text = refusal(BODY + "  constraints: {models: {allow: [5]}}\n")
    assert "spec.constraints.models.allow.0: must be a valid string, got 5" in text


def test_a_bad_label_key_is_marked_itself() -> None:
    text = refusal(BODY.replace("{name: chat}", "{name: chat, labels: {-bad: x}}"))
    assert text.startswith("x.yaml:3:33  ")
    assert "[key]" not in text


def caret_of(quote: str, word: str) -> str:
    """The caret line of a problem with a word in a line, without its margin."""
    where = Where("x.yaml", 1, quote.index(word) + 1, quote, len(word))
    lines = diagnostics_text([Diagnostic(where, "no")]).splitlines()
    assert lines[1] == f"  1 | {quote}"
    return lines[2].removeprefix("    | ")


def test_a_wide_character_before_the_caret_moves_it_by_two_columns() -> None:
    assert caret_of("日本語: many", "many") == " " * 8 + "^^^^"
    assert caret_of("\uff21\uff22: many", "many") == " " * 6 + "^^^^"


def test_a_combining_mark_before_the_caret_takes_no_column() -> None:
    assert caret_of("e\u0301: many", "many") == " " * 3 + "^^^^"


def test_a_tab_before_the_caret_takes_the_column_it_is_shown_in() -> None:
    lines = diagnostics_text([Diagnostic(Where("x.yaml", 1, 4, "a:\tmany", 4), "no")]).splitlines()
    assert lines[1:3] == ["  1 | a: many", "    |    ^^^^"]


def test_a_wide_word_is_underlined_whole() -> None:
    assert caret_of("a: 日本語", "日本語") == " " * 3 + "^" * 6


def test_a_very_long_line_is_quoted_around_the_place() -> None:
    text = refusal(BODY + f"  domain: {'x' * 5000}\n").splitlines()
    assert max(len(line) for line in text[1:]) < 120
    assert "^" in text[2]
    late = refusal(BODY.replace("{users: 5000}", "{profile: " + "x" * 3000 + ", users: many, arrival: poisson}"))
    place = next(line for line in late.splitlines() if 'got "many"' in line)
    quote, caret = late.splitlines()[late.splitlines().index(place) + 1 :][:2]
    assert quote[caret.index("^") :].startswith("many")
    assert caret.count("^") == 4
    assert len(quote) < 110


@pytest.mark.parametrize("character", ["\\e", "\\a", "\\x9b", "\\u202e", "\\u2028", "\\n", "\\r"])
def test_no_control_character_of_the_input_reaches_the_message(character: str) -> None:
    text = refusal(BODY + f'  "a{character}b": 1\n  domain: "{character}[31m"\n  experience: "{character}"\n')
    assert all(c.isprintable() for c in text.replace("\n", ""))
    assert sum(line.startswith("x.yaml:") for line in text.splitlines()) >= 2


def test_a_control_character_in_the_file_does_not_reach_the_quote() -> None:
    assert all(c.isprintable() for c in refusal(BODY + "  domain: [\u0080, \u202e]\n").replace("\n", ""))


def test_control_characters_of_a_file_name_do_not_reach_the_message() -> None:
    with pytest.raises(InputError) as caught:
        load(Workload, Source("\x1b[2Jx.yaml", "a: [\n"))
    assert "\x1b" not in diagnostics_text(caught.value.diagnostics)


# Places and overrides


def test_a_place_is_that_of_the_nearest_parent_that_the_file_holds() -> None:
    parsed = load(Workload, Source("x.yaml", BODY))
    assert parsed.where("spec", "traffic", "users").column == 20
    assert parsed.where("spec", "slo", "e2e").line == 5


def test_an_override_makes_the_parents_that_lack() -> None:
    root = parse(Source("x.yaml", "a: {b: 1}\n"))
    changed = with_value(root, ["c", "d"], option_node("7s", "--set c.d=7s"))
    assert plain(changed) == {"a": {"b": 1}, "c": {"d": "7s"}}
    assert plain(root) == {"a": {"b": 1}}


def test_an_override_inside_a_scalar_is_refused() -> None:
    root = parse(Source("x.yaml", "a: 1\n"))
    with pytest.raises(ValueError, match=r"^b$"):
        with_value(root, ["a", "b"], option_node("1", "--set a.b=1"))


def test_a_problem_of_an_override_names_the_option() -> None:
    source = Source("x.yaml", workload_text())
    root = with_value(parse(source), ["spec", "slo", "ttft"], option_node("5", "--set slo.ttft=5"))
    with pytest.raises(InputError) as caught:
        validate(Workload, root, source)
    assert re.match(r"^--set slo.ttft=5  spec.slo.ttft: \"5\" is not", diagnostics_text(caught.value.diagnostics))


def test_a_suggestion_is_the_nearest_word_else_a_short_list_else_nothing() -> None:
    assert suggestion("llama", ["Llama", "Qwen"]) == "did you mean Llama?"
    assert suggestion("zzz", ["b", "a"]) == "one of a, b"
    assert suggestion("zzz", [f"w{n}" for n in range(13)]) == ""
    assert suggestion("zzz", []) == ""


def test_the_digest_of_a_value_ignores_the_order_of_its_keys_and_nothing_else() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert len({digest(v) for v in ({"a": 1}, {"a": "1"}, {"a": [1]}, {"a": 1.5}, {"a": None}, {"b": 1})}) == 6


def test_what_an_item_of_a_list_lacks_is_told_at_that_item() -> None:
    text = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: p}
spec:
  rules:
    - {id: a, deny: "true"}
    - {deny: "true"}
"""
    with pytest.raises(InputError) as caught:
        load(Policy, Source("p.yaml", text))
    assert diagnostics_text(caught.value.diagnostics, writes=False) == (
        'p.yaml:7:7  "spec.rules.1.id" is missing\n  7 |     - {deny: "true"}\n    |       ^\n1 problem'
    )


def test_a_value_that_is_none_is_told_once_and_not_for_each_type() -> None:
    text = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec:
  policies:
    - {path: p.yaml, params: {n: null, m: {a: {b: 1}}, k: [1, [2]], fine: [1, a], well: {a: 1}}}
"""
    with pytest.raises(InputError) as caught:
        load(Project, Source("neuralnav.yaml", text))
    told = "must be true or false, a number, a text, or a list or mapping of those, got"
    assert [(item.where.column, item.message) for item in caught.value.diagnostics] == [
        (34, f"spec.policies.0.params.n: {told} null"),
        (43, f'spec.policies.0.params.m: {told} {{"a": {{"b": 1}}}}'),
        (59, f"spec.policies.0.params.k: {told} [1, [2]]"),
    ]


@pytest.mark.parametrize(
    ("path", "left"),
    [
        (("a", "b"), {"a": {"c": 2}, "d": {"e": {"f": 3}}}),
        (("d", "e", "f"), {"a": {"b": 1, "c": 2}}),
        (("a", "x"), {"a": {"b": 1, "c": 2}, "d": {"e": {"f": 3}}}),
        (("a", "b", "x"), {"a": {"b": 1, "c": 2}, "d": {"e": {"f": 3}}}),
        ((), {"a": {"b": 1, "c": 2}, "d": {"e": {"f": 3}}}),
    ],
)
def test_a_value_is_taken_out_with_the_parents_that_it_leaves_empty(
    path: tuple[str, ...], left: dict[str, object]
) -> None:
    root = parse(Source("x.yaml", "a: {b: 1, c: 2}\nd: {e: {f: 3}}\ng: {}\n"))
    assert plain(without_value(root, path)) == {**left, "g": {}}
    assert plain(without_value(root, ("g", "x"))) == plain(root)
