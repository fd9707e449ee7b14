"""Every expression of a node, with the words for where it stands: lint compiles them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.dialects import is_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.domain.process_graph import FlowNode

_LITERALS = ("assignee", "candidate_users", "candidate_groups", "excluded_users", "due",
             "follow_up", "priority")  # fmt: skip


def expressions_of(node: FlowNode) -> Iterator[tuple[str, str]]:
    """Return the texts of a node that must compile; timers are for ``Timing``."""
    yield from _of_event(node)
    yield from _of_loop(node)
    for mapping in (*node.inputs, *node.outputs):
        yield f"mapping to {mapping.target!r}", mapping.source
    yield from _of_call(node)
    for name in _LITERALS if node.assignment is not None else ():
        text = getattr(node.assignment, name)
        if text is not None and is_expression(text):
            yield name.replace("_", " "), text


def _of_call(node: FlowNode) -> Iterator[tuple[str, str]]:
    if node.called is not None:
        for what, text in (("process", node.called.key), ("key", node.called.business_key)):
            if text is not None and is_expression(text):
                yield f"called {what}", text


def _of_event(node: FlowNode) -> Iterator[tuple[str, str]]:
    event = node.event
    if event is None:
        return
    if event.condition is not None:
        yield "condition", event.condition
    if event.correlation_key is not None:
        yield "correlation key", event.correlation_key
    for what, text in (
        ("name", event.name),
        ("code", event.code),
        ("message", event.message),
    ):
        if text is not None and is_expression(text):
            yield f"{what} of the {event.kind}", text


def _of_loop(node: FlowNode) -> Iterator[tuple[str, str]]:
    loop = node.loop
    if loop is None:
        return
    for what, text in (
        ("cardinality", loop.cardinality),
        ("collection", loop.collection),
        ("output element", loop.output_item),
        ("completion condition", loop.completion),
        ("loop condition", loop.condition),
    ):
        if text is not None:
            yield what, text
