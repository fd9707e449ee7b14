"""The steps on the Health page: heat on the diagram, waiting per step as chart and table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.domain.label import label
from kpis.measure import MIN_SAMPLE
from web import figures, heat
from web.heat import Lens
from web.insight import total_waiting_s
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpis.measure import ElementMeasurement, Measurement
    from web.figures import Figure, Scale
    from web.insight import Health


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


class HealthSteps:
    """The measured steps of a process in the reader's language."""

    def __init__(self, health: Health, language: str) -> None:
        self._health, self._language = health, language

    @cached_property
    def rows(self) -> list[StepRow]:
        """The steps, the one with the longest mean waiting first."""
        return [self._step(element) for element in self._ordered]

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
        rows = [step for step in self.rows if step.is_enough]
        if not rows:
            return _("There are too few visits yet for a chart.")
        return _(
            "Mean waiting before each step, longest first: %(step)s leads with %(wait)s. The "
            "whiskers are confidence intervals.",
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
                {"name": self.name(e.element_id), "wait": _charted(e.waiting, scale)}
                for e in enough
            ],
        }

    @cached_property
    def _ordered(self) -> list[ElementMeasurement]:
        return sorted(self._health.elements.values(), key=lambda e: -(e.waiting.value or 0.0))

    def name(self, element_id: str) -> str:
        """Return the name of a step in the reader's language."""
        node = self._health.graph.nodes.get(element_id)
        return label(node.name, self._language) if node and node.name else element_id

    def role(self, element_id: str) -> str:
        """Return the name of the role that does a step."""
        node = self._health.graph.nodes.get(element_id)
        lane = self._health.graph.lanes.get(node.lane) if node and node.lane else None
        return label(lane.name, self._language) if lane else ""

    def _step(self, element: ElementMeasurement) -> StepRow:
        total_s = self._health.total_waiting_s
        return StepRow(
            element_id=element.element_id,
            name=self.name(element.element_id),
            role=self.role(element.element_id),
            visits=element.visits,
            wait=measured(element.waiting),
            work=measured(element.work),
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
        step = next(step for step in self.rows if step.element_id == element_id)
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


def measured(measurement: Measurement) -> Figure:
    """Write a measurement with its interval, in the unit that suits it."""
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
