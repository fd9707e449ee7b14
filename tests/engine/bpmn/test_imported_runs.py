"""What was translated runs as it was written, in the dialects of other engines too."""

from tests.engine.bpmn.builders import Walk, element, end, model, start, user
from tests.engine.bpmn.drawings import around, catch, extensions, sub, throw, with_roots

LINK = "<linkEventDefinition"
NAMED = '<linkEventDefinition name="L"'


def test_feel_script_sets_its_result():
    words = extensions('<zeebe:script expression="=x + 1" resultVariable="y"/>')

    assert Walk(around(element("scriptTask", "a", words)), x=2).values == {"x": 2, "y": 3}


def test_mappings_of_zeebe_hand_in_and_out():
    words = extensions(
        '<zeebe:ioMapping><zeebe:input source="=x * 2" target="twice"/>'
        '<zeebe:output source="=twice + given" target="sum"/></zeebe:ioMapping>'
    )
    walk = Walk(around(element("userTask", "a", words)), x=2)

    assert walk.do("a", given=5).values == {"x": 2, "sum": 9}


def test_instances_of_zeebe_collect_their_results():
    words = extensions(
        '<zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" inputElement="n"'
        ' outputCollection="squares" outputElement="=n * n"/>'
    )
    loop = element("multiInstanceLoopCharacteristics", "m", words)

    assert Walk(around(element("task", "a", loop))).values == {"squares": [1, 4, 9]}


def test_flow_with_a_condition_out_of_a_task_is_taken_if_it_is_true():
    xml = model(start() + user("a", "b", "c"), "start > a\na > b : x > 1\na > c")

    assert Walk(xml, x=2).do("a").open == ["b", "c"]
    assert Walk(xml, x=1).do("a").open == ["c"]


def test_process_without_start_and_end_events_begins_and_ends():
    walk = Walk(model(user("a", "b"), ""))

    assert walk.open == ["a", "b"]
    assert walk.do("a", "b").is_completed


def test_subprocess_without_start_and_end_events_is_left_when_its_task_is_done():
    walk = Walk(around(sub("a", user("b"))))

    assert not walk.is_completed
    assert walk.do("b").is_completed


def test_link_jumps_to_its_other_end():
    thrown, caught = throw("out", "link"), catch("back", "link")
    nodes = start() + (thrown + caught).replace(LINK, NAMED) + user("a") + end()

    assert Walk(with_roots("", nodes, "start > out\nback > a > end")).open == ["a"]
