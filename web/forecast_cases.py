"""Open cases on their way into a forecast: as JSON values, with no more data than it needs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulation.scenario.open_case import OpenCase, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.scenario.load import Scenario


def to_json(case: OpenCase, scenario: Scenario) -> dict[str, Any]:
    """Return a case as JSON values; of its data only what the scenario has as attributes."""
    known = {name for one in scenario.document.arrivals.values() for name in one.attributes}
    return {
        "case_id": case.case_id,
        "started_at": case.started_at.isoformat(),
        "places": [_written(place) for place in case.places],
        "values": {name: value for name, value in case.values.items() if name in known},
    }


def from_json(values: Mapping[str, Any]) -> OpenCase:
    """Read what ``to_json`` wrote."""
    return OpenCase(
        case_id=values["case_id"],
        started_at=datetime.fromisoformat(values["started_at"]),
        places=tuple(_read(place) for place in values["places"]),
        values=values["values"],
    )


def _written(place: Place) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(place).items()
    }


def _read(values: Mapping[str, Any]) -> Place:
    return Place(
        values["element_id"],
        since=datetime.fromisoformat(values["since"]),
        begun_at=_moment(values["begun_at"]),
        due_at=_moment(values["due_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
