"""The result page of a search for staff: the answer in words, the way there, the front."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from web import figures
from web.study_page import KpiPage
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from web.figures import Figure, Scale

    Trial = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoleAnswer:
    """How many of a role there are and should be."""

    name: str
    now: int
    then: int

    @property
    def change(self) -> str:
        """The difference with its sign; a dash where nothing changes."""
        change = self.then - self.now
        return figures.NO_VALUE if not change else f"{change:+d}".replace("-", "−")


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One staff in a table."""

    number: int
    move: str
    staff: str
    cost: str
    kpi: Figure
    change: Figure | None
    is_best: bool


class StaffingPage(KpiPage):
    """What the template shows."""

    @property
    def is_front(self) -> bool:
        """Whether the whole front was asked for."""
        return "front" in self.values

    @property
    def is_found(self) -> bool:
        """Whether some staff will do."""
        return self.is_front or self.values["best"] is not None

    @property
    def headline(self) -> str:
        """Say the answer."""
        if self.is_front:
            return self._front_words()
        best = self.values["best"]
        if best is None:
            return self._nothing_words()
        words = {"kpi": self.kpi, "value": self._kpi(best), "cost": self._cost(best)}
        if not self._changes(best):
            return _("Today's staff is the answer: %(kpi)s %(value)s for %(cost)s.", **words)
        return _("%(changes)s: %(kpi)s %(value)s for %(cost)s.", changes=self._changes(best),
                 **words)  # fmt: skip

    @property
    def sentences(self) -> list[str]:
        """Say what that is compared with, and what to know."""
        today = self.values["today"]
        found = [
            _(
                "Today's staff: %(kpi)s %(value)s for %(cost)s.",
                kpi=self.kpi,
                value=self._kpi(today),
                cost=self._cost(today),
            )
        ]
        if not self.is_found:
            found.append(_("Widen the ranges, allow other roles to change, or ask for less."))
        if not self.values.get("decided", True):
            found.append(_("Other staffs are as good as far as can be told."))
        found.append(
            _("%(count)s staffs were tried on the same random numbers.",
              count=self.values["designs"])
        )  # fmt: skip
        return found

    @cached_property
    def answer(self) -> list[RoleAnswer]:
        """How many of each role there are and should be; empty for a front."""
        best = None if self.is_front else self.values["best"]
        if best is None:
            return []
        today = self.values["today"]["units"]
        return [
            RoleAnswer(self._names.role(role), today[role], units)
            for role, units in best["units"].items()
        ]

    @cached_property
    def rows(self) -> list[TrialRow]:
        """The steps of the search, or the front, the cheapest first."""
        if self.is_front:
            return [self._row(i, trial, "") for i, trial in enumerate(self._trials, start=1)]
        before = [None, *self._trials[:-1]]
        return [
            self._row(i, trial, self._step(trial, last))
            for i, (trial, last) in enumerate(zip(self._trials, before, strict=True), start=1)
        ]

    @property
    def chart(self) -> dict[str, object]:
        """What the chart of cost against the KPI draws."""
        now = self.values["today"]
        is_today = [trial["units"] == now["units"] for trial in self._trials]
        points = [
            self._point(trial, f"{i} ({_('today')})" if same else str(i))
            for i, (trial, same) in enumerate(zip(self._trials, is_today, strict=True), start=1)
        ]
        today = None if any(is_today) else self._point(now, _("today"))
        return {
            "x": _("cost of a run, %(currency)s", currency=self.values["currency"]),
            "y": _("%(kpi)s, %(unit)s", kpi=self.kpi, unit=self._scale.name),
            "points": [point for point in points if point is not None],
            "today": today,
            "limit": self._limit,
            "limitWord": _("limit"),
            "heightPx": 340,
        }

    @property
    def chart_sentence(self) -> str:
        """Say what the chart shows."""
        if self.is_front:
            return _(
                "Each point is a staff that no other one beats in both cost and %(kpi)s. "
                "The whiskers are confidence intervals.",
                kpi=self.kpi,
            )
        return _(
            "Each step of the search, from the least staff that can do the work. "
            "The whiskers are confidence intervals.",
        )

    @property
    def footnote(self) -> str:
        """Say what the figures are."""
        return _(
            "± is half a 95 % confidence interval. Cost is what the staff is paid for the hours "
            "of one run, busy or idle; only the roles that may change are chosen."
        )

    @cached_property
    def _trials(self) -> Sequence[Trial]:
        """The points of the chart and the rows of the table; the winner is always among them."""
        if self.is_front:
            front: Sequence[Trial] = self.values["front"]
            return front
        steps, best = self.values["steps"], self.values["best"]
        if best is None or any(step["units"] == best["units"] for step in steps):
            return list(steps)
        return [*steps, best]

    @cached_property
    def _scale(self) -> Scale:
        known = [*self._trials, self.values["today"]]
        return figures.scale("s", [trial["mean"] for trial in known])

    @property
    def _limit(self) -> float | None:
        if self.values["goal"] != "limit":
            return None
        return float(self.values["amount"]) / self._scale.divisor

    def _front_words(self) -> str:
        trials = self._trials
        if not trials:
            return _("No staff within these ranges can do the work.")
        first, last = trials[0], trials[-1]
        return _(
            "%(count)s staffs are not beaten in both: from %(cheap)s with %(kpi)s %(slow)s "
            "to %(dear)s with %(quick)s.",
            count=len(trials),
            kpi=self.kpi,
            cheap=self._cost(first),
            slow=self._kpi(first),
            dear=self._cost(last),
            quick=self._kpi(last),
        )

    def _nothing_words(self) -> str:
        amount = self.values["amount"]
        if self.values["goal"] == "limit":
            limit = figures.set_duration(amount)
            return _("No staff within these ranges keeps %(kpi)s up to %(limit)s.",
                     kpi=self.kpi, limit=limit)  # fmt: skip
        return _("Even the least staff that can do the work costs more than %(money)s.",
                 money=self._money(amount))  # fmt: skip

    def _changes(self, trial: Trial) -> str:
        """Name what is different from today: Cashier 1 → 2."""
        today = self.values["today"]["units"]
        return _(", ").join(
            f"{self._names.role(role)}\u00a0{today[role]}\u00a0→\u00a0{units}"
            for role, units in trial["units"].items()
            if units != today[role]
        )

    def _row(self, number: int, trial: Trial, move: str) -> TrialRow:
        best = self.values.get("best")
        difference = trial.get("difference")
        change = None
        if difference is not None:
            change = self._scale.difference(difference, trial["difference_half_width"])
        return TrialRow(
            number=number,
            move=move,
            staff=self._staff(trial["units"].items()),
            cost=self._cost(trial),
            kpi=self._kpi(trial),
            change=change,
            is_best=best is not None and trial["units"] == best["units"],
        )

    def _staff(self, units: Iterable[tuple[str, int]]) -> str:
        return _(", ").join(f"{self._names.role(role)}\u00a0{n}" for role, n in units)

    def _step(self, trial: Trial, last: Trial | None) -> str:
        """Say what was done: One more: Doctor."""
        if last is None:
            return _("The least that can do the work")
        if "reason" not in trial:
            return _("Best of those that were tried most")
        roles = {role: n - last["units"][role] for role, n in trial["units"].items()}
        more = _(", ").join(self._names.role(role) for role, change in roles.items() if change > 0)
        fewer = _(", ").join(self._names.role(role) for role, change in roles.items() if change < 0)
        if more and fewer:
            return _("%(more)s instead of %(fewer)s", more=more, fewer=fewer)
        if more:
            return _("One more: %(role)s", role=more)
        return _("One fewer: %(role)s", role=fewer)

    def _kpi(self, trial: Trial) -> Figure:
        return self._scale.figure(trial["mean"], trial["half_width"])

    def _cost(self, trial: Trial) -> str:
        return self._money(trial["cost"])

    def _money(self, amount: float) -> str:
        return figures.whole_money(amount, self.values["currency"])

    def _point(self, trial: Trial, name: str) -> dict[str, object] | None:
        if trial["mean"] is None:
            return None
        mean, half, divisor = trial["mean"], trial["half_width"], self._scale.divisor
        best = self.values.get("best")
        staff = self._staff(trial["units"].items())
        return {
            "name": name,
            "x": trial["cost"],
            "y": mean / divisor,
            "low": max(0.0, mean - half) / divisor,
            "high": (mean + half) / divisor,
            "tip": f"{staff}: {self._cost(trial)}, {self._kpi(trial)}",
            "best": best is not None and trial["units"] == best["units"],
        }
