"""What work costs: the people's time, overtime, uses of a unit, and each visit itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.net import US
from simulation.net.staff import rates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.holds import Holds
    from simulation.run_record import SimulatedRun

    Floats = NDArray[np.float64]

_HOUR_US = 3600 * US


def has_own_costs(run: SimulatedRun) -> bool:
    """Whether a scenario has costs that the rate of a role and a fixed cost do not tell."""
    document = run.net.document
    return bool(run.net.staff.groups) or any(
        (*(cost.per_hour for cost in document.costs.values()),
         *(r.cost_per_use for r in document.resources.values()),
         *(r.overtime_per_hour is not None for r in document.resources.values()))
    )  # fmt: skip


def hold_costs(run: SimulatedRun, held: Holds) -> Floats:
    """Return the cost of each stretch of work, in the currency of the scenario."""
    staff, document = run.net.staff, run.net.document
    of_pool = [rates_of(document.resources[plan.role]) for plan in run.net.pools]
    rates = np.array(
        [(r.per_hour, r.overtime_per_hour, r.per_use) for r in of_pool], dtype=np.float64
    ).reshape(-1, 3)[held.pool]
    for number, person in staff.persons.items():
        own = person.rates
        rates[held.unit == number] = (own.per_hour, own.overtime_per_hour, own.per_use)
    normal = (held.work - held.overtime) / _HOUR_US
    costs: Floats = rates[:, 0] * normal + rates[:, 1] * held.overtime / _HOUR_US
    return costs + rates[:, 2] * held.uses


def visit_costs(run: SimulatedRun, held: Holds) -> Floats:
    """Return the cost of each visit: everybody's work at it, and what the activity costs."""
    costs = np.bincount(held.row, weights=hold_costs(run, held), minlength=len(run.case))
    given = [run.net.document.costs.get(node.element_id) for node in run.net.nodes]
    fixed = np.array([0.0 if cost is None else cost.fixed for cost in given])
    per_hour = np.array([0.0 if cost is None else cost.per_hour for cost in given])
    worked = np.maximum(run.work, 0) / _HOUR_US
    own = np.where(run.completed >= 0, fixed[run.node], 0.0) + per_hour[run.node] * worked
    return np.asarray(costs + own)


def total_by_unit(run: SimulatedRun, held: Holds) -> float:
    """Return what a run costs, added up over units and activities instead of visits."""
    staff, document = run.net.staff, run.net.document
    units = len(staff.names)
    spent = [
        np.bincount(held.unit, weights=column, minlength=units).tolist()
        for column in (held.work - held.overtime, held.overtime, held.uses)
    ]
    total = 0.0
    for number, (normal, overtime, uses) in enumerate(zip(*spent, strict=True)):
        person = staff.persons.get(number)
        rates = rates_of(document.resources[run.net.pools[staff.homes[number]].role])
        rates = rates if person is None else person.rates
        total += rates.per_hour * normal / _HOUR_US + rates.overtime_per_hour * overtime / _HOUR_US
        total += rates.per_use * uses
    for index, node in enumerate(run.net.nodes):
        cost = document.costs.get(node.element_id)
        if cost is not None:
            mine = run.node == index
            total += cost.fixed * int((mine & (run.completed >= 0)).sum())
            total += cost.per_hour * int(np.maximum(run.work[mine], 0).sum()) / _HOUR_US
    return total


def cost_per_case(run: SimulatedRun, held: Holds, process: str) -> float:
    """Return what all cases that ended after the warm-up cost, per completed one; NaN for none."""
    sums = np.bincount(run.case, weights=visit_costs(run, held), minlength=len(run.arrivals))
    ended = (run.ended >= run.net.warm_up) & run.is_of(process)
    completed = int((ended & ~run.abandoned).sum())
    return float(sums[ended].sum()) / completed if completed else float("nan")
