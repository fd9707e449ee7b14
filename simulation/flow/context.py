"""What all parts of the flow of one replication share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from engine.domain.process_graph import EventKind
from simulation.cases import Visits
from simulation.flow.mail import Mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.cases import Cases
    from simulation.draws import Draws
    from simulation.flow.frames import Begin, Enter, Frames, Meeting
    from simulation.net import Edge, Net, Starter
    from simulation.recorder import Recorder


@dataclass(eq=False)
class Flow:
    """The net, the cases, the clock, the record; and where each way leads.

    ``ways`` are empty lists until all nodes are made: a way may lead back.
    """

    net: Net
    cases: Cases
    draws: Draws
    schedule: Callable[..., None]  # simpy's Environment.schedule; takes more than simpy.Event
    rows: Recorder
    frames: Frames
    enter: list[Enter] = field(default_factory=list)
    ports: dict[tuple[int, int], Enter] = field(default_factory=dict)  # of joins, by way in

    sent: ClassVar = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})

    def __post_init__(self) -> None:
        nodes = self.net.nodes
        self.mail = Mail(self.frames, self.cases, self.schedule)
        self.meetings: list[list[Meeting]] = [[] for _ in self.net.scopes]
        # tokens in subprocesses without a frame: by node and case, visit and moment of entering
        self.inside: dict[int, dict[int, list[tuple[int, int]]]] = {}
        self.begins: dict[int, Begin] = {}  # by activity, without what is at its border
        self.end: Enter  # ends a token of a scope that is watched
        self.start_case: Callable[[Starter, int, int], None]  # sender, now; set with the scopes
        self.again: dict[str, Callable[[int, int], None]] = {}  # by start event: after a case
        self.ways: list[list[Enter]] = [[] for _ in nodes]
        self.taken = [[0] * len(node.outs) for node in nodes]  # tokens by way out, at decisions

    def way(self, edge: Edge) -> Enter:
        """Return what takes a token in at the end of a way."""
        return self.ports.get((edge.target, edge.port), self.enter[edge.target])

    def visits(self) -> Visits:
        """Return a count of visits to one element."""
        return Visits(len(self.cases))
