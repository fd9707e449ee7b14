"""The Health page in words and pictures: figures with units, sentences, heat, sparklines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.domain.label import label
from kpis.catalogue import CATALOGUE
from kpis.measure import MIN_SAMPLE
from kpis.trend import Step
from web import figures, heat
from web.heat import Lens
from web.insight import total_waiting_s
from web.sparkline import Sparkline, Value, sparkline
from web.states import State, target_state
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.instance import ProcessDefinition
    from kpis.measure import ElementMeasurement, Measurement
    from web.figures import Figure, Scale
    from web.insight import Health


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One line of the KPI table."""

    code: str
    name: str
    formula: str
    figure: Figure
    is_enough: bool
    not_enough: str
    n: int
    state: State
    target: str
    trend: Sparkline


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the process: how long its visits wait and are worked on."""

    element_id: str
    name: str
    role: str
    visits: int
    wait: Figure
    work: Figure
    share: str
    is_enough: bool
    not_enough: str


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
        text = _("Cases started in the period: %(count)s", count=started)
        return text + (_(", %(count)s still open", count=still_open) if still_open else "")

    @property
    def trend_head(self) -> str:
        """Say what one point of a trend stands for."""
        return _("By day") if self._health.trend_step is Step.DAY else _("By week")

    @cached_property
    def kpis(self) -> list[KpiRow]:
        """The KPI table."""
        return [self._kpi(measurement) for measurement in self._health.measurements.values()]

    @cached_property
    def steps(self) -> list[StepRow]:
        """The steps, the one with the longest mean waiting first."""
        return [self._step(element) for element in self._ordered]

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
            step=self._name(worst.element_id),
            wait=_measured(worst.waiting),
            share=figures.share(total_waiting_s(worst) / total_s),
        )

    @property
    def subline(self) -> str:
        """Say how long a case takes and how much of that is work."""
        cycle, efficiency = (self._health.measurements.get(code) for code in ("OP-CT", "OP-FE"))
        if cycle is None or efficiency is None or not cycle.has_enough:
            return ""
        return _(
            "A case takes %(cycle)s from start to end; %(share)s of it is work.",
            cycle=_measured(cycle),
            share=figures.share(efficiency.value),
        )

    @cached_property
    def lenses(self) -> list[Lens]:
        """What the diagram can show: waiting, work, volume."""
        measured = self._health.elements.values()
        enough = [element for element in measured if element.waiting.n >= MIN_SAMPLE]
        return [
            self._lens("waiting", _("Waiting"), _("Mean waiting per visit"),
                       {e.element_id: e.waiting.value or 0.0 for e in enough}),
            self._lens("work", _("Work"), _("Mean work per visit"),
                       {e.element_id: e.work.value or 0.0 for e in enough}),
            self._lens("volume", _("Volume"), _("Visits"),
                       {e.element_id: float(e.visits) for e in measured}),
        ]  # fmt: skip

    @property
    def lens_data(self) -> list[dict[str, object]]:
        """What the script of the lens switch reads."""
        return [{"key": lens.key, "sides": [lens.elements]} for lens in self.lenses]

    @property
    def waiting_sentence(self) -> str:
        """Say what the chart shows."""
        rows = [step for step in self.steps if step.is_enough]
        if not rows:
            return _("There are too few visits yet for a chart.")
        return _(
            "Mean waiting before each step, longest first; the lines are 95 %% intervals. "
            "%(step)s leads with %(wait)s.",
            step=rows[0].name,
            wait=rows[0].wait,
        )

    @property
    def waiting_chart(self) -> dict[str, object]:
        """What the chart draws: waiting per step with intervals, in one unit."""
        enough = [
            e for e in self._ordered if e.waiting.n >= MIN_SAMPLE and e.waiting.value is not None
        ]
        scale = figures.scale("s", [e.waiting.value for e in enough])
        return {
            "axis": scale.name,
            "series": [{"name": _("Waiting"), "colour": "heat", "field": "wait"}],
            "rows": [
                {"name": self._name(e.element_id), "wait": _charted(e.waiting, scale)}
                for e in enough
            ],
        }

    @cached_property
    def _ordered(self) -> list[ElementMeasurement]:
        return sorted(self._health.elements.values(), key=lambda e: -(e.waiting.value or 0.0))

    def _name(self, element_id: str) -> str:
        node = self._health.graph.nodes.get(element_id)
        return label(node.name, self._language) if node and node.name else element_id

    def _role(self, element_id: str) -> str:
        node = self._health.graph.nodes.get(element_id)
        lane = self._health.graph.lanes.get(node.lane) if node and node.lane else None
        return label(lane.name, self._language) if lane else ""

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
            n=measurement.n,
            state=target_state(value, low, high, target),
            target=figures.target(kpi.unit, target, currency=self._health.plan.currency),
            trend=self._trend(kpi.code, scale),
        )

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

    def _step(self, element: ElementMeasurement) -> StepRow:
        total_s = self._health.total_waiting_s
        return StepRow(
            element_id=element.element_id,
            name=self._name(element.element_id),
            role=self._role(element.element_id),
            visits=element.visits,
            wait=_measured(element.waiting),
            work=_measured(element.work),
            share=figures.share(total_waiting_s(element) / total_s if total_s else 0.0),
            is_enough=element.waiting.n >= MIN_SAMPLE,
            not_enough=not_enough(element.waiting),
        )

    def _lens(self, key: str, word: str, legend: str, values: Mapping[str, float]) -> Lens:
        unit = "count" if key == "volume" else "s"
        largest = max(values.values(), default=0.0)
        scale = figures.scale(unit, [largest], is_whole=key == "volume")
        return Lens(
            key=key,
            word=word,
            legend=legend,
            low=scale.value(0.0),
            high=scale.value(largest),
            elements=heat.elements(values, largest, badge=scale.value, title=self._title),
        )

    def _title(self, element_id: str) -> str:
        step = next(step for step in self.steps if step.element_id == element_id)
        if not step.is_enough:
            return f"{step.name}: {step.not_enough}"
        return _(
            "%(step)s: waiting %(wait)s, work %(work)s, %(count)s visits",
            step=step.name,
            wait=step.wait,
            work=step.work,
            count=step.visits,
        )


def not_enough(measurement: Measurement) -> str:
    """Say why there is no figure."""
    if measurement.n >= MIN_SAMPLE:
        return _("No staffing plan")
    if measurement.n == 0:
        return _("No data")
    return _("Not enough data (n = %(n)s)", n=measurement.n)


def _measured(measurement: Measurement) -> Figure:
    scale = figures.scale(measurement.unit, [measurement.value])
    return scale.measured(measurement.value, measurement.interval)


def _charted(measurement: Measurement, scale: Scale) -> dict[str, object]:
    value, interval = measurement.value or 0.0, measurement.interval
    low, high = (interval.low, interval.high) if interval else (value, value)
    return {
        "value": value / scale.divisor,
        "low": max(0.0, low) / scale.divisor,
        "high": high / scale.divisor,
        "label": str(scale.measured(measurement.value, interval)),
    }
