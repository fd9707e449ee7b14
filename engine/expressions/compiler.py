"""From the text of an expression to a Python function over values.

The text is parsed to Python's syntax tree; every node must be on the white list; names become
look-ups in the values, and operations with large results become guarded calls. Only the tree
made here is compiled, into a function without builtins.
"""

from __future__ import annotations

import ast
import re
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, cast

from engine.expressions import coercion, functions
from engine.expressions.errors import InvalidExpression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_TEXT = 2_000
MOST_NODES = 400
DEEPEST = 60
_VALUES = "_values"
_CONSTANTS = {"true": True, "false": False, "null": None}
_GUARDS = {ast.Add: "_add", ast.Mult: "_multiply", ast.Mod: "_remainder"}
# Comparisons of JUEL, which reads a text beside a number as a number.
_COERCED: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "_same",
    ast.NotEq: "_differ",
    ast.Lt: "_less",
    ast.LtE: "_at_most",
    ast.Gt: "_more",
    ast.GtE: "_at_least",
}
_HELPERS = {
    **coercion.COMPARISONS,
    "_add": functions.add,
    "_multiply": functions.multiply,
    "_remainder": functions.remainder,
    "_field": functions.field,
    "_item": functions.item,
    "_each": functions.each,
}
_ALLOWED = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp, ast.Add,
    ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq, ast.NotEq, ast.Lt,
    ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.IfExp, ast.Name, ast.Load, ast.Store,
    ast.Constant, ast.Subscript, ast.Attribute, ast.Call, ast.List, ast.Tuple,
    ast.GeneratorExp, ast.ListComp, ast.comprehension,
)  # fmt: skip
_HINTS: Mapping[type[ast.AST], str] = {
    ast.Pow: "powers (**) are not allowed",
    ast.Is: "compare with ==, not with 'is'",
    ast.IsNot: "compare with !=, not with 'is not'",
    ast.JoinedStr: "formatted texts (f'…') are not allowed",
    ast.Slice: "slices ([a:b]) are not allowed",
    ast.NamedExpr: "an expression cannot set a value (:=)",
}
# What people write who know another expression language, outside of quoted texts.
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_FOREIGN = (
    (re.compile(r"(?<![=!<>:])=(?!=)"), "use == to compare; = is not allowed"),
    (re.compile(r"&&"), "write 'and' instead of &&"),
    (re.compile(r"\|\|"), "write 'or' instead of ||"),
    (re.compile(r"!(?!=)"), "write 'not' instead of !"),
    (re.compile(r"<>"), "write != instead of <>"),
    (re.compile(r"[$#]\{"), "only a whole text is wrapped in ${…}"),
    (re.compile(r"\?"), "write 'a if condition else b' instead of condition ? a : b"),
)


def compile_function(
    text: str, *, coerces: bool = False
) -> tuple[Callable[[Mapping[str, object]], object], frozenset[str]]:
    """Return the function an expression means and the names it reads from the values.

    With ``coerces`` values of different kinds are compared as JUEL does.
    """
    if len(text) > LONGEST_TEXT:
        raise InvalidExpression(text, LONGEST_TEXT, f"longer than {LONGEST_TEXT} characters")
    if not text.strip():
        raise InvalidExpression(text, 1, "the expression is empty")
    try:
        tree = ast.parse(re.sub(r"[\r\n\t]", " ", text), mode="eval").body
        _ensure_small(tree, text)
        rewriter = _Rewriter(text, coerces=coerces)
        body = cast("ast.expr", rewriter.visit(tree))
        return _function(body), frozenset(rewriter.names)
    except SyntaxError as error:
        raise _invalid(text, error) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InvalidExpression(text, 1, f"cannot be read ({error})") from None


def _ensure_small(tree: ast.expr, text: str) -> None:
    """Refuse trees whose depth would exhaust the stack of a recursive visit."""
    level: list[ast.AST] = [tree]
    depth = nodes = 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > DEEPEST or nodes > MOST_NODES:
            raise InvalidExpression(text, 1, "too many parts; split the decision")
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def _function(body: ast.expr) -> Callable[[Mapping[str, object]], object]:
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg(_VALUES)], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    module = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
    outer = compile(module, "<expression>", "eval")
    code = next(constant for constant in outer.co_consts if isinstance(constant, CodeType))
    return FunctionType(code, {"__builtins__": {}, **functions.FUNCTIONS, **_HELPERS})


def _invalid(text: str, error: SyntaxError) -> InvalidExpression:
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    for pattern, reason in _FOREIGN:
        if found := pattern.search(bare):
            return InvalidExpression(text, found.start() + 1, reason)
    return InvalidExpression(
        text, min(error.offset or len(text), len(text)), f"not readable: {error.msg}"
    )


class _Rewriter(ast.NodeTransformer):
    """Checks every node and replaces names and risky operations."""

    def __init__(self, text: str, *, coerces: bool) -> None:
        self.names: set[str] = set()
        self._text, self._coerces = text, coerces
        self._local: str | None = None
        self._comprehensions = 0

    def _refuse(self, node: ast.AST, reason: str) -> NoReturn:
        column = getattr(node, "col_offset", 0)
        position = len(self._text.encode()[:column].decode(errors="ignore")) + 1
        raise InvalidExpression(self._text, position, reason)

    def _call(self, helper: str, *arguments: ast.expr) -> ast.Call:
        return ast.Call(ast.Name(helper, ast.Load()), list(arguments), [])

    def _visited(self, node: ast.expr) -> ast.expr:
        return cast("ast.expr", self.visit(node))

    def visit(self, node: ast.AST) -> Any:
        """Visit a node of the white list."""
        if not isinstance(node, _ALLOWED):
            reason = _HINTS.get(type(node), f"{type(node).__name__} is not allowed")
            self._refuse(node, reason)
        return super().visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Turn a name into a look-up in the values."""
        if node.id in _CONSTANTS:
            return ast.Constant(_CONSTANTS[node.id])
        if node.id.startswith("_"):
            self._refuse(node, "names do not start with _")
        if node.id == self._local:
            return node
        self.names.add(node.id)
        return ast.Subscript(ast.Name(_VALUES, ast.Load()), ast.Constant(node.id), ast.Load())

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Let texts, numbers, booleans and null pass."""
        if not isinstance(node.value, str | int | float | bool | None):
            self._refuse(node, f"{node.value!r} is neither text nor number")
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Turn ``a.b`` into a look-up of the key b."""
        if node.attr.startswith("_"):
            self._refuse(node, "fields do not start with _")
        return self._call("_field", self._visited(node.value), ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Turn ``a[b]`` into a guarded look-up."""
        return self._call("_item", self._visited(node.value), self._visited(node.slice))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Guard the operations whose results can be large."""
        self.visit(node.op)
        guard = _GUARDS.get(type(node.op))
        left, right = self._visited(node.left), self._visited(node.right)
        return self._call(guard, left, right) if guard else ast.BinOp(left, node.op, right)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Let a comparison pass, or compare two values as JUEL does."""
        for operation in node.ops:
            self.visit(operation)
        left, *others = (self._visited(one) for one in (node.left, *node.comparators))
        helper = _COERCED.get(type(node.ops[0])) if len(others) == 1 and self._coerces else None
        if helper is not None:
            return self._call(helper, left, others[0])
        return ast.Compare(left, node.ops, others)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Let calls of the offered functions pass."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords:
            self._refuse(node, "functions take no named arguments")
        if name == "defined":
            return self._defined(node)
        if name not in functions.FUNCTIONS:
            offered = ", ".join(sorted([*functions.FUNCTIONS, "defined"]))
            self._refuse(node, f"only these functions may be called: {offered}")
        return self._call(name, *map(self._visited, node.args))

    def _defined(self, node: ast.Call) -> ast.expr:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Name):
            self._refuse(node, "defined() takes one name")
        values = ast.Name(_VALUES, ast.Load())
        return ast.Compare(ast.Constant(node.args[0].id), [ast.In()], [values])

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        """Let one ``[… for x in …]`` pass."""
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        """Let one ``sum(… for x in …)`` pass."""
        return self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> ast.expr:
        self._comprehensions += 1
        if self._comprehensions > 1 or len(node.generators) > 1:
            self._refuse(node, "one 'for' per expression")
        [generator] = node.generators
        if not isinstance(generator.target, ast.Name) or generator.target.id.startswith("_"):
            self._refuse(node, "'for' takes one plain name")
        generator.iter = self._call("_each", self._visited(generator.iter))
        self._local = generator.target.id
        generator.ifs = [self._visited(condition) for condition in generator.ifs]
        node.elt = self._visited(node.elt)
        self._local = None
        return node
