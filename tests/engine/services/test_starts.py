from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import NotExecutable
from tests.engine.conftest import MONDAY
from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.service_models import CALLED, CALLING, EVERY_HOUR

HOUR = timedelta(hours=1)


def cases(engine, key):
    return engine.instances(by="dora", process_key=key)


def test_timer_start_event_starts_a_case_at_each_of_its_moments(engine, clock):
    engine.deploy(EVERY_HOUR, source="hourly.bpmn", forms={})
    counts = []
    for _ in range(5):
        engine.fire_due_timers()
        counts.append(len(cases(engine, "hourly")))
        clock.advance(HOUR)

    assert counts == [0, 1, 2, 3, 3]


def test_start_event_that_was_missed_is_made_up_for_oldest_first(engine, clock):
    engine.deploy(EVERY_HOUR, source="hourly.bpmn", forms={})
    clock.advance(timedelta(days=30))
    while engine.fire_due_timers():
        pass

    planned = [
        engine.history(case.id, by="dora")[0].detail["planned_at"]
        for case in reversed(cases(engine, "hourly"))
    ]
    assert planned == [(MONDAY + n * HOUR).isoformat() for n in (1, 2, 3)]


def test_timer_start_event_of_an_older_version_waits_no_more(engine, clock):
    engine.deploy(EVERY_HOUR, source="hourly.bpmn", forms={})
    plain = a_model("hourly", [START, a_user_task("read"), END], ["start read", "read end"])
    engine.deploy(plain, source="hourly.bpmn", forms={})
    clock.advance(HOUR)

    assert engine.fire_due_timers() == 0


def test_file_with_several_processes_deploys_them_all(engine):
    inner = CALLED[CALLED.index(b"<process") :].replace(b"</definitions>", b"")
    both = CALLING.replace(b"</definitions>", inner + b"</definitions>")
    both = both.replace(inner, _renamed(inner))

    first = engine.deploy(both, source="both.bpmn", forms={})

    deployed = [one for one in engine.definitions() if one.deployment_id == first.deployment_id]
    assert [definition.key for definition in deployed] == ["called", "calling"]
    assert first == deployed[1]
    assert engine.deploy(both, source="both.bpmn", forms={}) == first


def _renamed(process):
    """Give the elements of a process ids of their own: a file has each id once."""
    for name in (b"start_inner", b"inner_end", b"start", b"end"):
        process = process.replace(b'"%s"' % name, b'"c_%s"' % name)
    return process


def test_file_without_executable_process_is_a_drawing_that_cannot_be_started(engine):
    drawing = CALLED.replace(b'isExecutable="true"', b'isExecutable="false"')

    definition = engine.deploy(drawing, source="drawing.bpmn", forms={})

    assert not definition.is_executable
    assert engine.model_xml(definition.id) == drawing
    assert "inner" in engine.graph(definition.id).nodes
    with pytest.raises(NotExecutable, match="only drawn"):
        engine.start_process("called", by="dora")


def test_lint_warns_of_a_called_process_that_is_not_deployed(engine):
    before = engine.lint(CALLING, source="calling.bpmn", forms={})
    engine.deploy(CALLED, source="called.bpmn", forms={})

    assert [f.rule for f in before] == ["called-process"]
    assert engine.lint(CALLING, source="calling.bpmn", forms={}) == []
