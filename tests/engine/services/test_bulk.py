"""Bulk operations: every item has a result, none is done twice or left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.domain.bulk import BulkKind, BulkRequest, BulkState, ItemState
from engine.domain.identity import Role, User, UserId
from engine.domain.instance import InstanceState
from engine.errors import InvalidForm, NotAllowed, NotFound
from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.service_models import ASKING
from tests.engine.services.test_concurrency import at_once

SUSPEND = BulkRequest(BulkKind.SUSPEND, "audit", process_key="patient_visit")
FOUR_EYES = a_model(
    "checked",
    [
        START, a_user_task("write"),
        '<userTask id="check" tf:excludedUsers="=author"/>', END,
    ],
    ["start write", "write check", "check end"],
)  # fmt: skip


def begin(engine, number):
    return [engine.start_process("patient_visit", by="alice") for _ in range(number)]


def results(engine, operation):
    return Counter(item.state for item in engine.bulk_items(operation.id, by="dora", limit=1000))


def suspended(engine, cases):
    found = [engine.instance(case.id, by="dora") for case in cases]
    return [case.suspended_at is not None for case in found]


def test_all_running_cases_of_a_process_are_suspended_and_resumed(engine):
    cases = begin(engine, 3)

    ordered = engine.order_bulk(SUSPEND, by="dora")
    engine.work_bulk()

    assert (ordered.state, ordered.total) == (BulkState.RUNNING, 3)
    assert suspended(engine, cases) == [True] * 3
    assert engine.bulk_operation(ordered.id, by="dora").state is BulkState.DONE
    engine.order_bulk(replace(SUSPEND, kind=BulkKind.RESUME), by="dora")
    engine.work_bulk()
    assert suspended(engine, cases) == [False] * 3


def test_partly_refused_operation_tells_every_item(engine):
    """Of a hundred tasks ten may not go to Charlie and five are done meanwhile (B18)."""
    engine.deploy(FOUR_EYES, source="checked.bpmn", forms={})
    tasks = []
    for number in range(100):
        values = {"author": "charlie" if number < 10 else "bob"}
        case = engine.start_process("checked", by="dora", values=values)
        engine.skip_element(
            case.id, engine.standing(case.id, by="dora")[0].token, by="dora", reason="written"
        )
        tasks += engine.open_tasks(case.id, by="dora")
    wanted = BulkRequest(
        BulkKind.REASSIGN, "holidays", [task.id for task in tasks], arguments={"to": "charlie"}
    )
    ordered = engine.order_bulk(wanted, by="dora")
    for task in tasks[-5:]:
        engine.claim(task.id, by="alice")
        engine.complete_task(task.id, by="alice", values={})

    engine.work_bulk(limit=1000)

    assert results(engine, ordered) == {ItemState.DONE: 85, ItemState.REFUSED: 15}
    items = engine.bulk_items(ordered.id, by="dora", limit=1000)
    assert [item.target_id for item in items] == [task.id for task in tasks]
    assert items[0].result == f"charlie may not do task {tasks[0].id}"
    assert items[-1].result == f"task {tasks[-1].id} is already completed (by alice)"
    assert len(engine.inbox("charlie")) == 85


def test_preview_tells_what_would_be_refused_and_stores_nothing(engine):
    cases = begin(engine, 3)
    engine.suspend_instance(cases[1].id, by="dora", reason="first")
    before = [engine.history(case.id, by="dora") for case in cases]

    seen = engine.preview_bulk(SUSPEND, by="dora")

    assert [item.state for item in seen] == [ItemState.DONE, ItemState.REFUSED, ItemState.DONE]
    assert "is suspended since" in seen[1].result
    assert [engine.history(case.id, by="dora") for case in cases] == before
    assert engine.bulk_operations(by="dora") == []


def test_rights_are_looked_at_when_an_item_is_done(engine):
    cases = begin(engine, 4)
    engine.add_user(User(UserId("eve"), "Eve", roles=frozenset({Role.MANAGER})))
    ordered = engine.order_bulk(SUSPEND, by="eve")
    engine.work_bulk(limit=1)
    engine.update_user(User(UserId("eve"), "Eve"))

    engine.work_bulk()

    assert results(engine, ordered) == {ItemState.DONE: 1, ItemState.REFUSED: 3}
    assert suspended(engine, cases) == [True, False, False, False]
    assert "eve may not suspend" in engine.bulk_items(ordered.id, by="dora")[1].result


def test_item_whose_result_cannot_be_noted_is_not_done_and_done_later(engine, monkeypatch):
    cases = begin(engine, 2)
    ordered = engine.order_bulk(SUSPEND, by="dora")
    with monkeypatch.context() as crash:
        crash.setattr("engine.services.bulk.bulk.finish_item", _die)
        with pytest.raises(KeyboardInterrupt):
            engine.work_bulk()

    assert suspended(engine, cases) == [False, False]
    engine.work_bulk()

    assert results(engine, ordered) == {ItemState.DONE: 2}
    assert suspended(engine, cases) == [True, True]


def _die(*_arguments, **_options):
    raise KeyboardInterrupt


def test_item_that_meets_a_fault_of_the_program_holds_up_no_other(engine, monkeypatch):
    begin(engine, 2)
    ordered = engine.order_bulk(SUSPEND, by="dora")
    with monkeypatch.context() as fault:
        fault.setattr("engine.services.suspension.suspension.mark", lambda *_: 1 / 0)
        engine.work_bulk(limit=1)

    engine.work_bulk()

    assert results(engine, ordered) == {ItemState.DONE: 1, ItemState.REFUSED: 1}
    assert "ZeroDivisionError" in engine.bulk_items(ordered.id, by="dora")[0].result


def test_workers_share_an_operation_and_do_each_item_once(engine):
    begin(engine, 12)
    ordered = engine.order_bulk(SUSPEND, by="dora")

    done = at_once([engine.work_bulk] * 3)

    assert sum(done) == 12
    assert results(engine, ordered) == {ItemState.DONE: 12}


def test_stopped_operation_skips_what_is_not_done(engine):
    cases = begin(engine, 3)
    ordered = engine.order_bulk(SUSPEND, by="dora")
    engine.work_bulk(limit=1)

    stopped = engine.stop_bulk(ordered.id, by="dora")
    engine.work_bulk()

    assert stopped.state is BulkState.STOPPED
    assert results(engine, ordered) == {ItemState.DONE: 1, ItemState.SKIPPED: 2}
    assert suspended(engine, cases) == [True, False, False]


def test_a_hundred_cases_migrate_and_go_on(engine):
    """The model changes while a hundred cases run (D11)."""
    first = a_model("ward", [START, a_user_task("look"), END], ["start look", "look end"])
    engine.deploy(first, source="ward.bpmn", forms={})
    cases = [engine.start_process("ward", by="alice") for _ in range(100)]
    second = engine.deploy(
        first.replace(b'"look', b'"see').replace(b"_look", b"_see"), source="w.bpmn", forms={}
    )
    arguments = {"to_version": 2, "mapping": {"look": "see"}}
    wanted = BulkRequest(
        BulkKind.MIGRATE, "pilot went well", process_key="ward", version=1, arguments=arguments
    )

    ordered = engine.order_bulk(wanted, by="dora")
    engine.work_bulk(limit=1000)

    assert results(engine, ordered) == {ItemState.DONE: 100}
    found = [engine.instance(case.id, by="dora").definition_id for case in cases]
    assert found == [second.id] * 100


def test_incidents_are_retried_and_cases_cancelled(engine, fake, clock):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    fake.answers = [ValueError("down")] * 2 * 3
    cases = [engine.start_process("asking", by="dora") for _ in range(2)]
    for case in cases:
        engine.suspend_instance(case.id, by="dora", reason="wait")
        engine.resume_instance(case.id, by="dora", reason="go")
    incidents = fail_for_good(engine, clock)

    retry = BulkRequest(BulkKind.RETRY, "it is up again", incidents)
    engine.order_bulk(retry, by="dora")
    engine.work_bulk()
    engine.call_due_services()
    cancel = BulkRequest(BulkKind.CANCEL, "over", [case.id for case in cases])
    engine.order_bulk(cancel, by="dora")
    engine.work_bulk()

    states = {engine.instance(case.id, by="dora").state for case in cases}
    assert states == {InstanceState.CANCELLED}
    assert len(fake.calls) == 8


def test_what_is_retried_in_bulk_is_done_at_once_outside_of_the_transaction(
    engine, fake, clock, caplog
):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    fake.answers = [ValueError("down")] * 3
    case = engine.start_process("asking", by="dora")
    incidents = fail_for_good(engine, clock)
    called = len(fake.calls)

    engine.order_bulk(BulkRequest(BulkKind.RETRY, "it is up again", incidents), by="dora")
    engine.work_bulk()

    assert len(fake.calls) == called + 1
    assert engine.instance(case.id, by="dora").open_incidents == 0
    assert "left to the worker" not in caplog.text


def fail_for_good(engine, clock):
    for _ in range(3):
        engine.call_due_services()
        clock.advance(timedelta(hours=1))
    return [one.id for one in engine.incidents(by="dora")]


@pytest.mark.parametrize(
    "wanted",
    [
        BulkRequest(BulkKind.SUSPEND, " ", [1]),
        BulkRequest(BulkKind.SUSPEND, "no targets"),
        BulkRequest(BulkKind.REASSIGN, "to nobody", [1]),
        BulkRequest(BulkKind.REASSIGN, "no tasks", process_key="ward", arguments={"to": "bob"}),
        BulkRequest(BulkKind.MIGRATE, "to nowhere", [1]),
        BulkRequest(BulkKind.RESUME, "how", [1], arguments={"timers": "drop"}),
    ],
)
def test_incomplete_orders_are_refused(engine, wanted):
    with pytest.raises(InvalidForm):
        engine.order_bulk(wanted, by="dora")


def test_bulk_operations_are_for_managers(engine):
    with pytest.raises(NotAllowed):
        engine.order_bulk(SUSPEND, by="alice")
    with pytest.raises(NotAllowed):
        engine.preview_bulk(SUSPEND, by="alice")
    with pytest.raises(NotFound):
        engine.bulk_operation(7, by="dora")


def test_operation_without_items_is_done(engine):
    assert engine.order_bulk(SUSPEND, by="dora").state is BulkState.DONE
