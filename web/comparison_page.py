"""The result page of a comparison: tables, charts, heat and the verdict in the reader's words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from flask import url_for

from kpis.catalogue import CATALOGUE
from web import comparison_words as words
from web import figures
from web.comparison_document import Comparison
from web.comparison_rows import DiagramSide, Hash, KpiRow, Names, RoleRow, SideTable, Tab
from web.comparison_steps import StepsView, figure
from web.rehearsal_page import MOMENT, asked, language_side
from web.states import State, verdict_state
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from web.comparison_document import KpiDifference, RoleFigures, Side
    from web.comparison_rows import Result
    from web.comparison_words import Sentence
    from web.experiments import ExperimentRun
    from web.figures import Scale

SHOWN_HASH = 12
SIDES = ("baseline", "alternative")


class ComparisonPage:
    """One alternative beside the baseline; what the template shows."""

    def __init__(
        self, run: ExperimentRun, result: Result, language: str, *, alternative: int = 0
    ) -> None:
        self._run, self._result, self._language = run, result, language_side(language)
        self._number = min(max(alternative, 0), len(run.request.alternatives) - 1)
        self._comparison = Comparison.read(result.document, self._number)
        self._names = Names.of(result.graphs, self._language)

    @property
    def key(self) -> str:
        """The process that was rehearsed."""
        return self._run.request.process_key

    @property
    def id(self) -> str:
        """The comparison."""
        return self._run.id

    @property
    def name(self) -> str:
        """What is compared on this page."""
        return f"{self.baseline_name} → {self.alternative_name}"

    @property
    def context(self) -> str:
        """Say with how many replications, and when."""
        return f"{asked(self._run.request)} · {format_moment(self._run.submitted_at, MOMENT)}"

    @property
    def alternatives(self) -> list[Tab]:
        """The alternatives of the comparison, for the tabs."""
        return [
            Tab(
                variant.name[self._language],
                url_for("simulate.comparison", key=self.key, experiment_id=self.id, alternative=n),
                n == self._number,
            )
            for n, variant in enumerate(self._run.request.alternatives)
        ]

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
    def reproduce(self) -> str:
        """Say what is needed to get the same figures again."""
        return _(
            "The same figures come from seed %(seed)s, %(count)s replications and these files.",
            seed=self._comparison.seed,
            count=self._comparison.replications,
        )

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

    def _model_url(self, number: int) -> str:
        return url_for(
            "simulate.model",
            key=self.key,
            experiment_id=self.id,
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

    @property
    def bottleneck_sentence(self) -> str:
        """Say where the bottleneck is and whether it moved."""
        before, after = (side.bottleneck for side in self._sides)
        return words.bottleneck_sentence(before, after, self._names)

    @property
    def bottleneck_footnote(self) -> str:
        """Say what the columns mean."""
        return _(
            "Longest busy: share of the time in which the role has been busy for longer than any "
            "other. One unit more: what one more person or machine does to the mean cycle time."
        )

    @cached_property
    def bottlenecks(self) -> list[SideTable]:
        """The bottleneck table of each scenario."""
        names = (self.baseline_name, self.alternative_name)
        return [
            SideTable(key, name, [self._role(role, _added(side)) for role in side.roles])
            for key, name, side in zip(SIDES, names, self._sides, strict=True)
        ]

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

    def _role(self, role: RoleFigures, added: Scale) -> RoleRow:
        share = figures.scale("share", [1.0])
        return RoleRow(
            name=self._names.role(role.role),
            units=role.units,
            utilisation=figure(share, role.utilisation),
            waiting=figure(share, role.share_of_waiting),
            active=figure(share, role.active),
            add_one=added.difference(role.add_one.mean, role.add_one.half_width),
            is_bottleneck=role.is_bottleneck,
        )


def _added(side: Side) -> Scale:
    """Return the scale on which one unit more is told for all roles."""
    return figures.scale("s", [role.add_one.mean for role in side.roles])
