"""What may be chosen: units and calendars of roles; and one such choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from simulation.errors import ChoicesRefused
from simulation.net import compile_net
from simulation.scenario.complaints import did_you_mean
from simulation.staffing import staffing
from simulation.static_checks import offered_loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulation.scenario.document import Document
    from simulation.scenario.load import Scenario

_WEEKS = timedelta(weeks=4)  # of a run that ends after a number of cases: what is paid for


@dataclass(frozen=True)
class Design:
    """Units and calendar of each role that may be chosen, sorted by role."""

    units: tuple[tuple[str, int], ...]
    calendars: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, units: Mapping[str, int], calendars: Mapping[str, str] | None = None) -> Self:
        """Make a design of mappings."""
        return cls(tuple(sorted(units.items())), tuple(sorted((calendars or {}).items())))

    @property
    def key(self) -> str:
        """A name for the design: doctor 4, cashier 2 (late)."""
        shift = dict(self.calendars)
        return ", ".join(
            f"{role} {units}" + (f" ({shift[role]})" if role in shift else "")
            for role, units in self.units
        )

    def with_units(self, role: str, units: int) -> Self:
        """Return the design with another number of units of a role."""
        return replace(self, units=tuple((r, units if r == role else n) for r, n in self.units))

    def with_calendar(self, role: str, calendar: str) -> Self:
        """Return the design with another calendar of a role."""
        changed = tuple((r, calendar if r == role else c) for r, c in self.calendars)
        return replace(self, calendars=changed)

    def applied_to(self, scenario: Scenario) -> Scenario:
        """Return the scenario with this staff. Raises ScenarioInvalid."""
        resources: dict[str, dict[str, object]] = {
            role: {"units": units} for role, units in self.units
        }
        for role, calendar in self.calendars:
            resources[role]["calendar"] = calendar
        return scenario.patched({"resources": resources})


@dataclass(frozen=True)
class Choices:
    """What may be chosen: units of roles within ranges, calendars among names."""

    units: Mapping[str, range]
    calendars: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def ensure_known(self, scenario: Scenario) -> None:
        """Raise ChoicesRefused unless the scenario has all that may be chosen."""
        if not self.units:
            raise ChoicesRefused("roles", "none is to be chosen; name at least one")
        for role in self.units:
            self._ensure_units(role, scenario.document)
        for role, names in self.calendars.items():
            if role not in self.units:
                raise ChoicesRefused(role, "has shifts to choose but no units; add them")
            for name in names:
                if name not in scenario.document.calendars:
                    words = did_you_mean(name, scenario.document.calendars, what="calendars")
                    raise ChoicesRefused(role, f"calendar {name!r} is unknown{words}")

    def _ensure_units(self, role: str, document: Document) -> None:
        units = self.units[role]
        if role not in document.resources:
            words = did_you_mean(role, document.resources, what="resources")
            raise ChoicesRefused(role, f"is unknown{words}")
        if document.resources[role].members is not None:
            raise ChoicesRefused(role, "has named members; only alike units can be chosen")
        if not units or units.start < 1:
            raise ChoicesRefused(role, f"needs units such as 1..5; got {_shown(units)}")

    def smallest(self, scenario: Scenario) -> Design:
        """Return the design with the fewest units whose queues do not grow without end.

        This is the fluid bound: the work that arrives must fit into the time that is paid.
        Calendars are the first of each choice.
        """
        first = {role: names[0] for role, names in self.calendars.items()}
        ones = Design.of(dict.fromkeys(self.units, 1), first).applied_to(scenario)
        loads = offered_loads(compile_net(ones))
        units = {
            role: min(max(among.start, _above(loads.get(role, 0.0))), among[-1])
            for role, among in self.units.items()
        }
        return Design.of(units, first)

    def neighbours(self, design: Design, *, step: int) -> Iterator[Design]:
        """Yield the designs with one unit more (or less) of a role, or another calendar."""
        for role, units in design.units:
            if units + step in self.units[role]:
                yield design.with_units(role, units + step)
        for role, calendar in design.calendars:
            for other in self.calendars[role]:
                if other != calendar:
                    yield design.with_calendar(role, other)


def staff_cost(scenario: Scenario) -> float:
    """Return what the staff of a scenario is paid for the run, busy or idle."""
    run, start = scenario.document.run, compile_net(scenario).epoch
    end = start + (_WEEKS if run.until is None else timedelta(seconds=run.until))
    return sum(
        role.units * role.cost_per_hour * role.open_s(start, end) / 3600
        for role in staffing(scenario).roles.values()
    )


def _above(load: float) -> int:
    """Return the least number of units that is more than a load."""
    return math.floor(load + 1e-9) + 1 if math.isfinite(load) else 1


def _shown(units: range) -> str:
    return f"{units.start}..{units.stop - 1}"
