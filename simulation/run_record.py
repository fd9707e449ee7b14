"""What a replication leaves behind: columns of whole microseconds, the event log, the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from engine.domain.history import EventType, HistoryEvent
from engine.domain.process_graph import NodeType
from kpis.columns import Coded
from kpis.event_log import EventLog
from simulation.net import US, Kind, Net, Node
from simulation.run_columns import at, places, seconds_of
from simulation.shifts import Shifts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulation.arrivals import Arrivals
    from simulation.recorder import Ints, Recorder


Chosen: TypeAlias = "NDArray[np.bool_] | slice"


@dataclass(frozen=True, eq=False)
class SimulatedRun:
    """One row per visit of a case to an activity or timer event, ordered by case and time.

    Times are µs after the start of the run; -1 is "not before the run was cut". Work of special
    roles (see ``simulation.net.staff``) may be interrupted or done by several units: then
    ``unit`` is the first or last of them, and ``stints`` tell who was bound when.
    """

    net: Net
    arrivals: Arrivals
    case: Ints
    node: Ints
    visit: Ints
    unit: Ints  # number among all units of the net; -1: nobody performs it
    scheduled: Ints
    started: Ints
    completed: Ints
    work: Ints  # time worked, without suspension
    cancelled: Ints  # when it was withdrawn, or left the queue
    formed: Ints  # when its batch was complete
    ended: Ints  # per case
    abandoned: NDArray[np.bool_]  # per case: it ended by leaving a queue
    taken: tuple[tuple[int, ...], ...]  # tokens by node and way out, at decisions
    stints: Mapping[str, Ints]  # columns of STINTS, of special roles only
    downs: Mapping[str, Ints]  # columns of DOWNS: when units failed, maybe more than once

    @classmethod
    def of(
        cls,
        net: Net,
        arrivals: Arrivals,
        *,
        rows: Recorder,
        ended: Sequence[int],
        taken: list[list[int]],
    ) -> SimulatedRun:
        """Turn the rows of a finished engine into columns."""
        columns = rows.columns()
        if not net.document.run.drain and net.until is not None:
            columns["completed"][columns["completed"] >= net.until] = -1
        leavings = rows.leavings.columns()
        place = places(columns, leavings)
        columns["work"][place] = np.where(columns["started"][place] < 0, -1, leavings["work"])
        formed = rows.formed.columns()
        abandoned = np.zeros(len(ended), dtype=np.bool_)
        abandoned[rows.abandoned] = True
        return cls(
            net,
            arrivals,
            **columns,
            cancelled=at(columns, place, leavings["at"]),
            formed=at(columns, places(columns, formed), formed["at"]),
            ended=np.array(ended, dtype=np.int64),
            abandoned=abandoned,
            taken=tuple(tuple(row) for row in taken),
            stints=rows.stints.columns(),
            downs=rows.downs.columns(),
        )

    @property
    def horizon(self) -> int:
        """The end of the observation window: when arrivals stop."""
        if self.net.until is not None:
            return self.net.until
        return int(self.arrivals.times.max()) if len(self.arrivals) else 0

    @cached_property
    def process(self) -> Coded:
        """Return by case the id of its process."""
        if len(self.net.scopes) < 2:
            return Coded(np.zeros(len(self.arrivals), dtype=np.intp), (self.net.process_key,))
        starts = {start: i for i, start in enumerate(dict.fromkeys(self.arrivals.starts))}
        of_start = [self.net.process_of_start(start) for start in starts]
        names = tuple(dict.fromkeys(of_start))
        place = np.array([names.index(name) for name in of_start], dtype=np.intp)
        of_case = np.fromiter((starts[start] for start in self.arrivals.starts), dtype=np.intp)
        return Coded(place[of_case], names)

    @cached_property
    def shifts(self) -> Shifts:
        """Return when the units were on shift, up to the very end of the run."""
        ends = (self.completed, self.started, self.stints["end"])
        return Shifts(self.net, max(self.horizon, *(int(end.max(initial=0)) for end in ends)) + 1)

    @cached_property
    def is_own(self) -> NDArray[np.bool_]:
        """Return which cases are of the process that figures per case are about."""
        return self.is_of(self.net.process_key)

    def is_of(self, process: str) -> NDArray[np.bool_]:
        """Return which cases are of a process."""
        return np.array([name == process for name in self.process.names], dtype=np.bool_)[
            self.process.codes
        ]

    def mean_cycle_time_s(self) -> float:
        """Return the mean time of the cases that ended after the warm-up; NaN for none."""
        counts = (self.ended >= self.net.warm_up) & ~self.abandoned & self.is_own
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
        worked = self._rows_where([node.is_activity for node in nodes])
        elements = tuple(node.element_id for node in nodes)
        window = (self.net.warm_up / US, max(self.horizon, self.net.warm_up) / US)
        waits = [node.bpmn_type is NodeType.INTERMEDIATE_CATCH_EVENT for node in nodes]
        timed = self._rows_where(waits)
        return EventLog.from_columns(
            epoch=self.net.epoch,
            window=window,
            counted=(window[0], np.inf),
            cases={
                "case_id": Coded(np.arange(len(case_ids)), case_ids),
                "started_s": self.arrivals.times / US,
                "ended_s": seconds_of(self.ended),
                "outcome": Coded(self._outcomes(), ("completed", "open", "abandoned")),
                "process": self.process,
            },
            process=self.net.process_key,
            activities={
                "case_id": Coded(self.case[worked], case_ids),
                "element_id": Coded(self.node[worked], elements),
                "visit": self.visit[worked],
                "role": self._roles(worked),
                "performer": self._performers(worked),
                "scheduled_s": seconds_of(self.scheduled[worked]),
                "started_s": seconds_of(self.started[worked]),
                "completed_s": seconds_of(self.completed[worked]),
                "cancelled_s": seconds_of(self.cancelled[worked]),
                "work_s": self._work_s(worked),
            },
            delays={
                "case_id": Coded(self.case[timed], case_ids),
                "element_id": Coded(self.node[timed], elements),
                "scheduled_s": seconds_of(self.scheduled[timed]),
                "completed_s": seconds_of(self.completed[timed]),
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
                (EventType.CANCELLED, self.cancelled[row]),
            )
            for place, (type_, time) in enumerate(times):
                if time >= 0 and (type_ is not EventType.STARTED or self.unit[row] >= 0):
                    yield int(time), 4 * (row - rows.start) + place, type_, row
        if self.ended[case] >= 0:
            left = bool(self.abandoned[case])
            type_ = EventType.CASE_CANCELLED if left else EventType.CASE_COMPLETED
            yield int(self.ended[case]), 4 * len(rows), type_, -1

    def _event(self, case_id: str, seq: int, time: int, type_: EventType, row: int) -> HistoryEvent:
        at = self.net.epoch + timedelta(microseconds=time)
        key = self.process.names[self.process.codes[int(case_id) - 1]]
        if row < 0:
            detail = {"outcome": "abandoned"} if type_ is EventType.CASE_CANCELLED else {}
            return HistoryEvent(key, case_id, seq, type_, at, detail=detail)
        node = self.net.nodes[int(self.node[row])]
        unit = int(self.unit[row])
        is_over = type_ in {EventType.COMPLETED, EventType.CANCELLED}
        worked = is_over and node.is_activity and self.started[row] >= 0
        nobody = unit < 0 or type_ is EventType.SCHEDULED
        return HistoryEvent(
            key,
            case_id,
            seq,
            type_,
            at,
            element_id=node.element_id,
            element_type=_element_type(node).value,
            token=f"{node.element_id}#{int(self.visit[row])}",
            lane=self.role_of(row),
            actor=None if nobody else self.net.staff.names[unit],
            detail={"work_s": int(self.work[row]) / US} if worked else {},
        )

    def role_of(self, row: int) -> str | None:
        """Return the role in which a visit is performed, or the lane of what nobody performs."""
        pool = int(self.pool[row])
        return self.net.nodes[int(self.node[row])].role if pool < 0 else self.net.pools[pool].role

    @cached_property
    def pool(self) -> Ints:
        """Return by row the number of the pool in which somebody performs it; -1: nobody."""
        return self.pools_of(self.node, self.unit)

    def pools_of(self, node: Ints, unit: Ints) -> Ints:
        """Return in which pool units work at nodes: that which is asked for, or their own."""
        pool_of = np.array([node.pool for node in self.net.nodes], dtype=np.int32)
        asked, staff = pool_of[node], self.net.staff
        if not staff.persons:
            return asked
        serves = np.ones((len(self.net.pools), len(staff.names) + 1), dtype=np.bool_)
        for number, person in staff.persons.items():
            serves[:, number] = False
            serves[list(person.pools), number] = True
        own = np.array([*staff.homes, -1], dtype=np.int32)
        return np.asarray(np.where(serves[asked, unit], asked, own[unit]))

    def rows_of(self, some: Mapping[str, Ints]) -> NDArray[np.intp]:
        """Return the rows of the visits of a side table."""
        mine = {"case": self.case, "node": self.node, "visit": self.visit}
        return places(mine, some)

    def _rows_where(self, of_node: Sequence[bool]) -> Chosen:
        """Return the rows of some nodes; of all of them a slice, which copies nothing."""
        found = np.array(of_node, dtype=np.bool_)[self.node]
        return slice(None) if found.all() else found

    def _outcomes(self) -> NDArray[np.intp]:
        return np.where(self.abandoned, 2, self.ended < 0).astype(np.intp)

    def _work_s(self, rows: Chosen) -> NDArray[np.float64]:
        work_s = seconds_of(self.work[rows])
        work_s[(self.completed[rows] < 0) & (self.cancelled[rows] < 0)] = np.nan
        return work_s

    def _roles(self, rows: Chosen) -> Coded:
        lanes = [node.role for node in self.net.nodes]
        roles = [plan.role for plan in self.net.pools]
        used = [roles[pool] for pool in np.unique(self.pool).tolist() if pool >= 0]
        names = tuple(dict.fromkeys(name for name in (*lanes, *used) if name is not None))
        place = dict.fromkeys((*roles, None), -1) | {name: i for i, name in enumerate(names)}
        of_lane = np.array([place[lane] for lane in lanes], dtype=np.int32)[self.node[rows]]
        of_pool = np.array([*(place[role] for role in roles), -1], dtype=np.int32)[self.pool[rows]]
        return Coded(np.where(self.pool[rows] < 0, of_lane, of_pool), names)

    def _performers(self, rows: Chosen) -> Coded:
        return Coded(self.unit[rows], self.net.staff.names)


def _element_type(node: Node) -> NodeType:
    """An activity that nobody performs is automatic in a log, whatever its symbol."""
    if node.kind in {Kind.SCOPE, Kind.ENTER}:
        return node.bpmn_type
    if node.is_activity and node.pool < 0:
        return NodeType.SERVICE_TASK
    if node.is_activity:
        return NodeType.USER_TASK
    return node.bpmn_type
