"""``twinflow calendar``: working calendars as tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.output import as_json, write_json, write_table
from web.cli.session import acting, opened_engine

if TYPE_CHECKING:
    from engine.domain.calendar_table import CalendarTable, CalendarVersion
    from engine.process_engine import ProcessEngine

MOST_BYTES = 2_000_000
version_option = click.option(
    "--version", type=click.IntRange(min=0), metavar="NUMBER",
    help="By default the newest; 0 is the one that comes with the product.",
)  # fmt: skip


@click.group()
def calendar() -> None:
    """Show and edit working calendars: open hours, holidays, make-up workdays.

    \b
    twinflow calendar list
    twinflow calendar export china -o clinic.csv
    twinflow calendar import clinic clinic.csv --zone Asia/Shanghai --as dora --reason "2027"

    A table has the columns date, kind, open_hours, note. The week stands in rows of the kind
    weekly (Mon-Fri,weekly,08:00-12:00 14:00-18:00,), all others are dates: holiday is shut,
    workday is open as on the first open day of the week, hours at hours of its own.
    """


@calendar.command(name="list")
@as_json
def list_calendars(is_json: bool) -> None:
    """List the calendars with who edited them last, when and why."""
    with opened_engine() as engine:
        found = engine.calendars()
    if is_json:
        write_json(found)
        return
    _write_versions("Working calendars", found)


@calendar.command()
@click.argument("name")
@version_option
@as_json
def show(name: str, version: int | None, is_json: bool) -> None:
    """Show the week, the dates that differ, and the edits of a calendar.

    \b
    twinflow calendar show china
    """
    with opened_engine() as engine:
        table, edits = engine.calendar(name, version=version), engine.calendar_versions(name)
    rows = _rows(table)
    if is_json:
        days = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        write_json({"name": name, "zone": table.zone, "days": days, "versions": edits})
        return
    write_table(f"{name}, {table.zone}", rows[0], rows[1:])
    _write_versions("Edits", edits)


@calendar.command()
@click.argument("name")
@version_option
@click.option(
    "-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path),
    help="By default the table is written to stdout.",
)  # fmt: skip
def export(name: str, version: int | None, file: Path | None) -> None:
    """Write a calendar as a CSV table, to be edited and imported again.

    \b
    twinflow calendar export china -o clinic.csv
    """
    from engine.domain.calendar_csv import write_calendar_csv

    with opened_engine() as engine:
        table = engine.calendar(name, version=version)
    text = write_calendar_csv(table)
    if file is None:
        click.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8-sig")  # the mark tells Excel that it is UTF-8
    click.echo(f"{len(table.days)} dates of {name} in {file}")


@calendar.command(name="import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--zone", help="Such as Asia/Shanghai; a calendar that is there keeps its own.")
@click.option("--reason", required=True, help="Why it changes; kept with the version.")
@acting
def import_calendar(name: str, file: Path, zone: str | None, reason: str, user_id: str) -> None:
    """Store a CSV table as the new version of a calendar; the old ones are kept.

    \b
    twinflow calendar import clinic clinic.csv --zone Asia/Shanghai --as dora --reason "2027"

    The table is the whole calendar: dates that are not in it are not in the new version.
    Timers that are set already keep their moment.
    """
    from engine.domain.calendar_csv import read_calendar_csv

    text = _text_of(file)
    with opened_engine() as engine:
        meant = zone or _zone_of(engine, name)
        table = read_calendar_csv(text, name=name, zone=meant, source=str(file))
        edit = engine.save_calendar(table, by=user_id, reason=reason)
    click.echo(f"{name} version {edit.version}, {edit.zone}: {len(table.days)} dates")


def _zone_of(engine: ProcessEngine, name: str) -> str:
    known = {found.name: found.zone for found in engine.calendars()}
    if name not in known:
        raise click.UsageError(f"{name!r} is a new calendar; add --zone, such as Asia/Shanghai")
    return known[name]


def _text_of(file: Path) -> str:
    with file.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise click.UsageError(f"{file} is larger than {MOST_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is not UTF-8 at byte {error.start + 1}") from None


def _rows(table: CalendarTable) -> list[list[str]]:
    """Return the CSV table as it would be exported, with its columns first."""
    import csv

    from engine.domain.calendar_csv import write_calendar_csv

    return list(csv.reader(write_calendar_csv(table).splitlines()))


def _write_versions(title: str, versions: list[CalendarVersion]) -> None:
    rows = (
        (
            found.name,
            found.version,
            found.zone,
            found.changed_at and f"{found.changed_at:%Y-%m-%d %H:%M} UTC",
            found.changed_by,
            found.reason or (None if found.version else "comes with the product"),
        )
        for found in versions
    )
    write_table(title, ("calendar", "version", "zone", "changed", "by", "why"), rows)
