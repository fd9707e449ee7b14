"""Timing: the compiled text of a timer event. Simulation may use it: no SpiffWorkflow here.

The text is ISO 8601 (a date-time, a duration, a repeat), cron for a cycle, or an expression
that gives one of them when the timer is set. With a working calendar, durations count open
hours and days are working days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from engine.domain.cron import Cron
from engine.domain.cycle import Due, Repeat
from engine.domain.due_date import Reckoning, ensure_working_duration
from engine.domain.duration import Duration, InvalidDuration, parse_moment, remarks_on_moment
from engine.domain.process_graph import TimerDefinition, TimerKind
from engine.expressions import (
    MOMENT_KEY,
    EvaluationFailed,
    Expression,
    InvalidExpression,
    compile_expression,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.calendar import WorkingCalendar

    Calendars: TypeAlias = Mapping[str, WorkingCalendar]

Plan: TypeAlias = "datetime | Duration | Repeat | Cron"
_NOTHING: Mapping[str, object] = MappingProxyType({})
_NO_CALENDARS: Calendars = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Timing:
    """When a timer fires, and how often: once, unless it is a cycle."""

    definition: TimerDefinition
    zone: tzinfo
    plan: Plan | None = None  # None: the expression gives it when the timer is set
    expression: Expression | None = None

    @classmethod
    def compile(cls, definition: TimerDefinition, *, zone: tzinfo = UTC) -> Timing:
        """Read the text of a timer event, or raise InvalidDuration."""
        text = definition.text.strip()
        if not text.startswith(("=", "${", "#{")):
            return cls(definition, zone, plan=_read(definition, text, zone))
        try:
            return cls(definition, zone, expression=compile_expression(text))
        except InvalidExpression as error:
            raise InvalidDuration(text, error.reason) from error

    @property
    def times(self) -> int | None:
        """How often the timer fires if its text says so; None: for ever."""
        return self.plan.times if isinstance(self.plan, Repeat | Cron) else 1

    @property
    def names(self) -> frozenset[str]:
        """The names that the expression of the timer reads."""
        return self.expression.names if self.expression is not None else frozenset()

    def remarks(self) -> list[str]:
        """Say what is assumed about the text: its zone, and clocks that change."""
        text = self.definition.text.strip()
        if isinstance(self.plan, datetime):
            return remarks_on_moment(text, zone=self.zone)
        if isinstance(self.plan, Repeat) and self.plan.first_at is not None:
            return remarks_on_moment(text.split("/")[1], zone=self.zone)
        return []

    def arm(
        self,
        at: datetime,
        *,
        values: Mapping[str, object] = _NOTHING,
        calendars: Calendars = _NO_CALENDARS,
    ) -> Due:
        """Return when a timer that is set at a moment fires first.

        Raises InvalidDuration, also for an expression that fails and an unknown calendar.
        """
        plan, text = self.plan, ""
        if plan is None:
            # The day that FEEL calls today is that of the zone.
            text = self._evaluated({**values, MOMENT_KEY: at.astimezone(self.zone)})
            plan = _read(self.definition, text, self.zone)
        reckoning = self._reckoning(calendars)
        if isinstance(plan, datetime):
            return Due(reckoning.opened(plan), text=text)
        if isinstance(plan, Duration):
            return Due(reckoning.after(at, plan), text=text)
        return replace(plan.first(at, reckoning), text=text)

    def again(self, due: Due, *, now: datetime, calendars: Calendars = _NO_CALENDARS) -> Due | None:
        """Return the firing after one that was carried out now, None after the last.

        It lies in the past if it was missed as well: missed firings are made up oldest first.
        """
        plan = self.plan or _read(self.definition, due.text, self.zone)
        if not isinstance(plan, Repeat | Cron):
            return None
        following = plan.following(due, now=now, reckoning=self._reckoning(calendars))
        return following and replace(following, text=due.text)

    def first_due(
        self,
        at: datetime,
        *,
        values: Mapping[str, object] = _NOTHING,
        calendars: Calendars = _NO_CALENDARS,
    ) -> datetime:
        """Return the moment at which a timer that is set at a moment fires first."""
        return self.arm(at, values=values, calendars=calendars).at

    def next_due(self, after: datetime, *, calendars: Calendars = _NO_CALENDARS) -> datetime:
        """Return the moment after one at which a cycle fired; nothing is skipped."""
        following = self.again(Due(after, None), now=after, calendars=calendars)
        if following is None:
            raise InvalidDuration(self.definition.text, "fires once: there is no next time")
        return following.at

    def _evaluated(self, values: Mapping[str, object]) -> str:
        assert self.expression is not None
        written = self.definition.text
        try:
            result = self.expression.evaluate(values)
        except EvaluationFailed as error:
            raise InvalidDuration(written, error.reason) from error
        if not isinstance(result, str):
            raise InvalidDuration(written, f"gives {result!r:.60}; a text such as PT35M is allowed")
        return result.strip()

    def _reckoning(self, calendars: Calendars) -> Reckoning:
        name = self.definition.calendar
        if name is None:
            return Reckoning(self.zone)
        calendar = calendars.get(name)
        if calendar is None:
            known = ", ".join(sorted(calendars)) or "none"
            reason = f"there is no working calendar {name!r}; known: {known}"
            raise InvalidDuration(self.definition.text, reason)
        return Reckoning(self.zone, calendar)


def _read(definition: TimerDefinition, text: str, zone: tzinfo) -> Plan:
    if definition.kind is TimerKind.DATE:
        return parse_moment(text, zone=zone)
    if definition.kind is TimerKind.DURATION:
        if definition.calendar is not None:
            ensure_working_duration(text)
        return Duration.parse(text)
    return _read_cycle(definition, text, zone)


def _read_cycle(definition: TimerDefinition, text: str, zone: tzinfo) -> Repeat | Cron:
    if not text.startswith("R"):
        if definition.calendar is None:
            return Cron.parse(text)
        reason = "cron says its days itself; with a working calendar, write R/start/interval"
        raise InvalidDuration(text, reason)
    if definition.calendar is not None:
        ensure_working_duration(text.rpartition("/")[2])
    return Repeat.parse(text, zone=zone)
