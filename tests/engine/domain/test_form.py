from __future__ import annotations

import pytest

from engine.domain.form import Form
from engine.errors import InvalidForm


def a_form(*components):
    return Form.parse({"type": "default", "components": list(components)}, source="x.form")


def a_field(field_type, **rules):
    """A form with one field "f"; the names of form-js, those of its "validate" included."""
    checked = ("required", "min", "max", "minLength", "maxLength", "pattern", "validationType")
    validate = {name: rules.pop(name) for name in checked if name in rules}
    return a_form({"key": "f", "type": field_type, "validate": validate, **rules})


CHOICES = [{"label": "高 / High", "value": "high"}, {"label": "One", "value": 1}]
ACCEPTED = [
    ("textfield", {}, ""),
    ("textfield", {"required": True}, " "),  # as form-js: only the empty text is missing
    ("textfield", {"minLength": 2, "maxLength": 3}, "  abc  "),
    ("textfield", {"minLength": 2}, ""),
    ("textfield", {"pattern": r"^\d{3}$"}, "123"),
    ("textfield", {"pattern": "b"}, "abc"),  # found anywhere, as in JavaScript
    ("textfield", {"validationType": "email"}, "li@example.org"),
    ("textfield", {"validationType": "phone"}, "+31152123456"),
    ("textarea", {}, "two\nlines\tand 好 😀"),
    ("number", {}, None),
    ("number", {"min": 0, "max": 10}, 10),
    ("number", {"decimalDigits": 1}, 0.1),
    ("number", {"decimalDigits": 0}, 3.0),
    ("number", {"increment": 0.1}, 0.3),
    ("number", {"serializeToString": True}, "12345678901.25"),
    ("checkbox", {}, False),
    ("checkbox", {"required": True}, True),
    ("radio", {"values": CHOICES}, "high"),
    ("select", {"values": CHOICES}, 1),
    ("checklist", {"values": CHOICES}, ["high", 1]),
    ("taglist", {"values": CHOICES}, []),
    ("datetime", {"subtype": "date"}, "2028-02-29"),
    ("datetime", {"subtype": "time"}, "15:30+01:00"),
    ("datetime", {"subtype": "datetime"}, "2026-01-31T15:30Z"),
]
REFUSED = [
    ("textfield", {"required": True}, "", "required"),
    ("textfield", {}, 5, "type"),
    ("textfield", {}, "nul\x00", "type"),
    ("textfield", {}, "half a character \ud83d", "type"),
    ("textfield", {}, "x" * 20_001, "max_length"),
    ("textfield", {"minLength": 3}, " ab ", "min_length"),
    ("textfield", {"maxLength": 1}, "😀", "max_length"),  # two for JavaScript
    ("textfield", {"pattern": r"^\d+$"}, "１２", "pattern"),  # \d is ASCII in JavaScript
    ("textfield", {"pattern": r"^\d+$"}, "12\n", "pattern"),  # $ is the very end
    ("textfield", {"pattern": "x"}, "x" * 501, "max_length"),
    ("textfield", {"validationType": "email"}, "li@", "email"),
    ("textfield", {"validationType": "phone"}, "0152123456", "phone"),
    ("number", {"required": True}, None, "required"),
    ("number", {}, "5", "type"),
    ("number", {}, True, "type"),
    ("number", {}, float("nan"), "type"),
    ("number", {}, float("inf"), "type"),
    ("number", {}, 10**400, "type"),
    ("number", {}, 2**53, "max"),
    ("number", {"min": 0}, -0.5, "min"),
    ("number", {"max": 10}, 11, "max"),
    ("number", {"decimalDigits": 1}, 0.25, "decimals"),
    ("number", {"increment": 5}, 7, "increment"),
    ("number", {"serializeToString": True}, 5, "type"),
    ("number", {"serializeToString": True}, "five", "type"),
    ("number", {"serializeToString": True}, "9" * 41, "type"),
    ("checkbox", {}, "yes", "type"),
    ("checkbox", {"required": True}, False, "required"),
    ("radio", {"values": CHOICES}, "low", "option"),
    ("select", {"values": CHOICES}, True, "option"),  # which is 1 for Python
    ("checklist", {"values": CHOICES}, "high", "type"),
    ("checklist", {"values": CHOICES}, ["high", "high"], "type"),
    ("checklist", {"values": CHOICES}, [["high"]], "option"),
    ("taglist", {"values": CHOICES, "required": True}, [], "required"),
    ("datetime", {"subtype": "date"}, "2026-02-29", "type"),
    ("datetime", {"subtype": "date"}, "20260228", "type"),
    ("datetime", {"subtype": "time"}, "25:00", "type"),
    ("datetime", {"subtype": "datetime"}, 20260228, "type"),
]


@pytest.mark.parametrize(("field_type", "rules", "value"), ACCEPTED)
def test_form_accepts_what_form_js_accepts(field_type, rules, value):
    assert a_field(field_type, **rules).validate({"f": value}) == {"f": value}


@pytest.mark.parametrize(("field_type", "rules", "value", "code"), REFUSED)
def test_form_refuses_what_breaks_a_rule(field_type, rules, value, code):
    with pytest.raises(InvalidForm) as refusal:
        a_field(field_type, **rules).validate({"f": value})

    error = refusal.value.errors["f"]
    assert error.code == code
    assert "{" not in str(error)


def test_form_tells_every_wrong_field_in_words():
    form = a_form(
        {"key": "age", "type": "number", "validate": {"max": 150}},
        {"key": "name", "type": "textfield", "validate": {"required": True}},
    )

    with pytest.raises(InvalidForm) as refusal:
        form.validate({"age": 200, "shoe": 44})

    assert {key: str(error) for key, error in refusal.value.errors.items()} == {
        "age": "must be at most 150",
        "name": "a value is required",
        "shoe": "the form has no such field",
    }


@pytest.mark.parametrize(
    ("field_type", "empty"),
    [("textfield", ""), ("number", None), ("checkbox", False), ("checklist", [])],
)
def test_form_stores_something_for_a_field_that_nobody_filled_in(field_type, empty):
    form = a_field(field_type, values=CHOICES)

    assert form.validate({}) == form.validate({"f": None}) == {"f": empty}


def test_form_keeps_what_the_case_knew_when_a_field_was_not_handed_in():
    form = a_field("textfield", required=True, defaultValue="nobody")

    assert form.validate({}) == {"f": "nobody"}
    assert form.validate({}, initial={"f": "Wang"}) == {"f": "Wang"}
    with pytest.raises(InvalidForm):
        form.validate({"f": ""}, initial={"f": "Wang"})


@pytest.mark.parametrize("flag", ["disabled", "readonly"])
def test_form_never_takes_over_what_a_person_may_not_change(flag):
    assert a_field("textfield", **{flag: True}).validate({"f": "forged"}) == {}


def test_form_neither_checks_nor_stores_hidden_fields():
    form = a_form(
        {"key": "booked", "type": "checkbox"},
        {
            "key": "number",
            "type": "textfield",
            "validate": {"required": True},
            "conditional": {"hide": "=not(booked)"},
        },
    )

    assert form.validate({"booked": False}) == {"booked": False}
    with pytest.raises(InvalidForm):
        form.validate({"booked": True})


def test_form_hides_all_fields_of_a_hidden_group():
    inner = {"key": "note", "type": "textfield", "conditional": {"hide": '=kind = "b"'}}
    group = {"type": "group", "conditional": {"hide": "=kind = null"}, "components": [inner]}
    form = a_form(group)

    assert form.validate({}, initial={"kind": "a"}) == {"note": ""}
    assert form.validate({}, initial={"kind": "b"}) == form.validate({}) == {}


def test_form_reads_no_value_from_what_is_only_displayed():
    form = a_form({"type": "text", "text": "# 你好 / Hello"}, {"type": "button", "key": "send"})

    assert form.fields == {}


def test_localised_schema_has_the_texts_of_one_language():
    form = a_field("select", label="紧急度 / Urgency", values=CHOICES, description="plain")

    (chinese,) = form.localised("zh-Hans")["components"]
    (english,) = form.localised("en")["components"]

    assert (chinese["label"], chinese["values"][0]["label"]) == ("紧急度", "高")
    assert (english["label"], english["values"][0]["label"]) == ("Urgency", "High")
    assert english["description"] == "plain"
    assert form.fields["f"].label == "紧急度 / Urgency"
