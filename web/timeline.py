"""The history of a case, told in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.history import EventType, HistoryEvent
from engine.domain.process_graph import NodeType
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from engine.domain.process_graph import ProcessGraph
    from web.presenters import Words

PERSONAL = frozenset({NodeType.USER_TASK, NodeType.MANUAL_TASK})
TIMED = frozenset({NodeType.INTERMEDIATE_CATCH_EVENT, NodeType.BOUNDARY_EVENT})


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence of the timeline."""

    at: datetime
    icon: str
    tone: str
    text: str
    note: str = ""


Telling = tuple[str, str, str]  # icon, tone, text


def tell(events: Iterable[HistoryEvent], graph: ProcessGraph, words: Words) -> list[Entry]:
    """Return what happened, the newest first; what nobody asks about is left out."""
    entries: list[Entry] = []
    for event in events:
        telling = _telling(event, graph, words)
        if telling is not None:
            reason = event.detail.get("reason")
            note = _("Reason: %(reason)s", reason=reason) if reason else ""
            entries.append(Entry(event.at, *telling, note=note))
    return entries[::-1]


def element_states(events: Iterable[HistoryEvent]) -> dict[str, str]:
    """Return which elements are done and which are active, for the diagram."""
    open_tokens: dict[tuple[str, str | None], None] = {}
    states: dict[str, str] = {}
    for event in events:
        if event.element_id is None:
            continue
        visit = (event.element_id, event.token)
        if event.type is EventType.SCHEDULED:
            open_tokens[visit] = None
        elif event.type is EventType.COMPLETED:
            open_tokens.pop(visit, None)
            states[event.element_id] = "done"
        elif event.type is EventType.CANCELLED:
            open_tokens.pop(visit, None)
    states.update({element_id: "active" for element_id, _token in open_tokens})
    return states


def _telling(event: HistoryEvent, graph: ProcessGraph, words: Words) -> Telling | None:
    if event.element_id is None:
        return _case_telling(event, words)
    node = graph.nodes.get(event.element_id)
    if node is None:
        return None
    name = words.element(graph, event.element_id)
    if node.type in PERSONAL:
        return _task_telling(event, name, words)
    if node.type in TIMED and node.timer is not None:
        return _timer_telling(event, name, words)
    return None


def _case_telling(event: HistoryEvent, words: Words) -> Telling | None:
    who = words.person(event.actor)
    tellings: Mapping[EventType, Callable[[], Telling]] = {
        EventType.CASE_STARTED: lambda: ("start", "active", _("%(who)s started the case", who=who)),
        EventType.CASE_COMPLETED: lambda: ("good", "good", _("The case is complete")),
        EventType.CASE_CANCELLED: lambda: (
            "cancelled",
            "problem",
            _("%(who)s cancelled the case", who=who),
        ),
    }
    found = tellings.get(event.type)
    return found() if found else None


def _task_telling(event: HistoryEvent, name: str, words: Words) -> Telling | None:
    who = words.person(event.actor)
    group = words.group(event.lane)
    tellings: Mapping[EventType, Callable[[], Telling]] = {
        EventType.SCHEDULED: lambda: (
            "waiting",
            "muted",
            _("“%(task)s” is waiting for %(group)s", task=name, group=group),
        ),
        EventType.CLAIMED: lambda: (
            "person",
            "active",
            _("%(who)s took “%(task)s”", who=who, task=name),
        ),
        EventType.RELEASED: lambda: (
            "undo",
            "suspended",
            _("%(who)s gave back “%(task)s”", who=who, task=name),
        ),
        EventType.COMPLETED: lambda: (
            "done",
            "good",
            _("%(who)s completed “%(task)s”", who=who, task=name),
        ),
        EventType.CANCELLED: lambda: (
            "cancelled",
            "suspended",
            _("“%(task)s” was withdrawn", task=name),
        ),
    }
    found = tellings.get(event.type)
    return found() if found else None


def _timer_telling(event: HistoryEvent, name: str, words: Words) -> Telling | None:
    who = words.person(event.actor)
    tellings: Mapping[EventType, Callable[[], Telling]] = {
        EventType.SCHEDULED: lambda: (
            "clock",
            "muted",
            _("The case waits for “%(event)s”", event=name),
        ),
        EventType.COMPLETED: lambda: (
            "clock",
            "good",
            _("“%(event)s” came", event=name)
            if event.actor is None
            else _("%(who)s let the case go on at “%(event)s”", who=who, event=name),
        ),
        EventType.CANCELLED: lambda: (
            "clock",
            "muted",
            _("“%(event)s” is no longer waited for", event=name),
        ),
    }
    found = tellings.get(event.type)
    return found() if found else None
