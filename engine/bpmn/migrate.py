"""Moving a running case to another version of its process.

Tokens stay what they are: their numbers, tasks, drafts, timers and subscriptions. Each must
find its element in the new version, under its own id or the one that the mapping gives, as an
element of the same kind in the same scope. Events at the border of open activities, and event
subprocesses, are armed if they are new and withdrawn if they are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn import codec
from engine.bpmn.runtime import ROOT
from engine.bpmn.specs import BoundarySplit, Step
from engine.bpmn.stepping import advanced
from engine.bpmn.token import NOTHING, Done
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from engine.bpmn.delta import Delta
    from engine.bpmn.program import Program
    from engine.bpmn.runtime import Calendars, ProcessWorkflow
    from engine.bpmn.token import Token

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # nothing moves in a dry run


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a case cannot move to a version: a token, its element, and what is wrong."""

    token: str
    element_id: str
    reason: str


def blockers(
    old: Program, new: Program, state: bytes, mapping: Mapping[str, str] = NOTHING
) -> list[Blocker]:
    """Return what keeps a case from moving to a version; changes nothing."""
    workflow = codec.load(state, old.spec, at=_EPOCH)
    return list(_Move(old, new, mapping).blockers(workflow))


def migrate(  # noqa: PLR0913 -- a command, what it brings, and its moment
    old: Program,
    new: Program,
    state: bytes,
    *,
    mapping: Mapping[str, str] = NOTHING,
    at: datetime,
    calendars: Calendars = NOTHING,
    facts: Mapping[str, object] = NOTHING,
) -> Delta:
    """Return the case in the new version, or raise ExecutionFailed with the first blocker.

    Tasks, timers and what else is open keep their tokens; their element is ``mapping.get(id,
    id)`` now. What the Delta opens and closes are events that the versions do not share.
    """
    move = _Move(old, new, mapping)
    workflow = codec.load(state, old.spec, at=at, calendars=calendars, facts=facts)
    for blocker in move.blockers(workflow):
        raise ExecutionFailed(blocker.element_id, blocker.reason)
    move.apply(workflow)
    return advanced(workflow)


class _Move:
    def __init__(self, old: Program, new: Program, mapping: Mapping[str, str]) -> None:
        self._old, self._new, self._mapping = old, new, mapping

    def _target(self, spec: Step) -> Step | None:
        """Return the step in the new version; its name is ":id" and perhaps more."""
        if spec.name == ROOT:
            root: Step = self._new.spec.task_specs[ROOT]
            return root
        _, element_id, *rest = spec.name.split(":")
        name = ":".join(["", self._mapping.get(element_id, element_id), *rest])
        found: Step | None = self._new.spec.task_specs.get(name)
        return found

    def blockers(self, workflow: ProcessWorkflow) -> Iterator[Blocker]:
        """Return what keeps this case from moving."""
        workflow.thaw_below(workflow.task_tree)
        for token in workflow.subtree(workflow.task_tree)[1:]:
            reason = self._why_not(token)
            if reason is not None:
                yield Blocker(token.name, token.task_spec.bpmn_id, reason)
            for one in self._lost(token.done or []):
                yield Blocker(token.name, one, "is done and could no longer be undone")
        for one in self._lost(workflow.task_tree.done or []):
            yield Blocker("0", one, "is done and could no longer be undone")

    def _lost(self, done: list[Done]) -> Iterator[str]:
        for one in done:
            step = self._old.spec.task_specs[one.step]
            target: Any = self._target(step)
            if type(target) is not type(step) or (step.undo is None) != (target.undo is None):
                yield step.bpmn_id
            yield from self._lost(one.inside)

    def _why_not(self, token: Token) -> str | None:
        spec = token.task_spec
        is_fork = bool(token.child_ids) and not token.is_scope
        if is_fork or _only_listens(spec):  # a fork is nowhere; events are armed anew
            return None
        target = self._target(spec)
        if target is None:
            return "the new version has no such element; map it to another"
        if not _are_alike(spec, target):
            return f"{target.bpmn_id!r} of the new version is of another kind"
        mine, theirs = self._scope_of(self._old, spec), self._scope_of(self._new, target)
        if (None if mine is None else self._mapping.get(mine, mine)) != theirs:
            return f"{target.bpmn_id!r} of the new version is in another subprocess"
        is_join = token.is_waiting() and spec.waits_for is None
        if is_join and token.via not in {f.id for f in self._new.graph.incoming(target.bpmn_id)}:
            return f"waits for others as the token of flow {token.via!r}, which is gone"
        return None

    def _scope_of(self, program: Program, spec: Step) -> str | None:
        return program.graph.nodes[spec.bpmn_id].parent

    # -- applying -------------------------------------------------------------------------

    def apply(self, workflow: ProcessWorkflow) -> None:
        """Give every token its step in the new version."""
        self._withdraw_lost_events(workflow)
        before = {token.id: token.task_spec for token in workflow.tasks.values()}
        for token in workflow.subtree(workflow.task_tree):
            is_fork = bool(token.child_ids) and not token.is_scope
            target = self._target(token.task_spec)
            if target is None and is_fork:
                target = self._new.spec.task_specs[ROOT]  # a fork keeps nothing but data
            assert target is not None
            token.task_spec = target
            if token.done:
                token.done = [self._renamed(one) for one in token.done]
        workflow.spec = self._new.spec
        workflow.arrived = {
            (scope_id, tokens[0].task_spec.name): tokens
            for (scope_id, _), tokens in workflow.arrived.items()
            if tokens
        }
        for number, spec in before.items():
            self._arm(workflow, workflow.tasks[number], spec)

    def _renamed(self, one: Done) -> Done:
        target = self._target(self._old.spec.task_specs[one.step])
        assert target is not None
        return Done(
            one.token, target.name, one.data, [self._renamed(other) for other in one.inside]
        )

    def _withdraw_lost_events(self, workflow: ProcessWorkflow) -> None:
        for token in list(workflow.tasks.values()):
            spec = token.task_spec
            if _only_listens(spec) and not token.child_ids:
                target = self._target(spec)
                if target is None or not _are_alike(spec, target):
                    workflow.withdraw(token)

    def _arm(self, workflow: ProcessWorkflow, token: Token, before: Step) -> None:
        """Let events wait that the old version did not have; what happened already is over."""
        spec = token.task_spec
        if token.is_scope:
            for listener in self._new_ones(before.listeners, spec.listeners):
                listener._update(workflow.spawn(listener, token, token.data))  # noqa: SLF001
        if token.is_scope or not token.child_ids:
            events = self._new_ones(before.boundary, spec.boundary)
            if events:
                _arm_border(workflow, token, events)

    def _new_ones(self, old: Collection[Step], new: Collection[Step]) -> list[Step]:
        targets = [(step, self._target(step)) for step in old]
        kept = {target for step, target in targets if target and _are_alike(step, target)}
        return sorted((step for step in new if step not in kept), key=lambda step: str(step.name))


def _arm_border(workflow: ProcessWorkflow, host: Token, events: list[Step]) -> None:
    fork = workflow.fork_of(host)
    is_split = isinstance(fork.task_spec, BoundarySplit) and not fork.is_scope
    split = fork if is_split else _split(workflow, host, fork)
    for event in events:
        event._update(workflow.spawn(event, split, split.data))  # noqa: SLF001


def _only_listens(spec: Step) -> bool:
    return spec.is_listener or spec.is_boundary


def _are_alike(spec: Step, target: Step) -> bool:
    return type(target) is type(spec) and target.waits_for == spec.waits_for


def _split(workflow: ProcessWorkflow, host: Token, fork: Token) -> Token:
    """Put a fork above an activity that had no events at its border."""
    name = f":{host.task_spec.bpmn_id}:split"
    split = workflow.spawn(workflow.spec.task_specs[name], fork, fork.data)
    split.state = TaskState.COMPLETED
    fork.child_ids.remove(split.id)
    fork.child_ids[fork.child_ids.index(host.id)] = split.id
    split.data = host.data if host.outer is None else host.outer
    split.base, host.base = host.base, None
    host.parent_id = split.id
    split.child_ids.append(host.id)
    return split
