"""Messages that found no receiver: bring them to a case, or discard them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.domain.instance import InstanceState
from engine.domain.message import MessageState
from engine.errors import NotFound
from web.case_context import fact_text
from web.context import login_required, services, signed_in_user
from web.texts import gettext as _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine.domain.instance import ProcessInstance
    from engine.domain.message import Message

blueprint = Blueprint("messages", __name__)

MOST_SHOWN = 200


@blueprint.get("/problems/messages")
@login_required
def index() -> str:
    """List the messages that found no receiver, and those that still wait for one."""
    return _page()


@blueprint.post("/problems/messages/<int:number>/delivery")
@login_required
def deliver(number: int) -> Response | tuple[str, int]:
    """Bring a message to the case with this number."""
    engine, user = services().engine, signed_in_user()
    case_number = request.form.get("case", "").strip()
    for case in _cases(case_number):
        try:
            engine.deliver_message(number, case.id, by=user.id)
        except NotFound:
            continue  # another process may have a case of this number, too
        flash(_("Case %(case)s has the message now.", case=case.business_key), "good")
        return redirect(url_for("cases.show", instance_id=case.id), code=303)
    wrong = _("Which case? Enter its number.")
    if case_number:
        wrong = _("No running case %(case)s waits for this message and its key.", case=case_number)
    return _page(at=number, wrong=wrong, typed=case_number), 422


@blueprint.post("/problems/messages/<int:number>/discard")
@login_required
def discard(number: int) -> Response:
    """Decide that nobody needs a message."""
    services().engine.discard_message(number, by=signed_in_user().id)
    flash(_("The message is discarded."), "good")
    return redirect(url_for("messages.index"), code=303)


def _cases(number: str) -> list[ProcessInstance]:
    """Return the running cases with exactly this number, of whatever process."""
    if not number:
        return []
    found = services().engine.instances(
        by=signed_in_user().id, state=InstanceState.ACTIVE, text=number, limit=100
    )
    return [case for case in found if case.business_key.lower() == number.lower()]


def _page(*, at: int | None = None, wrong: str = "", typed: str = "") -> str:
    engine, user = services().engine, signed_in_user()
    stranded, waiting = (
        engine.messages(by=user.id, state=state, limit=MOST_SHOWN)
        for state in (MessageState.UNDELIVERED, MessageState.WAITING)
    )
    return render_template(
        "problems/messages.html",
        groups=[("undelivered", stranded), ("waiting", waiting)],
        facts=_facts,
        stranded=len(stranded),
        at=at,
        wrong=wrong,
        typed=typed,
    )


def _facts(message: Message) -> list[tuple[str, str]]:
    return [(key.replace("_", " "), fact_text(value)) for key, value in message.values.items()]
