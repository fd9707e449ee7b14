"""Tasks in words: how urgent they are, and how they came to the person who holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.user_task import MOST_URGENT, OPEN_STATES, USUAL_PRIORITY, TaskState
from web.context import services
from web.presenters import Badge, duration, task_badge, words
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain.history import HistoryEvent
    from engine.domain.user_task import UserTask

LOW, HIGH, URGENT = 20, 70, 90
FIRST_URGENT = 80  # from here on a task is called urgent
SOON_SHARE = 0.25  # of the time it was given: what is left when a task is called due soon
INPUT_PATTERN = "yyyy-MM-dd'T'HH:mm"  # of <input type="datetime-local">
HANDED = frozenset({EventType.DELEGATED, EventType.REASSIGNED})


@dataclass(frozen=True, slots=True)
class Handover:
    """Who gave a task to the person that holds it, and why."""

    by: str | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    word: str
    is_chosen: bool = False


def state_badge(task: UserTask, user_id: str) -> Badge:
    """Return the state of a task as this person reads it."""
    if task.state is TaskState.RESERVED and task.claimed_by == user_id:
        return Badge("person", _("Kept for you"), "active")
    return task_badge(task.state)


def due_badge(task: UserTask) -> Badge | None:
    """Say how much time is left; None: no date is set, or the task is over."""
    if task.due_at is None or task.state not in OPEN_STATES:
        return None
    left_s = (task.due_at - words().now).total_seconds()
    if left_s <= 0:
        return Badge("overdue", _("%(time)s overdue", time=duration(-left_s)), "problem")
    given_s = (task.due_at - task.created_at).total_seconds()
    if left_s <= SOON_SHARE * given_s:
        return Badge("clock", _("due in %(time)s", time=duration(left_s)), "suspended")
    return Badge("clock", _("due %(when)s", when=words().moment(task.due_at)), "neutral")


def priority_badge(task: UserTask) -> Badge | None:
    """Say how urgent a task is; None: as usual, or the task is over."""
    if task.priority == USUAL_PRIORITY or task.state not in OPEN_STATES:
        return None
    tone = "problem" if task.priority >= FIRST_URGENT else "neutral"
    icon = "raised" if task.priority > USUAL_PRIORITY else "lowered"
    return Badge(icon, priority_word(task.priority), tone)


def priority_word(priority: int) -> str:
    """Return a priority from 0 to 100 in words."""
    if priority >= FIRST_URGENT:
        return _("Urgent")
    if priority > USUAL_PRIORITY:
        return _("High priority")
    return _("Usual priority") if priority == USUAL_PRIORITY else _("Low priority")


def priority_choices(task: UserTask) -> list[Choice]:
    """Return the priorities to choose from; a number between them stays as it is."""
    usual = (LOW, USUAL_PRIORITY, HIGH, URGENT)
    known = sorted({*usual, task.priority} if 0 <= task.priority <= MOST_URGENT else usual)
    return [
        Choice(
            str(number),
            priority_word(number) if number in usual else f"{priority_word(number)} ({number})",
            number == task.priority,
        )
        for number in known
    ]


def due_input(task: UserTask) -> str:
    """Return when a task is due as the browser's field for a moment wants it."""
    return format_moment(task.due_at, INPUT_PATTERN) if task.due_at else ""


def due_of_input(text: str) -> datetime | None:
    """Return the moment of the browser's field, in the clinic's zone; ValueError for nonsense."""
    if not text:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=services().settings.timezone)


def handover(task: UserTask, history: Iterable[HistoryEvent]) -> Handover | None:
    """Return how a task came to its holder; None: they took it themselves."""
    if task.appointed_by is None:
        return None
    found = None
    for event in history:
        if event.token == task.token and event.type in HANDED and event.detail.get("to"):
            reason = str(event.detail.get("reason") or "")
            found = Handover(event.actor, reason, event.at)
    return found
