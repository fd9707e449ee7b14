"""Refusals in words: what happened, what is safe, what to do. Never a traceback."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import (
    DuplicateBusinessKey,
    EngineError,
    ExecutionFailed,
    IdempotencyKeyReused,
    InstanceNotActive,
    InvalidForm,
    NotAllowed,
    NotFound,
    StaleInstance,
    StoreUnavailable,
    TaskAlreadyClaimed,
    TaskNotClaimed,
    TaskNotOpen,
)
from web import operation_refusals
from web.context import person_if_known
from web.forms import MisshapenValues
from web.incident_words import reason_words
from web.presenters import words
from web.refusal import Refusal
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

RETRY_AFTER_S = 10  # somebody else holds the database, or it starts again
log = logging.getLogger(__name__)


def _task_not_open(error: TaskNotOpen) -> Refusal:
    if error.state == "completed" and error.ended_by and error.ended_at:
        facts = {"who": words().person(error.ended_by), "when": words().moment(error.ended_at)}
        happened = _("%(who)s completed this task %(when)s.", **facts)
    elif error.state == "completed":
        happened = _("This task is completed already.")
    else:
        happened = _("This task was withdrawn: the case went another way.")
    return Refusal(
        409,
        happened,
        _("What was entered the first time is saved; nothing was changed now."),
        _("Go back to your tasks."),
    )


def _task_already_claimed(error: TaskAlreadyClaimed) -> Refusal:
    return Refusal(
        409,
        _("%(who)s took this task before you.", who=words().person(error.claimed_by)),
        _("The task is in good hands; nothing was changed."),
        _("Take another task from your list."),
    )


def _task_not_claimed(error: TaskNotClaimed) -> Refusal:
    if error.claimed_by is None:
        happened = _("Nobody has taken this task yet.")
        to_do = _("Take the task first, then complete it.")
    else:
        happened = _("%(who)s is working on this task.", who=words().person(error.claimed_by))
        to_do = _("Ask them to give the task back if you should do it.")
    return Refusal(409, happened, _("Nothing was changed."), to_do)


def _instance_not_active(_error: InstanceNotActive) -> Refusal:
    return Refusal(
        409,
        _("This case has ended."),
        _("Everything that was recorded is kept; nothing was changed."),
        _("Look at the case to see how it ended."),
    )


def _stale(_error: StaleInstance) -> Refusal:
    return Refusal(
        409,
        _("Somebody else changed this case at the same moment."),
        _("Their change is saved; yours was not carried out."),
        _("Go back, look at the case as it is now, and try again."),
    )


def _repeated(_error: IdempotencyKeyReused) -> Refusal:
    return Refusal(
        409,
        _("This form was sent before, with other values."),
        _("What was sent first is saved; nothing was changed now."),
        _("Open the task or the case again to see what is saved."),
    )


def _duplicate_key(error: DuplicateBusinessKey) -> Refusal:
    return Refusal(
        409,
        _("There is already a case with the number %(number)s.", number=error.business_key),
        _("No second case was started."),
        _("Choose another number, or look for the case that has it."),
    )


def _not_allowed(_error: Exception) -> Refusal:
    return Refusal(
        403,
        _("This is not for you to see or to do."),
        _("Nothing was changed."),
        _("If you should have access, ask a manager to add you to the group."),
    )


def _not_found(_error: Exception) -> Refusal:
    return Refusal(
        404,
        _("There is nothing at this address."),
        _("Nothing was changed or deleted by this."),
        _("Check the link, or look for the case in the list of cases."),
    )


def _invalid_form(_error: Exception) -> Refusal:
    return Refusal(
        422,
        _("What was sent does not fit the form."),
        _("Nothing was saved."),
        _("Go back and fill in the form again."),
    )


def _execution_failed(error: ExecutionFailed) -> Refusal:
    return Refusal(
        422,
        _("The process cannot go on from here: %(reason)s", reason=reason_words(error.reason)),
        _("The case stands where it stood; nothing was changed."),
        _(
            "Check what was entered, or tell the owner of the process (step %(step)s).",
            step=error.element_id,
        ),
    )


def _store_unavailable(_error: StoreUnavailable) -> Refusal:
    return Refusal(
        503,
        _("Twinflow cannot save anything at the moment."),
        _("What was saved before is safe; this was not carried out."),
        _("Wait a minute, go back and send it again. What you typed is still in the form."),
        retry_after_s=RETRY_AFTER_S,
    )


def _out_of_date(_error: Exception) -> Refusal:
    return Refusal(
        400,
        _("This page was open for too long to be sent."),
        _("Nothing was changed."),
        _("Go back, reload the page and send it again."),
    )


def _too_large(_error: Exception) -> Refusal:
    return Refusal(
        413,
        _("What was sent is too large."),
        _("Nothing was saved."),
        _("Send less than 2 MB at a time."),
    )


def _bad_request(_error: Exception) -> Refusal:
    return Refusal(
        400,
        _("This request cannot be understood."),
        _("Nothing was changed."),
        _("Go back and try again."),
    )


TABLE: dict[type[Exception], Callable[..., Refusal]] = {
    TaskNotOpen: _task_not_open,
    TaskAlreadyClaimed: _task_already_claimed,
    TaskNotClaimed: _task_not_claimed,
    InstanceNotActive: _instance_not_active,
    StaleInstance: _stale,
    IdempotencyKeyReused: _repeated,
    DuplicateBusinessKey: _duplicate_key,
    NotAllowed: _not_allowed,
    NotFound: _not_found,
    InvalidForm: _invalid_form,
    ExecutionFailed: _execution_failed,
    StoreUnavailable: _store_unavailable,
    MisshapenValues: _bad_request,
    CSRFError: _out_of_date,
    **operation_refusals.TABLE,
}
HTTP_TABLE: dict[int, Callable[..., Refusal]] = {
    403: _not_allowed,
    404: _not_found,
    413: _too_large,
}


def refusal_of(error: Exception) -> Refusal:
    """Return what is said about an error of the engine."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind](error)
    return _bad_request(error)


def _respond(refusal: Refusal) -> tuple[str, int, dict[str, str]]:
    # The frame asks the database what waits; when that is what failed, the page does without.
    has_frame = refusal.status != HTTPStatus.SERVICE_UNAVAILABLE and person_if_known() is not None
    layout = "base.html" if has_frame else "bare.html"
    page = render_template("errors/refusal.html", refusal=refusal, layout=layout)
    again = refusal.retry_after_s
    return page, refusal.status, {} if again is None else {"Retry-After": str(again)}


def _of_engine(error: Exception) -> tuple[str, int, dict[str, str]]:
    return _respond(refusal_of(error))


def _of_http(error: HTTPException) -> HTTPException | tuple[str, int, dict[str, str]]:
    if error.code is None or error.code < 400:
        return error  # redirects are exceptions to Werkzeug, not to people
    refusal = HTTP_TABLE.get(error.code, _bad_request)(error)
    if error.code not in HTTP_TABLE:
        refusal = Refusal(error.code, refusal.happened, refusal.is_safe, refusal.to_do)
    return _respond(refusal)


def _of_surprise(_error: Exception) -> tuple[str, int]:
    """The last resort: a bug of ours is logged under a number that the person can name."""
    reference = secrets.token_hex(4)
    log.exception("incident %s at %s %s", reference, request.method, request.path)
    incident = {
        "home": url_for("tasks.inbox"),
        "happened": _("Something went wrong on our side."),
        "is_safe": _("What was saved before is safe; this was not carried out."),
        "to_do": _("Try again. If it happens again, tell us this number:"),
        "reference": reference,
    }
    return render_template("errors/incident.html", **incident), 500


def init_app(app: Flask) -> None:
    """Answer every error with a page in words."""
    for kind in (EngineError, MisshapenValues, CSRFError):
        app.register_error_handler(kind, _of_engine)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_surprise)
