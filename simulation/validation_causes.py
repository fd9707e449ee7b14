"""Why simulated cases differ from held-out ones: by activity, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.domain.label import label
from simulation.calibration.distances import Profile, role_distance
from simulation.calibration.told import Told, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.domain.process_graph import ProcessGraph
    from simulation.calibration.work import Work

_SHOWN = 5
_OTHER_WORK_SHARE, _OTHER_WORK_S = 0.2, 30.0
_NOTABLE_VISITS = 0.1  # of an activity in a case


@dataclass(frozen=True, slots=True)
class Finding:
    """What to fix, and in which section of the scenario."""

    section: str
    where: str
    told: Told

    @property
    def text(self) -> str:
        """What to fix, in English."""
        return self.told.text


@dataclass(frozen=True, slots=True)
class ActivityGap:
    """An activity in held-out and simulated cases; seconds per visit, visits per case."""

    activity: str
    name: str
    role: str
    visits: tuple[float, float]  # held out, simulated
    wait_s: tuple[float, float]  # since enabled; NaN: not known
    span_s: tuple[float, float]  # from start to end
    usual_s: tuple[float, float]  # the median of that, which no night disturbs

    @property
    def wait_gap_s(self) -> float:
        """How much longer a simulated case waits here."""
        return _gap(self.visits, self.wait_s)

    @property
    def span_gap_s(self) -> float:
        """How much longer a simulated case is worked on here."""
        return _gap(self.visits, self.span_s)

    @property
    def is_other_work(self) -> bool:
        """Whether a visit usually takes another time: by a fifth, and by half a minute."""
        held_out, simulated = self.usual_s
        return abs(simulated - held_out) > max(_OTHER_WORK_SHARE * held_out, _OTHER_WORK_S)

    def document(self) -> dict[str, Any]:
        """Return the gap as plain values."""
        pairs = {"visits": self.visits, "wait_s": self.wait_s, "span_s": self.span_s}
        return {
            "activity": self.activity,
            "name": self.name,
            "role": self.role,
            **{
                key: {"held_out": _known(pair[0]), "simulated": _known(pair[1])}
                for key, pair in pairs.items()
            },
        }


def activity_gaps(
    held_out: Work, runs: Sequence[Work], role_of: Mapping[str, str], graph: ProcessGraph
) -> tuple[ActivityGap, ...]:
    """Compare every activity, the one that matters most for the cycle time first."""
    ids = dict.fromkeys([*held_out.activities, *(a for run in runs[:1] for a in run.activities)])
    here = {a: _figures(held_out, a) for a in ids}
    there = {a: _mean_known(np.array([_figures(run, a) for run in runs])) for a in ids}
    gaps = [
        ActivityGap(
            a,
            label(graph.nodes[a].name, "en") or a,
            role_of.get(a, ""),
            *((float(here[a][i]), float(there[a][i])) for i in range(4)),
        )
        for a in ids
    ]
    return tuple(sorted(gaps, key=lambda g: -abs(g.wait_gap_s) - abs(g.span_gap_s)))


def findings(
    poor: Sequence[str],
    gaps: Sequence[ActivityGap],
    here: Profile,
    simulated: Sequence[Profile],
    *,
    is_long: bool,
) -> tuple[Finding, ...]:
    """Say what to fix, causes before their effects: ways, arrivals, hours, then times."""
    found = []
    ways = list(_of_ways(gaps)) if "ngrams" in poor else []
    found += ways
    if "arrival_rate" in poor or "arrival_hours" in poor:
        found.append(Finding("arrivals", "", told("other_arrivals")))
    if "workforce" in poor:
        found.append(_of_hours(here, simulated))
    is_order = "ngrams" in poor and not ways  # of what is done side by side: a matter of time
    if is_order or is_long or "cycle_time" in poor or "events_in_case" in poor:
        found += list(_of_times(gaps))
    return tuple(found[:_SHOWN])


def _of_ways(gaps: Sequence[ActivityGap]) -> Iterator[Finding]:
    worst = max(gaps, key=lambda g: abs(g.visits[1] - g.visits[0]), default=None)
    if worst is not None and abs(worst.visits[1] - worst.visits[0]) > _NOTABLE_VISITS:
        held_out, simulated = worst.visits
        found = told("other_visits", name=worst.name, simulated=simulated, held_out=held_out)
        yield Finding("branches", worst.activity, found)


def _of_hours(here: Profile, simulated: Sequence[Profile]) -> Finding:
    roles = sorted({r for s in simulated for r in s.by_role} | set(here.by_role))
    apart = {r: float(np.mean([role_distance(here, s, r) for s in simulated])) for r in roles}
    role = max(apart, key=lambda r: apart[r])
    return Finding("calendars", role, told("other_hours", name=role, hours=apart[role]))


def _of_times(gaps: Sequence[ActivityGap]) -> Iterator[Finding]:
    """Work that takes another time makes others wait, so it comes first."""
    other = [gap for gap in gaps if gap.is_other_work]
    for gap in other[:2]:
        held_out, simulated = (seconds / 60 for seconds in gap.usual_s)
        found = told("other_work", name=gap.name, simulated=simulated, held_out=held_out)
        yield Finding("durations", gap.activity, found)
    for gap in gaps[: 2 - min(len(other), 1)]:
        is_wait = abs(gap.wait_gap_s) >= abs(gap.span_gap_s)
        gap_s = gap.wait_gap_s if is_wait else gap.span_gap_s
        code = f"{'waits' if is_wait else 'takes'}_{'longer' if gap_s > 0 else 'shorter'}"
        found = told(code, name=gap.name, activity=gap.activity, minutes=abs(gap_s) / 60)
        if is_wait:
            yield Finding("resources", gap.role or gap.activity, found)
        else:
            yield Finding("durations", gap.activity, found)


def _figures(work: Work, activity: str) -> np.ndarray:
    """Return visits per case, mean wait and mean time from start to end."""
    rows = work.rows_of(activity)
    if not len(rows):
        return np.array([0.0, np.nan, np.nan, np.nan])
    begun = np.where(np.isnan(work.started_s[rows]), work.ended_s[rows], work.started_s[rows])
    wait = begun - work.enabled_s[rows]
    wait = wait[np.isfinite(wait)]
    mean_wait = float(wait.mean()) if len(wait) else np.nan
    span = work.ended_s[rows] - begun
    visits = len(rows) / max(len(work.case_ids), 1)
    return np.array([visits, mean_wait, float(span.mean()), float(np.median(span))])


def _mean_known(figures: np.ndarray) -> np.ndarray:
    """Return the mean by column of what is known; NaN where nothing is."""
    known = np.isfinite(figures)
    counts = known.sum(0)
    sums = np.where(known, figures, 0.0).sum(0)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))


def _gap(visits: tuple[float, float], time_s: tuple[float, float]) -> float:
    held_out, simulated = np.nan_to_num(np.array(visits) * np.nan_to_num(np.array(time_s)))
    return float(simulated - held_out)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
