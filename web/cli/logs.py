"""``twinflow log``: the recorded cases of a process, written down for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.measures import recorded, since_option, until_option
from web.cli.session import opened_engine

if TYPE_CHECKING:
    from datetime import datetime

    from engine.process_engine import ProcessEngine

FORMATS = ("xes", "csv", "ocel")
file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


class LogCommands(click.Group):
    """Takes ``twinflow log PROCESS FILE`` for ``twinflow log table PROCESS FILE``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant."""
        is_named = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if is_named else ["table", *args])


@click.group(cls=LogCommands)
def log() -> None:
    """Write the recorded cases of a process as an event log.

    \b
    twinflow log patient_visit visits.csv                    for Twinflow itself
    twinflow log export patient_visit visits.xes.gz          for other tools
    """


@log.command()
@click.argument("process")
@since_option
@until_option
@file_argument
def table(process: str, since: datetime | None, until: datetime | None, file: Path) -> None:
    """Write cases, activities and delays as the table that the KPIs are read from (CSV).

    \b
    twinflow log patient_visit visits.csv
    twinflow log patient_visit march.csv --since 2026-03-01 --until 2026-04-01
    """
    found = recorded(process, since, until)
    found.to_csv(file)
    click.echo(f"{len(found.case_columns)} cases in {file}")


@log.command()
@click.argument("process")
@since_option
@until_option
@file_argument
@click.option(
    "--format", "form", type=click.Choice(FORMATS),
    help="By default what the name of the file ends with: .xes, .csv, .json, each maybe .gz.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(("en", "zh", "both")), default="both", show_default=True,
    help="Of the names of activities.",
)  # fmt: skip
@click.option(
    "--people", type=click.Choice(("codes", "names")), default="codes", show_default=True,
    help="P1, P2, … hold within one file; names are the user names.",
)  # fmt: skip
def export(
    process: str,
    since: datetime | None,
    until: datetime | None,
    file: Path,
    **choices: str | None,
) -> None:
    """Write every event for process mining: XES (IEEE 1849), CSV, or OCEL 2.0 (JSON).

    \b
    twinflow log export patient_visit visits.xes.gz --language en
    twinflow log export patient_visit visits.csv --since 2026-03-01
    twinflow log export patient_visit visits.json --format ocel

    Reasons, notes and the values of forms are not written.
    """
    from kpis.export import files
    from kpis.export.told import Teller

    form = choices["form"] or files.format_of(file)
    if form is None:
        raise click.UsageError(f"{file}: add --format, one of {', '.join(FORMATS)}")
    with opened_engine() as engine:
        teller = Teller(
            element_names(engine, process),
            language=choices["language"] or "both",
            has_user_names=choices["people"] == "names",
        )
        cases = teller.cases(engine.events(process, since=since, until=until))
        count, events = files.write(cases, file, files.ExportFormat(form))
    click.echo(f"{events:,} events of {count:,} cases in {file}")


def element_names(engine: ProcessEngine, process: str) -> dict[str, str]:
    """Return the names of elements, of all versions; a newer one decides."""
    newest = engine.definition(process)
    names: dict[str, str] = {}
    for version in range(1, newest.version + 1):
        graph = engine.graph(engine.definition(process, version=version).id)
        names |= {node.id: node.name for node in graph.nodes.values() if node.name}
    return names
