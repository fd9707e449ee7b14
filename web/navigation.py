"""The entries of the left rail."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from web.context import services, signed_in_user
from web.presenters import words
from web.texts import gettext as _

MOST_COUNTED = 100
TASKS = ("tasks", "drafts", "handover")
PROBLEMS = ("problems", "messages")
SIMULATE = ("simulate", "studies", "forecast", "learnt")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: where it leads and whether we are there."""

    word: str
    icon: str
    url: str
    blueprints: tuple[str, ...]
    count: str = ""
    tone: str = ""  # of the count

    @property
    def is_current(self) -> bool:
        """Whether the page belongs to this entry."""
        return request.blueprint in self.blueprints


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    word: str
    items: tuple[Item, ...]


def navigation() -> list[Group]:
    """Return the rail, in the same order for everybody."""
    work = (
        Item(_("Tasks"), "tasks", url_for("tasks.inbox"), TASKS, _waiting()),
        Item(_("Cases"), "cases", url_for("cases.index"), ("cases",)),
        Item(_("Start"), "start", url_for("start.index"), ("start",)),
    )
    groups = [Group(_("Daily work"), work)]
    if signed_in_user().may_manage():
        problems = url_for("problems.index")
        open_ones = _problems()
        item = Item(_("Problems"), "problem", problems, PROBLEMS, open_ones, "problem")
        groups.append(Group(_("Operation"), (item,)))
    key = next((key for key, one in words().definitions.items() if one.is_executable), None)
    if key is not None:
        insight = (
            Item(_("Health"), "health", url_for("health.show", key=key), ("health",)),
            Item(_("Simulate"), "simulate", url_for("simulate.show", key=key), SIMULATE),
        )
        groups.append(Group(_("Insight"), insight))
    return groups


def _waiting() -> str:
    return _count(len(services().engine.inbox(signed_in_user().id, limit=MOST_COUNTED)))


def _problems() -> str:
    user = signed_in_user()
    return _count(services().engine.count_incidents(by=user.id, at_most=MOST_COUNTED))


def _count(found: int) -> str:
    if found == 0:
        return ""
    return f"{MOST_COUNTED - 1}+" if found >= MOST_COUNTED else str(found)
