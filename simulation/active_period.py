"""The momentary bottleneck: which pool has been active for longest at each moment.

A unit is active while it works or is down, and inactive while it is free, or bound by work that
is done and finds no room behind. A pool is active while one of its units is and none is inactive.
Off shift a unit is neither: that interrupts the active period of its pool and does not end it; the
period goes on with the next shift if nobody is free before.

Source: Roser, Nakano, Tanaka, "Comparison of bottleneck detection methods for AGV systems",
WSC 2003.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.spans import where_at_least

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.holds import Holds
    from simulation.recorder import Ints
    from simulation.run_record import SimulatedRun


class Periods(NamedTuple):
    """Spans in which a pool is active, and how long the active period is that each is part of."""

    spans: Ints
    lengths: Ints


class _Stretches(NamedTuple):
    """Stretches of time of units, a row each."""

    unit: Ints
    begin: Ints
    end: Ints

    def where(self, rows: NDArray[np.bool_]) -> _Stretches:
        return _Stretches(self.unit[rows], self.begin[rows], self.end[rows])


def active_period_shares(run: SimulatedRun, held: Holds) -> dict[str, float]:
    """Return the share of the window in which each pool is the momentary bottleneck."""
    begin, end = run.net.warm_up, run.horizon
    if end <= begin or not run.net.pools:
        return {}
    floor = _Floor(run, held)
    periods = [floor.periods(pool, begin, end) for pool in range(len(run.net.pools))]
    edges = np.unique(np.concatenate([np.array([begin, end]), *(p.spans.ravel() for p in periods)]))
    lengths = np.array([_length_at(one, edges[:-1]) for one in periods])
    leader = lengths.argmax(axis=0)
    busy = lengths.max(axis=0) > 0
    widths = np.diff(edges)
    return {
        plan.role: float(widths[busy & (leader == pool)].sum() / (end - begin))
        for pool, plan in enumerate(run.net.pools)
    }


class _Floor:
    """When the units of a run were on shift, at work, down."""

    def __init__(self, run: SimulatedRun, held: Holds) -> None:
        self._run, self._shifts = run, run.shifts
        self._pool, self._is_late = held.pool, held.overtime > 0
        self._held = _Stretches(held.unit, held.begin, _ends_of_work(run, held))
        downs = run.downs
        self._downs = self._merged(_Stretches(downs["unit"], downs["begin"], downs["end"]))

    def periods(self, pool: int, begin: int, end: int) -> Periods:
        """Return when a pool is active in a window."""
        units = self._units(pool)
        mine = self._pool == pool
        on_shift = [self._shifts.of_unit(int(unit)) for unit in units]
        down = self._in_shift(self._downs.where(np.isin(self._downs.unit, units)))
        theirs = np.isin(self._held.unit, units)
        taken = self._in_shift(self._held.where(theirs))
        late = mine & self._is_late
        if not (len(down.unit) or late.any() or (theirs & ~mine).any()):
            return _periods(on_shift, taken, taken, (begin, end))
        if len(down.unit):
            taken = self._merged(_joined(taken, down))
        at_work = self._in_shift(self._held.where(mine & ~late))
        beyond = self._held.where(late)  # at work outside the shift as well
        return _periods(on_shift, taken, _joined(at_work, _joined(beyond, down)), (begin, end))

    def _units(self, pool: int) -> Ints:
        """Return the numbers of those who can work in a pool."""
        staff = self._run.net.staff
        serve = {
            number: (home,) if number not in staff.persons else staff.persons[number].pools
            for number, home in enumerate(staff.homes)
        }
        return np.array([unit for unit, pools in serve.items() if pool in pools], dtype=np.int64)

    def _in_shift(self, stretches: _Stretches) -> _Stretches:
        return _Stretches(*self._shifts.pieces(*stretches))

    def _merged(self, stretches: _Stretches) -> _Stretches:
        """Return where there is a stretch of a unit, each moment once."""
        stride = self._shifts.latest + 1  # all units stand on one line, one behind the other
        unit, begin, end = stretches
        last = np.minimum(end, self._shifts.latest)
        line = np.column_stack([begin, last]) + (unit.astype(np.int64) * stride)[:, np.newaxis]
        found = where_at_least(1, [line[begin < last]])
        return _Stretches(found[:, 0] // stride, found[:, 0] % stride, found[:, 1] % stride)


def _ends_of_work(run: SimulatedRun, held: Holds) -> Ints:
    """Return when units had done their work: those whose case finds no room are held for longer."""
    blocks = [run.net.blocks_at(index) is not None for index in range(len(run.net.nodes))]
    rows = np.flatnonzero(np.array(blocks, dtype=np.bool_)[run.node[held.row]])
    ends = held.end.copy()
    there = run.shifts.overlap(held.unit[rows], held.begin[rows], held.end[rows])
    idle = there - (held.work - held.overtime)[rows]
    ends[rows] -= np.maximum(idle, 0)
    return ends


def _joined(some: _Stretches, others: _Stretches) -> _Stretches:
    return _Stretches(*(np.concatenate(pair) for pair in zip(some, others, strict=True)))


def _periods(
    on_shift: list[Ints], taken: _Stretches, at_work: _Stretches, window: tuple[int, int]
) -> Periods:
    """Sweep over time: how many are free on shift, how many at work."""
    there = np.concatenate([np.zeros((0, 2), np.int64), *on_shift])
    both = int(at_work is taken)
    changes = [(there[:, 0], 1, 0), (there[:, 1], -1, 0)]
    changes += [(taken.begin, -1, both), (taken.end, 1, -both)]
    if not both:
        changes += [(at_work.begin, 0, 1), (at_work.end, 0, -1)]
    times = np.clip(np.concatenate([at for at, _, _ in changes]), *window)
    order = np.argsort(times, kind="stable")
    times = times[order]
    kind = np.repeat(np.arange(len(changes), dtype=np.int8), [len(at) for at, _, _ in changes])
    _, of_idle, of_busy = zip(*changes, strict=True)
    idle, busy = (
        np.cumsum(np.array(steps, dtype=np.int8)[kind[order]], dtype=np.int32)
        for steps in (of_idle, of_busy)
    )
    lasts = np.append(times[1:] > times[:-1], np.ones(min(len(times), 1), dtype=np.bool_))
    moments, idle, busy = times[lasts], idle[lasts], busy[lasts]
    active = _spans((idle <= 0) & (busy > 0), moments)
    gaps = _spans(idle > 0, moments)
    return Periods(active, _lengths(active, gaps))


def _spans(holds: NDArray[np.bool_], moments: Ints) -> Ints:
    """Return the spans in which something holds, told from each moment to the next."""
    edges = np.concatenate([[False], holds, [False]])
    bounded = np.append(moments, moments[-1:])
    rises, falls = np.flatnonzero(~edges[:-1] & edges[1:]), np.flatnonzero(edges[:-1] & ~edges[1:])
    return np.column_stack([bounded[rises], bounded[falls]]).astype(np.int64)


def _lengths(active: Ints, gaps: Ints) -> Ints:
    """Return by span the time of its active period, which lasts until somebody is idle."""
    idle_before = np.searchsorted(gaps[:, 0], active[:, 0], side="left")
    starts = np.flatnonzero(np.diff(idle_before, prepend=-1))
    if not len(starts):
        return np.zeros(0, dtype=np.int64)
    totals = np.add.reduceat(active[:, 1] - active[:, 0], starts)
    return np.repeat(totals, np.diff(np.append(starts, len(active))))


def _length_at(periods: Periods, moments: Ints) -> Ints:
    """Return the length of the period that covers each moment; 0 where none does."""
    spans, lengths = periods
    if not len(spans):
        return np.zeros(len(moments), dtype=np.int64)
    place = np.searchsorted(spans[:, 0], moments, side="right") - 1
    inside = (place >= 0) & (moments < spans[place, 1])
    return np.where(inside, lengths[place], 0)
