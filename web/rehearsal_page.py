"""What every page about studies of a process shares: its name, its tabs, the studies so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for

from kpis.catalogue import CATALOGUE
from web import figures
from web.context import signed_in_user
from web.experiments import Kind
from web.scenarios import rehearsals
from web.states import State, run_state
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.experiments import ExperimentRun, StudyRequest
    from web.scenarios import Rehearsal

MOMENT = "yyyy-MM-dd HH:mm"
SET_UPS = {
    Kind.COMPARISON: "simulate.show",
    Kind.SENSITIVITY: "simulate.what_matters",
    Kind.SCREENING: "simulate.what_matters",
    Kind.SELECTION: "simulate.show",
    Kind.STAFFING: "simulate.staffing",
    Kind.FORECAST: "forecast.show",
    Kind.LEARNING: "learnt.show",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several pages or alternatives."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ScenarioChoice:
    """A scenario in a list."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """An earlier study in the list."""

    name: str
    url: str
    state: State
    replications: str
    when: str


class RehearsalPage:
    """A page about one process; ``part`` is the end point of its tab."""

    def __init__(self, rehearsal: Rehearsal, language: str, part: str) -> None:
        self._rehearsal, self._language = rehearsal, language_side(language)
        self._part = part

    @property
    def key(self) -> str:
        """The process that is rehearsed."""
        return self._rehearsal.folder.key

    @property
    def process(self) -> str:
        """The name of the process."""
        return process_name(self._rehearsal, self._language)

    @property
    def tabs(self) -> list[Tab]:
        """What can be asked; some of it only by those who see every case."""
        words = {
            SET_UPS[Kind.COMPARISON]: _("Compare"),
            SET_UPS[Kind.SENSITIVITY]: _("What matters"),
            SET_UPS[Kind.STAFFING]: _("Staffing"),
            SET_UPS[Kind.FORECAST]: _("Forecast"),
            SET_UPS[Kind.LEARNING]: _("Learnt from the log"),
        }
        if not signed_in_user().may_manage():
            words = {SET_UPS[k]: words[SET_UPS[k]] for k in SET_UPS if not k.is_confidential}
        return [
            Tab(word, url_for(end, key=self.key), end == self._part) for end, word in words.items()
        ]

    @property
    def processes(self) -> list[Tab]:
        """The processes about which the same can be asked."""
        return [
            Tab(
                process_name(other, self._language),
                url_for(self._part, key=other.folder.key),
                other.folder.key == self.key,
            )
            for other in rehearsals()
        ]

    @property
    def scenarios(self) -> list[ScenarioChoice]:
        """What can be simulated."""
        return [
            ScenarioChoice(shipped.variant, shipped.scenario.name(self._language))
            for shipped in self._rehearsal.scenarios
        ]


class SetUpPage(RehearsalPage):
    """A form for a study, and the studies of its kind so far."""

    def __init__(
        self, rehearsal: Rehearsal, runs: Sequence[ExperimentRun], language: str, kind: Kind
    ) -> None:
        super().__init__(rehearsal, language, SET_UPS[kind])
        self._runs = runs

    @property
    def has_scenario(self) -> bool:
        """Whether the model that cases follow has a scenario; else only drawings are rehearsed."""
        return self._rehearsal.variant(self._rehearsal.folder.default) is not None

    @property
    def earlier(self) -> list[RunRow]:
        """The studies so far, the newest first."""
        return [
            RunRow(
                name=study_name(run.request, self._language),
                url=url_for("studies.show", key=self.key, study_id=run.id),
                state=run_state(run.state),
                replications=_count(run.request),
                when=format_moment(run.submitted_at, MOMENT),
            )
            for run in self._runs
        ]


def process_name(rehearsal: Rehearsal, language: str) -> str:
    """Return the name of the process that a folder is about."""
    names: Mapping[str, str] = rehearsal.folder.names
    return names.get(language_side(language)) or rehearsal.folder.key


def study_name(request: StudyRequest, language: str) -> str:
    """Name a study by what is asked."""
    side = language_side(language)
    baseline = request.baseline.name[side]
    if request.kind in {Kind.SENSITIVITY, Kind.SCREENING}:
        what = CATALOGUE[request.question["kpi"]].name(side)
        change = figures.share(request.question["change"])
        name = _("%(scenario)s: %(kpi)s, ± %(change)s", scenario=baseline, kpi=what, change=change)
        is_together = request.kind is Kind.SCREENING
        return figures.unbroken(_("%(study)s, all together", study=name) if is_together else name)
    if request.kind is Kind.STAFFING:
        return _("%(scenario)s: %(goal)s", scenario=baseline, goal=_goal(request, side))
    if request.kind is Kind.FORECAST:
        return _("The next %(hours)s hours", hours=f"{request.question['hours']:g}")
    if request.kind is Kind.LEARNING:
        return _learnt_name(request.question)
    others = " | ".join(variant.name[side] for variant in request.alternatives)
    if request.kind is Kind.SELECTION:
        what = CATALOGUE[request.question["kpi"]].name(side)
        return _("Best in %(kpi)s: %(scenarios)s", kpi=what, scenarios=f"{baseline} | {others}")
    return f"{baseline} → {others}"


def _learnt_name(question: Mapping[str, Any]) -> str:
    file = question.get("file")
    if file:
        return _("What %(file)s tells", file=file)
    return _("What %(count)s cases tell", count=figures.whole(question["cases"]))


def _goal(request: StudyRequest, side: str) -> str:
    """Say what staff is searched for."""
    asked, kpi = request.question, CATALOGUE[request.question["kpi"]].name(side)
    if asked["goal"] == "limit":
        limit = figures.set_duration(asked["amount"])
        return _("the cheapest staff with %(kpi)s up to %(limit)s", kpi=kpi, limit=limit)
    if asked["goal"] == "budget":
        money = figures.whole(asked["amount"])
        return _("the best %(kpi)s for up to %(money)s", kpi=kpi, money=money)
    return _("cost against %(kpi)s", kpi=kpi)


def asked(request: StudyRequest) -> str:
    """Say with how many replications and which seed."""
    if request.replications is None:
        return _(
            "up to %(most)s replications, until the mean cycle time is known to ± %(precision)s, "
            "seed %(seed)s",
            most=request.question["most"],
            precision=figures.share(request.question["precision"]),
            seed=request.seed,
        )
    if request.kind is Kind.SELECTION:
        return _(
            "up to %(most)s replications, seed %(seed)s",
            most=request.replications,
            seed=request.seed,
        )
    if request.kind is Kind.SCREENING:
        return _(
            "%(paths)s paths, %(replications)s replications at each point, seed %(seed)s",
            paths=request.question["paths"],
            replications=request.replications,
            seed=request.seed,
        )
    return _(
        "%(replications)s replications, seed %(seed)s",
        replications=request.replications,
        seed=request.seed,
    )


def _count(request: StudyRequest) -> str:
    if request.replications is None:
        return f"≤ {request.question['most']}"
    at_most = "≤ " if request.kind is Kind.SELECTION else ""
    return f"{at_most}{request.replications}"


def language_side(language: str) -> str:
    """Return the side of bilingual names that a language reads: "zh" or "en"."""
    return "zh" if language.lower().startswith("zh") else "en"
