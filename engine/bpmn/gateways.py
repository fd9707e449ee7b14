"""What gateways do with tokens. The order of the file decides, never the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.specs import Step, Way
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.bpmn.runtime import ProcessWorkflow
    from engine.bpmn.terms import Term
    from engine.bpmn.token import Token
    from engine.domain.process_graph import FlowNode


class ParallelGateway(Step):
    """Waits for a token on every incoming flow, then sends one out on every outgoing flow."""

    def __init__(
        self, process_spec: Any, node: FlowNode, *, name: str, incoming: frozenset[str]
    ) -> None:
        super().__init__(process_spec, node, name=name)
        self.incoming = incoming

    def arrive(self, token: Token) -> None:
        """Wait, unless this token makes the set complete."""
        if len(self.incoming) <= 1 or token.via not in self.incoming:  # somebody put it here
            token.ready()
            return
        token.wait()
        workflow = token.workflow
        waiting = workflow.arrived.setdefault((workflow.scope_of(token).id, self.name), [])
        waiting.append(token)
        if self.incoming == {other.via for other in waiting}:
            self.meet(token.workflow, waiting)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        for waiting in my_task.workflow.arrived.values():
            if my_task in waiting:
                waiting.remove(my_task)

    def open_if_complete(self, workflow: ProcessWorkflow, waiting: list[Token]) -> bool:
        """Return whether the join went on although flows are without a token: never."""
        return False

    def meet(self, workflow: ProcessWorkflow, waiting: list[Token]) -> None:
        """Merge the first token of each flow; tokens behind them keep waiting."""
        first: dict[str, Token] = {}
        for token in waiting:
            first.setdefault(token.via, token)
        met = list(first.values())
        waiting[:] = [token for token in waiting if token not in met]
        workflow.join(met).ready()


class Decision:
    """The conditions of a gateway's outgoing flows."""

    def __init__(self, gateway: FlowNode, conditions: Mapping[str, Term]) -> None:
        self._gateway_id = gateway.id
        self._default = gateway.default_flow
        self._conditions = conditions

    def true_ways(self, token: Token, ways: Sequence[Way], *, only_first: bool) -> Sequence[Way]:
        """Return the ways whose condition is true, else the default, else raise."""
        if len(ways) == 1:
            return ways
        found: list[Way] = []
        for way in ways:
            if way[0] != self._default and self._is_true(way[0], token):
                found.append(way)
                if only_first:
                    break
        found = found or [way for way in ways if way[0] == self._default]
        if not found:
            reason = "no condition of an outgoing flow is true, and there is no default flow"
            raise ExecutionFailed(self._gateway_id, reason)
        return found

    def _is_true(self, flow: str, token: Token) -> bool:
        condition = self._conditions.get(flow)
        if condition is None:
            raise ExecutionFailed(self._gateway_id, f"flow {flow!r} has no condition")
        return condition.is_true(token.data, token)


class ExclusiveGateway(Step):
    """Passes each token on by the first outgoing flow whose condition is true."""

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str, decision: Decision) -> None:
        super().__init__(process_spec, node, name=name)
        self._decision = decision

    def chosen(self, token: Token) -> Sequence[Way]:
        """Return the one way a token takes."""
        return self._decision.true_ways(token, self.ways, only_first=True)


class InclusiveGateway(ParallelGateway):
    """Waits for every token that can still come, then uses every flow whose condition is true."""

    def __init__(
        self,
        process_spec: Any,
        node: FlowNode,
        *,
        name: str,
        upstream: Mapping[str, frozenset[str]],
        decision: Decision,
    ) -> None:
        super().__init__(process_spec, node, name=name, incoming=frozenset(upstream))
        self._upstream = upstream  # by incoming flow: the nodes from which it can be reached
        self._decision = decision

    def chosen(self, token: Token) -> Sequence[Way]:
        """Return the ways a token takes."""
        return self._decision.true_ways(token, self.ways, only_first=False)

    def open_if_complete(self, workflow: ProcessWorkflow, waiting: list[Token]) -> bool:
        """Go on if no token elsewhere can still come (BPMN 2.0, clause 13.4.3)."""
        full = {token.via for token in waiting}
        to_full = self._places_before(full)
        to_empty = self._places_before(self.incoming - full)
        elsewhere = {
            token.task_spec.bpmn_id
            for token in workflow.places(workflow.scope_of(waiting[0]))
            if token.task_spec.is_token and token not in waiting
        }
        if elsewhere & (to_empty - to_full):
            return False
        self.meet(workflow, waiting)
        return True

    def _places_before(self, flows: Iterable[str]) -> set[str]:
        return {place for flow in flows for place in self._upstream[flow]}


class EventGateway(Step):
    """Waits at all its events at once; the first that happens withdraws the others."""
