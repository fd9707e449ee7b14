"""Activities that somebody does: people, workers, decisions, cases of other processes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from engine.bpmn.delta import JobKind, OpenedCall, OpenedJob, OpenedTask
from engine.bpmn.specs import Activity
from engine.bpmn.terms import Label, Term
from engine.bpmn.throw_specs import Throw
from engine.bpmn.values import ensure_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.bpmn.merge import Values
    from engine.bpmn.token import Token
    from engine.domain.process_graph import CalledProcess, FlowNode


class Asking(Activity):
    """An activity that waits for somebody outside."""

    asks: type[OpenedTask | OpenedJob | OpenedCall]

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.journal.answered(my_task.name)
        super()._on_complete(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        my_task.workflow.journal.closed(self.asks, my_task.name)


class OfferedTask(Asking):
    """A user or manual task: waits for a person."""

    waits_for = "task"
    asks = OpenedTask

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        self.manual = True

    def begin(self, token: Token) -> None:
        """Offer the task."""
        token.ready()
        token.workflow.journal.opened(OpenedTask(token.name, self.bpmn_id, token.data))


class JobTask(Asking):
    """A service, script or send task, or a throwing event, that a worker does."""

    waits_for = "job"
    asks = OpenedJob

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str, kind: JobKind) -> None:
        super().__init__(process_spec, node, name=name)
        self._kind = kind

    def begin(self, token: Token) -> None:
        """Open the job with the values handed over, or with all if nothing says which."""
        names = self.hand_in.names
        values = {name: token.data[name] for name in names} if names else token.data
        token.wait()
        token.workflow.journal.opened(OpenedJob(token.name, self.bpmn_id, self._kind, values))

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.journal.closed(OpenedJob, my_task.name)  # its row goes, as if withdrawn
        super()._on_complete(my_task)


class SendTask(Activity):
    """A send task without a connector: throws its message and goes on."""

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        assert node.event is not None
        self._throw = Throw(node, node.event)

    def leave(self, token: Token) -> None:
        """Send the message."""
        self._throw.send(token)
        super().leave(token)


class ComputedTask(Activity):
    """A script task that is one expression: its result gets a name."""

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        assert node.script is not None
        self._term = Term(node.id, "script", node.script.text)
        self._result = node.script.result

    def _run_hook(self, my_task: Token) -> bool:
        if self._result is not None:
            got = {self._result: self._term.value(my_task.data, my_task)}
            my_task.data = {**my_task.data, **ensure_json(got, element_id=self.bpmn_id)}
        return True


class Decide(Protocol):
    """Asks a decision: the value, and what is to be remembered of how it came about."""

    def __call__(
        self, decision_id: str, values: Values, *, element_id: str, at: datetime
    ) -> tuple[object, Mapping[str, object]]:
        """Return the result and how it came about, or raise ExecutionFailed."""
        ...


class DecisionTask(Activity):
    """A business rule task that asks a decision."""

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str, decide: Decide) -> None:
        super().__init__(process_spec, node, name=name)
        assert node.decision is not None
        self._id, self._result = node.decision.id, node.decision.result
        self._decide = decide

    def _run_hook(self, my_task: Token) -> bool:
        value, how = self._decide(
            self._id, my_task.data, element_id=self.bpmn_id, at=my_task.workflow.at
        )
        if self._result is not None:
            got: Mapping[str, object] = {self._result: value}
        else:
            got = value if isinstance(value, dict) else {self._id: value}
        my_task.data = {**my_task.data, **ensure_json(got, element_id=self.bpmn_id)}
        my_task.detail = how
        return True


class CallActivity(Asking):
    """A call activity: waits for a case of another process."""

    waits_for = "call"
    asks = OpenedCall

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        assert node.called is not None
        self._called: CalledProcess = node.called
        self._key = Label(node.id, "called process", node.called.key)
        key = node.called.business_key
        self._business_key = Label(node.id, "business key", key) if key else None

    def begin(self, token: Token) -> None:
        """Ask for the case."""
        names = self.hand_in.names
        given = {name: token.data[name] for name in names}
        business_key = self._business_key
        call = OpenedCall(
            token=token.name,
            element_id=self.bpmn_id,
            called=replace(self._called, key=self._key.text(token)),
            business_key=business_key.text(token) if business_key is not None else None,
            values=token.data if self._called.passes_all else given,
        )
        token.wait()
        token.workflow.journal.opened(call)

    def take(self, token: Token, values: Mapping[str, object]) -> None:
        """Take over the values of the case that is done."""
        if self._called.returns_all or self.hand_out:
            token.data = {**token.data, **values}
        if self._called.returns_all and token.outer is not None:
            token.outer = {**token.outer, **values}
