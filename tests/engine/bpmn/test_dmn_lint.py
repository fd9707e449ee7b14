import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.dmn import DecisionFailed, lint_decisions, read_decisions
from engine.errors import InvalidModel, Severity
from tests.engine.bpmn.decisions import (
    NAMESPACE,
    column,
    decision,
    dmn,
    function,
    input_data,
    literal,
    output,
    table,
)

ONE = [column("n", "number")]
NEVER = table(ONE, [output()], ["> 1 : 1"])


def findings(*elements):
    return lint_decisions(dmn(*elements), source="x.dmn")


def of_table(inputs, rules, policy="UNIQUE", outputs=None):
    return findings(decision("d", table(inputs, outputs or [output()], rules, policy)))


REFUSED = {
    "syntax": (decision("d", literal("1 +")), "expression", "l"),
    "cell": (decision("d", table(ONE, [output()], ["> : 1"])), "expression", "r1"),
    "output": (decision("d", table(ONE, [output()], ["- : 1 +"])), "expression", "r1"),
    "no input": (decision("d", table([column("")], [output()], ["- : 1"])), "no-expression", "t"),
    "no output": (decision("d", table(ONE, [], ["- : 1"])), "decision-table", "t"),
    "cells": (decision("d", table(ONE, [output()], ["- | - : 1"])), "decision-table", "r1"),
    "policy": (decision("d", NEVER.replace("UNIQUE", "LAST")), "hit-policy", "t"),
    "aggregation": (decision("d", NEVER.replace('id="t"', 'id="t" aggregation="SUM"')),
                    "decision-table", "t"),
    "two outputs": (decision("d", table(ONE, [output("a"), output("b")], ["- : 1 | 1"],
                                        "COLLECT SUM")), "decision-table", "t"),
    "unnamed outputs": (decision("d", table(ONE, [output(), output("b")], ["- : 1 | 1"])),
                        "decision-table", "t"),
    "no ranking": (decision("d", table(ONE, [output()], ["- : 1"], "PRIORITY")),
                   "decision-table", "t"),
    "dangling": (decision("d", literal("1"), needs="e"), "dangling", "d"),
    "other file": (decision("d", literal("1"), needs="e").replace("#e", "other.dmn#e"),
                   "import", "d"),
    "import": ('<import name="a" namespace="b"/>' + decision("d", literal("1")), "import", "d"),
    "cycle": (decision("d", literal("1"), needs="e") + decision("e", literal("1"), needs="d"),
              "cycle", "d"),
    "own cycle": (decision("d", literal("1"), needs="d"), "cycle", "d"),
    "duplicate id": (decision("d", literal("1")) * 2, "duplicate-id", "d"),
    "duplicate name": (decision("d", literal("1")) + input_data("d"), "duplicate-name", "i_d"),
    "no decision": (input_data("x"), "no-decision", "d"),
    "no id": ("<decision/>" + decision("d", literal("1")), "no-id", "d"),
    "java": (decision("d", '<functionDefinition kind="Java"/>'), "function-kind", "d"),
    "language": (decision("d", literal("1")).replace('id="l"', 'id="l" expressionLanguage="juel"'),
                 "expression-language", "l"),
    "relation": (decision("d", "<relation><column name='a'/><row/></relation>"), "relation", "d"),
    "empty": (decision("d", literal("")), "no-expression", "l"),
    "half if": (decision("d", "<conditional><if/></conditional>"), "no-expression", "d"),
    "no body": (function("f", "n", "") + decision("d", literal("1")), "no-expression", "b_f"),
    "allowed values": ('<itemDefinition id="x" name="x"><typeRef>string</typeRef>'
                       "<allowedValues><text>(</text></allowedValues></itemDefinition>"
                       + decision("d", literal("1")), "expression", "x"),
    "no function": (decision("d", "<invocation/>"), "no-expression", "d"),
    "unknown cell": (decision("d", NEVER.replace("inputEntry", "entry")), "structure", "r1"),
    "unknown row": (decision("d", NEVER.replace("rule", "rules")), "structure", "r1"),
    "two logics": (decision("d", literal("1") + literal("2")), "structure", "d"),
    "own type": ('<itemDefinition id="x" name="x"><typeRef>x</typeRef></itemDefinition>'
                 + decision("d", literal("1")), "cyclic-type", "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_model_that_cannot_be_decided_is_refused_at_its_element(name):
    elements, rule, element_id = REFUSED[name]

    found = [each for each in findings(elements) if each.severity is Severity.ERROR]
    assert (found[0].rule, found[0].element_id) == (rule, element_id)
    assert found[0].line >= 1


def test_other_expression_language_of_the_file_is_refused():
    xml = dmn(decision("d", literal("1"))).replace(
        b' id="d"', b' id="d" expressionLanguage="JUEL"', 1
    )

    assert [each.rule for each in lint_decisions(xml, source="x")] == ["expression-language"]


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"<definitions/>", "not-dmn"),
        (b"<a", "not-xml"),
        (f'<decision xmlns="{NAMESPACE}"/>'.encode(), "not-dmn"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><definitions/>', "harmful-xml"),
    ],
)
def test_what_is_no_dmn_is_refused(xml, rule):
    [finding] = lint_decisions(xml, source="x.dmn")

    assert finding.rule == rule
    with pytest.raises(InvalidModel):
        read_decisions(xml, source="x.dmn")


@pytest.mark.parametrize(
    ("inputs", "rules", "message"),
    [
        (ONE, ["< 3 : 1", "> 3 : 2"], "no rule decides n = 3"),
        (ONE, ["[1..5] : 1", "> 5 : 2"], "no rule decides n = 0"),
        ([column("n", "integer")], ["<= 3 : 1", ">= 5 : 2"], "no rule decides n = 4"),
        ([column("s", "string")], ['"a" : 1'], "no rule decides s = any other text"),
        ([column("s", "string", '"a", "b"')], ['"a" : 1'], 'no rule decides s = "b"'),
        ([column("b", "boolean"), *ONE], ["true | - : 1"], "no rule decides b = False, n = 0"),
    ],
)
def test_gap_of_a_table_is_a_warning(inputs, rules, message):
    [finding] = of_table(inputs, rules)

    assert (finding.rule, finding.severity) == ("table-gap", Severity.WARNING)
    assert finding.message.startswith(message)


@pytest.mark.parametrize(
    ("policy", "rules", "message"),
    [
        ("UNIQUE", ["<= 3 : 1", ">= 3 : 2"], "rules 1 and 2 both hit n = 3"),
        ("ANY", ["<= 3 : 1", ">= 3 : 2"], "rules 1 and 2 differ, and both hit n = 3"),
    ],
)
def test_overlap_against_the_hit_policy_is_a_warning(policy, rules, message):
    [finding] = of_table(ONE, rules, policy)

    assert (finding.rule, finding.severity) == ("table-overlap", Severity.WARNING)
    assert finding.message.startswith(message)


@pytest.mark.parametrize(
    ("inputs", "rules", "policy"),
    [
        (ONE, ["< 3 : 1", ">= 3 : 2"], "UNIQUE"),
        (ONE, ["not(3, 4) : 1", "3,4 : 2"], "UNIQUE"),
        ([column("n", "integer")], ["<= 3 : 1", ">= 4 : 2"], "UNIQUE"),
        (ONE, ["<= 3 : 1", ">= 3 : 1"], "ANY"),
        (ONE, ["<= 3 : 1", "- : 2"], "FIRST"),
        (ONE, ["> 3 : 1", "> 4 : 1"], "COLLECT"),
        ([column("d", "date")], ['< date("2026-01-01") : 1'], "UNIQUE"),
        ([column("b", "boolean")], ["true : 1", "false : 2"], "UNIQUE"),
        ([column("s", "string", '"a", "b"')], ['"a" : 1', '"b" : 2'], "UNIQUE"),
        ([*ONE] * 9, [" | ".join(["> 1"] * 9) + " : 1"], "UNIQUE"),
    ],
)
def test_whole_table_has_no_findings(inputs, rules, policy):
    assert of_table(inputs, rules, policy) == []


def test_unknown_type_is_a_warning_and_means_any():
    [finding] = findings(input_data("x", "tNowhere"), decision("d", literal("x"), needs="i_x"))

    assert (finding.rule, finding.severity) == ("unknown-type", Severity.WARNING)


def test_decision_without_logic_is_a_warning_and_gives_null():
    xml = dmn(decision("d", ""))

    assert [each.rule for each in lint_decisions(xml, source="x")] == ["no-expression"]
    assert read_decisions(xml, source="x").decide("d", {}).value is None


def test_very_long_chain_of_decisions_is_read_and_decided():
    chain = [decision("d0", literal("1"))]
    chain += [decision(f"d{n}", literal(f"d{n - 1}"), needs=f"d{n - 1}") for n in range(1, 2000)]

    assert read_decisions(dmn(*chain), source="x").decide("d1999", {}).value == 1


def many_fields(count):
    fields = "".join(f'<itemComponent name="f {n}"/>' for n in range(count))
    decisions = (decision(f"d{n}", literal(f"f {n}")) for n in range(100))
    return (f'<itemDefinition name="t">{fields}</itemDefinition>', *decisions)


def test_many_names_are_known_fast_or_refused():
    began = time.process_time()

    assert findings(*many_fields(2_000)) == []
    assert "more than 2,000 names" in findings(*many_fields(2_001))[0].message
    assert time.process_time() - began < 5  # knowing every name everywhere took 20 s


SEED = dmn(
    '<itemDefinition name="tTier"><typeRef>string</typeRef>'
    '<allowedValues><text>"a", "b"</text></allowedValues></itemDefinition>',
    input_data("n", "number"),
    function("twice", "m", literal("m * 2")),
    decision("tier", table(ONE, [output("t", "tTier")], ['< 3 : "a"', '>= 3 : "b"']), needs="i_n"),
    decision("d", "<context><contextEntry><variable name='x'/>" + literal("twice(n)")
             + "</contextEntry></context>", needs="tier b_twice"),
).decode()  # fmt: skip
PIECES = [
    "",
    "<",
    ">",
    "&",
    '"',
    "''",
    "<text>",
    "</text>",
    "-",
    "#d",
    "tier",
    "\u0000",
    "[",
    "1..",
    "x",
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 12), st.sampled_from(PIECES)),
             min_size=1, max_size=4)
)  # fmt: skip
def test_mutated_file_is_read_or_refused_in_words(mutations):
    text = SEED
    for start, length, piece in mutations:
        text = text[:start] + piece + text[start + length :]
    began = time.process_time()

    found = lint_decisions(text.encode(), source="x.dmn")
    if not any(each.severity is Severity.ERROR for each in found):
        decisions = read_decisions(text.encode(), source="x.dmn")
        for decision_id in decisions:
            with contextlib.suppress(DecisionFailed):
                decisions.decide(decision_id, {"n": 2})
    assert time.process_time() - began < 2
