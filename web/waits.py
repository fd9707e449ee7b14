"""What a case waits for beside tasks and timers, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind, NodeType
from engine.errors import NotAllowed
from web.context import services, signed_in_user
from web.presenters import words
from web.texts import gettext as _

if TYPE_CHECKING:
    from engine.domain.consequences import Standing
    from engine.domain.instance import ProcessInstance
    from engine.domain.process_graph import FlowNode, ProcessGraph
    from web.case_context import CaseContext

SHOWN_ELSEWHERE = frozenset({"task", "timer"})


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing a case waits for: where, and what it is."""

    icon: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A case that called this one or was called by it."""

    case: ProcessInstance
    process: str


def waits(case: CaseContext) -> list[Wait]:
    """Return messages, signals, conditions, services, called cases and decisions it waits for."""
    found = services().engine.standing(case.instance.id, by=signed_in_user().id)
    stuck = {problem.incident.token for problem in case.problems}
    return [
        _wait(one, case.graph, is_stuck=one.token in stuck)
        for one in found
        if one.kind not in SHOWN_ELSEWHERE
    ]


def caller(case: ProcessInstance) -> Relative | None:
    """Return the case whose call activity started this one, if the person may see it."""
    if case.parent_id is None:
        return None
    try:
        found = services().engine.instance(case.parent_id, by=signed_in_user().id)
    except NotAllowed:
        return None
    return Relative(found, words().process(found.process_key))


def called(case: ProcessInstance) -> list[Relative]:
    """Return the cases that this one started, oldest first."""
    found = services().engine.called_instances(case.id, by=signed_in_user().id)
    return [Relative(one, words().process(one.process_key)) for one in found]


def _wait(one: Standing, graph: ProcessGraph, *, is_stuck: bool) -> Wait:
    node = graph.nodes.get(one.element_id)
    name = words().element(graph, one.element_id)
    if is_stuck:
        return Wait("problem", name, _("until somebody decides about the problem"))
    if one.kind == "subscription":
        return Wait("message", name, _subscription(node))
    if one.kind == "call":
        return Wait("next", name, _("until the case that it called comes back"))
    if one.kind == "condition":
        return Wait("clock", name, _("until its condition holds"))
    if one.kind == "job":
        return Wait("gear", name, _("is being done by itself"))
    return Wait("waiting", name, _("until the other branches arrive"))


def _subscription(node: FlowNode | None) -> str:
    event = node.event if node is not None else None
    name = words().label(event.name or "") if event is not None else ""
    is_beside = node is not None and node.type is NodeType.BOUNDARY_EVENT
    if event is not None and event.kind is EventKind.SIGNAL:
        if is_beside:
            return _("or until the signal “%(name)s” comes", name=name)
        return _("until the signal “%(name)s” comes", name=name)
    if is_beside:
        return _("or until the message “%(name)s” comes", name=name)
    return _("until the message “%(name)s” comes", name=name)
