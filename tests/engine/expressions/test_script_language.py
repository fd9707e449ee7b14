"""What a script may say and what it leaves; run in this process, without the jail."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.expressions import script_child, script_guards
from engine.expressions.script import InvalidScript, ScriptFailed, check_script
from engine.expressions.script_language import compile_script

ROOT = Path(__file__).parents[3]


def run(text, values, *, at=None):
    """Return what a script changes, or raise ScriptFailed."""
    request = {"values": values, "at": at and at.isoformat()}
    reply = json.loads(script_child.run(compile_script(text), request))
    if "failed" in reply:
        raise ScriptFailed(reply["failed"], line=reply["line"])
    return reply["values"]


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
def test_script_gives_the_values_it_sets_or_changes(text, values, changed):
    assert run(text, values) == changed


def test_script_is_told_the_moment_of_the_run():
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

    assert run("x = today()\ny = now()", {}, at=at) == {
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
def test_script_that_fails_says_why_and_where(text, reason, line):
    with pytest.raises(ScriptFailed, match=reason) as failure:
        run(text, {"order": {}})
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


def test_reference_names_everything_a_script_may_call():
    reference = (ROOT / "docs/reference/scripts.md").read_text()

    attributes = {name for _, names in script_guards._ATTRIBUTES for name in names}
    offered = attributes | set(script_guards._FUNCTIONS)
    assert [name for name in sorted(offered) if not re.search(rf"\b{name}\b", reference)] == []
