"""What an activity does, in the dialects of several engines."""

from dataclasses import replace

import pytest

from engine.bpmn.lint import lint
from engine.domain.process_graph import (
    Binding,
    CalledDecision,
    CalledProcess,
    DataMapping,
    Loop,
    LoopKind,
    NodeType,
    Script,
)
from tests.engine.bpmn.builders import element
from tests.engine.bpmn.dialects import found, node, zeebe
from tests.engine.bpmn.drawings import around, extensions

MAPPED = ((DataMapping("=x", "to"), DataMapping('"hi"', "text")), (DataMapping("=y", "from"),))


@pytest.mark.parametrize(
    "drawn",
    [
        zeebe(
            "task",
            '<zeebe:ioMapping><zeebe:input source="=x" target="to"/><zeebe:input source="hi"'
            ' target="text"/><zeebe:output source="=y" target="from"/></zeebe:ioMapping>',
        ),
        zeebe(
            "task",
            '<tf:input source="=x" target="to"/><tf:input source=\'"hi"\' target="text"/>'
            '<tf:output source="=y" target="from"/>',
        ),
        zeebe(
            "task",
            '<camunda:inputOutput><camunda:inputParameter name="to">=x</camunda:inputParameter>'
            '<camunda:inputParameter name="text">hi</camunda:inputParameter>'
            '<camunda:outputParameter name="from">=y</camunda:outputParameter>'
            "</camunda:inputOutput>",
        ),
    ],
)
def test_mappings_are_found(drawn):
    assert (node(drawn).inputs, node(drawn).outputs) == MAPPED


CALLS = [
    (element("callActivity", "a", calledElement="p"), CalledProcess("p", passes_all=True)),
    (
        element("callActivity", "a", calledElement="p",
                **{"camunda:calledElementBinding": "version", "camunda:calledElementVersion": "3"}),
        CalledProcess("p", Binding.VERSION, 3, passes_all=True),
    ),
    (
        zeebe(
            "callActivity",
            '<zeebe:calledElement processId="p" propagateAllChildVariables="false"'
            ' bindingType="deployment"/>',
        ),
        CalledProcess("p", Binding.DEPLOYMENT, passes_all=True, returns_all=False),
    ),
    (
        zeebe("callActivity", '<camunda:in businessKey="${order}"/><camunda:in variables="all"/>',
              calledElement="p"),
        CalledProcess("p", business_key="${order}", passes_all=True, returns_all=False),
    ),
    (
        zeebe("callActivity", '<camunda:in source="x" target="to"/>', calledElement="p"),
        CalledProcess("p", returns_all=False),
    ),
    (
        element("callActivity", "a", calledElement="p", **{"tf:passesAll": "false"}),
        CalledProcess("p", returns_all=False),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("drawn", "called"), CALLS)
def test_called_process_is_found(drawn, called):
    assert node(drawn).called == called


@pytest.mark.parametrize(
    "drawn",
    [
        element("businessRuleTask", "a", **{"tf:decision": "tier", "tf:result": "level"}),
        element("businessRuleTask", "a", **{"camunda:decisionRef": "tier",
                                            "camunda:resultVariable": "level"}),
        zeebe(
            "businessRuleTask", '<zeebe:calledDecision decisionId="tier" resultVariable="level"/>'
        ),
    ],
)  # fmt: skip
def test_decision_is_found(drawn):
    assert node(drawn).decision == CalledDecision("tier", "level")
    assert lint(around(drawn), source="x", decisions={"tier"}) == []
    assert "hand in the DMN file" in found(drawn)["unknown-decision"]


def many(content: str, **attributes: str) -> str:
    return element(
        "task", "a", element("multiInstanceLoopCharacteristics", "m", content, **attributes)
    )


ITEMS = Loop(LoopKind.PARALLEL, collection="=items", item="one")


@pytest.mark.parametrize(
    ("drawn", "loop"),
    [
        (
            many("", **{"camunda:collection": "=items", "camunda:elementVariable": "one"}),
            replace(ITEMS, counts_from=0),
        ),
        (
            many(extensions(
                '<zeebe:loopCharacteristics inputCollection="=items" inputElement="one"/>'
            )),
            ITEMS,
        ),
        (
            many("<loopDataInputRef>items</loopDataInputRef><inputDataItem id='d' name='one'/>"),
            Loop(LoopKind.PARALLEL, collection="items", item="one"),
        ),
        (
            many("<loopCardinality>3</loopCardinality><completionCondition>done</completionCondition>",
                 isSequential="true"),
            Loop(LoopKind.SEQUENTIAL, cardinality="3", completion="done"),
        ),
        (
            element("task", "a", '<standardLoopCharacteristics testBefore="true" loopMaximum="4">'
                    "<loopCondition>again</loopCondition></standardLoopCharacteristics>"),
            Loop(LoopKind.STANDARD, condition="again", tests_before=True, most=4),
        ),
    ],
)  # fmt: skip
def test_loop_is_found(drawn, loop):
    assert node(drawn).loop == loop


def data_flow(content: str, *, tag: str = "dataOutputAssociation") -> str:
    return element(
        "task",
        "a",
        '<property id="level"/><ioSpecification><dataOutput id="a_out" name="result"/>'
        f"</ioSpecification><{tag}>{content}</{tag}>",
    )


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (data_flow("<targetRef>level</targetRef><assignment/>"), "assignment"),
        (data_flow("<targetRef>level</targetRef><transformation/>"), "transformation"),
        (data_flow("<sourceRef>a_out</sourceRef><targetRef>level</targetRef>"), "'level'"),
    ],
)
def test_data_association_that_would_compute_is_refused(drawn, words):
    assert words in found(drawn)["bad-mapping"]


@pytest.mark.parametrize(
    "drawn",
    [
        data_flow("<targetRef>level</targetRef>"),
        data_flow("<assignment/>", tag="dataInputAssociation"),
    ],
)
def test_data_association_that_is_a_drawing_is_passed_over(drawn):
    assert "bad-mapping" not in found(drawn)


def test_script_is_python_and_may_name_its_result():
    drawn = element("scriptTask", "a", "<script>x + 1</script>", **{"camunda:resultVariable": "y"})

    assert node(drawn).script == Script("y = x + 1")


@pytest.mark.parametrize(
    "drawn",
    [
        zeebe("scriptTask", '<zeebe:script expression="=x + 1" resultVariable="y"/>'),
        element("scriptTask", "a", "<script>x + 1</script>", scriptFormat="feel",
                **{"camunda:resultVariable": "y"}),
    ],
)  # fmt: skip
def test_feel_script_is_a_task_with_an_output(drawn):
    read = node(drawn)

    assert (read.type, read.script) == (NodeType.TASK, None)
    assert read.outputs == (DataMapping("=x + 1", "y"),)
