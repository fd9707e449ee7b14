"""The set-up of a comparison: what stands in the form, what it allows, what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulation.errors import ScenarioInvalid
from simulation.scenario.resize import resized
from web.experiments import Kind, StudyRequest, Variant
from web.set_up_reader import Reader, plain, role_name, variant_of
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from simulation.scenario.load import Scenario
    from web.scenarios import Rehearsal, Shipped

USUAL_REPLICATIONS = 60
MOST_ALTERNATIVES = 4
FIRST_REPLICATIONS = 10  # before a precision can be judged
LARGEST_CHANGE = 50
CHANGE = "change_"  # what the name of a field for a role begins with
ALL = ""  # the precision of those who want every replication
COMPARE, BEST = "compare", "best"
GOALS = (COMPARE, BEST)
KPIS = ("OP-CT", "OP-CT90", "OP-WT")  # that can decide
MOST_MINUTES = 100_000
PRECISIONS = (ALL, "5", "2", "1")  # per cent of the mean cycle time


@dataclass(frozen=True)
class SetUp:
    """What stands in the form; ``problems`` says in words why it cannot be run."""

    baseline: str
    alternatives: tuple[str, ...]
    changed: str = ""  # the scenario whose staff is changed
    replications: int = USUAL_REPLICATIONS
    precision: str = ALL
    goal: str = COMPARE
    kpi: str = KPIS[0]  # that decides which is best
    minutes: int = 1  # a difference in it that does not matter
    seed: int = 1
    changes: Mapping[str, int] = field(default_factory=dict)  # units more or fewer, by role
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role whose units can be changed."""

    id: str
    name: str
    units: str  # in each scenario: "2", "2 → 1", "– → 3"


def usual(rehearsal: Rehearsal) -> SetUp:
    """Return the form as it is first shown: today's way of working against the next."""
    first, *others = rehearsal.scenarios
    second = others[0] if others else first
    chosen = (second.variant,) if others else ()
    seed = first.scenario.document.run.seed
    return SetUp(first.variant, chosen, changed=second.variant, seed=seed)


def again(asked: StudyRequest, rehearsal: Rehearsal) -> SetUp:
    """Return the form as it was when a comparison, or the best of some, was asked for."""
    plain_ones = [other for other in asked.alternatives if not other.patch]
    changed = next((other for other in asked.alternatives if other.patch), None)
    first, question = usual(rehearsal), asked.question
    set_up = replace(
        first,
        baseline=variant_of(asked.baseline, rehearsal),
        alternatives=tuple(variant_of(other, rehearsal) for other in plain_ones),
        replications=asked.replications or question["most"],
        precision=f"{100 * question['precision']:.0f}" if "precision" in question else ALL,
        seed=asked.seed or 0,
    )
    if asked.kind is Kind.SELECTION:
        minutes = round(question["indifference"] / 60)
        set_up = replace(set_up, goal=BEST, kpi=question["kpi"], minutes=minutes)
    if changed is None:
        return set_up
    name = variant_of(changed, rehearsal)
    return replace(set_up, changed=name, changes=_changes(changed, rehearsal.variant(name)))


def _changes(changed: Variant, shipped: Shipped | None) -> dict[str, int]:
    """Return how many units more or fewer a patch gives; none if the scenario is another since."""
    try:
        patched = shipped.scenario.patched(changed.patch) if shipped is not None else None
    except ScenarioInvalid:
        patched = None
    if shipped is None or patched is None:
        return {}
    before, after = shipped.scenario.document.resources, patched.document.resources
    found = {role: after[role].units - one.units for role, one in before.items() if role in after}
    return {role: change for role, change in found.items() if change}


def read(values: MultiDict[str, str], rehearsal: Rehearsal, language: str) -> SetUp:
    """Read the form; the set-up that comes back says what is wrong with it."""
    reader = Reader(values)
    choices = roles(rehearsal, language)
    baseline = values.get("baseline", "")
    goal = reader.choice("goal", _("Goal"), GOALS) if "goal" in values else COMPARE
    alternatives = tuple(dict.fromkeys(values.getlist("alternative")))
    set_up = SetUp(
        baseline=baseline,
        alternatives=alternatives,
        changed=values.get("changed") or next(iter(alternatives), baseline),
        replications=reader.replications(),
        precision=reader.choice("precision", _("Stop early"), PRECISIONS),
        goal=goal,
        kpi=reader.choice("kpi", _("KPI"), KPIS) if "kpi" in values else KPIS[0],
        minutes=reader.amount(
            "minutes", _("Differences to ignore, in minutes"), MOST_MINUTES, is_asked=goal == BEST
        ),
        seed=reader.seed(),
        changes={role.id: n for role in choices if (n := _change(reader, role))},
    )
    problems = (*reader.problems, *_contradictions(set_up, rehearsal, choices))
    return replace(set_up, problems=problems)


def request_of(set_up: SetUp, rehearsal: Rehearsal, *, by: str | None) -> StudyRequest:
    """Ask for the comparison, or for the best of all that would be compared."""
    asked = _comparison(set_up, rehearsal, by=by)
    if set_up.goal == COMPARE:
        return asked if set_up.precision == ALL else _until_precise(asked, set_up)
    question = {"kpi": set_up.kpi, "indifference": 60.0 * set_up.minutes}
    return replace(asked, kind=Kind.SELECTION, question=question)


def _comparison(set_up: SetUp, rehearsal: Rehearsal, *, by: str | None) -> StudyRequest:
    """Changed staff are compared beside the unchanged scenario."""
    baseline = rehearsal.variant(set_up.baseline)
    assert baseline is not None
    found = [rehearsal.variant(name) for name in set_up.alternatives]
    alternatives = [plain(shipped) for shipped in found if shipped is not None]
    changed = rehearsal.variant(set_up.changed)
    if set_up.changes and changed is not None:
        alternatives.insert(0, _changed(changed, set_up.changes))
    return StudyRequest(
        process_key=rehearsal.folder.key,
        baseline=plain(baseline),
        alternatives=tuple(alternatives),
        replications=set_up.replications,
        seed=set_up.seed,
        by=by,
    )


def roles(rehearsal: Rehearsal, language: str) -> list[RoleChoice]:
    """Return every role of the scenarios with its units today and then."""
    scenarios = [shipped.scenario for shipped in rehearsal.of_models]
    ids = dict.fromkeys(role for s in scenarios for role in s.document.resources)
    return [RoleChoice(id=role, name=role_name(role, scenarios, language),
                       units=_units(role, scenarios)) for role in ids]  # fmt: skip


def _change(reader: Reader, role: RoleChoice) -> int:
    return reader.number(CHANGE + role.id, role.name, -LARGEST_CHANGE, LARGEST_CHANGE)


def _contradictions(set_up: SetUp, rehearsal: Rehearsal, choices: list[RoleChoice]) -> list[str]:
    named = (set_up.baseline, *set_up.alternatives)
    if any(rehearsal.variant(name) is None for name in named):
        return [_("Choose scenarios from the list.")]
    if not (set_up.alternatives or set_up.changes):
        return [_("There is nothing to compare with. Tick a scenario or change the staff.")]
    if set_up.baseline in set_up.alternatives:
        return [_("Both sides are the same. Choose another scenario or change the staff.")]
    if len(set_up.alternatives) + bool(set_up.changes) > MOST_ALTERNATIVES:
        return [
            _(
                "At most %(most)s can be compared with the first at a time; "
                "the one with changed staff counts too.",
                most=MOST_ALTERNATIVES,
            )
        ]
    return _staff_problems(set_up, rehearsal.variant(set_up.changed), choices)


def _staff_problems(set_up: SetUp, changed: Shipped | None, choices: list[RoleChoice]) -> list[str]:
    if not set_up.changes:
        return []
    if changed is None:
        return [_("Choose scenarios from the list.")]
    return [
        problem
        for role in choices
        if (change := set_up.changes.get(role.id))
        and (problem := _change_problem(role, change, changed.scenario))
    ]


def _change_problem(role: RoleChoice, change: int, scenario: Scenario) -> str:
    resource = scenario.document.resources.get(role.id)
    if resource is None:
        return _("%(role)s does not work in this scenario.", role=role.name)
    if resource.units + change < 1:
        return _(
            "%(role)s: at least one must be left; there are %(units)s.",
            role=role.name,
            units=resource.units,
        )
    return ""


def _until_precise(asked: StudyRequest, set_up: SetUp) -> StudyRequest:
    """Let the runs go on only until the mean cycle time is known well enough."""
    share = int(set_up.precision) / 100
    rule = {
        "min": min(FIRST_REPLICATIONS, set_up.replications),
        "max": set_up.replications,
        "half_width": share,
        "kpi": "OP-CT",
    }
    return replace(
        asked,
        baseline=replace(asked.baseline, patch={"run": {"replications": rule}}),
        replications=None,
        question={"precision": share, "most": set_up.replications},
    )


def _changed(shipped: Shipped, changes: Mapping[str, int]) -> Variant:
    """Write the changes as a merge patch on the scenario, under a name that tells them."""
    scenario, resources = shipped.scenario, shipped.scenario.document.resources
    units = {role: resources[role].units + change for role, change in changes.items()}
    names = {
        "en": f"{scenario.name('en')} ({_told(scenario, units, 'en', joint=', ')})",
        "zh": f"{scenario.name('zh')}（{_told(scenario, units, 'zh', joint='、')}）",
    }
    staff = {role: resized(resources[role], n) for role, n in units.items()}
    patch = {"name": names, "resources": staff}
    return Variant(str(shipped.path), names, patch)


def _told(scenario: Scenario, units: Mapping[str, int], language: str, *, joint: str) -> str:
    """Name the changed roles with their units before and after, whatever the reader's language."""
    resources = scenario.document.resources
    return joint.join(
        f"{role_name(role, [scenario], language)} {resources[role].units} → {n}"
        for role, n in units.items()
    )


def _units(role: str, scenarios: list[Scenario]) -> str:
    """Write the units in each scenario; once if they are the same."""
    resources = (s.document.resources.get(role) for s in scenarios)
    written = [str(resource.units) if resource else "–" for resource in resources]
    return _("now %(units)s", units=written[0]) if len(set(written)) == 1 else " → ".join(written)
