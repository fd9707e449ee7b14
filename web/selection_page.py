"""The result page of a choice: which scenario is best, and when the others were given up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from web import figures
from web.comparison_rows import Hash
from web.states import State
from web.study_page import SHOWN_HASH, KpiPage
from web.texts import gettext as _
from web.texts import ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.figures import Scale

    Candidate = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One scenario in the table."""

    name: str
    value: str
    behind: str
    replications: int
    state: State
    is_best: bool


class SelectionPage(KpiPage):
    """What the template shows."""

    @property
    def name(self) -> str:
        """What is asked; the scenarios stand in the table."""
        return _("Which is best in %(kpi)s?", kpi=self.kpi)

    @property
    def headline(self) -> str:
        """Say which is best."""
        first = self._sorted[0]
        if self.values["decided"]:
            value = self._scale.value(first["mean"])
            return _(
                "Best in %(kpi)s: %(name)s with %(value)s.",
                kpi=self.kpi,
                name=self._name(first),
                value=value,
            )
        names = [self._name(one) for one in self._candidates if not one["given_up"]]
        return _(
            "These cannot be told apart in %(kpi)s: %(names)s.",
            kpi=self.kpi,
            names=_(", ").join(names),
        )

    @property
    def sentences(self) -> list[str]:
        """Say how sure that is, and what it took."""
        if self.values["decided"]:
            told = _(
                "With %(confidence)s confidence no other is better by more than %(difference)s.",
                confidence=figures.share(self.values["confidence"]),
                difference=figures.set_duration(self.values["indifference"]),
            )
        else:
            told = _("Allow more replications, or a larger difference that does not matter.")
        given_up = sum(one["given_up"] for one in self._candidates)
        runs = sum(one["replications"] for one in self._candidates)
        return [
            told,
            ngettext(
                "%(num)s scenario was given up on the way; it took %(runs)s runs in all.",
                "%(num)s scenarios were given up on the way; it took %(runs)s runs in all.",
                given_up,
                runs=figures.whole(runs),
            ),
        ]

    @cached_property
    def rows(self) -> list[CandidateRow]:
        """The table, the best first."""
        return [self._row(one) for one in self._sorted]

    @property
    def footnote(self) -> str:
        """Say what was done."""
        return _(
            "All scenarios draw the same random numbers. One that is clearly behind is given up, "
            "so its mean is over fewer replications (procedure of Kim and Nelson)."
        )

    @property
    def hashes(self) -> list[Hash]:
        """The fingerprints of all scenarios and models."""
        return [
            Hash(text, one[key], one[key][:SHOWN_HASH])
            for one in self._candidates
            for text, key in (
                (_("%(name)s: scenario", name=self._name(one)), "scenario_sha256"),
                (_("%(name)s: model", name=self._name(one)), "model_sha256"),
            )
        ]

    @property
    def _candidates(self) -> list[Candidate]:
        candidates: list[Candidate] = self.values["scenarios"]
        return candidates

    @cached_property
    def _sorted(self) -> list[Candidate]:
        """Those still in the race before those that were given up, then by the mean."""
        return sorted(self._candidates, key=lambda one: (one["given_up"], one["mean"]))

    @cached_property
    def _scale(self) -> Scale:
        means = [one["mean"] for one in self._candidates]
        return figures.scale(self.values["unit"], means, currency=self.values["currency"])

    def _name(self, one: Candidate) -> str:
        name: str = one["name"][self._language]
        return name

    def _row(self, one: Candidate) -> CandidateRow:
        best = self._sorted[0]
        is_best = one is best and self.values["decided"]
        behind = self._scale.difference(one["mean"] - best["mean"], None)
        return CandidateRow(
            name=self._name(one),
            value=self._scale.value(one["mean"]),
            behind=figures.NO_VALUE if one is best else behind.value,
            replications=one["replications"],
            state=_state(one, is_best=is_best),
            is_best=is_best,
        )


def _state(one: Candidate, *, is_best: bool) -> State:
    if is_best:
        return State("better", "good", "✓", _("best"))
    if one["given_up"]:
        return State("quiet", "neutral", "✕", _("given up"))
    return State("unclear", "neutral", "≈", _("not told apart"))
