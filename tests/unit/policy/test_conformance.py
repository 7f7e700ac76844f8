"""The language definition of CEL, area by area, in expressions of our own: each line is true, or an error of a kind."""

import pytest

from neuralnav.policy import EvaluationError, ExpressionError, evaluate

BINDINGS: dict[str, object] = {
    "i": 7, "u": 2**64 - 1, "d": 2.5, "s": "qwen3", "b": b"\x00\xff", "t": True, "n": None, "l": [3, 1, 2],
    "m": {"gpu": "H100", "price": {"spot": 1.5}}, "team.name": "search", "mixed": [1, "a", 2.5, None, [1], {"k": 1}],
}  # fmt: skip

TRUE = {
    "literals": (
        "0x1F == 31 && -0x1F == -31 && 0xFFu == 255u", "1e3 == 1000.0 && .5 == 0.5 && 1.5E-1 == 0.15",
        "'\\u00e9' == 'é' && '\\U0001F600' == '😀' && '\\x41\\101' == 'AA'", "r'\\n' == '\\\\n'",
        "size(r'\\u00e9') == 6",
        "'''it's''' == \"it's\" && \"\"\"a\nb\"\"\" == 'a\\nb'", "b'\\xff\\377' == b'\\377\\xff' && size(b'é') == 2",
        "bytes('\\xff') == b'\\xc3\\xbf'", "[1, 2,] == [1, 2] && {'a': 1,} == {'a': 1}", "type(1u) == uint && 1U == 1u",
        "-9223372036854775808 < -9223372036854775807", "size('ab') == 2 // a comment\n",
    ),
    "precedence": (
        "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "2 - 1 - 1 == 0", "8 / 4 / 2 == 1", "-2 * -3 == 6", "!false && true",
        "true || true && false", "(true || true) && false == false", "false ? 1 == 2 : true ? true : false",
        "1 < 2 == true", "- i == -7 && !!t", "!t == false", "1 in [1] == true", "-l[0] == -3", "!m.gpu.contains('A')",
    ),
    "integers": (
        "-i / 2 == -3 && -i % 2 == -1", "i / -2 == -3 && i % -2 == 1", "9223372036854775807 % 10 == 7",
        "u / 2u == 9223372036854775807u", "u % 10u == 5u", "-9223372036854775807 - 1 == -9223372036854775808",
        "3037000499 * 3037000499 < 9223372036854775807",
    ),
    "doubles": (
        "0.1 + 0.2 != 0.3", "1.0 / 3.0 * 3.0 == 1.0", "0.0 == -0.0", "1.0 / 0.0 > 1e308", "-1.0 / 0.0 < -1e308",
        "0.0 / 0.0 != 0.0 / 0.0", "!(0.0 / 0.0 <= 0.0 / 0.0)", "1e308 + 1e308 == 1.0 / 0.0", "5e-324 / 2.0 == 0.0",
    ),
    "comparisons": (
        "1 == 1.0 && 1u == 1 && 1.0 == 1u", "1 != 1.5 && 1 < 1.5 && 2u > 1.5", "-1 < 0u && 0u > -1 && -1 != u",
        "i < u && u > 9223372036854775807", "u == 18446744073709551616.0",
        "9223372036854775807 == 9223372036854775808.0",
        "9223372036854775807 >= 9223372036854775808.0", "9007199254740993 == 9007199254740992.0",
        "9007199254740993 != 9007199254740992", "'a' < 'b' && 'B' < 'a' && 'a' < 'aa' && '' < 'a'", "'é' > 'z'",
        "'\\U0001F600' > '\\uffee'", "b'a' < b'b' && b'\\xff' > b'a'", "false < true && true <= true", "'1' != 1",
        "null == null && n == null && null != 0 && null != ''", "int == int && int != uint", "b'a' != 'a'",
        "true != 1 && false != 0", "[] != {}",
    ),
    "lists": (
        "l[0] == 3 && l[2u] == 2 && l[dyn(1.0)] == 1", "[1, 2] + [] + [3] == [1, 2, 3]", "[1, [2]] == [1.0, [2u]]",
        "[1, 2] != [2, 1]", "2.0 in l && !(4 in l)", "null in mixed && [1.0] in mixed && {'k': 1u} in mixed",
        "!('b' in mixed)", "size(mixed) == 6", "[0.0 / 0.0] != [0.0 / 0.0]",
    ),
    "maps": (
        "m.gpu == 'H100' && m['gpu'] == m.gpu && m.price.spot == 1.5", "'gpu' in m && !('H100' in m)",
        "{1: 'a'}[1.0] == 'a' && {1u: 'a'}[1] == 'a' && {2: 'a'}[2u] == 'a'", "1.0 in {1: 2} && !(1.5 in {1: 2})",
        "{true: 'a', 1: 'b'}[true] == 'a' && {true: 'a', 1: 'b'}[1] == 'b'", "{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1u}",
        "{'a': 1} != {'a': 1, 'b': 2} && {'a': 1} != {'a': 2}", "size({}) == 0 && size(m) == 2",
        "has(m.price) && has(m.price.spot) && !has(m.zone)", "{'in': 1, 'true': 2}['in'] == 1",
    ),
    "strings": (
        "'a' + 'é' == 'aé' && size('é😀') == 2", "s.startsWith('qwen') && s.endsWith('3') && s.contains('wen')",
        "s.matches('^qwen[0-9]$') && !s.matches('llama')", "''.contains('') && s.startsWith('')",
        "s.replace('3', '2.5') == 'qwen2.5'", "s.substring(0, size(s)) == s",
        "strings.quote('tab\\t') == '\"tab\\\\t\"'", "'%s on %d x %s'.format([s, 8, m.gpu]) == 'qwen3 on 8 x H100'",
    ),
    "conversions": (
        "int(string(i)) == i && double(string(d)) == d && uint(string(u)) == u", "string(bytes('é')) == 'é'",
        "string(1e6) == '1e+06' && string(0.1) == '0.1' && string(-4.0) == '-4'", "string(true) == 'true'",
        "int(1.9) == 1 && int(-1.9) == -1 && uint(1.9) == 1u", "bool('TRUE') && !bool('f')", "int(true ? 1u : 2u) == 1",
        "type(dyn(1)) == int", "double(u) == 18446744073709551616.0",
    ),
    "logic": (
        "!(false && nothing)", "nothing || true", "t ? true : nothing", "!(1 / 0 == 1 && false)",
        "[1, 'a', 2].exists(x, x == 2)", "[0, 1, 2].exists(x, 2 / x == 1)", "!([0, 1].all(x, 1 / x == 2))",
        "mixed.exists(x, x == 'a')", "mixed.filter(x, type(x) == double) == [2.5]",
    ),
    "names": (
        "team.name == 'search'", ".team.name == 'search' && .i == i", "[7].all(i, i == 7) && i == 7",
        "[1].all(x, .i == 7)", "m.price.spot + d == 4.0", "has(m.gpu) && has(.m.gpu)",
    ),
}  # fmt: skip

ERRORS = {
    "no_such_overload": (
        "1 + 1.0", "1 + 1u", "'a' + 1", "'a' * 2", "d % 2.0", "-u", "!1", "1 && true", "false || 1", "'a' ? 1 : 2",
        "1 < 'a'", "null < 1", "[1] < [2]", "m < m", "int < uint", "t < 1", "1 in 1", "size(1)", "'a'.matches(1)",
        "l['a']", "l[0.5]", "s[0]", "m.gpu.x", "has(m.gpu.x)", "{1.5: 1}", "{null: 1}", "{[1]: 1}", "int(null)",
        "string([])", "double(true)", "bytes(1)", "bool(1)", "math.ceil(1)", "b'a' in {1: 2}", "null in {1: 2}",
    ),
    "no_such_field": ("m.zone", "m.price.usd", "{}.a", "mixed.exists_one(x, m.zone == x)"),
    "no_such_key": ("m['zone']", "{1: 2}[1.5]", "{1: 2}[true]", "{1: 2}['1']", "{'a': 1}[dyn(null)]"),
    "undeclared": ("nothing", "nothing.x", "nothing()", "i.nothing()", "google.x", "[1].all(x, true) && x == 1"),
    "division_by_zero": ("i / 0", "i % 0", "u / 0u", "u % 0u", "1 / 0 == 1 && true", "[1].map(x, x / 0)"),
    "overflow": ("9223372036854775807 + 1", "u + 1u", "0u - 1u", "u * 2u", "int(u)", "int(1e19)", "uint(-1)"),
    "index": ("l[3]", "l[-1]", "[][0]", "s.charAt(6)", "s.substring(3, 2)", "s.indexOf('q', 9)"),
    "conversion": ("int('1.0')", "uint('')", "double('x')", "bool('yes')", "string(b)", "ms('1')", "gib('1')"),
    "invalid_argument": ("s.matches('[')", "'%d'.format([])", "{'a': 1, 'a': 1}", "{1: 1, 1u: 1}"),
}  # fmt: skip

REFUSED = (
    "", "1 +", "'a", "1 2", "[1", "{1}", "a.", "1.all(x)", "has(a)", "if", "9223372036854775808", "'\\ud800'", "a ?. b",
    "=", "1 = 1", "x{a: 1}", "18446744073709551616u", "'\\q'", "b'\\u00e9'", "0x", "[1].map(1, 2)",
)  # fmt: skip


@pytest.mark.parametrize("text", [text for area, texts in TRUE.items() for text in texts if area])
def test_it_is_true(text: str) -> None:
    assert evaluate(text, BINDINGS) is True


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in ERRORS.items() for text in texts])
def test_it_has_no_value(kind: str, text: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(text, BINDINGS)
    assert caught.value.kind == kind
    assert 0 <= caught.value.fault.span.start < caught.value.fault.span.end <= len(text)
    assert caught.value.fault.message


@pytest.mark.parametrize("text", REFUSED)
def test_it_is_no_expression(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, BINDINGS)
