import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.expressions import script
from engine.expressions.script import (
    ScriptFailed,
    ScriptLimits,
    ScriptRunner,
    ScriptsDisabled,
    is_enabled,
)


@pytest.fixture(scope="module")
def runner():
    with ScriptRunner() as runner:
        yield runner


def test_script_gives_what_it_changed_and_says_where_it_failed(runner):
    assert runner.run("total = amount * 2", {"amount": 5}) == {"total": 10}
    with pytest.raises(ScriptFailed, match="division by zero") as failure:
        runner.run("x = 1\nx = 1 / 0", {})
    assert failure.value.line == 2


def test_script_sees_nothing_of_the_one_before(runner):
    runner.run("left = 1\nlen = 5", {})

    with pytest.raises(ScriptFailed, match="there is no value 'left'"):
        runner.run("x = left", {})
    assert runner.run("x = len([1])", {}) == {"x": 1}


def test_values_that_no_script_can_name_are_kept_from_it(runner):
    values: dict[str, object] = {
        "__builtins__": {},
        "_getattr_": None,
        "Monthly Salary": 5,
        "a": "b",
    }

    assert runner.run("x = a.upper()", values) == {"x": "B"}


def test_script_is_stopped_at_the_wall_time_and_the_next_one_runs():
    with ScriptRunner(ScriptLimits(wall_s=0.1)) as runner:
        with pytest.raises(ScriptFailed, match=r"takes longer than 0\.1 s"):
            runner.run("while True:\n    pass", {})
        runner.limits = ScriptLimits()
        assert runner.run("x = 1", {}) == {"x": 1}


def test_script_runs_in_a_new_child_when_the_idle_one_was_killed(runner):
    runner.run("x = 1", {})
    os.kill(runner._idle[-1]._process.pid, signal.SIGKILL)

    assert runner.run("x = 2", {}) == {"x": 2}


def test_script_leaves_no_more_than_its_output_may_be():
    limits = ScriptLimits(output_bytes=1_000)

    with ScriptRunner(limits) as runner, pytest.raises(ScriptFailed, match="more than 1,000 bytes"):
        runner.run("x = 'a' * 100000", {})


def test_case_that_is_too_large_is_not_handed_in(runner):
    with pytest.raises(ScriptFailed, match="more than 5,000,000 bytes"):
        runner.run("x = 1", {"long": "x" * 5_000_000})


def test_threads_share_a_runner(runner):
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda n: runner.run("x = n * 2", {"n": n}), range(40))

        assert [result["x"] for result in results] == list(range(0, 80, 2))
    assert len(runner._idle) <= 4


def test_child_that_does_not_start_is_a_failure_in_words(monkeypatch):
    monkeypatch.setattr(script, "_START", "raise SystemExit")

    with pytest.raises(ScriptFailed, match="does not start"):
        ScriptRunner().run("x = 1", {})


def test_child_processes_end_with_their_runner():
    runner = ScriptRunner()
    runner.run("x = 1", {})
    process = runner._idle[-1]._process

    del runner
    assert process.poll() is not None


def test_scripts_can_be_switched_off():
    with pytest.raises(ScriptsDisabled, match="TWINFLOW_SCRIPTS"):
        ScriptRunner.from_environment({"TWINFLOW_SCRIPTS": "off"}).run("x = 1", {})


def test_scripts_are_on_unless_the_environment_says_off():
    assert is_enabled({})
    with pytest.raises(ValueError, match="allowed: on, off"):
        is_enabled({"TWINFLOW_SCRIPTS": "no"})
