from __future__ import annotations

from datetime import timedelta

import pytest

from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.errors import (
    DuplicateBusinessKey,
    ExecutionFailed,
    InstanceNotActive,
    InvalidForm,
    NotAllowed,
    NotFound,
    TaskNotOpen,
)
from tests.engine.conftest import MONDAY
from tests.engine.models import END, REGISTER_FORM, WAITING, a_model, a_user_task


def test_start_gives_running_numbers_to_cases(engine):
    keys = [engine.start_process("patient_visit", by="alice").business_key for _ in range(3)]

    assert keys == ["PV-2026-00001", "PV-2026-00002", "PV-2026-00003"]


def test_start_skips_a_number_that_somebody_has_used_as_a_key(engine):
    engine.start_process("patient_visit", by="alice", business_key="PV-2026-00001")

    assert engine.start_process("patient_visit", by="alice").business_key == "PV-2026-00002"


def test_start_begins_a_new_count_each_year(engine, clock):
    engine.start_process("patient_visit", by="alice")
    clock.advance(timedelta(days=365))

    assert engine.start_process("patient_visit", by="alice").business_key == "PV-2027-00001"


def test_start_is_refused_when_the_business_key_is_taken(engine):
    engine.start_process("patient_visit", by="alice", business_key="bed 7")

    with pytest.raises(DuplicateBusinessKey):
        engine.start_process("patient_visit", by="alice", business_key=" bed 7 ")

    assert engine.count_instances()[InstanceState.ACTIVE] == 1


def test_start_records_who_started_the_case(engine):
    case = engine.start_process("patient_visit", by="alice")

    events = engine.history(case.id, by="alice")

    assert [(event.seq, event.type, event.actor) for event in events[:3]] == [
        (1, EventType.CASE_STARTED, "alice"),
        (2, EventType.SCHEDULED, None),
        (3, EventType.COMPLETED, None),
    ]
    assert {(event.process_key, event.case_id, event.at) for event in events} == {
        ("patient_visit", "PV-2026-00001", MONDAY)
    }


def test_start_by_the_system_names_nobody(engine):
    case = engine.start_process("patient_visit", by=None, values={"source": "web"})

    assert (case.started_by, case.values) == (None, {"source": "web"})


@pytest.mark.parametrize("values", [{"a b": 1}, {"x": object()}, {"x": "y" * 300_000}])
def test_start_without_a_form_takes_named_json_values_only(engine, values):
    with pytest.raises(InvalidForm):
        engine.start_process("patient_visit", by="alice", values=values)


def test_start_checks_the_form_of_the_start_event(engine):
    start = '<startEvent id="start" camunda:formKey="register"/>'
    model = a_model("intake", [start, a_user_task("see"), END], ["start see", "see end"])
    definition = engine.deploy(model, source="i.bpmn", forms={"register": REGISTER_FORM})

    with pytest.raises(InvalidForm, match="patient: a value is required"):
        engine.start_process("intake", by="alice")

    assert list(engine.start_form(definition.id).fields) == ["patient", "age"]


def test_start_asks_which_start_event_when_there_are_several(engine):
    nodes = ['<startEvent id="by_phone"/>', '<startEvent id="by_mail"/>', a_user_task("see"), END]
    engine.deploy(
        a_model("two_ways", nodes, ["by_phone see", "by_mail see", "see end"]),
        source="t.bpmn",
        forms={},
    )

    with pytest.raises(ExecutionFailed, match="by_phone, by_mail"):
        engine.start_process("two_ways", by="alice")
    with pytest.raises(NotFound, match="by_fax"):
        engine.start_process("two_ways", by="alice", start_event="by_fax")
    case = engine.start_process("two_ways", by="alice", start_event="by_mail")
    assert engine.history(case.id, by="alice")[1].element_id == "by_mail"


def test_start_of_an_unknown_process_is_refused(engine):
    with pytest.raises(NotFound, match="no process 'surgery'"):
        engine.start_process("surgery", by="alice")


def test_instance_is_shown_to_those_who_started_it_or_work_in_its_lanes(engine):
    case = engine.start_process("patient_visit", by="bob")

    for person in ("alice", "bob", "dora"):
        assert engine.instance(case.id, by=person) == case
        assert engine.instances(by=person) == [case]
    assert engine.instances(by="charlie") == []
    with pytest.raises(NotAllowed):
        engine.instance(case.id, by="charlie")


def test_find_instance_looks_up_the_business_key_of_a_process(engine):
    case = engine.start_process("patient_visit", by="alice", business_key="bed 7")

    assert engine.find_instance("patient_visit", "bed 7", by="alice") == case
    with pytest.raises(NotFound):
        engine.find_instance("patient_visit", "bed 8", by="alice")


def test_instances_come_newest_first_and_page_by_page(engine, clock):
    cases = []
    for _ in range(5):
        cases.append(engine.start_process("patient_visit", by="alice"))
        clock.advance(timedelta(minutes=len(cases) // 3))  # some at the same moment
    newest_first = cases[::-1]

    page = engine.instances(by="dora", limit=2)
    rest = engine.instances(by="dora", before=page[-1].id)

    assert page + rest == newest_first


def test_instances_are_filtered_by_process_state_and_text(engine):
    engine.deploy(WAITING, source="w.bpmn", forms={})
    engine.start_process("waiting", by="dora", values={"patient": "Émile 100%"})
    engine.start_process("patient_visit", by="dora", values={"patient": "王小明"})

    def keys(**filters):
        return [case.business_key for case in engine.instances(by="dora", **filters)]

    assert (
        keys(process_key="waiting") == keys(text="émile") == keys(text="100%") == ["WAI-2026-00001"]
    )
    assert keys(text="小明") == keys(text="pv-2026") == ["PV-2026-00001"]
    assert keys(text="1_0%") == keys(state=InstanceState.COMPLETED) == []


def test_cancel_ends_everything_that_is_open(engine, clock):
    case = engine.start_process("patient_visit", by="alice")
    task = engine.claim(engine.inbox("alice")[0].id, by="alice")

    cancelled = engine.cancel_instance(case.id, by="dora", reason="left the building")

    assert (cancelled.state, cancelled.ended_at) == (InstanceState.CANCELLED, MONDAY)
    *_, withdrawn, ended = engine.history(case.id, by="dora")
    assert (withdrawn.type, withdrawn.token) == (EventType.CANCELLED, task.token)
    assert ended.detail == {"reason": "left the building"}
    assert engine.inbox("alice") == []
    with pytest.raises(TaskNotOpen, match="cancelled"):
        engine.complete_task(task.id, by="alice", values={"patient": "Wang"})


def test_cancel_forgets_the_timers(engine):
    engine.deploy(WAITING, source="w.bpmn", forms={})
    case = engine.start_process("waiting", by="dora")

    engine.cancel_instance(case.id, by="dora", reason="a mistake")

    assert engine.timers(case.id) == []
    assert engine.history(case.id, by="dora")[-2].element_id == "pause"


def test_cancel_is_for_managers_with_a_reason_and_open_cases(engine):
    case = engine.start_process("patient_visit", by="alice")

    with pytest.raises(NotAllowed):
        engine.cancel_instance(case.id, by="alice", reason="tired")
    with pytest.raises(InvalidForm, match="reason"):
        engine.cancel_instance(case.id, by="dora", reason=" ")
    engine.cancel_instance(case.id, by="dora", reason="a mistake")
    with pytest.raises(InstanceNotActive):
        engine.cancel_instance(case.id, by="dora", reason="twice")


def test_count_instances_tells_every_state(engine):
    engine.start_process("patient_visit", by="alice")

    assert engine.count_instances(process_key="patient_visit") == {
        InstanceState.ACTIVE: 1,
        InstanceState.COMPLETED: 0,
        InstanceState.CANCELLED: 0,
    }
    assert sum(engine.count_instances(process_key="surgery").values()) == 0


def test_instance_that_does_not_exist_is_not_found(engine):
    for look_up in (
        lambda: engine.instance(4711, by="dora"),
        lambda: engine.history(4711, by="dora"),
        lambda: engine.cancel_instance(4711, by="dora", reason="why not"),
    ):
        with pytest.raises(NotFound, match="no case 4711"):
            look_up()


@pytest.mark.parametrize("limit", [0, 501])
def test_instances_refuse_a_page_that_is_no_page(engine, limit):
    with pytest.raises(ValueError, match="1 to 500"):
        engine.instances(by="dora", limit=limit)
