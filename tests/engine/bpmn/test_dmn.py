from datetime import UTC, datetime

import pytest

from engine.bpmn import dmn_run
from engine.bpmn.dmn import DecisionFailed, read_decisions
from engine.errors import InvalidModel, NotFound
from tests.engine.bpmn.decisions import (
    column,
    decision,
    dmn,
    function,
    input_data,
    literal,
    output,
    table,
)


def read(*elements):
    return read_decisions(dmn(*elements), source="x.dmn")


def test_decisions_are_a_mapping_by_id():
    decisions = read(decision("a", literal("1")), decision("b", literal("a + 1"), needs="a"))

    assert list(decisions) == ["a", "b"]
    assert decisions["b"].requirements == ("a",)


def test_required_decisions_are_decided_first_and_once():
    tiers = table([column("score")], [output()], ['> 3 : "high"', '<= 3 : "low"'])
    decisions = read(
        decision("reply", literal('tier + "/" + hours'), needs="tier hours"),
        decision("hours", literal('if tier = "high" then "4" else "24"'), needs="tier"),
        decision("tier", tiers, needs="i_score"),
        input_data("score", "number"),
    )

    decided = decisions.decide("reply", {"score": 5})
    assert decided.value == "high/4"
    assert decided.results == {"tier": "high", "hours": "4", "reply": "high/4"}
    assert [(hit.decision_id, hit.rule_id) for hit in decided.rules] == [("tier", "r1")]


def test_only_what_is_required_is_decided():
    hopeless = table([column("score")], [output()], ["> 9 : 1"])

    decisions = read(decision("a", literal("1")), decision("b", hopeless))
    assert decisions.decide("a", {}).results == {"a": 1}


def test_unknown_decision_is_not_found():
    with pytest.raises(NotFound, match="decision 'b'"):
        read(decision("a", literal("1"))).decide("b", {})


def test_failure_names_the_decision_at_fault_not_the_one_asked_for():
    hopeless = table([column("score")], [output()], ["> 9 : 1"])

    decisions = read(decision("a", literal("b"), needs="b"), decision("b", hopeless))
    with pytest.raises(DecisionFailed) as failure:
        decisions.decide("a", {"score": 1})
    assert failure.value.decision == "b"


@pytest.mark.parametrize(
    ("type_name", "value", "expression", "result"),
    [
        ("date", "2026-02-28", 'x + duration("P1D")', "2026-03-01"),
        ("dateTime", "2026-02-28T10:00:00Z", "x.hour", 10),
        ("dateTime", "2026-02-28", "x.hour", 0),
        ("time", "10:30:00", "x.minute", 30),
        ("dayTimeDuration", "PT36H", 'x > duration("P1D")', True),
        ("yearMonthDuration", "P14M", "x.years", 1),
        ("feel:number", 0.1, "x + 0.2", 0.3),
        ("integer", 2, "x", 2),
        ("boolean", True, "not(x)", False),
        ("string", "a", "x", "a"),
        ("number", [5], "x", 5),
        ("number", None, "x", None),
        ("Any", {"a": 1}, "x.a", 1),
    ],
)
def test_input_is_taken_as_its_type(type_name, value, expression, result):
    decisions = read(input_data("x", type_name), decision("d", literal(expression), needs="i_x"))

    assert decisions.decide("d", {"x": value}).value == result


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("number", "5"),
        ("number", True),
        ("boolean", "true"),
        ("string", 5),
        ("date", "2026-02-30"),
        ("date", 5),
        ("time", "25:00"),
        ("dateTime", "yesterday"),
        ("dayTimeDuration", "P1M"),
        ("number", [1, 2]),
    ],
)
def test_input_of_another_type_fails_by_its_name(type_name, value):
    decisions = read(input_data("x", type_name), decision("d", literal("x"), needs="i_x"))

    with pytest.raises(DecisionFailed, match="'x' does not fit"):
        decisions.decide("d", {"x": value})


ITEMS = """
<itemDefinition name="tTier"><typeRef>string</typeRef>
  <allowedValues><text>"high", "low"</text></allowedValues></itemDefinition>
<itemDefinition name="tCase">
  <itemComponent name="tier"><typeRef>tTier</typeRef></itemComponent>
  <itemComponent name="due dates" isCollection="true"><typeRef>date</typeRef></itemComponent>
</itemDefinition>
"""


def test_item_definition_reaches_into_fields_and_lists():
    logic = literal("c.due dates[1].year + count(c.due dates)")
    decisions = read(ITEMS, input_data("c", "tCase"), decision("d", logic, needs="i_c"))

    case = {"tier": "low", "due dates": "2026-03-01", "note": "kept"}
    assert decisions.decide("d", {"c": case}).value == 2027


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"tier": "urgent"}, 'field \'tier\': "urgent" is not allowed; allowed: "high", "low"'),
        ({"due dates": ["soon"]}, "field 'due dates': \"soon\" is no date"),
        ("text", "a text is no tCase"),
    ],
)
def test_item_definition_refuses_other_values(case, reason):
    decisions = read(ITEMS, input_data("c", "tCase"), decision("d", literal("c"), needs="i_c"))

    with pytest.raises(DecisionFailed, match=reason):
        decisions.decide("d", {"c": case})


def test_field_that_the_case_does_not_have_is_null():
    decisions = read(ITEMS, input_data("c", "tCase"), decision("d", literal("c"), needs="i_c"))

    assert decisions.decide("d", {"c": {}}).value == {"tier": None, "due dates": None}


def test_result_without_a_field_of_its_type_fails():
    with pytest.raises(DecisionFailed, match="the field 'due dates' is missing"):
        read(ITEMS, decision("d", literal('{tier: "low"}'), type_name="tCase")).decide("d", {})


def test_result_is_checked_by_the_type_of_the_decision():
    with pytest.raises(DecisionFailed, match='"a" is a text, not a number'):
        read(decision("d", literal('"a"'), type_name="number")).decide("d", {})


def test_function_is_called_from_decisions_and_functions():
    decisions = read(
        function("twice", "n", literal("n * 2")),
        function("plus", "n m", literal("twice(n) + m"), needs="b_twice"),
        decision("d", literal("plus(m: 1, n: 5)"), needs="b_plus"),
    )

    assert decisions.decide("d", {}).value == 11


def test_function_may_call_itself_but_not_for_ever():
    body = literal("if n <= 1 then 1 else n * f(n - 1)")
    endless = literal("f(n)")

    recursive = read(
        function("f", "n", body, needs="b_f"), decision("d", literal("f(5)"), needs="b_f")
    )
    assert recursive.decide("d", {}).value == 120
    hopeless = read(
        function("f", "n", endless, needs="b_f"), decision("d", literal("f(5)"), needs="b_f")
    )
    with pytest.raises(DecisionFailed, match="more than 40 deep"):
        hopeless.decide("d", {})


def test_decision_that_computes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(dmn_run, "LONGEST_S", 0.1)
    body = literal("count(for i in 1..9000 return i * 2)")
    calls = literal("for i in 1..9000 return f(i)")

    decisions = read(function("f", "n", body), decision("d", calls, needs="b_f"))
    with pytest.raises(DecisionFailed, match=r"more than 0\.1 s of computing time"):
        decisions.decide("d", {})


def test_function_takes_null_for_what_does_not_fit_its_parameter():
    xml = dmn(
        function("f", "n", literal("n = null")), decision("d", literal('f("a")'), needs="b_f")
    ).replace(b'<formalParameter name="n"/>', b'<formalParameter name="n" typeRef="number"/>')

    assert read_decisions(xml, source="x.dmn").decide("d", {}).value is True


def test_decision_service_hides_the_case_and_takes_decisions_as_inputs():
    service = (
        '<decisionService id="s" name="s"><outputDecision href="#d"/><inputDecision href="#e"/>'
        '<inputData href="#i_x"/></decisionService>'
    )
    parts = (
        service,
        input_data("x"),
        decision("d", literal("x + e"), needs="i_x e"),
        decision("e", literal("100")),
        decision("caller", literal("s(1, 2)"), needs="b_s").replace("#b_s", "#s"),
    )

    assert read(*parts).decide("caller", {"x": 50}).value == 3
    assert read(*parts).decide("s", {"x": 1, "e": 5}).value == 6
    assert read(*parts).decide("d", {"x": 1}).value == 101


def test_moment_is_the_one_handed_in():
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

    decisions = read(decision("d", literal("today()")))
    assert decisions.decide("d", {}, at=at).value == "2026-03-01"


def test_result_that_is_no_json_fails():
    with pytest.raises(DecisionFailed, match="a function is no result"):
        read(decision("d", literal("function(a) a"))).decide("d", {})


def test_file_with_errors_is_refused_with_all_of_them():
    with pytest.raises(InvalidModel) as refusal:
        read(decision("a", literal("1 +")), decision("b", literal("(")))
    assert [finding.line for finding in refusal.value.findings] == [2, 3]
