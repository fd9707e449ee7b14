"""Calls: a case starts a case of another process, waits for it, and takes over what it gives.

An errand is work of a tree that is done within the command that caused it. It has the form of a
job, which it becomes if it fails: then an incident says why, and it can be retried.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.business_key import ensure_key, generated_key
from engine.domain.instance import DefinitionState, InstanceState
from engine.domain.job import Job, JobId, Work
from engine.domain.process_graph import Binding, EventKind
from engine.errors import ExecutionFailed, NotExecutable, NotFound
from engine.services import ending, routing
from engine.services.moves import Beginning, Cause, moving
from engine.store import business_keys, definitions, instances
from engine.store import calls as stored_calls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.bpmn.delta import Delta, OpenedCall, Uncaught
    from engine.domain.instance import ProcessDefinition, ProcessInstance
    from engine.domain.routing import Route
    from engine.services.moves import Tree
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance

Errand = Job

MOST_DEPTH = 20
FINISHED, FAILED, ESCALATED = "finished", "failed", "escalated"


def errands_after(
    tree: Tree, case: ProcessInstance, delta: Delta, waiting: deque[Errand]
) -> deque[Errand]:
    """Return what is to be done after a step: calls, and what a called case hands over."""
    withdrawn = set(delta.closed_calls)
    for token in delta.closed_calls:
        child = stored_calls.active_at(tree.tx, case.id, token)
        if child is not None:
            ending.withdraw(tree, child)
    kept = (e for e in waiting if not (e.instance_id == case.id and e.token in withdrawn))
    return deque([*kept, *(_call(case, opened, tree.at) for opened in delta.opened_calls),
                  *_returns(tree, case, delta)])  # fmt: skip


def run_errand(tree: Tree, errand: Errand) -> None:
    """Start a called case, or hand over to a caller."""
    assert errand.instance_id is not None
    caller = tree.case(errand.instance_id)
    if caller.instance.state is InstanceState.ACTIVE:
        if errand.work is Work.CALL:
            _start_called(tree, caller, errand)
        else:
            _hand_over(tree, caller, errand)


def called_again(tree: Tree, child: LockedInstance) -> Errand:
    """Return the errand that starts a cancelled case anew, with the values it had."""
    case = child.instance
    assert case.parent_id is not None
    assert child.parent_token is not None
    definition = tree.context.deployed.get(tree.tx, case.definition_id).definition
    payload = {
        "process": definition.key,
        "binding": Binding.VERSION.value,
        "version": definition.version,
        "business_key": None,
        "values": dict(case.values),
    }
    errand = _errand(case, Work.CALL, child.parent_token, payload, tree.at)
    return replace(errand, instance_id=case.parent_id)


def free_key(tx: Transaction, process_key: str, at: datetime) -> str:
    """Return the next business key of a process that no case has."""
    while True:
        number = business_keys.next_number(tx, process_key, at.year)
        key = generated_key(process_key, at.year, number)
        if not instances.is_taken(tx, process_key, key):
            return key


def _call(case: ProcessInstance, opened: OpenedCall, at: datetime) -> Errand:
    payload = {
        "process": opened.called.key,
        "binding": opened.called.binding.value,
        "version": opened.called.version,
        "business_key": opened.business_key,
        "values": dict(opened.values),
    }
    errand = _errand(case, Work.CALL, opened.token, payload, at)
    return replace(errand, element_id=opened.element_id)


def _returns(tree: Tree, case: ProcessInstance, delta: Delta) -> list[Errand]:
    """Return what a called case hands over to its caller: escalations, then its end or error."""
    if case.parent_id is None:
        return []
    child = tree.case(case.id)
    assert child.parent_token is not None
    told = [
        _handing(ESCALATED, one.values, one)
        for one in delta.uncaught
        if one.kind is EventKind.ESCALATION
    ]
    if delta.error is not None:
        told.append(_handing(FAILED, delta.error.values, delta.error))
    elif delta.is_completed:
        told.append(_handing(FINISHED, delta.values))
    errands = (_errand(case, Work.RETURN, child.parent_token, payload, tree.at) for payload in told)
    return [replace(errand, instance_id=case.parent_id) for errand in errands]


def _handing(
    how: str, values: Mapping[str, object], thrown: Uncaught | None = None
) -> dict[str, object]:
    return {"how": how, "values": dict(values), "code": thrown.code if thrown else None}


def _errand(
    case: ProcessInstance, work: Work, token: str, payload: Mapping[str, object], at: datetime
) -> Errand:
    return Job(JobId(0), work, token, "", at, instance_id=case.id, payload=payload)


def _start_called(tree: Tree, caller: LockedInstance, errand: Errand) -> None:
    if caller.depth >= MOST_DEPTH:
        raise ExecutionFailed(
            errand.element_id, f"cases call each other more than {MOST_DEPTH} levels deep"
        )
    asked, values = errand.payload["business_key"], errand.payload["values"]
    assert isinstance(values, dict)
    process_key = str(errand.payload["process"])
    key = ensure_key(str(asked)) if asked else free_key(tree.tx, process_key, tree.at)
    definition, route = _bound(tree, caller, errand.payload, key)
    deployed = tree.context.deployed.get(tree.tx, definition.id)
    tree.begin(
        Beginning(
            deployed,
            deployed.start_event(None).id,
            values,
            key,
            caller=caller,
            caller_token=errand.token,
            detail={"caller": caller.instance.business_key},
            route=route,
        )
    )


def _bound(
    tree: Tree, caller: LockedInstance, called: Mapping[str, object], business_key: str
) -> tuple[ProcessDefinition, Route | None]:
    """Return the version of a called process that the model asks for; routing has its say."""
    key, binding = str(called["process"]), Binding(str(called["binding"]))
    if binding is Binding.VERSION:
        version = called["version"]
        assert isinstance(version, int)
        found = definitions.version_of(tree.tx, key, version)
        if found is not None and found.state is DefinitionState.DRAFT:
            raise NotExecutable(key, f"version {version} is a draft")
        return _ensure_found(found, f"{key} version {version}"), None
    if binding is Binding.DEPLOYMENT:
        own = tree.context.deployed.get(tree.tx, caller.instance.definition_id).definition
        if own.deployment_id is not None:
            found = definitions.newest_until(tree.tx, key, own.deployment_id)
            words = f"{key} deployed with {own.key} version {own.version}"
            return _ensure_found(found, words), None
    values = called["values"]
    assert isinstance(values, dict)
    return routing.version_for(tree.tx, key, business_key, values)


def _ensure_found(found: ProcessDefinition | None, name: str) -> ProcessDefinition:
    if found is None:
        raise NotFound("process", name)
    return found


def _hand_over(tree: Tree, caller: LockedInstance, errand: Errand) -> None:
    how, values = errand.payload["how"], errand.payload["values"]
    if how == FINISHED:
        move = moving(run.finish_call, token=errand.token, values=values)
    else:
        function = run.raise_error if how == FAILED else run.escalate
        code = errand.payload["code"]
        move = moving(function, token=errand.token, code=code, values=values)
    tree.step(caller, move, Cause(errand.token))
