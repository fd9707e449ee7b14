"""Is a scenario true to its process? Simulated cases against cases it was not learnt from.

Each measure of ``simulation.calibration.distances`` is taken between the held-out cases and
every replication, over the same weeks and as many cases, and stands beside two yardsticks. The
floor: how far the cases it was learnt from are from the held-out ones; no model learnt from them
can do better but by luck. And chance: replications differ among themselves; when the held-out
cases are no farther from them than they are from each other, nobody could tell the two apart
(a Monte Carlo test, Barnard 1963). A measure is good within the floor or within chance, fair
within three times the floor, and poor beyond; a scenario with a poor measure is not valid.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.log_reader.work_log import from_event_log
from kpis.stats.intervals import mean_interval
from simulation.calibration.distances import MEASURES, Profile, distances
from simulation.calibration.errors import CalibrationRefused
from simulation.calibration.holdout import FEWEST_CASES
from simulation.calibration.learn import align_clock
from simulation.calibration.replay import replay
from simulation.calibration.told import Told, told
from simulation.calibration.week import DAY_S, wall_time
from simulation.calibration.work import Work, work_of
from simulation.net import compile_net
from simulation.replication import run_once
from simulation.scenario.crosscheck import role_of
from simulation.scenario.references import activities
from simulation.validation_causes import activity_gaps, findings
from simulation.validation_floors import days_of, floors, within
from simulation.validation_scores import CycleTime, Score, Validation

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpis.log_reader.work_log import WorkLog
    from simulation.scenario.load import Scenario

REPLICATIONS = 20
_MOST_WARM_DAYS = 60


def validate(
    scenario: Scenario,
    held_out: WorkLog,
    *,
    train: WorkLog | None = None,
    source: str = "held-out cases",
    replications: int = REPLICATIONS,
    progress: Callable[[int, int], None] | None = None,
) -> Validation:
    """Simulate the weeks of held-out cases and score the scenario against them.

    Raises:
        CalibrationRefused: the held-out cases are too few, or tell of another process.
    """
    return _Validator(scenario, held_out, train, source).run(replications, progress)


class _Validator:
    """Puts held-out, simulated and training cases into the same frame of time."""

    def __init__(
        self, scenario: Scenario, held_out: WorkLog, train: WorkLog | None, source: str
    ) -> None:
        self.scenario, self.source, self.graph = scenario, source, scenario.graph
        if len(held_out.case_ids) < FEWEST_CASES:
            reason = f"{len(held_out.case_ids)} cases are too few; {FEWEST_CASES} are needed"
            raise CalibrationRefused(source, reason)
        document = scenario.document
        found = {a.id: role_of(a, document, self.graph) for a in activities(self.graph)}
        self.role_of = {a: role for a, role in found.items() if role is not None}
        self.remarks: list[Told] = []
        self.work = self._work(held_out)
        self.train = None if train is None else self._work(train)

    def _work(self, log: WorkLog) -> Work:
        work = work_of(log, self.graph, source=self.source)
        shifts = align_clock(work)
        self.remarks += [
            told("held_out_clock", day=s.day.isoformat(), hours=s.by_s / 3600) for s in shifts
        ]
        return work

    def run(self, replications: int, progress: Callable[[int, int], None] | None) -> Validation:
        """Simulate, measure, judge."""
        runs = []
        for number, work in enumerate(self._simulated(replications), start=1):
            runs.append(work)
            if progress is not None:
                progress(number, replications)
        here = Profile.of(self.work, self.role_of)
        simulated = [Profile.of(work, self.role_of) for work in runs]
        scores = self._scores(here, simulated)
        played = replay(self.work, self.graph)
        told = self.work.enabled_s
        self.work.enabled_s = np.where(np.isnan(told), played.enabled_s, told)
        gaps = activity_gaps(self.work, runs, self.role_of, self.graph)
        cycle = _cycle_time(here, simulated)
        poor = tuple(s.measure.key for s in scores if s.grade == "poor")
        is_long = not cycle.is_close
        return Validation(
            scenario=self.scenario.name(),
            held_out=self.source,
            cases=here.cases,
            days=days_of(self.work),
            replications=replications,
            has_train=self.train is not None,
            scores=scores,
            cycle_time=cycle,
            gaps=gaps,
            findings=findings(poor, gaps, here, simulated, is_long=is_long),
            remarks=tuple(self.remarks),
        )

    def _simulated(self, replications: int) -> Any:
        """Yield the simulated cases of each replication that belong to the held-out weeks."""
        first, last = float(self.work.arrived_s.min()), float(self.work.arrived_s.max())
        start = np.floor(first / DAY_S) * DAY_S - self._warm_days() * DAY_S
        length = last - start + DAY_S
        patch = {
            "start": wall_time(start).isoformat(timespec="minutes"),
            "until": f"{np.ceil(length / 3600):.0f}h",
            "cases": None,
            "warm_up": None,
            "drain": None,
        }
        scenario = self.scenario.patched({"run": patch})
        net = compile_net(scenario)
        zone = str(scenario.document.timezone)
        for number in range(replications):
            run = run_once(scenario, net, seed=scenario.document.run.seed, replication=number)
            log = replace(self._as_told(from_event_log(run.event_log())), zone=zone)
            yield within(work_of(log, self.graph, source="run"), first, last)

    def _as_told(self, log: WorkLog) -> WorkLog:
        """Return a simulated log without what the held-out one does not tell, either."""
        here, untold = self.work, np.full(len(log), np.nan)
        return replace(
            log,
            started_s=log.started_s if here.has_starts else untold,
            enabled_s=log.enabled_s if here.has_enabled else untold,
            arrived_s=log.arrived_s if here.has_arrivals else None,
        )

    def _warm_days(self) -> int:
        """Return how many days fill the process before the held-out cases come."""
        ended = np.full(len(self.work.case_ids), -np.inf)
        np.maximum.at(ended, self.work.case, self.work.ended_s)
        longest = float(np.quantile(ended - self.work.arrived_s, 0.95))
        return int(np.clip(np.ceil(2 * longest / DAY_S), 1, _MOST_WARM_DAYS))

    def _scores(self, here: Profile, simulated: list[Profile]) -> tuple[Score, ...]:
        first = float(here.arrived_s[0])
        own = [distances(here, s, starts=(first, first)) for s in simulated]
        among = _among(simulated, first)
        found_floors = floors(self.work, self.train, self.role_of)
        mean_cycle_h = float(here.cycle_h.mean())
        found = []
        for measure in MEASURES:
            values = np.array([d[measure.key] for d in own])
            interval = mean_interval(values)
            chance = among[measure.key]
            p_value = (1 + (chance >= values.mean()).sum()) / (1 + len(chance))
            scale = mean_cycle_h if measure.relative else 1.0
            found.append(
                Score(
                    measure,
                    float(values.mean()),
                    interval.half_width if interval is not None else 0.0,
                    found_floors[measure.key],
                    float(chance.mean()),
                    float(p_value),
                    measure.trifle * scale,
                    len(simulated),
                )
            )
        return tuple(found)


def _among(simulated: list[Profile], first: float) -> dict[str, np.ndarray]:
    """Return how far each replication is from the others, on average."""
    size = len(simulated)
    table = {m.key: np.zeros((size, size)) for m in MEASURES}
    for i in range(size):
        for j in range(i):
            for key, value in distances(simulated[i], simulated[j], starts=(first, first)).items():
                table[key][i, j] = table[key][j, i] = value
    return {key: values.sum(1) / max(size - 1, 1) for key, values in table.items()}


def _cycle_time(here: Profile, simulated: list[Profile]) -> CycleTime:
    means = np.array([s.cycle_h.mean() if s.cases else 0.0 for s in simulated]) * 3600
    own, ours = mean_interval(here.cycle_h * 3600), mean_interval(means)
    target = float(here.cycle_h.mean() * 3600)
    centre = float(np.median([*means, target]))
    rank = 1 + int((np.abs(means - centre) >= abs(target - centre)).sum())
    return CycleTime(
        held_out_s=target,
        held_out_half_s=own.half_width if own is not None else 0.0,
        simulated_s=float(means.mean()),
        simulated_half_s=ours.half_width if ours is not None else 0.0,
        p_value=rank / (1 + len(means)),
        replications=len(means),
    )
