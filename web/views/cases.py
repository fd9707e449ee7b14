"""Cases: finding them, seeing where one stands, and intervening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.domain.instance import InstanceState
from engine.domain.suspension import TimerPolicy
from engine.errors import NotFound
from web.case_context import CaseContext
from web.context import login_required, services, signed_in_user
from web.reasons import ReasonMissing, given_reason, number_in_path
from web.texts import gettext as _
from web.waits import called, caller, waits

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

blueprint = Blueprint("cases", __name__)

PAGE_SIZE = 50


@blueprint.get("/cases")
@login_required
def index() -> str:
    """List the cases the person may see, newest first."""
    text = request.args.get("text", "").strip()
    state = _state(request.args.get("state"))
    before = request.args.get("before", type=int)
    engine, user = services().engine, signed_in_user()
    found = engine.instances(
        by=user.id, state=state, text=text or None, limit=PAGE_SIZE + 1, before=before
    )
    page = found[:PAGE_SIZE]
    return render_template(
        "cases/index.html",
        instances=page,
        text=text,
        state=state,
        states=list(InstanceState),
        counts=engine.count_instances() if user.may_manage() else {},
        is_first=before is None,
        older=page[-1].id if len(found) > PAGE_SIZE else None,
    )


@blueprint.get("/cases/<int:instance_id>")
@login_required
def show(instance_id: int) -> str:
    """Show one case: where it stands, who holds what, what happened."""
    return _page(instance_id)


@blueprint.post("/cases/<int:instance_id>/cancellation")
@login_required
def cancel(instance_id: int) -> Response:
    """End a case early; the reason is kept in its history."""
    reason = given_reason(at="cancel")
    services().engine.cancel_instance(instance_id, by=signed_in_user().id, reason=reason)
    flash(_("The case is cancelled. Its history is kept."), "good")
    return redirect(url_for("cases.show", instance_id=instance_id), code=303)


@blueprint.post("/cases/<int:instance_id>/timers/<int:timer_id>/firing")
@login_required
def fire_timer(instance_id: int, timer_id: int) -> Response:
    """Let a case go on before the moment it waits for."""
    reason = given_reason(at=f"timer-{timer_id}")
    engine = services().engine
    if timer_id not in {timer.id for timer in engine.timers(instance_id)}:
        raise NotFound("timer", timer_id)
    engine.fire_timer_now(timer_id, by=signed_in_user().id, reason=reason)
    flash(_("The case goes on."), "good")
    return redirect(url_for("cases.show", instance_id=instance_id), code=303)


@blueprint.post("/cases/<int:instance_id>/suspension")
@login_required
def suspend(instance_id: int) -> Response:
    """Let a case stand still for a while."""
    reason = given_reason(at="suspend")
    services().engine.suspend_instance(instance_id, by=signed_in_user().id, reason=reason)
    flash(_("The case is suspended: nothing goes on in it until somebody resumes it."), "good")
    return redirect(url_for("cases.show", instance_id=instance_id), code=303)


@blueprint.post("/cases/<int:instance_id>/resumption")
@login_required
def resume(instance_id: int) -> Response:
    """Let a suspended case go on."""
    reason = given_reason(at="resume")
    is_shifted = request.form.get("timers") == TimerPolicy.SHIFT.value
    services().engine.resume_instance(
        instance_id,
        by=signed_in_user().id,
        reason=reason,
        timers=TimerPolicy.SHIFT if is_shifted else TimerPolicy.KEEP,
    )
    flash(_("The case goes on."), "good")
    return redirect(url_for("cases.show", instance_id=instance_id), code=303)


def _page(instance_id: int, *, problem: str = "", problem_at: str = "") -> str:
    engine, user = services().engine, signed_in_user()
    case = CaseContext.read(instance_id)
    is_active = case.instance.state is InstanceState.ACTIVE
    return render_template(
        "cases/show.html",
        case=case,
        is_active=is_active,
        tasks=engine.open_tasks(instance_id, by=user.id) if is_active else [],
        timers=engine.timers(instance_id) if is_active else [],
        waits=waits(case) if is_active else [],
        caller=caller(case.instance),
        called=called(case.instance),
        may_manage=user.may_manage(),
        problem=problem,
        problem_at=problem_at,
    )


@blueprint.errorhandler(ReasonMissing)
def _ask_again(missing: ReasonMissing) -> tuple[str, int]:
    instance_id = number_in_path("instance_id")
    return _page(instance_id, problem=str(missing), problem_at=missing.at), 422


def _state(text: str | None) -> InstanceState | None:
    return InstanceState(text) if text in set(InstanceState) else None
