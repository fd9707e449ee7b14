"""Start: a card for each way a case can begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.domain.instance import DefinitionState
from engine.domain.process_graph import EventKind, NodeType
from engine.errors import DuplicateBusinessKey, InvalidForm, NotExecutable, NotFound
from web.context import login_required, services, signed_in_user
from web.forms import IDEMPOTENCY_FIELD, VALUES_FIELD, FormPage, submitted_values
from web.presenters import words
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.wrappers import Response

    from engine.domain.form import Form
    from engine.domain.instance import ProcessDefinition, ProcessInstance
    from engine.domain.process_graph import FlowNode, ProcessGraph

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


@dataclass(frozen=True, slots=True)
class StartGroup:
    """A process with the ways its cases begin; those of others cannot be chosen by hand."""

    definition: ProcessDefinition
    cards: list[StartCard]
    others: list[str]  # how cases begin by themselves, in words
    why_not: str  # why no case can be started at all; empty: one can


@blueprint.get("/start")
@login_required
def index() -> str:
    """Show every process: the ways to start it, or why it cannot be started."""
    found = [_group(definition) for definition in words().definitions.values()]
    groups = sorted(found, key=lambda group: group.why_not != "")
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


def _group(definition: ProcessDefinition) -> StartGroup:
    if not definition.may_start:
        return StartGroup(definition, [], [], _why_not(definition))
    graph = services().engine.graph(definition.id)
    others = [_by_itself(node) for node in _start_events(graph) if not _starts_by_hand(node)]
    return StartGroup(definition, list(_cards(definition)), others, "")


def _why_not(definition: ProcessDefinition) -> str:
    if not definition.is_executable:
        return _("This is a drawing: it can be looked at, but it has no steps that can be run.")
    if definition.state is DefinitionState.DRAFT:
        return _("This process is a draft; its designer has not put it into use yet.")
    return _("This process is retired: running cases go on, new ones are not started.")


def _start_events(graph: ProcessGraph) -> list[FlowNode]:
    return [node for node in graph.of_type(NodeType.START_EVENT) if node.parent is None]


def _starts_by_hand(node: FlowNode) -> bool:
    return node.event is None


def _by_itself(node: FlowNode) -> str:
    assert node.event is not None
    name = words().label(node.name or node.event.name or "")
    if node.event.kind is EventKind.TIMER:
        return _("“%(name)s”: at planned times, by itself", name=name)
    return _("“%(name)s”: when its message or signal comes, by itself", name=name)


def _cards(definition: ProcessDefinition) -> Iterator[StartCard]:
    engine = services().engine
    for event in _start_events(engine.graph(definition.id)):
        if _starts_by_hand(event):
            form = engine.start_form(definition.id, event.id)
            name = words().label(event.name) or words().label(definition.name)
            yield StartCard(definition, event.id, name, form)


def _card(key: str, start_event: str | None) -> StartCard:
    definition = services().engine.definition(key)
    if not definition.may_start:
        raise NotExecutable(key, _why_not(definition))
    for card in _cards(definition):
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
