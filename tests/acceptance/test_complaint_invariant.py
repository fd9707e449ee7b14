"""Every matter is answered, every item settled: whatever people answer, however late they are."""

from datetime import timedelta

import numpy as np
import pytest

from engine.domain.instance import InstanceState

MOST_TASKS = 80
# What a person may say where it decides the way.
SAYINGS = {
    "safety": (True, False),
    "fault": (True, False),
    "remedy_amount": (0, 900, 9000),
    "departments": ([], ["cashier"]),
    "approval": ("yes", "yes", "no"),
    "customer_reply": ("accepted", "refused"),
    "solved": ("yes", "yes", "no"),
    "confirmation": ("yes", "yes", "no"),
    "typical": (True, False),
}
PAUSES = (timedelta(minutes=5), timedelta(hours=3), timedelta(days=4))


def said(rng):
    return {key: options[rng.integers(len(options))] for key, options in SAYINGS.items()}


@pytest.mark.parametrize("seed", range(8))
def test_no_complaint_is_without_an_open_task_until_it_is_archived(desk, seed):
    rng = np.random.default_rng(seed)
    case = desk.complain()
    for _ in range(MOST_TASKS):
        tasks = desk.tasks(case)
        assert tasks, desk.passed(case)
        desk.do_task(tasks[rng.integers(len(tasks))], **said(rng))
        desk.wait(PAUSES[rng.integers(len(PAUSES))])
        desk.escalate()
        if desk.again(case).state is not InstanceState.ACTIVE:
            break

    assert desk.passed(case)[-1] == "end_archived"
    assert desk.tasks(case) == []
    assert desk.engine.incidents(by="boss") == []
