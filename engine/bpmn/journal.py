"""Journal: what happens during one command, in the order in which it happens.

What opens and closes in one command was never open: neither is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from engine.bpmn.delta import (
    Fact,
    OpenedCall,
    OpenedJob,
    OpenedSubscription,
    OpenedTask,
    OpenedTimer,
    Thrown,
    Uncaught,
)
from engine.domain.history import EventType

if TYPE_CHECKING:
    from collections.abc import Mapping

Opened: TypeAlias = OpenedTask | OpenedTimer | OpenedJob | OpenedSubscription | OpenedCall

_OPENED: Mapping[type[Opened], str] = {
    OpenedTask: "opened_tasks",
    OpenedTimer: "opened_timers",
    OpenedJob: "opened_jobs",
    OpenedSubscription: "opened_subscriptions",
    OpenedCall: "opened_calls",
}
_NO_DETAIL: Mapping[str, object] = {}  # shared: nobody writes to it


class Journal:
    """Collects facts, what opened and closed, what was thrown and what nobody caught."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.thrown: list[Thrown] = []
        self.uncaught: list[Uncaught] = []
        self._opened: dict[str, Opened] = {}
        self._closed: dict[type[Opened], list[str]] = {}

    def scheduled(
        self, element_id: str, token: str, detail: Mapping[str, object] = _NO_DETAIL
    ) -> None:
        """Record that a token arrived at an activity or event."""
        self.facts.append(Fact(EventType.SCHEDULED, element_id, token, detail))

    def completed(
        self, element_id: str, token: str, detail: Mapping[str, object] = _NO_DETAIL
    ) -> None:
        """Record that an activity or event is done."""
        self.facts.append(Fact(EventType.COMPLETED, element_id, token, detail))

    def cancelled(self, element_id: str, token: str) -> None:
        """Record that an activity or event was withdrawn before it was done."""
        self.facts.append(Fact(EventType.CANCELLED, element_id, token))

    def opened(self, one: Opened) -> None:
        """Record that a token waits for somebody outside."""
        self._opened[one.token] = one

    def closed(self, kind: type[Opened], token: str) -> None:
        """Record that a token waits no more: it was answered, or withdrawn."""
        if self._opened.pop(token, None) is None:
            self._closed.setdefault(kind, []).append(token)

    def answered(self, token: str) -> None:
        """Forget what a token waited for: whoever answered knows that it is done."""
        self._opened.pop(token, None)

    def changes(self) -> dict[str, tuple[Any, ...]]:
        """Return what opened and closed, by the fields of a Delta; only what is not empty."""
        found: dict[str, list[Any]] = {}
        for one in self._opened.values():
            found.setdefault(_OPENED[type(one)], []).append(one)
        for kind, tokens in self._closed.items():
            found[_OPENED[kind].replace("opened", "closed")] = tokens
        return {field: tuple(ones) for field, ones in found.items()}
