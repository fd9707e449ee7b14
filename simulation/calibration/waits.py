"""Delays that no queue explains: time before a task in which somebody was free to begin it.

A task that waits while a unit of its role is idle and its doors are open waits for something
the log does not show: a delivery, an answer, a decision. The last idle moment before the start
bounds this delay from below; where a unit was idle right up to the start it is the delay
(after Chapela-Campa and Dumas 2024, "eclipse-aware" extraneous delays). Where nobody was, it
lasted longer; the interval of a mean reaches as far as such waits would, if they went on like
the others that lasted as long (Kaplan and Meier 1958).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.calibration.estimates import CONFIDENCE, Estimate, normal_width, share_of
from simulation.calibration.fitting import Fit, fit
from simulation.calibration.week import WEEK_S, OpenWeek

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulation.calibration.replay import Replay
    from simulation.calibration.staffing import Staffing
    from simulation.calibration.work import Floats, Ints, Work

_NOTABLE_S = 60.0
_OFTEN_SHARE = 0.1  # of the rows of an activity
_OF_CYCLE = 0.01  # of the mean cycle time of a case
_FEW = 20
_MOST_WEEKS = 2_000


@dataclass(frozen=True)
class Pool:
    """Who could begin a task of a role, and when."""

    week: OpenWeek
    units: int
    people: tuple[str, ...]
    own: Mapping[str, OpenWeek]  # hours of people who differ


@dataclass(frozen=True)
class DelayFound:
    """The delay before an activity that no queue explains."""

    activity: str
    n: int  # rows with such a delay
    share: Estimate  # of the rows
    fit: Fit  # over all rows; the interval of its mean ends where no queue is assumed at all
    is_notable: bool
    event: str | None = None  # the event of the model at which it passes


def learn_delays(
    work: Work,
    staffing: Staffing,
    pools: Mapping[str, Pool],
    replay: Replay,
    *,
    cycle_s: float,
    confidence: float = CONFIDENCE,
) -> dict[str, DelayFound]:
    """Return, by activity, the delays that neither queues nor closed doors explain."""
    found = {}
    for name, pool in pools.items():
        mine = np.flatnonzero(staffing.of_row == staffing.names.index(name))
        token_s = replay.enabled_s[mine]
        delay_s = _unexplained(work, mine, token_s, pool)
        is_exact = _is_exact(delay_s, token_s, work.enabled_s[mine], work.started_s[mine])
        for activity in (work.activities[i] for i in np.unique(work.activity[mine]).tolist()):
            rows = work.activity[mine] == work.activities.index(activity)
            known = rows & ~np.isnan(delay_s)
            if known.sum():
                event = _event(replay, mine[known])
                waited = _Waited(activity, delay_s[known], is_exact[known], event)
                found[activity] = _found(waited, cycle_s, confidence)
    return found


class _Waited(NamedTuple):
    """How long tasks waited though somebody was free; where it is not exact, at least."""

    activity: str
    delay_s: Floats
    is_exact: NDArray[np.bool_]
    event: str | None


def _found(waited: _Waited, cycle_s: float, confidence: float) -> DelayFound:
    delay_s = waited.delay_s
    is_delayed = delay_s > _NOTABLE_S
    mean_s = float(delay_s.mean())
    is_notable = (
        int(is_delayed.sum()) >= _FEW
        and float(is_delayed.mean()) >= _OFTEN_SHARE
        and mean_s >= max(_NOTABLE_S / 2, _OF_CYCLE * cycle_s)
    )
    fitted = fit(delay_s, confidence)
    most_s = max(fitted.mean_high_s, _longest(waited, confidence))
    return DelayFound(
        waited.activity,
        int(is_delayed.sum()),
        share_of(float(is_delayed.mean()), len(delay_s), confidence),
        replace(fitted, mean_high_s=most_s),
        is_notable,
        waited.event,
    )


def _is_exact(
    delay_s: Floats, token_s: Floats, enabled_s: Floats, started_s: Floats
) -> NDArray[np.bool_]:
    """Say where a delay is known: until work began, or until a log says that it was wanted."""
    is_told = (enabled_s > token_s + 1) & (delay_s <= enabled_s - token_s + 1)
    return np.asarray((delay_s >= started_s - token_s - 1) | is_told)


def _longest(waited: _Waited, confidence: float) -> float:
    """Return the upper end for the mean of delays of which some are known from below only."""
    order = np.lexsort((~waited.is_exact, waited.delay_s))
    delay_s, is_exact = waited.delay_s[order], waited.is_exact[order].copy()
    is_exact[-1] = True  # the longest, beyond which nothing is known
    at_risk = np.arange(len(order), 0, -1)
    surviving = np.cumprod(np.where(is_exact, 1 - 1 / at_risk, 1.0))
    weight = -np.diff(surviving, prepend=1.0)
    mean_s = float(weight @ delay_s)
    error = float(np.sqrt(weight @ (delay_s - mean_s) ** 2 / is_exact.sum()))
    return mean_s + normal_width(confidence) * error


def _event(replay: Replay, rows: Ints) -> str | None:
    """Return the one event of the model that the tokens of rows waited at."""
    events = {replay.after_event.get(row) for row in rows.tolist()}
    return events.pop() if len(events) == 1 else None


def _unexplained(work: Work, rows: Ints, token_s: Floats, pool: Pool) -> Floats:
    """Return how long after its token came a row could last have begun, and did not.

    Where the log tells since when it was enabled, it was not before.
    """
    started = work.started_s[rows]
    known = ~np.isnan(started) & ~np.isnan(token_s)
    edges, is_idle = _idle(work, rows[known], pool)
    delay = np.full(len(rows), np.nan)
    if not len(edges):
        return delay
    # the last moment of each segment, or of the one before it, at which a unit was idle
    last_idle = np.where(is_idle, edges[1:], -np.inf)
    last_idle = np.maximum.accumulate(last_idle)
    segment = np.searchsorted(edges, started[known], "left") - 1
    before = np.where(segment >= 0, last_idle[segment.clip(0)], -np.inf)
    latest = np.minimum(before, started[known])
    latest = np.fmax(latest, np.minimum(work.enabled_s[rows][known], started[known]))
    delay[known] = np.maximum(latest - token_s[known], 0.0)
    return delay


def _idle(work: Work, rows: Ints, pool: Pool) -> tuple[Floats, np.ndarray]:
    """Return the moments at which something changes, and whether a unit is idle after each."""
    started, ended = work.started_s[rows], work.ended_s[rows]
    if not len(rows):
        return np.zeros(0), np.zeros(0, dtype=np.bool_)
    weeks = [pool.week, *pool.own.values()]
    doors = [_doors(float(started.min()), float(ended.max()), week) for week in weeks]
    edges = np.unique(np.concatenate([started, ended, *doors]))
    if len(edges) < 2:
        return np.zeros(0), np.zeros(0, dtype=np.bool_)
    middles = (edges[:-1] + edges[1:]) / 2
    if len(pool.people) != pool.units:
        is_free = _busy(edges, started, ended) < pool.units
        return edges, is_free & pool.week.is_open(middles)
    is_idle = np.zeros(len(middles), dtype=np.bool_)
    for person in pool.people:
        mine = work.resource[rows] == work.resources.index(person)
        is_there = pool.own.get(person, pool.week).is_open(middles)
        is_idle |= is_there & (_busy(edges, started[mine], ended[mine]) < 1)
    return edges, is_idle


def _busy(edges: Floats, started: Floats, ended: Floats) -> Floats:
    """Return how many tasks are worked on after each moment but the last."""
    change = np.zeros(len(edges))
    np.add.at(change, np.searchsorted(edges, started), 1)
    np.add.at(change, np.searchsorted(edges, ended), -1)
    return np.asarray(np.cumsum(change)[:-1])


def _doors(first: float, last: float, week: OpenWeek) -> Floats:
    """Return when the doors open and close."""
    if week.open_s >= WEEK_S:
        return np.zeros(0)
    weeks = np.arange(np.floor(first / WEEK_S), np.ceil(last / WEEK_S) + 1)[:_MOST_WEEKS]
    of_week = np.array([t for interval in week.intervals for t in interval])
    return np.asarray((weeks[:, None] * WEEK_S + of_week[None, :]).reshape(-1))
