"""The Health page in words and pictures: figures with units, sentences, heat, sparklines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from typing import TYPE_CHECKING

from engine.domain.label import label
from kpis.catalogue import CATALOGUE
from kpis.measure import MIN_SAMPLE
from kpis.trend import Step
from web import figures
from web.health_steps import HealthSteps, measured, not_enough
from web.insight import total_waiting_s
from web.sparkline import Sparkline, Value, sparkline
from web.states import State, target_state
from web.texts import format_decimal, format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from engine.domain.instance import ProcessDefinition
    from kpis.measure import Measurement
    from web.figures import Figure, Scale
    from web.insight import Health

SHOWN_ROLES = 3
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One line of the KPI table."""

    code: str
    name: str
    formula: str
    figure: Figure
    is_enough: bool
    not_enough: str
    n: str
    state: State
    target: str
    trend: Sparkline


class HealthPage:
    """A measured process in the reader's language; what the template shows."""

    def __init__(self, health: Health, language: str) -> None:
        self._health, self._language = health, language

    @property
    def key(self) -> str:
        """The process the page is about."""
        return self._health.definition.key

    @property
    def definition(self) -> ProcessDefinition:
        """The version whose diagram is shown."""
        return self._health.definition

    @property
    def process(self) -> str:
        """The name of the process."""
        return label(self._health.definition.name, self._language)

    @property
    def is_empty(self) -> bool:
        """Whether no case started in the period."""
        return self._health.started == 0

    @property
    def context(self) -> str:
        """Say how many cases the figures stand on."""
        started, still_open = self._health.started, self._health.open
        text = _("Cases started in the period: %(count)s", count=format_decimal(started))
        return text + (
            _(", %(count)s still open", count=format_decimal(still_open)) if still_open else ""
        )

    @property
    def trend_head(self) -> str:
        """Say what one point of a trend stands for."""
        return _("By day") if self._health.trend_step is Step.DAY else _("By week")

    @property
    def footnote(self) -> str:
        """Say what the intervals are and what the figures count."""
        text = _(
            "± is half a %(confidence)s confidence interval. Figures per case count cases that "
            "ended.",
            confidence=figures.share(CONFIDENCE),
        )
        hours = self._health.plan.hours
        if hours is None or not self._health.per_day:
            return text
        opens, closes = (at.strftime("%H:%M") for at in hours.on(date(2000, 1, 1), UTC))
        return f"{text} " + _(
            "Throughput, work in progress, utilisation and queues are means over working days, "
            "%(opens)s to %(closes)s.",
            opens=opens,
            closes=closes,
        )

    @cached_property
    def kpis(self) -> list[KpiRow]:
        """The KPI table."""
        return [self._kpi(measurement) for measurement in self._health.measurements.values()]

    @cached_property
    def steps(self) -> HealthSteps:
        """The steps: heat on the diagram, waiting as chart and table."""
        return HealthSteps(self._health, self._language)

    @property
    def headline(self) -> str:
        """Say what matters: where the cases wait."""
        worst = max(self._health.elements.values(), key=total_waiting_s, default=None)
        if worst is None or worst.waiting.n < MIN_SAMPLE:
            return _("There are too few cases yet to say where they wait.")
        total_s = self._health.total_waiting_s
        if total_s <= 0:
            return _("No case waits for anybody.")
        return _(
            "Cases wait longest at %(step)s: %(wait)s on average, %(share)s of all waiting.",
            step=self.steps.name(worst.element_id),
            wait=measured(worst.waiting),
            share=figures.share(total_waiting_s(worst) / total_s),
        )

    @property
    def sublines(self) -> list[str]:
        """Say how long a case takes, how much of that is work, and before whom it waits."""
        cycle, efficiency = (self._health.measurements.get(code) for code in ("OP-CT", "OP-FE"))
        if cycle is None or efficiency is None or not cycle.has_enough:
            return []
        length = _(
            "A case takes %(cycle)s from start to end; %(share)s of it is work.",
            cycle=measured(cycle),
            share=figures.share(efficiency.value),
        )
        return [length, self._by_role()]

    def _by_role(self) -> str:
        """Name the roles before which cases wait most: a role may hold several steps up."""
        total_s = self._health.total_waiting_s
        shares: dict[str, float] = {}
        for element in self._health.elements.values():
            role = self.steps.role(element.element_id)
            shares[role] = shares.get(role, 0.0) + total_waiting_s(element) / (total_s or 1.0)
        most = sorted(shares.items(), key=lambda item: -item[1])[:SHOWN_ROLES]
        told = [f"{role} {figures.share(share)}" for role, share in most if share >= 0.01]
        return _("Waiting by role: %(roles)s.", roles=_(", ").join(told)) if told else ""

    def _kpi(self, measurement: Measurement) -> KpiRow:
        kpi, interval = CATALOGUE[measurement.code], measurement.interval
        target = self._health.plan.target(kpi.code)
        scale = figures.scale(kpi.unit, [measurement.value], currency=self._health.plan.currency)
        value = measurement.value if measurement.has_enough else None
        low, high = (interval.low, interval.high) if interval else (value or 0.0, value or 0.0)
        return KpiRow(
            code=kpi.code,
            name=kpi.name(self._language),
            formula=kpi.formula,
            figure=scale.measured(measurement.value, interval),
            is_enough=measurement.has_enough,
            not_enough=not_enough(measurement),
            n=self._sample(measurement),
            state=target_state(value, low, high, target),
            target=figures.target(kpi.unit, target, currency=self._health.plan.currency),
            trend=self._trend(kpi.code, scale),
        )

    def _sample(self, measurement: Measurement) -> str:
        count = format_decimal(measurement.n)
        if measurement.code in self._health.per_day:
            return _("%(count)s days", count=count)
        return count

    def _trend(self, code: str, scale: Scale) -> Sparkline:
        points = [point for point in self._health.trends.get(code, ()) if point.value is not None]
        if len(points) < 2:
            return sparkline([], "")
        first, last = points[0], points[-1]
        sentence = _(
            "%(first)s on %(first_day)s, %(last)s on %(last_day)s",
            first=scale.value(first.value),
            first_day=format_moment(first.start, _("d MMM")),
            last=scale.value(last.value),
            last_day=format_moment(last.start, _("d MMM")),
        )
        values = [Value(p.value, p.low, p.high) for p in points if p.value is not None]
        return sparkline(values, sentence)
