"""Every rule has a model that breaks it; a sound model breaks none."""

import pytest

from engine.bpmn import run, structure
from engine.bpmn.lint import lint
from engine.bpmn.vocabulary import REFUSED
from engine.domain.process_graph import NodeType
from engine.errors import InvalidModel, Severity
from tests.engine.bpmn.builders import (
    boundary,
    definitions,
    element,
    end,
    flows,
    inclusive,
    model,
    parallel,
    process,
    start,
    timer,
    user,
    wait,
    xor,
)

PLAIN = start() + user("a") + end()
WAY = "start > a > end"
TWO = "start > g\ng > a : x\ng > b\na > end\nb > end"


def lane(lane_id: str, *nodes: str) -> str:
    return element("lane", lane_id, "".join(f"<flowNodeRef>{n}</flowNodeRef>" for n in nodes))


def lanes(*content: str) -> str:
    return element("laneSet", "lanes", "".join(content))


def task(**attributes: str) -> str:
    return start() + element("userTask", "a", **attributes) + end()


BROKEN = {  # rule, element -> model
    ("duplicate-id", "a"): model(PLAIN + user("a"), WAY),
    ("missing-id", "visit"): model(PLAIN + "<userTask/>", WAY),
    ("bad-id", "1 a"): model(start() + user("1 a") + end(), "start > 1 a > end"),
    ("dangling-reference", "a_nowhere"): model(PLAIN, WAY + "\na > nowhere"),
    ("dangling-reference", "nowhere_a"): model(PLAIN, WAY + "\nnowhere > a"),
    ("dangling-reference", "g"): model(
        start() + xor("g", default="a_end") + user("a", "b") + end(), TWO
    ),
    ("dangling-reference", "late"): model(
        PLAIN + boundary("late", "nobody", "PT1H"), WAY + "\nlate > end"
    ),
    ("dangling-reference", "flow"): model(
        PLAIN + boundary("flow", "a_end", "PT1H"), WAY + "\nflow > end"
    ),
    ("dangling-reference", "nurse"): model(lanes(lane("nurse", "nobody")) + PLAIN, WAY),
    ("two-lanes", "doctor"): model(lanes(lane("nurse", "a"), lane("doctor", "a")) + PLAIN, WAY),
    ("bad-attachment", "late"): model(
        start() + xor("a") + end() + boundary("late", "a", "PT1H"), WAY + "\nlate > end"
    ),
    ("flow-out-of-end", "end_a"): model(PLAIN, WAY + "\nend > a"),
    ("flow-into-start", "a_start"): model(PLAIN, WAY + "\na > start"),
    ("missing-event", "w"): model(
        start() + element("intermediateCatchEvent", "w") + end(), "start > w > end"
    ),
    ("missing-timer", "w2"): model(start() + wait("w2", " ") + end(), "start > w2 > end"),
    ("not-executable", "visit"): definitions(
        process(PLAIN + flows(WAY), attributes='isExecutable="false"')
    ),
    ("no-start", "visit"): model(user("a", "b"), "a > b > a"),
    ("unreachable", "b"): model(PLAIN + user("b"), WAY + "\nb > end"),
    ("endless", "b"): model(
        start() + xor("g", default="g_m") + xor("m") + user("a", "b") + end(),
        "start > g > m > b > m\ng > a : x\na > end",
    ),
    ("join-of-starts", "join"): model(
        start("s1") + start("s2") + parallel("join") + end(), "s1 > join > end\ns2 > join"
    ),
    ("misplaced-condition", "g_a"): model(
        start() + xor("g") + user("a") + end(), "start > g > a : x\na > end"
    ),
    ("misplaced-condition", "f_a"): model(
        start() + parallel("f") + user("a", "b") + end(), "start > f > b > end\nf > a : x\na > end"
    ),
    ("missing-condition", "g_b"): model(start() + xor("g") + user("a", "b") + end(), TWO),
    ("missing-condition", "i_b"): model(
        start() + inclusive("i") + user("a", "b") + end(), TWO.replace("g", "i")
    ),
    ("bad-expression", "g_a"): model(
        start() + xor("g", default="g_b") + user("a", "b") + end(), TWO.replace("x", "x = 1")
    ),
    ("bad-timer", "w"): model(start() + wait("w", "35 minutes") + end(), "start > w > end"),
    ("bad-timer", "cycle"): model(
        start() + wait("cycle", "R3/PT1H", "timeCycle") + end(), "start > cycle > end"
    ),
    ("bad-timer", "date"): model(
        start() + wait("date", "2026-02-30T09:00", "timeDate") + end(), "start > date > end"
    ),
    ("misplaced-form", "m"): model(
        start() + element("manualTask", "m", **{"camunda:formKey": "f"}) + end(), "start > m > end"
    ),
    ("unknown-form", "a"): model(task(**{"camunda:formKey": "nobody"}), WAY),
    ("unknown-connector", "s"): model(
        start() + element("serviceTask", "s", **{"camunda:topic": "mail"}) + end(),
        "start > s > end",
    ),
    ("flow-of-compensation", "a"): model(task(isForCompensation="true"), WAY),
    ("unsupported-element", "a"): model(task(startQuantity="2"), WAY),
}  # fmt: skip
DEEP = element("task", "core")
for depth in range(21):
    DEEP = element("subProcess", f"s{depth}", DEEP)
BROKEN |= {
    ("too-deep", "s0"): model(start() + DEEP + end(), "start > s20 > end"),
    ("no-start", "s"): model(
        start() + element("subProcess", "s", user("b", "c") + flows("b > c > b")) + end(),
        "start > s > end",
    ),
    ("several-starts", "s2"): model(
        start() + element("subProcess", "s", start("s1") + start("s2")) + end(), "start > s > end"
    ),
    ("endless-recursion", "c"): model(
        start() + element("callActivity", "c", calledElement="visit") + end(), "start > c > end"
    ),
    ("unknown-zone", "visit"): model(PLAIN, WAY).replace(
        b'id="visit"', b'id="visit" xmlns:tf="urn:twinflow:bpmn:1" tf:timeZone="Mars/Base"'
    ),
    ("bad-timer", "fast"): model(
        PLAIN + boundary("fast", "a", "R/PT10S", cancels="false"), WAY + "\nfast > end"
    ),
    ("bad-assignment", "a"): model(task(**{"camunda:dueDate": "tomorrow"}), WAY),
    ("unsupported-element", "start_a"): model(PLAIN, WAY).replace(
        b"</sequenceFlow>", b"<linkEventDefinition/></sequenceFlow>", 1
    ),
    ("unsupported-element", "g"): model(
        start()
        + element("eventBasedGateway", "g", eventGatewayType="Parallel")
        + wait("w", "PT1H"),
        "start > g > w",
    ),
}
BROKEN["too-large", "visit"] = model(
    start() + end(), " > ".join(["start", *["end"] * structure.MOST_PARTS])
)
DOUBTFUL = {
    ("ignored-people", "a"): model(
        start() + element("userTask", "a", "<potentialOwner/>") + end(), WAY
    ),
    ("ignored-extension", "a"): model(task(**{"camunda:formHandlerClass": "X"}), WAY),
    ("ignored-message", "m"): definitions(
        '<collaboration id="c"><messageFlow id="m"/></collaboration>' + process(PLAIN + flows(WAY))
    ),
    ("ignored-condition", "g_b"): model(
        start() + xor("g", default="g_b") + user("a", "b") + end(),
        TWO.replace("g > b", "g > b : x"),
    ),
    ("no-default", "g"): model(
        start() + xor("g") + user("a", "b") + end(), TWO.replace("g > b", "g > b : x")
    ),
    ("assumed-time", "date"): model(
        start() + wait("date", "2026-04-01T09:00", "timeDate") + end(), "start > date > end"
    ),
    ("no-lane", "a"): model(lanes(lane("nurse", "start")) + PLAIN, WAY),
}


def found(xml: bytes) -> dict[tuple[str, str | None], Severity]:
    findings = lint(xml, source="x", form_keys={"register"})
    assert all(finding.line for finding in findings)
    return {(finding.rule, finding.element_id): finding.severity for finding in findings}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda key: f"{key[0]}-{key[1]}")
def test_rule_finds_the_element_that_breaks_it(broken):
    assert found(BROKEN[broken]).get(broken) is Severity.ERROR

    with pytest.raises(InvalidModel, match=broken[0]):
        run.compile_model(BROKEN[broken], source="x", form_keys={"register"})


@pytest.mark.parametrize("doubtful", DOUBTFUL, ids=lambda key: key[0])
def test_rule_warns_of_what_runs_otherwise_than_it_looks(doubtful):
    assert found(DOUBTFUL[doubtful]) == {doubtful: Severity.WARNING}

    assert run.compile_model(DOUBTFUL[doubtful], source="x")


def test_sound_model_has_no_findings():
    sound = model(
        lanes(lane("nurse", "a", "b")) + start() + parallel("f", "j") + end()
        + element("userTask", "a", **{"camunda:formKey": "register"}) + element("task", "b")
        + element("textAnnotation", "note", "<text>x</text>") + element("dataObject", "d"),
        "start > f > a > j > end\nf > b > j",
    )  # fmt: skip

    assert lint(sound, source="x", form_keys={"register"}) == []


@pytest.mark.parametrize("tag", REFUSED)
def test_refused_element_is_named_with_line_and_what_is_allowed(tag):
    name = tag.split("}")[1]
    xml = model(start() + element(name, "odd") + end(), "start > odd > end")

    [finding] = lint(xml, source="x")
    assert (finding.rule, finding.element_id, finding.line) == ("unsupported-element", "odd", 4)
    assert REFUSED[tag] in finding.message


def test_registered_connector_is_known():
    xml = BROKEN["unknown-connector", "s"]

    assert lint(xml, source="x", connectors={"mail"}) == []


@pytest.mark.parametrize("word", ["camunda:dueDate", "camunda:followUpDate", "camunda:priority"])
def test_literals_of_a_task_are_checked_and_expressions_compiled(word):
    assert ("bad-assignment", "a") in found(model(task(**{word: "soon"}), WAY))
    assert ("bad-expression", "a") in found(model(task(**{word: "${1 +}"}), WAY))
    assert found(model(task(**{word: "${late}"}), WAY)) == {}


def test_process_that_calls_itself_on_one_way_only_is_accepted():
    nodes = (
        start() + xor("g", default="g_end") + element("callActivity", "c", calledElement="visit")
    )
    xml = model(nodes + end(), "start > g\ng > c : x\ng > end\nc > end")

    assert found(xml) == {}


def test_processes_that_call_each_other_on_every_way_are_refused():
    there = process(start() + element("callActivity", "a", calledElement="other")
                    + flows("start > a"))  # fmt: skip
    back = process(start("s2") + element("callActivity", "b", calledElement="visit")
                   + flows("s2 > b"), key="other")  # fmt: skip
    late = element("boundaryEvent", "late", timer("PT1H"), attachedToRef="b")

    assert found(definitions(there + back)).keys() == {
        ("endless-recursion", "a"), ("endless-recursion", "b")
    }  # fmt: skip
    assert (
        found(definitions(there + back.replace("</callActivity>", f"</callActivity>{late}"))) == {}
    )


def test_every_executable_process_of_a_file_is_checked():
    broken = process(start("s2") + element("scriptTask", "b"), key="other")
    drawn = broken.replace('isExecutable="true"', 'isExecutable="false"')
    sound = process(PLAIN + flows(WAY))

    assert ("missing-script", "b") in found(definitions(sound + broken))
    assert found(definitions(sound + drawn)) == {}
    assert lint(definitions(sound + broken), source="x", process="visit") == []
    assert [f.rule for f in lint(definitions(sound), source="x", process="none")] == ["no-process"]


def test_form_keys_are_not_checked_when_none_are_given():
    assert lint(BROKEN["unknown-form", "a"], source="x") == []


def test_no_node_type_is_both_executed_and_refused():
    known = {node.value for node in NodeType}

    assert not known & {tag.split("}")[1] for tag in REFUSED}
