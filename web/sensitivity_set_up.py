"""The set-up of "what matters": a scenario, a KPI, and how far every assumption is moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from web.experiments import Kind
from web.set_up_reader import Reader, study_of_one, variant_of
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.experiments import StudyRequest
    from web.scenarios import Rehearsal

KPIS = ("OP-CT", "OP-CT90", "OP-WT", "CO-CPC", "OP-FE")
USUAL_REPLICATIONS = 20
LEAST_PERCENT, MOST_PERCENT = 1, 50
ALONE, TOGETHER = "alone", "together"  # how the assumptions are moved
WAYS = (ALONE, TOGETHER)
PATHS = 10  # along which all of them move


@dataclass(frozen=True)
class SetUp:
    """What stands in the form; ``problems`` says in words why it cannot be run."""

    scenario: str
    kpi: str = KPIS[0]
    way: str = ALONE
    percent: int = 10
    replications: int = USUAL_REPLICATIONS
    seed: int = 1
    problems: tuple[str, ...] = ()


def usual(rehearsal: Rehearsal) -> SetUp:
    """Return the form as it is first shown: today's way of working."""
    first = rehearsal.scenarios[0]
    return SetUp(first.variant, seed=first.scenario.document.run.seed)


def again(asked: StudyRequest, rehearsal: Rehearsal) -> SetUp:
    """Return the form as it was when a study was asked for."""
    return SetUp(
        variant_of(asked.baseline, rehearsal),
        kpi=asked.question["kpi"],
        way=TOGETHER if asked.kind is Kind.SCREENING else ALONE,
        percent=round(100 * asked.question["change"]),
        replications=asked.replications or USUAL_REPLICATIONS,
        seed=asked.seed or 0,
    )


def read(values: Mapping[str, str], rehearsal: Rehearsal) -> SetUp:
    """Read the form; the set-up that comes back says what is wrong with it."""
    reader = Reader(values)
    known = [shipped.variant for shipped in rehearsal.scenarios]
    set_up = SetUp(
        scenario=reader.choice("scenario", _("Scenario"), known),
        kpi=reader.choice("kpi", _("KPI"), KPIS),
        way=reader.choice("way", _("Moved"), WAYS) if "way" in values else ALONE,
        percent=reader.number("percent", _("Change"), LEAST_PERCENT, MOST_PERCENT),
        replications=reader.replications(),
        seed=reader.seed(),
    )
    return replace(set_up, problems=tuple(reader.problems))


def request_of(set_up: SetUp, rehearsal: Rehearsal, *, by: str | None) -> StudyRequest:
    """Ask for the study."""
    question: dict[str, object] = {"kpi": set_up.kpi, "change": set_up.percent / 100}
    if set_up.way == ALONE:
        return study_of_one(set_up, rehearsal, Kind.SENSITIVITY, question, by=by)
    question["paths"] = PATHS
    return study_of_one(set_up, rehearsal, Kind.SCREENING, question, by=by)
