"""What a person types into a task, saved by itself while they type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, jsonify, redirect, request, url_for

from engine.domain.user_task import TaskState
from engine.errors import EngineError, NotAllowed
from web.context import login_required, services, signed_in_user
from web.errors import refusal_of
from web.forms import submitted_values
from web.presenters import words
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine.domain.user_task import UserTask

blueprint = Blueprint("drafts", __name__)


@blueprint.post("/tasks/<int:task_id>/draft")
@login_required
def save(task_id: int) -> Response | tuple[Response, int]:
    """Keep what was typed; the answer says when, and whether the task is still the person's."""
    engine, user = services().engine, signed_in_user()
    try:
        values = submitted_values(request.get_data(as_text=True))
        saved_at = engine.save_draft(task_id, values, by=user.id)
        task = engine.task(task_id, by=user.id)
    except NotAllowed:
        return jsonify(news=_("This task is with others now; you can no longer see it.")), 403
    except (EngineError, ValueError) as error:
        refusal = refusal_of(error)
        return jsonify(news=refusal.happened), refusal.status
    time = format_moment(saved_at, "HH:mm")
    return jsonify(saved=_("saved %(time)s", time=time), news=news(task))


@blueprint.get("/tasks/<int:task_id>/state")
@login_required
def state(task_id: int) -> Response:
    """Say in words if the task is no longer the person's to do; nothing if it is."""
    try:
        task = services().engine.task(task_id, by=signed_in_user().id)
    except NotAllowed:
        return jsonify(news=_("This task is with others now; you can no longer see it."))
    return jsonify(news=news(task))


@blueprint.post("/tasks/<int:task_id>/draft/discard")
@login_required
def discard(task_id: int) -> Response:
    """Forget what was typed."""
    services().engine.discard_draft(task_id, by=signed_in_user().id)
    flash(_("Your draft is discarded."), "good")
    return redirect(url_for("tasks.show", task_id=task_id), code=303)


def news(task: UserTask) -> str:
    """Say what became of a task that the person was working on; empty: it is theirs."""
    if task.state is TaskState.COMPLETED:
        assert task.ended_at is not None
        facts = {"who": words().person(task.ended_by), "when": words().moment(task.ended_at)}
        return _("%(who)s completed this task %(when)s.", **facts)
    if task.state is TaskState.CANCELLED:
        return _("This task was withdrawn: the case went another way.")
    if task.claimed_by != signed_in_user().id:
        if task.claimed_by is None:
            return _("This task is offered to %(group)s again.", group=words().candidates(task))
        return _("%(who)s has this task now.", who=words().person(task.claimed_by))
    return ""
