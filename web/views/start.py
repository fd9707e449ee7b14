"""Start: a card for each way a case can begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.domain.process_graph import NodeType
from engine.errors import DuplicateBusinessKey, InvalidForm, NotFound
from web.context import login_required, services, signed_in_user
from web.forms import IDEMPOTENCY_FIELD, VALUES_FIELD, FormPage, submitted_values
from web.presenters import words
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.wrappers import Response

    from engine.domain.form import Form
    from engine.domain.instance import ProcessDefinition, ProcessInstance

blueprint = Blueprint("start", __name__)


@dataclass(frozen=True, slots=True)
class StartCard:
    """One way to start a case: a process and one of its start events."""

    definition: ProcessDefinition
    start_event: str
    name: str
    form: Form | None

    @property
    def fields(self) -> list[str]:
        """What will be asked before the case starts."""
        fields = self.form.fields.values() if self.form else ()
        return [words().label(field.label) for field in fields if field.label]


@blueprint.get("/start")
@login_required
def index() -> str:
    """Show every process that can be started."""
    groups = [(definition, list(_cards(definition))) for definition in words().definitions.values()]
    return render_template("start/index.html", groups=groups)


@blueprint.get("/start/<key>")
@blueprint.get("/start/<key>/<start_event>")
@login_required
def show(key: str, start_event: str | None = None) -> str:
    """Show the form that starts a case."""
    return _page(_card(key, start_event))


@blueprint.post("/start/<key>")
@blueprint.post("/start/<key>/<start_event>")
@login_required
def begin(key: str, start_event: str | None = None) -> Response | tuple[str, int]:
    """Start a case, then go to its first task if the person may take it."""
    card = _card(key, start_event)
    values = submitted_values(request.form.get(VALUES_FIELD))
    number = request.form.get("business_key", "").strip()
    try:
        instance = services().engine.start_process(
            key,
            by=signed_in_user().id,
            values=values,
            start_event=card.start_event,
            business_key=number or None,
            idempotency_key=request.form.get(IDEMPOTENCY_FIELD) or None,
        )
    except InvalidForm as refusal:
        return _page(card, values=values, number=number, refusal=refusal), 422
    except DuplicateBusinessKey:
        problem = _("There is already a case with the number %(number)s.", number=number)
        return _page(card, values=values, number=number, number_problem=problem), 422
    flash(_("Case %(case)s has started.", case=instance.business_key), "good")
    return redirect(_first_page(instance), code=303)


def _first_page(instance: ProcessInstance) -> str:
    user = signed_in_user()
    for task in services().engine.open_tasks(instance.id, by=user.id):
        if task.claimed_by in (None, user.id) and task.is_offered_to(user):
            return url_for("tasks.show", task_id=task.id)
    return url_for("cases.show", instance_id=instance.id)


def _cards(definition: ProcessDefinition) -> Iterator[StartCard]:
    engine = services().engine
    events = engine.graph(definition.id).of_type(NodeType.START_EVENT)
    for event in events:
        form = engine.start_form(definition.id, event.id)
        name = words().label(event.name) or words().label(definition.name)
        yield StartCard(definition, event.id, name, form)


def _card(key: str, start_event: str | None) -> StartCard:
    for card in _cards(services().engine.definition(key)):
        if start_event in (None, card.start_event):
            return card
    raise NotFound("start event", start_event)


def _page(
    card: StartCard,
    *,
    values: Mapping[str, object] | None = None,
    number: str = "",
    number_problem: str = "",
    refusal: InvalidForm | None = None,
) -> str:
    form = None
    if card.form is not None:
        form = FormPage.build(card.form, values=values or {}, refusal=refusal)
    return render_template(
        "start/show.html", card=card, form=form, number=number, number_problem=number_problem
    )
