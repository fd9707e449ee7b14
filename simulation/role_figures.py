"""The figures of each role in one run: how busy, who waits, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.active_period import active_period_shares
from simulation.money import hold_costs
from simulation.net import US

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kpis.measures.roles import RoleValues
    from simulation.holds import Holds
    from simulation.run_record import SimulatedRun


def role_figures(
    run: SimulatedRun, held: Holds, values: Mapping[str, RoleValues]
) -> dict[str, dict[str, float]]:
    """Return the figures of each role that has units, by role and name.

    ``values`` are those that the log of the run tells.
    """
    waits = {role: v.total_waiting_s for role, v in values.items()}
    total_wait = sum(waits.values())
    active = active_period_shares(run, held)
    busy_s, costs = _busy_s(run, held), _in_window(run, held, hold_costs(run, held))
    overtime_s = _in_window(run, held, held.overtime / US)
    return {
        role: {
            "utilisation": busy_s[role] / v.available_s if v.available_s > 0 else float("nan"),
            "overtime": overtime_s[role],
            "wait": v.waiting_s,
            "share_of_waiting": waits[role] / total_wait if total_wait else 0.0,
            "active_period_share": active.get(role, 0.0),
            "queue_length": v.queue_length,
            "queue_length_max": float(v.queue_length_max),
            "cost": costs[role],
        }
        for role, v in values.items()
    }


def overall_utilisation(run: SimulatedRun, held: Holds, values: Mapping[str, RoleValues]) -> float:
    """Return Σ busy ÷ Σ available: the work of everybody in a team, and none beyond the shift."""
    available_s = sum(v.available_s for v in values.values() if v.available_s > 0)
    busy_s = _busy_s(run, held)
    return sum(busy_s[role] for role in values) / available_s if available_s else float("nan")


def _busy_s(run: SimulatedRun, held: Holds) -> dict[str, float]:
    """Return the work in the shifts of the window, by role.

    Work on what is held over a night was done in the shifts: it is spread over these, so that
    nobody works for longer than they are there.
    """
    begin, end = _window(run)
    shifts, work = run.shifts, (held.work - held.overtime) / US
    there = shifts.overlap(held.unit, held.begin, held.end)
    first, last = np.clip(held.begin, begin, end), np.clip(held.end, begin, end)
    share = shifts.overlap(held.unit, first, last) / np.maximum(there, 1)
    share = np.where((there == 0) & (held.begin >= begin) & (held.end <= end), 1.0, share)
    return _by_role(run, held, work * share)


def _in_window(run: SimulatedRun, held: Holds, amounts: NDArray[np.float64]) -> dict[str, float]:
    """Sum amounts by role; what reaches over an edge of the window counts in proportion."""
    begin, end = _window(run)
    length = held.end - held.begin
    inside = np.maximum(np.minimum(held.end, end) - np.maximum(held.begin, begin), 0)
    is_moment = length == 0
    within = (held.begin >= begin) & (held.end <= end)
    share = np.where(is_moment, within, inside / np.where(is_moment, 1, length))
    return _by_role(run, held, amounts * share)


def _window(run: SimulatedRun) -> tuple[int, int]:
    return run.net.warm_up, max(run.horizon, run.net.warm_up)


def _by_role(run: SimulatedRun, held: Holds, amounts: NDArray[np.float64]) -> dict[str, float]:
    sums = np.bincount(held.pool, weights=amounts, minlength=len(run.net.pools))
    return {plan.role: float(total) for plan, total in zip(run.net.pools, sums, strict=True)}
