"""Gaps and overlaps of decision tables, where they can be told: warnings, not errors.

Every cell that names plain numbers, texts or true and false cuts the values of its column into
regions. One sample of each region is tried against the compiled cells themselves, so nothing is
understood twice. Tables with other cells, or too many combinations, are passed over.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Any

from engine.bpmn.dmn_table import LISTS, HitPolicy
from engine.bpmn.dmn_types import shown
from engine.bpmn.dmn_vocabulary import WHOLE_NUMBERS, child, children, finding, text_of
from engine.errors import Finding, Severity
from engine.expressions import EvaluationFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.bpmn.dmn_read import Model
    from engine.bpmn.dmn_table import DecisionTable

MOST_COMBINATIONS = 5_000
_OTHER_TEXT = "…"  # stands for any text that no cell names
_NUMBER = r"-?\d+(?:\.\d+)?"
_TEXT = r'"[^"\\]*"'
_END = rf"(?:{_NUMBER})"
_TEST = rf"(?:(?:<=?|>=?)?\s*{_NUMBER}|[\[\](]\s*{_END}\s*\.\.\s*{_END}\s*[\])\[])"
_LIST = r"{0}(?:\s*,\s*{0})*"
_NUMBERS = re.compile(rf"-?|{_LIST.format(_TEST)}|not\(\s*{_LIST.format(_TEST)}\s*\)")
_TEXTS = re.compile(rf"-?|{_LIST.format(_TEXT)}|not\(\s*{_LIST.format(_TEXT)}\s*\)")
_BOOLEANS = re.compile(r"-?|true|false|not\((?:true|false)\)")
Samples = list[object]


def table_findings(model: Model) -> Iterator[Finding]:
    """Yield a warning for each table with a gap, and for rules that overlap against its policy."""
    for element, table in model.tables:
        samples = [
            _samples(column, cells, model.types.basic(table.inputs[index].type_name))
            for index, (column, cells) in enumerate(_columns(element))
        ]
        known = [each for each in samples if each]
        if len(known) == len(samples) and prod(map(len, known)) <= MOST_COMBINATIONS:
            yield from _Check(element, table, known).findings()


def _columns(element: Any) -> Iterator[tuple[Any, list[str]]]:
    rules = [list(children(rule, "inputEntry")) for rule in children(element, "rule")]
    for index, column in enumerate(children(element, "input")):
        yield column, [text_of(cells[index]) for cells in rules]


def _samples(column: Any, cells: Sequence[str], type_name: str) -> Samples | None:
    """Return one value of each region of a column, or None if they cannot be told."""
    if all(map(_BOOLEANS.fullmatch, cells)) and type_name == "boolean":
        return [True, False]
    if all(map(_NUMBERS.fullmatch, cells)) and type_name == "number":
        given = child(column, "inputExpression").get("typeRef")
        return _numbers(cells, is_whole=given in WHOLE_NUMBERS)
    if all(map(_TEXTS.fullmatch, cells)) and type_name == "string":
        return _texts(cells, text_of(child(column, "inputValues")))
    return None


def _numbers(cells: Sequence[str], *, is_whole: bool) -> Samples:
    found = sorted({Fraction(text) for cell in cells for text in re.findall(_NUMBER, cell)})
    if not found:
        return [0]
    if is_whole:
        near = {step + int(number) for number in found for step in (-1, 0, 1)}
        return [*sorted(near)]
    middles = [(low + high) / 2 for low, high in pairwise(found)]
    return [float(value) for value in sorted([found[0] - 1, *found, *middles, found[-1] + 1])]


def _texts(cells: Sequence[str], allowed: str) -> Samples:
    if allowed and re.fullmatch(_LIST.format(_TEXT), allowed):
        return [text[1:-1] for text in re.findall(_TEXT, allowed)]
    named = dict.fromkeys(text[1:-1] for cell in cells for text in re.findall(_TEXT, cell))
    return [*named, _OTHER_TEXT]


class _Check:
    """Tries every combination of the samples of a table."""

    def __init__(self, element: Any, table: DecisionTable, samples: list[Samples]) -> None:
        self._element, self._table, self._samples = element, table, samples
        self._hits = [
            [self._matching(index, value) for value in column]
            for index, column in enumerate(samples)
        ]

    def _matching(self, column: int, value: object) -> frozenset[int]:
        """Return the numbers of the rules whose cell in a column lets a value pass."""
        hits = set()
        for rule in self._table.rules:
            test = rule.tests[column]
            try:
                if test is None or test.matches(value, {}):
                    hits.add(rule.number)
            except EvaluationFailed:
                continue
        return frozenset(hits)

    def findings(self) -> Iterator[Finding]:
        """Yield the first gap, and the first overlap of each pair of rules."""
        gap: tuple[object, ...] | None = None
        overlaps: dict[tuple[int, int], tuple[object, ...]] = {}
        every = frozenset(rule.number for rule in self._table.rules)
        for values, hits in zip(product(*self._samples), product(*self._hits), strict=True):
            numbers = sorted(every.intersection(*hits))
            if not numbers:
                gap = gap or values
            for first, second in pairwise(numbers):
                overlaps.setdefault((first, second), values)
        yield from self._gap(gap)
        for (first, second), values in sorted(overlaps.items()):
            yield from self._overlap(first, second, values)

    def _gap(self, values: tuple[object, ...] | None) -> Iterator[Finding]:
        has_default = any(column.default for column in self._table.outputs)
        if values is not None and not has_default and self._table.policy not in LISTS:
            yield self._warning("table-gap", f"no rule decides {self._described(values)}")

    def _overlap(self, first: int, second: int, values: tuple[object, ...]) -> Iterator[Finding]:
        policy = self._table.policy
        if policy is HitPolicy.UNIQUE:
            words = f"rules {first} and {second} both hit {self._described(values)}"
            yield self._warning("table-overlap", f"{words}, and the hit policy is UNIQUE")
        elif policy is HitPolicy.ANY and self._conclusions(first) != self._conclusions(second):
            words = f"rules {first} and {second} differ, and both hit {self._described(values)}"
            yield self._warning("table-overlap", f"{words}, and the hit policy is ANY")

    def _conclusions(self, number: int) -> list[str]:
        rules = list(children(self._element, "rule"))
        return [text_of(cell) for cell in children(rules[number - 1], "outputEntry")]

    def _described(self, values: tuple[object, ...]) -> str:
        columns = zip(self._table.inputs, values, strict=True)
        return ", ".join(
            f"{column.text} = {'any other text' if value == _OTHER_TEXT else shown(value)}"
            for column, value in columns
        )

    def _warning(self, rule: str, message: str) -> Finding:
        return finding(rule, message, self._element, Severity.WARNING)
