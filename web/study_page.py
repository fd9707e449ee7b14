"""What the pages about one study share: name, context, and how to get its figures again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from kpis.catalogue import CATALOGUE
from web.comparison_rows import Hash, Names
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
    """A study, finished or not."""

    def __init__(self, run: ExperimentRun, rehearsal: Rehearsal, language: str) -> None:
        super().__init__(rehearsal, language, SET_UPS[run.request.kind])
        self._run = run

    @property
    def id(self) -> str:
        """The study."""
        return self._run.id

    @property
    def name(self) -> str:
        """What is asked."""
        return study_name(self._run.request, self._language)

    @property
    def context(self) -> str:
        """Say with how many replications."""
        return asked(self._run.request)

    @property
    def set_up_url(self) -> str:
        """Where a study of this kind is set up."""
        return url_for(SET_UPS[self._run.request.kind], key=self.key)

    @property
    def again_url(self) -> str:
        """Where it is set up as it was this time; what began from a moment begins anew."""
        kind = self._run.request.kind
        if kind.is_of_a_moment:
            return self.set_up_url
        return url_for(SET_UPS[kind], key=self.key, again=self.id)


class ResultPage(StudyPage):
    """A finished study."""

    def __init__(
        self, run: ExperimentRun, result: Result, rehearsal: Rehearsal, language: str
    ) -> None:
        super().__init__(run, rehearsal, language)
        self._result, self._names = result, Names.of(result.graphs, self._language)

    @property
    def values(self) -> Mapping[str, Any]:
        """The result document."""
        return self._result.document

    @property
    def context(self) -> str:
        """Say with how many replications, and when."""
        return f"{super().context} · {format_moment(self._run.submitted_at, MOMENT)}"

    @property
    def reproduce(self) -> str:
        """Say what is needed to get the same figures again."""
        return _(
            "The same figures come from seed %(seed)s, %(count)s replications and these files.",
            seed=self.values["seed"],
            count=self._replications,
        )

    @property
    def hashes(self) -> list[Hash]:
        """The fingerprints of scenario and model."""
        named = (
            (_("scenario"), self.values["scenario_sha256"]),
            (_("model"), self.values["model_sha256"]),
        )
        return [Hash(name, full, full[:SHOWN_HASH]) for name, full in named]

    @property
    def _replications(self) -> int | None:
        return self._run.request.replications


class KpiPage(ResultPage):
    """A finished study that asks about one KPI."""

    @property
    def kpi(self) -> str:
        """The KPI that was asked about."""
        return CATALOGUE[self.values["kpi"]].name(self._language)
