"""The result page of a screening: what assumptions do wherever all the others are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from web import figures
from web.factor_words import capital, move, short_name
from web.figures import Figure
from web.sensitivity_page import AssumptionRow, AssumptionsPage
from web.states import State, effect_state
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.figures import Scale

MATTERS_SHARE = 0.1  # of the largest size, from which it is worth a sentence
STEADY_SHARE = 0.5  # of the size, up to which the spread still says: much the same everywhere


class ScreeningPage(AssumptionsPage):
    """All assumptions moved together."""

    chart_kind = "interval-bars"

    @property
    def heads(self) -> Sequence[str]:
        """What more of an assumption brings, how much that is, how far it spreads."""
        return _("%(percent)s more", percent=self.percent), _("Size"), _("Spread")

    @property
    def sentences(self) -> list[str]:
        """Say what comes next, and what cannot be judged alone."""
        found = self._next()
        least = MATTERS_SHARE * max((one["strength"] for one in self._clear), default=0.0)
        unsteady = [
            self._name(effect)
            for effect in self._clear
            if effect["strength"] >= least and not _is_steady(effect)
        ]
        if unsteady:
            found.append(
                _(
                    "How much these matter depends on the other assumptions: %(names)s.",
                    names=_(", ").join(unsteady),
                )
            )
        return found

    @cached_property
    def rows(self) -> list[AssumptionRow]:
        """The table, the strongest first."""
        return [
            AssumptionRow(
                capital(self._name(effect)),
                [
                    self._scale.difference(effect["mean"], None),
                    self._size(effect["strength"], effect["half_width"]),
                    self._size(effect["spread"], None),
                ],
                _state(effect),
            )
            for effect in self.values["effects"]
        ]

    @property
    def chart(self) -> dict[str, object]:
        """What the chart of sizes draws."""
        axis = _("size of the effect on %(kpi)s, %(unit)s", kpi=self.kpi, unit=self._unit)
        return {
            "axis": axis,
            "series": [{"name": axis, "colour": "alternative", "field": "size"}],
            "rows": [
                {
                    "name": capital(self._name(effect)),
                    "short": short_name(effect["field"], self._names),
                    "size": self._bar(effect),
                }
                for effect in self.values["effects"]
            ],
        }

    @property
    def chart_sentence(self) -> str:
        """Say what the chart shows."""
        return _(
            "How far %(kpi)s moves when an assumption is %(percent)s larger, while all the others "
            "are anywhere within %(percent)s of what is assumed. The whiskers are confidence "
            "intervals.",
            kpi=self.kpi,
            percent=self.percent,
        )

    @property
    def footnote(self) -> str:
        """Say what the figures are."""
        return _(
            "Size: the mean of %(paths)s elementary effects (Morris), whatever their sign; ± is "
            "half its 95 %% confidence interval. Spread: their standard deviation; where it is "
            "large, the effect depends on the other assumptions or is out of proportion.",
            paths=self.values["paths"],
        )

    @property
    def _clear(self) -> Sequence[Mapping[str, Any]]:
        return [effect for effect in self.values["effects"] if _is_clear(effect)]

    @cached_property
    def _scale(self) -> Scale:
        sizes = [effect["strength"] for effect in self.values["effects"]]
        return figures.scale(self.values["unit"], sizes, currency=self.values["currency"])

    @property
    def _unit(self) -> str:
        return self._scale.name or "1"

    def _move(self, finding: Mapping[str, Any]) -> str:
        change = self._scale.difference(finding["mean"], None)
        return move("larger", percent=self.percent, change=str(change))

    def _size(self, value: float | None, half_width: float | None) -> Figure:
        """Write the size of a difference, which has no sign."""
        signed = self._scale.difference(value, half_width)
        return Figure(signed.value.removeprefix("+"), signed.interval)

    def _bar(self, effect: Mapping[str, Any]) -> dict[str, object] | None:
        size, half_width = effect["strength"], effect["half_width"]
        if size is None:
            return None
        ends = (size, max(0.0, size - half_width), size + half_width)
        value, low, high = (end / self._scale.divisor for end in ends)
        return {
            "value": value,
            "low": low,
            "high": high,
            "label": str(self._size(size, half_width)),
        }


def _is_clear(effect: Mapping[str, Any]) -> bool:
    return effect["strength"] is not None and effect["strength"] > effect["half_width"]


def _is_steady(effect: Mapping[str, Any]) -> bool:
    """Whether the effect is much the same wherever the others are (Sanchez et al. 2014)."""
    return bool(effect["spread"] <= STEADY_SHARE * effect["strength"])


def _state(effect: Mapping[str, Any]) -> State:
    if not _is_clear(effect) or _is_steady(effect):
        return effect_state(is_clear=_is_clear(effect))
    hint = _("The effect differs with the other assumptions, or is out of proportion.")
    return State("depends", "suspended", "▲", _("depends on others"), hint)
