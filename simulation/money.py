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
    own = [rates_of(document.resources[run.net.pools[home].role]) for home in staff.homes]
    for number, person in staff.persons.items():
        own[number] = person.rates
    costs: Floats = (held.work - held.overtime) / _HOUR_US
    costs *= np.array([rates.per_hour for rates in own])[held.unit]
    if held.overtime.any():
        per_hour = np.array([rates.overtime_per_hour for rates in own])
        costs += per_hour[held.unit] * held.overtime / _HOUR_US
    per_use = np.array([rates.per_use for rates in own])
    return costs + per_use[held.unit] * held.uses if per_use.any() else costs


def visit_costs(run: SimulatedRun, held: Holds) -> Floats:
    """Return the cost of each visit: everybody's work at it, and what the activity costs."""
    costs = np.bincount(held.row, weights=hold_costs(run, held), minlength=len(run.case))
    if not run.net.document.costs:
        return np.asarray(costs)
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
