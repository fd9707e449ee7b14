"""Suspension: a case stands still for a while."""

from __future__ import annotations

from enum import StrEnum

from engine.errors import EngineError


class NotSuspended(EngineError):
    """Only a suspended case is resumed."""

    def __init__(self, instance_id: int, business_key: str) -> None:
        super().__init__(f"case {business_key} is not suspended")
        self.instance_id, self.business_key = instance_id, business_key


class TimerPolicy(StrEnum):
    """What becomes of timers and due dates when a case is resumed."""

    KEEP = "keep"  # they stay as planned: what was missed fires at once
    SHIFT = "shift"  # they come later by as long as the case stood still
