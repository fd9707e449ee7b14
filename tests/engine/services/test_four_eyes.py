"""The same person, another person, and nobody left: across the tasks of cases that call others."""

from __future__ import annotations

from dataclasses import replace

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
    with pytest.raises(InvalidModel, match=r"'propose' is no user or manual .* written caller/ID"):
        deploy(inner('tf:distinctFrom="propose"'))


# nobody left


def test_task_whose_only_named_person_is_excluded_is_not_for_everybody(deploy):
    words = 'camunda:candidateUsers="alice" tf:excludedUsers="alice"'
    engine = deploy(inner(words))

    case = engine.start_process("inner", by="dora")

    (task,) = engine.open_tasks(case.id, by="dora")
    with pytest.raises(NotAllowed):
        engine.claim(task.id, by="bob")
    assert [one.kind for one in engine.incidents_of(case.id, by="dora")] == ["vacant"]


ALONE = a_model(
    "alone",
    [
        START,
        f'<userTask id="propose" {DESK}/>',
        f'<userTask id="approve" tf:distinctFrom="propose" {DESK}/>',
        END,
    ],
    ["start propose", "propose approve", "approve end"],
)
AT_ONCE = a_model(
    "alone",
    [
        START,
        '<parallelGateway id="fork"/>',
        f'<userTask id="propose" {DESK}/>',
        f'<userTask id="approve" tf:distinctFrom="propose" {DESK}/>',
        '<parallelGateway id="join"/>',
        END,
    ],
    ["start fork", "fork propose", "fork approve", "propose join", "approve join", "join end"],
)


@pytest.fixture
def lonely(deploy):
    """A case whose approval nobody may do: Alice, alone at the desk, has proposed."""
    engine = deploy(ALONE)
    case = engine.start_process("alone", by="dora")
    (task,) = engine.open_tasks(case.id, by="dora")
    do(engine, task, "alice")
    return case


def open_incidents(engine, case):
    incidents = engine.incidents_of(case.id, by="dora")
    return [one.element_id for one in incidents if one.resolved_at is None]


def approval_of(engine, case):
    (task,) = engine.open_tasks(case.id, by="dora")
    return task


def test_task_that_nobody_may_do_is_an_incident(engine, lonely):
    (incident,) = engine.incidents_of(lonely.id, by="dora")

    assert (incident.kind, incident.element_id) == ("vacant", "approve")
    assert "nobody may do this task" in incident.reason
    assert engine.instance(lonely.id, by="dora").open_incidents == 1
    assert engine.check_history().is_sound


@pytest.mark.parametrize(
    "find_somebody",
    [
        lambda engine, task: engine.reassign(task.id, to="bob", by="dora", reason="help"),
        lambda engine, task: engine.offer_to_group(task.id, group="ward", by="dora", reason="help"),
    ],
    ids=["reassigned", "offered"],
)
def test_incident_ends_when_somebody_is_found(engine, lonely, find_somebody):
    task = approval_of(engine, lonely)

    find_somebody(engine, task)

    assert open_incidents(engine, lonely) == []
    assert do(engine, task, "bob") == []
    assert engine.instance(lonely.id, by="dora").open_incidents == 0
    assert engine.check_history().is_sound


def test_incident_comes_back_until_there_is_somebody(engine, lonely):
    (incident,) = engine.incidents_of(lonely.id, by="dora")
    engine.retry_incident(incident.id, by="dora")
    assert open_incidents(engine, lonely) == ["approve"]
    engine.update_user(replace(engine.user("bob"), groups=frozenset({"desk"})))

    engine.retry_incident(engine.incidents_of(lonely.id, by="dora")[-1].id, by="dora")

    assert open_incidents(engine, lonely) == []


def test_task_that_waited_beside_the_other_is_an_incident_once_nobody_is_left(deploy):
    engine = deploy(AT_ONCE)
    case = engine.start_process("alone", by="dora")
    proposal, _ = engine.open_tasks(case.id, by="dora")
    assert open_incidents(engine, case) == []

    do(engine, proposal, "alice")

    assert open_incidents(engine, case) == ["approve"]
    assert engine.inbox("alice") == []


def test_task_that_its_holder_may_do_no_longer_is_an_incident_once_it_is_given_back(deploy):
    engine = deploy(AT_ONCE)
    case = engine.start_process("alone", by="dora")
    proposal, approval = engine.open_tasks(case.id, by="dora")
    engine.claim(approval.id, by="alice")
    do(engine, proposal, "alice")
    with pytest.raises(NotAllowed, match="another person"):
        engine.complete_task(approval.id, by="alice", values={})
    assert open_incidents(engine, case) == []

    engine.release(approval.id, by="alice")

    assert open_incidents(engine, case) == ["approve"]
    assert engine.check_history().is_sound


def test_task_for_a_group_without_members_waits_for_some(deploy):
    engine = deploy(inner('camunda:candidateGroups="night"'))

    case = engine.start_process("inner", by="dora")

    assert open_incidents(engine, case) == []
