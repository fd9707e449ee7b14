"""One replication: a pure function of scenario and replication number."""

from __future__ import annotations

import gc
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from engine.domain.calendar import CalendarNeverOpens
from kpis.catalogue import CATALOGUE
from kpis.measures.elements import started_in_period
from kpis.measures.operations import abandoned_waiting_s
from kpis.sample import Sample
from kpis.stats.warm_up import BATCH
from simulation.arrivals import draw
from simulation.calendars import OpensTooRarely
from simulation.checks import ensure_sound
from simulation.engine_simpy import simulate
from simulation.errors import SimulationFailed
from simulation.holds import holds
from simulation.money import cost_per_case, has_own_costs
from simulation.net import US, Net, compile_net
from simulation.other_party import event_waits_s
from simulation.role_figures import overall_utilisation, role_figures
from simulation.staffing import staffing
from simulation.standing import with_standing
from simulation.streams import Streams
from simulation.waiting import mean_waits_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpis.measures.roles import RoleValues
    from kpis.staffing import Staffing
    from simulation.holds import Holds
    from simulation.run_record import SimulatedRun
    from simulation.scenario.load import Scenario

PER_CASE = (
    *("OP-CT", "OP-CT90", "OP-WT", "OP-TT", "OP-FE", "OP-STEP", "OP-ABD", "OP-TH", "OP-WIP"),
    "CO-CPC",
)
_MANY = 10_000  # cases, after which the remains of the engine are worth a search
QUANTILES = (0.5, 0.9, 0.95)
COURSE, COURSE_AT = "course", "course_at"
_COURSE_POINTS = 2_000

CASE_END, QUEUE = "case_end", "queue"  # figures of a forecast
QUEUE_STEP_S = 900.0

_OF_ENDS = frozenset({"cycle_time", "course"})  # measured from the ends of cases alone

Measure = Literal["all", "cycle_time", "course", "forecast"]


class Figure(NamedTuple):
    """What a number is about: a group (kpi, case, element, role), its member, the figure."""

    group: str
    member: str
    name: str


def measure_for(kpi: str) -> Measure:
    """Return the least that must be measured to know a KPI."""
    return "cycle_time" if kpi == "OP-CT" else "all"


@dataclass(frozen=True)
class Replication:
    """The figures of one replication; NaN where there was nothing to measure."""

    number: int
    figures: dict[Figure, float]


def run_once(
    scenario: Scenario, net: Net, *, seed: int, replication: int, keeps_log: bool = True
) -> SimulatedRun:
    """Simulate one replication of a compiled scenario; without its log, ends of cases are left."""
    streams = Streams(seed, replication)
    try:
        arrivals = draw(net, streams)
        if not scenario.standing:
            return simulate(net, arrivals, streams, keeps_log=keeps_log)
        arrivals, standing = with_standing(net, arrivals, scenario.standing, streams)
        return simulate(net, arrivals, streams, standing)
    except (CalendarNeverOpens, OpensTooRarely, OverflowError) as error:
        reason = f"the work takes so long that no calendar reaches its end ({error})"
        raise SimulationFailed("durations", reason) from error


def replicate(
    scenario: Scenario, *, seed: int, replications: range, measure: Measure = "all"
) -> list[Replication]:
    """Simulate and measure some replications; the same arguments give the same figures.

    ``measure`` spares figures: ``cycle_time`` is its mean alone, ``course`` how the cycle time
    develops with the order of arrival, ``forecast`` when open cases end and how queues go.
    """
    net, plan = compile_net(scenario), staffing(scenario)
    results = []
    for number in replications:
        keeps_log = measure not in _OF_ENDS
        run = run_once(scenario, net, seed=seed, replication=number, keeps_log=keeps_log)
        if len(run.arrivals) >= _MANY:
            gc.collect(1)  # closures of the engine know each other, and the numbers drawn
        if measure == "cycle_time":
            cycle_time_s = run.mean_cycle_time_s()
            results.append(Replication(number, {Figure("kpi", "OP-CT", ""): cycle_time_s}))
        elif measure == "course":
            results.append(Replication(number, _course(run)))
        elif measure == "forecast":
            results.append(Replication(number, _forecast(run, scenario)))
        else:
            ensure_sound(run, seed=seed, replication=number)
            results.append(Replication(number, measured(run, plan)))
    return results


def measured(run: SimulatedRun, plan: Staffing) -> dict[Figure, float]:
    """Return every figure of a run."""
    figures, by_role = _of_log(run, plan)  # the log is gone before the stretches of work come
    held = holds(run)
    figures |= _of_costs(run, held)
    roles = role_figures(run, held, by_role)
    waits = zip(("role", "element", "case"), mean_waits_s(run, held), strict=True)
    events = event_waits_s(run)
    return {
        **figures,
        Figure("kpi", "OP-UT", ""): overall_utilisation(run, held, by_role),
        **{Figure("role", role, key): v for role, row in roles.items() for key, v in row.items()},
        **{Figure("event", name, key): v for name, row in events.items() for key, v in row.items()},
        **{
            Figure(group, name, f"wait_{cause}"): value
            for group, means in waits
            for name, row in means.items()
            for cause, value in row.items()
        },
    }


def _of_log(run: SimulatedRun, plan: Staffing) -> tuple[dict[Figure, float], dict[str, RoleValues]]:
    """Return what the log of a run tells, with formulas that recorded cases share."""
    sample = Sample(run.event_log(), plan)
    figures = {
        **{Figure("kpi", code, ""): sample.value(code) for code in CATALOGUE},
        **_of_cases(run, sample),
        **_of_processes(run, sample),
        **_of_elements(sample),
    }
    return figures, {role: v for role, v in sample.roles.items() if role in plan.roles}


def _of_processes(run: SimulatedRun, sample: Sample) -> dict[Figure, float]:
    """Return cases and figures per case of every process, where there are several."""
    figures: dict[Figure, float] = {}
    for name in run.process.names if len(run.process.names) > 1 else ():
        own = replace(sample, log=replace(sample.log, process=name))
        values = {code: own.value(code) for code in PER_CASE} | _counts(run, run.is_of(name))
        figures |= {Figure("process", name, key): value for key, value in values.items()}
    return figures


def _of_costs(run: SimulatedRun, held: Holds) -> dict[Figure, float]:
    """Return the cost per case where rates and fixed costs do not tell it."""
    if not has_own_costs(run):
        return {}
    costs = {name: cost_per_case(run, held, name) for name in run.process.names}
    figures = {Figure("kpi", "CO-CPC", ""): costs.get(run.net.process_key, float("nan"))}
    if len(costs) > 1:
        figures |= {Figure("process", name, "CO-CPC"): cost for name, cost in costs.items()}
    return figures


def _counts(run: SimulatedRun, mine: NDArray[np.bool_]) -> dict[str, float]:
    """Return how many of some cases came after the warm-up, and what became of them."""
    came = (run.arrivals.times >= run.net.warm_up) & mine
    return {
        "started": float(came.sum()),
        "completed": float((came & (run.ended >= 0) & ~run.abandoned).sum()),
        "abandoned": float((came & run.abandoned).sum()),
    }


def _course(run: SimulatedRun) -> dict[Figure, float]:
    """Return mean cycle times of batches of cases, and when the first of each arrived."""
    ended = (run.ended >= 0) & ~run.abandoned & run.is_own
    arrived_s = run.arrivals.times[ended] / US
    cycle_time_s = run.ended[ended] / US - arrived_s
    size = max(BATCH, -(-len(cycle_time_s) // _COURSE_POINTS))
    starts = range(0, len(cycle_time_s) - size + 1, size)
    return {
        **{Figure(COURSE, "", str(i)): float(cycle_time_s[i : i + size].mean()) for i in starts},
        **{Figure(COURSE_AT, "", str(i)): float(arrived_s[i]) for i in starts},
    }


def _forecast(run: SimulatedRun, scenario: Scenario) -> dict[Figure, float]:
    """Return when each open case ends, and how many wait for each role every quarter of an hour."""
    figures = {
        Figure(CASE_END, case.case_id, ""): float(run.ended[number] / US)
        for number, case in enumerate(scenario.standing)
    }
    pool_of = np.array([node.pool for node in run.net.nodes])[run.node]
    moments = np.arange(0, run.horizon + 1, QUEUE_STEP_S * US)
    for index, plan in enumerate(run.net.pools):
        mine = pool_of == index
        come = np.searchsorted(np.sort(run.scheduled[mine]), moments, side="right")
        served = np.searchsorted(np.sort(run.started[mine]), moments, side="right")
        for step, waiting in enumerate((come - served).tolist()):
            figures[Figure(QUEUE, plan.role, str(step))] = float(waiting)
    return figures


def _of_cases(run: SimulatedRun, sample: Sample) -> dict[Figure, float]:
    cycle_time_s = sample.figures.cycle_time_s
    figures = {Figure("case", "", key): v for key, v in _counts(run, run.is_own).items()}
    waited_s = abandoned_waiting_s(sample.log)
    waited = float(waited_s.mean()) if waited_s.size else float("nan")
    figures[Figure("case", "", "abandoned_wait")] = waited
    for q in QUANTILES:
        value = float(np.quantile(cycle_time_s, q)) if cycle_time_s.size else float("nan")
        figures[Figure("quantile", "OP-CT", str(q))] = value
    return figures


def _of_elements(sample: Sample) -> dict[Figure, float]:
    figures, log = {}, sample.log
    activities = log.activity_columns
    waiting_s = activities.started_s - activities.scheduled_s
    counts = started_in_period(log)
    for code, (name, values) in enumerate(sample.elements.items()):
        if not (values.started or values.left):
            continue  # gateways and events share the names of the log's column
        row = {
            "visits": float(values.completed),
            "wait": values.waiting_s,
            "wait_total": values.total_waiting_s,
            "share_waiting": values.waiting_share,
            "work": values.work_s,
            "suspended": values.suspended_s,
            "left": float(values.left),
            "left_wait": values.left_waiting_s,
        }
        here = waiting_s[(activities.element.codes == code) & counts]
        for q in QUANTILES:
            row[f"wait_q{q}"] = float(np.quantile(here, q)) if here.size else float("nan")
        figures.update({Figure("element", name, key): value for key, value in row.items()})
    return figures
