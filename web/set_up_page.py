"""The pages with a form for a study: what can be chosen there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpis.catalogue import CATALOGUE
from web import sensitivity_set_up, set_up, set_up_reader, staffing_set_up
from web.rehearsal_page import ScenarioChoice, SetUpPage
from web.set_up_reader import chosen
from web.texts import gettext as _

if TYPE_CHECKING:
    from web.set_up import RoleChoice
    from web.staffing_set_up import RoleRange


@dataclass(frozen=True, slots=True)
class GoalChoice:
    """Something that can be asked for."""

    value: str
    word: str
    hint: str


class ReplicatedSetUp(SetUpPage):
    """A form in which the reader says how often the study is replicated."""

    fewest, most = set_up_reader.FEWEST, set_up_reader.MOST


class ComparisonSetUp(ReplicatedSetUp):
    """The form for a comparison."""

    most_alternatives, most_minutes = set_up.MOST_ALTERNATIVES, set_up.MOST_MINUTES

    @property
    def roles(self) -> list[RoleChoice]:
        """Whose numbers can be changed."""
        return set_up.roles(self._rehearsal, self._language)

    @property
    def precisions(self) -> list[ScenarioChoice]:
        """When a comparison may stop early."""
        words = (
            _("no, run all of them")
            if percent == set_up.ALL
            else _("as soon as the mean cycle time is known to ± %(percent)s %%", percent=percent)
            for percent in set_up.PRECISIONS
        )
        return [ScenarioChoice(p, w) for p, w in zip(set_up.PRECISIONS, words, strict=True)]

    @property
    def kpis(self) -> list[ScenarioChoice]:
        """The KPIs that can decide which is best."""
        return _kpis(set_up.KPIS, self._language)

    @property
    def goals(self) -> list[GoalChoice]:
        """What can be found out about the scenarios."""
        return [
            GoalChoice(
                set_up.COMPARE,
                _("How each differs from the first"),
                _("Every KPI with its interval, step by step, and the bottleneck."),
            ),
            GoalChoice(
                set_up.BEST,
                _("Which of them is best"),
                _("Who is clearly behind is given up early, so that it takes fewer runs."),
            ),
        ]


class SensitivitySetUp(ReplicatedSetUp):
    """The form for a study of assumptions."""

    least_percent = sensitivity_set_up.LEAST_PERCENT
    most_percent = sensitivity_set_up.MOST_PERCENT

    @property
    def ways(self) -> list[ScenarioChoice]:
        """How the assumptions are moved."""
        return [
            ScenarioChoice(sensitivity_set_up.ALONE, _("each alone")),
            ScenarioChoice(sensitivity_set_up.TOGETHER, _("all together (Morris)")),
        ]

    @property
    def kpis(self) -> list[ScenarioChoice]:
        """The KPIs that can be asked about."""
        return _kpis(sensitivity_set_up.KPIS, self._language)


class StaffingSetUp(ReplicatedSetUp):
    """The form for a search for staff."""

    most_units = staffing_set_up.MOST_UNITS
    most_minutes, most_money = staffing_set_up.MOST_MINUTES, staffing_set_up.MOST_MONEY

    @property
    def kpis(self) -> list[ScenarioChoice]:
        """The KPIs that can be made small."""
        return _kpis(staffing_set_up.KPIS, self._language)

    @property
    def goals(self) -> list[GoalChoice]:
        """What can be searched for."""
        known = {
            staffing_set_up.LIMIT: GoalChoice(
                staffing_set_up.LIMIT,
                _("The cheapest staff that keeps a limit"),
                _("The whole confidence interval has to keep it."),
            ),
            staffing_set_up.BUDGET: GoalChoice(
                staffing_set_up.BUDGET,
                _("The best staff for a budget"),
                _("The budget pays for one run of the scenario."),
            ),
            staffing_set_up.FRONT: GoalChoice(
                staffing_set_up.FRONT,
                _("Every good answer between cost and time"),
                _("Takes a few minutes; shows what more money would bring."),
            ),
        }
        return [known[goal] for goal in staffing_set_up.goals()]

    def ranges(self, form: staffing_set_up.SetUp) -> list[RoleRange]:
        """The roles of the scenario in the form, with what they may be."""
        return staffing_set_up.ranges(form, chosen(form, self._rehearsal), self._language)

    def currency(self, form: staffing_set_up.SetUp) -> str:
        """The currency of that scenario."""
        return chosen(form, self._rehearsal).scenario.document.currency


def _kpis(codes: tuple[str, ...], language: str) -> list[ScenarioChoice]:
    return [ScenarioChoice(code, CATALOGUE[code].name(language)) for code in codes]
