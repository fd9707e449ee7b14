"""Running cases move to another version with all that is open in them, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.domain.history import EventType
from engine.domain.migration_plan import InvalidPlan, Migration, MigrationBlocked, NothingToUndo
from engine.errors import NotAllowed, NotFound
from kpis.history_reader import read
from tests.engine.models import END, START, WAITING, a_model, a_timer, a_user_task
from tests.engine.services.service_models import WAITS_FOR_PAYMENT

BECAUSE = {"by": "dora", "reason": "the new form is better"}


def ward(*nodes, flows, key="ward"):
    return a_model(key, [START, *nodes, END], flows)


FIRST = ward(
    a_user_task("look"), a_user_task("write"), flows=["start look", "look write", "write end"]
)
# one more task, and a limit on the one that is open
SECOND = a_model(
    "ward",
    [
        START, a_user_task("look", name="Look closer"), a_timer("late", "PT2H", attached_to="look"),
        '<endEvent id="gave_up"/>', a_user_task("ask"), a_user_task("write"), END,
    ],
    ["start look", "look ask", "ask write", "write end", "late gave_up"],
)  # fmt: skip
RENAMED = FIRST.replace(b'"look"', b'"inspect"').replace(b'"look_', b'"inspect_')
RENAMED = RENAMED.replace(b"start_look", b"start_inspect")
TO_SECOND = Migration(2)
TO_RENAMED = Migration(2, {"look": "inspect"})


def deploy(engine, *models):
    for xml in models:
        engine.deploy(xml, source="ward.bpmn", forms={})


def begin(engine, second=SECOND):
    """A case of the first version, its task taken by Alice with a draft; the second is there."""
    deploy(engine, FIRST)
    case = engine.start_process("ward", by="alice")
    task = engine.claim(engine.open_tasks(case.id, by="dora")[0].id, by="alice")
    engine.save_draft(task.id, {"note": "pale"}, by="alice")
    deploy(engine, second)
    return case, task


def events(engine, case, *types):
    found = engine.history(case.id, by="dora")
    return [(e.type.value, e.element_id, e.actor) for e in found if e.type in types]


def finish(engine, case):
    done = []
    while tasks := engine.open_tasks(case.id, by="dora"):
        engine.claim(tasks[0].id, by="alice")
        engine.complete_task(tasks[0].id, by="alice", values={})
        done.append(tasks[0].element_id)
    return done


def test_plan_tells_what_is_the_same_new_and_missing(engine):
    deploy(engine, FIRST, RENAMED)

    plan = engine.plan_migration("ward", from_version=1, to_version=2)
    mapped = engine.plan_migration(
        "ward", from_version=1, to_version=2, mapping={"look": "inspect"}
    )

    assert (plan.same, plan.unmapped, plan.new) == (
        ("start", "write", "end"),
        ("look",),
        ("inspect",),
    )
    assert mapped.unmapped == ()


def test_plan_that_names_what_is_not_there_is_refused(engine):
    deploy(engine, FIRST, SECOND)

    with pytest.raises(InvalidPlan) as refusal:
        engine.plan_migration(
            "ward", from_version=1, to_version=2, mapping={"gaze": "look", "look": "gaze"}
        )

    assert "'gaze' is no element of version 1" in str(refusal.value)
    assert "'gaze' (for 'look') is no element of version 2" in str(refusal.value)


def test_dry_run_names_blockers_and_what_is_kept_per_case(engine):
    deploy(engine, FIRST)
    first, second = (engine.start_process("ward", by="alice") for _ in range(2))
    engine.skip_element(second.id, engine.standing(second.id, by="dora")[0].token, **BECAUSE)
    deploy(engine, RENAMED)
    plan = engine.plan_migration("ward", from_version=1, to_version=2)

    tried = {one.instance_id: one for one in engine.try_migration(plan, by="dora")}

    assert not tried[first.id].can_move
    assert "'look': the new version has no such element" in tried[first.id].blockers[0]
    assert tried[second.id].can_move
    (task,) = engine.open_tasks(second.id, by="dora")
    assert tried[second.id].kept_tasks == (task.id,)
    assert engine.instance(first.id, by="dora").definition_id == first.definition_id


def test_migrated_case_keeps_its_task_with_holder_and_draft(engine):
    case, task = begin(engine)

    moved = engine.migrate_instance(case.id, TO_SECOND, **BECAUSE)

    (after,) = engine.open_tasks(case.id, by="dora")
    assert (after.id, after.claimed_by, after.name) == (task.id, "alice", "Look closer")
    assert after.definition_id == moved.definition_id == engine.definition("ward").id
    assert engine.draft(task.id, by="alice")[0] == {"note": "pale"}
    assert [timer.element_id for timer in engine.timers(case.id)] == ["late"]
    assert finish(engine, case) == ["look", "ask", "write"]


def test_migrated_case_keeps_the_moment_of_its_timer(engine, clock):
    deploy(engine, WAITING)
    case = engine.start_process("waiting", by="dora")
    (before,) = engine.timers(case.id)
    clock.advance(timedelta(minutes=4))
    deploy(
        engine,
        WAITING.replace(b"PT10M", b"PT30M")
        .replace(b'"pause', b'"rest')
        .replace(b"_pause", b"_rest"),
    )

    engine.migrate_instance(case.id, Migration(2, {"pause": "rest"}), **BECAUSE)

    (after,) = engine.timers(case.id)
    assert (after.id, after.due_at, after.element_id) == (before.id, before.due_at, "rest")
    clock.advance(timedelta(minutes=6))
    assert engine.fire_due_timers() == 1


def test_migrated_case_still_gets_its_message(engine):
    deploy(engine, WAITS_FOR_PAYMENT)
    case = engine.start_process("order", by="dora", values={"order": "7"})
    deploy(engine, WAITS_FOR_PAYMENT.replace(b'"wait', b'"await').replace(b"_wait", b"_await"))

    engine.migrate_instance(case.id, Migration(2, {"wait": "await"}), **BECAUSE)
    engine.correlate("paid", key="7", by="dora")

    assert finish(engine, case) == ["ship"]


def test_renamed_visit_ends_under_the_old_name_and_begins_under_the_new(engine):
    case, _ = begin(engine, RENAMED)

    engine.migrate_instance(case.id, TO_RENAMED, **BECAUSE)

    types = EventType.CANCELLED, EventType.SCHEDULED, EventType.CLAIMED, EventType.MIGRATED
    assert events(engine, case, *types)[-4:] == [
        ("migrated", None, "dora"),
        ("cancelled", "look", None),
        ("scheduled", "inspect", None),
        ("claimed", "inspect", "alice"),
    ]
    assert finish(engine, case) == ["inspect", "write"]
    assert engine.check_history().is_sound


def test_migrated_case_can_be_cancelled_and_measured(engine):
    case, _ = begin(engine, RENAMED)
    engine.migrate_instance(case.id, TO_RENAMED, **BECAUSE)

    engine.cancel_instance(case.id, **BECAUSE)

    read(engine.history(case.id, by="dora"))
    assert events(engine, case, EventType.CANCELLED)[-1][1] == "inspect"


def test_case_that_cannot_move_is_left_as_it_is(engine):
    case, task = begin(engine, RENAMED)

    with pytest.raises(MigrationBlocked, match="map it to another"):
        engine.migrate_instance(case.id, TO_SECOND, **BECAUSE)

    assert engine.open_tasks(case.id, by="dora") == [task]
    assert engine.incidents(by="dora") == []


@pytest.mark.parametrize(("model", "wanted"), [(SECOND, TO_SECOND), (RENAMED, TO_RENAMED)])
def test_migration_is_undone_before_the_next_command(engine, model, wanted):
    case, task = begin(engine, model)
    before = engine.instance(case.id, by="dora")
    engine.migrate_instance(case.id, wanted, **BECAUSE)

    back = engine.undo_migration(case.id, **BECAUSE)

    assert back.definition_id == before.definition_id
    assert engine.open_tasks(case.id, by="dora") == [task]
    assert engine.timers(case.id) == []
    assert engine.draft(task.id, by="alice")[0] == {"note": "pale"}
    assert finish(engine, case) == ["look", "write"]
    read(engine.history(case.id, by="dora"))


def test_timer_that_the_new_version_dropped_comes_back_with_its_moment(engine, clock):
    deploy(engine, SECOND)
    case = engine.start_process("ward", by="alice")
    (before,) = engine.timers(case.id)
    deploy(engine, FIRST)
    engine.migrate_instance(case.id, TO_SECOND, **BECAUSE)
    assert engine.timers(case.id) == []

    clock.advance(timedelta(hours=1))
    engine.undo_migration(case.id, **BECAUSE)

    assert engine.timers(case.id) == [before]
    clock.advance(timedelta(hours=1))
    assert engine.fire_due_timers() == 1


def test_migration_is_not_undone_after_the_next_command(engine):
    case, task = begin(engine)
    engine.migrate_instance(case.id, TO_SECOND, **BECAUSE)
    engine.release(task.id, by="alice")

    with pytest.raises(NothingToUndo):
        engine.undo_migration(case.id, **BECAUSE)

    assert engine.forget_old_migrations() == 1


def test_suspended_case_migrates_and_stands_still(engine, clock):
    case, _ = begin(engine)
    engine.suspend_instance(case.id, **BECAUSE)

    engine.migrate_instance(case.id, TO_SECOND, **BECAUSE)
    clock.advance(timedelta(hours=3))

    assert engine.fire_due_timers() == 0
    engine.resume_instance(case.id, **BECAUSE)
    assert engine.fire_due_timers() == 1


def test_migrating_is_for_managers_and_to_versions_there_are(engine):
    case, _ = begin(engine)
    engine.deploy(RENAMED, source="ward.bpmn", forms={}, draft=True)

    with pytest.raises(NotAllowed):
        engine.migrate_instance(case.id, TO_SECOND, by="alice", reason="no")
    for version in (3, 9):
        with pytest.raises(NotFound, match=f"ward version {version}"):
            engine.migrate_instance(case.id, Migration(version), **BECAUSE)
    with pytest.raises(MigrationBlocked, match="runs on version 1 already"):
        engine.migrate_instance(case.id, Migration(1), **BECAUSE)
