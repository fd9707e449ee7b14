import pytest

from engine.bpmn import run
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import (
    AT,
    Walk,
    boundary,
    element,
    end,
    flows,
    model,
    parallel,
    start,
    user,
    wait,
)

CHAIN = model(start() + user("a", "b", "c") + end(), "start > a > b > c > end")
SUB = model(
    start() + element("subProcess", "sub", start("s") + user("in") + end("e") + flows("s > in > e"))
    + boundary("late", "sub", "PT1H") + user("after") + end() + end("e2"),
    "start > sub > after > end\nlate > e2",
)  # fmt: skip


def moved(walk: Walk, cancel: list[str] | None, *activate: str, **values: object) -> Walk:
    tokens = None
    if cancel is not None:
        tokens = [token for token, e in (walk.tasks | walk.timers).items() if e in cancel]
    state = walk.delta.state
    walk._take(
        run.move(walk.program, state, cancel=tokens, activate=activate, values=values, at=AT)
    )
    return walk


def test_token_is_put_elsewhere_with_new_values():
    walk = moved(Walk(CHAIN, x=1), ["a"], "c", y=2)

    assert walk.open == ["c"]
    assert walk.trace[-2:] == ["scheduled c", "cancelled a"]
    assert walk.do("c").values == {"x": 1, "y": 2}


def test_second_token_does_not_undo_what_the_first_writes():
    walk = moved(Walk(CHAIN, n=1), [], "c").do("a", n=2).do("b", n=3).do("c", m=1)

    assert walk.do("c").is_completed
    assert walk.values == {"n": 3, "m": 1}


def test_scope_that_is_left_empty_is_withdrawn_with_its_events():
    walk = moved(Walk(SUB), ["in"], "after")

    assert (walk.open, walk.waiting) == (["after"], [])
    assert walk.do("after").is_completed


def test_subprocess_that_is_not_open_is_opened_with_its_events():
    walk = moved(Walk(SUB).do("in"), ["after"], "in")

    assert (walk.open, walk.waiting) == (["in"], ["late"])
    assert walk.fire("late").is_completed


def test_everything_may_be_withdrawn_for_a_new_beginning():
    xml = model(
        start() + parallel("f", "j") + user("a", "b") + wait("w", "PT1H") + end(),
        "start > f > a > j > end\nf > b > j\nf > w > j",
    )
    walk = moved(Walk(xml).do("a"), None, "f")

    assert (walk.open, walk.waiting) == (["a", "b"], ["w"])
    assert walk.fire("w").do("a", "b").is_completed


@pytest.mark.parametrize("gateway", ["parallelGateway", "inclusiveGateway"])
def test_token_that_is_put_at_a_join_goes_on_from_there(gateway):
    xml = model(
        start() + parallel("f") + user("a", "b", "c") + element(gateway, "j") + end(),
        "start > f > a > j > c > end\nf > b > j",
    )

    assert moved(Walk(xml), None, "j").open == ["c"]


@pytest.mark.parametrize(
    ("cancel", "activate", "reason"),
    [
        (["a"], ["nowhere"], "'nowhere': the model has no such element"),
        (["a"], [], "nothing would be left of the case"),
        ([], ["late"], "'late': no token can be put here"),
    ],
)
def test_move_that_leads_nowhere_is_refused(cancel, activate, reason):
    xml = model(
        start() + user("a") + boundary("late", "a", "PT1H") + end() + end("e2"),
        "start > a > end\nlate > e2",
    )

    with pytest.raises(ExecutionFailed, match=reason):
        moved(Walk(xml), cancel, *activate)


def test_token_cannot_be_put_into_a_subprocess_that_is_open_twice():
    walk = moved(Walk(SUB), [], "sub")
    assert walk.open == ["in", "in"]

    with pytest.raises(ExecutionFailed, match="is open 2 times"):
        moved(walk, [], "in")


def test_what_a_withdrawn_scope_wrote_is_not_written_by_a_branch_that_saw_it():
    inside = start("s") + user("a", "b") + end("e") + flows("s > a > b > e")
    xml = model(
        start() + element("subProcess", "sub", inside) + user("x")
        + boundary("late", "sub", "PT1H", cancels="false") + end() + end("e2"),
        "start > sub > end\nlate > x > e2",
    )  # fmt: skip
    walk = Walk(xml, v=0).do("a", v=1).fire("late")

    moved(walk, ["b"]).do("x", w=1)

    assert (walk.is_completed, walk.values) == (True, {"v": 0, "w": 1})


def test_event_at_a_border_is_not_skipped():
    walk = Walk(SUB)
    [token] = walk.timers

    with pytest.raises(ExecutionFailed, match="only listens"):
        run.skip(walk.program, walk.delta.state, token=token, values={}, at=AT)


@pytest.mark.parametrize("token", ["99", "0", "x", "1"])
def test_token_that_is_not_there_is_not_skipped(token):
    walk = Walk(CHAIN)

    with pytest.raises(ExecutionFailed, match="nothing waits"):
        run.skip(walk.program, walk.delta.state, token=token, values={}, at=AT)


def test_subprocess_is_skipped_with_all_that_is_in_it():
    walk = Walk(SUB)
    [sub] = [f.token for f in walk.delta.facts if f.element_id == "sub"]

    walk._take(run.skip(walk.program, walk.delta.state, token=sub, values={"x": 1}, at=AT))

    assert (walk.open, walk.waiting, walk.values) == (["after"], [], {"x": 1})


def test_what_waits_is_told_in_the_order_in_which_it_began():
    waiting = run.waits(Walk(SUB).program, Walk(SUB).delta.state)

    assert [(one.element_id, one.kind) for one in waiting] == [("late", "timer"), ("in", "task")]
