from __future__ import annotations

import pytest

from engine.connectors.call import ServiceFailed
from engine.connectors.inputs import Input, Inputs, Kind, is_expression

INPUTS = Inputs(
    Input("text"),
    Input("number", Kind.NUMBER),
    Input("object", Kind.OBJECT),
    Input("any", Kind.ANY),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"text": "a"}, {"text": "a"}),
        ({"text": 5}, {"text": "5"}),
        ({"text": ""}, {}),
        ({"text": None}, {}),
        ({"number": "1.5"}, {"number": 1.5}),
        ({"number": 0}, {"number": 0.0}),
        ({"object": '{"a": [1]}'}, {"object": {"a": [1]}}),
        ({"any": False}, {"any": False}),
        ({"any": []}, {"any": []}),
    ],
)
def test_inputs_are_read_each_as_its_kind(given, expected):
    assert INPUTS.read(given) == expected


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": True}, "'text' must be a text, not True"),
        ({"text": ["x" * 100]}, "…"),
        ({"number": "five"}, "'number' must be a number, not 'five'"),
        ({"number": True}, "must be a number"),
        ({"number": {}}, "must be a number"),
        ({"object": "[1]"}, "must be a JSON object"),
        ({"object": "{"}, "must be a JSON object"),
        ({"txt": "a"}, "'txt' unknown; allowed: text, number, object, any"),
    ],
)
def test_input_of_another_kind_is_refused_for_good(given, reason):
    with pytest.raises(ServiceFailed) as refused:
        INPUTS.read(given)

    assert refused.value.is_permanent
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=a", True), ("x ${a}", True), ("#{a}", True), ("a = b", False), ("$5", False)],
)
def test_expressions_are_told_from_texts(text, expected):
    assert is_expression(text) == expected
