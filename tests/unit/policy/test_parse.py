import pytest
from expression_text import expression_text

from neuralnav.policy.faults import ExpressionError, Fault, Span
from neuralnav.policy.parse import DEEPEST, parse
from neuralnav.policy.tokens import RESERVED
from neuralnav.policy.tree import Binary, Call, Comprehension, Expression, Select, children


def shown(text: str) -> str:
    return expression_text(parse(text))


def fault(text: str) -> Fault:
    with pytest.raises(ExpressionError) as error:
        parse(text)
    (found,) = error.value.faults
    return found


def depth(node: Expression) -> int:
    return 1 + max((depth(child) for child in children(node)), default=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a || b && c", "(a || (b && c))"),
        ("a && b || c", "((a && b) || c)"),
        ("a && b == c", "(a && (b == c))"),
        ("a < b == c", "((a < b) == c)"),
        ("a in b + c", "(a in (b + c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a + b * c % d", "(a + ((b * c) % d))"),
        ("(a + b) * c", "((a + b) * c)"),
        ("!a.b", "(!a.b)"),
        ("!!a", "(!(!a))"),
        ("-a * b", "((-a) * b)"),
        ("--1", "(-(-1))"),
        ("a -1", "(a - 1)"),
        ("a - -1", "(a - -1)"),
        ("-1.5.f()", "(-1.5).f()"),
        ("-(1)", "(-(1))"),
        ("-1u", "(-(1u))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? (b ? c : d) : e", "(a ? (b ? c : d) : e)"),
        ("a || b ? c && d : e", "((a || b) ? (c && d) : e)"),
        (".a.b", ".a.b"),
        ("a . b [ 0 ] . c ( 1 , d )", "a.b[0].c(1, d)"),
        ("f()", "f()"),
        (".size(a)", "size(a)"),
        ("math.greatest(1, 2, 3)", "math.greatest(1, 2, 3)"),
        ("[]", "[]"),
        ("[1, 2,]", "[1, 2]"),
        ("{}", "{}"),
        ("{'a': 1, b: c ? d : e,}", '{"a": 1, b: (c ? d : e)}'),
        ("a.`b-c`.`in`", "a.`b-c`.`in`"),
        ("'a'.size()", '("a").size()'),
        ("true.a", "(true).a"),
        ("has(a.b.c)", "has(a.b.c)"),
        ("has((a.b))", "has(a.b)"),
        ("a.has(b)", "a.has(b)"),
        ("a.all(x, x > 1)", "a.all(x, (x > 1))"),
        ("a.exists(x, x)", "a.exists(x, x)"),
        ("a.exists_one(x, x)", "a.exists_one(x, x)"),
        ("a.existsOne(x, x)", "a.exists_one(x, x)"),
        ("a.filter(x, x).map(y, y, [y])", "a.filter(x, x).map(y, y, [y])"),
        ("all(x, y)", "all(x, y)"),
        ("a.map", "a.map"),
        ("a // is it?\n  && b", "(a && b)"),
    ],
)
def test_a_text_is_read_by_the_grammar(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_is_a_field_but_no_name(word: str) -> None:
    assert shown(f"a.{word} || a.{word}()") == f"(a.{word} || a.{word}())"
    assert fault(word).message == f'expected a value, found the reserved word "{word}"'
    assert fault(f"{word}(1)").span == Span(0, len(word))


def test_a_span_has_the_brackets_of_what_is_inside_it_but_not_its_own() -> None:
    text = " ( (a) + b ) * c"
    product = parse(text)

    assert isinstance(product, Binary)
    assert isinstance(product.left, Binary)
    assert (text[product.span.start : product.span.end], product.operator_span) == ("( (a) + b ) * c", Span(13, 14))
    assert text[product.left.span.start : product.left.span.end] == "(a) + b"
    assert product.left.left.span == Span(4, 5)


def test_names_have_spans_of_their_own() -> None:
    text = "has(a.b) && a.map(x, x.`c d`).f(1)"
    both = parse(text)

    assert isinstance(both, Binary)
    test, call = both.left, both.right
    assert isinstance(test, Select)
    assert isinstance(call, Call)
    assert isinstance(call.target, Comprehension)
    body = call.target.body
    assert isinstance(body, Select)
    spans = (test.span, test.field_span, call.name_span, call.target.variable_span, call.target.span, body.field_span)
    assert [text[span.start : span.end] for span in spans] == ["has(a.b)", "b", "f", "x", "a.map(x, x.`c d`)", "`c d`"]


@pytest.mark.parametrize("operator", ["&&", "||"])
def test_a_long_chain_of_conditions_is_balanced_in_the_order_of_the_text(operator: str) -> None:
    text = f" {operator} ".join(f"a{number}" for number in range(1200))
    chain = parse(text)

    assert depth(chain) == 12
    assert expression_text(chain).replace("(", "").replace(")", "") == text
    for node in (chain, *children(chain)):
        assert isinstance(node, Binary)
        assert text[node.operator_span.start : node.operator_span.end] == operator
        assert node.left.span.end < node.operator_span.start < node.operator_span.end < node.right.span.start


def test_brackets_keep_a_chain_as_it_is_written() -> None:
    assert shown("a && (b && (c && d))") == "(a && (b && (c && d)))"
    assert shown("a && b && c") == "((a && b) && c)"
    assert shown("a && b && c && d") == "((a && b) && (c && d))"


REPEATED = {
    "parentheses": lambda count: "(" * count + "a" + ")" * count,
    "lists": lambda count: "[" * count + "]" * count,
    "maps": lambda count: "{a:" * count + "b" + "}" * count,
    "calls": lambda count: "f(" * count + "a" + ")" * count,
    "indices": lambda count: "a[" * count + "b" + "]" * count,
    "macros": lambda count: "a.all(x," * count + "b" + ")" * count,
    "items": lambda count: "a" + "[0]" * count,
    "fields": lambda count: "a" + ".a" * count,
    "members": lambda count: "a" + ".a()" * count,
    "nots": lambda count: "!" * count + "a",
    "minuses": lambda count: "-" * count + "a",
    "sums": lambda count: "a" + "+a" * count,
    "products": lambda count: "a" + "*a" * count,
    "relations": lambda count: "a" + "<a" * count,
    "conditionals": lambda count: "a?b:" * count + "c",
    "nested conditions": lambda count: "a||b&&(" * count + "c" + ")" * count,
}


@pytest.mark.parametrize("name", REPEATED)
def test_nesting_of_any_kind_is_read_as_deep_as_cel_asks_and_refused_beyond_a_limit(name: str) -> None:
    parse(REPEATED[name](23 if name == "nested conditions" else 32))
    for count in (DEEPEST + 1, 600):
        found = fault(REPEATED[name](count))
        assert (found.kind, found.message, found.hint) == (
            "limit",
            "the expression is nested more than 48 levels deep",
            "split it into variables or rules",
        )


@pytest.mark.parametrize("name", REPEATED)
def test_a_text_of_a_hundred_thousand_levels_is_refused_unread(name: str) -> None:
    assert fault(REPEATED[name](100_000)).message.endswith("; at most 16,384 are allowed")


def test_the_deepest_tree_is_just_as_deep_as_allowed() -> None:
    assert depth(parse("a" + "+a" * (DEEPEST - 1))) == DEEPEST
    assert fault("a" + "+a" * DEEPEST).span == Span(0, 1)


def test_the_deepest_brackets_fit_below_a_deep_caller() -> None:
    def _below(frames: int) -> None:
        if frames:
            _below(frames - 1)
        else:
            assert fault("a||a&&f(" * 47 + "a" + ")" * 47).kind == "limit"

    _below(200)
