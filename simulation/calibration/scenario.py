"""Learnt → the scenario document, as plain values; ``writing`` puts it on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.calibration.families import seconds
from simulation.calibration.fitting import scaled
from simulation.calibration.inserting import timer_id
from simulation.calibration.order import ranks
from simulation.calibration.remarks import process_name
from simulation.calibration.week import DAY_S, OpenWeek, wall_time
from simulation.calibration.work import is_performed
from simulation.scenario.calendar import WEEKDAYS, by_day
from simulation.scenario.flow import performed
from simulation.scenario.references import decisions

if TYPE_CHECKING:
    from simulation.calibration.durations import DurationFound
    from simulation.calibration.learnt import Learnt

_DIGITS = 6  # of a share
Raw = dict[str, Any]


def scenario_of(learnt: Learnt, *, replications: int = 30, currency: str = "EUR") -> Raw:
    """Return a scenario that goes on as the log went; times of day are those of its zone."""
    raw: Raw = {
        "scenario": 1,
        "name": f"{process_name(learnt)}, learnt from {learnt.source}",
        "model": learnt.model,
        "timezone": learnt.zone,
        "currency": currency,
        "run": _run(learnt, replications),
        "arrivals": _arrivals(learnt),
        "resources": _resources(learnt),
        "durations": _durations(learnt),
        "demands": _demands(learnt),
        "branches": _branches(learnt),
        "priorities": ranks(learnt.order),
        "events": _events(learnt),
        "repetitions": {
            a: {"constant": max(1, round(n.value))} for a, n in learnt.repetitions.items()
        },
        "batches": {
            a: {"size": found.size, "max_wait": seconds(max(1.0, found.max_wait_s))}
            for a, found in learnt.staffing.batches.items()
        },
        "calendars": _calendars(learnt),
    }
    return {key: value for key, value in raw.items() if value != {}}


def _run(learnt: Learnt, replications: int) -> Raw:
    arrived = learnt.work.arrived_s[np.isfinite(learnt.work.arrived_s)]
    first, last = float(arrived.min()), float(arrived.max())
    if last - first < DAY_S:
        begin = float(np.floor(first / 3600) * 3600)
        length = f"{max(1, int(np.ceil((last - begin) / 3600)))}h"
    else:
        begin = float(np.floor(first / DAY_S) * DAY_S)
        length = f"{int(np.ceil((last - begin) / DAY_S))}d"
    start = wall_time(begin).isoformat(timespec="minutes")
    return {"start": start, "until": length, "replications": replications, "seed": 1}


def _arrivals(learnt: Learnt) -> Raw:
    attributes = _attributes(learnt)
    found = {}
    for start, model in learnt.arrivals.items():
        entry = dict(model.spec)
        if model.week is not None:
            entry["calendar"] = _arrival_calendar(start)
        if model.group is not None:
            entry["group"] = model.group
        if attributes:
            entry["attributes"] = attributes
        found[start] = entry
    return found


def _attributes(learnt: Learnt) -> Raw:
    """Return the attributes that decide something, as shares of their values."""
    return {
        name: {"choice": _whole({value: found.value for value, found in values.items()})}
        for name, values in learnt.attributes.items()
    }


def _resources(learnt: Learnt) -> Raw:
    found = {}
    for name, role in learnt.staffing.roles.items():
        members = _members(learnt, name)
        entry: Raw = {"members": members} if members else {"units": role.units}
        calendar = _calendar_of(learnt, name)
        if calendar is not None:
            entry["calendar"] = calendar
        found[name] = entry
    return found


def _members(learnt: Learnt, role: str) -> Raw:
    """Return the people of a role by name, if some differ; else they are alike units."""
    of_activity = learnt.staffing.of_activity
    slower = [d for a, d in learnt.durations.items() if of_activity[a] == role and d.people_differ]
    own_hours = learnt.people_hours.get(role, {})
    if not slower and not own_hours:
        return {}
    return {
        person: {"calendar": _own_calendar(person)} if person in own_hours else {}
        for person in learnt.staffing.people_of(role)
    }


def _own_calendar(person: str) -> str:
    return f"hours of {person}"


def _durations(learnt: Learnt) -> Raw:
    found: Raw = {a: _work(learnt, d) for a, d in learnt.durations.items()}
    guess = seconds(float(np.median([d.fit.mean_s for d in learnt.durations.values()])))
    for node in performed(learnt.graph):
        if node.id not in found and is_performed(node):
            found[node.id] = {"constant": guess}
    return found


def _work(learnt: Learnt, found: DurationFound) -> Raw:
    role = learnt.staffing.of_activity[found.activity]
    more: Raw = {}
    if found.people_differ and role is not None:
        people = set(learnt.staffing.people_of(role))
        more["by_resource"] = {
            p.name: scaled(found.fit.spec, found.factor(p.name))
            for p in found.people
            if p.name in people
        }
    if found.mode != "suspend":
        more["outside_calendar"] = found.mode
    return {"work": found.fit.spec, **more} if more else found.fit.spec


def _demands(learnt: Learnt) -> Raw:
    of_activity = learnt.staffing.of_activity
    found = {a: role or "none" for a, role in of_activity.items()}
    for node in performed(learnt.graph):
        if node.id not in found and is_performed(node):
            has_role = node.lane is not None and node.lane in learnt.staffing.roles
            found[node.id] = str(node.lane) if has_role else "none"
    return found


def _branches(learnt: Learnt) -> Raw:
    found: Raw = {}
    for gateway in decisions(learnt.graph):
        branch = learnt.branches.get(gateway.id)
        if branch is None:
            continue
        shares = {s.flow: s.share for s in branch.flows}
        plain = shares if branch.is_inclusive else _whole(shares)
        if branch.attribute is None:
            found[gateway.id] = plain
        else:
            table = {value: _whole(row) for value, row in branch.table.items()}
            found[gateway.id] = {"by": branch.attribute, "table": table, "else": plain}
    return found


def _events(learnt: Learnt) -> Raw:
    found: Raw = {event: waits.spec for event, waits in learnt.events.items()}
    found |= {event: round(found.value, _DIGITS) for event, found in learnt.boundary.items()}
    found |= {timer_id(a): delay.fit.spec for a, delay in learnt.inserted.items()}
    return found


def _calendars(learnt: Learnt) -> Raw:
    found = {}
    for start, model in learnt.arrivals.items():
        if model.week is not None:
            found[_arrival_calendar(start)] = {"weekly": weekly(model.week)}
    for name, hours in learnt.hours.items():
        calendar = _calendar_of(learnt, name)
        if calendar is not None:
            found[calendar] = {"weekly": weekly(hours.week)}
        for person, week in learnt.people_hours.get(name, {}).items():
            found[_own_calendar(person)] = {"weekly": weekly(week)}
    return found


def _calendar_of(learnt: Learnt, role: str) -> str | None:
    hours = learnt.hours[role]
    if hours.is_always:
        return None
    return f"hours of {role}" if hours.is_own else "hours"


def _arrival_calendar(start: str) -> str:
    return f"arrivals at {start}"


def _whole(shares: dict[str, float]) -> dict[str, float]:
    """Round shares so that they still add up to 1; the largest takes what is left."""
    rounded = {name: round(share, _DIGITS) for name, share in shares.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rest = 1 - sum(share for name, share in rounded.items() if name != largest)
    return rounded | {largest: round(rest, _DIGITS)}


def weekly(week: OpenWeek) -> dict[str, list[str]]:
    """Return open hours as a calendar writes them, equal days together."""
    days: list[list[str]] = [[] for _ in WEEKDAYS]
    for opens, closes in week.intervals:
        for day in range(7):
            low, high = max(opens, day * DAY_S), min(closes, (day + 1) * DAY_S)
            if low < high:
                days[day].append(f"{_clock(low - day * DAY_S)}-{_clock(high - day * DAY_S)}")
    return by_day(days)


def _clock(time_s: float) -> str:
    minutes = round(timedelta(seconds=time_s) / timedelta(minutes=1))
    return f"{minutes // 60:02}:{minutes % 60:02}"
