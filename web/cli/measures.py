"""``twinflow kpis``: the recorded cases of a process, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from web.cli.output import as_json, figure_text, write_json, write_table
from web.cli.session import Moment, opened_engine

if TYPE_CHECKING:
    from datetime import datetime

    from kpis.event_log import EventLog
    from kpis.measure import Measurement

since_option = click.option("--since", type=Moment(), help="Cases started then or later.")
until_option = click.option("--until", type=Moment(), help="Cases started before.")


@click.command()
@click.argument("process")
@since_option
@until_option
@as_json
def kpis(process: str, since: datetime | None, until: datetime | None, is_json: bool) -> None:
    """Measure the recorded cases of a process with the formulas of the simulation.

    \b
    twinflow kpis patient_visit
    twinflow kpis patient_visit --since 2026-03-01 --until 2026-04-01 --json

    Utilisation and cost need the staffing of a shipped scenario of the process.
    """
    from kpis.catalogue import CATALOGUE, RECORDED  # slow: pandas and scipy
    from kpis.measure import measure

    log = recorded(process, since, until)
    measurements = measure(log, staffing=staffing_of(process), codes=RECORDED)
    if is_json:
        write_json({code: document(found) for code, found in measurements.items()})
        return
    rows = (
        (
            code,
            CATALOGUE[code].name_en,
            figure_text(found.value, CATALOGUE[code].unit.value),
            interval_text(found, CATALOGUE[code].unit.value),
            found.n,
        )
        for code, found in measurements.items()
    )
    columns = ("code", "KPI", "value", "95 % interval", "n")
    write_table(f"{process}: recorded cases", columns, rows, right="value n")


def recorded(process: str, since: datetime | None, until: datetime | None) -> EventLog:
    """Return the log of the cases that were started in a period."""
    from kpis.event_log import EventLog  # slow: pandas

    with opened_engine() as engine:
        engine.definition(process)
        events = list(engine.events(process, since=since, until=until))
    if not events:
        raise click.UsageError(f"{process} has no cases in this period")
    return EventLog.from_events(events)


def staffing_of(process: str) -> Any:
    """Return who works in a process, as its shipped scenario says; None if there is none."""
    from simulation.scenario.load import load
    from simulation.staffing import staffing
    from web.library import read_library

    for folder in read_library():
        files = folder.models[folder.default]
        if folder.key == process and files.scenario:
            return staffing(load(files.scenario))
    return None


def interval_text(found: Measurement, unit: str) -> str:
    """Write the bounds of a figure, nothing if it has none."""
    if found.interval is None:
        return ""
    return f"{figure_text(found.interval.low, unit)} … {figure_text(found.interval.high, unit)}"


def document(found: Measurement) -> dict[str, object]:
    """Return a measurement as JSON values."""
    interval = found.interval
    return {
        "value": found.value,
        "n": found.n,
        "unit": found.unit,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "by": dict(found.by),
    }
