"""Log + model → Learnt: the order in which parameters are read, each from what is known by then."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.domain.process_graph import NodeType
from simulation.calibration.arrivals import ArrivalModel, learn_arrivals
from simulation.calibration.branches import learn_branches
from simulation.calibration.durations import learn_durations, quiet_days
from simulation.calibration.errors import CalibrationRefused
from simulation.calibration.estimates import CONFIDENCE, Estimate, share_of
from simulation.calibration.fitting import Fit, fit
from simulation.calibration.learnt import Learnt
from simulation.calibration.order import learn_order
from simulation.calibration.regimes import ClockShift, clock_shifts, moved
from simulation.calibration.remarks import remarks
from simulation.calibration.replay import Replay, replay
from simulation.calibration.roles import People
from simulation.calibration.waits import DelayFound, learn_delays
from simulation.calibration.work import Work, work_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.process_graph import ProcessGraph
    from kpis.log_reader.quality import Quality
    from kpis.log_reader.work_log import WorkLog
    from simulation.calibration.branches import BranchFound
    from simulation.calibration.work import Floats

_FEWEST_CASES = 10


def learn(
    log: WorkLog,
    graph: ProcessGraph,
    *,
    source: str,
    model: str,
    quality: Quality | None = None,
    confidence: float = CONFIDENCE,
) -> Learnt:
    """Learn every parameter of a scenario, each with an interval of the given confidence.

    Raises:
        CalibrationRefused: the log does not tell of this process, or of too few cases.
    """
    work = work_of(log, graph, source=source)
    _ensure_enough(log, source)
    shifts = align_clock(work)
    played, told = _replayed(work, graph, source)
    people = People.of(work, graph, confidence)
    cycle_s = _cycle_s(work)
    delays = learn_delays(
        work, people.staffing, people.pools(), played, cycle_s=cycle_s, confidence=confidence
    )
    return remarks(
        Learnt(
            source=source,
            model=model,
            zone=log.zone,
            graph=graph,
            work=work,
            replay=played,
            quality=quality,
            shifts=tuple(shifts),
            arrivals=_arrivals(work, played, confidence),
            people=people,
            **_timed(work, people, confidence),
            **_decided(played, work, graph, confidence),
            delays=delays,
            order=learn_order(work, people.staffing),
            events=_events(work, told, played, delays, confidence),
            confidence=confidence,
            mean_cycle_s=cycle_s,
        )
    )


def _replayed(work: Work, graph: ProcessGraph, source: str) -> tuple[Replay, Floats]:
    """Replay the work and fill in what it does not tell; return what it told of enabling."""
    played = replay(work, graph)
    _ensure_some_fit(played, source)
    told = work.enabled_s.copy()
    work.enabled_s = np.where(np.isnan(told), played.enabled_s, told)
    if not work.has_starts:
        _estimate_starts(work)
    return played, told


def align_clock(work: Work) -> list[ClockShift]:
    """Move what lies before a shift of everybody's clock to the clock after it."""
    events = np.concatenate([work.started_s, work.ended_s])
    shifts = clock_shifts(events[~np.isnan(events)])
    for name in ("enabled_s", "started_s", "ended_s", "arrived_s"):
        setattr(work, name, moved(getattr(work, name), shifts))
    return shifts


def _ensure_enough(log: WorkLog, source: str) -> None:
    if len(log.case_ids) < _FEWEST_CASES:
        reason = f"{len(log.case_ids)} cases are too few to learn from; {_FEWEST_CASES} are needed"
        raise CalibrationRefused(source, reason)


def _ensure_some_fit(played: Replay, source: str) -> None:
    if played.fitting == 0 and not played.starts:
        words = ", ".join(name for name, _ in played.only_log.most_common(3))
        reason = f"no case can be replayed on the model; out of turn are, for instance, {words}"
        raise CalibrationRefused(source, reason)


def _estimate_starts(work: Work) -> None:
    """Work begins when it is wanted and its person is done with what was before."""
    last: dict[int, float] = {}
    for row in np.argsort(work.ended_s, kind="stable").tolist():
        person, ended_s = int(work.resource[row]), float(work.ended_s[row])
        free_s = last.get(person, -np.inf) if person >= 0 else -np.inf
        begun_s = np.fmax(work.enabled_s[row], free_s)
        work.started_s[row] = min(ended_s, begun_s) if np.isfinite(begun_s) else ended_s
        last[person] = ended_s


def _cycle_s(work: Work) -> float:
    ended = np.full(len(work.case_ids), -np.inf)
    np.maximum.at(ended, work.case, work.ended_s)
    whole = np.isfinite(ended) & ~work.is_damaged
    return float((ended - work.arrived_s)[whole].mean()) if whole.any() else 0.0


def _arrivals(work: Work, played: Replay, confidence: float) -> dict[str, ArrivalModel]:
    """Learn the arrivals at each start event; a case nobody could replay came as most do."""
    usual = played.starts.most_common(1)[0][0]
    known = np.isfinite(work.arrived_s)
    cases = np.flatnonzero(known)
    span = (float(work.arrived_s[known].min()), float(work.arrived_s[known].max()))
    start_of = np.array([played.start_of.get(case, usual) for case in cases.tolist()])
    return {
        start: learn_arrivals(
            work.arrived_s[cases[start_of == start]], span=span, confidence=confidence
        )
        for start in played.starts
    }


def _events(
    work: Work,
    told: Floats,
    played: Replay,
    delays: Mapping[str, DelayFound],
    confidence: float,
) -> dict[str, Fit]:
    """Learn how long cases wait at events: as the log tells, or until the next task begins."""
    found = {event: fit(waits, confidence) for event, waits in work.delays.items() if len(waits)}
    waits: dict[str, list[float]] = {}
    for row, event in played.after_event.items():
        wait_s = told[row] - played.enabled_s[row]
        if np.isfinite(wait_s):
            waits.setdefault(event, []).append(max(0.0, float(wait_s)))
    found = {e: fit(np.array(values), confidence) for e, values in waits.items()} | found
    behind = {d.event: d.fit for d in delays.values() if d.event is not None and d.n}
    return {**behind, **found}


def _timed(work: Work, people: People, confidence: float) -> dict[str, Any]:
    """Return how long work takes, and on how many open days there was none."""
    quiet = quiet_days(work.ended_s, people.common.week)
    found = learn_durations(work, people.staffing, people.hours, people.own, quiet, confidence)
    return {"durations": found, "quiet_days": len(quiet)}


def _decided(played: Replay, work: Work, graph: ProcessGraph, confidence: float) -> dict[str, Any]:
    """Return what was decided, what decided it, and how often something happened or came again."""
    branches = learn_branches(played, work, graph, confidence)
    return {
        "branches": branches,
        "attributes": _attributes(work, branches, confidence),
        "boundary": _boundary(played, work, graph, confidence),
        "repetitions": _repetitions(played, work, graph, confidence),
    }


def _boundary(
    played: Replay, work: Work, graph: ProcessGraph, confidence: float
) -> dict[str, Estimate]:
    found = {}
    for node in graph.of_type(NodeType.BOUNDARY_EVENT):
        if node.timer is not None:
            continue  # the model says when it fires
        visits = len(work.rows_of(node.attached_to or "")) + played.boundary[node.id]
        if visits:
            found[node.id] = share_of(played.boundary[node.id] / visits, visits, confidence)
    return found


def _repetitions(
    played: Replay, work: Work, graph: ProcessGraph, confidence: float
) -> dict[str, Estimate]:
    """Return how often activities with a loop marker are done in a row, on average."""
    found = {}
    for node in graph.nodes.values():
        done = len(work.rows_of(node.id)) if node.loop is not None else 0
        if done:
            again = share_of(min(played.repeats[node.id], done - 1) / done, done, confidence)
            ends = (1 / max(1 - share, 1 / done) for share in (again.value, again.low, again.high))
            found[node.id] = Estimate(*ends)
    return found


def _attributes(
    work: Work, branches: Mapping[str, BranchFound], confidence: float
) -> dict[str, dict[str, Estimate]]:
    """Return the shares of the values of attributes that decide something."""
    found = {}
    for branch in branches.values():
        if branch.attribute is not None:
            counts = Counter(v for v in work.attributes[branch.attribute] if v in branch.levels)
            every = counts.total()
            found[branch.attribute] = {
                value: share_of(counts[value] / every, every, confidence) for value in branch.levels
            }
    return found
