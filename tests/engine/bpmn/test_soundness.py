import time

import pytest
from hypothesis import given

from engine.bpmn.lint import lint
from tests.engine.bpmn.blocks import BLOCKS, Drawing
from tests.engine.bpmn.builders import (
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


def warnings(xml: bytes) -> set[tuple[str, str | None]]:
    return {(finding.rule, finding.element_id) for finding in lint(xml, source="x")}


def test_parallel_join_of_alternatives_may_deadlock():
    xml = model(
        start() + xor("g", default="g_a") + user("a", "b") + parallel("join") + end(),
        "start > g > a > join > end\ng > b : x\nb > join",
    )

    assert warnings(xml) == {("may-deadlock", "join")}


def test_parallel_branches_into_an_exclusive_merge_may_run_twice():
    xml = model(
        start() + parallel("fork") + user("a", "b", "c") + xor("merge") + end(),
        "start > fork > a > merge > c > end\nfork > b > merge",
    )

    assert warnings(xml) == {("may-run-twice", "merge")}


def test_branch_that_leaves_before_the_join_may_deadlock():
    xml = model(
        start() + parallel("fork", "join") + user("a", "b") + xor("g", default="g_join") + end()
        + end("away"),
        "start > fork > a > join > end\nfork > b > g > join\ng > away : x",
    )  # fmt: skip

    assert warnings(xml) == {("may-deadlock", "join")}


def test_inclusive_join_takes_what_comes():
    xml = model(
        start() + parallel("fork") + user("a", "b") + xor("g", default="g_join")
        + inclusive("join") + end() + end("away"),
        "start > fork > a > join > end\nfork > b > g > join\ng > away : x",
    )  # fmt: skip

    assert warnings(xml) == set()


def test_terminate_end_event_frees_a_waiting_join():
    xml = model(
        start() + parallel("fork", "join") + user("a", "b") + xor("g", default="g_join") + end()
        + end("away", terminate=True),
        "start > fork > a > join > end\nfork > b > g > join\ng > away : x",
    )  # fmt: skip

    assert warnings(xml) == set()


@pytest.mark.parametrize(
    ("cancels", "found"), [("true", {("may-deadlock", "join")}), ("false", set())]
)
def test_boundary_event_out_of_a_parallel_block_may_deadlock_if_it_interrupts(cancels, found):
    late = boundary("late", "a", "PT1H", cancels=cancels)
    xml = model(
        start() + parallel("fork", "join") + user("a", "b") + late + end() + end("away"),
        "start > fork > a > join > end\nfork > b > join\nlate > away",
    )  # fmt: skip

    assert warnings(xml) == found


@given(BLOCKS)
def test_block_structured_process_is_sound(block):
    found = warnings(Drawing().xml(block))

    assert not {rule for rule, _ in found} & {"may-deadlock", "may-run-twice"}


def test_search_in_a_wide_process_is_cut_off():
    names = [f"{letter}{n}" for letter in "abcdefgh" for n in range(6)]
    rows = [names[at : at + 6] for at in range(0, 48, 6)]
    ways = "\n".join(f"fork > {' > '.join(row)} > join" for row in rows)
    tasks = "".join(element("task", name) for name in names)
    xml = model(
        start() + parallel("fork", "join") + tasks + end(), f"start > fork\njoin > end\n{ways}"
    )
    began = time.process_time()

    assert lint(xml, source="x") == []
    assert time.process_time() - began < 20  # uncut, the search would not end


def test_deadlock_is_found_beside_work_of_more_markings_than_are_searched():
    rows = [[f"{letter}{n}" for n in range(6)] for letter in "abcdefgh"]
    ways = "\n".join(f"fork > {' > '.join(row)} > all" for row in rows)
    tasks = "".join(element("task", name) for row in rows for name in row) + user("x", "y")
    xml = model(
        start() + parallel("fork", "all", "join") + xor("g", default="g_x") + tasks + end(),
        f"start > fork > g > x > join > all > end\ng > y : late\ny > join\n{ways}",
    )

    assert ("may-deadlock", "join") in warnings(xml)


def test_many_starts_and_joins_are_checked_in_no_time():
    names = range(400)
    nodes = "".join(start(f"s{n}") for n in names) + parallel(*(f"j{n}" for n in names)) + end()
    ways = "\n".join(f"s{n} > j{n}" for n in names)
    xml = model(nodes, f"{ways}\n{' > '.join(f'j{n}' for n in names)} > end")
    began = time.process_time()

    found = lint(xml, source="x")

    assert len(found) == 399  # one for each join
    assert time.process_time() - began < 5  # one for each pair would take a minute
