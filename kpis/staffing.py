"""Who is there to work: units, opening hours and rates per role.

A plan, not a measurement: the simulator derives it from a scenario, the web layer uses the
same plan for live cases. Roles that are not listed have no utilisation and no cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class OpenTime(Protocol):
    """Tells how many seconds of a period are working time."""

    def __call__(self, start: datetime, end: datetime, /) -> float:
        """Return the working seconds between two aware moments."""
        ...


def always_open(start: datetime, end: datetime, /) -> float:
    """Count every second: the default for a role without a calendar."""
    return (end - start).total_seconds()


@dataclass(frozen=True, slots=True)
class RoleStaffing:
    """The people or machines of one role, who are interchangeable."""

    role: str
    units: int
    cost_per_hour: float = 0.0
    open_s: OpenTime = always_open  # for instance the bound method of a working calendar

    def __post_init__(self) -> None:
        if self.units < 0:
            raise ValueError(f"role {self.role!r} has {self.units} units; 0 or more are allowed")


@dataclass(frozen=True)
class Staffing:
    """The staffing plan behind utilisation and cost.

    ``external_roles`` do the customer's own work: it is neither touch time nor a step, nor
    does anybody queue for it. ``fixed_costs`` are per completed visit to an element.
    """

    roles: Mapping[str, RoleStaffing]
    external_roles: frozenset[str] = frozenset()
    fixed_costs: Mapping[str, float] = field(default_factory=dict)
    currency: str = "CNY"
    _available_s: dict[tuple[str, datetime, datetime], float] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(
        cls,
        roles: Iterable[RoleStaffing],
        *,
        external_roles: Iterable[str] = (),
        fixed_costs: Mapping[str, float] | None = None,
        currency: str = "CNY",
    ) -> Staffing:
        """Build the plan from a list of roles."""
        by_name = {role.role: role for role in roles}
        return cls(by_name, frozenset(external_roles), dict(fixed_costs or {}), currency)

    def available_s(self, role: str, start: datetime, end: datetime) -> float:
        """Return units × working seconds of a role between two moments.

        Remembered per period: replications share their observation window.
        """
        key = (role, start, end)
        if key not in self._available_s:
            staff = self.roles[role]
            self._available_s[key] = staff.units * staff.open_s(start, end)
        return self._available_s[key]
