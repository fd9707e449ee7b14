"""What a replication leaves behind: columns of whole microseconds, the event log, the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from engine.domain.history import EventType, HistoryEvent
from engine.domain.process_graph import NodeType
from kpis.columns import Coded
from kpis.event_log import EventLog
from simulation.net import US, Net, Node
from simulation.recorder import COLUMNS, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulation.arrivals import Arrivals

    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SimulatedRun:
    """One row per visit of a case to an activity or timer event, ordered by case and time.

    Times are µs after the start of the run; -1 is "not before the run was cut".
    """

    net: Net
    arrivals: Arrivals
    case: Ints
    node: Ints
    visit: Ints
    unit: Ints  # number within the pool; -1: nobody performs it
    scheduled: Ints
    started: Ints
    completed: Ints
    work: Ints  # time worked, without suspension
    ended: Ints  # per case
    taken: tuple[tuple[int, ...], ...]  # tokens by node and way out, at decisions

    @classmethod
    def of(
        cls,
        net: Net,
        arrivals: Arrivals,
        *,
        rows: Recorder,
        ended: list[int],
        taken: list[list[int]],
    ) -> SimulatedRun:
        """Turn the rows of a finished engine into columns."""
        table = rows.table()
        columns = {name: table[:, i].copy() for i, name in enumerate(COLUMNS)}
        if not net.document.run.drain and net.until is not None:
            columns["completed"][columns["completed"] >= net.until] = -1
        return cls(
            net,
            arrivals,
            **columns,
            ended=np.array(ended, dtype=np.int64),
            taken=tuple(tuple(row) for row in taken),
        )

    @property
    def horizon(self) -> int:
        """The end of the observation window: when arrivals stop."""
        if self.net.until is not None:
            return self.net.until
        return int(self.arrivals.times[-1]) if len(self.arrivals) else 0

    def mean_cycle_time_s(self) -> float:
        """Return the mean time of the cases that ended after the warm-up; NaN for none."""
        counts = self.ended >= self.net.warm_up
        if not counts.any():
            return float("nan")
        return float(((self.ended - self.arrivals.times)[counts] / US).mean())

    @property
    def case_ids(self) -> list[str]:
        """The names of the cases; sorted by name they are in order of arrival."""
        width = len(str(len(self.arrivals)))
        return [f"{i:0{width}}" for i in range(1, len(self.arrivals) + 1)]

    def event_log(self) -> EventLog:
        """Return the run as the log that every KPI is read from."""
        case_ids = tuple(self.case_ids)
        nodes = self.net.nodes
        is_activity = np.array([node.is_activity for node in nodes], dtype=np.bool_)[self.node]
        elements = tuple(node.element_id for node in nodes)
        window = (self.net.warm_up / US, max(self.horizon, self.net.warm_up) / US)
        timed, worked = ~is_activity, is_activity
        return EventLog.from_columns(
            epoch=self.net.epoch,
            window=window,
            counted=(window[0], np.inf),
            cases={
                "case_id": Coded(np.arange(len(case_ids)), case_ids),
                "started_s": self.arrivals.times / US,
                "ended_s": _seconds(self.ended),
                "outcome": Coded((self.ended < 0).astype(np.intp), ("completed", "open")),
            },
            activities={
                "case_id": Coded(self.case[worked], case_ids),
                "element_id": Coded(self.node[worked], elements),
                "visit": self.visit[worked],
                "role": self._roles(worked),
                "performer": self._performers(worked),
                "scheduled_s": _seconds(self.scheduled[worked]),
                "started_s": _seconds(self.started[worked]),
                "completed_s": _seconds(self.completed[worked]),
                "work_s": np.where(self.completed[worked] < 0, np.nan, _seconds(self.work[worked])),
            },
            delays={
                "case_id": Coded(self.case[timed], case_ids),
                "element_id": Coded(self.node[timed], elements),
                "scheduled_s": _seconds(self.scheduled[timed]),
                "completed_s": _seconds(self.completed[timed]),
            },
        )

    def history(self) -> Iterator[HistoryEvent]:
        """Yield the run as history events, case by case, in the order in which they happened."""
        bounds = np.searchsorted(self.case, np.arange(len(self.arrivals) + 1)).tolist()
        for case, case_id in enumerate(self.case_ids):
            happened = list(self._happened(case, range(bounds[case], bounds[case + 1])))
            happened.sort(key=lambda entry: entry[:2])
            for seq, (time, _, type_, row) in enumerate(happened, start=1):
                yield self._event(case_id, seq, time, type_, row)

    def _happened(self, case: int, rows: range) -> Iterator[tuple[int, int, EventType, int]]:
        """Yield time, order at equal times, type and row (-1: the case itself)."""
        yield int(self.arrivals.times[case]), -1, EventType.CASE_STARTED, -1
        for row in rows:
            times = (
                (EventType.SCHEDULED, self.scheduled[row]),
                (EventType.STARTED, self.started[row]),
                (EventType.COMPLETED, self.completed[row]),
            )
            for place, (type_, time) in enumerate(times):
                if time >= 0 and (type_ is not EventType.STARTED or self.unit[row] >= 0):
                    yield int(time), 3 * (row - rows.start) + place, type_, row
        if self.ended[case] >= 0:
            yield int(self.ended[case]), 3 * len(rows), EventType.CASE_COMPLETED, -1

    def _event(self, case_id: str, seq: int, time: int, type_: EventType, row: int) -> HistoryEvent:
        at = self.net.epoch + timedelta(microseconds=time)
        key = self.net.process_key
        if row < 0:
            return HistoryEvent(key, case_id, seq, type_, at)
        node = self.net.nodes[int(self.node[row])]
        unit = int(self.unit[row])
        worked = type_ is EventType.COMPLETED and node.is_activity
        return HistoryEvent(
            key,
            case_id,
            seq,
            type_,
            at,
            element_id=node.element_id,
            element_type=_element_type(node).value,
            token=f"{node.element_id}#{int(self.visit[row])}",
            lane=node.role,
            actor=None if unit < 0 or type_ is EventType.SCHEDULED else unit_name(node.role, unit),
            detail={"work_s": int(self.work[row]) / US} if worked else {},
        )

    def _roles(self, rows: NDArray[np.bool_]) -> Coded:
        names = tuple(dict.fromkeys(node.role for node in self.net.nodes if node.role is not None))
        codes = [-1 if node.role is None else names.index(node.role) for node in self.net.nodes]
        return Coded(np.array(codes, dtype=np.intp)[self.node[rows]], names)

    def _performers(self, rows: NDArray[np.bool_]) -> Coded:
        pools = self.net.pools
        first = np.cumsum([0, *(plan.units for plan in pools)])[:-1]
        names = tuple(unit_name(plan.role, i) for plan in pools for i in range(plan.units))
        pool = np.array([node.pool for node in self.net.nodes], dtype=np.intp)[self.node[rows]]
        unit = self.unit[rows]
        codes = np.where(unit < 0, -1, (first[pool] if len(first) else 0) + unit)
        return Coded(codes.astype(np.intp), names)


def unit_name(role: str | None, unit: int) -> str:
    """Return what a unit of a pool is called in logs."""
    return f"{role} {unit + 1}"


def _element_type(node: Node) -> NodeType:
    """An activity that nobody performs is automatic in a log, whatever its symbol."""
    if node.is_activity and node.pool < 0:
        return NodeType.SERVICE_TASK
    if node.is_activity:
        return NodeType.USER_TASK
    return node.bpmn_type


def _seconds(ticks: Ints) -> NDArray[np.float64]:
    return np.asarray(np.where(ticks < 0, np.nan, ticks / US))
