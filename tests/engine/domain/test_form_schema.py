from __future__ import annotations

import pytest

from engine.domain.form import Form
from engine.errors import InvalidFormSchema

TEXT = {"key": "f", "type": "textfield"}
NUMBER = {"key": "f", "type": "number"}
SELECT = {"key": "f", "type": "select"}


def problems(*components):
    with pytest.raises(InvalidFormSchema) as refusal:
        Form.parse({"components": list(components)}, source="x.form")
    return refusal.value.problems


@pytest.mark.parametrize(
    ("component", "complaint"),
    [
        ("text", "'text' is not a component"),
        ({"key": "f", "type": "filepicker"}, "'filepicker' is not supported; supported are text"),
        ({"key": "f"}, "type None is not supported"),
        ({"type": "textfield"}, "'key' must be"),
        ({**TEXT, "key": "a.b"}, "'key' must be"),
        ({**TEXT, "validate": "required"}, "'validate' must be an object"),
        ({**TEXT, "validate": {"required": "=x"}}, "'required' must be true or false"),
        ({**TEXT, "validate": {"minLength": -1}}, "'minLength' must be a whole number"),
        ({**TEXT, "validate": {"maxLength": 1.5}}, "'maxLength' must be a whole number"),
        ({**TEXT, "validate": {"pattern": "("}}, "'pattern': it is not a regular expression"),
        ({**TEXT, "validate": {"validationType": "iban"}}, "'validationType' 'iban'"),
        ({**TEXT, "readonly": "=x"}, "'readonly' must be true or false"),
        ({**TEXT, "conditional": "x"}, "'conditional' must be an object"),
        ({**TEXT, "conditional": {"hide": "x"}}, "begins with '='"),
        ({**TEXT, "conditional": {"hide": "=x +"}}, "'conditional.hide': '+'"),
        ({**NUMBER, "validate": {"min": "=x"}}, "'min' must be a number"),
        ({**NUMBER, "increment": 0}, "'increment' must be a number"),
        ({**NUMBER, "validate": {"max": "Infinity"}}, "'max' must be a number"),
        ({**NUMBER, "validate": {"max": 3}, "defaultValue": 4}, "'defaultValue' must be at most 3"),
        ({**SELECT, "valuesKey": "list"}, "'values' must list the options"),
        ({**SELECT, "values": []}, "'values' must list the options"),
        ({**SELECT, "values": [{"label": "x"}]}, "is not an option"),
        ({**SELECT, "values": ["x"]}, "is not an option"),
        ({"key": "f", "type": "datetime", "subtype": "week"}, "'subtype' 'week'"),
        ({"type": "group", "path": "a", "components": []}, "'path' is not supported"),
        ({"type": "group"}, "'components' must be a list"),
    ],
)
def test_schema_is_refused_in_words(component, complaint):
    (problem,) = problems(component)

    assert complaint in problem


def test_schema_is_refused_with_everything_that_is_wrong():
    found = problems(TEXT, {**TEXT}, {"key": "g", "type": "table"})

    assert len(found) == 2
    assert found[0] == "field 'f': another field has this key"


def test_schema_without_components_is_refused():
    with pytest.raises(InvalidFormSchema, match=r"x\.form: 'components' must be a list"):
        Form.parse({}, source="x.form")


def test_schema_is_refused_when_it_is_enormous():
    many = [{"key": f"f{number}", "type": "checkbox"} for number in range(301)]

    assert "301 fields" in problems(*many)[0]


def test_schema_is_refused_when_groups_lie_too_deep():
    group = {"type": "group", "components": [TEXT]}
    for _ in range(5000):
        group = {"type": "group", "components": [group]}

    assert "at most 5 deep" in problems(group)[0]


def test_schema_without_rules_asks_for_nothing():
    form = Form.parse({"components": [{**NUMBER, "validate": {"min": ""}}]}, source="x.form")

    assert form.fields["f"].min is None


def test_date_has_the_label_that_form_js_shows():
    due = {"type": "datetime", "key": "due", "dateLabel": "期限 / Due"}

    form = Form.parse({"components": [due]}, source="due.form")

    assert form.fields["due"].label == "期限 / Due"
