"""Triggers: what a catching event waits for, and how that opens and closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.bpmn.delta import OpenedSubscription, OpenedTimer
from engine.bpmn.terms import Label, Term, as_text
from engine.bpmn.token import NOTHING
from engine.domain.case_facts import seen
from engine.domain.cycle import Due
from engine.domain.duration import InvalidDuration
from engine.domain.process_graph import EventKind
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.merge import Values
    from engine.bpmn.timers import Timing
    from engine.bpmn.token import Token
    from engine.domain.process_graph import EventDefinition


class Trigger(Protocol):
    """Opens when a token comes to wait, closes when it waits no more."""

    waits_for: str

    def open(self, token: Token) -> None:
        """Let a token wait."""
        ...

    def close(self, token: Token) -> None:
        """End the waiting of a token: what it waited for came, or it is withdrawn."""
        ...

    def can_open_again(self, token: Token) -> bool:
        """Return whether an event that does not interrupt waits on after it happened."""
        ...

    def open_again(self, token: Token, before: Token) -> None:
        """Let a token wait in the place of one whose event happened."""
        ...

    def told_again(self, before: Token) -> Mapping[str, object]:
        """Return what history is told about a token that waits in the place of one."""
        ...


class TimerTrigger:
    """Waits for a moment, or for one after another."""

    waits_for = "timer"

    def __init__(self, element_id: str, timing: Timing) -> None:
        self._element_id, self._timing = element_id, timing

    def open(self, token: Token) -> None:
        """Set the timer."""
        workflow = token.workflow
        try:
            values = seen(self._timing.names, token.data, workflow.facts)
            due = self._timing.arm(workflow.at, values=values, calendars=workflow.calendars)
        except InvalidDuration as error:
            raise ExecutionFailed(self._element_id, str(error)) from error
        self._set(token, due)

    def _set(self, token: Token, due: Due) -> None:
        token.internal_data = due.to_state()
        token.wait()
        token.workflow.journal.opened(OpenedTimer(token.name, self._element_id, due.at))

    def close(self, token: Token) -> None:
        """Stop the timer."""
        token.workflow.journal.closed(OpenedTimer, token.name)

    def can_open_again(self, token: Token) -> bool:
        """Return whether a cycle goes on."""
        return self._following(token) is not None

    def open_again(self, token: Token, before: Token) -> None:
        """Set the timer for the next moment of a cycle."""
        due = self._following(before)
        assert due is not None
        self._set(token, due)

    def told_again(self, before: Token) -> Mapping[str, object]:
        """Return how many missed moments are left out, if too many were."""
        due = self._following(before)
        return {"skipped": due.skipped} if due is not None and due.skipped else NOTHING

    def _following(self, token: Token) -> Due | None:
        workflow, due = token.workflow, Due.from_state(token.internal_data)
        try:
            return self._timing.again(due, now=workflow.at, calendars=workflow.calendars)
        except InvalidDuration as error:
            raise ExecutionFailed(self._element_id, str(error)) from error


class NameTrigger:
    """Waits for a message or signal of a name."""

    waits_for = "subscription"

    def __init__(self, element_id: str, event: EventDefinition) -> None:
        self._element_id, self._kind = element_id, event.kind
        self._name = Label(element_id, f"name of the {event.kind}", event.name or element_id)
        key = event.correlation_key
        self._key = Term(element_id, "correlation key", key) if key else None

    def open(self, token: Token) -> None:
        """Subscribe."""
        key = self._key.value(token.data, token) if self._key is not None else None
        if key is None and self._key is not None:
            raise ExecutionFailed(self._element_id, "the correlation key is null")
        subscription = OpenedSubscription(
            token=token.name,
            element_id=self._element_id,
            kind=self._kind,
            name=self._name.text(token),
            key=None if key is None else as_text(key),
        )
        token.wait()
        token.workflow.journal.opened(subscription)

    def close(self, token: Token) -> None:
        """Unsubscribe."""
        token.workflow.journal.closed(OpenedSubscription, token.name)

    def can_open_again(self, token: Token) -> bool:
        """Return true: as long as its activity is open."""
        return True

    def open_again(self, token: Token, before: Token) -> None:
        """Subscribe again."""
        self.open(token)

    def told_again(self, before: Token) -> Mapping[str, object]:
        """Return nothing."""
        return NOTHING


class ConditionTrigger:
    """Waits until a condition over the data of the case becomes true."""

    waits_for = "condition"

    def __init__(self, element_id: str, event: EventDefinition) -> None:
        self._condition = Term(element_id, "condition", event.condition or "")

    def open(self, token: Token) -> None:
        """Wait; what is true already makes the event happen in the same command."""
        token.internal_data = {"held": False}
        token.wait()
        token.workflow.conditions[token.id] = token

    def close(self, token: Token) -> None:
        """Wait no more."""
        token.workflow.conditions.pop(token.id, None)

    def can_open_again(self, token: Token) -> bool:
        """Return true: as long as its activity is open."""
        return True

    def open_again(self, token: Token, before: Token) -> None:
        """Wait until the condition was false and is true again."""
        self.open(token)
        token.internal_data = {"held": True}

    def told_again(self, before: Token) -> Mapping[str, object]:
        """Return nothing."""
        return NOTHING

    def happens(self, token: Token, values: Values) -> bool:
        """Return whether the condition became true."""
        held = token.internal_data["held"]
        is_true = self._condition.holds(values, token)
        if is_true is not held:
            token.internal_data = {"held": is_true}
        return is_true and not held


def trigger_of(element_id: str, event: EventDefinition, timing: Timing | None) -> Trigger:
    """Return what an event waits for."""
    if timing is not None:
        return TimerTrigger(element_id, timing)
    if event.kind is EventKind.CONDITIONAL:
        return ConditionTrigger(element_id, event)
    return NameTrigger(element_id, event)
