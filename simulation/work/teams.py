"""Who does it: free members for every slot of a demand, all or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulation.net.staff import Slot, Task
    from simulation.work.crews import Crew, Member

    Rank = Callable[[Member], tuple[float, ...]]
    Team = tuple[Member, ...]


class Chooser:
    """Chooses a team for one activity; the best by its rule, but a full one before none."""

    __slots__ = ("_is_simple", "_rank", "_rule", "crews", "slots")

    def __init__(self, task: Task, crews: Sequence[Crew], worth: Callable[[Crew], float]) -> None:
        """``worth`` of a crew decides first, less is better; then who has been idle longest."""
        by_crew = {crew: worth(crew) for crew in crews}
        self._rank: Rank = lambda m: (by_crew[m.crew], m.idle_since, m.number)
        self._rule = task.rule
        self.slots: list[list[tuple[Slot, list[Crew]]]] = [
            [(slot, [crew for crew in crews if crew.can(slot)]) for slot in slots]
            for slots in task.alternatives
        ]
        self.crews = tuple(dict.fromkeys(c for slots in self.slots for _, cs in slots for c in cs))
        self._is_simple = len(self.slots) == 1 and _is_one(self.slots[0])

    def team(self, now: int, relative: int = -1, extra: Sequence[Member] = ()) -> Team | None:
        """Return free members for all slots of an alternative; they stay free.

        ``relative`` is who did the activity of ``same_as`` or ``other_than``; ``extra`` members
        count as free.
        """
        if self._is_simple and relative < 0 and not extra:
            return self._one(now)
        for slots in self.slots:
            team = _matched(self._lists(slots, now, relative, extra))
            if team is not None:
                return team
        return None

    def _lists(
        self,
        slots: list[tuple[Slot, list[Crew]]],
        now: int,
        relative: int,
        extra: Sequence[Member],
    ) -> list[list[Member]]:
        """Return for each unit that is asked for who could be it now.

        ``same_as`` is about the first unit, ``other_than`` about all.
        """
        wanted = sum(slot.units for slot, _ in slots)
        lists: list[list[Member]] = []
        for slot, crews in slots:
            bound = relative if not lists or self._rule == "other_than" else -1
            lists.append(self._able(crews, now, bound, extra, wanted))
            if slot.units > 1:
                others = bound if self._rule == "other_than" else -1
                lists += [self._able(crews, now, others, extra, wanted)] * (slot.units - 1)
        return lists

    def is_possible(self) -> bool:
        """Whether there are enough units for some alternative, were they all free and there."""
        return self._is_simple or any(
            _matched([able for slot, crews in slots for able in [_all(crews)] * slot.units])
            for slots in self.slots
        )

    def _one(self, now: int) -> Team | None:
        ((_, crews),) = self.slots[0]
        rank, best = self._rank, None
        for crew in crews:
            if crew.free and crew.is_there(now):
                first = crew.free[0]
                if best is None or rank(first) < rank(best):
                    best = first
        return None if best is None else (best,)

    def _able(
        self,
        crews: Iterable[Crew],
        now: int,
        relative: int,
        extra: Sequence[Member],
        wanted: int,
    ) -> list[Member]:
        """Return those who could take a slot now, the best first."""
        able = []
        for crew in crews:
            if not crew.is_there(now):
                continue
            others = [member for member in extra if member.crew is crew]
            if relative < 0:
                able += [m for m, _ in zip(crew.free, range(wanted), strict=False)] + others
            else:
                able += [m for m in (*crew.free, *others) if self._may(m, relative)]
        return sorted(able, key=self._rank)

    def _may(self, member: Member, relative: int) -> bool:
        return (member.number == relative) == (self._rule == "same_as")


def _is_one(slots: list[tuple[Slot, list[Crew]]]) -> bool:
    return len(slots) == 1 and slots[0][0].units == 1


def _all(crews: Iterable[Crew]) -> list[Member]:
    return [member for crew in crews for member in crew.free]


def _matched(lists: list[list[Member]]) -> Team | None:
    """Return a different member for each list, if there are so many (Kuhn 1955)."""
    holder: dict[Member, int] = {}

    def seat(place: int, seen: set[Member]) -> bool:
        taken = next((member for member in lists[place] if member not in holder), None)
        for member in lists[place] if taken is None else ():
            if member not in seen:
                seen.add(member)
                if seat(holder[member], seen):
                    taken = member
                    break
        if taken is not None:
            holder[taken] = place
        return taken is not None

    if len({member for able in lists for member in able}) < len(lists):
        return None
    if not all(seat(place, set()) for place in range(len(lists))):
        return None
    return tuple(sorted(holder, key=holder.__getitem__))
