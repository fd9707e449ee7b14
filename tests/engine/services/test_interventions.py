"""Changing a case by hand: what the preview tells is what happens."""

from __future__ import annotations

import pytest

from engine.domain.consequences import Effect, Move, OutdatedPreview
from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.errors import ExecutionFailed, InvalidForm, NotAllowed, NotFound
from tests.engine.models import PARALLEL, WAITING
from tests.engine.services.service_models import CALLED, CALLING, STUCK

BECAUSE = {"by": "dora", "reason": "the form went missing"}


@pytest.fixture
def visit(engine):
    """A case whose first task Alice has taken, with a draft."""
    case = engine.start_process("patient_visit", by="alice")
    task = engine.claim(engine.open_tasks(case.id, by="dora")[0].id, by="alice")
    engine.save_draft(task.id, {"patient": "Wa"}, by="alice")
    return case


def elements(engine, case):
    return [task.element_id for task in engine.open_tasks(case.id, by="dora")]


def token_of(engine, case):
    return engine.standing(case.id, by="dora")[0].token


def effects(several):
    return [(effect.kind, effect.element_id) for effect in several]


def test_standing_names_what_a_case_waits_for(engine, visit):
    (standing,) = engine.standing(visit.id, by="alice")

    assert (standing.element_id, standing.kind, standing.name) == (
        "register", "task", "登记 / Register",
    )  # fmt: skip


def test_skipped_task_is_withdrawn_and_the_case_goes_on_with_the_values(engine, visit):
    token = token_of(engine, visit)
    seen = engine.preview_skip(visit.id, token, by="dora")

    engine.skip_element(visit.id, token, values={"patient": "Wang"}, **BECAUSE)

    assert effects(seen.withdrawn) == [("task", "register")]
    assert effects(seen.opened) == [("task", "treat")]
    assert seen.lost == (
        "alice loses task 1 登记 / Register", "drafts of task 1 登记 / Register: 1",
    )  # fmt: skip
    assert elements(engine, visit) == ["treat"]
    assert engine.instance(visit.id, by="dora").values == {"patient": "Wang"}


def test_skipping_is_told_in_history_with_its_reason(engine, visit):
    engine.skip_element(visit.id, token_of(engine, visit), **BECAUSE)

    moved = [e for e in engine.history(visit.id, by="dora") if e.type is EventType.MOVED]
    assert [(event.actor, event.detail["skipped"]) for event in moved] == [("dora", "register")]
    assert moved[0].detail["reason"] == "the form went missing"
    cancelled = [e for e in engine.history(visit.id, by="dora") if e.type is EventType.CANCELLED]
    assert [event.element_id for event in cancelled] == ["register"]


def test_case_begins_again_from_an_element(engine, visit):
    engine.skip_element(visit.id, token_of(engine, visit), values={"patient": "W"}, **BECAUSE)
    wanted = Move(activate=["register"], withdraw=None)
    seen = engine.preview_move(visit.id, wanted, by="dora")

    engine.move_instance(visit.id, wanted, **BECAUSE)

    assert effects(seen.withdrawn) == [("task", "treat")]
    assert effects(seen.opened) == [("task", "register")]
    assert elements(engine, visit) == ["register"]
    assert engine.instance(visit.id, by="dora").values == {"patient": "W"}


def test_preview_changes_nothing(engine, visit):
    before = engine.history(visit.id, by="dora")

    engine.preview_move(visit.id, Move(activate=["treat"], withdraw=None), by="dora")

    assert engine.history(visit.id, by="dora") == before
    assert elements(engine, visit) == ["register"]


def test_change_is_refused_when_the_case_is_not_as_previewed(engine, visit):
    seen = engine.preview_skip(visit.id, token_of(engine, visit), by="dora")
    engine.release(engine.open_tasks(visit.id, by="dora")[0].id, by="alice")

    with pytest.raises(OutdatedPreview):
        engine.skip_element(visit.id, token_of(engine, visit), based_on=seen.based_on, **BECAUSE)

    assert elements(engine, visit) == ["register"]


def test_timers_and_called_cases_are_among_the_consequences(engine):
    for xml, key in ((CALLED, "called"), (CALLING, "calling"), (WAITING, "waiting")):
        engine.deploy(xml, source=f"{key}.bpmn", forms={})
    caller = engine.start_process("calling", by="dora")
    waiting = engine.start_process("waiting", by="dora")
    (child,) = engine.called_instances(caller.id, by="dora")

    seen = engine.preview_skip(caller.id, token_of(engine, caller), by="dora")
    skipped = engine.preview_skip(waiting.id, token_of(engine, waiting), by="dora")
    engine.skip_element(caller.id, token_of(engine, caller), **BECAUSE)

    name = f"called/{child.business_key}"
    assert seen.withdrawn == (Effect("call", "call", "2", name),)
    assert seen.lost == (f"the called case {name} is cancelled with all that is open in it",)
    assert effects(skipped.withdrawn) == [("timer", "pause")]
    assert effects(skipped.opened) == [("task", "answer"), ("timer", "too_late")]
    assert engine.instance(child.id, by="dora").state is InstanceState.CANCELLED
    assert elements(engine, caller) == ["after"]


def test_move_that_leaves_nothing_or_leads_nowhere_is_refused(engine, visit):
    with pytest.raises(ExecutionFailed, match="cancel it instead"):
        engine.move_instance(visit.id, Move(withdraw=[token_of(engine, visit)]), **BECAUSE)
    with pytest.raises(ExecutionFailed, match="no such element"):
        engine.move_instance(visit.id, Move(activate=["gone"]), **BECAUSE)
    with pytest.raises(InvalidForm):
        engine.move_instance(visit.id, Move(), **BECAUSE)
    with pytest.raises(NotFound, match="token"):
        engine.skip_element(visit.id, "99", **BECAUSE)

    assert elements(engine, visit) == ["register"]
    assert engine.incidents(by="dora") == []


def test_values_of_withdrawn_work_are_kept_beside_those_of_others(engine):
    engine.deploy(PARALLEL, source="parallel.bpmn", forms={})
    case = engine.start_process("parallel", by="dora", values={"by": "all"})
    left, right = engine.standing(case.id, by="dora")
    for one in (left, right):
        wanted = Move([one.element_id], [one.token], {one.element_id: "seen"})
        engine.move_instance(case.id, wanted, **BECAUSE)

    tokens = [one.token for one in engine.standing(case.id, by="dora")]
    engine.move_instance(case.id, Move(["both"], [tokens[0]], {"right": "anew"}), **BECAUSE)
    engine.move_instance(case.id, Move(["both"], None), **BECAUSE)

    values = engine.instance(case.id, by="dora").values
    assert values == {"by": "all", "left": "seen", "right": "anew"}


def test_values_are_corrected_with_a_reason_also_while_suspended(engine):
    engine.deploy(STUCK, source="stuck.bpmn", forms={})
    case = engine.start_process("stuck", by="dora")
    engine.suspend_instance(case.id, **BECAUSE)

    engine.set_values(case.id, {"level": 7}, **BECAUSE)
    engine.resume_instance(case.id, **BECAUSE)
    engine.skip_element(case.id, token_of(engine, case), **BECAUSE)

    assert elements(engine, case) == ["left"]
    changed = [e for e in engine.history(case.id, by="dora") if e.type is EventType.DATA_CHANGED]
    assert [event.detail for event in changed] == [
        {"fields": ["level"], "reason": BECAUSE["reason"]}
    ]


def test_cases_are_changed_by_managers_with_a_reason(engine, visit):
    token = token_of(engine, visit)
    for command in (
        lambda **who: engine.skip_element(visit.id, token, **who),
        lambda **who: engine.move_instance(visit.id, Move(activate=["treat"]), **who),
        lambda **who: engine.set_values(visit.id, {"patient": "W"}, **who),
    ):
        with pytest.raises(NotAllowed):
            command(by="alice", reason="because")
        with pytest.raises(InvalidForm):
            command(by="dora", reason="")
    with pytest.raises(NotAllowed):
        engine.preview_skip(visit.id, token, by="alice")
