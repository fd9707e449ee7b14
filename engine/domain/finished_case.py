"""FinishedCase: the events of a case that ran elsewhere, checked before they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.domain.business_key import LONGEST_KEY
from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.errors import InvalidHistory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.domain.history import HistoryEvent
    from engine.domain.process_graph import ProcessGraph

_ENDS = {
    EventType.CASE_COMPLETED: InstanceState.COMPLETED,
    EventType.CASE_CANCELLED: InstanceState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class FinishedCase:
    """A case from its start to its end."""

    case_id: str
    events: tuple[HistoryEvent, ...]

    @property
    def state(self) -> InstanceState:
        """Return how the case ended."""
        return _ENDS[self.events[-1].type]


def finished_cases(events: Iterable[HistoryEvent], graph: ProcessGraph) -> list[FinishedCase]:
    """Sort events into cases, in the order in which these came; InvalidHistory if one is wrong."""
    by_case: dict[str, list[HistoryEvent]] = {}
    for event in events:
        by_case.setdefault(event.case_id, []).append(event)
    for case_id, of_case in by_case.items():
        _ensure_told_in_full(case_id, of_case)
        _ensure_of_process(case_id, of_case, graph)
    return [FinishedCase(case_id, tuple(of_case)) for case_id, of_case in by_case.items()]


def _ensure_told_in_full(case_id: str, events: Sequence[HistoryEvent]) -> None:
    if not 0 < len(case_id) <= LONGEST_KEY:
        raise InvalidHistory(case_id, f"a case id has 1 to {LONGEST_KEY} characters")
    if events[0].type is not EventType.CASE_STARTED:
        raise InvalidHistory(case_id, f"its first event is {events[0].type}, not case_started")
    if events[-1].type not in _ENDS:
        raise InvalidHistory(case_id, f"its last event is {events[-1].type}, so it has not ended")
    if any(event.at.tzinfo is None for event in events):
        raise InvalidHistory(case_id, "its events need times with a zone")
    for before, after in pairwise(events):
        if after.seq <= before.seq:
            raise InvalidHistory(case_id, f"event {after.seq} comes after event {before.seq}")
        if after.at < before.at:
            raise InvalidHistory(case_id, f"event {after.seq} is earlier than the one before it")


def _ensure_of_process(case_id: str, events: Iterable[HistoryEvent], graph: ProcessGraph) -> None:
    for event in events:
        if event.process_key != graph.key:
            raise InvalidHistory(case_id, f"it is of process {event.process_key!r}")
        if event.element_id is not None and event.element_id not in graph.nodes:
            raise InvalidHistory(case_id, f"there is no element {event.element_id!r}")
