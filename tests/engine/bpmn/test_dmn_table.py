import pytest

from engine.bpmn.dmn import DecisionFailed, read_decisions
from tests.engine.bpmn.decisions import column, decision, dmn, output, table

TIER = '"high", "medium", "low"'
SCORE = [column("score", "number")]
RULES = ['>= 5 : "low"', '>= 3 : "high"', '>= 4 : "medium"']


def decided(logic, **values):
    """Decide by one table."""
    decisions = read_decisions(dmn(decision("tier", logic)), source="x.dmn")
    return decisions.decide("tier", values)


def scored(policy, score, *, rules=RULES, default=""):
    outputs = [output("tier", "string", TIER, default)]
    return decided(table(SCORE, outputs, rules, policy), score=score)


@pytest.mark.parametrize(
    ("policy", "score", "value", "numbers"),
    [
        ("UNIQUE", 3, "high", [2]),
        ("FIRST", 9, "low", [1]),
        ("FIRST", 4, "high", [2]),
        ("PRIORITY", 9, "high", [2]),
        ("RULE ORDER", 9, ["low", "high", "medium"], [1, 2, 3]),
        ("OUTPUT ORDER", 9, ["high", "medium", "low"], [1, 2, 3]),
        ("COLLECT", 4, ["high", "medium"], [2, 3]),
        ("COLLECT COUNT", 9, 3, [1, 2, 3]),
        ("COLLECT", 1, [], []),
        ("RULE ORDER", 1, [], []),
        ("COLLECT COUNT", 1, 0, []),
    ],
)
def test_table_gives_what_its_hit_policy_says(policy, score, value, numbers):
    result = scored(policy, score)

    assert result.value == value
    assert [hit.number for hit in result.rules] == numbers


@pytest.mark.parametrize(
    ("aggregation", "value"), [("SUM", 1.1), ("MIN", 0.1), ("MAX", 0.7), ("COUNT", 3)]
)
def test_collect_works_out_exact_numbers(aggregation, value):
    rules = ["> 0 : 0.1", "> 0 : 0.7", "> 0 : 0.3"]

    logic = table(SCORE, [output()], rules, f"COLLECT {aggregation}")
    assert decided(logic, score=1).value == value


def test_aggregation_of_nothing_is_null():
    logic = table(SCORE, [output()], ["> 5 : 1"], "COLLECT SUM")

    assert decided(logic, score=1).value is None


def test_aggregation_of_what_cannot_be_added_fails():
    logic = table(SCORE, [output()], ["> 0 : 1", '> 0 : "a"'], "COLLECT SUM")

    with pytest.raises(DecisionFailed, match="have no SUM"):
        decided(logic, score=1)


def test_any_gives_the_output_that_all_rules_share():
    rules = ['>= 3 : "low"', '>= 4 : "low"']

    assert scored("ANY", 9, rules=rules).value == "low"


def test_several_inputs_and_outputs_give_an_object():
    rules = ['< 5 | "gold" : "high" | 1', '- | not("gold") : "low" | 24', '>= 5 | - : "high" | 4']
    inputs = [column("score"), column("customer.level")]

    logic = table(inputs, [output("tier"), output("within h")], rules)
    result = decided(logic, score=2, customer={"level": "silver"})
    assert result.value == {"tier": "low", "within h": 24}
    assert result.rules[0].rule_id == "r2"


def test_priority_ranks_the_first_column_first():
    outputs = [output("tier", allowed='"high", "low"'), output("hours", allowed="1, 4, 24")]
    rules = ['- : "low" | 1', '- : "high" | 24', '- : "high" | 4']

    logic = table(SCORE, outputs, rules, "PRIORITY")
    assert decided(logic, score=1).value == {"tier": "high", "hours": 4}


@pytest.mark.parametrize(
    ("policy", "value"), [("UNIQUE", "low"), ("COLLECT", ["low"]), ("OUTPUT ORDER", ["low"])]
)
def test_default_output_stands_in_when_no_rule_hits(policy, value):
    assert scored(policy, 1, default='"low"').value == value


@pytest.mark.parametrize(
    ("policy", "score", "reason", "rules"),
    [
        ("UNIQUE", 9, "more than one rule hits", ("1 (r1)", "2 (r2)", "3 (r3)")),
        ("UNIQUE", 1, "no rule hits", ()),
        ("FIRST", None, "no rule hits", ()),
        ("PRIORITY", 1, "no rule hits", ()),
        ("ANY", 9, "rules with different outputs hit", ("1 (r1)", "2 (r2)")),
        ("ANY", 1, "no rule hits", ()),
    ],
)
def test_missing_or_double_hit_names_table_rules_and_inputs(policy, score, reason, rules):
    with pytest.raises(DecisionFailed, match=reason) as failure:
        scored(policy, score)

    assert (failure.value.decision, failure.value.table) == ("tier", "t")
    assert failure.value.rules == rules
    assert failure.value.inputs == {"score": score}
    assert "score = " in str(failure.value)


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        (table(SCORE, [output()], ["- : 1"]), "input 'score': \"many\" is a text, not a number"),
        (
            table([column("score", allowed='"few"')], [output()], ["- : 1"]),
            'input \'score\' is "many"; allowed: "few"',
        ),
        (
            table([column("score")], [output("n", "number")], ['- : "a"']),
            "rule '1 .r1.': output 'n': \"a\" is a text, not a number",
        ),
        (
            table([column("score")], [output("n", allowed="1, 2")], ["- : 3"]),
            "output 'n': 3 is not among the output values 1, 2",
        ),
        (
            table([column("score")], [output("n", allowed="1, 2")], ["- : null"], "PRIORITY"),
            "None has no place in the order 1, 2",
        ),
    ],
)
def test_value_that_the_table_does_not_declare_fails(logic, reason):
    with pytest.raises(DecisionFailed, match=reason):
        decided(logic, score="many")


def test_cells_see_the_input_and_the_case():
    rules = ["? > limit and ? < 10 : 1", "not(? > limit) : 2"]

    logic = table([column("score")], [output()], rules, "FIRST")
    assert decided(logic, score=5, limit=3).value == 1
    assert decided(logic, score=2, limit=3).value == 2


def test_conclusions_may_compute():
    logic = table([column("score")], [output()], ["> 0 : score * 1.1"])

    assert decided(logic, score=3).value == 3.3


def test_chinese_names_and_values_decide():
    rules = ['"重大" : 1', "- : 24"]

    logic = table([column("投诉 等级")], [output()], rules, "FIRST")
    xml = dmn('<inputData id="i" name="投诉 等级"/>', decision("时限", logic, needs="i_x")).replace(
        b'<requiredInput href="#i_x"/>', b'<requiredInput href="#i"/>'
    )
    assert read_decisions(xml, source="x.dmn").decide("时限", {"投诉 等级": "重大"}).value == 1
