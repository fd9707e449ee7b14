"""``twinflow tasks``, ``claim``, ``release`` and ``complete``: user tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.cases import write_open_tasks
from web.cli.output import answer, as_json, write_json, write_table
from web.cli.session import acting, opened_engine
from web.cli.values import values_for, values_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.form import Form
    from engine.domain.user_task import UserTask
    from engine.process_engine import ProcessEngine


@click.command()
@acting
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000))
@as_json
def tasks(user_id: str, limit: int, is_json: bool) -> None:
    """List the tasks of a person: claimed ones first, then what is offered to the groups.

    \b
    twinflow tasks --as alice
    """
    with opened_engine() as engine:
        inbox = engine.inbox(user_id, limit=limit)
    if is_json:
        write_json(inbox)
        return
    rows = (
        (task.id, task.name, f"{task.process_key}/{task.business_key}", task.claimed_by)
        for task in inbox
    )
    write_table(f"Tasks of {user_id}", ("task", "name", "case", "claimed by"), rows, right="task")


@click.command()
@click.argument("task_id", metavar="TASK", type=int)
@acting
@as_json
def claim(task_id: int, user_id: str, is_json: bool) -> None:
    """Take a task that is offered to your group, and start to work on it.

    \b
    twinflow claim 17 --as alice
    """
    with opened_engine() as engine:
        task = engine.claim(task_id, by=user_id)
        form = form_of(engine, task)
    fields = form.fields.values() if form else ()
    lines = [f"task {task.id} {task.name} is yours"]
    lines += [f"  --set {field.key}=…   {field.label}" for field in fields]
    answer(task, "\n".join(lines), is_json=is_json)


@click.command()
@click.argument("task_id", metavar="TASK", type=int)
@acting
@as_json
def release(task_id: int, user_id: str, is_json: bool) -> None:
    """Give a task back to its group.

    \b
    twinflow release 17 --as alice
    """
    with opened_engine() as engine:
        task = engine.release(task_id, by=user_id)
    words = f"task {task.id} {task.name} is offered to {task.candidate_group} again"
    answer(task, words, is_json=is_json)


@click.command()
@click.argument("task_id", metavar="TASK", type=int)
@acting
@values_options
@as_json
def complete(
    task_id: int,
    user_id: str,
    settings: Mapping[str, str],
    document: Mapping[str, object],
    is_json: bool,
) -> None:
    """Complete a task with the values of its form, and list the tasks that follow.

    \b
    twinflow complete 17 --as alice --set department=eye --set booked=no
    twinflow complete 17 --as alice --values form.json

    The task must be claimed. Wrong values change nothing; each wrong field is named.
    """
    with opened_engine() as engine:
        form = form_of(engine, engine.task(task_id, by=user_id))
        values = values_for(form, settings, document)
        following = engine.complete_task(task_id, by=user_id, values=values)
    if is_json:
        write_json({"completed": task_id, "next": following})
    else:
        click.echo(f"task {task_id} is completed")
        write_open_tasks(following)


def form_of(engine: ProcessEngine, task: UserTask) -> Form | None:
    """Return the form of a task, if it has one."""
    return engine.form(task.definition_id, task.form_key) if task.form_key else None
