import pytest

from engine.bpmn.dmn import DecisionFailed, read_decisions
from tests.engine.bpmn.decisions import decision, dmn, function, literal

TWICE = function("twice", "n", literal("n * 2"))


def decide(logic):
    decisions = read_decisions(dmn(TWICE, decision("d", logic, needs="b_twice")), source="x.dmn")
    return decisions.decide("d", {}).value


BOXED = {
    "context": (
        (
            "<context><contextEntry><variable name='a b'/>{1}</contextEntry>"
            "<contextEntry><variable name='c'/>{a b + 1}</contextEntry></context>"
        ),
        {"a b": 1, "c": 2},
    ),
    "context with result": (
        (
            "<context><contextEntry><variable name='a'/>{1}</contextEntry>"
            "<contextEntry>{a + 1}</contextEntry></context>"
        ),
        2,
    ),
    "list": ('<list>{1}{"a"}</list>', [1, "a"]),
    "relation": (
        "<relation><column name='a'/><column name='b'/><row>{1}{2}</row></relation>",
        [{"a": 1, "b": 2}],
    ),
    "invocation": (
        "<invocation>{twice}<binding><parameter name='n'/>{4}</binding></invocation>",
        8,
    ),
    "if": ("<conditional><if>{1 > 2}</if><then>{1}</then><else>{2}</else></conditional>", 2),
    "for": ("<for iteratorVariable='i'><in>{[1, 2]}</in><return>{i * 2}</return></for>", [2, 4]),
    "some": (
        "<some iteratorVariable='i'><in>{[1, 2]}</in><satisfies>{i > 1}</satisfies></some>",
        True,
    ),
    "every": (
        "<every iteratorVariable='i'><in>{[1, 2]}</in><satisfies>{i > 1}</satisfies></every>",
        False,
    ),
    "every of nothing": (
        "<every iteratorVariable='i'><in>{[]}</in><satisfies>{i > 1}</satisfies></every>",
        True,
    ),
    "some with null": (
        "<some iteratorVariable='i'><in>{[1, null]}</in><satisfies>{i > 1}</satisfies></some>",
        None,
    ),
    "filter": ("<filter><in>{[1, 2, 3]}</in><match>{item > 1}</match></filter>", [2, 3]),
    "filter by number": ("<filter><in>{[1, 2, 3]}</in><match>{-1}</match></filter>", 3),
    "filter by field": (
        "<filter><in>{[{n: 1}, {n: 2}]}</in><match>{n > 1}</match></filter>",
        [{"n": 2}],
    ),
    "function": (
        (
            "<context><contextEntry><variable name='f'/><functionDefinition>"
            "<formalParameter name='n'/>{n + 1}</functionDefinition></contextEntry>"
            "<contextEntry>{f(1)}</contextEntry></context>"
        ),
        2,
    ),
}


def boxed(text):
    """Put the texts in curly braces into literal expressions."""
    depth, result = 0, ""
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "{" and depth == 1:
            result += "<literalExpression><text>"
        elif sign == "}" and depth == 0:
            result += "</text></literalExpression>"
        else:
            result += sign.replace(">", "&gt;") if depth else sign
    return result


@pytest.mark.parametrize("name", BOXED)
def test_boxed_expression_gives_its_value(name):
    text, value = BOXED[name]

    assert decide(boxed(text)) == value


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        (boxed("<invocation>{twice}<binding><parameter name='m'/>{4}</binding></invocation>"),
         "'twice' has no parameter 'm'; it has n"),
        (boxed("<invocation>{4}</invocation>"), "there is no function '4'"),
        (boxed("<list typeRef='number'>{1}{2}</list>"), "the result does not fit"),
    ],
)  # fmt: skip
def test_boxed_expression_that_cannot_be_worked_out_fails_in_words(logic, reason):
    with pytest.raises(DecisionFailed, match=reason):
        decide(logic)
