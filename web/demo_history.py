"""Finished cases of the demo: days of the AS-IS scenario, told as if people had worked them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulation.net import compile_net
from simulation.replication import run_once
from simulation.scenario.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from engine.domain.history import HistoryEvent

    Roster = Mapping[str, tuple[str, ...]]  # by role: who is its first unit, its second, …

SEED = 20260302


def working_days(before: date, count: int) -> list[date]:
    """Return the last days from Monday to Friday before a day, the earliest first."""
    days: list[date] = []
    day = before
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.insert(0, day)
    return days


def finished_days(
    scenario: Path, *, now: datetime, count: int, roster: Roster
) -> Iterator[list[HistoryEvent]]:
    """Yield the events of each of the last working days, simulated with a fixed seed."""
    document = load(scenario).document
    zone, opening = document.timezone, document.run.start.time()
    for number, day in enumerate(working_days(now.astimezone(zone).date(), count)):
        patch = {"run": {"start": f"{day}T{opening:%H:%M}", "replications": 1}}
        of_day = load(scenario, patch=patch)
        run = run_once(of_day, compile_net(of_day), seed=SEED, replication=number)
        yield [told(event, f"{day}-{event.case_id}", roster) for event in run.history()]


def told(event: HistoryEvent, case_id: str, roster: Roster) -> HistoryEvent:
    """Return a simulated event with the name of the case and of the person who worked."""
    role, _, number = (event.actor or "").rpartition(" ")
    people = roster.get(role, ())
    has_person = number.isdigit() and int(number) <= len(people)
    actor = people[int(number) - 1] if has_person else event.actor
    return replace(event, case_id=case_id, actor=actor)
