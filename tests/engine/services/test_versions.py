"""Versions: drafts, active and retired ones, and the end of those nobody needs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.domain.instance import DefinitionState
from engine.domain.versions import DefinitionInUse
from engine.errors import InvalidForm, NotAllowed, NotExecutable, NotFound
from tests.engine.models import REGISTER_FORM, VISIT
from tests.engine.services.service_models import (
    CALLED,
    CALLING,
    EVERY_HOUR,
    STARTED_BY_MESSAGE,
)

FORMS = {"register": REGISTER_FORM}
SECOND = VISIT.replace(b"treat", b"cure")
BECAUSE = {"by": "dora", "reason": "pilot"}


def deploy(engine, xml, *, draft=False, forms=FORMS):
    return engine.deploy(xml, source="visit.bpmn", forms=forms, draft=draft)


def states(engine, key="patient_visit"):
    return {one.definition.version: one.definition.state.value for one in engine.versions(key)}


def start(engine):
    return engine.start_process("patient_visit", by="alice")


def test_draft_starts_no_cases_before_it_is_activated(engine):
    draft = deploy(engine, SECOND, draft=True)

    before = start(engine)
    engine.activate_version("patient_visit", 2, **BECAUSE)
    after = start(engine)

    assert draft.state is DefinitionState.DRAFT
    assert [before.definition_id == draft.id, after.definition_id == draft.id] == [False, True]


def test_process_means_its_newest_active_version(engine):
    deploy(engine, SECOND, draft=True)

    assert engine.definition("patient_visit").version == 1
    assert engine.definition("patient_visit", version=2).state is DefinitionState.DRAFT
    assert [one.version for one in engine.definitions()] == [1]


def test_draft_deployed_again_becomes_active(engine):
    deploy(engine, SECOND, draft=True)

    again = deploy(engine, SECOND)

    assert (again.version, again.state) == (2, DefinitionState.ACTIVE)
    assert states(engine) == {1: "active", 2: "active"}


def test_retired_version_starts_no_cases_and_its_cases_go_on(engine):
    case = start(engine)
    deploy(engine, SECOND)

    engine.retire_version("patient_visit", 2, **BECAUSE)
    following = start(engine)
    engine.retire_version("patient_visit", 1, **BECAUSE)

    assert following.definition_id == case.definition_id
    with pytest.raises(NotExecutable, match="no version of it is active"):
        start(engine)
    task = engine.claim(engine.open_tasks(case.id, by="dora")[0].id, by="alice")
    assert engine.complete_task(task.id, by="alice", values={"patient": "Wang"})


def test_start_events_wait_in_the_newest_active_version_only(engine):
    for text in (b"read", b"peruse"):
        deploy(engine, STARTED_BY_MESSAGE.replace(b"read", text), forms={})
    engine.retire_version("complaint", 2, **BECAUSE)

    sent = engine.correlate("paid", by="dora")
    engine.retire_version("complaint", 1, **BECAUSE)
    late = engine.correlate("paid", by="dora")

    case = engine.instance(sent.message.receiver_id, by="dora")
    assert case.definition_id == engine.definition("complaint", version=1).id
    assert late.message.receiver_id is None


def test_start_events_of_a_draft_do_not_wait(engine):
    first = deploy(engine, STARTED_BY_MESSAGE, forms={})
    deploy(engine, STARTED_BY_MESSAGE.replace(b"read", b"peruse"), draft=True, forms={})

    sent = engine.correlate("paid", by="dora")

    case = engine.instance(sent.message.receiver_id, by="dora")
    assert case.definition_id == first.id


def test_call_of_a_retired_process_is_an_incident_that_can_be_retried(engine):
    """The called process is missing when it is needed (D12)."""
    deploy(engine, CALLED, forms={})
    deploy(engine, CALLING, forms={})
    engine.retire_version("called", 1, **BECAUSE)
    caller = engine.start_process("calling", by="alice")
    (incident,) = engine.incidents(by="dora")

    engine.activate_version("called", 1, **BECAUSE)
    engine.retry_incident(incident.id, by="dora")

    assert "no version of it is active" in incident.reason
    assert len(engine.called_instances(caller.id, by="dora")) == 1


def test_timer_of_a_draft_starts_nothing(engine, clock):
    deploy(engine, EVERY_HOUR, draft=True, forms={})
    clock.advance(timedelta(hours=3))

    assert engine.fire_due_timers() == 0


def test_version_with_cases_is_not_deleted_and_they_are_counted(engine):
    start(engine)
    ended = start(engine)
    engine.cancel_instance(ended.id, by="dora", reason="left")
    deploy(engine, SECOND)
    engine.retire_version("patient_visit", 1, **BECAUSE)

    with pytest.raises(DefinitionInUse, match="1 cases run on it, 1 have ended on it"):
        engine.delete_version("patient_visit", 1, **BECAUSE)


def test_active_version_is_not_deleted(engine):
    with pytest.raises(DefinitionInUse, match="it is active; retire it first"):
        engine.delete_version("patient_visit", 1, **BECAUSE)


def test_number_of_a_deleted_version_is_not_given_again(engine):
    deploy(engine, SECOND, draft=True)

    engine.delete_version("patient_visit", 2, **BECAUSE)
    again = deploy(engine, SECOND)

    assert again.version == 3
    assert states(engine) == {3: "active", 1: "active"}
    with pytest.raises(NotFound):
        engine.definition("patient_visit", version=2)


def test_changes_of_versions_tell_who_when_and_why(engine, clock):
    deploy(engine, SECOND, draft=True)

    engine.activate_version("patient_visit", 2, by="dora", reason="the pilot went well")

    (change,) = engine.version_changes("patient_visit")
    assert (change.version, change.state) == (2, DefinitionState.ACTIVE)
    assert (change.changed_at, change.changed_by) == (clock.now(), "dora")
    assert change.reason == "the pilot went well"


def test_versions_are_changed_by_managers_with_a_reason(engine):
    with pytest.raises(NotAllowed):
        engine.retire_version("patient_visit", 1, by="alice", reason="no")
    with pytest.raises(InvalidForm):
        engine.retire_version("patient_visit", 1, by="dora", reason=" ")
    with pytest.raises(NotFound, match="patient_visit version 7"):
        engine.retire_version("patient_visit", 7, by="dora", reason="why not")
