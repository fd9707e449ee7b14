"""Models and data that are too large, too deep or oddly named: refused in words, or harmless."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import runtime
from engine.connectors.call import CallResult
from engine.connectors.registry import Connectors
from engine.domain.history import EventType
from engine.errors import EngineError, InvalidForm, InvalidFormSchema, InvalidModel
from engine.process_engine import ProcessEngine
from tests.engine.conftest import CAST
from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.conftest import Fake
from tests.engine.services.service_models import ASKING, SCRIPTED

PLAIN = a_model("plain", [START, a_user_task("look"), END], ["start look", "look end"])
NAMES = (
    "__class__", "__builtins__", "__import__", "__dict__", "_values", "_budget", "get", "len",
    "print", "sum", "True", "None", "if", "for", "class", "lambda", "self", "loopCounter", "now",
    "today", "date", "typename", "items", "keys", "data", "value", "result",
)  # fmt: skip
ODD_TEXTS = (
    "\x00", "a\x00b", "👩‍⚕️🏥", "\u202eright to left\u202c", "מרפאה", "ﷺ" * 300, "\ud83d",
    "x" * 20_000, "'; DROP TABLE instance; --", "%s %d {0} ${x}", "\r\n\t\x0b\x1b[31m",
)  # fmt: skip
ODD_NUMBERS = (2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1, 1e308, 5e-324, -0.0, 0.1 + 0.2)


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def engine(config, clock, fake):
    engine = ProcessEngine.open(config, clock=clock, connectors=Connectors([fake]))
    for user in CAST:
        engine.add_user(user)
    engine.deploy(PLAIN, source="plain.bpmn", forms={})
    yield engine
    engine.close()


def nested(depth):
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def started(engine, values, process="plain"):
    return engine.start_process(process, by="dora", values=values)


def values_of(engine, case):
    return engine.instance(case.id, by="dora").values


# large and deep


@pytest.mark.parametrize("size", [5_000_000, 50_000_000])
def test_value_of_megabytes_is_refused_with_what_is_allowed(engine, size):
    with pytest.raises(InvalidForm, match="KB"):
        started(engine, {"scan": "x" * size})
    assert engine.count_instances()["active"] == 0


def test_value_of_megabytes_from_a_service_is_an_incident_not_a_value(engine, fake):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    case = started(engine, {}, "asking")
    fake.answers += [CallResult({"scan": "x" * 2_000_000})] * 3

    assert_refused_by_incident(engine, case)


def test_value_nested_a_thousand_deep_is_refused(shared_engine):
    with pytest.raises(InvalidForm):
        started(shared_engine, {"tree": nested(1_200)})


def test_value_nested_a_thousand_deep_from_a_service_is_an_incident(engine, fake):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    case = started(engine, {}, "asking")
    fake.answers += [CallResult({"tree": nested(1_200)})] * 3

    assert_refused_by_incident(engine, case)


def test_value_of_megabytes_from_a_script_is_an_incident(engine):
    text = SCRIPTED.replace(b"amount + 1", b"'x' * 20000000")
    engine.deploy(text, source="scripted.bpmn", forms={})
    case = started(engine, {}, "scripted")

    assert_refused_by_incident(engine, case)


def assert_refused_by_incident(engine, case):
    for _ in range(3):
        engine.call_due_services()
        engine._context.clock.advance(timedelta(hours=1))
    assert [one.resolved_at for one in engine.incidents_of(case.id, by="dora")] == [None]
    assert set(values_of(engine, case)) <= {"amount"}


@pytest.mark.parametrize("steps", [100, 1_200])
def test_long_row_of_steps_runs_to_its_end_or_is_refused_in_words(shared_engine, steps):
    names = ["start", *[f"t{number}" for number in range(steps)], "end"]
    nodes = [START, *[f'<task id="{name}"/>' for name in names[1:-1]], END]
    flows = [f"{one} {following}" for one, following in pairwise(names)]
    shared_engine.deploy(a_model("row", nodes, flows), source="row.bpmn", forms={})

    case = started(shared_engine, {}, "row")
    for _ in range(5):
        shared_engine.fire_due_timers()

    assert shared_engine.instance(case.id, by="dora").state == "completed"
    done = [e for e in shared_engine.history(case.id, by="dora") if e.type is EventType.COMPLETED]
    assert len(done) == steps + 2


@pytest.mark.parametrize("depth", [21, 90, 300])
def test_subprocesses_nested_too_deeply_are_refused_at_once(shared_engine, depth):
    opening = "".join(
        f'<subProcess id="s{n}"><startEvent id="i{n}"/><endEvent id="o{n}"/>'
        f'<sequenceFlow id="f{n}" sourceRef="i{n}" targetRef="s{n + 1}"/>'
        f'<sequenceFlow id="g{n}" sourceRef="s{n + 1}" targetRef="o{n}"/>'
        for n in range(depth)
    )
    inner = f'<task id="s{depth}"/>'
    model = a_model(
        "deep", [START, opening + inner + "</subProcess>" * depth, END], ["start s0", "s0 end"]
    )
    began = time.process_time()

    with pytest.raises(InvalidModel, match="nested"):
        shared_engine.deploy(model, source="deep.bpmn", forms={})
    assert time.process_time() - began < 2


def test_endless_automatic_loop_is_an_incident_and_the_others_go_on(engine, clock, monkeypatch):
    monkeypatch.setattr(runtime, "MOST_CONTINUED", 4)
    loop = a_model(
        "loop",
        [
            START,
            a_user_task("begin"),
            '<exclusiveGateway id="again" default="again_turn"/>',
            '<task id="turn"/>',
            END,
            (
                '<sequenceFlow id="again_end" sourceRef="again" targetRef="end">'
                "<conditionExpression>1 &gt; 2</conditionExpression></sequenceFlow>"
            ),
        ],
        ["start begin", "begin again", "again turn", "turn again"],
    )
    engine.deploy(loop, source="loop.bpmn", forms={})
    case, other = started(engine, {}, "loop"), started(engine, {})
    (task,) = engine.open_tasks(case.id, by="dora")
    engine.claim(task.id, by="dora")

    engine.complete_task(task.id, by="dora", values={})
    for _ in range(4):
        engine.fire_due_timers()
        clock.advance(timedelta(minutes=1))

    (incident,) = engine.incidents(by="dora")
    assert "an endless loop?" in incident.reason
    (look,) = engine.open_tasks(other.id, by="dora")
    engine.claim(look.id, by="dora")
    assert engine.complete_task(look.id, by="dora", values={}) == []


# names, texts and numbers


@pytest.mark.parametrize("name", NAMES)
def test_odd_name_of_a_value_is_refused_or_harmless(shared_engine, name):
    try:
        case = started(shared_engine, {name: 7})
    except InvalidForm:
        return
    assert values_of(shared_engine, case) == {name: 7}
    (task,) = shared_engine.open_tasks(case.id, by="dora")
    shared_engine.claim(task.id, by="dora")
    assert shared_engine.complete_task(task.id, by="dora", values={}) == []


@pytest.mark.parametrize("name", ["__class__", "__builtins__", "a.b", "1a", "a b", "", "a-b"])
def test_form_field_with_a_name_that_is_no_name_is_refused_at_deployment(shared_engine, name):
    form = {"type": "default", "components": [{"key": name, "type": "textfield", "label": "x"}]}
    with pytest.raises((InvalidFormSchema, InvalidModel)):
        shared_engine.deploy(
            a_model("f", [START, a_user_task("t", form="f"), END], ["start t", "t end"]),
            source="f.bpmn",
            forms={"f": form},
        )


@pytest.mark.parametrize("value", [*ODD_TEXTS, *ODD_NUMBERS, 2**64, -(2**70)], ids=ascii)
def test_odd_value_is_stored_exactly_or_refused(engine, value):
    try:
        case = started(engine, {"v": value})
    except InvalidForm:
        assert engine.count_instances()["active"] == 0
        return
    stored = values_of(engine, case)["v"]
    assert (type(stored), repr(stored)) == (type(value), repr(value))
    assert engine.check_history().is_sound


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_value_that_json_does_not_know_is_refused(shared_engine, value):
    with pytest.raises(InvalidForm):
        started(shared_engine, {"v": value})


@pytest.mark.parametrize("key", ["\x00", "a\x00", "👩‍⚕️", "\u202eabc", "x" * 5_000, " ", "\ud83d"])
def test_odd_business_key_is_stored_exactly_or_refused(engine, key):
    try:
        case = engine.start_process("plain", by="dora", business_key=key)
    except EngineError:
        assert engine.count_instances()["active"] == 0
        return
    assert engine.find_instance("plain", case.business_key, by="dora").id == case.id


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=JSON_VALUES)
@settings(max_examples=60)
def test_any_json_value_is_stored_exactly_or_refused(shared_engine, value):
    try:
        case = started(shared_engine, {"v": value})
    except InvalidForm:
        return
    stored = values_of(shared_engine, case)["v"]
    assert json.dumps(stored, sort_keys=True) == json.dumps(value, sort_keys=True)


@pytest.fixture(scope="module")
def shared_engine(sqlite_template, tmp_path_factory):
    import shutil

    from engine.config import EngineConfig

    file = tmp_path_factory.mktemp("any") / "t.db"
    shutil.copy(sqlite_template, file)
    engine = ProcessEngine.open(EngineConfig(f"sqlite:///{file}", sqlite_synchronous="OFF"))
    for user in CAST:
        engine.add_user(user)
    engine.deploy(PLAIN, source="plain.bpmn", forms={})
    yield engine
    engine.close()
