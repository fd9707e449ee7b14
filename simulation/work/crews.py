"""Those who work, one by one: members, and crews of members who are alike."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.domain.calendar import CompiledCalendar, WorkingCalendar
    from simulation.net.staff import Person, Slot
    from simulation.work.floor import Floor
    from simulation.work.hours import Hours


class Crew:
    """Members who are alike in all that matters for choosing, with those of them who are free.

    ``shifts`` are the open hours, ``ups`` the times without failure, ``there`` both at once;
    None: always.
    """

    __slots__ = ("free", "numbers", "person", "shifts", "there", "ups")

    def __init__(self, person: Person, hours: Hours, ups: WorkingCalendar | None) -> None:
        self.person = person
        self.free: deque[Member] = deque()  # who has been idle for longest comes first
        self.shifts, self.ups = hours.named(person.calendar), ups
        self.there: CompiledCalendar | None = hours.of(self.shifts, ups)
        self.numbers: set[int] = set()

    def is_there(self, now: int) -> bool:
        """Return whether work may begin now."""
        return self.there is None or self.there.next_open(now) == now

    def can(self, slot: Slot) -> bool:
        """Return whether the members do what a slot asks for."""
        person = self.person
        return slot.pool in person.pools and (slot.skill is None or slot.skill in person.skills)


class Member:
    """One unit, and since when it has been idle."""

    __slots__ = ("crew", "idle_since", "number")

    def __init__(self, number: int, crew: Crew) -> None:
        self.number, self.crew = number, crew
        self.idle_since = 0


def make_crews(floor: Floor, hours: Hours, persons: Iterable[Person]) -> list[Crew]:
    """Return the crews of some persons, everybody free."""
    crews: dict[object, Crew] = {}
    for person in persons:
        ups = None
        if person.failures is not None:
            spells = floor.draws.spells(person.name, *person.failures)
            ups = hours.up_times(spells, partial(_note, floor.rows.downs.add, person.number))
        alike = (person.worker, person.pools, person.number if ups is not None else -1)
        crew = crews.get(alike)
        if crew is None:
            crew = crews[alike] = Crew(person, hours, ups)
        crew.free.append(Member(person.number, crew))
        crew.numbers.add(person.number)
    return list(crews.values())


def _note(add: Callable[[tuple[int, ...]], None], number: int, begin: int, end: int) -> None:
    add((number, begin, end))
