"""``twinflow start`` and ``instance``: cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.output import as_json, write_json, write_table
from web.cli.session import acting, find_case, opened_engine
from web.cli.values import values_for, values_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain.history import HistoryEvent
    from engine.domain.instance import ProcessInstance, Timer
    from engine.domain.user_task import UserTask


@click.command()
@click.argument("process")
@click.option("--event", "start_event", metavar="ID", help="Start event, if there are several.")
@click.option("--business-key", metavar="KEY", help="Your own name for the case.")
@acting
@values_options
@as_json
def start(  # noqa: PLR0913 -- one parameter per option
    *,
    process: str,
    start_event: str | None,
    business_key: str | None,
    user_id: str,
    settings: Mapping[str, str],
    document: Mapping[str, object],
    is_json: bool,
) -> None:
    """Start a case of a process.

    \b
    twinflow start patient_visit --as alice
    twinflow start leave_request --as bob --set days=3 --business-key LR-2026-07
    """
    with opened_engine() as engine:
        definition = engine.definition(process)
        form = engine.start_form(definition.id, start_event)
        case = engine.start_process(
            process,
            by=user_id,
            values=values_for(form, settings, document),
            start_event=start_event,
            business_key=business_key,
        )
        tasks = engine.open_tasks(case.id, by=user_id)
    if is_json:
        write_json({"case": case, "tasks": tasks})
    else:
        click.echo(f"case {case.id} ({case.process_key}/{case.business_key}) is {case.state}")
        write_open_tasks(tasks)


@click.command()
@click.argument("case")
@acting
@as_json
def instance(case: str, user_id: str, is_json: bool) -> None:
    """Show where a case stands and what happened in it.

    \b
    twinflow instance 12 --as alice
    twinflow instance patient_visit/PV-2026-0007 --as alice --json
    """
    with opened_engine() as engine:
        found = find_case(engine, case, by=user_id)
        tasks = engine.open_tasks(found.id, by=user_id)
        timers = engine.timers(found.id)
        events = engine.history(found.id, by=user_id)
    if is_json:
        write_json({"case": found, "tasks": tasks, "timers": timers, "history": events})
    else:
        write_case(found, tasks, timers, events)


def write_open_tasks(tasks: Sequence[UserTask]) -> None:
    """Write what waits for somebody."""
    for task in tasks:
        holder = f"claimed by {task.claimed_by}" if task.claimed_by else "waiting"
        click.echo(f"  task {task.id} {task.name} [{task.candidate_group or 'anybody'}]: {holder}")


def write_case(
    case: ProcessInstance,
    tasks: Sequence[UserTask],
    timers: Sequence[Timer],
    events: Sequence[HistoryEvent],
) -> None:
    """Write a case as people read it: state, data, what is open, what happened."""
    click.echo(f"case {case.id} ({case.process_key}/{case.business_key}) is {case.state}")
    for key, value in case.values.items():
        click.echo(f"  {key}: {value}")
    write_open_tasks(tasks)
    for timer in timers:
        click.echo(f"  timer {timer.id} {timer.element_id}: due {timer.due_at:%Y-%m-%d %H:%M:%S}")
    rows = (
        (event.seq, f"{event.at:%Y-%m-%d %H:%M:%S}", event.type, event.element_id, event.actor)
        for event in events
    )
    write_table("History (UTC)", ("seq", "at", "what", "element", "who"), rows, right="seq")
