from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.domain.identity import User, UserId
from engine.domain.instance import DefinitionId, InstanceId
from engine.domain.user_task import Candidates, TaskId, TaskState, UserTask
from engine.errors import NotAllowed, TaskNotClaimed

AT = datetime(2026, 3, 2, tzinfo=UTC)
ALICE = User(UserId("alice"), "Alice", frozenset({"desk"}))


def a_task(candidates, state, holder):
    return UserTask(
        TaskId(1), InstanceId(1), DefinitionId(1), "p", "P-1", "1", "a", "A", None, candidates,
        None, state, AT, claimed_by=holder,
    )  # fmt: skip


def test_only_the_holder_gives_a_task_back():
    with pytest.raises(TaskNotClaimed):
        a_task(Candidates(), TaskState.OFFERED, None).given_back(ALICE)


def test_holder_who_left_the_group_does_not_complete():
    task = a_task(Candidates(frozenset({"ward"})), TaskState.CLAIMED, ALICE.id)

    with pytest.raises(NotAllowed, match="complete"):
        task.completed(ALICE, AT)


def test_people_who_are_named_and_excluded_leave_a_task_to_nobody():
    candidates = Candidates(users=frozenset({"alice"}), excluded=frozenset({"alice"}))

    assert (candidates.is_restricted, candidates.named) == (True, [])
    assert not candidates.include(User(UserId("alice"), "Alice"))
    assert not candidates.include(User(UserId("bob"), "Bob"))
