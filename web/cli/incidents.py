"""``twinflow incidents``: what failed and waits for somebody to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.lifecycle import because
from web.cli.output import answer, as_json, write_json, write_table
from web.cli.session import acting, opened_engine
from web.cli.values import plain_values_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.incident import Incident


@click.group()
def incidents() -> None:
    """See what failed and waits for somebody to decide: retry, correct, skip or cancel.

    \b
    twinflow incidents list --as dora
    twinflow incidents retry 4 --as dora --set amount=5
    twinflow incidents skip 4 --as dora --reason "asked by phone" --set answer=yes
    """


@incidents.command(name="list")
@acting
@click.option("--resolved", "is_resolved", is_flag=True, help="Those that were resolved.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 500))
@as_json
def list_(user_id: str, is_resolved: bool, limit: int, is_json: bool) -> None:
    """List the newest incidents of all cases."""
    with opened_engine() as engine:
        found = engine.incidents(by=user_id, is_open=not is_resolved, limit=limit)
    if is_json:
        write_json(found)
        return
    rows = (
        (one.id, one.instance_id, one.element_id, one.kind, one.attempts,
         f"{one.last_at:%Y-%m-%d %H:%M:%S}", one.resolution, one.reason)
        for one in found
    )  # fmt: skip
    columns = ("incident", "case", "element", "what", "tried", "last (UTC)", "resolved", "reason")
    write_table("Incidents", columns, rows, right="incident case tried")


@incidents.command()
@click.argument("incident_id", metavar="INCIDENT", type=int)
@acting
@plain_values_options
@as_json
def retry(
    incident_id: int,
    user_id: str,
    values: Mapping[str, object],
    is_json: bool,
) -> None:
    """Try again; with values, the data of the case are corrected first."""
    with opened_engine() as engine:
        incident = engine.retry_incident(incident_id, by=user_id, values=values)
    tell(incident, is_json=is_json)


@incidents.command()
@click.argument("incident_id", metavar="INCIDENT", type=int)
@acting
@because
@plain_values_options
@as_json
def skip(
    *,
    incident_id: int,
    user_id: str,
    reason: str,
    values: Mapping[str, object],
    is_json: bool,
) -> None:
    """Go on as if the work were done, with the values it would have given."""
    with opened_engine() as engine:
        incident = engine.skip_incident(incident_id, by=user_id, reason=reason, values=values)
    tell(incident, is_json=is_json)


@incidents.command()
@click.argument("incident_id", metavar="INCIDENT", type=int)
@acting
@because
@as_json
def cancel(incident_id: int, user_id: str, reason: str, is_json: bool) -> None:
    """Cancel the case that an incident holds up."""
    with opened_engine() as engine:
        incident = engine.cancel_incident(incident_id, by=user_id, reason=reason)
    tell(incident, is_json=is_json)


def tell(incident: Incident, *, is_json: bool) -> None:
    """Say what became of an incident."""
    words = f"incident {incident.id} at {incident.element_id} is {incident.resolution}"
    answer(incident, words, is_json=is_json)
