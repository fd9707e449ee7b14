"""The set-up of a search for staff: which roles, within which ranges, to which end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from web.experiments import Kind
from web.set_up_reader import Reader, role_name, study_of_one, variant_of
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.scenario.resource import Resource
    from web.experiments import StudyRequest
    from web.scenarios import Rehearsal, Shipped

KPIS = ("OP-CT", "OP-CT90", "OP-WT")
LIMIT, BUDGET, FRONT = "limit", "budget", "front"
USUAL_REPLICATIONS = 10
MOST_UNITS = 200
_WORKING_DAY_S = 8 * 3600.0  # where a scenario has no target
MOST_MINUTES = 100_000
MOST_MONEY = 100_000_000
PICK, FEWEST_OF, MOST_OF = "role_", "fewest_", "most_"  # what names of fields begin with


@dataclass(frozen=True)
class SetUp:
    """What stands in the form; ``problems`` says in words why it cannot be run."""

    scenario: str
    units: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # of the picked roles
    goal: str = LIMIT
    kpi: str = KPIS[0]
    minutes: int = 60  # of the limit
    money: int = 10_000  # of the budget
    replications: int = USUAL_REPLICATIONS
    seed: int = 1
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleRange:
    """A role with the range that its units may have."""

    id: str
    name: str
    now: int
    fewest: int
    most: int
    is_picked: bool


def goals() -> tuple[str, ...]:
    """Return what can be searched for; the front needs pymoo, an extra."""
    return (LIMIT, BUDGET, FRONT) if find_spec("pymoo") else (LIMIT, BUDGET)


def usual(shipped: Shipped) -> SetUp:
    """Return the form as it is first shown: all roles, today's target and today's cost."""
    from simulation.optimiser.design import staff_cost  # slow: no other page waits for it

    document = shipped.scenario.document
    target = document.targets.get(KPIS[0])
    limit_s = _WORKING_DAY_S if target is None or target.max is None else target.max
    return SetUp(
        shipped.variant,
        units={role: _around(resource.units) for role, resource in _alike(shipped).items()},
        minutes=max(1, round(limit_s / 60)),
        money=max(1, round(staff_cost(shipped.scenario))),
        seed=document.run.seed,
    )


def again(asked: StudyRequest, rehearsal: Rehearsal) -> SetUp:
    """Return the form as it was when a search was asked for."""
    shipped = rehearsal.variant(variant_of(asked.baseline, rehearsal))
    assert shipped is not None
    first, question = usual(shipped), asked.question
    amount = round(question["amount"] or 0)
    return replace(
        first,
        units={role: (low, high) for role, (low, high) in question["units"].items()},
        goal=question["goal"],
        kpi=question["kpi"],
        minutes=round(amount / 60) if question["goal"] == LIMIT else first.minutes,
        money=amount if question["goal"] == BUDGET else first.money,
        replications=asked.replications or USUAL_REPLICATIONS,
        seed=asked.seed or 0,
    )


def read(values: Mapping[str, str], rehearsal: Rehearsal, language: str) -> SetUp:
    """Read the form; the set-up that comes back says what is wrong with it."""
    reader = Reader(values)
    known = [shipped.variant for shipped in rehearsal.scenarios]
    scenario = reader.choice("scenario", _("Scenario"), known)
    shipped = rehearsal.variant(scenario)
    assert shipped is not None
    goal = reader.choice("goal", _("Goal"), goals())
    set_up = SetUp(
        scenario=scenario,
        units=_ranges(reader, shipped, language),
        goal=goal,
        kpi=reader.choice("kpi", _("KPI"), KPIS),
        minutes=reader.amount(
            "minutes", _("Limit in minutes"), MOST_MINUTES, is_asked=goal == LIMIT
        ),
        money=reader.amount("money", _("Budget"), MOST_MONEY, is_asked=goal == BUDGET),
        replications=reader.replications(),
        seed=reader.seed(),
    )
    if not set_up.units:
        reader.problems.append(_("Tick at least one role whose number may change."))
    return replace(set_up, problems=tuple(reader.problems))


def ranges(set_up: SetUp, shipped: Shipped, language: str) -> list[RoleRange]:
    """Return the roles of a scenario as the form shows them."""
    found = []
    for role, resource in _alike(shipped).items():
        fewest, most = set_up.units.get(role) or _around(resource.units)
        name = role_name(role, [shipped.scenario], language)
        is_picked = role in set_up.units
        found.append(RoleRange(role, name, resource.units, fewest, most, is_picked))
    return found


def request_of(set_up: SetUp, rehearsal: Rehearsal, *, by: str | None) -> StudyRequest:
    """Ask for the search."""
    amount = {LIMIT: set_up.minutes * 60, BUDGET: set_up.money, FRONT: None}[set_up.goal]
    units = {role: list(both) for role, both in set_up.units.items()}
    question = {"kpi": set_up.kpi, "goal": set_up.goal, "amount": amount, "units": units}
    return study_of_one(set_up, rehearsal, Kind.STAFFING, question, by=by)


def _alike(shipped: Shipped) -> dict[str, Resource]:
    """Return the roles whose units are alike; named people cannot be counted up and down."""
    resources = shipped.scenario.document.resources
    return {role: one for role, one in resources.items() if one.members is None}


def _around(units: int) -> tuple[int, int]:
    """Return a range to begin with."""
    spread = max(2, units // 3)
    return max(1, units - spread), units + spread


def _ranges(reader: Reader, shipped: Shipped, language: str) -> dict[str, tuple[int, int]]:
    found = {}
    for role in _alike(shipped):
        if not reader.values.get(PICK + role):
            continue
        name = role_name(role, [shipped.scenario], language)
        low = reader.number(FEWEST_OF + role, _("%(role)s: at least", role=name), 1, MOST_UNITS)
        high = reader.number(MOST_OF + role, _("%(role)s: at most", role=name), 1, MOST_UNITS)
        if high < low:
            reader.problems.append(_("%(role)s: the most must not be below the least.", role=name))
        found[role] = (low, max(low, high))
    return found
