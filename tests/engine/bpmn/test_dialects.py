"""The same words in the dialects of several engines lead to the same graph."""

import pytest

from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.domain.process_graph import (
    TaskAssignment,
)
from tests.engine.bpmn.builders import element
from tests.engine.bpmn.dialects import found, node, zeebe
from tests.engine.bpmn.drawings import around, extensions


@pytest.mark.parametrize(
    "drawn",
    [
        element("userTask", "a", **{"tf:form": "register"}),
        element("userTask", "a", **{"camunda:formKey": "register"}),
        element("userTask", "a", **{"camunda:formRef": "register"}),
        element("userTask", "a", **{"flowable:formKey": "register"}),
        element("userTask", "a", **{"camunda:formKey": "camunda-forms:deployment:register.form"}),
        zeebe("userTask", '<zeebe:formDefinition formId="register"/>'),
        zeebe("userTask", '<zeebe:formDefinition externalReference="register"/>'),
    ],
)
def test_form_is_found(drawn):
    assert node(drawn).form_key == "register"


PEOPLE = {"assignee": "${boss}", "candidateUsers": "bob", "candidateGroups": "ward, lab"}
ASSIGNED = TaskAssignment("${boss}", "bob", "ward, lab", due="P2D", follow_up="P1D", priority="80")
OWNER = (
    "<{0}><resourceAssignmentExpression><formalExpression>{1}</formalExpression>"
    "</resourceAssignmentExpression></{0}>"
)


@pytest.mark.parametrize(
    "drawn",
    [
        element(
            "userTask", "a", **{f"tf:{k}": v for k, v in PEOPLE.items()},
            **{"tf:due": "P2D", "tf:followUp": "P1D", "tf:priority": "80"},
        ),
        element(
            "userTask", "a", **{f"camunda:{k}": v for k, v in PEOPLE.items()},
            **{"camunda:dueDate": "P2D", "camunda:followUpDate": "P1D", "camunda:priority": "80"},
        ),
        zeebe(
            "userTask",
            '<zeebe:assignmentDefinition assignee="${boss}" candidateUsers="bob"'
            ' candidateGroups="ward, lab"/>'
            '<zeebe:taskSchedule dueDate="P2D" followUpDate="P1D"/>'
            '<zeebe:priorityDefinition priority="80"/>',
        ),
    ],
)  # fmt: skip
def test_people_and_due_dates_are_found(drawn):
    assert node(drawn).assignment == ASSIGNED


def test_people_may_be_named_in_the_words_of_the_standard():
    owners = OWNER.format("potentialOwner", "user(bob), group(ward), lab")
    performer = OWNER.format("humanPerformer", "${boss}")

    assert node(element("userTask", "a", owners + performer)).assignment == (
        TaskAssignment("${boss}", candidate_users="bob", candidate_groups="ward,lab")
    )


def test_four_eyes_same_person_and_calendar_are_our_own_words():
    words = {"tf:distinctFrom": "x y", "tf:sameAs": "z", "tf:excludedUsers": "${by}",
             "tf:calendar": "ward"}  # fmt: skip

    assert node(element("userTask", "a", **words)).assignment == TaskAssignment(
        excluded_users="${by}", distinct_from=("x", "y"), same_as="z", calendar="ward"
    )
    assert found(element("userTask", "a", **words)).keys() == {"dangling-reference"}


@pytest.mark.parametrize(
    "drawn",
    [
        element("serviceTask", "a", **{"tf:connector": "mail"}),
        element("serviceTask", "a", **{"camunda:type": "external", "camunda:topic": "mail"}),
        element("serviceTask", "a", **{"flowable:type": "mail"}),
        element("serviceTask", "a", implementation="mail"),
        zeebe("serviceTask", '<zeebe:taskDefinition type="mail" retries="3"/>'),
        zeebe("serviceTask", '<spiffworkflow:serviceTaskOperator id="mail"/>'),
        zeebe(
            "serviceTask",
            "<camunda:connector><camunda:connectorId>mail</camunda:connectorId></camunda:connector>",
        ),
    ],
)
def test_connector_is_found(drawn):
    assert node(drawn).connector == "mail"
    assert lint(around(drawn), source="x", connectors={"mail"}) == []


def test_service_task_without_a_word_of_what_to_do_is_refused():
    drawn = element("serviceTask", "a", implementation="##WebService")

    assert "and this one names none; known: none yet" in found(drawn)["unknown-connector"]


def many(content: str, **attributes: str) -> str:
    return element(
        "task", "a", element("multiInstanceLoopCharacteristics", "m", content, **attributes)
    )


REFUSED = {
    "script-language": element("scriptTask", "a", "<script>1</script>", scriptFormat="groovy"),
    "missing-script": element("scriptTask", "a"),
    "bad-script": element("scriptTask", "a", "<script>import os</script>"),
    "unknown-binding": element("callActivity", "a", calledElement="p",
                               **{"camunda:calledElementBinding": "versionTag"}),
    "missing-reference": element("callActivity", "a"),
    "bad-mapping": zeebe("task", '<tf:input source="1" target="a..b"/>'),
    "bad-loop": many(""),
    "bad-expression": many("<loopCardinality>1 +</loopCardinality>"),
    "unknown-language": element(
        "task", "a", "<standardLoopCharacteristics>"
        '<loopCondition language="groovy">x</loopCondition></standardLoopCharacteristics>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", REFUSED)
def test_what_cannot_be_done_is_refused(rule):
    assert rule in found(REFUSED[rule])


@pytest.mark.parametrize(
    "drawn",
    [
        element("serviceTask", "a", **{"camunda:class": "org.example.Send"}),
        element("callActivity", "a", calledElement="b", **{"camunda:variableMappingClass": "M"}),
        zeebe("task", '<camunda:executionListener event="start"/>'),
        element("businessRuleTask", "a", **{"camunda:mapDecisionResult": "resultList"}),
        zeebe("task", "<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>"),
        zeebe("task", '<zeebe:executionListeners/>'),
        zeebe("task", '<drools:onEntry-script xmlns:drools="http://www.jboss.org/drools"/>'),
        element("userTask", "a", **{"flowable:skipExpression": "${done}"}),
        element("subProcess", "a", '<startEvent id="i"/><endEvent id="o">'
                '<terminateEventDefinition flowable:terminateAll="true"/></endEvent>'
                '<sequenceFlow sourceRef="i" targetRef="o"/>'),
        zeebe(
            "task",
            '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script/>'
            "</camunda:inputParameter></camunda:inputOutput>",
        ),
    ],
)  # fmt: skip
def test_word_that_would_change_what_a_case_does_is_refused(drawn):
    assert "refused-extension" in found(drawn)


@pytest.mark.parametrize(
    ("scope", "rules"), [("processInstance", ["refused-extension"]), ("global", [])]
)
def test_signal_that_not_everybody_hears_is_refused(scope, rules):
    event = element("intermediateThrowEvent", "a", '<signalEventDefinition signalRef="go"/>')
    signal = f'<signal id="go" name="go" flowable:scope="{scope}"/><process '
    xml = around(event).replace(b"<process ", signal.encode(), 1)

    assert [finding.rule for finding in lint(xml, source="x")] == rules


MVEL = 'expressionLanguage="http://www.mvel.org/2.0"'


@pytest.mark.parametrize(
    ("condition", "general", "rules"),
    [
        ("x", MVEL, ["unknown-language"]),
        ("${x}", MVEL, []),
        ("x", 'expressionLanguage="http://www.w3.org/1999/XPath"', []),
        ("x", 'expressionLanguage="http://java.sun.com/products/jsp/"', []),
    ],
)
def test_condition_is_in_the_language_of_its_file(condition, general, rules):
    loop = f"<standardLoopCharacteristics><loopCondition>{condition}</loopCondition>"
    xml = around(element("task", "a", f"{loop}</standardLoopCharacteristics>"))
    xml = xml.replace(b"<definitions ", f"<definitions {general} ".encode(), 1)

    assert [finding.rule for finding in lint(xml, source="x")] == rules


@pytest.mark.parametrize("word", ["messagePayload", "messageVariable"])
def test_values_beside_a_message_are_refused(word):
    event = element("intermediateThrowEvent", "a", '<messageEventDefinition messageRef="m"/>')
    message = element("message", "m", extensions(f"<spiffworkflow:{word}>x</spiffworkflow:{word}>"))
    xml = around(event).replace(b"<process ", message.encode() + b"<process ", 1)

    assert "refused-extension" in {finding.rule for finding in lint(xml, source="x")}


def test_word_that_only_an_editor_needs_is_passed_over():
    assert found(element("task", "a", **{"zeebe:modelerTemplate": "x"})) == {}


def test_our_own_words_are_heard_before_others():
    drawn = element("userTask", "a", **{"camunda:formKey": "theirs", "tf:form": "ours"})

    assert node(drawn).form_key == "ours"


def test_zone_of_a_process_is_our_own_word():
    xml = around(element("task", "a")).replace(
        b'id="visit"', b'id="visit" tf:timeZone="Asia/Tokyo"'
    )

    assert read_graph(xml, source="x").zone == "Asia/Tokyo"
