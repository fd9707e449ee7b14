"""Every event of a history in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from engine.domain.escalation import EscalationAction
from engine.domain.history import EventType
from engine.domain.process_graph import EventKind, NodeType
from web.problem_words import resolution_word
from web.task_words import priority_word
from web.texts import gettext as _
from web.told import Told, texts

PERSONAL = frozenset({NodeType.USER_TASK, NodeType.MANUAL_TASK})
WORKING = frozenset(
    {
        NodeType.SERVICE_TASK,
        NodeType.SCRIPT_TASK,
        NodeType.SEND_TASK,
        NodeType.BUSINESS_RULE_TASK,
        NodeType.TASK,
    }
)
CATCHING = frozenset(
    {NodeType.INTERMEDIATE_CATCH_EVENT, NodeType.BOUNDARY_EVENT, NodeType.RECEIVE_TASK}
)


Telling: TypeAlias = tuple[str, str, str]  # icon, tone, text
Tellers: TypeAlias = Mapping[EventType, Callable[[Told], Telling]]


def telling(told: Told) -> Telling | None:
    """Return icon, tone and words of an event; None: nobody asks about it."""
    teller = _CASE.get(told.event.type)
    if teller is None and told.type in PERSONAL:
        teller = _TASK.get(told.event.type)
    elif teller is None:
        teller = _automatic(told)
    return teller(told) if teller else None


def _automatic(told: Told) -> Callable[[Told], Telling] | None:
    if told.type in WORKING:
        return _WORK.get(told.event.type)
    if told.type is NodeType.CALL_ACTIVITY:
        return _CALL.get(told.event.type)
    node = told.node
    if told.type is NodeType.INTERMEDIATE_THROW_EVENT and node is not None and node.event:
        return _THROW.get(told.event.type)
    if told.type not in CATCHING:
        return None
    is_beside = told.type is NodeType.BOUNDARY_EVENT and (node is None or node.timer is None)
    return _CATCH.get(told.event.type) if not is_beside or _came(told) else None


def _came(told: Told) -> bool:
    return told.event.type is EventType.COMPLETED


def _started(told: Told) -> Telling:
    if told.text("message") or told.text("signal"):
        name = told.text("message") or told.text("signal")
        return "start", "active", _("“%(name)s” came and started the case", name=name)
    if told.text("planned_at"):
        return "start", "active", _("The case started at its planned time")
    if told.text("caller"):
        return "start", "active", _("Case %(case)s started this one", case=told.text("caller"))
    return "start", "active", _("%(who)s started the case", who=told.who)


def _completed(told: Told) -> Telling:
    if told.text("error"):
        words = _("The case ended with “%(error)s”", error=told.text("error"))
        return "problem", "suspended", words
    return "good", "good", _("The case is complete")


def _problem(told: Told) -> Telling:
    if told.event.element_id is None:
        return "problem", "problem", _("A problem holds up the case")
    return "problem", "problem", _("A problem holds up “%(step)s”", step=told.name)


def _resolved(told: Told) -> Telling:
    how = resolution_word(told.text("resolution"))
    if told.event.actor is None:
        return "good", "good", _("A problem is settled: %(how)s", how=how)
    return "good", "good", _("%(who)s settled a problem: %(how)s", who=told.who, how=how)


def _data_changed(told: Told) -> Telling:
    labels = told.labels or {}
    keys = texts(told.event.detail.get("fields"))
    fields = _(", ").join(labels.get(key, key.replace("_", " ")) for key in keys)
    text = _("%(who)s corrected data of the case", who=told.who)
    if fields:
        text = _("%(who)s corrected data of the case: %(fields)s", who=told.who, fields=fields)
    return "form", "suspended", text


def _migrated(told: Told) -> Telling:
    version = told.text("to") or told.text("version")
    if not version:
        return "next", "active", _("The case goes on in another version of its process")
    text = _("The case goes on in version %(version)s of its process", version=version)
    return "next", "active", text


def _escalated(told: Told) -> Telling:
    name, group = told.name, told.words.group(told.text("group") or None)
    texts = {
        EscalationAction.WARN: _("Time is running out for “%(task)s”", task=name),
        EscalationAction.REMIND: _("“%(task)s” is late", task=name),
        EscalationAction.REASSIGN: _(
            "“%(task)s” is late; now %(group)s may take it", task=name, group=group
        ),
        EscalationAction.ESCALATE: _(
            "“%(task)s” is late; %(group)s is told", task=name, group=group
        ),
    }
    action = told.text("action")
    known = EscalationAction(action) if action in set(EscalationAction) else EscalationAction.REMIND
    return "clock", "suspended", texts[known]


def _changed(told: Told) -> Telling:
    parts = []
    if told.event.detail.get("priority") is not None:
        parts.append(priority_word(int(told.text("priority"))))
    if told.text("due"):
        when = told.words.moment(datetime.fromisoformat(told.text("due")))
        parts.append(_("due %(when)s", when=when))
    if told.text("follow_up"):
        when = told.words.moment(datetime.fromisoformat(told.text("follow_up")))
        parts.append(_("comes back %(when)s", when=when))
    facts = {"who": told.who, "task": told.name, "what": _(", ").join(parts)}
    return "clock", "active", _("%(who)s changed “%(task)s”: %(what)s", **facts)


def _released(told: Told) -> Telling:
    if told.event.actor is None:
        return "undo", "suspended", _("“%(task)s” was taken back", task=told.name)
    text = _("%(who)s gave back “%(task)s”", who=told.who, task=told.name)
    return "undo", "suspended", text


def _reassigned(told: Told) -> Telling:
    facts = {"who": told.who, "task": told.name, "receiver": told.receiver}
    return "person", "active", _("%(who)s gave “%(task)s” to %(receiver)s", **facts)


def _caught(told: Told) -> Telling:
    icon = "clock" if told.node is None or told.node.timer is not None else "message"
    if told.event.actor is None:
        return icon, "good", _("“%(event)s” came", event=told.name)
    facts = {"who": told.who, "event": told.name}
    return icon, "good", _("%(who)s let the case go on at “%(event)s”", **facts)


def _thrown(told: Told) -> Telling:
    node = told.node
    if node is not None and node.event is not None and node.event.kind is EventKind.COMPENSATION:
        return "undo", "suspended", _("“%(event)s”: what was done is undone", event=told.name)
    return "message", "muted", _("“%(event)s” was sent", event=told.name)


_CASE: Tellers = {
    EventType.CASE_STARTED: _started,
    EventType.CASE_COMPLETED: _completed,
    EventType.CASE_CANCELLED: lambda t: (
        "cancelled", "problem", _("%(who)s cancelled the case", who=t.who)
    ),
    EventType.INCIDENT_OPENED: _problem,
    EventType.INCIDENT_RESOLVED: _resolved,
    EventType.DATA_CHANGED: _data_changed,
    EventType.SUSPENDED: lambda t: (
        "suspended", "suspended", _("%(who)s suspended the case", who=t.who)
    ),
    EventType.RESUMED: lambda t: (
        "active", "active", _("%(who)s let the case go on again", who=t.who)
    ),
    EventType.MOVED: lambda t: (
        "next", "suspended", _("%(who)s moved the case to other steps", who=t.who)
    ),
    EventType.MIGRATED: _migrated,
}  # fmt: skip
_TASK: Tellers = {
    EventType.SCHEDULED: lambda t: (
        "waiting", "muted",
        _("“%(task)s” is waiting for %(group)s", task=t.name, group=t.words.group(t.event.lane)),
    ),
    EventType.OFFERED: lambda t: (
        "waiting", "muted",
        _("“%(task)s” is kept for %(receiver)s", task=t.name, receiver=t.receiver)
        if t.text("to")
        else _("“%(task)s” is offered to %(receiver)s", task=t.name, receiver=t.receiver),
    ),
    EventType.CLAIMED: lambda t: (
        "person", "active", _("%(who)s took “%(task)s”", who=t.who, task=t.name)
    ),
    EventType.STARTED: lambda t: (
        "person", "active", _("%(who)s began “%(task)s”", who=t.who, task=t.name)
    ),
    EventType.RELEASED: _released,
    EventType.DELEGATED: lambda t: (
        "person", "active",
        _("%(who)s handed “%(task)s” over to %(receiver)s",
          who=t.who, task=t.name, receiver=t.receiver),
    ),
    EventType.REASSIGNED: _reassigned,
    EventType.ESCALATED: _escalated,
    EventType.CHANGED: _changed,
    EventType.COMPLETED: lambda t: (
        "done", "good", _("%(who)s completed “%(task)s”", who=t.who, task=t.name)
    ),
    EventType.CANCELLED: lambda t: (
        "cancelled", "suspended", _("“%(task)s” was withdrawn", task=t.name)
    ),
}  # fmt: skip
_CATCH: Tellers = {
    EventType.SCHEDULED: lambda t: (
        "clock", "muted", _("The case waits for “%(event)s”", event=t.awaited)
    ),
    EventType.COMPLETED: _caught,
    EventType.CANCELLED: lambda t: (
        "clock", "muted", _("“%(event)s” is no longer waited for", event=t.awaited)
    ),
}  # fmt: skip
_WORK: Tellers = {
    EventType.COMPLETED: lambda t: (
        "gear", "good", _("“%(task)s” was done by itself", task=t.name)
    ),
    EventType.CANCELLED: _TASK[EventType.CANCELLED],
}  # fmt: skip
_CALL: Tellers = {
    EventType.SCHEDULED: lambda t: (
        "next", "muted", _("“%(task)s” is handed to a case of its own", task=t.name)
    ),
    EventType.COMPLETED: lambda t: (
        "done", "good", _("The case of “%(task)s” came back", task=t.name)
    ),
    EventType.CANCELLED: _TASK[EventType.CANCELLED],
}  # fmt: skip
_THROW: Tellers = {EventType.COMPLETED: _thrown}
