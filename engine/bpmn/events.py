"""Event definitions: what an event of a BPMN file waits for or throws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from engine.bpmn.dialects import Extensions
from engine.bpmn.references import expression_of, text_of
from engine.bpmn.vocabulary import TRUE, q
from engine.domain.process_graph import (
    EventDefinition,
    EventKind,
    TimerDefinition,
    TimerKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.references import References, Written

LINK = q("linkEventDefinition")
KINDS: Mapping[str, EventKind] = {
    q("timerEventDefinition"): EventKind.TIMER,
    q("messageEventDefinition"): EventKind.MESSAGE,
    q("signalEventDefinition"): EventKind.SIGNAL,
    q("errorEventDefinition"): EventKind.ERROR,
    q("escalationEventDefinition"): EventKind.ESCALATION,
    q("conditionalEventDefinition"): EventKind.CONDITIONAL,
    q("compensateEventDefinition"): EventKind.COMPENSATION,
    q("cancelEventDefinition"): EventKind.CANCEL,
    q("terminateEventDefinition"): EventKind.TERMINATE,
}
DEFINITIONS = frozenset({*KINDS, LINK})
TASKS_WITH_MESSAGE = frozenset({q("sendTask"), q("receiveTask")})
_QUOTES = {'"', "'"}


def definitions_of(element: Any, references: References) -> list[Any]:
    """Return the event definitions of an event, its own and those it refers to."""
    own = [child for child in element if child.tag in DEFINITIONS]
    shared = [
        references.event_definition(child.text or "")
        for child in element.findall(q("eventDefinitionRef"))
    ]
    return own + [definition for definition in shared if definition is not None]


def event_of(written: Written) -> EventDefinition | None:
    """Return what an event (or a send or receive task) waits for or throws; None: nothing."""
    element = written.element
    if element.tag in TASKS_WITH_MESSAGE:
        return _message(written, element) if element.get("messageRef") else None
    found = definitions_of(element, written.references)
    definitions = [definition for definition in found if definition.tag in KINDS]
    return _event(written, definitions[0]) if definitions else None


def _event(written: Written, definition: Any) -> EventDefinition | None:
    kind = KINDS[definition.tag]
    words = Extensions(definition)
    words.attribute("type", "topic", "connector")  # for activities.connector_of
    names = _Names(
        words.attribute("errorCodeVariable", "escalationCodeVariable"),
        words.attribute("errorMessageVariable"),
    )
    words.report(written.notes)
    if kind is EventKind.MESSAGE:
        return _message(written, definition)
    if kind is EventKind.TIMER:
        timer = _timer(written, definition)
        return EventDefinition(kind, timer=timer) if timer is not None else None
    if kind is EventKind.CONDITIONAL:
        return EventDefinition(kind, condition=expression_of(definition, "condition"))
    return _thrown_or_caught(written, definition, kind, names)


class _Names(NamedTuple):
    """The names that the code and the message of what is caught get."""

    code: str | None
    message: str | None


def _thrown_or_caught(
    written: Written, definition: Any, kind: EventKind, names: _Names
) -> EventDefinition:
    if kind is EventKind.COMPENSATION:
        waits = definition.get("waitForCompletion", "true") in TRUE
        return EventDefinition(kind, activity=definition.get("activityRef"), waits=waits)
    reference = definition.get(f"{kind.value}Ref")
    if kind is EventKind.SIGNAL:
        found = written.references.find("signal", reference)
        if found is not None:
            Extensions(found).report(written.notes)
        return EventDefinition(kind, name=written.references.name("signal", reference))
    if kind in {EventKind.ERROR, EventKind.ESCALATION}:
        code = written.references.code(kind.value, reference)
        message = written.references.message(kind.value, reference)
        return EventDefinition(
            kind, code=code, message=message, code_name=names.code, message_name=names.message
        )
    return EventDefinition(kind)


def _message(written: Written, definition: Any) -> EventDefinition:
    reference = definition.get("messageRef")
    found = written.references.find("message", reference)
    if found is not None and not found.get("name"):
        written.translate(f"the message has no name; it goes by its id {reference!r}")
    if found is not None:
        words = Extensions(found)
        words.attribute("correlationKey")  # for references.correlation_key
        words.children("subscription")
        words.report(written.notes)
    own = written.words.attribute("correlationKey")
    key = own or written.references.correlation_key(reference)
    if written.element.tag == q("startEvent") and written.element.getparent().tag == q("process"):
        key = None  # there is no case yet whose values could give it
    name = written.references.name("message", reference)
    return EventDefinition(EventKind.MESSAGE, name=name, correlation_key=key)


def _timer(written: Written, definition: Any) -> TimerDefinition | None:
    calendar = written.words.attribute("calendar")
    for kind in TimerKind:
        text = text_of(definition, kind.value)
        if text is None:
            continue
        if len(text) > 2 and text[0] in _QUOTES and text[0] == text[-1]:
            text = text[1:-1].strip()
            written.translate("the quotes around the time are taken off")
        return TimerDefinition(kind, text, calendar)
    return None
