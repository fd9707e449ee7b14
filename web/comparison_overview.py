"""All alternatives of a comparison beside each other, by the KPI that matters most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kpis.catalogue import CATALOGUE
from web import comparison_words as words
from web import figures
from web.comparison_document import Comparison
from web.comparison_rows import OverviewRow
from web.states import verdict_state
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.comparison_document import KpiDifference


@dataclass(frozen=True)
class Overview:
    """What the tabs and the table of alternatives show."""

    document: Mapping[str, Any]
    urls: Sequence[str]
    current: int
    language: str

    @property
    def is_shown(self) -> bool:
        """Whether there is more than one alternative to choose from."""
        return len(self.urls) > 1

    @cached_property
    def kpi(self) -> str:
        """The KPI of the table."""
        return CATALOGUE[self._comparisons[0].headline.code].name(self.language)

    @property
    def footnote(self) -> str:
        """Say what the intervals of the table are."""
        return _(
            "These intervals hold for all alternatives at once (Dunnett), so they are wider than "
            "those of one alternative alone."
        )

    @cached_property
    def rows(self) -> list[OverviewRow]:
        """A line for each alternative."""
        headlines = [one.headline for one in self._comparisons]
        means = [kpi.difference.alternative.mean for kpi in headlines]
        currency = self._comparisons[0].currency
        scale = figures.scale(headlines[0].unit, means, currency=currency)
        found = []
        for number, (one, kpi) in enumerate(zip(self._comparisons, headlines, strict=True)):
            change, half_width = kpi.difference, kpi.family_half_width
            found.append(
                OverviewRow(
                    name=one.alternative.name[self.language],
                    url=self.urls[number],
                    is_current=number == self.current,
                    value=scale.figure(change.alternative.mean, None),
                    difference=scale.difference(change.difference, half_width),
                    state=verdict_state(kpi),
                    wins=wins(kpi, one.replications),
                    gate=words.gate_state(is_passed=one.is_passed, reasons=()),
                )
            )
        return found

    @cached_property
    def _comparisons(self) -> list[Comparison]:
        return [Comparison.read(self.document, number) for number in range(len(self.urls))]


def wins(kpi: KpiDifference, replications: int) -> str:
    """Say in how many replications the alternative is better; a share where some have no value."""
    if kpi.wins is None:
        return ""
    count = kpi.wins.value * replications
    if abs(count - round(count)) > 1e-6:
        return figures.share(kpi.wins.value)
    return _("%(count)s of %(all)s", count=round(count), all=replications)
