"""The same person, another person, and nobody left: across the tasks of cases that call others."""

from __future__ import annotations

import pytest

from engine.domain.user_task import TaskState
from engine.errors import InvalidModel, NotAllowed
from tests.engine.models import END, START, a_model, a_user_task

DESK = 'camunda:candidateGroups="desk"'
OUTER = a_model(
    "outer",
    [START, a_user_task("propose"), '<callActivity id="call" calledElement="inner"/>', END],
    ["start propose", "propose call", "call end"],
)


def inner(words, *, key="inner"):
    return a_model(
        key, [START, f'<userTask id="approve" {words}/>', END], ["start approve", "approve end"]
    )


@pytest.fixture
def deploy(engine):
    def deploy(*models):
        for model in models:
            engine.deploy(model, source="four.bpmn", forms={})
        return engine

    return deploy


def do(engine, task, by):
    engine.claim(task.id, by=by)
    return engine.complete_task(task.id, by=by, values={})


def reach_approval(engine, by="alice"):
    case = engine.start_process("outer", by="dora")
    (task,) = engine.open_tasks(case.id, by="dora")
    (approval,) = do(engine, task, by)
    return approval


# across cases


def test_task_of_a_called_case_is_not_for_who_did_that_of_its_caller(deploy):
    engine = deploy(
        inner('tf:distinctFrom="caller/propose" camunda:candidateGroups="desk,ward"'), OUTER
    )
    approval = reach_approval(engine)

    with pytest.raises(NotAllowed):
        engine.claim(approval.id, by="alice")

    assert approval.candidates.excluded == {"alice"}
    assert do(engine, approval, "bob") == []


def test_task_of_a_called_case_is_kept_for_who_did_that_of_its_caller(deploy):
    engine = deploy(inner('tf:sameAs="caller/propose"'), OUTER)

    approval = reach_approval(engine, by="bob")

    assert (approval.state, approval.claimed_by) == (TaskState.RESERVED, "bob")


def test_task_is_looked_for_in_callers_of_callers(deploy):
    middle = a_model(
        "inner", [START, '<callActivity id="call" calledElement="innermost"/>', END],
        ["start call", "call end"],
    )  # fmt: skip
    engine = deploy(inner('tf:distinctFrom="caller/propose"', key="innermost"), middle, OUTER)

    assert reach_approval(engine).candidates.excluded == {"alice"}


def test_case_that_nobody_called_has_no_callers(deploy):
    engine = deploy(inner('tf:distinctFrom="caller/propose"'))

    case = engine.start_process("inner", by="alice")

    assert engine.open_tasks(case.id, by="dora")[0].candidates.excluded == set()


def test_task_that_is_not_of_the_process_is_refused_with_what_is_allowed(deploy):
    with pytest.raises(InvalidModel, match="'propose' is no user or manual .* written caller/ID"):
        deploy(inner('tf:distinctFrom="propose"'))


# nobody left


def test_task_whose_only_named_person_is_excluded_is_not_for_everybody(deploy):
    words = 'camunda:candidateUsers="alice" tf:excludedUsers="alice"'
    engine = deploy(inner(words))

    case = engine.start_process("inner", by="dora")

    (task,) = engine.open_tasks(case.id, by="dora")
    with pytest.raises(NotAllowed):
        engine.claim(task.id, by="bob")
