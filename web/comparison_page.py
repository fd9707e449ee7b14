"""The result page of a comparison: tables, charts, heat and the verdict in the reader's words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from flask import url_for

from kpis.catalogue import CATALOGUE
from web import comparison_words as words
from web import figures
from web.comparison_bottleneck import SIDES, BottleneckView
from web.comparison_document import Comparison
from web.comparison_overview import Overview, wins
from web.comparison_rows import DiagramSide, Hash, KpiRow
from web.comparison_steps import StepsView, figure
from web.states import State, verdict_state
from web.study_page import SHOWN_HASH, ResultPage
from web.texts import gettext as _

if TYPE_CHECKING:
    from web.comparison_document import KpiDifference, Side
    from web.comparison_rows import Result
    from web.comparison_words import Sentence
    from web.experiments import ExperimentRun
    from web.scenarios import Rehearsal


class ComparisonPage(ResultPage):
    """One alternative beside the baseline; what the template shows."""

    def __init__(
        self,
        run: ExperimentRun,
        result: Result,
        rehearsal: Rehearsal,
        language: str,
        *,
        alternative: int = 0,
    ) -> None:
        super().__init__(run, result, rehearsal, language)
        self._number = min(max(alternative, 0), len(run.request.alternatives) - 1)
        self._comparison = Comparison.read(result.document, self._number)

    @property
    def name(self) -> str:
        """What is compared on this page."""
        return f"{self.baseline_name} → {self.alternative_name}"

    @property
    def overview(self) -> Overview:
        """All alternatives beside each other, and the way from one to the other."""
        urls = [
            url_for("studies.show", key=self.key, study_id=self.id, alternative=n)
            for n in range(len(self._run.request.alternatives))
        ]
        return Overview(self._result.document, urls, self._number, self._language)

    @property
    def diagrams(self) -> list[DiagramSide]:
        """The models of both scenarios with the heat they begin with."""
        numbers, first = (0, self._number + 1), self.steps.first_heat
        names = (self.baseline_name, self.alternative_name)
        return [
            DiagramSide(key, name, self._model_url(number), elements)
            for key, name, number, elements in zip(SIDES, names, numbers, first, strict=True)
        ]

    @property
    def hashes(self) -> list[Hash]:
        """The fingerprints of scenarios and models."""
        names = (self.baseline_name, self.alternative_name)
        return [
            Hash(text, full, full[:SHOWN_HASH])
            for name, side in zip(names, self._sides, strict=True)
            for text, full in (
                (_("%(name)s: scenario", name=name), side.scenario_sha256),
                (_("%(name)s: model", name=name), side.model_sha256),
            )
        ]

    @property
    def _replications(self) -> int:
        return self._comparison.replications

    def _model_url(self, number: int) -> str:
        return url_for(
            "studies.model",
            key=self.key,
            study_id=self.id,
            number=number,
            lang=self._language,
        )

    @property
    def baseline_name(self) -> str:
        """The name of the scenario that is compared with."""
        return self._comparison.baseline.name[self._language]

    @property
    def alternative_name(self) -> str:
        """The name of the scenario that might replace it."""
        return self._comparison.alternative.name[self._language]

    @property
    def headline(self) -> str:
        """The verdict on the KPI that matters most."""
        return words.headline(self._comparison, self._kpi_name)

    @property
    def sentences(self) -> list[Sentence]:
        """What that verdict alone would hide."""
        return words.sentences(self._comparison, self._names)

    @property
    def gate(self) -> State:
        """Whether the alternative may go on to a pilot."""
        comparison = self._comparison
        return words.gate_state(
            is_passed=comparison.is_passed,
            reasons=[words.failure(f, self._kpi_name) for f in comparison.failures],
        )

    @cached_property
    def steps(self) -> StepsView:
        """The steps: heat on the diagrams, waiting as chart and table."""
        titles = (self.baseline_name, self.alternative_name)
        return StepsView(self._sides, titles, self._names)

    @cached_property
    def kpis(self) -> list[KpiRow]:
        """The KPI table."""
        return [self._kpi(kpi) for kpi in self._comparison.kpis]

    @property
    def footnote(self) -> str:
        """Say what the intervals and verdicts are."""
        return _(
            "± is half a %(confidence)s confidence interval over %(count)s replications. Both "
            "scenarios draw the same random numbers, so the difference is paired. Verdicts are "
            "corrected for looking at several KPIs at once (Holm).",
            confidence=figures.share(self._comparison.confidence),
            count=self._comparison.replications,
        )

    @property
    def caveat(self) -> str:
        """Say why an interval may leave zero out beside an unclear verdict, where one does."""
        return words.caveat(self._comparison, self._kpi_name)

    @property
    def forest(self) -> dict[str, object]:
        """What the chart of relative differences draws."""
        rows = [self._forest_row(kpi) for kpi in self._comparison.kpis]
        return {"axis": _("change against %(name)s", name=self.baseline_name),
                "rows": [row for row in rows if row is not None]}  # fmt: skip

    @property
    def forest_sentence(self) -> str:
        """Say what the chart shows."""
        kinds = [row.state.kind for row in self.kpis]
        return _(
            "%(better)s KPIs get better, %(worse)s worse, %(changed)s change and are neither, "
            "%(unclear)s stay unclear. A line that crosses zero may be chance.",
            better=kinds.count("better"),
            worse=kinds.count("worse"),
            changed=kinds.count("changed"),
            unclear=kinds.count("unclear"),
        )

    @cached_property
    def bottleneck(self) -> BottleneckView:
        """Where the bottleneck is in each scenario."""
        titles = (self.baseline_name, self.alternative_name)
        return BottleneckView(self._sides, titles, self._names, self._comparison.currency)

    @property
    def abandoned(self) -> str:
        """Say how many cases lose patience; empty where nobody does."""
        before, after = (side.abandoned for side in self._sides)
        if not (before.mean or after.mean):
            return ""
        scale = figures.scale("share", [1.0])
        return _(
            "Cases that give up waiting: %(before)s before, %(after)s after.",
            before=figure(scale, before),
            after=figure(scale, after),
        )

    @property
    def warnings(self) -> list[str]:
        """What a reader should know before relying on the result."""
        found = [
            words.warning(warning, name, self._names)
            for side, name in zip(
                self._sides, (self.baseline_name, self.alternative_name), strict=True
            )
            for warning in side.warnings
        ]
        return list(dict.fromkeys(found))

    @property
    def _sides(self) -> tuple[Side, Side]:
        return self._comparison.baseline, self._comparison.alternative

    def _kpi_name(self, code: str) -> str:
        return CATALOGUE[code].name(self._language)

    def _kpi(self, kpi: KpiDifference) -> KpiRow:
        change = kpi.difference
        means = (change.baseline.mean, change.alternative.mean)
        scale = figures.scale(kpi.unit, means, currency=self._comparison.currency)
        return KpiRow(
            code=kpi.code,
            name=self._kpi_name(kpi.code),
            formula=CATALOGUE[kpi.code].formula,
            baseline=figure(scale, change.baseline),
            alternative=figure(scale, change.alternative),
            difference=scale.difference(change.difference, change.half_width),
            state=verdict_state(kpi),
            wins=wins(kpi, self._comparison.replications),
            on_target=figures.share(kpi.on_target.value) if kpi.on_target else "",
            is_guarded=kpi.is_guarded,
        )

    def _forest_row(self, kpi: KpiDifference) -> dict[str, object] | None:
        change = kpi.difference
        if change.difference is None or not change.baseline.mean:
            return None
        value = change.difference / change.baseline.mean
        half_width = (change.half_width or 0.0) / abs(change.baseline.mean)
        written = figures.scale("share", [value]).number
        return {
            "name": self._kpi_name(kpi.code),
            "value": round(100 * value, 2),
            "low": round(100 * (value - half_width), 2),
            "high": round(100 * (value + half_width), 2),
            "verdict": "unclear" if kpi.said == "changed" else kpi.said.value,
            "label": f"{written(value, signed=True)} % ± {written(half_width)}",
        }
