"""Where which event may stand, and whether what it refers to exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn.events import KINDS, LINK, TASKS_WITH_MESSAGE, definitions_of
from engine.bpmn.processes import place_of
from engine.bpmn.references import DEFINED, References, text_of
from engine.bpmn.rewrite import associations, link_name
from engine.bpmn.vocabulary import LOOPS, NODES, REFUSED, TRUE, q
from engine.domain.process_graph import ACTIVITIES, EVENTS, EventKind, NodeType, TimerKind
from engine.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INCOMPLETE = frozenset(
    {"missing-event", "missing-timer", "missing-reference", "missing-condition", "missing-handler"}
)
_WAITING = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})
_THROWN = frozenset(
    {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION, EventKind.COMPENSATION}
)
_CAUGHT = _WAITING | {EventKind.ERROR, EventKind.ESCALATION}
_START = "start event of a process"
_INNER = "start event of a subprocess"
_TRIGGER = "start event of an event subprocess"
# What each event may wait for or throw besides nothing at all.
_ALLOWED: Mapping[str, frozenset[EventKind]] = {
    _START: _WAITING - {EventKind.CONDITIONAL},
    _INNER: frozenset(),
    _TRIGGER: _CAUGHT | {EventKind.COMPENSATION},
    "intermediateCatchEvent": _WAITING,
    "boundaryEvent": _CAUGHT | {EventKind.COMPENSATION, EventKind.CANCEL},
    "intermediateThrowEvent": _THROWN,
    "endEvent": _THROWN | {EventKind.ERROR, EventKind.CANCEL, EventKind.TERMINATE},
}
_NEEDS_ONE = frozenset({_TRIGGER, "intermediateCatchEvent", "boundaryEvent"})
_LINKED = frozenset({"intermediateCatchEvent", "intermediateThrowEvent"})
_UNDOING = "what undoes an activity is reached by an association, not by sequence flows"
_INTERRUPTS = frozenset({EventKind.ERROR, EventKind.CANCEL})
_CATCHES_ALL = frozenset({EventKind.ERROR, EventKind.ESCALATION})


def placement_findings(element: Any, references: References) -> Iterator[Finding]:
    """Return what is wrong with an event, or with what a task waits for or throws."""
    type_ = NODES[element.tag]
    if element.tag in TASKS_WITH_MESSAGE and element.get("messageRef"):
        yield from _reference(element, element, EventKind.MESSAGE, references)
    if element.get("triggeredByEvent") in TRUE:
        yield from _event_subprocess(element)
    if element.get("isForCompensation") in TRUE and _has_flows(element):
        yield _finding(element, "flow-of-compensation", _UNDOING)
    if type_ in EVENTS:
        yield from _event(element, references)
    if type_ is NodeType.BOUNDARY_EVENT:
        yield from _attachment(element)


def _finding(element: Any, rule: str, message: str) -> Finding:
    return Finding(rule, message, Severity.ERROR, place_of(element), element.sourceline)


def _place(element: Any) -> str:
    if element.tag != q("startEvent"):
        return str(etree.QName(element).localname)
    parent = element.getparent()
    if parent.tag == q("process"):
        return _START
    return _TRIGGER if parent.get("triggeredByEvent") in TRUE else _INNER


def _event(element: Any, references: References) -> Iterator[Finding]:
    place, definitions = _place(element), definitions_of(element, references)
    dangling = len(element.findall(q("eventDefinitionRef"))) - sum(
        1 for definition in definitions if definition.getparent() is not element
    )
    if dangling:
        yield _finding(element, "dangling-reference", "an eventDefinitionRef leads nowhere")
    if len(definitions) > 1 or element.get("parallelMultiple") in TRUE:
        message = "an event has one event definition; draw an event for each"
        yield _finding(element, "unsupported-element", message)
    elif not definitions and place in _NEEDS_ONE and not dangling:
        words = ", ".join(sorted(kind.value for kind in _ALLOWED[place]))
        message = f"a {place} says what it waits for: one of {words}"
        yield _finding(element, "missing-event", message)
    for definition in definitions[:1]:
        yield from _definition(element, place, definition, references)


def _definition(
    element: Any, place: str, definition: Any, references: References
) -> Iterator[Finding]:
    if definition.tag == LINK:
        yield from _link(element, place, definition)
        return
    kind = KINDS[definition.tag]
    if kind not in _ALLOWED[place]:
        words = ", ".join(sorted(kind.value for kind in _ALLOWED[place])) or "nothing"
        message = f"a {place} cannot be a {kind.value} event; allowed are {words}"
        yield _finding(element, "unsupported-element", message)
    elif kind in _INTERRUPTS and _goes_on(element):
        message = f"a {kind.value} event always interrupts: what it is about cannot go on"
        yield _finding(element, "unsupported-element", message)
    else:
        yield from _said(element, definition, kind, references)


def _said(
    element: Any, definition: Any, kind: EventKind, references: References
) -> Iterator[Finding]:
    """Whether an event says all that its kind needs."""
    if kind is EventKind.TIMER:
        yield from _timer(element, definition)
    elif kind.value in DEFINED:
        yield from _reference(element, definition, kind, references)
    elif kind is EventKind.CONDITIONAL and text_of(definition, "condition") is None:
        yield _finding(element, "missing-condition", "a conditional event needs its condition")
    elif kind is EventKind.COMPENSATION:
        yield from _compensation(element, definition)
    elif kind is EventKind.CANCEL:
        yield from _cancel(element)


def _goes_on(element: Any) -> bool:
    said = element.get("cancelActivity") or element.get("isInterrupting") or "true"
    return said.strip() not in TRUE


def _timer(element: Any, definition: Any) -> Iterator[Finding]:
    texts = [text_of(definition, kind.value) for kind in TimerKind]
    if sum(text is not None for text in texts) != 1:
        message = "a timer event needs one timeDuration, timeDate or timeCycle"
        yield _finding(element, "missing-timer", message)


def _reference(
    element: Any, holder: Any, kind: EventKind, references: References
) -> Iterator[Finding]:
    reference = holder.get(f"{kind.value}Ref")
    catches = NODES[element.tag] in {NodeType.BOUNDARY_EVENT, NodeType.START_EVENT}
    if not reference:
        if not (catches and kind in _CATCHES_ALL):
            message = f"which {kind.value}? {kind.value}Ref names one that the file defines"
            yield _finding(element, "missing-reference", message)
    elif references.find(kind.value, reference) is None:
        message = f"{kind.value}Ref {reference!r} is no {kind.value} of this file"
        yield _finding(element, "dangling-reference", message)


def _link(element: Any, place: str, definition: Any) -> Iterator[Finding]:
    if place not in _LINKED:
        message = "a link leads from an intermediate throw event to an intermediate catch event"
        yield _finding(element, "unsupported-element", message)
        return
    name, scope = link_name(element, definition), element.getparent()
    catching = [
        event
        for event in scope.findall(q("intermediateCatchEvent"))
        if any(link_name(event, link) == name for link in event.findall(LINK))
    ]
    if not name or len(catching) != 1:
        message = f"{len(catching)} catching ends of link {name!r} in this scope; one is needed"
        yield _finding(element, "broken-link", message)
    out, into = scope_flows(element, "sourceRef"), scope_flows(element, "targetRef")
    if (place == "intermediateThrowEvent" and out) or (element in catching and into):
        yield _finding(element, "broken-link", "the link takes the place of this sequence flow")


def scope_flows(element: Any, end: str) -> list[Any]:
    """Return the sequence flows that have an element at one end."""
    flows = element.getparent().findall(q("sequenceFlow"))
    return [flow for flow in flows if flow.get(end) == element.get("id")]


def _has_flows(element: Any) -> bool:
    return bool(scope_flows(element, "sourceRef") or scope_flows(element, "targetRef"))


def _compensation(element: Any, definition: Any) -> Iterator[Finding]:
    scope = element.getparent()
    if element.tag == q("startEvent"):
        if scope.getparent().tag == q("process"):
            message = "a subprocess is undone by an event subprocess in it; a process is not undone"
            yield _finding(element, "unsupported-element", message)
        return
    if element.tag != q("boundaryEvent"):
        reference = definition.get("activityRef")
        ids = {child.get("id") for child in scope if NODES.get(child.tag) in ACTIVITIES}
        outer = scope.getparent() if scope.get("triggeredByEvent") in TRUE else scope
        ids |= {child.get("id") for child in outer if NODES.get(child.tag) in ACTIVITIES}
        if reference is not None and reference not in ids:
            message = f"activityRef {reference!r} is no activity of this scope"
            yield _finding(element, "dangling-reference", message)
        return
    targets = [target for source, target in associations(scope) if source == element.get("id")]
    handlers = [c for c in scope if c.get("id") in targets and NODES.get(c.tag) in ACTIVITIES]
    if len(handlers) != 1:
        message = "an association leads from here to the one activity that undoes"
        yield _finding(element, "missing-handler", message)
    for node in [element, *handlers]:
        if _has_flows(node):
            yield _finding(node, "flow-of-compensation", _UNDOING)


def _cancel(element: Any) -> Iterator[Finding]:
    scope = element.getparent()
    if element.tag == q("boundaryEvent"):
        hosts = [c for c in scope if c.get("id") == element.get("attachedToRef")]
        is_transaction = bool(hosts) and hosts[0].tag == q("transaction")
    else:
        is_transaction = scope.tag == q("transaction")
    if not is_transaction:
        yield _finding(element, "bad-attachment", "only a transaction is cancelled")


def _attachment(element: Any) -> Iterator[Finding]:
    target = element.get("attachedToRef")
    nodes = (child for child in element.getparent() if child.tag in NODES or child.tag in REFUSED)
    hosts = [node for node in nodes if target and node.get("id") == target]
    if not hosts:
        message = f"a boundary event is attached to an activity; there is no {target!r}"
        yield _finding(element, "dangling-reference", message)
    elif NODES.get(hosts[0].tag, NodeType.TASK) not in ACTIVITIES:
        name = etree.QName(hosts[0]).localname
        message = f"a boundary event sits on an activity, not on <{name}>"
        yield _finding(element, "bad-attachment", message)
    elif hosts[0].get("triggeredByEvent") in TRUE:
        message = "a boundary event sits on an activity, not on an event subprocess"
        yield _finding(element, "bad-attachment", message)


def _event_subprocess(element: Any) -> Iterator[Finding]:
    starts = element.findall(q("startEvent"))
    if len(starts) != 1:
        message = f"an event subprocess has one start event, not {len(starts)}"
        yield _finding(element, "bad-event-subprocess", message)
    if any(element.find(tag) is not None for tag in LOOPS):
        message = "an event subprocess is started by its event, as often as it comes: no loop"
        yield _finding(element, "bad-event-subprocess", message)
    if _has_flows(element):
        message = "no flow enters or leaves an event subprocess: its start event starts it"
        yield _finding(element, "bad-event-subprocess", message)
