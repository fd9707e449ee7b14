"""Start events that wait: for a message, a signal or a moment. The newest version's wait, only."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.bpmn.timers import Timing
from engine.domain.business_key import ensure_key
from engine.domain.cycle import Due
from engine.domain.job import Job, JobId, Work
from engine.domain.message import Subscription, SubscriptionId
from engine.domain.process_graph import EventKind, NodeType
from engine.domain.routing import Route
from engine.errors import NotFound
from engine.expressions import compile_expression
from engine.services import calls, routing, steps
from engine.services.calendars import Calendars
from engine.services.moves import Beginning
from engine.store import definitions, jobs, subscriptions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.connectors.call import StartedProcess
    from engine.domain.instance import ProcessInstance
    from engine.domain.message import Message
    from engine.domain.process_graph import FlowNode
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.store.database import Transaction

_THROWN = (EventKind.MESSAGE, EventKind.SIGNAL)


def install(context: Context, tx: Transaction, deployed: DeployedProcess) -> None:
    """Let the start events of a new version wait, and those of older ones no more."""
    definition = deployed.definition
    withdraw(tx, definition.key)
    for node in waiting_events(deployed):
        assert node.event is not None
        if node.event.kind in _THROWN:
            subscriptions.insert(tx, [_subscription(deployed, node)])
        elif node.event.kind is EventKind.TIMER:
            timing = _timing(deployed, node)
            due = timing.arm(context.clock.now(), calendars=Calendars(tx))
            _arm(tx, deployed, node.id, due)


def install_newest(context: Context, tx: Transaction, process_key: str) -> None:
    """Let the start events of the newest active version wait; none if there is no such version."""
    newest = definitions.startable_of(tx, process_key)
    if newest is not None and newest.is_executable:
        install(context, tx, context.deployed.get(tx, newest.id))
    else:
        withdraw(tx, process_key)


def withdraw(tx: Transaction, process_key: str) -> None:
    """Let no start event of a process wait any more."""
    versions = definitions.ids_of(tx, process_key)
    subscriptions.delete_starts(tx, versions)
    jobs.delete_starts(tx, versions)


def waiting_events(deployed: DeployedProcess) -> list[FlowNode]:
    """Return the start events of a process that do not start cases at once."""
    events = deployed.graph.of_type(NodeType.START_EVENT)
    return [node for node in events if node.parent is None and node.event is not None]


def start_by_event(
    context: Context, tx: Transaction, waiting: Subscription, message: Message
) -> ProcessInstance:
    """Start a case by the message or signal that its start event waited for."""
    assert waiting.definition_id is not None
    deployed = context.deployed.get(tx, waiting.definition_id)
    values = message.values
    detail = {message.kind: message.name}
    by = message.published_by
    return _begin(context, tx, deployed, waiting.element_id, values, by=by, detail=detail)


def start_for_case(
    context: Context, tx: Transaction, wanted: StartedProcess, sender: ProcessInstance
) -> ProcessInstance:
    """Start a case that a connector asked for."""
    newest = definitions.startable_of(tx, wanted.process_key)
    if newest is None:
        raise NotFound("active process", wanted.process_key)
    deployed = context.deployed.get(tx, newest.id)
    event = deployed.start_event(None)
    detail = {"sender": f"{sender.process_key}/{sender.business_key}"}
    key = wanted.business_key and ensure_key(wanted.business_key)
    return _begin(context, tx, deployed, event.id, wanted.values, key=key, detail=detail)


def fire(context: Context, job: Job) -> bool:
    """Start a case at the moment its start event waited for, and set the next moment."""

    def work(tx: Transaction) -> bool:
        if jobs.held(tx, job) is None or job.definition_id is None:
            return False
        jobs.delete(tx, job.id)
        deployed = context.deployed.get(tx, job.definition_id)
        planned = {"planned_at": job.due_at.isoformat()}
        _begin(context, tx, deployed, job.element_id, {}, detail=planned)
        timing = _timing(deployed, deployed.graph.nodes[job.element_id])
        due, now = Due.from_state(job.payload), context.clock.now()
        following = timing.again(due, now=now, calendars=Calendars(tx))
        if following is not None:
            _arm(tx, deployed, job.element_id, following)
        return True

    return context.database.run(work)


def _begin(  # noqa: PLR0913 -- the parts of a beginning
    context: Context,
    tx: Transaction,
    deployed: DeployedProcess,
    event_id: str,
    values: Mapping[str, object],
    *,
    key: str | None = None,
    by: str | None = None,
    detail: Mapping[str, object],
) -> ProcessInstance:
    key = key or calls.free_key(tx, deployed.definition.key, context.clock.now())
    chosen, route = routing.version_for(tx, deployed.definition.key, key, values)
    routed = context.deployed.get(tx, chosen.id) if route is not None else deployed
    if _has_start(routed, event_id):
        deployed = routed
    else:  # the case begins where the version that waited says
        route = Route(deployed.definition.version, None, f"only there starts {event_id!r}")
    beginning = Beginning(deployed, event_id, values, key, by=by, detail=detail, route=route)
    return steps.begin(context, tx, beginning)


def _has_start(deployed: DeployedProcess, event_id: str) -> bool:
    node = deployed.graph.nodes.get(event_id)
    return node is not None and node.type is NodeType.START_EVENT and node.parent is None


def _subscription(deployed: DeployedProcess, node: FlowNode) -> Subscription:
    assert node.event is not None
    name = node.event.name or node.id
    if name.startswith(("=", "${", "#{")):
        name = str(compile_expression(name).evaluate({}))
    return Subscription(
        SubscriptionId(0), node.id, node.id, node.event.kind.value, name, None,
        instance_id=None, definition_id=deployed.definition.id,
    )  # fmt: skip


def _timing(deployed: DeployedProcess, node: FlowNode) -> Timing:
    assert node.timer is not None
    zone = deployed.graph.zone
    return Timing.compile(node.timer, zone=ZoneInfo(zone) if zone else UTC)


def _arm(tx: Transaction, deployed: DeployedProcess, element_id: str, due: Due) -> None:
    at: datetime = due.at
    job = Job(
        JobId(0), Work.START, element_id, element_id, at,
        definition_id=deployed.definition.id, next_try_at=at, payload=due.to_state(),
    )  # fmt: skip
    jobs.insert(tx, [job])
