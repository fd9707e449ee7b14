"""How long the work of each activity takes, in the working time of its role, and by whom.

Work that lies over a night counts only its open hours. What people differ in is drawn towards
the activity's mean the more the fewer tasks a person did (partial pooling, see ``pooling``), and
used only where a test says that they differ at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

from simulation.calibration.estimates import CONFIDENCE
from simulation.calibration.fitting import Fit, fit
from simulation.calibration.people import RowHours
from simulation.calibration.pooling import pooled
from simulation.calibration.staffing import divided
from simulation.calibration.told import Told, told
from simulation.calibration.week import ALWAYS, DAY_S, OpenWeek

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulation.calibration.calendars import Hours
    from simulation.calibration.staffing import Staffing
    from simulation.calibration.work import Floats, Ints, Work

_SURE = 0.01
_FEWEST_TASKS = 5  # of a person to count in the comparison
_NOTABLE = 0.05  # standard deviation among people, as a share of the mean
_FEWEST_CROSSINGS = 5
_MOST_TESTED = 20_000


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """How a person's work compares with the activity's; ``mean_s`` is partially pooled."""

    name: str
    n: int
    raw_mean_s: float
    mean_s: float
    low_s: float
    high_s: float


@dataclass(frozen=True)
class DurationFound:
    """The work of one activity."""

    activity: str
    fit: Fit
    mode: str  # suspend or finish: what happens at the end of a shift
    crossings: int  # tasks that lay over a closed time
    left_out: int  # rows not used: all of their time lies outside the hours, or a holiday in it
    people_differ: bool
    p_people: float
    people: tuple[PersonEffect, ...]
    warnings: tuple[Told, ...] = ()

    def factor(self, name: str) -> float:
        """Return a person's mean as a share of the activity's."""
        mean_s = next((p.mean_s for p in self.people if p.name == name), self.fit.mean_s)
        return mean_s / self.fit.mean_s if self.fit.mean_s > 0 else 1.0


def learn_durations(
    work: Work,
    staffing: Staffing,
    hours: Mapping[str, Hours],
    people_hours: Mapping[str, Mapping[str, OpenWeek]],
    quiet_days: Floats,
    confidence: float = CONFIDENCE,
) -> dict[str, DurationFound]:
    """Return the durations of all activities of a log."""
    found = {}
    for activity in work.activities:
        role = staffing.of_activity[activity]
        week = hours[role].week if role is not None else ALWAYS
        of_rows = RowHours(work, week, people_hours.get(role or "", {}))
        if np.isnan(work.started_s[work.rows_of(activity)]).all():
            continue  # nobody knows when this work began
        has_many = role is not None and staffing.roles[role].multitasking_share > 0.1
        seen = _seen(work, activity, of_rows, quiet_days, is_divided=has_many)
        found[activity] = _learn(work, activity, seen, confidence)
    return found


def quiet_days(events: Floats, week: OpenWeek) -> Floats:
    """Return the days (their midnights) on which the doors should be open and nobody worked."""
    days = np.floor(events / DAY_S)
    worked, counts = np.unique(days, return_counts=True)
    every = np.arange(days.min(), days.max() + 1)
    is_open = week.between(every * DAY_S, (every + 1) * DAY_S) > 0
    quiet = every[is_open & ~np.isin(every, worked)]
    is_sure = len(counts) > 5 and np.median(counts) >= 8
    return np.asarray(quiet * DAY_S if is_sure else quiet[:0])


class _Seen(NamedTuple):
    """What the rows of an activity tell of its work."""

    rows: Ints
    values: Floats
    is_lost: NDArray[np.bool_]
    mode: str
    crossings: int


def _seen(work: Work, activity: str, hours: RowHours, quiet: Floats, *, is_divided: bool) -> _Seen:
    rows = work.rows_of(activity)
    rows = rows[~np.isnan(work.started_s[rows])]
    started, ended = work.started_s[rows], work.ended_s[rows]
    elapsed, worked = ended - started, hours.worked(rows)
    crosses = (elapsed > worked + 1) & hours.is_open(rows, started)
    mode = _mode(~hours.is_open(rows, ended)[crosses])
    values = elapsed if mode == "finish" else worked
    is_lost = (values <= 0) & (elapsed > 0) | _spans(started, ended, quiet)
    if is_lost.mean() > 0.5:  # this work is not done in the hours of the role at all
        values, is_lost = elapsed, np.zeros(len(rows), dtype=np.bool_)
    if is_divided:
        values = values * divided(work, rows)
    return _Seen(rows, values, is_lost, mode, int(crosses.sum()))


def _learn(work: Work, activity: str, seen: _Seen, confidence: float) -> DurationFound:
    rows, values, kept = seen.rows, seen.values, ~seen.is_lost
    warnings = []
    if seen.is_lost.mean() > 0.05:
        warnings.append(told("outside_hours", share=float(seen.is_lost.mean())))
    p_people, people = _people(work, rows[kept], values[kept], confidence)
    mean_s = float(values[kept].mean())
    differ = p_people < _SURE and _spread(people, mean_s) > _NOTABLE
    if differ:  # the spread of one person's work, not of everybody's
        values = values / _factors(work, rows, people, mean_s)
    fitted = fit(values[kept], confidence)
    if fitted.is_thin:
        warnings.append(told("few_observations", n=fitted.n))
    return DurationFound(
        activity,
        fitted,
        seen.mode,
        seen.crossings,
        int(seen.is_lost.sum()),
        differ,
        p_people,
        people,
        tuple(warnings),
    )


def _mode(is_late: np.ndarray) -> str:
    """Return what becomes of work at the end of a shift: most of it decides."""
    return "finish" if len(is_late) >= _FEWEST_CROSSINGS and is_late.mean() > 0.5 else "suspend"


def _spans(started: Floats, ended: Floats, quiet: Floats) -> np.ndarray:
    """Say which rows have a quiet day within."""
    if not len(quiet):
        return np.zeros(len(started), dtype=np.bool_)
    return np.searchsorted(quiet, started) < np.searchsorted(quiet + DAY_S, ended, "right")


def _people(
    work: Work, rows: Ints, values: Floats, confidence: float
) -> tuple[float, tuple[PersonEffect, ...]]:
    """Compare people by rank (Kruskal, Wallis), and draw their means together."""
    who = work.resource[rows]
    names = [p for p in np.unique(who[who >= 0]).tolist() if (who == p).sum() >= _FEWEST_TASKS]
    samples = [values[who == p] for p in names]
    if len(names) < 2 or all(np.ptp(s) < 1e-6 for s in samples):
        return 1.0, ()
    every = np.concatenate(samples)
    if np.ptp(every) < 1e-6 or len(every) > _MOST_TESTED:
        p_value = 1.0 if np.ptp(every) < 1e-6 else float(stats.f_oneway(*samples).pvalue)
    else:
        p_value = float(stats.kruskal(*samples).pvalue)
    drawn = pooled(samples, confidence)
    return p_value, tuple(
        PersonEffect(work.resources[p], len(sample), float(sample.mean()), *ends)
        for p, sample, ends in zip(names, samples, zip(*map(list, drawn), strict=True), strict=True)
    )


def _factors(work: Work, rows: Ints, people: tuple[PersonEffect, ...], mean_s: float) -> Floats:
    """Return, by row, the mean of its person as a share of everybody's."""
    factor = {p.name: p.mean_s / mean_s for p in people}
    of_person = [factor.get(name, 1.0) for name in work.resources]
    return np.array([*of_person, 1.0])[work.resource[rows]]


def _spread(people: tuple[PersonEffect, ...], mean_s: float) -> float:
    means = np.array([p.mean_s for p in people])
    return float(means.std() / mean_s) if len(means) and mean_s > 0 else 0.0
