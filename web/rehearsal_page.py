"""The pages around a comparison: its set-up, its progress and the list of earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from web import figures, set_up
from web.experiments import ExperimentRun, RunState
from web.states import State, run_state
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.experiments import ComparisonRequest
    from web.scenarios import Rehearsal
    from web.set_up import RoleChoice

MOMENT = "yyyy-MM-dd HH:mm"


@dataclass(frozen=True, slots=True)
class ScenarioChoice:
    """A scenario in a list."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """An earlier comparison in the list."""

    name: str
    url: str
    state: State
    replications: int
    when: str


class _RehearsalPage:
    """What the pages about one process share."""

    def __init__(self, rehearsal: Rehearsal, language: str) -> None:
        self._rehearsal, self._language = rehearsal, language_side(language)

    @property
    def key(self) -> str:
        """The process that is rehearsed."""
        return self._rehearsal.folder.key

    @property
    def process(self) -> str:
        """The name of the process."""
        return process_name(self._rehearsal, self._language)


class SetUpPage(_RehearsalPage):
    """The form for a comparison, and the comparisons of the process so far."""

    fewest, most = set_up.FEWEST, set_up.MOST

    def __init__(self, rehearsal: Rehearsal, runs: Sequence[ExperimentRun], language: str) -> None:
        super().__init__(rehearsal, language)
        self._runs = runs

    @property
    def scenarios(self) -> list[ScenarioChoice]:
        """What can be compared."""
        return [
            ScenarioChoice(shipped.variant, shipped.scenario.name(self._language))
            for shipped in self._rehearsal.scenarios
        ]

    @property
    def roles(self) -> list[RoleChoice]:
        """Whose numbers can be changed."""
        return set_up.roles(self._rehearsal, self._language)

    @property
    def earlier(self) -> list[RunRow]:
        """The comparisons so far, the newest first."""
        return [
            RunRow(
                name=comparison_name(run.request, self._language),
                url=url_for("simulate.comparison", key=self.key, experiment_id=run.id),
                state=run_state(run.state),
                replications=run.request.replications,
                when=format_moment(run.submitted_at, MOMENT),
            )
            for run in self._runs
        ]


class ProgressPage(_RehearsalPage):
    """A comparison that has no result, or none yet."""

    def __init__(self, run: ExperimentRun, rehearsal: Rehearsal, language: str) -> None:
        super().__init__(rehearsal, language)
        self._run = run

    @property
    def id(self) -> str:
        """The comparison."""
        return self._run.id

    @property
    def name(self) -> str:
        """What is compared."""
        return comparison_name(self._run.request, self._language)

    @property
    def context(self) -> str:
        """Say with how many replications."""
        return asked(self._run.request)

    @property
    def state(self) -> str:
        """The state, for the script."""
        return self._run.state.value

    @property
    def is_unfinished(self) -> bool:
        """Whether there is something to wait for."""
        return self._run.state.is_unfinished

    @property
    def problem(self) -> str:
        """Why it failed."""
        return self._run.problem or ""

    @property
    def sentence(self) -> str:
        """Say what is going on."""
        return {
            RunState.WAITING: _("Another comparison is running. This one starts when it is done."),
            RunState.RUNNING: _("Comparing …"),
            RunState.DONE: _("Done."),
            RunState.FAILED: _("The comparison could not be carried out."),
            RunState.CANCELLED: _("The comparison was cancelled. Nothing was kept."),
            RunState.INTERRUPTED: _(
                "The comparison was interrupted, for example by a restart of the server. "
                "Run again gives the result you asked for: the seed is the same."
            ),
        }[self._run.state]

    @property
    def percent(self) -> int | None:
        """The finished share; None while nothing is known."""
        progress = self._run.progress
        return int(100 * progress.share) if progress.total else None

    @property
    def detail(self) -> str:
        """Say how many replications are done."""
        progress = self._run.progress
        if not progress.total:
            return _("Getting ready")
        return _("%(done)s of %(total)s runs", done=progress.done, total=progress.total)

    @property
    def left(self) -> str:
        """Say how long it will take."""
        left_s = self._run.progress.left_s
        if left_s is None:
            return ""
        return _("about %(time)s left", time=figures.duration(max(1.0, round(left_s))))


def process_name(rehearsal: Rehearsal, language: str) -> str:
    """Return the name of the process that a folder is about."""
    names: Mapping[str, str] = rehearsal.folder.names
    return names.get(language_side(language)) or rehearsal.folder.key


def comparison_name(request: ComparisonRequest, language: str) -> str:
    """Name a comparison by what is compared."""
    side = language_side(language)
    others = " | ".join(variant.name[side] for variant in request.alternatives)
    return f"{request.baseline.name[side]} → {others}"


def asked(request: ComparisonRequest) -> str:
    """Say with how many replications and which seed."""
    return _(
        "%(replications)s replications, seed %(seed)s",
        replications=request.replications,
        seed=request.seed,
    )


def language_side(language: str) -> str:
    """Return the side of bilingual names that a language reads: "zh" or "en"."""
    return "zh" if language.lower().startswith("zh") else "en"
