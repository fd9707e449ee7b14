"""What a scenario says about one activity of a special role, ready to be asked by case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.net import US
from simulation.scenario.distribution import build

if TYPE_CHECKING:
    from simulation.net import Node
    from simulation.work.crews import Crew, Member
    from simulation.work.floor import Floor
    from simulation.work.visits import Visit


class Rules:
    """Durations, patience and batches of one activity."""

    def __init__(self, floor: Floor, node: Node) -> None:
        document, element = floor.net.document, node.element_id
        self._floor, self._node, self.element_id = floor, node, element
        self._duration = floor.draws.duration
        work = document.durations.get(element)
        written = {} if work is None else work.by_resource
        self._by_worker = {name: build(spec, floor=0.0) for name, spec in written.items()}
        self.aborts = work is not None and work.outside_calendar == "abort"
        patience = document.patience.get(element)
        self._patience = None if patience is None else build(patience, floor=0.0)
        self.batch = document.batches.get(element)

    def work(self, case: int, number: int) -> int:
        """Return how long a visit takes, whoever does it."""
        return self._duration(self._node, case, number)

    def length(self, visit: Visit, team: tuple[Member, ...]) -> int:
        """Return how long a team needs for a visit; the first of the team decides."""
        worker = self._worker(team[0].crew)
        if worker is None:  # another one may have begun it with a duration of its own
            return visit.work if not self._by_worker else self.work(visit.case, visit.number)
        distribution = self._by_worker[worker]
        draws = self._floor.draws
        return draws.duration_by(worker, distribution, self._node, visit.case, visit.number)

    def mean_s(self, crew: Crew) -> float:
        """Return how long a member of a crew needs on average."""
        worker = self._worker(crew)
        return self._node.duration.mean if worker is None else self._by_worker[worker].mean

    def patience(self, case: int, number: int) -> int | None:
        """Return how long a case is ready to wait; None: for ever."""
        if self._patience is None:
            return None
        return self._floor.draws.patience(self.element_id, self._patience, case, number)

    @property
    def max_wait(self) -> int | None:
        """Return how long the first of a batch waits for others."""
        batch = self.batch
        return None if batch is None or batch.max_wait is None else round(batch.max_wait * US)

    def batch_value(self, case: int) -> object:
        """Return what the cases of one batch have in common."""
        batch = self.batch
        if batch is None or batch.by is None:
            return None
        return self._floor.cases.values(case).get(batch.by)

    def _worker(self, crew: Crew) -> str | None:
        """Return under which name, of member or role, a crew has durations of its own."""
        if not self._by_worker:
            return None
        roles = self._floor.net.pools
        names = (crew.person.worker, *(roles[pool].role for pool in crew.person.pools))
        return next((name for name in names if name in self._by_worker), None)
