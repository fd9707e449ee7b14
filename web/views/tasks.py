"""Tasks: the inbox, and the work on one task."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.domain.user_task import TaskState, UserTask
from engine.errors import InstanceSuspended, InvalidForm, TaskNotClaimed, TaskNotOpen
from web.context import login_required, services, signed_in_user
from web.forms import IDEMPOTENCY_FIELD, VALUES_FIELD, submitted_values
from web.presenters import words
from web.task_page import task_page
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

blueprint = Blueprint("tasks", __name__)


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks under one heading of the inbox."""

    title: str
    tasks: list[UserTask]
    are_mine: bool


@blueprint.get("/")
def home() -> Response:
    """Begin with the work that waits."""
    return redirect(url_for("tasks.inbox"))


@blueprint.get("/tasks")
@login_required
def inbox() -> str:
    """Show what the person holds, then what is offered to each of their groups."""
    tasks = services().engine.inbox(signed_in_user().id)
    mine = [task for task in tasks if task.claimed_by]
    offered = sorted((task for task in tasks if not task.claimed_by), key=words().candidates)
    groups = [TaskGroup(_("Mine"), mine, are_mine=True)] if mine else []
    for candidates, members in groupby(offered, key=words().candidates):
        title = _("Offered to %(group)s", group=candidates)
        groups.append(TaskGroup(title, list(members), are_mine=False))
    subjects = {task.id: _subject(task) for task in tasks}
    return render_template("tasks/inbox.html", groups=groups, subjects=subjects, count=len(tasks))


@blueprint.get("/tasks/<int:task_id>")
@login_required
def show(task_id: int) -> str:
    """Show a task with its form and what is known of its case."""
    return task_page(services().engine.task(task_id, by=signed_in_user().id))


@blueprint.post("/tasks/<int:task_id>/claim")
@login_required
def claim(task_id: int) -> Response:
    """Take a task and open its form."""
    services().engine.claim(task_id, by=signed_in_user().id)
    return redirect(url_for("tasks.show", task_id=task_id), code=303)


@blueprint.post("/tasks/<int:task_id>/release")
@login_required
def release(task_id: int) -> Response:
    """Give a task back to its group."""
    task = services().engine.release(task_id, by=signed_in_user().id)
    group = words().candidates(task)
    name = words().label(task.name)
    flash(_("“%(task)s” is offered to %(group)s again.", task=name, group=group), "good")
    return redirect(url_for("tasks.inbox"), code=303)


@blueprint.post("/tasks/<int:task_id>/completion")
@login_required
def complete(task_id: int) -> Response | tuple[str, int]:
    """Complete a task, then go to the next one of the same case or back to the inbox."""
    engine, user = services().engine, signed_in_user()
    values = submitted_values(request.form.get(VALUES_FIELD))
    try:
        following = engine.complete_task(
            task_id,
            by=user.id,
            values=values,
            idempotency_key=request.form.get(IDEMPOTENCY_FIELD) or None,
        )
    except InvalidForm as refusal:
        task = engine.task(task_id, by=user.id)
        return task_page(task, values=values, refusal=refusal), 422
    except InstanceSuspended:
        _keep_as_draft(task_id, values)
        raise
    except (TaskNotOpen, TaskNotClaimed):
        if not _keep_as_draft(task_id, values):
            raise
        return task_page(engine.task(task_id, by=user.id)), 409
    task = engine.task(task_id, by=user.id)
    name, case = words().label(task.name), task.business_key
    flash(_("“%(task)s” is done (case %(case)s).", task=name, case=case), "good")
    return redirect(_after(following), code=303)


def _keep_as_draft(task_id: int, values: Mapping[str, object]) -> bool:
    """Keep what was typed but cannot be used now; False: nothing was, or it was used before."""
    engine, user = services().engine, signed_in_user()
    task = engine.task(task_id, by=user.id)
    if not values or task.ended_by == user.id:
        return False
    engine.save_draft(task_id, values, by=user.id)
    return True


def _subject(task: UserTask) -> str:
    case = services().engine.instance(task.instance_id, by=signed_in_user().id)
    return words().subject(case)


def _after(following: list[UserTask]) -> str:
    """Return the page of the next task that is the person's or their group's, else the inbox."""
    user = signed_in_user()
    for task in following:
        is_free = task.state is TaskState.OFFERED and task.is_offered_to(user)
        if task.claimed_by == user.id or is_free:
            return url_for("tasks.show", task_id=task.id)
    return url_for("tasks.inbox")
