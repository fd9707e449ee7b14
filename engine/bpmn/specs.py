"""What a node does with a token: the base of our task specs on SpiffWorkflow's.

The life of a token at a node, as SpiffWorkflow calls it: ``_update`` (the token arrived: wait
or be ready), ``_run_hook`` (the node does its work), ``_on_complete`` (the token goes on) or
``_on_cancel`` (it was withdrawn). Prediction of future tasks is switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from engine.bpmn.terms import Mappings
from engine.bpmn.token import NOTHING, Done

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.bpmn.merge import Values
    from engine.bpmn.token import Token
    from engine.domain.process_graph import FlowNode

# A way out of a node: id of the sequence flow and the spec of the node it leads to.
Way: TypeAlias = "tuple[str, Step]"


class Step(BpmnSpecMixin):  # type: ignore[misc] # untyped base
    """A node that hands every token on at once."""

    is_recorded = False  # activities and events are, gateways are not
    waits_for: str | None = None  # outside: a task, timer, subscription, job, call or condition
    watches = False  # waits for a condition over the data
    is_token = True  # boundary events wait beside the token of their activity
    is_boundary = False  # waits at the border of an activity
    is_listener = False  # waits in a scope without keeping it open

    boundary: frozenset[Step] = frozenset()  # events that wait beside its token
    catchers: tuple[Step, ...] = ()  # events at its border that catch what is thrown inside
    listeners: tuple[Step, ...] = ()  # scopes: what starts event subprocesses
    handlers: tuple[Step, ...] = ()  # scopes: event subprocesses that do
    is_loop = False
    is_event_sub_process = False
    takes_over = False  # event subprocesses: interrupts the scope around it

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, name)
        self.bpmn_id: str = node.id
        self.ways: tuple[Way, ...] = ()

    def _predict(self, my_task: Token, *_: object, **__: object) -> None:
        """Nothing: only tokens that exist are in the tree."""

    def _update(self, my_task: Token) -> None:
        if self.is_recorded:
            my_task.workflow.journal.scheduled(self.bpmn_id, my_task.name, self.told(my_task))
        self.arrive(my_task)

    def told(self, token: Token) -> Mapping[str, object]:
        """Return what history is told about a token that arrived."""
        return NOTHING

    def arrive(self, token: Token) -> None:
        """Decide whether a token that arrived waits; by default it goes on."""
        token.ready()

    def _on_ready(self, my_task: Token) -> None:
        if not self.manual:
            my_task.workflow.ready_queue.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete(self, my_task: Token) -> None:
        if self.is_recorded:
            my_task.workflow.journal.completed(self.bpmn_id, my_task.name, my_task.detail)
        self.leave(my_task)

    def leave(self, token: Token) -> None:
        """Send a token on that is done here."""
        token.workflow.move(token, self.chosen(token))

    def chosen(self, token: Token) -> Sequence[Way]:
        """Return the ways a token takes: all, unless a gateway decides."""
        return self.ways

    def _on_cancel(self, my_task: Token) -> None:
        if self.is_recorded:
            my_task.workflow.journal.cancelled(self.bpmn_id, my_task.name)


class PassedStep(Step):
    """A start event or none throw event: recorded, and done at once."""

    is_recorded = True


class Activity(Step):
    """An activity: has local values, events at its border, and can be undone."""

    is_recorded = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        self.hand_in = Mappings(node.id, node.inputs)
        self.hand_out = Mappings(node.id, node.outputs)
        self.local_names: frozenset[str] = self.hand_in.names
        self.loop_names: frozenset[str] = frozenset()  # of them, those that a loop gives
        self.undo: Step | None = None  # the activity that compensates it
        self.collect: Callable[[Token], None] | None = None  # instances of a loop: their result

    def arrive(self, token: Token) -> None:
        """Give the token its local values and begin."""
        if self.hand_in:
            given = self.hand_in.results(token.data, token)
            token.outer = token.data if token.outer is None else token.outer
            token.data = {**token.data, **given}
        elif self.hand_out and token.outer is None:
            token.outer = token.data
        self.begin(token)

    def told(self, token: Token) -> Mapping[str, object]:
        """Return which instance of a loop it is."""
        number = token.internal_data.get("number")
        return NOTHING if number is None else {"loopCounter": number}

    def begin(self, token: Token) -> None:
        """Wait, or do the work at once."""
        token.ready()

    def leave(self, token: Token) -> None:
        """Withdraw the events at the border, take local values away, and go on."""
        inside = self.go_out(token)
        self.remember(token, inside)
        super().leave(token)

    def go_on(self, token: Token) -> None:
        """Leave without having been done."""
        self.go_out(token)
        super().leave(token)

    def go_out(self, token: Token) -> Values:
        """Close the border and take local values away; return the data as they were inside."""
        withdraw_beside(token, self.boundary)
        left = token.data if token.outer is None else self.left(token, token.outer)
        if self.collect is not None:
            self.collect(token)
        inside, token.data, token.outer = token.data, left, None
        return inside

    def left(self, token: Token, outer: Values) -> Values:
        """Return the data that a token with local values leaves with."""
        if not self.hand_out:
            return without(self.local_names, token.data, outer)
        got = self.hand_out.results(token.data, token, onto=outer)
        token.data = {**token.data, **got}  # for who collects the results of a loop
        return without(self.loop_names, {**outer, **got}, outer)

    def outside(self, token: Token, inside: Values) -> Values:
        """Return the data of an activity that is not done yet, as others see them."""
        assert token.outer is not None
        return token.outer if self.hand_out else without(self.local_names, inside, token.outer)

    def remember(self, token: Token, inside: Values) -> None:
        """Keep what compensation needs, in the scope the activity is in."""
        if self.undo is None and token.done is None:
            return
        scope = token.workflow.scope_of(token)
        if scope.done is None:
            scope.done = []
        seen = inside if inside is token.data else {**inside, **token.data}
        scope.done.append(Done(token.id, self.name, seen, token.done or []))
        token.done = None


class PassedTask(Activity):
    """A plain task: recorded, and done at once."""


def without(hidden: frozenset[str], inside: Values, outer: Values) -> Values:
    """Return data in which local values are again what they are outside."""
    left = {key: value for key, value in inside.items() if key not in hidden}
    for key in hidden:
        if key in outer:
            left[key] = outer[key]
    return left


def withdraw_beside(token: Token, specs: frozenset[Step]) -> None:
    """Withdraw the tokens at these nodes that came from the same fork.

    An activity and the events at its boundary always hang under the fork that armed them:
    the fork stays as long as one of its events waits.
    """
    if not specs:
        return
    workflow = token.workflow
    for other in workflow.branches(workflow.fork_of(token)):
        if other is not token and other.task_spec in specs:
            workflow.withdraw(other)


class BoundarySplit(Step):
    """Stands before an activity with boundary events and arms them beside it."""
