import orjson
import pytest

from engine.bpmn import codec, run
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import AT, Walk, end, model, parallel, start, user, wait

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
