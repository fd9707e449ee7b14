"""Work as it goes on: teams begin it, stop it, end it; what they did is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simpy.events import NORMAL

from simulation.errors import SimulationFailed
from simulation.net import US
from simulation.work.hours import Hours, shift_end
from simulation.work.visits import Session, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.domain.calendar import CompiledCalendar
    from simulation.work.crews import Member
    from simulation.work.floor import Floor
    from simulation.work.visits import Visit

    Team = tuple[Member, ...]
    Ended = Callable[[Visit, int], None]  # visit, now

_MOST_ATTEMPTS = 1_000


class Activity(Protocol):
    """What a session has to know about the activity that is worked at."""

    index: int
    element_id: str
    works_on: bool  # finishes begun work after the shift's end
    aborts: bool  # gives begun work up at the shift's end

    def length(self, visit: Visit, team: Team) -> int:
        """Return how long a team needs for a visit, in full."""


class Sessions:
    """Begins and ends the work of one group of special roles."""

    def __init__(self, floor: Floor, hours: Hours, *, complete: Ended, retry: Ended) -> None:
        """``complete`` is called when work is done, ``retry`` when an attempt was given up."""
        self._floor, self._hours = floor, hours
        self._complete, self._retry = complete, retry
        self._calendars: dict[tuple[int, bool], CompiledCalendar | None] = {}
        self._ended, self._aborted = (self._on_end,), (self._on_abort,)
        self._stint = floor.rows.stints.add

    def begin(self, activity: Activity, visit: Visit, team: Team, now: int) -> None:
        """Let a team that is free work at a visit that waits."""
        for member in team:
            member.crew.free.remove(member)
        work = activity.length(visit, team)
        if visit.began < 0:
            visit.began, visit.left = now, work
        elif work != visit.work:  # another one goes on with the same share of the work
            visit.left = round(visit.left * work / visit.work) if visit.work else work
        visit.work, visit.team, visit.state = work, team, State.WORKING
        visit.turn = self._floor.ticket()
        there = self._calendar(activity, team)
        ends = now + visit.left if there is None else there.finish(now, visit.left)
        session = Session(visit, now, ends)
        session.callbacks = self._ended
        if activity.aborts:
            self._limit(session, team, now)
        visit.session = session
        self._floor.schedule(session, NORMAL, session.ends - now)

    def stop(self, activity: Activity, visit: Visit, now: int) -> None:
        """Stop work; the team is free and the visit keeps what is left of the work."""
        session = visit.session
        if session is None:
            raise ValueError("only work that was begun can be stopped")
        session.callbacks = ()
        if visit.began == now:
            _undo(visit)
        else:
            worked = self._worked(activity, visit, session, now)
            self._record(activity, visit, now, worked)
            visit.left -= worked
            visit.spent += worked
        self._release(visit, now)
        visit.state = State.WAITING

    def end(self, activity: Activity, visit: Visit, now: int) -> None:
        """Record work that is done; the team is free."""
        self._record(activity, visit, now, visit.left)
        visit.spent += visit.left
        visit.left = 0
        self._release(visit, now)
        visit.state = State.OVER

    def record_open(self, activity: Activity, visit: Visit, now: int) -> None:
        """Record who is bound when the run is cut."""
        assert visit.session is not None
        self._record(activity, visit, now, self._worked(activity, visit, visit.session, now))

    def _worked(self, activity: Activity, visit: Visit, session: Session, now: int) -> int:
        there = self._calendar(activity, visit.team)
        worked = now - session.begun if there is None else there.work_between(session.begun, now)
        return min(worked, visit.left)

    def _on_end(self, session: Session) -> None:
        self._complete(session.visit, session.ends)

    def _on_abort(self, session: Session) -> None:
        self._retry(session.visit, session.ends)

    def _limit(self, session: Session, team: Team, now: int) -> None:
        """Let a session end with the shift if its work does not."""
        shift = self._hours.of(*(member.crew.shifts for member in team))
        if shift is None or shift.work_between(now, session.ends) == session.ends - now:
            return
        session.ends = shift_end(shift, now, session.ends)
        session.callbacks = self._aborted

    def ensure_may_retry(self, activity: Activity, visit: Visit) -> None:
        """Count an attempt; raise SimulationFailed if there have been far too many."""
        visit.attempts += 1
        if visit.attempts >= _MOST_ATTEMPTS:
            hours = visit.work / US / 3600
            words = f"work of {hours:.3g} h was given up {_MOST_ATTEMPTS} times: no shift holds it"
            raise SimulationFailed(activity.element_id, words)

    def _calendar(self, activity: Activity, team: Team) -> CompiledCalendar | None:
        """Return when a team works: while all are there, or if it finishes, while all are up."""
        if len(team) == 1:
            crew = team[0].crew
            return crew.there if not activity.works_on else self._hours.of(crew.ups)
        crews = tuple(dict.fromkeys(member.crew for member in team))
        parts = [c.ups for c in crews]
        if not activity.works_on:
            parts += [c.shifts for c in crews]
        return self._hours.of(*parts)

    def _record(self, activity: Activity, visit: Visit, now: int, worked: int) -> None:
        """Record who was bound."""
        session = visit.session
        assert session is not None
        begun, record = session.begun, self._stint
        uses = 1 if begun == visit.began else 0
        for member in visit.team:
            over = self._overtime(activity, member, begun, now) if activity.works_on else 0
            if visit.riders is not None:
                spans = (begun, now, worked, over)
                self._record_riders(activity.index, visit.riders, member.number, spans, uses)
            else:
                where = (visit.case, activity.index, visit.number, member.number)
                record((*where, begun, now, worked, over, uses))

    def _record_riders(
        self,
        index: int,
        riders: list[Visit],
        number: int,
        spans: tuple[int, int, int, int],
        uses: int,
    ) -> None:
        """Let those of a batch share the time in equal slices."""
        begun, now, *spent = spans
        for i, rider in enumerate(riders):
            start, end = (begun + sum_of_slices(now - begun, k, len(riders)) for k in (i, i + 1))
            shares = (slice_of(span, i, len(riders)) for span in spent)
            where = (rider.case, index, rider.number, number)
            self._stint((*where, start, end, *shares, uses if i == 0 else 0))

    def _overtime(self, activity: Activity, member: Member, begun: int, now: int) -> int:
        shifts = self._hours.of(member.crew.shifts)
        if shifts is None or now == begun:
            return 0
        working = self._calendar(activity, (member,))
        worked = now - begun if working is None else working.work_between(begun, now)
        there = member.crew.there
        assert there is not None
        return worked - there.work_between(begun, now)

    def _release(self, visit: Visit, now: int) -> None:
        for member in visit.team:
            member.idle_since = now
            member.crew.free.append(member)
        visit.team, visit.session = (), None


def _undo(visit: Visit) -> None:
    """Let work that is stopped at the moment it began not have begun: nobody was used."""
    for one in (visit, *visit.cases):
        one.began, one.unit = -1, -1


def slice_of(whole: int, i: int, parts: int) -> int:
    """Return one of so many nearly equal whole parts."""
    return sum_of_slices(whole, i + 1, parts) - sum_of_slices(whole, i, parts)


def sum_of_slices(whole: int, i: int, parts: int) -> int:
    """Return the sum of the first ``i`` of so many nearly equal whole parts."""
    return whole * i // parts
