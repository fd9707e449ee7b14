"""``twinflow user``: people and their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.domain.identity import Role, User, UserId
from web.cli.output import as_json, write_json, write_table
from web.cli.session import opened_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.process_engine import ProcessEngine

SHORTEST_PASSWORD = 10
password_option = click.option(
    "--password", envvar="TWINFLOW_PASSWORD", metavar="TEXT",
    help="Asked for when it is missing; TWINFLOW_PASSWORD keeps it out of the list of processes.",
)  # fmt: skip


@click.group()
def user() -> None:
    """Add and list people, set passwords.

    \b
    twinflow user add olga --name "Olga Ortiz" --group frontdesk
    twinflow user list
    twinflow user password olga
    """


@user.command()
@click.argument("user_id", metavar="USER")
@click.option("--name", help="Full name; by default the user name.")
@click.option("--group", "groups", multiple=True, help="A lane's group; may be repeated.")
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
@password_option
def add(
    user_id: str,
    name: str | None,
    groups: Sequence[str],
    roles: Sequence[str],
    password: str | None,
) -> None:
    """Add a person who can sign in.

    \b
    twinflow user add olga --name "Olga Ortiz" --group frontdesk --role staff --role manager
    """
    chosen = ask_password(password)
    person = User(
        id=UserId(user_id),
        name=name or user_id,
        groups=frozenset(groups),
        roles=frozenset(Role(role) for role in roles) or frozenset({Role.STAFF}),
    )
    with opened_engine() as engine:
        engine.add_user(person, password_hash=hashed(engine, chosen))
    click.echo(f"{person.id} ({person.name}) can sign in")


@user.command(name="list")
@as_json
def list_users(is_json: bool) -> None:
    """List the people with their groups and roles."""
    with opened_engine() as engine:
        people = engine.users()
    if is_json:
        write_json(people)
        return
    rows = (
        (person.id, person.name, ", ".join(sorted(person.groups)), ", ".join(sorted(person.roles)))
        for person in people
    )
    write_table("People", ("user", "name", "groups", "roles"), rows)


@user.command()
@click.argument("user_id", metavar="USER")
@password_option
def password(user_id: str, password: str | None) -> None:
    """Give a person a new password.

    \b
    twinflow user password alice
    """
    with opened_engine() as engine:
        person = engine.user(user_id)
        engine.set_password_hash(person.id, hashed(engine, ask_password(password)))
    click.echo(f"{person.id} has a new password")


def hashed(engine: ProcessEngine, text: str) -> str:
    """Return the hash to store for a password."""
    from web.security import Passwords  # slow: Flask
    from web.settings import Settings

    return Passwords(engine, Settings.from_environment().password_cost).hash(text)


def ask_password(given: str | None) -> str:
    """Return the given password or ask for one; short ones are refused."""
    text = given or click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if len(text) < SHORTEST_PASSWORD:
        raise click.UsageError(f"a password needs {SHORTEST_PASSWORD} characters or more")
    return text
