"""Who works: roles, how many units each has, and whether people do several things at once.

Roles are those of the log; else the lanes of the model; else activities that the same people
do share a role. A role has as many units as people who are there regularly, and at least as
many as ever worked at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kpis.stats.intervals import ratio_interval
from simulation.calibration.estimates import CONFIDENCE, Estimate, mean_of
from simulation.calibration.told import Told, told
from simulation.calibration.week import DAY_S
from simulation.calibration.work import is_performed

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph
    from simulation.calibration.work import Floats, Ints, Work

_REGULAR_SHARE = 0.5  # of the days on which the role works
_OTHER_SHARE = 0.1  # of an activity's rows done by another role: worth a word
_ALIKE = 0.3  # of the work of two activities done by the same people: one role
_MULTITASKING_SHARE = 0.1  # of busy time
_BATCH_SHARE = 0.2  # of rows
EVERYBODY = "everybody"


@dataclass(frozen=True)
class RoleFound:
    """A role: its people, its units, what they do at once."""

    name: str
    units: int
    people: int
    regulars: int
    peak: int  # most at work at the same time
    rows: int
    multitasking_share: float  # of busy time in which a person has several tasks
    warnings: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchFound:
    """How cases are done together in an activity."""

    share: Estimate  # of the tasks that are done together with others
    sizes: Estimate  # of batches, on average
    max_wait_s: float  # of the first of a batch

    @property
    def size(self) -> int:
        """The size of a usual batch."""
        return round(self.sizes.value)


@dataclass(frozen=True, eq=False)
class Staffing:
    """Roles by row and by activity."""

    names: tuple[str, ...]
    of_row: Ints  # −1: nobody performs it
    of_activity: dict[str, str | None]  # id → role; None: nobody
    roles: dict[str, RoleFound]
    source: str  # "the log", "the lanes of the model", "who does what"
    warnings: tuple[Told, ...] = ()
    batches: dict[str, BatchFound] = field(default_factory=dict)  # by activity
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by main role

    def people_of(self, role: str) -> tuple[str, ...]:
        """Return the people who mostly work in a role."""
        return self.people.get(role, ())


def learn_staffing(work: Work, graph: ProcessGraph, confidence: float = CONFIDENCE) -> Staffing:
    """Return the roles of a log; ``work`` has wall-clock times of one regime."""
    of_activity, source, warnings = _roles(work, graph)
    names = tuple(dict.fromkeys(role for role in of_activity.values() if role is not None))
    place = [-1 if (r := of_activity[a]) is None else names.index(r) for a in work.activities]
    of_row = np.array(place, dtype=np.intp)[work.activity]
    main = _main_roles(work, of_row, len(names))
    roles = {name: _role(work, name, of_row == i, main == i) for i, name in enumerate(names)}
    people = {
        name: tuple(work.resources[p] for p in np.flatnonzero(main == i).tolist())
        for i, name in enumerate(names)
    }
    batches = _batches(work, confidence)
    return Staffing(names, of_row, of_activity, roles, source, warnings, batches, people)


def _roles(work: Work, graph: ProcessGraph) -> tuple[dict[str, str | None], str, tuple[Told, ...]]:
    """Return the role of each activity, where it comes from, and what is odd about it."""
    if not ((work.resource >= 0) | (work.role >= 0)).any():
        return _untold(work, graph)
    nobody = {a for a in work.activities if not _is_done_by_people(work, graph, a)}
    if (work.role >= 0).mean() > 0.5:
        found, warnings = _named(work, nobody)
        return found, "the log", warnings
    lanes = {a: graph.nodes[a].lane for a in work.activities}
    if all(lane is not None for a, lane in lanes.items() if a not in nobody):
        lanes = {a: None if a in nobody else lane for a, lane in lanes.items()}
        return lanes, "the lanes of the model", ()
    return _by_people(work, graph, nobody), "who does what", ()


def _untold(work: Work, graph: ProcessGraph) -> tuple[dict[str, str | None], str, tuple[Told, ...]]:
    """Return the roles where nobody is named: lanes, else one for all that people do."""
    found = {a: graph.nodes[a].lane if is_performed(graph.nodes[a]) else None
             for a in work.activities}  # fmt: skip
    if all(found[a] for a in work.activities if is_performed(graph.nodes[a])):
        return found, "the lanes of the model", ()
    found = {a: EVERYBODY if is_performed(graph.nodes[a]) else None for a in work.activities}
    return found, "nobody: the log names neither people nor roles", (told("nobody_told"),)


def _is_done_by_people(work: Work, graph: ProcessGraph, activity: str) -> bool:
    rows = work.rows_of(activity)
    named = float((work.resource[rows] >= 0).mean()) if len(rows) else 0.0
    if named > 0.5:
        return True
    has_role = float((work.role[rows] >= 0).mean()) > 0.5 if len(rows) else False
    is_named_elsewhere = bool((work.resource >= 0).any())
    return has_role and not is_named_elsewhere and is_performed(graph.nodes[activity])


def _named(work: Work, nobody: set[str]) -> tuple[dict[str, str | None], tuple[Told, ...]]:
    found: dict[str, str | None] = {}
    warnings = []
    for activity in work.activities:
        roles = work.role[work.rows_of(activity)]
        counts = np.bincount(roles[roles >= 0], minlength=len(work.roles))
        if activity in nobody or not counts.sum():
            found[activity] = None
            continue
        most = int(np.argmax(counts))
        found[activity] = work.roles[most]
        if counts[most] < (1 - _OTHER_SHARE) * counts.sum():
            share = float(1 - counts[most] / counts.sum())
            remark = told("other_roles", share=share, role=work.roles[most], activity=activity)
            warnings.append(remark)
    return found, tuple(warnings)


def _by_people(work: Work, graph: ProcessGraph, nobody: set[str]) -> dict[str, str | None]:
    """Join activities that the same people do."""
    done = [a for a in work.activities if a not in nobody]
    shares = []
    for activity in done:
        people = work.resource[work.rows_of(activity)]
        counts = np.bincount(people[people >= 0], minlength=len(work.resources)).astype(float)
        shares.append(counts / max(counts.sum(), 1))
    team = list(range(len(done)))
    for i in range(len(done)):
        for j in range(i):
            if np.minimum(shares[i], shares[j]).sum() >= _ALIKE:
                old, new = team[i], team[j]
                team = [new if t == old else t for t in team]
    numbers = {t: n for n, t in enumerate(dict.fromkeys(team), start=1)}
    names = {a: f"team {numbers[t]}" for a, t in zip(done, team, strict=True)}
    return {a: names.get(a) for a in work.activities}


def _main_roles(work: Work, of_row: Ints, roles: int) -> Ints:
    """Return the role in which each person works most often; −1: none."""
    counts = np.zeros((len(work.resources), max(roles, 1)))
    known = (work.resource >= 0) & (of_row >= 0)
    np.add.at(counts, (work.resource[known], of_row[known]), 1)
    return np.where(counts.sum(1) > 0, counts.argmax(1), -1).astype(np.intp)


def _role(work: Work, name: str, mine: np.ndarray, is_main: np.ndarray) -> RoleFound:
    rows = np.flatnonzero(mine)
    people = np.unique(work.resource[rows][work.resource[rows] >= 0])
    started, ended = _busy(work, rows)
    peak = _peak(started, ended)
    regulars, presence = _presence(work, rows, people)
    own = int(is_main.sum())
    units = max(1, min(round(presence), len(people))) if len(people) else max(1, peak)
    multitasking = _overlap(work, rows)
    warnings = []
    if len(people) and own < len(people):
        elsewhere = len(people) - own
        warnings.append(told("people_elsewhere", elsewhere=elsewhere, people=len(people)))
        units = max(1, min(units, own or 1))
    if not len(people):
        warnings.append(told("no_people"))
    elif not multitasking > _MULTITASKING_SHARE:
        units = max(units, min(peak, len(people)))
    if multitasking > _MULTITASKING_SHARE:
        warnings.append(told("several_tasks", share=multitasking))
    return RoleFound(
        name, units, len(people), regulars, peak, len(rows), multitasking, tuple(warnings)
    )


def _busy(work: Work, rows: Ints) -> tuple[Floats, Floats]:
    started = np.where(np.isnan(work.started_s[rows]), work.ended_s[rows], work.started_s[rows])
    return started, work.ended_s[rows]


def _peak(started: Floats, ended: Floats) -> int:
    """Return how many tasks were worked on at the same time at most (for 1 % of the time)."""
    if not len(started):
        return 0
    edges = np.concatenate([started, ended])
    steps = np.concatenate([np.ones(len(started)), -np.ones(len(ended))])
    order = np.lexsort((steps, edges))  # ends before starts
    level = np.cumsum(steps[order])[:-1]
    length = np.diff(edges[order])
    busy = level > 0
    total = length[busy].sum()
    if total <= 0:
        return 1
    for peak in range(int(level.max()), 1, -1):
        if length[level >= peak].sum() >= 0.01 * total:
            return peak
    return 1


def _presence(work: Work, rows: Ints, people: Ints) -> tuple[int, float]:
    """Return how many people are there regularly, and how many there are on a day."""
    days = np.floor(work.ended_s[rows] / DAY_S)
    worked = max(len(np.unique(days)), 1)
    who = work.resource[rows]
    shares = np.array([len(np.unique(days[who == p])) / worked for p in people.tolist()])
    regular = shares >= _REGULAR_SHARE
    return int(regular.sum()), float(regular.sum() + shares[~regular].sum())


def _overlap(work: Work, rows: Ints) -> float:
    """Return the share of their busy time in which people have several tasks at once."""
    both = total = 0.0
    who = work.resource[rows]
    started, ended = _busy(work, rows)
    for person in np.unique(who[who >= 0]).tolist():
        mine = who == person
        edges = np.concatenate([started[mine], ended[mine]])
        steps = np.concatenate([np.ones(mine.sum()), -np.ones(mine.sum())])
        order = np.lexsort((steps, edges))
        level, length = np.cumsum(steps[order])[:-1], np.diff(edges[order])
        total += float(length[level > 0].sum())
        both += float(length[level > 1].sum())
    return both / total if total else 0.0


def divided(work: Work, rows: Ints) -> Floats:
    """Return which share of its time each row had its person for itself (1: always).

    With several tasks at once a person is divided among them in equal parts.
    """
    shares = np.ones(len(rows))
    who = work.resource[rows]
    started, ended = _busy(work, rows)
    for person in np.unique(who[who >= 0]).tolist():
        mine = np.flatnonzero(who == person)
        edges = np.unique(np.concatenate([started[mine], ended[mine]]))
        if len(edges) < 2:
            continue
        first, last = (np.searchsorted(edges, t[mine]) for t in (started, ended))
        change = np.bincount(first, minlength=len(edges)) - np.bincount(last, minlength=len(edges))
        level = np.maximum(np.cumsum(change)[:-1], 1)
        own = np.concatenate([[0.0], np.cumsum(np.diff(edges) / level)])
        length = np.maximum(ended[mine] - started[mine], 1e-9)
        shares[mine] = ((own[last] - own[first]) / length).clip(0, 1)
    shares[ended <= started] = 1.0
    return shares


def _batches(work: Work, confidence: float) -> dict[str, BatchFound]:
    """Return the activities that people do for several cases together."""
    found = {}
    for activity in work.activities:
        rows = work.rows_of(activity)
        rows = rows[(work.resource[rows] >= 0) & ~np.isnan(work.started_s[rows])]
        rows = rows[work.ended_s[rows] > work.started_s[rows]]
        if len(rows) < 20:
            continue
        keys = np.stack([work.resource[rows], work.started_s[rows], work.ended_s[rows]])
        _, sizes = np.unique(keys, axis=1, return_counts=True)
        together = np.where(sizes > 1, sizes, 0)
        share = together.sum() / sizes.sum()
        if share >= _BATCH_SHARE:
            ends = ratio_interval(together, sizes, confidence=confidence)
            low, high = (share, share) if ends is None else (ends.low, ends.high)
            waits = (work.started_s[rows] - work.enabled_s[rows])[np.isfinite(work.enabled_s[rows])]
            longest = float(np.quantile(waits, 0.95)) if len(waits) else 0.0
            found[activity] = BatchFound(
                Estimate(float(share), max(0.0, float(low)), min(1.0, float(high))),
                mean_of(sizes[sizes > 1].astype(np.float64), confidence),
                longest,
            )
    return found
