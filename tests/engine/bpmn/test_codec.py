from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from engine.bpmn import codec, rows, run, runtime, tree
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import (
    AT,
    Walk,
    boundary,
    element,
    end,
    flows,
    inclusive,
    model,
    parallel,
    start,
    user,
    wait,
)

FORK = model(
    start() + parallel("fork", "join") + user("a", "b") + wait("w", "PT1H") + end(),
    "start > fork > a > join > w > end\nfork > b > join",
)
HOSTILE = {
    "typename": "BpmnProcessSpec",
    "__class__": "x",
    "data": {"typename": "foo", "py/object": "os.system"},
    "": None,
    "键": "值 \u0000 \U0001f600",
    "deep": [[[[{"a": [1, 2.5, -0.0, True, None]}]]]],
}


def test_state_is_small():
    assert len(Walk(FORK, name="Ada").delta.state) < 150


@pytest.mark.parametrize("step", ["start", "task"])
def test_hostile_values_are_data_and_nothing_else(step):
    at_start = HOSTILE if step == "start" else {}
    in_task = {} if step == "start" else HOSTILE
    walk = Walk(FORK, **at_start).do("a", **in_task).do("b")

    assert walk.values == HOSTILE
    assert walk.fire("w").values == HOSTILE


def test_keys_in_another_order_are_the_same_state():
    walk = Walk(FORK, z=1, a=2).do("a", y=1)
    resorted = orjson.dumps(orjson.loads(walk.delta.state), option=orjson.OPT_SORT_KEYS)

    token = next(token for token, element in walk.tasks.items() if element == "b")
    delta = run.complete(walk.program, resorted, token=token, values={"b": 3}, at=AT)
    assert delta.values == {"z": 1, "a": 2, "y": 1, "b": 3}


def test_frozen_state_of_format_1_is_still_read():
    frozen = (
        b'[1,6,{"x":1},[[3,0,":fork",64,"start_fork",0,0],[4,3,":join",8,"a_join",0,{"y":2}],'
        b'[5,3,":b",16,"fork_b",0,0]],{}]'
    )
    program = Walk(FORK).program

    delta = run.complete(program, frozen, token="5", values={"z": 3}, at=AT)
    assert delta.values == {"x": 1, "y": 2, "z": 3}
    assert [timer.element_id for timer in delta.opened_timers] == ["w"]


REMINDED = model(
    start() + user("a", "remind", "x", "b", "c")
    + boundary("late", "a", "R3/PT10M", cancels="false")
    + boundary("stop", "a", "P1D") + inclusive("split", default="split_j") + inclusive("j")
    + end() + end("e2") + end("e3"),
    "start > split\nsplit > a : True\na > j > x > end\nsplit > b : True\nsplit > j\nb > c > j\n"
    "late > remind > e2\nstop > e3",
)  # fmt: skip


def test_frozen_state_of_format_1_with_timers_and_branches_is_still_read():
    frozen = (
        b'[1,11,{"n":1,"log":["s"]},[[2,0,":split",64,"start_split",0,0],'
        b'[3,2,":a:split",64,"split_a",0,0],[10,2,":c",16,"b_c",0,{"log":["s","b"]}],'
        b'[5,3,":a",16,"",0,0],[7,3,":stop",8,"",{"due":"2026-03-03T08:00:00+00:00","times":1},0],'
        b'[8,3,":late",8,"",{"due":"2026-03-02T08:20:00+00:00","times":2},0],'
        b'[9,3,":remind",16,"late_remind",0,0]],{}]'
    )
    walk = Walk(REMINDED)
    walk.delta = replace(walk.delta, state=frozen)
    walk.tasks = {"5": "a", "9": "remind", "10": "c"}
    walk.timers = {"7": "stop", "8": "late"}

    walk.fire("late")
    assert walk.due["late"] == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    walk.do("c", "remind", "remind").do("a", log=["s", "a"]).do("x")
    assert walk.is_completed
    assert walk.values == {"n": 1, "log": ["s", "b", "a"]}


def many(count: int) -> bytes:
    loop = (
        f"<multiInstanceLoopCharacteristics><loopCardinality>{count}</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    return model(start() + element("userTask", "a", loop) + end(), "start > a > end")


def test_frozen_state_of_format_2_is_read():
    frozen = (
        b'[2,[9,{},[],null,0],[0,0,":",0,"",0,{"x":1}],[[2,0,":a",32,"start_a",'
        b'{"total":4,"next":5,"done":1,"items":null},0,{"first":true},null,null,'
        b'[[4,5],["[[4,2,\\":a:one\\",16,\\"\\",{\\"number\\":2},{\\"loopCounter\\":2},0]]",'
        b'"[[5,2,\\":a:one\\",16,\\"\\",{\\"number\\":3},{\\"loopCounter\\":3},0]]"],{}]],'
        b'[6,2,":a:one",16,"",{"number":4},{"loopCounter":4},0]]]'
    )
    walk = Walk(many(4))
    walk.delta = replace(walk.delta, state=frozen)
    walk.tasks = {"4": "a", "5": "a", "6": "a"}

    assert walk.do("a", "a", second=True).do("a").is_completed
    assert walk.values == {"x": 1, "first": True, "second": True}


def test_instances_of_a_large_loop_that_nobody_touched_are_not_made(monkeypatch):
    walk = Walk(many(200))
    made: list[str] = []
    restore = rows.restore

    def spy(workflow, row):
        made.append(row[2])
        return restore(workflow, row)

    monkeypatch.setattr(codec, "restore", spy)
    monkeypatch.setattr(tree, "restore", spy)

    walk.do("a")

    assert made == [":a", ":a:one"]


def test_later_instance_wins_whichever_of_them_is_touched():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>60</loopCardinality>"
    inside = f"{loop}</multiInstanceLoopCharacteristics>" + start("s") + user("a", "b") + end("e")
    xml = model(
        start() + element("subProcess", "sub", inside + flows("s > a > b > e")) + end(),
        "start > sub > end",
    )
    walk = Walk(xml).do("a", v=1).do("a", v=2)

    assert walk.values == {"v": 2}
    assert walk.do("b", w=1).values == {"v": 2, "w": 1}


def test_instances_that_are_about_to_run_are_not_text(monkeypatch):
    monkeypatch.setattr(codec, "MANY", 1)
    monkeypatch.setattr(runtime, "MOST_STEPS", 2)
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>4</loopCardinality>"
    inside = f"{loop}</multiInstanceLoopCharacteristics>" + start("s") + user("a") + end("e")
    xml = model(
        start() + element("subProcess", "sub", inside + flows("s > a > e")) + end(),
        "start > sub > end",
    )
    walk = Walk(xml)

    while walk.delta.opened_jobs:
        walk.proceed()
    assert walk.open == ["a", "a", "a", "a"]


def test_instances_that_wait_for_a_condition_are_not_text(monkeypatch):
    monkeypatch.setattr(codec, "MANY", 1)
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    condition = "<conditionalEventDefinition><condition>ok</condition></conditionalEventDefinition>"
    inside = f"{loop}</multiInstanceLoopCharacteristics>" + start("s") + end("e")
    inside += element("intermediateCatchEvent", "c", condition) + flows("s > c > e")
    walk = Walk(model(start() + element("subProcess", "sub", inside) + end(), "start > sub > end"))

    walk._take(run.set_values(walk.program, walk.delta.state, values={"ok": True}, at=AT))
    assert walk.is_completed


def test_interruption_withdraws_also_instances_that_nobody_touched():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>60</loopCardinality>"
    xml = model(
        start() + parallel("f") + user("b") + end("stop", terminate=True) + end()
        + element("userTask", "a", f"{loop}</multiInstanceLoopCharacteristics>"),
        "start > f > a > end\nf > b > stop",
    )  # fmt: skip

    walk = Walk(xml).do("a", x=1).do("b")

    assert (walk.is_completed, walk.open) == (True, [])
    assert len(walk.delta.closed_tasks) == walk.trace.count("cancelled a") == 59
    assert walk.values == {"x": 1}


def test_large_loop_ends_when_its_last_instance_is_done():
    walk = Walk(many(codec.MANY + 1), log=[])

    for n in range(codec.MANY + 1):
        walk.do("a", log=[n])
    assert walk.is_completed
    assert walk.values == {"log": list(range(codec.MANY + 1))}


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[1,2]",
        b"[1,1,{},0,{}]",
        b"[1,1,{},[[1]],{}]",
        b'[1,1,{},[[1,7,":a",16,"",0,0]],{}]',
        b'[1,1,{},[[1,0,["a"],16,"",0,0]],{}]',
    ],
)
def test_damaged_state_is_refused_in_words(state):
    with pytest.raises(ExecutionFailed, match="damaged"):
        codec.load(state, Walk(FORK).program.spec, at=AT)


def test_state_of_a_newer_version_is_refused_in_words():
    with pytest.raises(ExecutionFailed, match="has format 3; this version reads up to 2"):
        codec.load(b"[3,1,{},[],{}]", Walk(FORK).program.spec, at=AT)


def test_state_of_another_model_names_the_element_that_is_missing():
    state = Walk(FORK).delta.state
    other = Walk(model(start() + user("c") + end(), "start > c > end")).program

    with pytest.raises(ExecutionFailed, match="has no such element") as failure:
        codec.load(state, other.spec, at=AT)
    assert failure.value.element_id == "fork"


def test_same_commands_give_the_same_bytes():
    first, second = Walk(FORK, x=1).do("a", y=2), Walk(FORK, x=1).do("a", y=2)

    assert first.delta == second.delta
