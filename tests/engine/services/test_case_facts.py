"""Expressions ask for the business key of their case, and for who did its tasks."""

from __future__ import annotations

import pytest

from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.service_models import a_service


def way(condition):
    return (
        '<sequenceFlow id="split_yes" sourceRef="split" targetRef="yes">'
        f"<conditionExpression>{condition}</conditionExpression></sequenceFlow>"
    )


def deciding(condition):
    """Somebody says, then a gateway decides."""
    nodes = [
        START, a_user_task("say"), '<exclusiveGateway id="split" default="split_no"/>',
        a_user_task("yes"), a_user_task("no"), END, way(condition),
    ]  # fmt: skip
    flows = ["start say", "say split", "split no", "yes end", "no end"]
    return a_model("deciding", nodes, flows)


@pytest.fixture
def start(engine):
    def start(model, key=None, **values):
        deployed = engine.deploy(model, source="facts.bpmn", forms={})
        return engine.start_process(deployed.key, by="dora", business_key=key, values=values)

    return start


def do(engine, case, by):
    (task,) = engine.open_tasks(case.id, by="dora")
    engine.claim(task.id, by=by)
    return [one.element_id for one in engine.complete_task(task.id, by=by, values={})]


@pytest.mark.parametrize(
    "condition",
    [
        "completed_by['say'] == 'alice'",
        "${completed_by.say == 'alice'}",
        '=completed_by.say = "alice"',
        "completed_by['yes'] == null and completed_by['say'] == 'alice'",
        "business_key == 'D-1' and completed_by['say'] != 'bob'",
        '=business_key = "D-1" and completed_by.say != "bob"',
    ],
)
def test_condition_asks_who_did_a_task_of_which_case(engine, start, condition):
    case = start(deciding(condition), "D-1")

    assert do(engine, case, "alice") == ["yes"]
    assert do(engine, start(deciding(condition), "D-2"), "bob") == ["no"]


def test_who_did_a_task_last_counts(engine, start):
    nodes = [
        START, '<exclusiveGateway id="again"/>', a_user_task("say"),
        '<exclusiveGateway id="split" default="split_again"/>', END,
        way("completed_by['say'] == 'bob'").replace("yes", "end"),
    ]  # fmt: skip
    case = start(a_model("loop", nodes, ["start again", "again say", "say split", "split again"]))

    assert do(engine, case, "alice") == ["say"]
    assert do(engine, case, "bob") == []


def test_value_of_the_case_hides_what_is_known_of_it(engine, start):
    case = start(deciding("business_key == 7"), "D-1", business_key=7)

    assert do(engine, case, "alice") == ["yes"]
    assert engine.instance(case.id, by="dora").values == {"business_key": 7}


def test_task_is_kept_for_who_did_another(engine, start):
    second = '<userTask id="reply" camunda:assignee="${completed_by.say}"/>'
    model = a_model(
        "x", [START, a_user_task("say"), second, END], ["start say", "say reply", "reply end"]
    )
    case = start(model)

    do(engine, case, "bob")

    (task,) = engine.open_tasks(case.id, by="dora")
    assert (task.element_id, task.claimed_by) == ("reply", "bob")


def test_service_is_told_the_business_key(engine, fake, start):
    asked = (
        "<extensionElements><camunda:inputOutput>"
        '<camunda:inputParameter name="number">${business_key}</camunda:inputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    service = a_service("ask").replace("/>", f">{asked}</serviceTask>")

    start(a_model("x", [START, service, END], ["start ask", "ask end"]), "C-9")
    engine.call_due_services()

    (call,) = fake.calls
    assert call.inputs == {"number": "C-9"}


def test_timer_and_conditional_event_ask_as_well(engine, start):
    nodes = [
        START,
        a_user_task("say"),
        (
            '<intermediateCatchEvent id="until"><conditionalEventDefinition><condition>'
            "completed_by['say'] == 'bob'</condition></conditionalEventDefinition>"
            "</intermediateCatchEvent>"
        ),
        (
            '<intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>'
            "${'PT' + business_key + 'H'}</timeDuration></timerEventDefinition>"
            "</intermediateCatchEvent>"
        ),
        END,
    ]
    case = start(a_model("x", nodes, ["start say", "say until", "until pause", "pause end"]), "5")

    do(engine, case, "bob")

    (timer,) = engine.timers(case.id)
    assert (timer.due_at - case.started_at).total_seconds() == 5 * 3600
