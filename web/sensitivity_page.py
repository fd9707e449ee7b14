"""The result page of "what matters": which assumption moves the KPI, in words, chart and table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kpis.catalogue import CATALOGUE, Direction
from web import figures
from web.factor_words import capital, factor_name, move, short_name
from web.states import State, effect_state
from web.study_page import KpiPage
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.figures import Figure, Scale

SHOWN_NEXT = 2  # assumptions that are told beside the first


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """One assumption in the table; a figure for each head."""

    name: str
    figures: Sequence[Figure]
    state: State


class AssumptionsPage(KpiPage, ABC):
    """What assumptions do to a KPI, however they are moved."""

    chart_kind: str

    @property
    def percent(self) -> str:
        """How far every assumption was moved."""
        return figures.share(self.values["change"])

    @property
    def headline(self) -> str:
        """Say what matters most."""
        clear = self._clear
        if not clear:
            return _(
                "%(kpi)s: no assumption makes a clear difference when it is %(percent)s larger "
                "or smaller.",
                kpi=self.kpi,
                percent=self.percent,
            )
        return _(
            "%(kpi)s depends most on %(name)s: %(move)s.",
            kpi=self.kpi,
            name=self._name(clear[0]),
            move=self._move(clear[0]),
        )

    @property
    def today(self) -> str:
        """Say what the KPI is as things are, where that was simulated."""
        return ""

    @property
    @abstractmethod
    def heads(self) -> Sequence[str]:
        """The heads of the figures in the table."""

    @property
    @abstractmethod
    def _clear(self) -> Sequence[Mapping[str, Any]]:
        """Those that make a difference for certain, the strongest first."""

    @abstractmethod
    def _move(self, finding: Mapping[str, Any]) -> str:
        """Tell what one of them does."""

    def _next(self) -> list[str]:
        """Say what matters after the first."""
        return [
            _("Then on %(name)s: %(move)s.", name=self._name(finding), move=self._move(finding))
            for finding in self._clear[1 : 1 + SHOWN_NEXT]
        ]

    def _name(self, finding: Mapping[str, Any]) -> str:
        return factor_name(finding["field"], self._names)


class SensitivityPage(AssumptionsPage):
    """Each assumption moved alone."""

    chart_kind = "tornado"

    @property
    def heads(self) -> Sequence[str]:
        """Less and more of an assumption."""
        less = _("%(percent)s less", percent=self.percent)
        return less, _("%(percent)s more", percent=self.percent)

    @property
    def sentences(self) -> list[str]:
        """Say what comes next, and what need not be known better."""
        clear, found = self._clear, self._next()
        rest = len(self.values["swings"]) - len(clear)
        if rest and clear:
            found.append(
                _(
                    "%(count)s of %(all)s assumptions make no clear difference: measuring them "
                    "better would not change the answer.",
                    count=rest,
                    all=len(self.values["swings"]),
                )
            )
        return found

    @property
    def today(self) -> str:
        """Say what the KPI is as things are."""
        known = self.values["today"]
        scale = figures.scale(
            self.values["unit"], [known["mean"]], currency=self.values["currency"]
        )
        value = scale.figure(known["mean"], known["half_width"])
        return _("As assumed: %(kpi)s %(value)s.", kpi=self.kpi, value=value)

    @cached_property
    def rows(self) -> list[AssumptionRow]:
        """The table, the widest swing first."""
        return [
            AssumptionRow(
                capital(self._name(swing)),
                [self._change(swing[end]) for end in ("smaller", "larger")],
                effect_state(is_clear=swing["clear"]),
            )
            for swing in self.values["swings"]
        ]

    @property
    def chart(self) -> dict[str, object]:
        """What the tornado chart draws."""
        return {
            "axis": _("change of %(kpi)s, %(unit)s", kpi=self.kpi, unit=self._scale.name or "1"),
            "smaller": self.heads[0],
            "larger": self.heads[1],
            "rows": [self._bar(swing) for swing in self.values["swings"]],
        }

    @property
    def chart_sentence(self) -> str:
        """Say what the chart shows."""
        return _(
            "What each assumption does to %(kpi)s when it alone is %(percent)s smaller or larger. "
            "The whiskers are confidence intervals; pale bars may be chance.",
            kpi=self.kpi,
            percent=self.percent,
        )

    @property
    def footnote(self) -> str:
        """Say what the figures are."""
        return _(
            "± is half a 95 %% confidence interval over %(count)s replications. All runs draw the "
            "same random numbers. “Clear” is corrected for looking at many assumptions at once "
            "(Holm). Shares at a gateway are moved by their odds.",
            count=self.values["replications"],
        )

    @property
    def _clear(self) -> Sequence[Mapping[str, Any]]:
        return [swing for swing in self.values["swings"] if swing["clear"]]

    @cached_property
    def _scale(self) -> Scale:
        ends = [
            swing[end]["difference"]
            for swing in self.values["swings"]
            for end in ("smaller", "larger")
            if swing[end] is not None
        ]
        return figures.scale(self.values["unit"], ends, currency=self.values["currency"])

    def _change(self, change: dict[str, float] | None) -> Figure:
        if change is None:
            return self._scale.difference(None, None)
        return self._scale.difference(change["difference"], change["half_width"])

    def _move(self, finding: Mapping[str, Any]) -> str:
        """Tell the end of the swing that makes the KPI worse, which is what people fear."""
        sign = -1 if CATALOGUE[self.values["kpi"]].direction is Direction.HIGHER else 1
        known = {end: finding[end] for end in ("smaller", "larger") if finding[end] is not None}
        worst = max(known, key=lambda end: sign * known[end]["difference"])
        return move(worst, percent=self.percent, change=str(self._change(known[worst])))

    def _bar(self, swing: dict[str, Any]) -> dict[str, object]:
        divisor = self._scale.divisor

        def drawn(end: str) -> dict[str, object] | None:
            change = swing[end]
            if change is None:
                return None
            value, half = change["difference"], change["half_width"]
            return {
                "value": value / divisor,
                "low": (value - half) / divisor,
                "high": (value + half) / divisor,
                "label": str(self._change(change)),
            }

        ends = {end: drawn(end) for end in ("smaller", "larger")}
        names = {
            "name": capital(self._name(swing)),
            "short": short_name(swing["field"], self._names),
        }
        return {**names, "clear": swing["clear"], **ends}
