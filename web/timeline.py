"""The history of a case: what is told of it, and where the case stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.history import EventType, HistoryEvent
from web.incident_words import reason_words
from web.texts import gettext as _
from web.timeline_words import telling
from web.told import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from engine.domain.process_graph import ProcessGraph
    from web.presenters import Words

# One act of a person or of the process that history keeps as two events.
FOLLOW_UPS = {
    (EventType.SCHEDULED, EventType.OFFERED),
    (EventType.CLAIMED, EventType.STARTED),
    (EventType.RELEASED, EventType.OFFERED),
    (EventType.ESCALATED, EventType.REASSIGNED),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence of the timeline."""

    at: datetime
    icon: str
    tone: str
    text: str
    note: str = ""


def tell(
    events: Iterable[HistoryEvent],
    graph: ProcessGraph,
    words: Words,
    *,
    labels: Mapping[str, str] | None = None,
) -> list[Entry]:
    """Return what happened, the newest first; what nobody asks about is left out.

    ``labels`` are what forms call the values of the case.
    """
    entries: list[Entry] = []
    before: HistoryEvent | None = None
    for event in events:
        found = None if _follows_up(before, event) else telling(Told(event, graph, words, labels))
        before = event
        if found is not None:
            entries.append(Entry(event.at, *found, note=_note(event)))
    return entries[::-1]


def _follows_up(before: HistoryEvent | None, event: HistoryEvent) -> bool:
    if before is None or (before.token, before.at) != (event.token, event.at):
        return False
    is_kept_for_somebody = event.type is EventType.OFFERED and "to" in event.detail
    return (before.type, event.type) in FOLLOW_UPS and not is_kept_for_somebody


def _note(event: HistoryEvent) -> str:
    reason = event.detail.get("reason")
    if not reason:
        return ""
    if event.type is EventType.RELEASED and event.actor is None:
        return _("They may do this task no longer.")
    if event.type is EventType.INCIDENT_OPENED:
        return _("Cause: %(reason)s", reason=reason_words(str(reason)))
    return _("Reason: %(reason)s", reason=reason)


def open_visits(events: Iterable[HistoryEvent]) -> list[HistoryEvent]:
    """Return the arrivals of tokens that have not left yet, in their order."""
    visits: dict[tuple[str, str | None], HistoryEvent] = {}
    for event in events:
        if event.element_id is None:
            continue
        visit = (event.element_id, event.token)
        if event.type is EventType.SCHEDULED:
            visits[visit] = event
        elif event.type in (EventType.COMPLETED, EventType.CANCELLED):
            visits.pop(visit, None)
    return list(visits.values())


def element_states(events: Iterable[HistoryEvent]) -> dict[str, str]:
    """Return which elements are done and which are active, for the diagram."""
    told = list(events)
    states = {
        event.element_id: "done"
        for event in told
        if event.element_id is not None and event.type is EventType.COMPLETED
    }
    active = {event.element_id: "active" for event in open_visits(told) if event.element_id}
    return {**states, **active}
