"""What all parts of the flow of one replication share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from engine.domain.process_graph import EventKind
from simulation.flow.cases import Visits
from simulation.flow.mail import Mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.draws import Draws
    from simulation.flow.cases import Cases
    from simulation.flow.frames import Enter, Frames
    from simulation.flow.scopes import Space
    from simulation.flow.watched import Meeting
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
        self.mail = Mail()
        self.meetings: list[list[Meeting]] = [[] for _ in self.net.scopes]
        self.spaces: list[Space] = []
        self.again: dict[str, Callable[[int, int], None]] = {}  # by start event: after a case
        self.ways: list[list[Enter]] = [[] for _ in nodes]
        self.taken = [[0] * len(node.outs) for node in nodes]  # tokens by way out, at decisions

    def way(self, edge: Edge) -> Enter:
        """Return what takes a token in at the end of a way."""
        return self.ports.get((edge.target, edge.port), self.enter[edge.target])

    def start_case(self, starter: Starter, sender: int, now: int) -> None:
        """Start a case by a message or signal of another."""
        number = self.cases.next_of(sender, starter.start)
        self.draws.add_case(sender, starter.start, number)
        case = self.cases.add(starter.start, sender, now)
        frame = self.frames.open(case, 1)
        self.spaces[starter.scope].instance(self, frame, case).begin(now, [self.way(starter.edge)])

    def visits(self) -> Visits:
        """Return a count of visits to one element."""
        return Visits(len(self.cases))
