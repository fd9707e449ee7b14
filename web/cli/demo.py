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
    from web.bootstrap import open_services, settings_from_environment  # slow: Flask, the engine

    settings = settings_from_environment()
    open_services(settings).engine.close()
    tell_accounts(load_demo(settings))


@demo.command()
def accounts() -> None:
    """Show who can sign in, and with which password."""
    from web.demo import demo_password  # slow: Flask

    tell_accounts(demo_password())


def load_demo(settings: Settings) -> str:
    """Load the demo and return the password of its people."""
    from engine.clock import SystemClock
    from web.demo import demo_password, load

    password = demo_password()
    loaded = load(settings, password=password, now=SystemClock().now())
    if loaded.finished_cases:
        click.echo(
            f"The demo has {loaded.finished_cases:,} finished cases"
            f" and {loaded.waiting_cases} that wait for somebody."
        )
    return password


def tell_accounts(password: str) -> None:
    """Write the accounts of the demo."""
    from web.demo import PEOPLE

    rows = (
        (person.id, person.name, ", ".join(sorted(person.groups)), ", ".join(sorted(person.roles)))
        for person in PEOPLE
    )
    columns = ("user", "name", "works in", "roles")
    write_table(f"Demo accounts, each with the password {password}", columns, rows)
