"""Templates from strangers: a small part of Jinja, every step and every byte paid for from a budget.

A template is parsed, its syntax checked against a list, and its tree rewritten so that each loop round, each comparison
and each joined text is charged. No clock, no thread and no signal takes part: what a template costs is the same
everywhere. See docs/decisions/0011-manifests.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import BuiltinMethodType, FunctionType, TracebackType
from typing import Any, cast

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer, NodeVisitor
from pydantic import BaseModel

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.render.budget import (
    LONGEST_NUMBER_BITS,
    LONGEST_OUTPUT,
    LONGEST_TEMPLATE,
    Budget,
    known,
)
from neuralnav.render.filters import FILTERS, JOINED, ROUNDS, WEIGHED, bounded_range, only_json

SYNTAX: frozenset[type[nodes.Node]] = frozenset({
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.With, nodes.Name,
    nodes.Const, nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.CondExpr, nodes.Filter,
    nodes.Test, nodes.Call, nodes.Getitem, nodes.Getattr, nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.And, nodes.Or, nodes.Not, nodes.Neg,
    nodes.Pos,
})  # fmt: skip
"""All that a template may be made of: no include, import, extends, block, macro, call or `set` block, and no `**`."""

STATEMENTS: Mapping[type[nodes.Node], str] = {
    nodes.Include: "include", nodes.Import: "import", nodes.FromImport: "from ... import", nodes.Extends: "extends",
    nodes.Block: "block", nodes.Macro: "macro", nodes.CallBlock: "call", nodes.FilterBlock: "filter",
    nodes.AssignBlock: "the block form of set", nodes.Scope: "autoescape", nodes.Pow: "**",
    nodes.NSRef: "an assignment to an attribute",
}  # fmt: skip

TEXT_METHODS = frozenset({"lower", "upper", "strip", "startswith", "endswith", "removeprefix", "removesuffix", "split"})
MAPPING_METHODS = frozenset({"items", "keys", "values", "get"})
LOOP_ATTRIBUTES = frozenset({"index", "index0", "first", "last"})
TESTS = ("defined", "undefined", "none", "string", "number", "mapping")

_SCALARS = (str, int, float, type(None))
_SCOPES = ("_loop_vars", "_block_vars")
"""What compiled templates hand to every call beside its own arguments."""

_FAILURES = (
    TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError, MemoryError,
    SyntaxError,
)  # fmt: skip
"""What a template can make Jinja, or the code compiled from it, raise; a RecursionError is a RuntimeError."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a template gave: its text, in parts, each with the place in the template's code that made it."""

    text: str
    template: Template
    parts: tuple[tuple[int, str], ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """For each line of the text the line of the template that made it: looked up only where a fault is told."""
        code_lines = _lines_of_code(self.template)
        lines = [0]
        for place, part in self.parts:
            line = self.template.get_corresponding_lineno(code_lines[place])
            lines[-1] = lines[-1] or line
            lines.extend(line + offset for offset in range(1, part.count("\n") + 1))
        return tuple(lines)


@dataclass(slots=True)
class Sandbox:
    """Compiles templates once and fills them, one at a time."""

    _environment: "_Environment" = field(default_factory=lambda: _Environment())
    _compiled: dict[str, Template] = field(default_factory=dict)

    def fill(self, name: str, text: str, values: Mapping[str, object]) -> Filled:
        """Return what the template `name` makes of `values`.

        Raises `InputError` naming the template and its line when it cannot be compiled, fails or asks for too much.
        """
        try:
            if name not in self._compiled:
                self._compiled[name] = self._environment.compiled(name, text)
            return self._run(name, values)
        except _FAILURES as error:
            line = getattr(error, "lineno", 0) if isinstance(error, TemplateError) else 0
            where = Where(name, line or _line_of(error.__traceback__, self._compiled.get(name)))
            raise InputError([Diagnostic(where, f"the template failed: {_reason(error)}")]) from error

    def _run(self, name: str, values: Mapping[str, object]) -> Filled:
        template = self._compiled[name]
        self._environment.budget = Budget()
        context = template.new_context(dict(values))
        stream: Any = template.root_render_func(context)  # a generator: its frame knows the place
        frame = stream.gi_frame
        parts: list[tuple[int, str]] = []
        size = 0
        for part in stream:
            size += len(part)
            if size > LONGEST_OUTPUT:
                line = template.get_corresponding_lineno(frame.f_lineno)
                raise TemplateSyntaxError(f"it emits more than {LONGEST_OUTPUT:,} characters", line, template.name)
            parts.append((frame.f_lasti, part))  # its line is found by reading the code from the start: 10 us
        return Filled("".join([part for _, part in parts]), template, tuple(parts))


class _Lined(CodeGenerator):
    """Marks the line of every piece of text too, not only of expressions, so that output can be placed."""

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802  # Jinja's name
        for child in node.nodes:
            self.newline(child)
            super().visit_Output(nodes.Output([child], lineno=child.lineno), frame)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja without its globals, with few filters, whose every operation is charged to `budget`."""

    code_generator_class = _Lined
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    budget: Budget

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            finalize=only_json,
            keep_trailing_newline=True,
            optimized=False,
        )
        self.budget = Budget()
        self.globals = {"range": bounded_range}
        self.filters = dict(FILTERS)
        self.tests = {name: self.tests[name] for name in TESTS}

    def compiled(self, name: str, text: str) -> Template:
        """Return a template, its tree checked and rewritten. Raises `TemplateSyntaxError` and what compiling raises."""
        if len(text) > LONGEST_TEMPLATE:
            raise SecurityError(f"a template of {len(text):,} characters is longer than {LONGEST_TEMPLATE:,}")
        tree = self.parse(text, name, _file(name))
        _Checker(name).visit(tree)
        code = self.compile(_Charger().visit(tree), name, _file(name))
        return Template.from_code(self, code, self.make_globals(None))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002  # Jinja's signature
        match obj:
            case BaseModel():
                return attr in type(obj).model_fields
            case str():
                return attr in TEXT_METHODS
            case dict():
                return attr in MAPPING_METHODS
            case LoopContext():
                return attr in LOOP_ATTRIBUTES
            case _:
                return False

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and not hasattr(dict, attribute):  # as Jinja does, but at once
            return obj[attribute]
        if isinstance(obj, BaseModel):  # no property of it runs
            known_field = attribute in type(obj).__pydantic_fields__
            return getattr(obj, attribute) if known_field else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if not isinstance(argument, str | int | slice):
            raise SecurityError("a key must be a text or a number")
        if isinstance(obj, BaseModel):
            return self.getattr(obj, str(argument))
        found = super().getitem(obj, argument)
        if isinstance(argument, slice) and isinstance(found, str | list | tuple):
            self.budget.make(len(found))
        return found

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002  # Jinja's signature
        """Call `range`, or one of the listed methods of a text or a mapping, with plain arguments."""
        known(obj)
        kwargs = {name: value for name, value in kwargs.items() if name not in _SCOPES}
        methods: dict[type, frozenset[str]] = {str: TEXT_METHODS, dict: MAPPING_METHODS}
        ours = isinstance(obj, BuiltinMethodType) and obj.__name__ in methods.get(type(obj.__self__), frozenset())
        if not (ours or obj is bounded_range):
            raise SecurityError("this cannot be called")
        if kwargs or not all(isinstance(value, _SCALARS) for value in args):
            raise SecurityError("a call takes texts and numbers")
        self.budget.weigh(args)
        found = obj(*args)
        if isinstance(found, str | list):
            self.budget.make(len(found))
        return found

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002  # Jinja's
        """Calculate with numbers, and join texts and lists by +; everything else is refused."""
        known(left, right)
        if isinstance(left, int | float) and isinstance(right, int | float):
            bits = sum(value.bit_length() for value in (left, right) if isinstance(value, int))
            if bits > LONGEST_NUMBER_BITS:
                raise SecurityError("a number is too large")
            return self.binop_table[operator](left, right)
        for kind in (str, list, tuple):
            if operator == "+" and isinstance(left, kind) and isinstance(right, kind):
                self.budget.make(len(left) + len(right))
                return self.binop_table[operator](left, right)
        raise SecurityError(f"{operator} takes two numbers" + (", or joins two texts or lists" * (operator == "+")))


class _Checker(NodeVisitor):
    """Refuses syntax that is not listed, at its line."""

    def __init__(self, name: str) -> None:
        self.name = name

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> None:
        if type(node) not in SYNTAX:
            what = STATEMENTS.get(type(node), type(node).__name__.lower())
            line = next((part.lineno for part in (node, *node.find_all(nodes.Node)) if part.lineno), 0)
            raise TemplateSyntaxError(f"{what} is not available in templates", line, self.name)
        if isinstance(node, nodes.For) and node.recursive:
            raise TemplateSyntaxError("a recursive for is not available in templates", node.lineno, self.name)
        if isinstance(node, nodes.Dict) and not all(_is_text(pair.key) for pair in node.items):
            raise TemplateSyntaxError("a key of a mapping must be a text in quotes", node.lineno, self.name)
        if isinstance(node, nodes.Filter) and node.name in (ROUNDS, JOINED, WEIGHED):
            raise TemplateSyntaxError(f"No filter named '{node.name}'.", node.lineno, self.name)
        super().generic_visit(node, *args, **kwargs)


class _Charger(NodeTransformer):
    """Wraps loops, comparisons and `~` in the filters that charge for them."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802  # Jinja's name
        size = sum(1 for _ in node.find_all(nodes.Node))
        self.generic_visit(node)
        node.iter = _filtered(ROUNDS, cast("nodes.Expr", node.iter), nodes.Const(size, lineno=node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802  # Jinja's name
        self.generic_visit(node)
        return _filtered(JOINED, nodes.Tuple(node.nodes, "load", lineno=node.lineno))

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:  # noqa: N802  # Jinja's name
        self.generic_visit(node)
        node.expr = _filtered(WEIGHED, node.expr)
        for operand in node.ops:
            operand.expr = _filtered(WEIGHED, operand.expr)
        return node


def _filtered(name: str, value: nodes.Expr, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(value, name, list(args), [], None, None, lineno=value.lineno)


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _lines_of_code(template: Template) -> dict[int, int]:
    """Return the line of each place in the code of a template."""
    code = cast("FunctionType", template.root_render_func).__code__
    return {place: line or 0 for start, end, line in code.co_lines() for place in range(start, end)}


def _file(name: str) -> str:
    """Return the file name in the compiled code's frames; no file of the disk has it."""
    return f"<template {name}>"


def _line_of(trace: TracebackType | None, template: Template | None) -> int:
    """Return the template's line in the innermost of its frames, or 0."""
    line = 0
    while trace is not None and template is not None:
        if trace.tb_frame.f_code.co_filename == _file(template.name or ""):
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _reason(error: BaseException) -> str:
    match error:
        case RecursionError() | MemoryError():
            return "it is nested too deeply, or asks for too much memory"
        case SyntaxError():
            return "it cannot be compiled"
        case _:
            return (str(error).splitlines() or [type(error).__name__])[0]
