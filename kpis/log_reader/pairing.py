"""Events of a lifecycle → activity rows: what was enabled, begun and completed belongs together.

The transitions are those of XES (IEEE 1849-2016, 6.2); a file without any tells completions.
Within a case an event belongs to the oldest open instance of its activity, or, where the file
names instances, to that one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpis.log_reader.quality import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpis.log_reader.quality import Quality

NAN = float("nan")
_ENABLES = frozenset({"schedule"})
_TAKES = frozenset({"assign", "reassign"})
_BEGINS = frozenset({"start"})
_ENDS = frozenset({"complete", "", "completed", "end", "autoskip", "manualskip"})
_GIVES_UP = frozenset({"ate_abort", "pi_abort", "withdraw"})
_WAITS = "intermediateCatchEvent"
WORKED = frozenset({"userTask", "task", "manualTask", "serviceTask", "scriptTask", "sendTask"}) | {
    "receiveTask",
    "businessRuleTask",
    "callActivity",
    "subProcess",
    "transaction",
}


@dataclass(slots=True)
class Event:
    """One event of a file."""

    line: int
    case: str
    activity: str
    instance: str
    transition: str
    at_s: float
    resource: str
    role: str
    element_type: str = ""


@dataclass(slots=True)
class Instance:
    """An activity instance that is put together."""

    line: int
    case: str
    activity: str
    resource: str = ""
    role: str = ""
    enabled_s: float = NAN
    taken_s: float = NAN
    started_s: float = NAN
    ended_s: float = NAN
    events: int = 0
    known: set[str] = field(default_factory=set)

    def take(self, event: Event) -> None:
        """Take what an event tells."""
        self.events += 1
        self.role = event.role or self.role
        if event.transition in _ENABLES:
            self.enabled_s = event.at_s
            return
        self.resource = event.resource or self.resource
        if event.transition in _TAKES:
            self.taken_s = event.at_s
        elif event.transition in _BEGINS:
            self.started_s = event.at_s
        elif event.transition in _ENDS:
            self.ended_s = event.at_s


def paired(events: list[Event], quality: Quality) -> Iterator[Instance]:
    """Yield the completed instances; what is left over is put aside or counted as other."""
    events.sort(key=lambda event: (event.case, event.at_s, event.line))
    is_simple = all(event.transition in _ENDS for event in events)
    open_: dict[tuple[str, str, str], deque[Instance]] = {}
    for event in events:
        if event.element_type and event.element_type not in WORKED:
            quality.rows_other += 1  # gateways and events
            continue
        key = (event.case, event.activity, event.instance)
        waiting = open_.setdefault(key, deque())
        if _begins_new(event, waiting):
            waiting.append(Instance(event.line, event.case, event.activity))
        instance = _of(event, waiting)
        instance.take(event)
        if event.transition in _GIVES_UP:
            waiting.remove(instance)
            quality.rows_other += instance.events
        elif event.transition in _ENDS:
            waiting.remove(instance)
            quality.rows_other += instance.events - 1
            yield _finished(instance, is_simple=is_simple)
    for waiting in open_.values():
        for instance in waiting:
            quality.put_aside(Fault.UNENDED, instance.line)
            quality.rows_other += instance.events - 1


def event_waits(events: list[Event]) -> Iterator[tuple[str, float]]:
    """Yield the element and length of each wait at a catching event, where a log tells of them."""
    since: dict[tuple[str, str, str], float] = {}
    for event in sorted(events, key=lambda event: (event.case, event.at_s, event.line)):
        if event.element_type != _WAITS:
            continue
        key = (event.case, event.activity, event.instance)
        if event.transition in _ENABLES:
            since[key] = event.at_s
        elif event.transition in _ENDS and key in since:
            yield event.activity, event.at_s - since.pop(key)


def _begins_new(event: Event, waiting: deque[Instance]) -> bool:
    if not waiting or event.transition in _ENABLES:
        return True
    return event.transition in _BEGINS and all(w.started_s == w.started_s for w in waiting)


def _of(event: Event, waiting: deque[Instance]) -> Instance:
    """Return the oldest instance that waits for such an event."""
    if event.transition in _BEGINS:
        return next((w for w in waiting if w.started_s != w.started_s), waiting[-1])
    if event.transition in _ENDS:
        return next((w for w in waiting if w.started_s == w.started_s), waiting[0])
    return waiting[-1]


def _finished(instance: Instance, *, is_simple: bool) -> Instance:
    if instance.started_s != instance.started_s and not is_simple:
        instance.started_s = instance.taken_s  # who claims a task begins it
    return instance
