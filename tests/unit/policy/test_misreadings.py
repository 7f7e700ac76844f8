import pytest

from neuralnav.policy.faults import ExpressionError, Fault, Span, diagnose
from neuralnav.policy.parse import parse
from neuralnav.report import diagnostics_text


def refusal(text: str) -> list[str]:
    """Return what a terminal shows of a text that is refused, without the count."""
    with pytest.raises(ExpressionError) as error:
        parse(text)
    diagnostics = [diagnose("rule", text, fault) for fault in error.value.faults]
    return diagnostics_text(diagnostics).splitlines()[:-1]


def told(text: str) -> tuple[str, str, str]:
    """Return the text that the caret is under, the message and the hint."""
    with pytest.raises(ExpressionError) as error:
        parse(text)
    (fault,) = error.value.faults
    return text[fault.span.start : fault.span.end], fault.message, fault.hint


def test_a_fault_is_shown_with_its_line_and_a_caret() -> None:
    assert refusal("candidate.gpus = 8") == [
        'rule:1:16  unexpected character "="',
        "  1 | candidate.gpus = 8",
        "    |                ^ write == to compare",
    ]


def test_a_fault_on_a_later_line_is_shown_on_it() -> None:
    assert refusal("candidate.gpus <= 8 &&\r\n  model.id and true") == [
        'rule:2:12  expected an operator or the end, found "and"',
        "  2 |   model.id and true",
        "    |            ^^^ write && for and",
    ]


def test_a_fault_at_the_end_is_shown_behind_the_last_character() -> None:
    assert refusal("a &&\n  b ==") == [
        "rule:2:7  expected a value, found the end",
        "  2 |   b ==",
        "    |       ^",
    ]


def test_a_fault_over_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    text = "a &&\n has(b +\n  c)"
    assert refusal(text) == [
        "rule:2:6  has() takes one field",
        "  2 |  has(b +",
        "    |      ^^^ write it like has(model.license)",
    ]


def test_an_empty_expression_has_no_line_to_show() -> None:
    assert refusal("") == [
        "rule:1:1  the expression is empty",
        "  write a condition, such as candidate.gpus <= 8",
    ]
    assert told(" // nothing\n")[1] == "the expression is empty"


def test_a_wrong_place_in_a_text_is_still_a_place() -> None:
    where = diagnose("rule", "ab", Fault("type", Span(1, 9), "wrong")).where
    assert (where.line, where.column, where.quote, where.width) == (1, 2, "ab", 1)


MORE = "an operator or the end"


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ("a == 'H100", "'", "a text is never closed", "close it with '"),
        ('a == r"""x"', 'r"""', "a text is never closed", 'close it with """'),
        ("a or b", "or", f'expected {MORE}, found "or"', "write || for or"),
        ("not a", "a", f'expected {MORE}, found "a"', "write ! for not"),
        ("a && not b", "b", f'expected {MORE}, found "b"', "write ! for not"),
        ("a not in b", "not", f'expected {MORE}, found "not"', "write !(x in list)"),
        ("a !in b", "!", f'expected {MORE}, found "!"', "write !(x in list)"),
        ("a is null", "is", f'expected {MORE}, found "is"', "write == to compare"),
        ("a === b", "=", 'unexpected character "="', "write == to compare"),
        ("a & b", "&", 'unexpected character "&"', "write && for and"),
        ("a | b", "|", 'unexpected character "|"', "write || for or"),
        ("a <> b", ">", 'expected a value, found ">"', "write != for not equal"),
        ("a ** b", "*", 'expected a value, found "*"', "there is no power; multiply"),
        ("a ?? b", "?", 'expected a value, found "?"', "write has(x.y) ? x.y : other"),
        ("!-a", "-", 'expected a value, found "-"', "put what is negated in parentheses"),
        ("-!a", "!", 'expected a value, found "!"', "put what is negated in parentheses"),
        ("if a", "if", 'expected a value, found the reserved word "if"', "write condition ? value : other"),
        ("“a”", "“", 'unexpected character "“" (LEFT DOUBLE QUOTATION MARK)', "write a plain \" or '"),
        ("a ≤ b", "≤", 'unexpected character "≤" (LESS-THAN OR EQUAL TO)', "write <=, >= or !="),
        ("a\u00a0b", "\u00a0", "unexpected character U+00A0 (NO-BREAK SPACE)", ""),
        ("a \0", "\0", "unexpected character U+0000", ""),
        ("a § b", "§", 'unexpected character "§" (SECTION SIGN)', ""),
        ("a # b", "#", 'unexpected character "#"', "a comment starts with //"),
        ("a < 5k", "5k", 'a number cannot have "k" after it', "write usd('5k')"),
        ("a < 80GiB", "80GiB", 'a number cannot have "GiB" after it', "write gib('80GiB')"),
        ("a < 150ms", "150ms", 'a number cannot have "ms" after it', "write ms('150ms')"),
        ("a < 1.5s && b", "1.5s", 'a number cannot have "s" after it', "write ms('1.5s')"),
        ("a < 5_000", "5_000", 'a number cannot have "_000" after it', "write it without _"),
        ("a < 3gpus", "3gpus", 'a number cannot have "gpus" after it', "the unit is part of a field's name"),
        ("a < 1.", "", "expected the name of a field, found the end", "write 1.0"),
        ("a < 20 %", "", "expected a value, found the end", "a percentage is a fraction: write 0.2 for 20 %"),
        ("(a > 20% )", ")", 'expected a value, found ")"', "a percentage is a fraction: write 0.2 for 20 %"),
        ("size(a", "(", '"(" is never closed', 'expected "," or ")"'),
        ("(a && b", "(", '"(" is never closed', 'expected ")"'),
        ("a ? b", "?", '"?" is never closed', 'expected ":"'),
        ("[1, 2)", ")", 'expected "," or "]", found ")"', 'for the "[" that opens [1, 2)'),
        ("a &&\n(b\n&& c]", "]", 'expected ")", found "]"', 'for the "(" that opens (b'),
        ("(candidate.ttft_p95_ms <= 5.0 b", "b", 'expected ")", found "b"',
         'for the "(" that opens (candidate.ttft_p95_m...'),
        ("a ? b ? c : d : e", "?", 'expected ":", found "?"', "a conditional between ? and : stands in parentheses"),
        ("a)", ")", f'expected {MORE}, found ")"', ""),
        ("a 'a text of many characters'", "'a text of many characters'",
         f"expected {MORE}, found 'a text of many chara...", ""),
        ("f(1,)", ")", 'expected a value, found ")"', ""),
        ("[,]", ",", 'expected a value, found ","', ""),
        ("{a}", "}", 'expected ":" and the value of this key, found "}"', ""),
        ("a.in", "in", 'expected the name of a field, found "in"', "a keyword is no field after a dot; write x['in']"),
        ("a.`b`()", "(", f'expected {MORE}, found "("', ""),
        ("a.`b", "`", 'unexpected character "`"', "a field between backquotes has letters, digits, _ . - / and spaces"),
        (".1a", ".1a", 'a number cannot have "a" after it', "the unit is part of a field's name"),
        (".[", "[", 'expected a name, found "["', ""),
        ("a.?b", "?", 'expected the name of a field, found "?"',
         "optional fields are not part of this language; guard with has()"),
        ("a[?0]", "?", 'expected a value, found "?"', "optional items are not part of this language; guard with in"),
        ("Type{a: 1}", "{", f'expected {MORE}, found "{{"', "messages are not part of this language"),
        ("has(a)", "a", "has() takes one field", "write it like has(model.license)"),
        ("has(a['b'])", "a['b']", "has() takes one field", "of the key of a map, ask key in map"),
        ("has(has(a.b))", "has(a.b)", "has() takes one field", "write it like has(model.license)"),
        ("has(a.b, c.d)", "has", "has() takes one field", "write it like has(model.license)"),
        ("a.all(x)", "all", "all() takes a variable and a condition", "write it like .all(x, x > 1)"),
        ("a.exists(k, v, v)", "exists", "exists() takes a variable and a condition", "write it like .exists(x, x > 1)"),
        ("a.map(x)", "map", "map() takes a variable and a value", "a condition may stand between them"),
        ("a.all(1, x)", "1", "the first argument of all() must be a plain name",
         "it names each item in turn: .all(x, ...)"),
        ("a.map(.x, x)", ".x", "the first argument of map() must be a plain name",
         "it names each item in turn: .map(x, ...)"),
        ("a.filter(x.y, x)", "x.y", "the first argument of filter() must be a plain name",
         "it names each item in turn: .filter(x, ...)"),
    ],
)  # fmt: skip
def test_a_misreading_is_told_with_its_place_and_the_fix(text: str, at: str, message: str, hint: str) -> None:
    assert told(text) == (at, message, hint)


def test_a_fault_at_the_end_points_there() -> None:
    with pytest.raises(ExpressionError) as error:
        parse("a <")
    assert error.value.faults == (Fault("syntax", Span(3, 3), "expected a value, found the end"),)


def test_the_first_of_two_faults_is_told() -> None:
    assert told("a b 'c")[0] == "b"
