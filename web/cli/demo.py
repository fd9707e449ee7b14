"""``twinflow demo``: people, finished cases and waiting tasks to try everything with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.output import write_table

if TYPE_CHECKING:
    from web.settings import Settings


@click.group()
def demo() -> None:
    """Fill an empty database with the demo, or show its accounts.

    \b
    twinflow demo load       people for every lane, finished cases, waiting tasks
    twinflow demo accounts   who can sign in, and with which password
    """


@demo.command(name="load")
def load_command() -> None:
    """Bring the demo into the database; what is there already stays."""
    from web.bootstrap import prepare_database, settings_from_environment  # slow: Flask, the engine

    settings = settings_from_environment()
    prepare_database()
    load_demo(settings)
    tell_accounts()


@demo.command()
def accounts() -> None:
    """Show who can sign in, and with which password."""
    tell_accounts()


def load_demo(settings: Settings) -> None:
    """Load the demo and say how much there is."""
    from engine.clock import SystemClock
    from web.demo import load  # slow: Flask, pandas

    loaded = load(settings, now=SystemClock().now())
    if loaded.finished_cases:
        click.echo(
            f"The demo has {loaded.finished_cases:,} finished cases"
            f" and {loaded.waiting_cases} that wait for somebody."
        )


def tell_accounts() -> None:
    """Write the accounts of the demo."""
    from web.bootstrap import var_folder
    from web.demo import PEOPLE, DemoPassword

    password = DemoPassword(var_folder())
    if password.is_new:
        raise click.ClickException("the demo is not loaded: twinflow demo load")
    rows = (
        (person.id, person.name, ", ".join(sorted(person.groups)), ", ".join(sorted(person.roles)))
        for person in PEOPLE
    )
    columns = ("user", "name", "works in", "roles")
    write_table(f"Demo accounts, each with the password {password.text}", columns, rows)
