"""Which Python a script may be written in, and its compilation.

Two white lists, one behind the other: ours, of the statements and expressions a script needs,
then RestrictedPython's, which also replaces every access to attributes and items by a call of
our guards (``script_guards``). Nothing is executed here.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from RestrictedPython.compile import compile_restricted_exec

from engine.expressions.script_errors import InvalidScript

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType

LONGEST_TEXT = 20_000
MOST_NODES = 5_000
DEEPEST = 60
FILENAME = "<script>"
_ALLOWED = (
    ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.If, ast.For, ast.While, ast.Break,
    ast.Continue, ast.Pass, ast.Return, ast.FunctionDef, ast.arguments, ast.arg, ast.Try,
    ast.ExceptHandler, ast.Raise, ast.Assert, ast.Delete, ast.Lambda,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword,
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred,
    ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension,
    ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip
_NO_IMPORT = "nothing can be imported; date, datetime, timedelta and Decimal are there"
_HINTS: Mapping[type[ast.AST], str] = {
    ast.Import: _NO_IMPORT,
    ast.ImportFrom: _NO_IMPORT,
    ast.ClassDef: "a script cannot define a class",
    ast.With: "'with' is not offered: a script opens nothing",
    ast.Global: "'global' is not offered; let the function return a value",
    ast.Nonlocal: "'nonlocal' is not offered; let the function return a value",
    ast.AnnAssign: "write 'name = value' without a type",
    ast.NamedExpr: "set the value with = in a line of its own, not with :=",
    ast.Yield: "'yield' is not offered; return a list",
    ast.YieldFrom: "'yield' is not offered; return a list",
}
_REFUSED_NAMES = {
    "print": "print is not offered; set a value instead",
    "open": "a script opens no files",
    "eval": "eval is not offered",
    "exec": "exec is not offered",
}
_LINE = re.compile(r"Line (\d+): (.*)", re.DOTALL)
_OWN_SCOPE = (ast.FunctionDef, ast.Lambda, ast.comprehension)


@dataclass(frozen=True)
class Script:
    """A compiled script; ``loop_names`` are set by ``for`` alone and are not kept."""

    code: CodeType
    loop_names: frozenset[str]


@lru_cache(maxsize=256)
def compile_script(text: str) -> Script:
    """Return the compiled script, or raise InvalidScript with the line."""
    if len(text) > LONGEST_TEXT:
        raise InvalidScript(1, f"longer than {LONGEST_TEXT:,} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful escape in a text is no reason to refuse
            tree = ast.parse(text, FILENAME)
            _ensure_allowed(tree)
            loop_names = _loop_names(tree)
            compiled = compile_restricted_exec(tree, filename=FILENAME)
    except SyntaxError as error:
        raise InvalidScript(error.lineno or 1, f"not readable: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InvalidScript(1, f"cannot be read ({str(error) or 'too many parts'})") from None
    if compiled.errors or compiled.code is None:
        raise _refusal(compiled.errors[0] if compiled.errors else "not allowed")
    return Script(compiled.code, loop_names)


def _refusal(message: str) -> InvalidScript:
    found = _LINE.fullmatch(message)
    return InvalidScript(int(found[1]), found[2]) if found else InvalidScript(1, message)


def _ensure_allowed(tree: ast.Module) -> None:
    level: list[ast.AST] = [tree]
    depth = nodes = 0
    line = 1
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > DEEPEST or nodes > MOST_NODES:
            raise InvalidScript(line, "too many parts; split the script")
        for node in level:
            line = getattr(node, "lineno", line)
            if reason := _objection(node):
                raise InvalidScript(line, reason)
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def _objection(node: ast.AST) -> str | None:
    if not isinstance(node, _ALLOWED):
        return _HINTS.get(type(node), f"{type(node).__name__} is not allowed")
    if isinstance(node, ast.Name):
        return _REFUSED_NAMES.get(node.id)
    if isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name):
        return "write a[b] = a[b] + c; += is for names only"
    if isinstance(node, ast.Delete) and any(isinstance(each, ast.Name) for each in node.targets):
        return "del takes items of lists and objects; set a value to None instead"
    return None


def _loop_names(tree: ast.Module) -> frozenset[str]:
    looped: set[str] = set()
    assigned: set[str] = set()
    for node in _same_scope(tree):
        if isinstance(node, ast.For):
            looped.update(_stored(node.target))
        elif isinstance(node, ast.Assign):
            assigned.update(name for target in node.targets for name in _stored(target))
        elif isinstance(node, ast.AugAssign):
            assigned.update(_stored(node.target))
    return frozenset(looped - assigned)


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _OWN_SCOPE):
            yield child
            yield from _same_scope(child)


def _stored(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
