"""A case that would hold more than is allowed stays as it is, and holds up no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.connectors.call import CallResult
from engine.connectors.registry import Connectors
from engine.errors import ExecutionFailed
from engine.process_engine import ProcessEngine
from tests.engine.conftest import CAST
from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.conftest import Fake
from tests.engine.services.service_models import ASKING

ALLOWED_BYTES = 20_000
NOTES = {
    "type": "default",
    "components": [{"key": key, "type": "textarea", "label": key} for key in ("one", "two")],
}
ROUNDS = a_model(
    "rounds",
    [START, a_user_task("first", form="notes"), a_user_task("second", form="notes"), END],
    ["start first", "first second", "second end"],
)
LONG = "x" * 8_000


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def engine(config, clock, fake):
    small = replace(config, largest_case_bytes=ALLOWED_BYTES)
    engine = ProcessEngine.open(small, clock=clock, connectors=Connectors([fake]))
    for user in CAST:
        engine.add_user(user)
    engine.deploy(ROUNDS, source="rounds.bpmn", forms={"notes": NOTES})
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    yield engine
    engine.close()


def complete(engine, case, **values):
    (task,) = engine.open_tasks(case.id, by="dora")
    engine.claim(task.id, by="dora")
    engine.complete_task(task.id, by="dora", values=values)


def test_case_that_would_be_too_large_is_refused_and_its_task_stays(engine):
    case, other = (engine.start_process("rounds", by="dora") for _ in range(2))
    complete(engine, case, one=LONG, two=LONG)

    with pytest.raises(ExecutionFailed, match=r"would hold \d+ KB; allowed: 20 KB") as refusal:
        complete(engine, case, one=LONG * 2, two=LONG * 2)

    assert refusal.value.element_id == "second"
    assert engine.instance(case.id, by="dora").values == {"one": LONG, "two": LONG}
    assert [one.element_id for one in engine.incidents(by="dora")] == ["second"]
    complete(engine, other, one="short", two="short")  # not held up


def test_case_that_would_be_too_large_is_not_started(engine):
    with pytest.raises(ExecutionFailed, match="allowed: 20 KB"):
        engine.start_process("rounds", by="dora", values={"scan": LONG * 3})

    assert engine.count_instances()["active"] == 0


def test_answer_that_makes_a_case_too_large_is_an_incident(engine, fake, clock):
    case = engine.start_process("asking", by="dora")
    fake.answers += [CallResult({"scan": LONG * 3})] * 3

    for _ in range(3):
        engine.call_due_services()
        clock.advance(timedelta(hours=1))

    (incident,) = engine.incidents_of(case.id, by="dora")
    assert "allowed: 20 KB" in incident.reason


def test_case_above_a_limit_that_was_lowered_may_shrink(engine, config, clock):
    generous = ProcessEngine.open(config, clock=clock)
    case = generous.start_process("rounds", by="dora", values={"scan": LONG * 5})
    generous.close()

    for length in (4, 0):  # the first is still too much, but less
        shorter = {"scan": LONG * length}
        engine.set_values(case.id, shorter, by="dora", reason="kept elsewhere")

    assert engine.instance(case.id, by="dora").values == {"scan": ""}
