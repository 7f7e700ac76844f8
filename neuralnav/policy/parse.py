"""Text -> syntax tree: recursive descent, one function per rule of the grammar, the rule as its docstring."""

from collections.abc import Callable
from typing import Final

from neuralnav.policy.faults import ExpressionError, Span
from neuralnav.policy.literals import literal_value
from neuralnav.policy.misreadings import unexpected
from neuralnav.policy.tokens import RESERVED, Token, refusal, tokenize
from neuralnav.policy.tree import (
    Binary,
    BinaryOperator,
    Call,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Index,
    ListOf,
    Macro,
    MapOf,
    Name,
    Select,
    Unary,
    UnaryOperator,
    children,
)

DEEPEST: Final = 48
"""Levels of a tree, and of brackets: CEL asks for 32. Brackets cost up to 13 frames of Python's 1,000 a level here, and
every later stage recurses over the tree.
"""

_LITERALS: Final = frozenset({"int", "uint", "double", "text"})
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_RELATIONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!=", "in"})
_SUMS: Final = frozenset({"+", "-"})
_PRODUCTS: Final = frozenset({"*", "/", "%"})
_MACROS: Final[dict[str, Macro]] = {
    "all": "all", "exists": "exists", "exists_one": "exists_one", "existsOne": "exists_one", "map": "map",
    "filter": "filter",
}  # fmt: skip
_BINARY: Final[dict[str, BinaryOperator]] = {
    "||": "||", "&&": "&&", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in",
    "+": "+", "-": "-", "*": "*", "/": "/", "%": "%",
}  # fmt: skip


def parse(text: str) -> Expression:
    """Return the tree of an expression. Chains of `&&` and of `||` are balanced, all other chains lean to the left.

    Raises ExpressionError with the first thing that is wrong: kind `syntax`, or `limit` where the text is too long
    (MOST_CHARACTERS, MOST_TOKENS) or its tree too deep (DEEPEST).
    """
    tokens = tokenize(text)
    root = _Parser(text, tokens).whole()
    if len(tokens) > DEEPEST:
        _judge_depth(root)
    return root


def _judge_depth(root: Expression) -> None:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise _too_deep(level[0].span)


def _too_deep(span: Span) -> ExpressionError:
    message = f"the expression is nested more than {DEEPEST} levels deep"
    return refusal("limit", span.start, span.end, message, "split it into variables or rules")


class _Parser:
    """The tokens of one text and the place reached in them."""

    __slots__ = ("_at", "_kind", "_nesting", "_text", "_tokens")

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._kind = tokens[0].kind
        self._nesting = 0

    def whole(self) -> Expression:
        """Whole = Expr end."""
        if self._kind == "end":
            hint = "write a condition, such as candidate.gpus <= 8"
            raise refusal("syntax", 0, len(self._text), "the expression is empty", hint)
        found = self._expression()
        if self._kind != "end":
            raise self._unexpected("an operator or the end")
        return found

    def _expression(self) -> Expression:
        """Expr = Or ["?" Or ":" Expr]."""
        self._nesting += 1
        if self._nesting > DEEPEST:
            token = self._tokens[self._at]
            raise _too_deep(Span(token.start, token.end))
        start = self._start()
        branches: list[tuple[int, Expression, Expression]] = []
        found = self._or()
        while self._kind == "?":
            mark = self._take()
            yes = self._or()
            self._expect(":", mark)
            branches.append((start, found, yes))
            start = self._start()
            found = self._or()
        end = self._end()
        for start, condition, yes in reversed(branches):
            found = Conditional(Span(start, end), condition, yes, found)
        self._nesting -= 1
        return found

    def _or(self) -> Expression:
        """Or = And {"||" And}."""
        start = self._start()
        found = self._and()
        return self._chain("||", start, found, self._and) if self._kind == "||" else found

    def _and(self) -> Expression:
        """And = Relation {"&&" Relation}."""
        start = self._start()
        found = self._relation()
        return self._chain("&&", start, found, self._relation) if self._kind == "&&" else found

    def _chain(
        self, operator: BinaryOperator, start: int, first: Expression, operand: Callable[[], Expression]
    ) -> Expression:
        terms = [(start, first, self._end())]
        marks = []
        while self._kind == operator:
            marks.append(_span(self._take()))
            start = self._start()
            term = operand()
            terms.append((start, term, self._end()))
        return _halves(operator, terms, marks)

    def _relation(self) -> Expression:
        """Relation = Sum {("<" | "<=" | ">=" | ">" | "==" | "!=" | "in") Sum}."""
        start = self._start()
        found = self._sum()
        while self._kind in _RELATIONS:
            found = self._binary(start, found, self._take(), self._sum())
        return found

    def _sum(self) -> Expression:
        """Sum = Product {("+" | "-") Product}."""
        start = self._start()
        found = self._product()
        while self._kind in _SUMS:
            found = self._binary(start, found, self._take(), self._product())
        return found

    def _product(self) -> Expression:
        """Product = Unary {("*" | "/" | "%") Unary}."""
        start = self._start()
        found = self._unary()
        while self._kind in _PRODUCTS:
            found = self._binary(start, found, self._take(), self._unary())
        return found

    def _binary(self, start: int, left: Expression, mark: Token, right: Expression) -> Expression:
        return Binary(Span(start, self._end()), _BINARY[mark.kind], _span(mark), left, right)

    def _unary(self) -> Expression:
        """Unary = {"!"} Member | {"-"} Member; the last minus before a number belongs to the number."""
        if self._kind == "!":
            return self._signed("!", [])
        if self._kind == "-":
            return self._signed("-", [])
        return self._member(None)

    def _signed(self, operator: UnaryOperator, marks: list[Token]) -> Expression:
        while self._kind == operator:
            marks.append(self._take())
        minus = marks.pop() if operator == "-" and self._kind in ("int", "double") else None
        found = self._member(minus)
        end = self._end()
        for mark in reversed(marks):
            found = Unary(Span(mark.start, end), operator, found)
        return found

    def _member(self, minus: Token | None) -> Expression:
        """Member = Primary {"." Selector | "." Ident "(" [Exprs] ")" | "[" Expr "]"}."""
        start = minus.start if minus else self._start()
        found = self._primary(minus)
        while True:
            if self._kind == ".":
                self._take()
                found = self._selected(start, found)
            elif self._kind == "[":
                opening = self._take()
                index = self._expression()
                self._expect("]", opening)
                found = Index(Span(start, self._end()), found, index)
            else:
                return found

    def _selected(self, start: int, operand: Expression) -> Expression:
        """Selector = name | "`" characters "`"."""
        if self._kind == "quoted":
            token = self._take()
            return Select(Span(start, token.end), operand, token.text[1:-1], _span(token))
        if self._kind != "name":
            raise self._unexpected("the name of a field")
        token = self._take()
        if self._kind != "(":
            return Select(Span(start, token.end), operand, token.text, _span(token))
        arguments = self._several(")", self._take(), trailing=False)
        span = Span(start, self._end())
        if token.text in _MACROS:
            return _comprehension(span, operand, token, arguments)
        return Call(span, token.text, _span(token), operand, arguments)

    def _primary(self, minus: Token | None) -> Expression:
        """Primary = ["."] Ident ["(" [Exprs] ")"] | "(" Expr ")" | "[" [Exprs [","]] "]" | Map | literal."""
        kind = self._kind
        if kind == "name" or kind == ".":
            return self._named()
        if kind in _LITERALS:
            token = self._take()
            start = minus.start if minus else token.start
            return Constant(Span(start, token.end), literal_value(token, minus))
        if kind in _CONSTANTS:
            return Constant(_span(self._take()), _CONSTANTS[kind])
        if kind == "(":
            opening = self._take()
            found = self._expression()
            self._expect(")", opening)
            return found
        if kind == "[":
            opening = self._take()
            items = self._several("]", opening, trailing=True)
            return ListOf(Span(opening.start, self._end()), items)
        if kind == "{":
            return self._map()
        raise self._unexpected("a value")

    def _named(self) -> Expression:
        """Named = ["."] Ident ["(" [Exprs] ")"]; Ident is no reserved word."""
        start = self._start()
        absolute = self._kind == "."
        if absolute:
            self._take()
        if self._kind != "name" or self._tokens[self._at].text in RESERVED:
            raise self._unexpected("a name" if absolute else "a value")
        token = self._take()
        if self._kind != "(":
            return Name(Span(start, token.end), token.text, absolute)
        arguments = self._several(")", self._take(), trailing=False)
        span = Span(start, self._end())
        if token.text == "has":
            return _presence(span, token, arguments)
        return Call(span, token.text, _span(token), None, arguments)

    def _map(self) -> Expression:
        """Map = "{" [Expr ":" Expr {"," Expr ":" Expr} [","]] "}"."""
        opening = self._take()
        entries = []
        while self._kind != "}":
            key = self._expression()
            if self._kind != ":":
                raise self._unexpected('":" and the value of this key')
            self._take()
            entries.append((key, self._expression()))
            if self._kind != ",":
                break
            self._take()
        self._expect("}", opening, more=True)
        return MapOf(Span(opening.start, self._end()), tuple(entries))

    def _several(self, closing: str, opening: Token, *, trailing: bool) -> tuple[Expression, ...]:
        """Exprs = Expr {"," Expr}, up to the closing bracket; in a list a last comma may trail."""
        found: list[Expression] = []
        while self._kind != closing or (found and not trailing):
            found.append(self._expression())
            if self._kind != ",":
                break
            self._take()
        self._expect(closing, opening, more=True)
        return tuple(found)

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        self._kind = self._tokens[self._at].kind
        return token

    def _expect(self, closing: str, opening: Token, *, more: bool = False) -> None:
        if self._kind != closing:
            wanted = f'"," or "{closing}"' if more else f'"{closing}"'
            raise unexpected(self._text, self._tokens, self._at, wanted, opening)
        self._take()

    def _unexpected(self, wanted: str) -> ExpressionError:
        return unexpected(self._text, self._tokens, self._at, wanted)

    def _start(self) -> int:
        return self._tokens[self._at].start

    def _end(self) -> int:
        return self._tokens[self._at - 1].end


def _span(token: Token) -> Span:
    return Span(token.start, token.end)


def _halves(operator: BinaryOperator, terms: list[tuple[int, Expression, int]], marks: list[Span]) -> Expression:
    """Return a balanced tree: `&&` and `||` are associative, errors included, so a chain of 1,000 is 10 levels deep."""
    if len(terms) == 1:
        return terms[0][1]
    half = (len(terms) + 1) // 2
    left = _halves(operator, terms[:half], marks[: half - 1])
    right = _halves(operator, terms[half:], marks[half:])
    return Binary(Span(terms[0][0], terms[-1][2]), operator, marks[half - 1], left, right)


def _presence(span: Span, token: Token, arguments: tuple[Expression, ...]) -> Expression:
    hint = "write it like has(model.license)"
    match arguments:
        case (Select(operand=operand, field=field, field_span=place, test=False),):
            return Select(span, operand, field, place, test=True)
        case (Index(span=where),):
            hint = "of the key of a map, ask key in map"
        case (other,):
            where = other.span
        case _:
            where = _span(token)
    raise refusal("syntax", where.start, where.end, "has() takes one field", hint)


def _comprehension(span: Span, over: Expression, token: Token, arguments: tuple[Expression, ...]) -> Expression:
    macro = _MACROS[token.text]
    match arguments:
        case (variable, body):
            condition = None
        case (variable, condition, body) if macro == "map":
            pass
        case _:
            takes = "a value" if macro == "map" else "a condition"
            message = f"{token.text}() takes a variable and {takes}"
            hint = "a condition may stand between them" if macro == "map" else f"write it like .{token.text}(x, x > 1)"
            raise refusal("syntax", token.start, token.end, message, hint)
    if not isinstance(variable, Name) or variable.absolute:
        message = f"the first argument of {token.text}() must be a plain name"
        hint = f"it names each item in turn: .{token.text}(x, ...)"
        raise refusal("syntax", variable.span.start, variable.span.end, message, hint)
    return Comprehension(span, macro, over, variable.name, variable.span, condition, body)
