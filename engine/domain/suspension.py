"""Suspension: a case stands still for a while."""

from __future__ import annotations

from enum import StrEnum


class TimerPolicy(StrEnum):
    """What becomes of timers and due dates when a case is resumed."""

    KEEP = "keep"  # they stay as planned: what was missed fires at once
    SHIFT = "shift"  # they come later by as long as the case stood still
