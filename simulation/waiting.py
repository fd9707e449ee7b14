"""What visits waited for: the wait of each is split, to the microsecond, by its cause.

In this order, each moment of a wait counts once:

- *batching*: until the batch was complete;
- *calendar*: nobody, or too few, who could do it were on shift;
- *failure*: a unit that could do it was on shift, but down;
- *priority*: somebody who came later was being served;
- *capacity*: everybody who could do it was busy.

Cases also wait for an *other party*: for an event that no timer brings (see
``simulation.other_party``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.expressions import Expression
from simulation.net import US
from simulation.other_party import waits_for_others
from simulation.overtaking import Served, overtaken
from simulation.scenario.resource import Queue
from simulation.shifts import Shifts
from simulation.spans import time_until, where_at_least, without

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.holds import Holds
    from simulation.net import Node
    from simulation.net.staff import Person, Slot
    from simulation.recorder import Ints
    from simulation.run_record import SimulatedRun

    Means = dict[str, dict[str, float]]  # by role or element, by cause

CAUSES = ("batching", "calendar", "failure", "priority", "capacity", "other_party")


def waits_by_cause(run: SimulatedRun, held: Holds) -> dict[str, Ints]:
    """Return by cause how long each visit waited, in µs; 0 for those that have not begun."""
    return _Waits(run, held).split()


def mean_waits_s(run: SimulatedRun, held: Holds) -> tuple[Means, Means, Means]:
    """Return the mean wait by cause: of begun visits by role and by element, and of cases.

    Cases are those that count: completed after the warm-up, of the process that is measured.
    """
    split = waits_by_cause(run, held)
    begun = (run.started >= run.net.warm_up) & (run.unit >= 0)
    roles = [plan.role for plan in run.net.pools]
    elements = [node.element_id for node in run.net.nodes]
    by_role, by_element = (
        _means(split, begun, groups, names)
        for groups, names in ((run.pool, roles), (run.node, elements))
    )
    return by_role, by_element, {"": _of_cases(run, split)}


def _of_cases(run: SimulatedRun, split: dict[str, Ints]) -> dict[str, float]:
    """Return for how long a case waited by cause, in the mean."""
    counts = (run.ended >= run.net.warm_up) & ~run.abandoned & run.is_own
    sums = {
        cause: np.bincount(run.case, weights=waits, minlength=len(counts))[counts]
        for cause, waits in split.items()
        if waits.strides[0]
    }
    if not counts.any():
        return {}
    return {cause: float(sums[cause].mean()) / US if cause in sums else 0.0 for cause in split}


def _means(
    split: dict[str, Ints], begun: NDArray[np.bool_], groups: Ints, names: list[str]
) -> Means:
    group = groups[begun]
    counts = np.bincount(group, minlength=len(names))
    means: Means = {}
    for cause, waits in split.items():
        sums = np.bincount(group, weights=waits[begun], minlength=len(names)) / US
        for name, count, total in zip(names, counts.tolist(), sums.tolist(), strict=True):
            if count:
                means.setdefault(name, {})[cause] = total / count
    return means


def _put(found: dict[str, Ints], cause: str, rows: Ints, waits: Ints) -> None:
    """Note waits; a cause that nobody waits for takes no memory."""
    if waits.any():
        if not found[cause].flags.writeable:
            found[cause] = found[cause].copy()
        found[cause][rows] = waits


class _Waits:
    """The waits of a run, and when those who could end them were there."""

    def __init__(self, run: SimulatedRun, held: Holds) -> None:
        self.run, self.held = run, held
        self.latest = max(int(run.started.max(initial=0)), run.horizon, 0) + 1
        self._shifts = Shifts(run.net, self.latest)

    def split(self) -> dict[str, Ints]:
        run = self.run
        found = dict.fromkeys(CAUSES, np.broadcast_to(np.int64(0), len(run.case)))
        _put(found, "other_party", *waits_for_others(run))
        queued = run.scheduled
        waited = (run.started > run.scheduled) & (run.unit >= 0)
        if (run.formed >= 0).any():
            queued = np.maximum(run.scheduled, run.formed)
            _put(found, "batching", np.flatnonzero(waited), (queued - run.scheduled)[waited])
        for index, node in enumerate(run.net.nodes):
            rows = np.flatnonzero(waited & (run.node == index) & (run.started > queued))
            if len(rows):
                self._split(node, rows, queued[rows], found)
        return found

    def _split(self, node: Node, rows: Ints, queued: Ints, found: dict[str, Ints]) -> None:
        begun = self.run.started[rows]
        on_shift = self._on_shift(node)
        up = without(on_shift, self._down(node))
        on_s, up_s = (
            time_until(spans, begun) - time_until(spans, queued) for spans in (on_shift, up)
        )
        _put(found, "calendar", rows, begun - queued - on_s)
        _put(found, "failure", rows, on_s - up_s)
        if self._is_by_order(node):
            came = self.run.scheduled[rows]
            behind = overtaken(self._served(node), came, queued, begun, up)
            _put(found, "priority", rows, behind)
            up_s = up_s - behind
        _put(found, "capacity", rows, up_s)

    def _on_shift(self, node: Node) -> Ints:
        """Return when enough of those who can do an activity are on shift."""
        task = self.run.net.staff.tasks.get(node.element_id)
        if task is None:
            role = self.run.net.pools[node.pool].role
            return self._shifts.spans(self.run.net.document.resources[role].calendar)
        return where_at_least(1, [self._team(slots) for slots in task.alternatives])

    def _team(self, slots: tuple[Slot, ...]) -> Ints:
        parts = [
            where_at_least(
                slot.units, [self._shifts.of_unit(person.number) for person in self._able(slot)]
            )
            for slot in slots
        ]
        return where_at_least(len(parts), parts)

    def _able(self, slot: Slot) -> list[Person]:
        return [
            person
            for person in self.run.net.staff.persons.values()
            if slot.pool in person.pools and (slot.skill is None or slot.skill in person.skills)
        ]

    def _down(self, node: Node) -> Ints:
        """Return when one of those who can do an activity is down."""
        task = self.run.net.staff.tasks.get(node.element_id)
        downs = self.run.downs
        if task is None or not len(downs["unit"]):
            return np.zeros((0, 2), dtype=np.int64)
        able = {p.number for slots in task.alternatives for slot in slots for p in self._able(slot)}
        mine = np.isin(downs["unit"], list(able))
        spans = np.column_stack([downs["begin"][mine], downs["end"][mine]])
        return where_at_least(1, [spans[spans[:, 0] < spans[:, 1]]])

    def _served(self, node: Node) -> Served:
        held = self.held
        mine = held.pool == node.pool
        return Served(held.begin[mine], held.end[mine], self.run.scheduled[held.row[mine]])

    def _is_by_order(self, node: Node) -> bool:
        """Whether somebody may be served before those who came earlier."""
        net = self.run.net
        order = net.document.queues.get(net.pools[node.pool].role, Queue()).order
        before = order[: order.index("arrival")] if "arrival" in order else order
        given = {other.priority for other in net.nodes if other.pool == node.pool}
        varies = len(given) > 1 or isinstance(node.priority, Expression)
        return bool(set(before) - {"priority"}) or ("priority" in before and varies)
