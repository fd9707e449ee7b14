"""The set-up of a forecast: which scenario, how far ahead; and the cases it begins from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.domain.instance import InstanceState
from engine.errors import NotFound
from web.experiments import Kind, StudyRequest
from web.forecast_cases import to_json
from web.open_cases import OpenCases, open_cases
from web.set_up_reader import Reader, chosen, plain
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.process_engine import ProcessEngine
    from web.scenarios import Rehearsal, Shipped

USUAL_HOURS, MOST_HOURS = 8, 24 * 7
REPLICATIONS = 200


@dataclass(frozen=True)
class SetUp:
    """What stands in the form; ``problems`` says in words why it cannot be run."""

    scenario: str
    hours: int = USUAL_HOURS
    problems: tuple[str, ...] = ()


def usual(rehearsal: Rehearsal, engine: ProcessEngine) -> SetUp:
    """Return the form as it is first shown: for the first scenario whose process has open cases."""
    has_open = (shipped for shipped in rehearsal.scenarios if _open_count(shipped, engine))
    return SetUp(next(has_open, rehearsal.scenarios[0]).variant)


def read(values: Mapping[str, str], rehearsal: Rehearsal) -> SetUp:
    """Read the form; the set-up that comes back says what is wrong with it."""
    reader = Reader(values)
    known = [shipped.variant for shipped in rehearsal.scenarios]
    set_up = SetUp(
        scenario=reader.choice("scenario", _("Scenario"), known),
        hours=reader.number("hours", _("Hours"), 1, MOST_HOURS),
    )
    return replace(set_up, problems=tuple(reader.problems))


def found_cases(engine: ProcessEngine, shipped: Shipped, *, now: datetime, by: str) -> OpenCases:
    """Return the open cases of the process of a scenario; none if it is not deployed."""
    try:
        engine.definition(shipped.process_key)
    except NotFound:
        return OpenCases((), ())
    return open_cases(engine, shipped.process_key, now=now, by=by)


def _open_count(shipped: Shipped, engine: ProcessEngine) -> int:
    return engine.count_instances(process_key=shipped.process_key).get(InstanceState.ACTIVE, 0)


def request_of(
    set_up: SetUp, rehearsal: Rehearsal, found: OpenCases, *, now: datetime, by: str
) -> StudyRequest:
    """Ask for the forecast of these cases."""
    shipped = chosen(set_up, rehearsal)
    target = shipped.scenario.document.targets.get("OP-CT")
    question = {
        "now": now.isoformat(),
        "hours": set_up.hours,
        "limit_s": None if target is None else target.max,
        "process": shipped.process_key,
        "cases": [to_json(case, shipped.scenario) for case in found.cases],
        "left_out": {case.case_id: case.reason for case in found.left_out},
    }
    return StudyRequest(
        process_key=rehearsal.folder.key,
        baseline=plain(shipped),
        alternatives=(),
        replications=REPLICATIONS,
        seed=None,
        by=by,
        kind=Kind.FORECAST,
        question=question,
    )
