"""A study that has no result, or none yet: how far it is, and what can be done about it."""

from __future__ import annotations

from web import figures
from web.experiments import Kind, RunState
from web.study_page import StudyPage
from web.texts import gettext as _


class ProgressPage(StudyPage):
    """What the page and its progress part show."""

    @property
    def state(self) -> str:
        """The state, for the script."""
        return self._run.state.value

    @property
    def is_unfinished(self) -> bool:
        """Whether there is something to wait for."""
        return self._run.state.is_unfinished

    @property
    def can_go_on(self) -> bool:
        """Whether what is finished is kept and the rest can be done."""
        return self._run.can_go_on

    @property
    def can_run_again(self) -> bool:
        """Whether the same can be asked once more: what it began from is kept."""
        return not self._run.request.kind.is_of_a_moment

    @property
    def problem(self) -> str:
        """Why it failed."""
        return self._run.problem or ""

    @property
    def sentence(self) -> str:
        """Say what is going on."""
        running = {
            Kind.COMPARISON: _("Comparing …"),
            Kind.SENSITIVITY: _("Moving every assumption …"),
            Kind.SCREENING: _("Moving every assumption …"),
            Kind.SELECTION: _("Looking for the best …"),
            Kind.STAFFING: _("Trying staffs …"),
            Kind.FORECAST: _("Looking ahead …"),
            Kind.LEARNING: _("Reading the recorded cases …"),
        }
        return {
            RunState.WAITING: _("Another study is running. This one starts when it is done."),
            RunState.RUNNING: running[self._run.request.kind],
            RunState.DONE: _("Done."),
            RunState.FAILED: _("This could not be carried out."),
            RunState.CANCELLED: _("Cancelled before there was a result."),
            RunState.INTERRUPTED: _("Interrupted, for example by a restart of the server."),
        }[self._run.state]

    @property
    def advice(self) -> str:
        """Say what is safe and what to do."""
        if self.can_go_on:
            return _("What was finished is kept. Continue, and only the rest is simulated.")
        if self.problem:
            return _("Nothing was changed. Correct what is named and run it again.")
        return (
            "" if self.can_run_again else _("Ask again: it begins from the cases of this minute.")
        )

    @property
    def percent(self) -> int | None:
        """The finished share; None while nothing is known."""
        progress = self._run.progress
        return int(100 * progress.share) if progress.total else None

    @property
    def detail(self) -> str:
        """Say how many replications are done."""
        progress = self._run.progress
        if progress.total:
            return _("%(done)s of %(total)s runs", done=progress.done, total=progress.total)
        if progress.done:
            return _("%(done)s runs; the search decides how many it needs", done=progress.done)
        return _("Getting ready")

    @property
    def left(self) -> str:
        """Say how long it will take."""
        left_s = self._run.progress.left_s
        if left_s is None:
            return ""
        return _("about %(time)s left", time=figures.duration(max(1.0, round(left_s))))
