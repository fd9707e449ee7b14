"""Who catches an error or escalation: the innermost activity around it, or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.delta import Uncaught
from engine.domain.process_graph import EventKind
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.bpmn.specs import Step
    from engine.bpmn.token import Token


MESSAGE = "error_message"  # the value under which a service says what went wrong


def throw(
    token: Token,
    kind: EventKind,
    code: str | None,
    received: Mapping[str, object],
    *,
    message: str | None = None,
) -> None:
    """Let an error or escalation out of a token: up from it until something catches it.

    First the border of the token's own activity, then the event subprocesses of the scope it is
    in, then the border of that scope, and so on (BPMN 2.0, clause 10.5.6 and 13.5).
    """
    workflow = token.workflow
    node, came_through = token, token
    while True:
        found = _match(node.task_spec.catchers, kind, code)
        if found is not None:
            found.catch(node, received, _named(found, code, message, received))
            return
        if node is workflow.task_tree:
            break
        node = workflow.scope_of(node)
        if not _has_taken_over(node, came_through):
            found = _match(node.task_spec.handlers, kind, code)
            if found is not None:
                found.handle(node, received, _named(found, code, message, received))
                return
        came_through = node
    _nobody(token, kind, code, received)


def _named(
    catcher: Step, code: str | None, message: str | None, received: Mapping[str, object]
) -> dict[str, object]:
    """Return code and message under the names that the catching event gives them."""
    told = received.get(MESSAGE) if message is None else message
    named = ((catcher.event.code_name, code), (catcher.event.message_name, told))
    return {name: text for name, text in named if name is not None}


def cancel(transaction: Token) -> None:
    """Leave a transaction by the cancel event at its border."""
    workflow, node = transaction.workflow, transaction
    while node is not workflow.task_tree:
        found = _match(node.task_spec.catchers, EventKind.CANCEL, None)
        if found is not None:
            found.catch(node, {}, {})
            return
        node = workflow.scope_of(node)
    reason = "the transaction is cancelled, but no cancel event stands at its border"
    raise ExecutionFailed(transaction.task_spec.bpmn_id, reason)


def _match(catchers: Sequence[Step], kind: EventKind, code: str | None) -> Step | None:
    """Return the catcher of this very code, else the one of every code."""
    alike = [one for one in catchers if one.kind is kind and one.code in {code, None}]
    return next((one for one in alike if one.code is not None), next(iter(alike), None))


def _has_taken_over(scope: Token, inner: Token) -> bool:
    """Return whether an event subprocess that interrupted this scope lets something out."""
    return inner.task_spec.takes_over and inner.workflow.scope_of(inner) is scope


def _nobody(
    token: Token, kind: EventKind, code: str | None, received: Mapping[str, object]
) -> None:
    workflow = token.workflow
    workflow.journal.uncaught.append(Uncaught(token.task_spec.bpmn_id, kind, code, received))
    if kind is EventKind.ERROR:
        root = workflow.task_tree
        workflow.data = workflow.inside(root)
        workflow.empty(root)
