"""The steps of a comparison: heat on both diagrams, waiting per step as chart and table."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from web import figures, heat
from web.comparison_rows import Names, WaitingRow
from web.figures import Figure
from web.heat import Lens
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.comparison_document import Estimate, Side, StepFigures
    from web.figures import Scale

SHOWN_FROM_S = 0.5
Elements = dict[str, dict[str, object]]


class StepsView:
    """The steps of two scenarios beside each other, on one scale."""

    def __init__(self, sides: tuple[Side, Side], titles: tuple[str, str], names: Names) -> None:
        self._sides, self._titles, self._names = sides, titles, names

    @property
    def first_heat(self) -> list[Elements]:
        """What the diagrams show before anybody has chosen a lens."""
        return self._lenses[0][1]

    @cached_property
    def lenses(self) -> list[Lens]:
        """What the diagrams can show, on one scale for both."""
        return [lens for lens, _sides in self._lenses]

    @property
    def lens_data(self) -> list[dict[str, object]]:
        """What the script of the lens switch reads: the elements of each diagram."""
        return [{"key": lens.key, "sides": sides} for lens, sides in self._lenses]

    @cached_property
    def waiting_rows(self) -> list[WaitingRow]:
        """Waiting per step in both scenarios, on one scale."""
        scale = self._waiting_scale
        return [
            WaitingRow(self._names.step(step), *(figure(scale, side) for side in sides))
            for step, sides in self._waits
        ]

    @property
    def waiting_chart(self) -> dict[str, object]:
        """What the chart of waiting per step draws."""
        scale = self._waiting_scale
        return {
            "axis": scale.name,
            "series": [
                {"name": self._titles[0], "colour": "baseline", "field": "baseline"},
                {"name": self._titles[1], "colour": "alternative", "field": "alternative"},
            ],
            "rows": [
                {
                    "name": self._names.step(step),
                    "baseline": _charted(scale, baseline),
                    "alternative": _charted(scale, alternative),
                }
                for step, (baseline, alternative) in self._waits
            ],
        }

    @property
    def waiting_sentence(self) -> str:
        """Say what the diagrams and the chart show."""
        return _("Mean waiting per visit before each step. The whiskers are confidence intervals.")

    @cached_property
    def _waits(self) -> list[tuple[str, tuple[Estimate | None, Estimate | None]]]:
        """The steps where anybody waits, in the order of the models."""
        baseline, alternative = (side.steps for side in self._sides)
        ids = list(dict.fromkeys((*baseline, *alternative)))
        rows = [
            (step, tuple(s[step].wait if step in s else None for s in (baseline, alternative)))
            for step in ids
        ]
        return [(step, (a, b)) for step, (a, b) in rows if _is_worth_showing(a, b)]

    @cached_property
    def _waiting_scale(self) -> Scale:
        means = [side.mean for _step, sides in self._waits for side in sides if side]
        return figures.scale("s", means)

    @cached_property
    def _lenses(self) -> list[tuple[Lens, list[dict[str, dict[str, object]]]]]:
        return [
            self._lens("waiting", _("Waiting"), _("Mean waiting per visit"), lambda s: s.wait.mean),
            self._lens("work", _("Work"), _("Mean work per visit"), lambda s: s.work.mean),
            self._lens("volume", _("Volume"), _("Visits per replication"), lambda s: s.visits.mean),
        ]

    def _lens(
        self, key: str, word: str, legend: str, figure: Callable[[StepFigures], float | None]
    ) -> tuple[Lens, list[dict[str, dict[str, object]]]]:
        """Colour both diagrams on one scale, so that the same colour means the same time."""
        values = [
            {step: value for step, f in side.steps.items() if (value := figure(f)) is not None}
            for side in self._sides
        ]
        largest = max((v for side in values for v in side.values()), default=0.0)
        scale = figures.scale("count" if key == "volume" else "s", [largest])
        sides = [
            heat.elements(found, largest, badge=scale.value, title=self._title(side))
            for found, side in zip(values, self._sides, strict=True)
        ]
        return Lens(key, word, legend, scale.value(0.0), scale.value(largest), sides[0]), sides

    def _title(self, side: Side) -> Callable[[str], str]:
        def title(step: str) -> str:
            found = side.steps[step]
            wait, work = (figure(figures.scale("s", [e.mean]), e) for e in (found.wait, found.work))
            return _(
                "%(step)s: waiting %(wait)s, work %(work)s",
                step=self._names.step(step),
                wait=wait,
                work=work,
            )

        return title


def figure(scale: Scale, estimate: Estimate | None) -> Figure:
    """Write an estimate with its interval; a dash where there is none."""
    if estimate is None:
        return Figure(figures.NO_VALUE)
    return scale.figure(estimate.mean, estimate.half_width)


def _charted(scale: Scale, estimate: Estimate | None) -> dict[str, object] | None:
    if estimate is None or estimate.mean is None:
        return None
    half_width = estimate.half_width or 0.0
    return {
        "value": estimate.mean / scale.divisor,
        "low": max(0.0, estimate.mean - half_width) / scale.divisor,
        "high": (estimate.mean + half_width) / scale.divisor,
        "label": str(scale.figure(estimate.mean, estimate.half_width)),
    }


def _is_worth_showing(*sides: Estimate | None) -> bool:
    """Leave out the steps at which nobody waits in either scenario."""
    return any(side is not None and (side.mean or 0.0) >= SHOWN_FROM_S for side in sides)
