"""Ceilings of style.md: module 300 lines, function 40 without its docstring, complexity 8."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, name_of, python_files

MODULE_LINES = 300
FUNCTION_LINES = 40
EXCEPTIONS: frozenset[str] = frozenset()  # only ever shrinks
CODE = (
    *python_files("engine", "kpis", "simulation", "web", "migrations", "benchmarks", "tests"),
    ROOT / "dev.py",
    ROOT / "hatch_build.py",
)


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function, leaving its docstring and decorators out."""
    first = function.body[0]
    is_documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the name and length of each function in a file."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name_of(path)}:{node.name}", lines_of(node)


def test_modules_stay_under_their_ceiling():
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in CODE}

    too_long = {name: size for name, size in sizes.items() if size > MODULE_LINES}

    assert too_long.keys() <= EXCEPTIONS, too_long


def test_functions_stay_under_their_ceiling():
    sizes = dict(function for path in CODE for function in functions_of(path))

    too_long = {name: size for name, size in sizes.items() if size > FUNCTION_LINES}

    assert too_long.keys() <= EXCEPTIONS, too_long


def test_nobody_opts_out_of_the_complexity_rule():
    opt_out = re.compile(r"noqa:[^#]*\b(C90\d?|PLR0911|PLR0912|PLR0915)\b")

    opted_out = {name_of(path) for path in CODE if opt_out.search(path.read_text())}

    assert opted_out - {name_of(Path(__file__))} <= EXCEPTIONS


def test_a_docstring_does_not_count():
    function = ast.parse('def f():\n    """One\n    two.\n    """\n    return 1\n').body[0]

    assert isinstance(function, ast.FunctionDef)
    assert lines_of(function) == 2
