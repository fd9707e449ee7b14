"""The set-up of a comparison: what stands in the form, what it allows, what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.domain.label import label
from simulation.scenario.resize import resized
from web.experiments import ComparisonRequest, Variant
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.scenario.load import Scenario
    from web.scenarios import Rehearsal, Shipped

FEWEST, MOST, USUAL_REPLICATIONS = 5, 1000, 60
LARGEST_SEED = 2**31 - 1
LARGEST_CHANGE = 50
CHANGE = "change_"  # what the name of a field for a role begins with


@dataclass(frozen=True)
class SetUp:
    """What stands in the form; ``problems`` says in words why it cannot be run."""

    baseline: str
    alternative: str
    replications: int = USUAL_REPLICATIONS
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
    return SetUp(first.variant, second.variant, seed=first.scenario.document.run.seed)


def read(values: Mapping[str, str], rehearsal: Rehearsal, language: str) -> SetUp:
    """Read the form; the set-up that comes back says what is wrong with it."""
    reader = _Reader(values)
    set_up = SetUp(
        baseline=values.get("baseline", ""),
        alternative=values.get("alternative", ""),
        replications=reader.number("replications", _("Replications"), FEWEST, MOST),
        seed=reader.number("seed", _("Seed"), 0, LARGEST_SEED),
        changes={
            role.id: change
            for role in roles(rehearsal, language)
            if (change := reader.change(role))
        },
    )
    problems = (*reader.problems, *_contradictions(set_up, rehearsal, language))
    return SetUp(**{**vars(set_up), "problems": problems})


def request_of(set_up: SetUp, rehearsal: Rehearsal, *, by: str | None) -> ComparisonRequest:
    """Ask for the comparison; changed staff are compared beside the unchanged scenario."""
    baseline, alternative = _chosen(set_up, rehearsal)
    assert baseline is not None
    assert alternative is not None
    plain = Variant(str(alternative.path), _names(alternative.scenario))
    alternatives = [plain] if alternative.variant != baseline.variant else []
    if set_up.changes:
        alternatives.insert(0, _changed(alternative, set_up.changes))
    return ComparisonRequest(
        process_key=rehearsal.folder.key,
        baseline=Variant(str(baseline.path), _names(baseline.scenario)),
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


def role_name(role: str, scenarios: list[Scenario], language: str) -> str:
    """Return what a role is called: the name of the lane of the same id."""
    lanes = (lane for s in scenarios for lane in s.graph.lanes.values())
    name = next((lane.name for lane in lanes if lane.id == role), "")
    return label(name, language) if name else role


@dataclass
class _Reader:
    """Reads numbers from a form and collects what is wrong with them."""

    values: Mapping[str, str]
    problems: list[str] = field(default_factory=list)

    def number(self, name: str, word: str, low: int, high: int) -> int:
        text = self.values.get(name, "").strip()
        try:
            found = int(text or "0")
        except ValueError:
            found = low - 1
        if low <= found <= high:
            return found
        self.problems.append(
            _(
                "%(field)s: a whole number from %(low)s to %(high)s is allowed, not “%(text)s”.",
                field=word,
                low=low,
                high=high,
                text=text[:20],
            )
        )
        return low

    def change(self, role: RoleChoice) -> int:
        return self.number(CHANGE + role.id, role.name, -LARGEST_CHANGE, LARGEST_CHANGE)


def _contradictions(set_up: SetUp, rehearsal: Rehearsal, language: str) -> list[str]:
    baseline, alternative = _chosen(set_up, rehearsal)
    if baseline is None or alternative is None:
        return [_("Choose two of the scenarios in the list.")]
    if baseline.variant == alternative.variant and not set_up.changes:
        return [_("Both sides are the same. Choose another scenario or change the staff.")]
    return [
        problem
        for role in roles(rehearsal, language)
        if (change := set_up.changes.get(role.id))
        and (problem := _change_problem(role, change, alternative.scenario))
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


def _chosen(set_up: SetUp, rehearsal: Rehearsal) -> tuple[Shipped | None, Shipped | None]:
    return rehearsal.variant(set_up.baseline), rehearsal.variant(set_up.alternative)


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


def _names(scenario: Scenario) -> dict[str, str]:
    return {"en": scenario.name("en"), "zh": scenario.name("zh")}


def _units(role: str, scenarios: list[Scenario]) -> str:
    """Write the units in each scenario; once if they are the same."""
    resources = (s.document.resources.get(role) for s in scenarios)
    written = [str(resource.units) if resource else "–" for resource in resources]
    return _("now %(units)s", units=written[0]) if len(set(written)) == 1 else " → ".join(written)
