from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.escalation import (
    EscalationAction,
    EscalationLadder,
    EscalationStep,
    InvalidLadder,
)

DUE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WARN = EscalationStep(timedelta(hours=-1), EscalationAction.WARN)
REMIND = EscalationStep(timedelta(0), EscalationAction.REMIND)
GIVE = EscalationStep(timedelta(hours=2), EscalationAction.REASSIGN, "leaders")


def test_steps_are_counted_from_the_due_moment():
    ladder = EscalationLadder("visit", None, (WARN, REMIND, GIVE))

    moments = [ladder.moment(number, DUE) for number in range(4)]

    assert moments == [DUE - timedelta(hours=1), DUE, DUE + timedelta(hours=2), None]


def test_task_without_due_date_has_no_steps():
    assert EscalationLadder("visit", None, (WARN,)).moment(0, None) is None


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((REMIND, WARN), "order of time"),
        (
            (EscalationStep(timedelta(0), EscalationAction.REASSIGN),),
            "step 1: reassign names a group",
        ),
        (
            (EscalationStep(timedelta(0), EscalationAction.WARN, "desk"),),
            "step 1: warn names no group",
        ),
        ((REMIND,) * 21, "at most 20"),
    ],
)
def test_ladder_that_cannot_be_climbed_is_refused(steps, reason):
    with pytest.raises(InvalidLadder, match=reason):
        EscalationLadder("visit", None, steps)
