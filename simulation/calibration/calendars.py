"""Working calendars, learnt from when work is begun and ended while there is work to do.

That nothing happens proves a closed door only if somebody waited before it: a night without
any open task says nothing, and is left open. So each half hour of the week has an exposure,
the time that tasks were pending in it, and the events that such an exposure would bring in open
hours; it is closed where far fewer came (Poisson, one-sided). Roles keep the hours of everybody
unless their own events speak against it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import poisson

from simulation.calibration.estimates import CONFIDENCE
from simulation.calibration.week import ALWAYS, DAY_S, WEEK_S, OpenWeek

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

SLOT_S = 1800.0
_SLOTS = int(WEEK_S / SLOT_S)
_DAY_SLOTS = int(DAY_S / SLOT_S)
_EDGE_S = 300.0
_SURE = 0.01
_RARE_SHARE = 0.1  # of the events an open slot would have: overtime, not hours
_FEWEST_EVENTS = 20
_OUTSIDE_SHARE = 0.03  # of a role's events outside everybody's hours: then it has its own
_UNUSED_SHARE = 0.1  # of everybody's hours in which a role is never seen: then it has its own
_DIFFERENT = 1e-4


@dataclass(frozen=True)
class Hours:
    """The hours of a role, and how sure they are."""

    week: OpenWeek
    events: int
    outside_share: float  # of events that lie outside the hours
    is_own: bool  # not simply those of everybody
    evidence: str  # "learnt", "never seen closed" or "too few events"
    edge_s: float = 0.0  # how far off opening and closing times may be, at the confidence asked for

    @property
    def is_always(self) -> bool:
        """Whether the doors never close."""
        return self.week.open_s >= WEEK_S


def learn_hours(
    roles: NDArray[np.intp],
    enabled_s: Floats,
    started_s: Floats,
    ended_s: Floats,
    confidence: float = CONFIDENCE,
) -> tuple[Hours, dict[int, Hours]]:
    """Return the hours of everybody, and of each role (by its code)."""
    known = roles >= 0
    everybody = _Seen.of(enabled_s[known], started_s[known], ended_s[known])
    common = everybody.hours(confidence)
    of_role = {}
    for role in np.unique(roles[known]).tolist():
        mine = roles == role
        seen = _Seen.of(enabled_s[mine], started_s[mine], ended_s[mine])
        of_role[role] = _chosen(seen, common, confidence)
    return common, of_role


def _chosen(seen: _Seen, common: Hours, confidence: float) -> Hours:
    """Return everybody's hours unless the role's own events speak against them."""
    events = len(seen.events)
    outside = float(1 - common.week.is_open(seen.events).mean()) if events else 0.0
    shared = replace(common, events=events, outside_share=outside, is_own=False)
    if events < _FEWEST_EVENTS:
        return replace(shared, evidence="too few events")
    own = seen.hours(confidence)
    lost = common.week.open_s - _overlap_s(common.week, own.week)
    is_other = outside > _OUTSIDE_SHARE or lost > _UNUSED_SHARE * common.week.open_s
    return replace(own, is_own=True) if is_other else shared


def _overlap_s(a: OpenWeek, b: OpenWeek) -> float:
    pairs = ((x, y) for x in a.intervals for y in b.intervals)
    return sum(max(0.0, min(x[1], y[1]) - max(x[0], y[0])) for x, y in pairs)


@dataclass(frozen=True, eq=False)
class _Seen:
    """Events and exposure of a group of people over the week."""

    events: Floats  # wall-clock seconds
    counts: Floats  # events by slot of the week
    exposure: Floats  # pending tasks · slots, by slot of the week

    @classmethod
    def of(cls, enabled_s: Floats, started_s: Floats, ended_s: Floats) -> _Seen:
        events = np.concatenate([started_s, ended_s])
        events = events[~np.isnan(events)]
        counts = np.bincount(_slot(events), minlength=_SLOTS).astype(np.float64)
        begun = np.where(np.isnan(enabled_s), started_s, enabled_s)
        begun = np.where(np.isnan(begun), ended_s, begun)
        return cls(events, counts, _exposure(begun, started_s, ended_s))

    def hours(self, confidence: float) -> Hours:
        """Return the learnt hours."""
        state = self._states()
        is_open = _filled(state)
        if is_open.all() or not is_open.any():
            words = "never seen closed" if len(self.events) >= _FEWEST_EVENTS else "too few events"
            return Hours(ALWAYS, len(self.events), 0.0, is_own=False, evidence=words)
        runs = _runs(is_open)
        week = OpenWeek(tuple(_within_week(self._refined(runs))))
        outside = float(1 - week.is_open(self.events).mean())
        edge_s = max(
            _doubt_s(*around, (1 - confidence) / 4)  # a day has some four edges
            for first, last in runs
            for around in zip(self._at((first, last)), self._beyond(first, last), strict=True)
        )
        return Hours(week, len(self.events), outside, True, "learnt", edge_s)

    def _states(self) -> NDArray[np.int8]:
        """Return 1 for open, −1 for closed, 0 for not known, by slot of the week."""
        counts, exposure = (a.reshape(7, _DAY_SLOTS) for a in (self.counts, self.exposure))
        rate = _busy_rate(self.counts, self.exposure)
        often = counts.sum(1) >= _RARE_SHARE * counts.sum(1).max()
        usual = _verdicts(counts[often].sum(0), exposure[often].sum(0), rate) > 0
        day = _verdicts(counts[:, usual].sum(1), exposure[:, usual].sum(1), rate)
        worked = day >= 0
        pooled = _verdicts(counts[worked].sum(0), exposure[worked].sum(0), rate)
        state = np.where(worked[:, None], np.broadcast_to(pooled, counts.shape), -1)
        expected = exposure * rate
        is_shut = (state > 0) & (counts == 0) & (poisson.cdf(0, expected) < _DIFFERENT)
        is_extra = (state < 0) & (counts >= 5) & (counts >= 0.5 * expected)
        state = np.where(is_shut, -1, np.where(is_extra, 1, state))
        state[(day <= 0) & (counts.sum(1) == 0) & (exposure.sum(1) == 0)] = 0
        return np.asarray(state.reshape(-1), dtype=np.int8)

    def _refined(self, runs: list[tuple[int, int]]) -> list[tuple[float, float]]:
        """Return the runs of open slots, their edges moved to where the events begin and end."""
        refined = []
        for first, last in runs:
            opened, closed = (_unused_s(into_s) for into_s in self._at((first, last)))
            refined.append((first * SLOT_S + opened, last * SLOT_S - closed))
        return refined

    def _at(self, run: tuple[int, int]) -> tuple[Floats, Floats]:
        """Return how far within its first and its last slot the events of a run are."""
        first, last = run
        return self._within(first) % SLOT_S, SLOT_S - self._within(last - 1) % SLOT_S

    def _beyond(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Return how far before its first and after its last slot events are, half an hour out."""
        return SLOT_S - self._within(first - 1) % SLOT_S, self._within(last) % SLOT_S

    def _within(self, slot: int) -> Floats:
        """Return the events in the same slot of every day."""
        rest = self.events % WEEK_S
        return np.asarray(rest[np.floor(rest % DAY_S / SLOT_S) == slot % _DAY_SLOTS])


def _slot(times: Floats) -> NDArray[np.intp]:
    return (times % WEEK_S // SLOT_S).astype(np.intp)


def _exposure(begun_s: Floats, started_s: Floats, ended_s: Floats) -> Floats:
    """Return how long tasks were pending in each slot of the week, in slots.

    More tasks than are ever worked on at once bring no more events, however many wait.
    """
    if not len(begun_s):
        return np.zeros(_SLOTS)
    origin = float(np.floor(begun_s.min() / WEEK_S) * WEEK_S)
    weeks = int(np.ceil((ended_s.max() - origin) / WEEK_S))
    pending = _pending(begun_s - origin, ended_s - origin, weeks)
    known = ~np.isnan(started_s)
    at_work = _pending(started_s[known] - origin, ended_s[known] - origin, weeks)
    busy = at_work[at_work > 0]
    most = max(1.0, float(np.quantile(busy, 0.9))) if len(busy) else np.inf
    return np.asarray(np.minimum(pending, most).reshape(-1, _SLOTS).sum(0))


def _pending(begun_s: Floats, ended_s: Floats, weeks: int) -> Floats:
    """Return how many tasks are pending in each slot of some weeks, on average over the slot."""
    edges = np.concatenate([begun_s, ended_s])
    step = np.concatenate([np.ones(len(begun_s)), -np.ones(len(ended_s))])
    place = (edges // SLOT_S).astype(np.intp)
    left = 1 - edges % SLOT_S / SLOT_S  # of its slot, after the edge
    slots = weeks * _SLOTS
    part = np.bincount(place, weights=step * left, minlength=slots + 2)
    whole = np.cumsum(np.bincount(place + 1, weights=step, minlength=slots + 2))
    return np.asarray((part[:slots] + whole[:slots]).clip(0))


def _busy_rate(counts: Floats, exposure: Floats) -> float:
    """Events per pending task and slot in the slots that see most events."""
    order = np.argsort(-counts)
    upto = int(np.searchsorted(np.cumsum(counts[order]), 0.8 * counts.sum())) + 1
    busy = order[:upto]
    return float(counts[busy].sum() / max(exposure[busy].sum(), 1e-9))


def _verdicts(counts: Floats, exposure: Floats, rate: float) -> NDArray[np.int8]:
    expected = exposure * rate
    is_closed = (counts <= _RARE_SHARE * expected) & (poisson.cdf(counts, expected) < _SURE)
    return np.where(is_closed, -1, np.where(counts > 0, 1, 0)).astype(np.int8)


def _filled(state: NDArray[np.int8]) -> Bools:
    """Decide what is not known: closed if it lies beside what is closed, else open."""
    is_open = state > 0
    for first, last in _runs(~is_open):
        run = np.arange(first, last) % _SLOTS
        if not (state[run] < 0).any():
            is_open[run] = True
    return is_open


def _runs(flags: Bools) -> list[tuple[int, int]]:
    """Return the runs of true slots; one over the end of the week goes on beyond it."""
    if flags.all():
        return [(0, len(flags))]
    shift = int(np.flatnonzero(~flags)[0])
    turned = np.roll(flags, -shift).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], turned, [0]])))
    runs = [(int(a) + shift, int(b) + shift) for a, b in edges.reshape(-1, 2)]
    return [(a % len(flags), a % len(flags) + b - a) for a, b in runs]


def _within_week(runs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Cut what goes on beyond the end of the week."""
    cut = [(a, min(b, WEEK_S)) for a, b in runs]
    cut += [(0.0, b - WEEK_S) for _, b in runs if b > WEEK_S]
    return sorted((a, b) for a, b in cut if a < b)


def _unused_s(into_s: Floats) -> float:
    """Return how much of a slot's edge is unused beyond chance, in steps of five minutes."""
    if not len(into_s):
        return 0.0
    gap = float(np.floor(into_s.min() / _EDGE_S) * _EDGE_S)
    by_chance = (1 - gap / SLOT_S) ** len(into_s)
    return gap if by_chance < _SURE else 0.0


def _doubt_s(into_s: Floats, out_s: Floats, chance: float) -> float:
    """Return how far off an edge may be, from the events before and beyond it.

    It is no later than the first event, and no earlier than the longest gap before it that has
    the given chance; where some work goes on in the half hour beyond, it may lie there as well.
    """
    if not len(into_s):
        return SLOT_S
    nearest, edge = float(into_s.min()), _unused_s(into_s)
    gap = -np.log(chance) * (SLOT_S - nearest) / len(into_s)
    beyond = float(out_s.max(initial=0.0)) if edge == 0 else 0.0
    return float(min(max(nearest - edge, edge - nearest + gap, beyond + gap), SLOT_S))
