"""The parts of a net: flat tuples of numbers that an engine runs on.

What a node does is its kind; where a token goes next is a range of edges, each with the port at
which it enters a join.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

from engine.domain.process_graph import ACTIVITIES, NodeType
from simulation.distributions import Constant, Distribution
from simulation.net.staff import Staff, plan_staff

if TYPE_CHECKING:
    from datetime import datetime

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
    shares: tuple[float, ...] | None = None
    conditions: tuple[Expression | None, ...] = ()  # None: the default flow

    @property
    def is_activity(self) -> bool:
        """Whether the node is an activity, not an event or gateway."""
        return self.bpmn_type in ACTIVITIES


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

    @cached_property
    def staff(self) -> Staff:
        """The units by number, and the roles that need more than alike units."""
        return plan_staff(self.document, {n.element_id: n.pool for n in self.nodes if n.pool >= 0})
