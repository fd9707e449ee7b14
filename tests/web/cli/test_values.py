"""Texts of the command line become what the fields of a form hold."""

import pytest

from engine.domain.form import Form
from web.cli.values import values_for

FORM = Form.parse(
    {
        "type": "default",
        "components": [
            {"type": "checkbox", "key": "urgent"},
            {"type": "number", "key": "days"},
            {"type": "textfield", "key": "note"},
            {"type": "radio", "key": "level", "values": [{"label": "Low", "value": "low"}]},
            {
                "type": "checklist",
                "key": "tests",
                "values": [{"label": "Blood", "value": "blood"}, {"label": "X", "value": "xray"}],
            },
        ],
    },
    source="a.form",
)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("urgent", "yes", True),
        ("urgent", "否", False),
        ("urgent", "perhaps", "perhaps"),
        ("days", "3", 3),
        ("days", "2.5", 2.5),
        ("days", "many", "many"),
        ("note", "0012", "0012"),
        ("level", "LOW", "low"),
        ("tests", "blood, xray", ["blood", "xray"]),
        ("unknown", "1", "1"),
    ],
)
def test_text_becomes_the_value_of_its_field(key, text, value):
    assert values_for(FORM, {key: text}, {}) == {key: value}


def test_set_wins_over_the_file():
    assert values_for(FORM, {"days": "4"}, {"days": 3, "note": "x"}) == {"days": 4, "note": "x"}
