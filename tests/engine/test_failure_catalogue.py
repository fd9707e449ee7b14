"""The catalogue of failures names tests that exist, for every case that must have one."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LINES = (Path(__file__).parent / "failure_catalogue.txt").read_text(encoding="utf-8").splitlines()
WANTED = {
    *(f"A{number}" for number in (1, 2, 3, 7, 8, 9, 12, 13)),
    *(f"B{number}" for number in range(1, 19)),
    *(f"D{number}" for number in range(1, 16)),
}


def catalogue():
    """Return the tests of each case."""
    cases: dict[str, list[str]] = {}
    for line in LINES[3:]:
        if line.startswith("    "):
            cases[next(reversed(cases))].append(line.strip())
        elif line and not line.startswith("#"):
            cases[line] = []
    return cases


@cache
def names_in(module):
    tree = ast.parse((TESTS / module).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("case", catalogue())
def test_case_is_proved_by_tests_that_exist(case):
    named = [node.split("::") for node in catalogue()[case]]

    assert named
    assert [f"{module}::{name}" for module, name in named if name not in names_in(module)] == []


def test_catalogue_is_complete():
    assert {case.split()[0] for case in catalogue()} == WANTED
