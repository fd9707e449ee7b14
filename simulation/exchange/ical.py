"""The weekly part of iCalendar, as BPSim calendars have it: DTSTART, DTEND or DURATION, RRULE."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulation.calibration.week import DAY_S, WEEK_S
from simulation.exchange.bpsim_values import duration_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulation.exchange.weeks import Span

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOMENT = re.compile(r"(\d{8})(?:T(\d{6})Z?)?", re.ASCII)
_TZID = re.compile(r";\s*TZID\s*=\s*\"?([^;\":]+)", re.IGNORECASE)
_MOST_EVENTS = 1000
_ZONE = "zone of DTSTART"
_READ = {_ZONE, "DTSTART", "DTEND", "DURATION", "RRULE", "UID", "DTSTAMP", "SUMMARY", "CREATED",
         "LAST-MODIFIED", "SEQUENCE", "TRANSP", "DESCRIPTION"}  # fmt: skip
_READ_OF_RULE = {"FREQ", "BYDAY", "INTERVAL", "WKST"}


def read_ical(text: str) -> tuple[list[Span], list[str]]:
    """Return when events that repeat every week or day are, within a week, and what is lost.

    Raises:
        ValueError: the text is no iCalendar, or repeats in another way.
    """
    found: list[Span] = []
    lost: dict[str, None] = {}
    events = _events(text)
    if not events:
        raise ValueError("has no VEVENT of iCalendar")
    for event in events:
        start = _moment(event, "DTSTART")
        length_s = _length_s(event, start)
        rule = dict(
            part.upper().partition("=")[::2] for part in event.get("RRULE", "").split(";") if part
        )
        lost |= dict.fromkeys(_not_weekly(event, rule))
        opens_s = (start - datetime.combine(start.date(), datetime.min.time())).total_seconds()
        for day in _days(rule, start):
            begin = day * DAY_S + opens_s
            found.append((begin, begin + min(length_s, WEEK_S)))
    return found, list(lost)


def _not_weekly(event: Mapping[str, str], rule: Mapping[str, str]) -> Iterator[str]:
    """Yield what an event says beside its week, in words."""
    if zone := event.get(_ZONE):
        yield f"the zone {zone!r}: its hours are read on the clock of the scenario"
    for name in sorted(event.keys() - _READ):
        yield f"{name} {event[name]!r} of an event: only its week is taken"
    for name in sorted(rule.keys() - _READ_OF_RULE):
        yield f"{name} {rule[name]!r} of a repetition: every week is like the others"


def _events(text: str) -> list[dict[str, str]]:
    """Return the properties of each event, their parameters left out."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    lines = [line.strip() for line in unfolded.replace("\r", "\n").split("\n")]
    events: list[dict[str, str]] = []
    current: dict[str, str] | None = None
    for line in lines:
        name, _, value = line.partition(":")
        key = name.partition(";")[0].strip().upper()
        if line.upper() == "BEGIN:VEVENT":
            current = {}
        elif line.upper() == "END:VEVENT" and current is not None:
            events.append(current)
            current = None
        elif current is not None and key:
            current[key] = value.strip()
            if zone := _TZID.search(name):
                current[_ZONE] = zone[1]
            elif key == "DTSTART" and current[key].upper().endswith("Z"):
                current[_ZONE] = "UTC"
    if len(events) > _MOST_EVENTS:
        raise ValueError(f"has more than {_MOST_EVENTS} events")
    return events


def _moment(event: Mapping[str, str], key: str) -> datetime:
    match = _MOMENT.fullmatch(event.get(key, ""))
    if match is None:
        raise ValueError(f"needs {key} such as 20260302T090000")
    try:
        return datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 -- wall time
    except ValueError:
        raise ValueError(f"needs {key} such as 20260302T090000") from None


def _length_s(event: Mapping[str, str], start: datetime) -> float:
    if "DURATION" in event:
        length = timedelta(seconds=duration_s(event["DURATION"]))
    elif "DTEND" in event:
        length = _moment(event, "DTEND") - start
    else:
        length = timedelta(days=1)
    if length <= timedelta(0):
        raise ValueError("has an event that ends before it begins")
    return length.total_seconds()


def _days(rule: Mapping[str, str], start: datetime) -> list[int]:
    """Return the weekdays on which an event happens; 0 is Monday."""
    often = rule.get("FREQ", "").upper()
    if rule.get("INTERVAL", "1") != "1":
        raise ValueError("repeats every second time or more rarely, which a week cannot hold")
    if often not in ("DAILY", "WEEKLY"):
        raise ValueError("needs events that repeat DAILY or WEEKLY")
    if not rule.get("BYDAY"):
        return list(range(7)) if often == "DAILY" else [start.weekday()]
    names = [name.strip().upper() for name in rule["BYDAY"].split(",")]
    if unknown := [name for name in names if name not in _DAYS]:
        raise ValueError(f"does not know the day {unknown[0]!r}; days are {', '.join(_DAYS)}")
    return [_DAYS.index(name) for name in names]
