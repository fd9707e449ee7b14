"""Multi-instance activities and standard loops: a visit of several instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.expressions import EvaluationFailed
from simulation.draws import ensure_no_endless_loop
from simulation.errors import SimulationFailed
from simulation.flow.frames import Open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.expressions import Expression
    from simulation.flow.context import Flow
    from simulation.flow.frames import Begin, Done, Host, Thrown, Visit
    from simulation.net import Node

COUNTER = "loopCounter"
MOST_INSTANCES = 20_000  # as in the engine


class Loop:
    """What all visits to a repeated activity share."""

    def __init__(self, flow: Flow, node: Node, begin: Begin, entries: Sequence[Done]) -> None:
        """``entries``: what can be undone of an instance that is done."""
        assert node.repeat is not None
        self.entries = entries
        self.node, self.begin, self.repeat = node, begin, node.repeat
        self.draws, self.values = flow.draws, flow.cases.values
        self.case_of, self.next_visit = flow.frames.case_of, flow.visits().next
        self.next_lot = flow.visits().next

    def total(self, case: int) -> int | None:
        """Return how many instances there are; None if that shows on the way."""
        repeat, node = self.repeat, self.node
        visit = self.next_visit(case)
        if repeat.count is not None:
            return self._bounded(self.draws.count(node, case, visit), case)
        if repeat.number is not None:
            return self._bounded(self._number(repeat.number, case), case)
        if repeat.tests_before and not self.goes_round(case, 0):
            return 0
        return repeat.most

    def _number(self, number: Expression, case: int) -> object:
        try:
            return number.evaluate(self.values(case))
        except EvaluationFailed as error:
            raise SimulationFailed(self.node.element_id, str(error)) from error

    def _bounded(self, number: object, case: int) -> int:
        values = self.values(case)
        if isinstance(number, bool) or not isinstance(number, int | float) or number % 1:
            words = f"the number of instances is no whole number but {number!r} for {values}"
            raise SimulationFailed(self.node.element_id, words)
        if not 0 <= number <= MOST_INSTANCES:
            words = f"{number} instances; 0 to {MOST_INSTANCES} are allowed"
            raise SimulationFailed(self.node.element_id, words)
        return int(number)

    def goes_round(self, case: int, done: int) -> bool:
        """Whether a standard loop is done once more."""
        return self._holds({**self.values(case), COUNTER: done})

    def is_enough(self, case: int, total: int | None, begun: int, done: int) -> bool:
        """Whether no further instance is needed."""
        repeat = self.repeat
        if done == total:
            return True
        if repeat.again is not None:
            return not self.draws.again(self.node, case, self.next_lot(case))
        if repeat.condition is None:
            return False
        if repeat.is_loop:
            return not self.goes_round(case, done)
        return self._holds({**self.values(case), **_counts(total or 0, begun, done)})

    def _holds(self, values: dict[str, object]) -> bool:
        assert self.repeat.condition is not None
        try:
            return self.repeat.condition.is_true(values)
        except EvaluationFailed as error:
            raise SimulationFailed(self.node.element_id, str(error)) from error


def _counts(total: int, begun: int, done: int) -> dict[str, object]:
    """Return the numbers that a completion condition may use, by the engine's names."""
    return {
        "nrOfInstances": total,
        "nrOfCompletedInstances": done,
        "nrOfActiveInstances": begun - done,
        "numberOfInstances": total,
        "numberOfCompletedInstances": done,
        "numberOfActiveInstances": begun - done,
        "numberOfTerminatedInstances": 0,
    }


class Turn:
    """One instance of a repeated activity."""

    __slots__ = ("_rounds", "entries", "visit")

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self.visit: Visit | None = None
        self.entries: list[Done] = []

    def done(self, now: int) -> None:
        """Count it."""
        self.visit = None
        self._rounds.one_is_done(self, now)

    def thrown(self, thrown: Thrown, now: int) -> None:
        """Let it out."""
        self._rounds.host.thrown(thrown, now)

    def abandoned(self, now: int) -> None:
        """Let it out."""
        self._rounds.host.abandoned(now)


class Rounds(Open):
    """A visit to a repeated activity."""

    __slots__ = (
        *("_begun", "_case", "_done", "_frame", "_is_beginning", "_loop", "_open", "_total"),
        *("_entries", "host", "is_over"),
    )

    def __init__(self, loop: Loop, frame: int, host: Host) -> None:
        self._loop, self._frame, self.host = loop, frame, host
        self._case = loop.case_of[frame]
        self._total = loop.total(self._case)
        self._begun = self._done = 0
        self._open: dict[Turn, None] = {}
        self._entries: list[Done] = []
        self._is_beginning = self.is_over = False
        host.visit = self

    def begin(self, now: int) -> None:
        """Begin all instances, or the next one; finish if there is none."""
        self._is_beginning = True
        while not self.is_over and self._may_begin():
            self._begun += 1
            ensure_no_endless_loop(self._loop.node, self._begun - 1)
            turn = Turn(self)
            self._open[turn] = None
            self._loop.begin(self._frame, now, turn)
        self._is_beginning = False
        if not self.is_over and self._begun == self._done == self._total:
            self._finish(now)

    def _may_begin(self) -> bool:
        is_next = self._loop.repeat.is_parallel or not self._open
        return is_next and (self._total is None or self._begun < self._total)

    def one_is_done(self, turn: Turn, now: int) -> None:
        """Finish, or begin the next one."""
        del self._open[turn]
        self._done += 1
        self._entries += turn.entries or self._loop.entries
        if self._loop.is_enough(self._case, self._total, self._begun, self._done):
            self._finish(now)
            return
        if not self._is_beginning:
            self.begin(now)

    def withdraw(self, now: int) -> None:
        """Withdraw every instance."""
        self.is_over = True
        for turn in list(self._open):
            if turn.visit is not None:
                turn.visit.withdraw(now)
                turn.visit = None
        self._open.clear()

    def cut(self) -> None:
        """Record the instances that are open when the run is cut."""
        for turn in self._open:
            if isinstance(turn.visit, Open):
                turn.visit.cut()

    def _finish(self, now: int) -> None:
        self.withdraw(now)
        self.host.entries = self._entries
        self.host.done(now)


def repeated(flow: Flow, node: Node, begin: Begin, entries: Sequence[Done] = ()) -> Begin:
    """Return what begins a repeated activity."""
    loop = Loop(flow, node, begin, entries)

    def begin_rounds(frame: int, now: int, host: Host) -> None:
        Rounds(loop, frame, host).begin(now)

    return begin_rounds
