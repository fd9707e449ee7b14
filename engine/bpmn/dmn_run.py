"""What one decision keeps while it runs: the rules that hit, the work left; and its failure."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 1.0  # of computing time, for one decision
DEEPEST_CALLS = 40  # of functions within functions
Scope = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class HitRule:
    """A rule that hit: its decision and table, its id and its number, counted from 1."""

    decision_id: str
    table_id: str
    rule_id: str
    number: int


class DecisionFailed(EngineError):
    """A decision gives the result its tables define: every input is decided, and but once.

    ``table`` and ``rules`` name the table and the rules at fault, where there are any;
    ``inputs`` holds the values that were decided on.
    """

    def __init__(
        self,
        decision: str,
        reason: str,
        *,
        table: str | None = None,
        rules: tuple[str, ...] = (),
        inputs: Mapping[str, object] | None = None,
    ) -> None:
        self.decision, self.table, self.rules = decision, table, rules
        self.inputs, self.reason = dict(inputs or {}), reason
        words = [f"decision {decision!r}", f"table {table!r}" if table else ""]
        words.append(", ".join(f"rule {rule!r}" for rule in rules))
        given = ", ".join(f"{name} = {_short(value)}" for name, value in self.inputs.items())
        where = ", ".join(filter(None, words))
        super().__init__(f"{where}: {reason}" + (f" ({given})" if given else ""))


def _short(value: object) -> str:
    shown = "null" if value is None else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


class LogicFailed(Exception):
    """Logic below a decision failed; the decision makes a DecisionFailed of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Run:
    """One call of ``decide``: what it did so far."""

    decision: str = ""
    decision_id: str = ""
    rules: list[HitRule] = field(default_factory=list)
    began_s: float = field(default_factory=time.thread_time)
    calls: int = 0

    def spend(self) -> None:
        """Stop a decision that takes too long; each expression in it has limits of its own."""
        if time.thread_time() - self.began_s > LONGEST_S:
            raise LogicFailed(f"takes more than {LONGEST_S} s of computing time")

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count how deep functions call functions."""
        self.calls += 1
        if self.calls > DEEPEST_CALLS:
            raise LogicFailed(f"functions call each other more than {DEEPEST_CALLS} deep")
        try:
            yield
        finally:
            self.calls -= 1

    @contextmanager
    def deciding(self, decision: str, decision_id: str) -> Iterator[None]:
        """Name the decision that the work belongs to."""
        outer = self.decision, self.decision_id
        self.decision, self.decision_id = decision, decision_id
        try:
            yield
        finally:
            self.decision, self.decision_id = outer


class Logic(Protocol):
    """Anything that gives a value over the values of a scope."""

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return the value, in FEEL's own kinds."""
        ...
