import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.expressions import script, script_guards
from engine.expressions.script import (
    InvalidScript,
    ScriptFailed,
    ScriptLimits,
    ScriptRunner,
    ScriptsDisabled,
    check_script,
    is_enabled,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def runner():
    with ScriptRunner() as runner:
        yield runner


@pytest.mark.parametrize(
    ("text", "values", "changed"),
    [
        ("total = amount * 2", {"amount": 5}, {"total": 10}),
        ("amount = 5", {"amount": 5}, {}),
        ("amount = True", {"amount": 1}, {"amount": True}),
        ("amount += 1", {"amount": 5}, {"amount": 6}),
        ("order['total'] = 3", {"order": {}}, {"order": {"total": 3}}),
        ("lines.append('b')", {"lines": ["a"]}, {"lines": ["a", "b"]}),
        ("total = sum(line['qty'] for line in lines)", {"lines": [{"qty": 2}]}, {"total": 2}),
        ("for n in [1, 2]:\n    last = n", {}, {"last": 2}),
        ("a, b = pair", {"pair": [1, 2]}, {"a": 1, "b": 2}),
        ("a, *b = 1, 2, 3", {}, {"a": 1, "b": [2, 3]}),
        ("def double(n):\n    return n * 2\nx = double(4)", {}, {"x": 8}),
        ("x = {k: v for k, v in order.items()}", {"order": {"a": 1}}, {"x": {"a": 1}}),
        ("try:\n    x = 1 / 0\nexcept ZeroDivisionError:\n    x = 0", {}, {"x": 0}),
        ("x = (date(2026, 1, 31) + timedelta(days=1))", {}, {"x": "2026-02-01"}),
        ("x = Decimal('0.1') + Decimal('0.2')", {}, {"x": 0.3}),
        ("x = f'{name.upper()}!'", {"name": "ada"}, {"x": "ADA!"}),
        ("结果 = 金额 > 100", {"金额": 120}, {"结果": True}),
        ("x = max(3, *[5, 4])", {}, {"x": 5}),
        ("del order['a']", {"order": {"a": 1}}, {"order": {}}),
    ],
)
def test_script_gives_the_values_it_sets_or_changes(runner, text, values, changed):
    assert runner.run(text, values) == changed


def test_script_is_told_the_moment_of_the_run(runner):
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

    assert runner.run("x = today()\ny = now()", {}, at=at) == {
        "x": "2026-03-01",
        "y": "2026-03-01T09:30:00+00:00",
    }


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("x = 1\nx = 1 / 0", "division by zero", 2),
        ("x = missing", "there is no value 'missing'", 1),
        ("x = order['b']", "there is no field 'b'", 1),
        ("x = order.total", r"write …\['total'\] for the field", 1),
        ("raise ValueError('no such tier')", "no such tier", 1),
        ("x = now()", "moment of this run was not handed in", 1),
        ("x = {1}", "value 'x': a set is not kept", None),
        ("x = {1: 2}", "the key 1 is no text", None),
        ("x = []\nx.append(x)", "nested more than 30 deep", None),
        ("x = float('nan')", "not JSON compliant", None),
        ("x = timedelta(days=1)", "a timedelta is not kept", None),
        ("x = '\\ud800'", "surrogates not allowed", None),
        ("x = f'{date(2026, 1, 2):%d.%m.}'", "cannot be formatted in an f-string", 1),
        ("(1, 2)[0] = 3", "only items of lists and objects can be set", 1),
        ("x = 1\nx @= 2", "@= is not offered", 2),
    ],
)
def test_script_that_fails_says_why_and_where(runner, text, reason, line):
    with pytest.raises(ScriptFailed, match=reason) as failure:
        runner.run(text, {"order": {}})
    assert failure.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("x = 1\nimport os", 2, "nothing can be imported"),
        ("x = (", 1, "not readable"),
        ("x = 1\n\n_y = 2", 3, "starts with"),
        ("del x", 1, "set a value to None"),
        ("x['a'] += 1", 1, r"write a\[b\] = a\[b\] \+ c"),
        ("print(1)", 1, "print is not offered"),
        ("x = 1;" * 4000, 1, "longer than 20,000 characters"),
        ("x = 1\n" * 2000, 2000, "too many parts"),
        ("x = [" + "[" * 70 + "]" * 71, 1, "too many parts"),
        ("x = \0", 1, "null bytes"),
    ],
)
def test_script_is_refused_with_its_line_when_it_is_checked(text, line, reason):
    with pytest.raises(InvalidScript, match=reason) as refusal:
        check_script(text)
    assert refusal.value.line == line


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


def test_reference_names_everything_a_script_may_call():
    reference = (ROOT / "docs/reference/scripts.md").read_text()

    attributes = {name for _, names in script_guards._ATTRIBUTES for name in names}
    offered = attributes | set(script_guards._FUNCTIONS)
    assert [name for name in sorted(offered) if not re.search(rf"\b{name}\b", reference)] == []
