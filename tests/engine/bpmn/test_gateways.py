import pytest

from engine.bpmn.runtime import MOST_CONTINUED
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import (
    Walk,
    boundary,
    element,
    end,
    inclusive,
    model,
    parallel,
    start,
    user,
    xor,
)

CHOICE = model(
    start() + xor("g", default="g_c") + user("a", "b", "c") + end(),
    "start > g\ng > a : x > 10\ng > b : x > 5\ng > c\na > end\nb > end\nc > end",
)


@pytest.mark.parametrize(("x", "chosen"), [(11, "a"), (6, "b"), (1, "c")])
def test_exclusive_gateway_takes_the_first_true_condition_else_the_default(x, chosen):
    assert Walk(CHOICE, x=x).open == [chosen]


def test_exclusive_gateway_follows_the_order_of_the_file():
    swapped = CHOICE.replace(b"x > 5", b"x > 0")

    assert Walk(swapped, x=11).open == ["a"]


@pytest.mark.parametrize("ys", [(0, 100, 200), (200, 100, 0)])
def test_moving_shapes_in_the_diagram_does_not_change_the_branch(ys):
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{node}"><dc:Bounds x="0" y="{y}" width="1" height="1"/>'
        "</bpmndi:BPMNShape>"
        for node, y in zip("abc", ys, strict=True)
    )
    diagram = (
        f"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane>{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )

    assert Walk(
        CHOICE.replace(b"</definitions>", diagram.encode() + b"</definitions>"), x=11
    ).open == ["a"]


def test_exclusive_gateway_stops_in_words_when_no_condition_is_true():
    xml = CHOICE.replace(b' default="g_c"', b"").replace(
        b'targetRef="c">', b'targetRef="c"><conditionExpression>x &lt; 0</conditionExpression>'
    )

    with pytest.raises(ExecutionFailed, match=r"'g': no condition .* no default flow"):
        Walk(xml, x=1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [({}, "there is no value 'x'"), ({"x": "much"}, "not supported between")],
)
def test_gateway_names_flow_and_value_when_a_condition_cannot_be_evaluated(values, reason):
    with pytest.raises(ExecutionFailed, match=f"flow 'g_a'.*{reason}"):
        Walk(CHOICE, **values)


FORK = model(
    start() + parallel("fork", "join") + user("a", "b", "c") + end(),
    "start > fork > a > join > end\nfork > b > join\nfork > c > join",
)


def test_parallel_gateway_opens_every_branch():
    assert Walk(FORK).open == ["a", "b", "c"]


@pytest.mark.parametrize("order", ["abc", "cab", "bca"])
def test_parallel_join_waits_for_every_branch(order):
    walk = Walk(FORK).do(*order[:2])

    assert not walk.is_completed
    assert walk.do(order[2]).is_completed


def test_parallel_join_counts_tokens_by_flow_not_by_number():
    xml = model(
        start() + parallel("fork", "join") + xor("merge") + user("a", "b", "c") + end(),
        "start > fork > a > merge > join > end\nfork > b > merge\nfork > c > join",
    )
    walk = Walk(xml).do("a", "b")

    assert not walk.is_completed
    with pytest.raises(ExecutionFailed, match="can no longer arrive"):
        walk.do("c")  # one token of two passes; the other waits for a third that never comes


def test_two_flows_between_the_same_gateways_are_two_tokens():
    twice = element("sequenceFlow", "second", sourceRef="fork", targetRef="join")
    xml = model(start() + parallel("fork", "join") + end() + twice, "start > fork > join > end")

    assert Walk(xml).is_completed


def test_tokens_of_one_flow_are_met_in_the_order_in_which_they_came():
    xml = model(
        start() + parallel("f", "g", "j") + xor("m") + user("b", "c", "d", "e", "after") + end(),
        "start > f > b > m > j > after > end\nf > g > c > m\ng > d > j\nf > e > j",
    )  # fmt: skip
    walk = Walk(xml).do("c", first="c").do("b", second="b")

    walk.do("d").do("e")

    [opened] = walk.delta.opened_tasks
    assert (opened.element_id, "first" in opened.values) == ("after", True)
    assert "second" not in opened.values


def test_join_that_can_never_be_complete_is_a_failure_not_a_completion():
    xml = model(
        start() + xor("g", default="g_a") + user("a", "b") + parallel("join") + end(),
        "start > g > a > join > end\ng > b : x\nb > join",
    )

    with pytest.raises(ExecutionFailed, match="'join': waits for a token") as failure:
        Walk(xml, x=False).do("a")
    assert failure.value.element_id == "join"


ANY = model(
    start() + inclusive("split", default="split_c") + inclusive("join") + user("a", "b", "c", "d")
    + end(),
    "start > split\nsplit > a : a\nsplit > b : b\nsplit > c\n"
    "a > join > d > end\nb > join\nc > join",
)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "opened"),
    [
        ({"a": True, "b": True}, ["a", "b"]),
        ({"a": True, "b": False}, ["a"]),
        ({"a": False, "b": False}, ["c"]),
    ],
)
def test_inclusive_gateway_opens_every_true_branch_and_joins_what_it_opened(values, opened):
    walk = Walk(ANY, **values)

    assert walk.open == opened
    assert walk.do(*opened).open == ["d"]


def test_inclusive_join_waits_for_a_token_that_can_still_come():
    assert Walk(ANY, a=True, b=True).do("a").open == ["b"]


def test_inclusive_join_does_not_wait_for_a_token_that_went_elsewhere():
    xml = model(
        start() + parallel("fork") + user("a", "b", "c") + xor("g", default="g_join")
        + inclusive("join") + end() + end("away"),
        "start > fork > a > join > c > end\nfork > b > g > join\ng > away : gone",
    )  # fmt: skip
    walk = Walk(xml).do("a")

    assert walk.open == ["b"]
    assert walk.do("b", gone=True).open == ["c"]


def test_inclusive_join_waits_for_a_token_that_may_come_by_a_boundary_event():
    xml = model(
        start() + parallel("fork") + user("a", "b", "c") + boundary("late", "b", "PT1H")
        + inclusive("join") + end() + end("other"),
        "start > fork > a > join > c > end\nfork > b > other\nlate > join",
    )  # fmt: skip

    assert Walk(xml).do("a").open == ["b"]
    assert Walk(xml).do("a", "b").open == ["c"]
    assert Walk(xml).do("a").fire("late").open == ["c"]


def test_inclusive_join_in_a_loop_does_not_wait_for_itself():
    xml = model(
        start() + inclusive("join") + user("a") + xor("again", default="again_end") + end(),
        "start > join > a > again > end\nagain > join : redo",
    )

    assert Walk(xml).do("a", redo=True).do("a", redo=False).is_completed


LOOP = model(
    start() + xor("merge") + user("a") + xor("again", default="again_end") + end(),
    "start > merge > a > again > end\nagain > merge : n < limit",
)


def test_loop_of_3000_rounds_ends_and_needs_no_more_room():
    walk = Walk(LOOP, limit=3_000, n=0)
    size = len(walk.delta.state)
    for n in range(1, 3_001):
        walk.do("a", n=n)

    assert walk.is_completed
    assert len(walk.delta.state) < size + 50


def test_endless_automatic_loop_is_stopped():
    xml = model(
        start() + xor("merge") + element("task", "a") + xor("again", default="again_merge") + end(),
        "start > merge > a > again > merge\nagain > end : x > 1",
    )

    walk = Walk(xml, x=0)
    for _ in range(MOST_CONTINUED - 1):
        walk.proceed()
    with pytest.raises(ExecutionFailed, match="more than 100000 automatic steps"):
        walk.proceed()


def test_long_automatic_loop_is_cut_into_jobs_and_ends():
    adds_one = (
        '<extensionElements><zeebe:script xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
        'expression="=n + 1" resultVariable="n"/></extensionElements>'
    )
    xml = model(
        start() + xor("merge") + element("scriptTask", "a", adds_one)
        + xor("again", default="again_end") + end(),
        "start > merge > a > again > end\nagain > merge : n < 1500",
    )  # fmt: skip
    walk = Walk(xml, n=0)

    assert (walk.values["n"], walk.is_completed) == (666, False)
    assert walk.proceed().proceed().is_completed
    assert walk.values["n"] == 1500
