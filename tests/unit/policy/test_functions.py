"""Every function and operator of the signatures: that it is there, that its example holds, where it has no value."""

import math

import pytest

from neuralnav.policy import EvaluationError, evaluate
from neuralnav.policy.functions import IMPLEMENTATIONS, LOGIC, VARIADICS, apply, is_function
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.signatures import FUNCTIONS, NAMESPACES, OPERATORS, VARIADIC, Signature
from neuralnav.policy.texts import LONGEST_LIST, LONGEST_PATTERN, LONGEST_TEXT
from neuralnav.policy.values import NoValueError, kind_of

ROW = {
    "candidate": {"gpus": 4, "ttft_p95_ms": 120.0, "cost_monthly_usd": 4000.0},
    "accelerator": {"memory_gib": 80.0},
    "model": {"id": "qwen3-8b", "name": "Llama-3"},
}
LARGEST, LOWEST = 2**63 - 1, -(2**63)


def failed(text: str, bindings: dict[str, object] | None = None) -> tuple[str, str, str]:
    """Return the kind, the message, and the part of the text that an evaluation fails at."""
    with pytest.raises(EvaluationError) as caught:
        evaluate(text, bindings or {})
    fault = caught.value.fault
    return fault.kind, fault.message, text[fault.span.start : fault.span.end]


def test_every_signature_has_an_implementation_and_every_implementation_one() -> None:
    assert IMPLEMENTATIONS.keys() == {item.id for item in (*OPERATORS, *FUNCTIONS)} - LOGIC
    assert VARIADICS.keys() == VARIADIC.keys()
    assert {name.partition(".")[0] for name in VARIADICS} <= NAMESPACES


@pytest.mark.parametrize("signature", FUNCTIONS, ids=lambda signature: signature.id)
def test_every_example_holds(signature: Signature) -> None:
    assert interpret(parse(signature.example), ROW) is True


def test_what_is_a_function_is_known_by_name() -> None:
    assert is_function("math.greatest")
    assert is_function("contains")
    assert not is_function("greatest")
    with pytest.raises(NoValueError, match=r"^there is no function nope\(\)$") as caught:
        apply("nope", (1,))
    assert caught.value.kind == "undeclared"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 + 'a'", "no int + string"), ("1 * 2.0", "no int * double"), ("1.5 % 2.0", "no double % double"),
        ("-'a'", "no -string"), ("-1u", "no -uint"), ("!1", "no !int"), ("1 < 'a'", "no int < string"),
        ("null < null", "no null_type < null_type"), ("[1] < [2]", "no list < list"), ("1 in 2", "no int in int"),
        ("size(1)", "no size(int)"), ("'a'.startsWith(1)", "no string.startsWith(int)"),
        ("startsWith('a', 'b')", "no startsWith(string, string)"), ("'a'.size('b')", "no string.size(string)"),
        ("math.ceil(1)", "no math.ceil(int)"), ("[1]['a']", "no list[string]"),
        ("[1][0.5]", "no list[double]"), ("'abc'[0]", "no string[int]"),
    ],
)  # fmt: skip
def test_types_without_an_overload_are_named(text: str, message: str) -> None:
    kind, found, _ = failed(text)
    assert (kind, found) == ("no_such_overload", message)


def test_numbers_of_two_types_are_not_added_and_the_hint_says_what_to_write() -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate("x * 2", {"x": 1.5})
    assert caught.value.fault.hint == "write a number with a point, as 2.0, or convert: double(x)"


@pytest.mark.parametrize(
    ("text", "kind", "message", "place"),
    [
        ("9223372036854775807 + 1", "overflow", "9223372036854775807 + 1 does not fit the 64 bits of an int", "+"),
        ("-9223372036854775808 - 1", "overflow", "-9223372036854775808 - 1 does not fit the 64 bits of an int", "-"),
        ("9223372036854775807 * 2", "overflow", "9223372036854775807 * 2 does not fit the 64 bits of an int", "*"),
        ("-9223372036854775808 / -1", "overflow", "-9223372036854775808 / -1 does not fit the 64 bits of an int", "/"),
        ("-9223372036854775808 % -1", "overflow", "-9223372036854775808 % -1 does not fit the 64 bits of an int", "%"),
        ("-(-9223372036854775808)", "overflow", "-(-9223372036854775808) does not fit the 64 bits of an int",
         "-(-9223372036854775808)"),
        ("0u - 1u", "overflow", "0 - 1 does not fit the 64 bits of a uint", "-"),
        ("18446744073709551615u + 1u", "overflow", "18446744073709551615 + 1 does not fit the 64 bits of a uint", "+"),
        ("7 / 0", "division_by_zero", "7 / 0", "/"),
        ("7 % 0", "division_by_zero", "7 % 0", "%"),
        ("7u / 0u", "division_by_zero", "7 / 0", "/"),
        ("math.abs(-9223372036854775808)", "overflow",
         "math.abs(-9223372036854775808) does not fit the 64 bits of an int", "abs"),
        ("int(1e19)", "overflow", "1e+19 does not fit the 64 bits of an int", "int"),
        ("int(-9223372036854775808.0)", "overflow", "-9.223372036854776e+18 does not fit the 64 bits of an int", "int"),
        ("int(0.0 / 0.0)", "overflow", "NaN does not fit the 64 bits of an int", "int"),
        ("uint(-0.5)", "overflow", "-0.5 does not fit the 64 bits of a uint", "uint"),
        ("uint(-1)", "overflow", "-1 does not fit the 64 bits of a uint", "uint"),
        ("int(9223372036854775808u)", "overflow", "9223372036854775808u does not fit the 64 bits of an int", "int"),
        ("int('9223372036854775808')", "overflow", "9223372036854775808 does not fit the 64 bits of an int", "int"),
        ("double('1e999')", "overflow", "1e999 does not fit the 64 bits of a double", "double"),
        ("int(' 1')", "conversion", "' 1' is not an int", "int"),
        ("int('0x10')", "conversion", "'0x10' is not an int", "int"),
        ("int('1_000')", "conversion", "'1_000' is not an int", "int"),
        ("int('\u0661')", "conversion", "'\u0661' is not an int", "int"),
        ("uint('-1')", "conversion", "'-1' is not a uint", "uint"),
        ("double('1,5')", "conversion", "'1,5' is not a double", "double"),
        ("double('')", "conversion", "'' is not a double", "double"),
        ("bool('yes')", "conversion", "'yes' is not a bool", "bool"),
        ("bool('tRUE')", "conversion", "'tRUE' is not a bool", "bool"),
        ("string(b'a\\xff')", "conversion", "the bytes are not UTF-8 from byte 1 on", "string"),
        ("ms('150')", "conversion", '"150" is not a duration', "ms"),
        ("usd('5k EUR')", "conversion", '"5k EUR" is not an amount of US dollars', "usd"),
        ("gib('80')", "conversion", '"80" is not a size', "gib"),
        ("'abc'.charAt(4)", "index", "place 4 of a text of 3 characters", "charAt"),
        ("'abc'.charAt(-1)", "index", "place -1 of a text of 3 characters", "charAt"),
        ("'abc'.indexOf('a', 4)", "index", "place 4 of a text of 3 characters", "indexOf"),
        ("'abc'.lastIndexOf('a', -1)", "index", "place -1 of a text of 3 characters", "lastIndexOf"),
        ("'abc'.substring(4)", "index", "place 4 of a text of 3 characters", "substring"),
        ("'abc'.substring(2, 1)", "index", "a part that ends at 1, before its start at 2", "substring"),
        ("[1, 2][2]", "index", "item 2 of a list of 2", "[1, 2][2]"),
        ("[1, 2][-1]", "index", "item -1 of a list of 2", "[1, 2][-1]"),
        ("{'a': 1}['b']", "no_such_key", "the map has no key 'b'", "{'a': 1}['b']"),
        ("{1: 1}[2]", "no_such_key", "the map has no key 2", "{1: 1}[2]"),
        ("{1: 1}[dyn(b'')]", "no_such_key", "the map has no key of type bytes", "{1: 1}[dyn(b'')]"),
        ("'a'.matches('(')", "invalid_argument", "'(' is no pattern of RE2: missing ): (", "matches"),
        ("'a'.matches('a{1001}')", "invalid_argument",
         "'a{1001}' is no pattern of RE2: invalid repetition size: {1001}", "matches"),
        ("math.greatest(dyn([]))", "invalid_argument", "math.greatest of an empty list", "greatest"),
        ("math.least(1, 'a')", "no_such_overload", "math.least takes numbers; this is string", "least"),
        ("math.least(true)", "no_such_overload", "math.least takes numbers; this is bool", "least"),
        ("math.least()", "no_such_overload", "math.least takes a number at least", "least"),
        ("[1, 'a'].join()", "no_such_overload", "join() takes a list of strings; this one holds int", "join"),
        ("'%d'.format([])", "invalid_argument", "%d has no item left: the list holds 0", "format"),
        ("'%a'.format([1])", "invalid_argument", "%a is no clause of format()", "format"),
        ("'%.f'.format([1.5])", "invalid_argument", "%. is no clause of format()", "format"),
        ("'%'.format([])", "invalid_argument", "% is no clause of format()", "format"),
        ("'100%'.format([])", "invalid_argument", "% is no clause of format()", "format"),
        ("'%d'.format(['a'])", "invalid_argument", "%d writes a number; this is string", "format"),
        ("'%e'.format([true])", "invalid_argument", "%e writes a number; this is bool", "format"),
        ("'%x'.format([1.5])", "invalid_argument", "%x writes an int, uint, string or bytes; this is double", "format"),
        ("'%b'.format(['a'])", "invalid_argument", "%b writes an int, uint or bool; this is string", "format"),
        ("'%o'.format([true])", "invalid_argument", "%o writes an int or uint; this is bool", "format"),
    ],
)  # fmt: skip
def test_where_there_is_no_value_the_kind_the_reason_and_the_place_are_told(
    text: str, kind: str, message: str, place: str
) -> None:
    assert failed(text) == (kind, message, place)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("7 / 2", 3), ("-7 / 2", -3), ("7 / -2", -3), ("-7 % 2", -1), ("7 % -2", 1), ("-8 % -3", -2),
        ("-9223372036854775808 / 1", LOWEST), ("9223372036854775807 - 1 + 1", LARGEST), ("7u % 4u", 3),
        ("1.5 / 0.0", math.inf), ("-1.5 / 0.0", -math.inf), ("1.0 / -0.0", -math.inf), ("1e308 * 10.0", math.inf),
        ("0.1 + 0.2", 0.30000000000000004), ("-(0.0)", -0.0), ("5 - -5", 10),
        ("int(-1.9)", -1), ("int(9223372036854774784.0)", 9223372036854774784), ("int('+7')", 7), ("uint(3.9)", 3),
        ("uint('18446744073709551615')", 2**64 - 1), ("double('.5')", 0.5), ("double('1.')", 1.0),
        ("double('-Infinity')", -math.inf), ("double(9007199254740993)", 9007199254740992.0), ("bool('t')", True),
        ("bool('0')", False), ("bytes('é')", b"\xc3\xa9"), ("string(b'\\xc3\\xa9')", "é"),
        ("math.ceil(-0.5)", -0.0), ("math.floor(-0.5)", -1.0), ("math.round(2.5)", 3.0), ("math.round(-2.5)", -3.0),
        ("math.round(-0.4)", -0.0), ("math.round(0.49999999999999994)", 0.0), ("math.trunc(-1.9)", -1.0),
        ("math.round(1e300)", 1e300), ("math.ceil(1.0 / 0.0)", math.inf), ("math.sign(-0.0)", 0.0),
        ("math.sign(-7)", -1), ("math.sign(7u)", 1), ("math.abs(-1.5)", 1.5), ("math.isNaN(0.0 / 0.0)", True),
        ("math.isFinite(1.0 / 0.0)", False), ("math.greatest(1, 2.5, 2u)", 2.5), ("math.least(1, 1.0)", 1),
        ("math.greatest(1.0, 1)", 1.0), ("math.greatest([1, 3, 2])", 3), ("math.least(1.0, 0.0 / 0.0)", 1.0),
        ("ms('1.5s')", 1500.0), ("usd('5k')", 5000.0), ("usd('6000 USD')", 6000.0), ("gib('80GiB')", 80.0),
        ("gib('1.5TiB')", 1536.0), ("gib('80GB')", 80e9 / 2**30),
        ("size('é😀')", 2), ("size(b'\\xc3\\xa9')", 2), ("[1, 2].size()", 2), ("size({'a': 1})", 1),
        ("'L40S é'.lowerAscii()", "l40s é"), ("'é l4'.upperAscii()", "é L4"), ("'é😀b'.reverse()", "b😀é"),
        ("'abc'.charAt(3)", ""), ("'abcb'.indexOf('', 4)", 4), ("'abcb'.indexOf('b', 2)", 3),
        ("'abc'.indexOf('z')", -1),
        ("'abcb'.lastIndexOf('b', 2)", 1), ("'abc'.lastIndexOf('')", 3), ("'abab'.lastIndexOf('ab', 2)", 2),
        ("'abc'.substring(3)", ""), ("'abc'.substring(1, 3)", "bc"), ("'abc'.substring(1, 1)", ""),
        ("'abc'.replace('', '-')", "-a-b-c-"), ("'aaa'.replace('a', 'b', 2)", "bba"),
        ("'aa'.replace('a', 'b', 0)", "aa"),
        ("'aa'.replace('a', 'b', -1)", "bb"), ("'a,b,c'.split(',')", ["a", "b", "c"]), ("''.split(',')", [""]),
        ("'a,b,c'.split(',', 2)", ["a", "b,c"]), ("'a,b'.split(',', 0)", []), ("'a,b'.split(',', 1)", ["a,b"]),
        ("'a,b'.split(',', -1)", ["a", "b"]), ("'abc'.split('')", ["a", "b", "c"]),
        ("'abc'.split('', 2)", ["a", "bc"]),
        ("'\\u00a0 a\\u2003'.trim()", "a"), ("'\\u001ca'.trim()", "\x1ca"), ("'\\u200ba'.trim()", "\u200ba"),
        ("['a', 'b', 'c'].join(', ')", "a, b, c"), ("[].join('x')", ""),
        ("strings.quote('a\"\\n\\\\')", '"a\\"\\n\\\\"'),
        ("'hH'.matches('(?i)^hh$')", True), ("'é'.matches('^.$')", True), ("matches('abc', 'b')", True),
        ("'a\\nb'.matches('^b')", False),
    ],
)  # fmt: skip
def test_values(text: str, wanted: object) -> None:
    found = evaluate(text)
    assert found == wanted
    assert type(found) is type(wanted)
    if isinstance(wanted, float) and wanted == 0:
        assert isinstance(found, float)
        assert math.copysign(1.0, found) == math.copysign(1.0, wanted)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("0.0", "0"), ("-0.0", "-0"), ("1.0", "1"), ("1.5", "1.5"), ("0.1", "0.1"), ("100000.0", "100000"),
        ("999999.0", "999999"), ("1e6", "1e+06"), ("1234567.0", "1.234567e+06"), ("123456.789", "123456.789"),
        ("0.0001", "0.0001"), ("0.00001", "1e-05"), ("-2.5e-7", "-2.5e-07"), ("1e100", "1e+100"), ("5e-324", "5e-324"),
        ("0.0 / 0.0", "NaN"), ("1.0 / 0.0", "+Inf"), ("-1.0 / 0.0", "-Inf"),
    ],
)  # fmt: skip
def test_a_double_is_written_as_short_as_it_reads_back(value: str, wanted: str) -> None:
    assert evaluate(f"string({value})") == wanted
    assert evaluate(f"double(string({value})) == {value}") is (wanted != "NaN")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("'%s|%s|%s|%s'.format([1, 2u, true, null])", "1|2|true|null"),
        ("'%s %s %s'.format([1e6, 1.5, 1e-7])", "1000000 1.5 0.0000001"),
        ("'%s %s'.format([0.0 / 0.0, -1.0 / 0.0])", "NaN -Infinity"),
        ("'%s'.format([[1, 'a', [2.0], {'b': 1, 'a': b'x'}]])", "[1, a, [2], {a: x, b: 1}]"),
        ("'%s'.format([{2: 'b', 10: 'a', true: 'c'}])", "{10: a, 2: b, true: c}"),
        ("'%s'.format([b'\\xff\\xfea'])", "\ufffda"), ("'%s'.format([type(1)])", "int"),
        ("'%d %d %d'.format([-5, 5u, 1.5])", "-5 5 1.5"), ("'%f %.1f %.0f'.format([1, 1u, 2.5])", "1.000000 1.0 2"),
        ("'%e %.2e'.format([1052.0, -1])", "1.052000e+03 -1.00e+00"), ("'%.1f'.format([1.0 / 0.0])", "Infinity"),
        ("'%x %X %x %X'.format([-255, 255u, 'Az', b'\\xff'])", "-ff FF 417a FF"),
        ("'%b %b %b %o'.format([5, true, -2, 8])", "101 1 -10 10"), ("'100%% %s'.format(['a'])", "100% a"),
        ("'a'.format([1, 2])", "a"), ("'é%s😀'.format(['-'])", "é-😀"), ("'%s\\n%s'.format(['a', 'b'])", "a\nb"),
    ],
)  # fmt: skip
def test_clauses_are_filled(text: str, wanted: str) -> None:
    assert evaluate(text) == wanted


def test_a_pattern_that_ruins_other_engines_is_judged() -> None:
    # A backtracking engine tries 2^40 ways here and never ends; RE2 reads the text once.
    text = "a" * 40 + "!"
    for pattern in ("(a+)+$", "(a|aa)+$", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"):
        assert evaluate("text.matches(pattern)", {"text": text, "pattern": pattern}) is False


def test_a_pattern_has_a_longest_length() -> None:
    assert evaluate("'a'.matches(p)", {"p": "a" + "b?" * (LONGEST_PATTERN // 2 - 1)}) is True
    assert failed("'a'.matches(p)", {"p": "a" * (LONGEST_PATTERN + 1)}) == (
        "limit", "a pattern of more than 1,000 characters", "matches",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("t + t", "+"), ("b + b", "+"), ("t.replace('a', 'bbb')", "replace"), ("t.replace('', 'b')", "replace"),
        ("[t, t].join()", "join"), ("['', '', ''].join(t)", "join"), ("'%s%s'.format([t, t])", "format"),
        ("'%s'.format([[t, t]])", "format"), ("strings.quote(t)", "quote"),
    ],
)  # fmt: skip
def test_no_text_grows_without_end(text: str, place: str) -> None:
    long = "a" * (LONGEST_TEXT * 2 // 3)
    kind, message, found = failed(text, {"t": long, "b": long.encode()})
    assert (kind, message, found) == ("limit", "makes a text of more than 1,000,000 characters", place)


@pytest.mark.parametrize(("text", "place"), [("x + x", "+"), ("t.split('')", "split"), ("t.split('a')", "split")])
def test_no_list_grows_without_end(text: str, place: str) -> None:
    bindings: dict[str, object] = {"x": [0] * (LONGEST_LIST * 2 // 3), "t": "a" * (LONGEST_LIST + 1)}
    assert failed(text, bindings) == ("limit", "makes a list of more than 100,000 items", place)


@pytest.mark.parametrize(("name", "unit"), [("ms", "s"), ("usd", "k"), ("gib", "TB")])
def test_an_amount_beyond_all_doubles_has_no_value(name: str, unit: str) -> None:
    assert failed(f"{name}(x)", {"x": "9" * 400 + unit}) == (
        "overflow", f"'{'9' * 37}...' does not fit the 64 bits of a double", name,
    )  # fmt: skip


def test_digits_after_the_point_are_limited() -> None:
    assert evaluate("size('%.1000f'.format([1.5]))") == 1002
    assert failed("'%.1001f'.format([1.5])")[:2] == ("limit", "%.1001f asks for more than 1,000 digits")
    assert failed("'%.99999999999999999999f'.format([1.5])")[0] == "limit"


def test_results_have_the_type_that_the_signature_says() -> None:
    for text, kind in (("1u + 1u", "uint"), ("math.sign(2u)", "uint"), ("math.abs(2u)", "uint"), ("uint(1)", "uint"),
                       ("math.ceil(1.5)", "double"), ("size('a')", "int"), ("int(1u)", "int"), ("double(1)", "double"),
                       ("7u / 2u", "uint"), ("7u % 2u", "uint"), ("math.sign(2)", "int")):  # fmt: skip
        assert kind_of(interpret(parse(text), {})) == kind, text
