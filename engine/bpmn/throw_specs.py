"""Events that throw, on their way or at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.catching import throw
from engine.bpmn.delta import Thrown
from engine.bpmn.specs import Step
from engine.bpmn.terms import Label, Mappings, Term, as_text
from engine.domain.process_graph import EventKind

if TYPE_CHECKING:
    from engine.bpmn.token import Token
    from engine.domain.process_graph import EventDefinition, FlowNode


class EndEvent(Step):
    """A none end event: consumes its token."""

    is_recorded = True

    def leave(self, token: Token) -> None:
        """Consume the token."""
        token.workflow.end(token)


class TerminateEndEvent(EndEvent):
    """A terminate end event: consumes every token of its scope."""

    def leave(self, token: Token) -> None:
        """Withdraw all tokens of the scope and end it; what they wrote is kept."""
        workflow = token.workflow
        scope = workflow.scope_of(token)
        data = workflow.inside(scope)
        workflow.empty(scope)
        scope.task_spec.finish(scope, data)


class Throw:
    """What a throwing event throws."""

    def __init__(self, node: FlowNode, event: EventDefinition) -> None:
        self._element_id, self._kind = node.id, event.kind
        text = event.name or node.id
        self._name = Label(node.id, f"name of the {event.kind}", text)
        self._code = Label(node.id, "code", event.code) if event.code else None
        self._message = Label(node.id, "message", event.message) if event.message else None
        key = event.correlation_key
        self._key = Term(node.id, "correlation key", key) if key else None
        self._payload = Mappings(node.id, node.inputs)

    def send(self, token: Token) -> None:
        """Let a message or signal leave the case."""
        key = None if self._key is None else as_text(self._key.value(token.data, token))
        thrown = Thrown(
            token=token.name,
            element_id=self._element_id,
            kind=self._kind,
            name=self._name.text(token),
            key=key,
            values=self._payload.results(token.data, token),
        )
        token.workflow.journal.thrown.append(thrown)

    def throw(self, token: Token) -> bool:
        """Throw, and return whether the token is still there."""
        if self._kind in {EventKind.MESSAGE, EventKind.SIGNAL}:
            self.send(token)
            return True
        code = None if self._code is None else self._code.text(token)
        message = None if self._message is None else self._message.text(token)
        received = self._payload.results(token.data, token)
        throw(token, self._kind, code, received, message=message)
        return token.workflow.tasks.get(token.id) is token


class ThrowEvent(Step):
    """An intermediate event that throws."""

    is_recorded = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        assert node.event is not None
        self._throw = Throw(node, node.event)

    def leave(self, token: Token) -> None:
        """Throw and leave, unless what was thrown ended the scope."""
        if self._throw.throw(token):
            super().leave(token)


class ThrowEndEvent(ThrowEvent, EndEvent):
    """An end event that throws, and consumes its token."""
