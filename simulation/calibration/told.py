"""What calibration and validation remark: a code with its figures, and its words in English.

A page words the same codes in its own language; whatever it does not know it shows in English.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHIFT = "on {day} everybody's day moves by {hours:+g} h"
_NEWER = "what lies before is read on the newer clock"
ENGLISH: dict[str, str] = {
    # the log and the model
    "clock_shift": f"{_SHIFT}; {_NEWER}",
    "clock_shift_zone": (
        f"{_SHIFT}, as clocks changed in {{region}}: the times are those of a zone in which these "
        f"people do not live; {_NEWER}"
    ),
    "starts_estimated": (
        "starts are not told; they are estimated: when wanted, and the person was free"
    ),
    "first_takes_no_time": (
        "nor is it told when cases came: the first activity of a case seems to take no time"
    ),
    "roles_as_people": "roles stand in the place of people: nobody is named",
    "cases_without_work": (
        "{cases:,} cases have no completed activity (given up?): that is not learnt"
    ),
    "quiet_days": "{days} open days without any work (holidays?) are left out",
    "unknown_activity": "{rows:,} rows tell of an activity that the model does not have",
    "deviating": (
        "{share:.0%} of the cases do not follow the model: its shares are not all to blame"
    ),
    "never_seen": "the log never tells of it: its duration is a guess",
    # parameters
    "few_cases": "only {n} cases came",
    "few_days": "days that the log covers: {days}; the week is hardly known",
    "few_observations": "only {n} observations",
    "few_events": "only {n} events: it has the hours of everybody",
    "outside_hours": "{share:.0%} of the rows lie outside the hours, and are left out",
    "no_decisions": "no case came here: equal odds are a guess",
    "few_decisions": "only {n} decisions",
    "way_not_taken": "no case took {name}",
    "people_elsewhere": "{elsewhere} of {people} people mostly work elsewhere",
    "no_people": "the log names no people; as many units as worked at the same time",
    "several_tasks": (
        "people have several tasks at once in {share:.0%} of their busy time; the time is divided "
        "among them"
    ),
    "other_roles": "{share:.0%} of the tasks are done by roles other than {role}",
    "nobody_told": (
        "neither people nor roles are told: one role does everything, queues are hardly known"
    ),
    "few_waits": "only {n} waits were seen",
    "delay": (
        "{share:.0%} of the tasks wait although somebody is free (mean {minutes:,.0f} min over "
        "all): a timer before it stands for that"
    ),
    "done_together": "{share:.0%} of the tasks are done together, mostly {size} at a time",
    # validation
    "held_out_clock": "from {day} on everybody's clock is {hours:+g} h; the newer one holds",
    "not_held_out": (
        "too few to hold cases out (days: {days}, cases: {cases:,}): simulated cases are compared "
        "with those they were learnt from"
    ),
    "not_validated": "{cases} cases are too few to validate with",
    "too_few_days": (
        "too few to tell for sure (days: {days}, cases: {cases:,}): another day may differ more "
        "than these"
    ),
    "floor_uncertain": (
        "{measure}: how far real cases are from each other is too uncertain to tell "
        "({low:.2f} to {high:.2f} {unit})"
    ),
    "rests_on_chance": (
        "{measure}: replications differ so much among themselves that a wrong scenario would pass"
    ),
    "other_visits": (
        "{name} is done {simulated:.2f} times a case, {held_out:.2f} in the log: look at the "
        "decisions before it, and at cases that leave the model"
    ),
    "other_arrivals": (
        "cases do not come as in the log: look at rate, interval and calendar of arrivals"
    ),
    "other_hours": (
        "{name} works at other hours than in the log ({hours:.1f} h apart): look at its calendar "
        "and units"
    ),
    "other_work": (
        "{name} usually takes {simulated:,.1f} min, {held_out:,.1f} in the log: look at its "
        "duration"
    ),
    "waits_longer": (
        "cases wait {minutes:,.0f} min longer for {name} than in the log: look at units, calendar "
        "and delays before it"
    ),
    "waits_shorter": (
        "cases wait {minutes:,.0f} min shorter for {name} than in the log: look at units, "
        "calendar and delays before it"
    ),
    "takes_longer": (
        "{name} takes {minutes:,.0f} min longer a case than in the log: look at its duration, and "
        "at the calendar that interrupts it"
    ),
    "takes_shorter": (
        "{name} takes {minutes:,.0f} min shorter a case than in the log: look at its duration, "
        "and at the calendar that interrupts it"
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A remark: its code and its figures."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The remark in English."""
        return ENGLISH[self.code].format(**self.values)

    def document(self) -> dict[str, Any]:
        """Return it as plain values, with its English words."""
        return {"code": self.code, "values": dict(self.values), "text": self.text}


def told(code: str, **values: Any) -> Told:
    """Return a remark."""
    return Told(code, values)
