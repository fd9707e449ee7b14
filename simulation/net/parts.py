"""The parts of a net: flat tuples of numbers that an engine runs on.

What a node does is its kind; where a token goes next is a range of edges, each with the port at
which it enters a join.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

from engine.domain.process_graph import ACTIVITIES, NodeType
from simulation.distributions import Constant, Distribution
from simulation.net.staff import Staff, plan_staff

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.calendar import WorkingCalendar
    from engine.domain.process_graph import EventKind
    from engine.expressions import Expression
    from simulation.net.pools import PoolPlan
    from simulation.scenario.document import Document

US = 1_000_000  # microseconds in a second
NO_TIME = Constant(0.0)


class Kind(IntEnum):
    """What a node does with a token."""

    WORK = 0  # an activity that a resource performs
    DELAY = 1  # an event, or an activity that nobody performs: time passes
    DECISION = 2  # an exclusive gateway with several ways out
    PARALLEL = 3  # a parallel gateway: waits for all ways in, goes all ways out
    END = 4
    INCLUSIVE = 5  # waits for all that can still come, goes one or more ways out
    RACE = 6  # an event-based gateway: the first event that happens decides
    CATCH = 7  # waits for a message or signal that a process of the model sends
    THROW = 8  # sends or throws, and goes on
    SCOPE = 9  # a subprocess or call: opens a frame, goes on when no token is left in it
    BORDER = 10  # an event at the border of an activity
    LISTENER = 11  # the start event of an event subprocess
    ENTER = 12  # into a subprocess that needs no frame of its own
    LEAVE = 13  # and out of it


class Comes(IntEnum):
    """How what an event waits for comes about."""

    TIME = 0  # after a time, given or drawn
    DATE = 1  # at a moment
    MESSAGE = 2  # from a process of the model, for one receiver
    SIGNAL = 3  # from a process of the model, for all
    THROWN = 4  # thrown inside the activity or scope
    AT_END = 5  # in place of the end of the work, or beside it, by its share


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an event waits for; the time it takes is the node's duration."""

    comes: Comes
    kind: EventKind
    name: str | None = None  # of the message or signal; code of what is thrown
    at: int = 0  # moment of a date, in µs after the epoch
    most: int | None = 1  # how often it happens beside an activity or scope; None: without end
    is_interrupting: bool = True
    in_calendar: WorkingCalendar | None = None  # in which its time passes


@dataclass(frozen=True, slots=True)
class Throws:
    """What an event or send task throws."""

    kind: EventKind
    name: str | None = None  # of the message or signal; code of the error or escalation
    activity: int = -1  # compensation: the activity to undo; -1: all that is done in the scope
    waits: bool = True  # compensation: until the handlers are done


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often an activity is done per visit."""

    is_parallel: bool = False
    is_loop: bool = False  # a standard loop: a condition decides, not a number of instances
    count: Distribution | None = None  # drawn number of instances or rounds
    number: Expression | None = None  # the model's number of instances, over case data
    again: float | None = None  # chance that another one is needed after each
    condition: Expression | None = None  # loop: again while it is true; else: until it is true
    tests_before: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """The way to a node, and at a join the number of the entrance."""

    target: int
    port: int = 0


@dataclass(frozen=True)
class Node:
    """One node of the net."""

    element_id: str
    kind: Kind
    bpmn_type: NodeType
    role: str | None  # the pool, or the lane of what nobody performs
    outs: tuple[Edge, ...] = ()
    flows: tuple[str, ...] = ()  # ids of the sequence flows behind ``outs``
    pool: int = -1
    ways_in: int = 1
    duration: Distribution = NO_TIME
    works_on: bool = False  # finishes begun work after the shift's end
    priority: float | Expression = 0.0
    shares: tuple[float, ...] | None = None  # of the ways out; of an event: (happens, does not)
    conditions: tuple[Expression | None, ...] = ()  # None: the default flow
    by: str | None = None  # DECISION: the case attribute whose value tells the shares, and
    by_value: Mapping[str, tuple[float, ...]] = field(
        default_factory=dict
    )  # those; else ``shares``
    default: int = -1  # INCLUSIVE: number of the default flow
    scope: int = 0  # number of the scope it is in
    is_managed: bool = False  # in a scope of its own or can be withdrawn: not on the plain path
    inner: int = -1  # SCOPE: number of the scope it opens
    borders: tuple[int, ...] = ()  # numbers of the events at its border
    trigger: Trigger | None = None  # events and receive tasks
    throws: Throws | None = None
    repeat: Repeat | None = None
    entered_at: int = -1  # LEAVE: number of the node where the subprocess was entered
    undone_by: int = -1  # number of the activity that compensates it
    before: tuple[frozenset[int], ...] = ()  # INCLUSIVE, by way in: nodes a token comes from by it

    @property
    def is_activity(self) -> bool:
        """Whether the node is an activity, not an event or gateway."""
        return self.bpmn_type in ACTIVITIES


@dataclass(frozen=True)
class ScopePlan:
    """A process, a subprocess, or an event subprocess: what begins in it, what listens in it."""

    key: str  # id of the process or subprocess
    process: str  # id of the process it is part of
    parent: int = -1  # number of the scope around it; -1: it is a process
    starts: tuple[Edge, ...] = ()
    listeners: tuple[int, ...] = ()  # numbers of the start events of its event subprocesses
    is_managed: bool = False


@dataclass(frozen=True, slots=True)
class Starter:
    """A start event that a message or signal of the model triggers."""

    start: str  # id of the start event
    scope: int
    edge: Edge


@dataclass(frozen=True)
class Net:
    """Everything an engine needs, and nothing it has to look up by name."""

    process_key: str
    document: Document
    epoch: datetime  # start of the run, UTC; all times count from here
    until: int | None  # end of arrivals in µs after the epoch
    warm_up: int
    nodes: tuple[Node, ...]
    pools: tuple[PoolPlan, ...]
    entries: dict[str, Edge]  # start event with arrivals → where its tokens go
    scopes: tuple[ScopePlan, ...] = ()
    started_by: dict[tuple[EventKind, str], Starter] = field(default_factory=dict)  # by message

    @property
    def is_plain(self) -> bool:
        """Whether a case never is in more than its own frame, and nothing is withdrawn."""
        return not any(node.is_managed for node in self.nodes)

    @cached_property
    def staff(self) -> Staff:
        """The units by number, and the roles that need more than alike units."""
        works = {node.element_id: node.pool for node in self.nodes if node.pool >= 0}
        held = {node.element_id for node in self.nodes if node.is_managed}
        blocked = {
            node.element_id
            for index, node in enumerate(self.nodes)
            if self.blocks_at(index) is not None
        }
        return plan_staff(self.document, works, held, blocked)

    def blocks_at(self, index: int) -> int | None:
        """Return the next node, if it is an activity whose full queue blocks who comes from here.

        Behind a gateway nobody is blocked: who decides has no hands to hold a case. Nor is
        anybody before the queue of the own role: whoever lets a case go makes room there.
        """
        node = self.nodes[index]
        if node.pool < 0 or len(node.outs) != 1:
            return None
        following = self.nodes[node.outs[0].target]
        if following.pool in {-1, node.pool}:
            return None
        queue = self.document.queues.get(self.pools[following.pool].role)
        blocks = queue is not None and queue.capacity is not None and queue.when_full == "block"
        return node.outs[0].target if blocks else None

    @cached_property
    def handlers(self) -> dict[int, bool]:
        """The numbers of the event subprocesses, and whether they interrupt their scope."""
        starts = (self.nodes[index] for scope in self.scopes for index in scope.listeners)
        return {
            start.outs[0].target: start.trigger.is_interrupting
            for start in starts
            if start.trigger is not None
        }

    def process_of_start(self, start: str) -> str:
        """Return the id of the process that a start event begins."""
        return self.scopes[self.scope_of_start(start)].process

    def scope_of_start(self, start: str) -> int:
        """Return the number of the process of a start event."""
        for starter in self.started_by.values():
            if starter.start == start:
                return starter.scope
        return self.nodes[self.entries[start].target].scope
