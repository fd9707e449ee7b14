"""What the set-ups of all studies share: reading a form, asking for a study, names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from engine.domain.label import label
from web.comparison_rows import in_words
from web.experiments import StudyRequest, Variant
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from simulation.scenario.load import Scenario
    from web.experiments import Kind
    from web.scenarios import Rehearsal, Shipped

FEWEST, MOST = 5, 1000  # replications
LARGEST_SEED = 2**31 - 1
SHOWN = 20  # letters of what somebody entered


@dataclass
class Reader:
    """Reads a form and collects what is wrong with it, in words."""

    values: Mapping[str, str]
    problems: list[str] = field(default_factory=list)

    def number(self, name: str, word: str, low: int, high: int) -> int:
        """Return a whole number within bounds; the lower one if it is not."""
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
                text=text[:SHOWN],
            )
        )
        return low

    def choice(self, name: str, word: str, among: Collection[str]) -> str:
        """Return one of some values; the first if it is none of them."""
        text = self.values.get(name, "")
        if text in among:
            return text
        self.problems.append(_("%(field)s: choose one of the list.", field=word))
        return next(iter(among))

    def amount(self, name: str, word: str, most: int, *, is_asked: bool) -> int:
        """Return a whole number from 1; where it is not asked for, it is never wrong."""
        if is_asked:
            return self.number(name, word, 1, most)
        return Reader(self.values).number(name, word, 1, most)

    def replications(self) -> int:
        """Return the number of replications."""
        return self.number("replications", _("Replications"), FEWEST, MOST)

    def seed(self) -> int:
        """Return the seed."""
        return self.number("seed", _("Seed"), 0, LARGEST_SEED)


class AboutOne(Protocol):
    """What stands in the form for a study of one scenario, at the least."""

    @property
    def scenario(self) -> str:
        """Its variant."""
        ...


class Replicated(AboutOne, Protocol):
    """Likewise, where the reader chooses how often it is replicated."""

    @property
    def replications(self) -> int:
        """How often."""
        ...

    @property
    def seed(self) -> int:
        """What the random numbers begin from."""
        ...


def variant_of(asked: Variant, rehearsal: Rehearsal) -> str:
    """Return the name of a scenario that was asked about; of the first if it is gone."""
    names = (s.variant for s in rehearsal.scenarios if str(s.path) == asked.path)
    return next(names, rehearsal.scenarios[0].variant)


def chosen(form: AboutOne, rehearsal: Rehearsal) -> Shipped:
    """Return the scenario in a form that was read: one of the list, whatever was sent."""
    shipped = rehearsal.variant(form.scenario)
    assert shipped is not None
    return shipped


def study_of_one(
    form: Replicated,
    rehearsal: Rehearsal,
    kind: Kind,
    question: Mapping[str, object],
    *,
    by: str | None,
) -> StudyRequest:
    """Ask for a study of the scenario in a form."""
    return StudyRequest(
        process_key=rehearsal.folder.key,
        baseline=plain(chosen(form, rehearsal)),
        alternatives=(),
        replications=form.replications,
        seed=form.seed,
        by=by,
        kind=kind,
        question=question,
    )


def names_of(scenario: Scenario) -> dict[str, str]:
    """Return the name of a scenario in both languages."""
    return {"en": scenario.name("en"), "zh": scenario.name("zh")}


def plain(shipped: Shipped) -> Variant:
    """Return a shipped scenario as it is."""
    return Variant(str(shipped.path), names_of(shipped.scenario))


def role_name(role: str, scenarios: list[Scenario], language: str) -> str:
    """Return what a role is called: the name of the lane of the same id."""
    lanes = (lane for s in scenarios for lane in s.graph.lanes.values())
    name = next((lane.name for lane in lanes if lane.id == role), "")
    return label(name, language) if name else in_words(role)
