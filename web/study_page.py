"""What the result pages of all studies share: name, context, and how to get the figures again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from web.comparison_rows import Hash
from web.rehearsal_page import MOMENT, SET_UPS, RehearsalPage, asked, study_name
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.comparison_rows import Result
    from web.experiments import ExperimentRun
    from web.scenarios import Rehearsal

SHOWN_HASH = 12


class StudyPage(RehearsalPage):
    """A finished study of one scenario."""

    def __init__(
        self, run: ExperimentRun, result: Result, rehearsal: Rehearsal, language: str
    ) -> None:
        super().__init__(rehearsal, language, SET_UPS[run.request.kind])
        self._run, self._result = run, result

    @property
    def values(self) -> Mapping[str, Any]:
        """The result document."""
        return self._result.document

    @property
    def id(self) -> str:
        """The study."""
        return self._run.id

    @property
    def name(self) -> str:
        """What was asked."""
        return study_name(self._run.request, self._language)

    @property
    def context(self) -> str:
        """Say with how many replications, and when."""
        return f"{asked(self._run.request)} · {format_moment(self._run.submitted_at, MOMENT)}"

    @property
    def set_up_url(self) -> str:
        """Where a study of this kind is set up."""
        return url_for(SET_UPS[self._run.request.kind], key=self.key)

    @property
    def reproduce(self) -> str:
        """Say what is needed to get the same figures again."""
        return _(
            "The same figures come from seed %(seed)s, %(count)s replications and these files.",
            seed=self.values["seed"],
            count=self._run.request.replications,
        )

    @property
    def hashes(self) -> list[Hash]:
        """The fingerprints of scenario and model."""
        named = (
            (_("scenario"), self.values["scenario_sha256"]),
            (_("model"), self.values["model_sha256"]),
        )
        return [Hash(name, full, full[:SHOWN_HASH]) for name, full in named]
