import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.merge import rebased, three_way
from tests.engine.bpmn.builders import (
    Walk,
    boundary,
    element,
    end,
    flows,
    model,
    parallel,
    start,
    user,
    xor,
)


@pytest.mark.parametrize(
    ("base", "sides", "merged"),
    [
        ({"v": 0}, [{"v": 1}, {"v": 0}], {"v": 1}),  # the silent branch does not undo
        ({"v": 0}, [{"v": 0}, {"v": 1}], {"v": 1}),
        ({}, [{"a": 1}, {"b": 2}], {"a": 1, "b": 2}),
        ({"v": 0}, [{"v": 1}, {"v": 2}], {"v": 2}),  # the later writer wins
        ({"v": 1}, [{"v": True}, {"v": 1}], {"v": True}),
        ({"l": [1]}, [{"l": [1, 2]}, {"l": [1, 3]}], {"l": [1, 2, 3]}),
        ({"l": [1]}, [{"l": [5]}, {"l": [1, 3]}], {"l": [1, 3]}),
        ({}, [{"l": [2]}, {"l": [3]}], {"l": [2, 3]}),
        ({"o": {"a": 1}}, [{"o": {"a": 1, "b": 2}}, {"o": {"a": 3}}], {"o": {"a": 3, "b": 2}}),
        ({"v": 0}, [], {"v": 0}),
    ],
)
def test_merge_keeps_what_each_branch_wrote(base, sides, merged):
    result = three_way(base, sides)

    assert result == merged
    assert type(result.get("v")) is type(merged.get("v"))


def test_merge_changes_none_of_its_arguments():
    base, side, other = {"l": [1]}, {"l": [1, 2]}, {"l": [1, 3]}

    three_way(base, [side, other])

    assert (base, side, other) == ({"l": [1]}, {"l": [1, 2]}, {"l": [1, 3]})


VALUES = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), max_size=4)


@given(VALUES, VALUES)
def test_one_branch_alone_keeps_its_data(base, written):
    side = {**base, **written}

    assert three_way(base, [side, base]) == three_way(base, [base, side]) == side


@given(VALUES, VALUES, VALUES)
def test_branches_that_write_different_values_may_come_in_any_order(base, first, second):
    second = {key: value for key, value in second.items() if key not in first}
    sides = [{**base, **first}, {**base, **second}]

    assert three_way(base, sides) == three_way(base, sides[::-1])


FORK = model(
    start() + parallel("fork", "join") + user("a", "b", "after") + end(),
    "start > fork > a > join > after > end\nfork > b > join",
)


def test_join_keeps_the_value_of_the_branch_that_wrote_it():
    assert Walk(FORK, v=0).do("a", v=1).do("b").values == {"v": 1}
    assert Walk(FORK, v=0).do("b", v=1).do("a").values == {"v": 1}


def test_join_keeps_what_both_branches_appended():
    walk = Walk(FORK, log=["start"]).do("a", log=["start", "a"]).do("b", log=["start", "b"])

    assert walk.values == {"log": ["start", "a", "b"]}


def test_branch_does_not_see_what_another_branch_writes_before_they_join():
    xml = model(
        start() + parallel("fork", "join") + user("a", "b", "yes", "no") + xor("g", default="g_no")
        + xor("merge") + end(),
        "start > fork > a > join > end\nfork > b > g > no > merge > join\ng > yes : v\nyes > merge",
    )  # fmt: skip

    assert Walk(xml, v=False).do("a", v=True).do("b").open == ["no"]


def test_case_shows_what_open_branches_wrote():
    assert Walk(FORK, v=0).do("a", a=1).values == {"v": 0, "a": 1}


def test_inner_join_is_merged_against_the_inner_fork():
    xml = model(
        start() + parallel("f0", "f1", "j1", "j0") + user("first", "a", "b", "c") + end(),
        "start > f0 > first > f1 > a > j1 > j0 > end\nf1 > b > j1\nf0 > c > j0",
    )
    walk = Walk(xml, v=0).do("first", v=1).do("a", v=2).do("b", "c")

    assert (walk.is_completed, walk.values) == (True, {"v": 2})


def test_branch_that_ends_leaves_its_values_to_those_that_go_on():
    xml = model(
        start() + parallel("fork") + user("a", "b", "c") + end() + end("end_a"),
        "start > fork > a > end_a\nfork > b > c > end",
    )
    walk = Walk(xml, v=0).do("a", v=1).do("b", b=2)

    assert walk.values == {"v": 1, "b": 2}
    assert walk.do("c").values == {"v": 1, "b": 2}


def test_join_across_forks_does_not_take_old_values_for_news():
    xml = model(  # not block-structured: a and c meet while b still runs
        start() + parallel("f0", "f1", "j1", "j2") + user("first", "a", "b", "c") + end(),
        "start > f0 > first > f1 > a > j1 > j2 > end\nf1 > b > j2\nf0 > c > j1",
    )
    walk = Walk(xml).do("first", v=1).do("a", v=2).do("c", c=3).do("b")

    assert (walk.is_completed, walk.values) == (True, {"v": 2, "c": 3})


def test_branch_that_began_late_sees_what_those_that_ended_wrote():
    inside = start("s") + user("a", "b") + end("e") + flows("s > a > b > e")
    xml = model(
        start() + element("subProcess", "sub", inside) + user("x", "yes", "no")
        + boundary("late", "sub", "PT1H", cancels="false") + xor("g", default="g_no")
        + end() + end("e2"),
        "start > sub > end\nlate > x > g > no > e2\ng > yes : v == 2\nyes > e2",
    )  # fmt: skip
    walk = Walk(xml, v=0).do("a", v=1).fire("late").do("b", v=2)

    assert walk.do("x").open == ["yes"]


@pytest.mark.parametrize(
    ("base", "side", "onto", "result"),
    [
        ({"v": 1}, {"v": 1}, {"v": 0}, {"v": 0}),  # seen, not written
        ({"v": 1}, {"v": 2}, {"v": 0}, {"v": 2}),
        ({"v": 1}, {"v": 1, "w": 3}, {}, {"w": 3}),
        ({"l": [1]}, {"l": [1, 2]}, {"l": []}, {"l": [2]}),
        ({"l": [1]}, {"l": [5]}, {"l": [3]}, {"l": [5]}),
        ({"o": {"a": 1}}, {"o": {"a": 1, "b": 2}}, {"o": {"a": 9}}, {"o": {"a": 9, "b": 2}}),
        ({}, {"l": [2]}, {"l": [1]}, {"l": [1, 2]}),
    ],
)
def test_only_what_a_side_wrote_since_its_base_is_moved(base, side, onto, result):
    before = dict(onto)

    assert rebased(base, side, onto) == result
    assert onto == before


@given(VALUES, VALUES)
def test_side_that_wrote_nothing_moves_nothing(base, onto):
    assert rebased(base, dict(base), onto) is onto
