"""Correcting the data of a case: a field for each value, and what people typed into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from web.json_text import json_or_text
from web.presenters import words
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.instance import ProcessInstance

VALUE = "value:"  # what the name of a value's field begins with
NEW_NAME, NEW_VALUE = "new_name", "new_value"
YES, NO = "yes", "no"


class UnreadableValue(ValueError):
    """What was typed is a value of the kind that is needed."""


@dataclass(frozen=True, slots=True)
class DataField:
    """One value of a case as it is edited."""

    key: str
    label: str
    kind: str  # text, number, yes_no, structure
    text: str

    @property
    def name(self) -> str:
        """The name of the field in the form."""
        return VALUE + self.key


def data_fields(case: ProcessInstance) -> list[DataField]:
    """Return the values of a case in the order of its forms, then by name."""
    labels = words().field_labels(case.definition_id)
    keys = [*(key for key in labels if key in case.values), *sorted(set(case.values) - set(labels))]
    return [
        DataField(key, labels.get(key, key), _kind(case.values[key]), _text(case.values[key]))
        for key in keys
    ]


def corrections(form: Mapping[str, str], case: ProcessInstance) -> dict[str, object]:
    """Return the values that differ from the case's; UnreadableValue says what cannot be read."""
    changed: dict[str, object] = {}
    for field in data_fields(case):
        text = form.get(field.name)
        if text is not None and text != field.text:
            changed[field.key] = _value(text, field)
    name, text = form.get(NEW_NAME, "").strip(), form.get(NEW_VALUE, "").strip()
    if name:
        changed[name] = json_or_text(text)
    return changed


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "yes_no"
    if isinstance(value, int | float):
        return "number"
    return "text" if value is None or isinstance(value, str) else "structure"


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return YES if value else NO
    return orjson.dumps(value).decode()


def _value(text: str, field: DataField) -> object:
    if field.kind == "text":
        return text
    if field.kind == "yes_no":
        return text == YES
    found = json_or_text(text.strip())
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if field.kind == "number" and not is_number:
        raise UnreadableValue(_("%(field)s: a number is needed.", field=field.label))
    if field.kind == "structure" and isinstance(found, str):
        problem = _("%(field)s: a list or object in JSON is needed.", field=field.label)
        raise UnreadableValue(problem)
    return found
