import re
from pathlib import Path

import pytest

import engine.bpmn
from engine.bpmn import codec, run, runtime
from engine.bpmn.graph import read_graph
from engine.bpmn.paths import upstream_places
from engine.bpmn.runtime import ensure_supported
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import (
    AT,
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

ONE_TASK = model(start() + user("a") + end(), "start > a > end")


@pytest.mark.parametrize("text", ["3.1.9", "3.3.0", "4.0.0", "3.20.1"])
def test_other_version_of_spiffworkflow_is_refused(text):
    with pytest.raises(ImportError, match=text):
        ensure_supported(text)


def test_scripts_and_python_conditions_are_never_run():
    walk = Walk(ONE_TASK)
    workflow = codec.load(walk.delta.state, walk.program.spec, at=AT)
    [task] = workflow.leaves()

    for run_text in (workflow.script_engine.evaluate, workflow.script_engine.execute):
        with pytest.raises(ExecutionFailed):
            run_text(task, "__import__('os')")


def test_engine_calls_neither_eval_nor_exec_but_in_the_jail_of_scripts():
    folder = Path(engine.bpmn.__file__).parents[1]
    modules = [*folder.glob("bpmn/*.py"), *folder.glob("expressions/*.py")]
    calls = [m.name for m in modules if re.search(r"(?<![\w.])(eval|exec)\(", m.read_text())]

    assert (len(modules) > 15, calls) == (True, ["script_child.py"])


def test_node_that_was_ready_does_not_run_after_a_terminate_end_event():
    xml = model(
        start() + parallel("fork") + element("task", "auto") + end("stop", terminate=True) + end(),
        "start > fork > stop\nfork > auto > end",
    )
    walk = Walk(xml)

    assert walk.is_completed
    assert "cancelled auto" in walk.trace
    assert "completed auto" not in walk.trace


def test_task_that_opens_and_is_withdrawn_in_one_step_was_never_open():
    xml = model(
        start() + parallel("fork") + user("a") + element("task", "auto")
        + end("stop", terminate=True) + end(),
        "start > fork > a > end\nfork > auto > stop",
    )  # fmt: skip
    delta = Walk(xml).delta

    assert (delta.opened_tasks, delta.closed_tasks) == ((), ())


def test_failed_step_leaves_the_state_that_was_handed_in():
    xml = model(
        start() + user("a") + xor("g") + end() + end("e2"), "start > a > g\ng > end : x\ng > e2 : y"
    )
    walk = Walk(xml)

    with pytest.raises(ExecutionFailed):
        walk.do("a")
    walk._take(walk.delta)
    assert walk.do("a", x=True).is_completed


def test_two_cases_at_once_do_not_share_anything():
    program = Walk(ONE_TASK).program
    first, second = Walk(program, x=1), Walk(program, x=2)

    first.do("a", y=1)
    second.do("a", y=2)

    assert (first.values, second.values) == ({"x": 1, "y": 1}, {"x": 2, "y": 2})


def test_upstream_places_go_through_boundary_events_but_not_through_the_gateway():
    graph = read_graph(
        model(
            start() + user("a", "b") + boundary("late", "a", "PT1H") + xor("again")
            + inclusive("join") + end(),
            "start > a > end\nlate > join > b > again > join\nagain > end",
        ),
        source="x",
    )  # fmt: skip

    places = upstream_places(graph, "join")
    assert places["late_join"] == {"late", "a", "start"}
    assert places["again_join"] == {"again", "b"}


def test_another_command_goes_on_where_the_budget_ended_and_withdraws_the_job(monkeypatch):
    monkeypatch.setattr(runtime, "MOST_STEPS", 3)
    tasks = "".join(element("task", f"t{n}") for n in range(8))
    way = " > ".join(f"t{n}" for n in range(8))
    xml = model(
        start() + parallel("fork", "join") + user("a") + tasks + end(),
        f"start > fork > a > join > end\nfork > {way} > join",
    )
    walk = Walk(xml)
    [job] = walk.delta.opened_jobs
    monkeypatch.setattr(runtime, "MOST_STEPS", 2_000)

    walk.do("a")

    assert walk.is_completed
    assert walk.delta.closed_jobs == (job.token,)
    with pytest.raises(ExecutionFailed, match="nothing is to be continued"):
        run.proceed(walk.program, walk.delta.state, token=job.token, at=AT)


def test_long_steps_with_waits_between_them_are_no_endless_loop(monkeypatch):
    monkeypatch.setattr(runtime, "MOST_STEPS", 2)
    monkeypatch.setattr(runtime, "MOST_CONTINUED", 3)
    tasks = "".join(element("task", f"t{n}") for n in range(4))
    way = " > ".join(f"t{n}" for n in range(4))
    xml = model(
        start() + xor("m") + user("a") + tasks + xor("x", default="x_end") + end(),
        f"start > m > a > {way} > x > end\nx > m : again",
    )
    walk = Walk(xml)

    for n in range(5):
        walk.do("a", again=n < 4)
        while walk.delta.opened_jobs:
            walk.proceed()
    assert walk.is_completed
