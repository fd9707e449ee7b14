"""Giving a task to somebody else, and changing how urgent it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for

from engine.errors import InvalidForm, NotAllowed, NotFound
from web.context import login_required, services, signed_in_user
from web.presenters import words
from web.reasons import ReasonMissing, given_reason, number_in_path
from web.task_page import Asking, task_page
from web.task_words import due_input, due_of_input
from web.texts import gettext as _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine.domain.user_task import UserTask

blueprint = Blueprint("handover", __name__)

PERSON, GROUP = "person:", "group:"
HANDOVER, URGENCY = "handover", "urgency"  # the dialogs of the page


@blueprint.post("/tasks/<int:task_id>/handover")
@login_required
def give(task_id: int) -> Response | tuple[str, int]:
    """Give a task to a person or, for managers, to a group; the reason is kept."""
    engine, user = services().engine, signed_in_user()
    task = engine.task(task_id, by=user.id)
    to = request.form.get("to", "")
    if not to.startswith((PERSON, GROUP)):
        return _refuse(task, HANDOVER, _("Choose who should do this task."))
    reason = given_reason(at=HANDOVER)
    try:
        given = _give(task, to, reason)
    except (NotAllowed, NotFound) as error:
        chosen = to.removeprefix(PERSON)
        is_about_receiver = isinstance(error, NotFound) or error.user_id == chosen != user.id
        if not is_about_receiver:
            raise
        problem = _("%(who)s may not do this task. Choose somebody else.",
                    who=words().person(chosen))  # fmt: skip
        return _refuse(task, HANDOVER, problem)
    facts = {"task": words().label(task.name), "who": _receiver(given)}
    flash(_("“%(task)s” is now with %(who)s.", **facts), "good")
    return redirect(_next_page(given), code=303)


@blueprint.post("/tasks/<int:task_id>/urgency")
@login_required
def change(task_id: int) -> Response | tuple[str, int]:
    """Change priority and due date of a task, for managers; the reason is kept."""
    engine, user = services().engine, signed_in_user()
    task = engine.task(task_id, by=user.id)
    reason = given_reason(at=URGENCY)
    entered_due = request.form.get("due", "")
    try:
        due_at = due_of_input(entered_due)
        priority = int(request.form.get("priority", task.priority))
    except ValueError:
        return _refuse(task, URGENCY, _("A date with a time is needed, such as 2026-03-05 16:30."))
    is_due_new = bool(entered_due) and entered_due != due_input(task)
    is_priority_new = priority != task.priority
    if not (is_due_new or is_priority_new):
        return _refuse(task, URGENCY, _("Nothing is different from before."))
    try:
        engine.change_task(
            task_id,
            by=user.id,
            priority=priority if is_priority_new else None,
            due_at=due_at if is_due_new else None,
            reason=reason,
        )
    except InvalidForm:
        return _refuse(task, URGENCY, _("A priority is a whole number from 0 to 100."))
    flash(_("“%(task)s” is changed.", task=words().label(task.name)), "good")
    return redirect(url_for("tasks.show", task_id=task_id), code=303)


def _give(task: UserTask, to: str, reason: str) -> UserTask:
    engine, user = services().engine, signed_in_user()
    if to.startswith(GROUP):
        group = to.removeprefix(GROUP)
        return engine.offer_to_group(task.id, group=group, by=user.id, reason=reason)
    person = to.removeprefix(PERSON)
    if task.claimed_by == user.id:
        return engine.delegate(task.id, to=person, by=user.id, reason=reason)
    return engine.reassign(task.id, to=person, by=user.id, reason=reason)


def _receiver(task: UserTask) -> str:
    if task.claimed_by is not None:
        return words().person(task.claimed_by)
    return words().candidates(task)


def _next_page(task: UserTask) -> str:
    """A manager sees what became of the task; for others it is gone from their hands."""
    if signed_in_user().may_manage():
        return url_for("tasks.show", task_id=task.id)
    return url_for("tasks.inbox")


def _refuse(task: UserTask, dialog: str, problem: str) -> tuple[str, int]:
    return task_page(task, asking=Asking(dialog, problem, request.form)), 422


@blueprint.errorhandler(ReasonMissing)
def _ask_again(missing: ReasonMissing) -> tuple[str, int]:
    task = services().engine.task(number_in_path("task_id"), by=signed_in_user().id)
    return _refuse(task, missing.at, str(missing))
