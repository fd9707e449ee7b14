"""Problems: what failed and waits for a manager to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.domain.incident import Resolution
from engine.domain.instance import InstanceState
from engine.domain.job import Work
from engine.domain.message import MessageState
from engine.errors import FieldError, InvalidForm
from web.case_context import CaseContext
from web.case_data import UnreadableValue, corrections, data_fields
from web.context import login_required, services, signed_in_user
from web.forms import error_text
from web.presenters import words
from web.problem_page import Problem
from web.problem_words import resolution_badge
from web.reasons import ReasonMissing, given_reason, number_in_path
from web.texts import gettext as _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine.domain.incident import Incident

blueprint = Blueprint("problems", __name__)

MOST_SHOWN = 200


@blueprint.get("/problems")
@login_required
def index() -> str:
    """List the problems that wait for somebody, the newest first."""
    return _list(is_open=True)


@blueprint.get("/problems/settled")
@login_required
def settled() -> str:
    """List the problems that were settled, the newest first."""
    return _list(is_open=False)


@blueprint.get("/problems/<int:incident_id>")
@login_required
def show(incident_id: int) -> str:
    """Show one problem, where it is, and what can be done about it."""
    return _page(_incident(incident_id))


@blueprint.post("/problems/<int:incident_id>/retry")
@login_required
def retry(incident_id: int) -> Response:
    """Try again what failed."""
    found = services().engine.retry_incident(incident_id, by=signed_in_user().id)
    return _leave(found)


@blueprint.post("/problems/<int:incident_id>/correction")
@login_required
def correct(incident_id: int) -> Response | tuple[str, int]:
    """Correct data of the case, then try again."""
    engine, user = services().engine, signed_in_user()
    incident = _incident(incident_id)
    problem = Problem.of(incident)
    if problem.case is None:
        return _page(incident, at="edit", wrong=_("There is no case whose data it could be.")), 422
    try:
        values = corrections(request.form, problem.case)
    except UnreadableValue as error:
        return _page(incident, at="edit", wrong=str(error)), 422
    if not values:
        wrong = _("Nothing is different from before. To try with the same data, use “Try again”.")
        return _page(incident, at="edit", wrong=wrong), 422
    try:
        found = engine.retry_incident(incident_id, by=user.id, values=values)
    except InvalidForm as refusal:
        return _page(incident, at="edit", wrong=_field_problems(refusal.errors)), 422
    return _leave(found)


@blueprint.post("/problems/<int:incident_id>/skip")
@login_required
def skip(incident_id: int) -> Response:
    """Go on as if the step were done."""
    reason = given_reason(at="skip")
    found = services().engine.skip_incident(incident_id, by=signed_in_user().id, reason=reason)
    return _leave(found)


@blueprint.post("/problems/<int:incident_id>/cancellation")
@login_required
def cancel(incident_id: int) -> Response:
    """End the case that the problem holds up."""
    reason = given_reason(at="cancel")
    found = services().engine.cancel_incident(incident_id, by=signed_in_user().id, reason=reason)
    return _leave(found)


def _list(*, is_open: bool) -> str:
    engine, user = services().engine, signed_in_user()
    found = engine.incidents(by=user.id, is_open=is_open, limit=MOST_SHOWN)
    return render_template(
        "problems/index.html",
        problems=[Problem.of(incident) for incident in found],
        is_open=is_open,
        is_cut=len(found) == MOST_SHOWN,
        resolution_badge=resolution_badge,
        stranded=count_stranded(),
    )


def count_stranded() -> int:
    """Return how many messages found no receiver."""
    user = signed_in_user()
    found = services().engine.messages(by=user.id, state=MessageState.UNDELIVERED)
    return len(found)


def _incident(incident_id: int) -> Incident:
    return services().engine.incident(incident_id, by=signed_in_user().id)


def _page(incident: Incident, *, at: str = "", wrong: str = "") -> str:
    problem = Problem.of(incident)
    case = CaseContext.read(problem.case.id) if problem.case else None
    return render_template(
        "problems/show.html",
        problem=problem,
        incident=incident,
        case=case,
        fields=data_fields(problem.case) if problem.case else [],
        resolution_badge=resolution_badge,
        at=at,
        wrong=wrong,
        typed=request.form,
    )


def _leave(incident: Incident) -> Response:
    """Say what became of it, and go to the case, or to the list if there is none."""
    engine, user = services().engine, signed_in_user()
    if incident.instance_id is None:
        flash(_("The problem is settled."), "good")
        return redirect(url_for("problems.index"), code=303)
    case = engine.instance(incident.instance_id, by=user.id)
    if case.open_incidents:
        flash(_("It failed again; the case still has a problem."), "problem")
    elif _is_tried_still(incident):
        text = _("It is tried again, several times if need be. If all fail, the problem is back.")
        flash(text, "waiting")
    else:
        flash(_("The problem of case %(case)s is settled.", case=case.business_key), "good")
    return redirect(url_for("cases.show", instance_id=case.id), code=303)


def _is_tried_still(incident: Incident) -> bool:
    """Whether the work that failed was not done at once, so that the worker goes on with it."""
    if incident.resolution not in {Resolution.RETRIED, Resolution.EDITED}:
        return False
    engine, user = services().engine, signed_in_user()
    assert incident.instance_id is not None
    case = engine.instance(incident.instance_id, by=user.id)
    if case.state is not InstanceState.ACTIVE:
        return False
    kinds = [
        one.kind for one in engine.standing(case.id, by=user.id) if one.token == incident.token
    ]
    if incident.kind == Work.CALL.value:
        return kinds == ["call"] and not engine.called_instances(case.id, by=user.id)
    return kinds == ["job"]


def _field_problems(errors: dict[str, FieldError]) -> str:
    told = (f"{words().label(key)}: {error_text(error)}" for key, error in errors.items())
    return "; ".join(told)


@blueprint.errorhandler(ReasonMissing)
def _ask_again(missing: ReasonMissing) -> tuple[str, int]:
    incident = _incident(number_in_path("incident_id"))
    return _page(incident, at=missing.at, wrong=str(missing)), 422
