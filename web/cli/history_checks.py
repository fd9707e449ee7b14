"""``twinflow history``: is the history what the engine wrote?"""

from __future__ import annotations

import click

from web.cli.output import as_json, write_json
from web.cli.session import opened_engine

MOST_FAULTS = 100
REFUSED = 1


@click.group()
def history() -> None:
    """Check that nobody changed the history behind the engine's back; seal it.

    \b
    twinflow history seal
    twinflow history verify --kept 12:9f86d081…

    Every event holds a hash of itself and of all that came before it in its case. A seal says
    how far every case had come; the worker sets one a day. Keep the line that is printed
    outside of the database: who can rewrite the database can rewrite its seals.
    """


@history.command()
@as_json
def seal(is_json: bool) -> None:
    """Seal what happened since the last seal, and print the seal to be kept elsewhere."""
    with opened_engine() as engine:
        found = engine.seal_history()
    if is_json:
        write_json(None if found is None else {"seal": str(found), "cases": found.cases})
    elif found is None:
        click.echo("nothing happened since the last seal")
    else:
        click.echo(f"{found}\n{found.cases:,} cases sealed")


@history.command()
@click.option("--kept", metavar="SEAL", help="A seal as it was printed when it was set.")
@as_json
@click.pass_context
def verify(ctx: click.Context, kept: str | None, is_json: bool) -> None:
    """Name every case and event that was altered, removed or inserted; exit status 1 if any.

    \b
    twinflow history verify
    """
    with opened_engine() as engine:
        checked = engine.check_history(kept=kept)
    if is_json:
        write_json(checked)
    else:
        for fault in checked.faults[:MOST_FAULTS]:
            click.echo(str(fault))
        if len(checked.faults) > MOST_FAULTS:
            click.echo(f"… and {len(checked.faults) - MOST_FAULTS:,} more")
        found = f"{checked.events:,} events of {checked.cases:,} cases, {checked.seals} seals"
        faults = f"{len(checked.faults):,} faults" if checked.faults else "nothing was changed"
        click.echo(f"{found}: {faults}")
    if not checked.is_sound:
        ctx.exit(REFUSED)
