"""Activities done several times for one token: multi-instance and standard loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.merge import three_way
from engine.bpmn.specs import Step, withdraw_beside
from engine.bpmn.terms import Term
from engine.domain.process_graph import LoopKind
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.merge import Values
    from engine.bpmn.specs import Activity
    from engine.bpmn.token import Token
    from engine.domain.process_graph import FlowNode, Loop

COUNTER = "loopCounter"
MOST_INSTANCES = 20_000


class LoopBody(Step):
    """Stands around an activity: a scope whose tokens are the activity's instances.

    ``data`` of its token are what the instances begin with, ``outer`` collects what those wrote
    that are done.
    """

    is_loop = True
    local_names: frozenset[str] = frozenset()

    def __init__(
        self, process_spec: Any, node: FlowNode, loop: Loop, *, name: str, instance: Activity
    ) -> None:
        super().__init__(process_spec, node, name=name)
        self.loop, self.instance = loop, instance
        self.is_parallel = loop.kind is LoopKind.PARALLEL
        self._cardinality = _term(node, "cardinality", loop.cardinality)
        self._collection = _term(node, "collection", loop.collection)
        self._output = _term(node, "output item", loop.output_item)
        self._completion = _term(node, "completion condition", loop.completion)
        self._condition = _term(node, "loop condition", loop.condition)
        names = {COUNTER, loop.item, self._output_name()} - {None}
        instance.loop_names = frozenset(name for name in names if name is not None)
        instance.local_names |= instance.loop_names

    def _output_name(self) -> str | None:
        """Return the name of an output item that is a value and no longer expression."""
        item = self.loop.output_item
        is_kept = self.loop.output_collection is not None and item is not None
        return item if is_kept and item is not None and item.isidentifier() else None

    # -- begin ----------------------------------------------------------------------------

    def _run_hook(self, my_task: Token) -> bool | None:
        items, total = self._plan(my_task)
        if total == 0:
            my_task.outer = self._with_results(my_task.data, [])
            return True
        my_task.state = TaskState.STARTED
        my_task.outer = my_task.data
        my_task.internal_data = {"total": total, "next": 1, "done": 0, "items": items}
        for _ in range(total if self.is_parallel and total is not None else 1):
            self._begin_one(my_task)
        if self.is_parallel:  # every instance has its item
            my_task.internal_data = {**my_task.internal_data, "items": None}
        return None

    def _plan(self, token: Token) -> tuple[list[object] | None, int | None]:
        """Return the items, and the number of instances; None if a condition decides."""
        if self.loop.kind is LoopKind.STANDARD:
            goes = self._condition is None or not self.loop.tests_before
            first = {**token.data, COUNTER: 0}
            return None, self.loop.most if goes or self._holds(first, token) else 0
        if self._collection is not None:
            items = self._collection.value(token.data, token)
            if not isinstance(items, list):
                raise ExecutionFailed(self.bpmn_id, "the collection of the loop is no list")
            return items, self._bounded(len(items))
        if self._cardinality is None:
            raise ExecutionFailed(self.bpmn_id, "the loop has neither cardinality nor collection")
        number = self._cardinality.value(token.data, token)
        if isinstance(number, bool) or not isinstance(number, int | float) or number % 1:
            raise ExecutionFailed(self.bpmn_id, "the cardinality of the loop is no whole number")
        return None, self._bounded(int(number))

    def _bounded(self, number: int) -> int:
        if 0 <= number <= MOST_INSTANCES:
            return number
        reason = f"{number} instances; 0 to {MOST_INSTANCES} are allowed"
        raise ExecutionFailed(self.bpmn_id, reason)

    def _begin_one(self, body: Token) -> None:
        workflow, state = body.workflow, body.internal_data
        number = state["next"]
        body.internal_data = {**state, "next": number + 1}
        local: dict[str, object] = {COUNTER: number - 1 + self.loop.counts_from}
        if self.loop.item is not None and state["items"] is not None:
            local[self.loop.item] = state["items"][number - 1]
        name = self._output_name()
        if name is not None and name != self.loop.item:
            local[name] = None
        token = workflow.spawn(self.instance, body, {**body.data, **local})
        token.outer = body.data
        token.internal_data = {"number": number}
        self.instance._update(token)  # noqa: SLF001 -- how SpiffWorkflow delivers

    # -- an instance is done --------------------------------------------------------------

    def token_ended(self, scope: Token, token: Token) -> None:
        """Collect what an instance wrote; begin the next, or leave after the last."""
        workflow = scope.workflow
        written = workflow.given(token, token.data)
        assert scope.outer is not None
        scope.outer = three_way(scope.data, [scope.outer, written])
        workflow.detach(token)
        self.instance_gone(scope)

    def instance_gone(self, scope: Token) -> None:
        """Begin the next instance, or leave after the last."""
        state = dict(scope.internal_data)
        state["done"] += 1
        scope.internal_data = state
        if self._is_over(scope):
            self._finish(scope)
        elif not self.is_parallel:
            assert scope.outer is not None
            scope.data = scope.outer
            self._begin_one(scope)

    def _is_over(self, scope: Token) -> bool:
        state = scope.internal_data
        if state["done"] == state["total"]:
            return True
        assert scope.outer is not None
        if self.loop.kind is LoopKind.STANDARD:
            seen = {**scope.outer, COUNTER: state["done"]}
            return self._condition is not None and not self._holds(seen, scope)
        if self._completion is None:
            return False
        return self._completion.is_true({**scope.outer, **_counts(scope)}, scope)

    def _holds(self, values: Values, token: Token) -> bool:
        assert self._condition is not None
        return self._condition.is_true(values, token)

    def _finish(self, scope: Token) -> None:
        workflow = scope.workflow
        workflow.empty(scope)
        assert scope.outer is not None
        kept = scope.internal_data.get("results", {})
        scope.outer = self._with_results(scope.outer, [kept[n] for n in sorted(kept, key=int)])
        scope.complete()

    def _with_results(self, data: Values, results: list[object]) -> Values:
        name = self.loop.output_collection
        return data if name is None else {**data, name: results}

    def collect(self, token: Token) -> None:
        """Keep the result of an instance that is done; its local values are still there."""
        if self._output is None or self.loop.output_collection is None:
            return
        body = token.workflow.fork_of(token)
        state = body.internal_data
        number = str(token.internal_data["number"])
        results = state.get("results", {})
        results[number] = self._output.value(token.data, token)
        body.internal_data = {**state, "results": results}

    def leave(self, token: Token) -> None:
        """Go on with what the instances wrote."""
        withdraw_beside(token, self.boundary)
        assert token.outer is not None
        token.data, token.outer = token.outer, None
        if token.done:  # only an activity whose instances are all done can be undone
            scope = token.workflow.scope_of(token)
            scope.done, token.done = [*(scope.done or []), *token.done], None
        super().leave(token)

    def outside(self, token: Token, inside: Values) -> Values:
        """Return what the instances wrote so far, done or not."""
        assert token.outer is not None
        return three_way(token.data, [token.outer, inside])


def _term(node: FlowNode, what: str, text: str | None) -> Term | None:
    return None if text is None else Term(node.id, f"{what} of the loop", text)


def _counts(body: Token) -> Mapping[str, object]:
    """Return the numbers a completion condition may use, by Camunda's names."""
    state = body.internal_data
    active = state["next"] - 1 - state["done"]
    return {
        "nrOfInstances": state["total"],
        "nrOfCompletedInstances": state["done"],
        "nrOfActiveInstances": active,
        "numberOfInstances": state["total"],
        "numberOfCompletedInstances": state["done"],
        "numberOfActiveInstances": active,
        "numberOfTerminatedInstances": 0,
    }
