"""Form: a form-js schema that the server checks by the same rules as the browser.

``Form.parse`` reads a schema (see ``engine.domain.form_schema`` for what it refuses),
``Form.validate`` checks what was filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.domain.form_schema import localised, read_fields
from engine.errors import FieldError, InvalidForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.form_field import Field

NO_VALUES: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Form:
    """The fields a person fills in, and the schema the browser shows."""

    schema: Mapping[str, object]
    fields: Mapping[str, Field]  # by key, in the order of the schema

    @classmethod
    def parse(cls, schema: Mapping[str, object], *, source: str) -> Form:
        """Read a form-js schema; InvalidFormSchema lists everything the server cannot check."""
        fields = read_fields(schema, source=source)
        return cls(schema, {field.key: field for field in fields})

    def localised(self, language: str) -> dict[str, object]:
        """Return the schema with its bilingual texts cut to one language."""
        return localised(self.schema, language)

    def validate(
        self, values: Mapping[str, object], *, initial: Mapping[str, object] = NO_VALUES
    ) -> dict[str, object]:
        """Return the values to store, or raise InvalidForm with every field that is wrong.

        A field that was not handed in holds what the case knew before (``initial``), its
        default, or nothing, just as the form in the browser would have shown it. What is hidden
        or read-only is never taken over.
        """
        errors = {key: FieldError("unknown") for key in values if key not in self.fields}
        filled_in = {
            key: values.get(key) if key in values else _untouched(field, initial)
            for key, field in self.fields.items()
        }
        shown = {**initial, **filled_in}
        accepted: dict[str, object] = {}
        for key, field in self.fields.items():
            if field.is_fixed or field.is_hidden(shown):
                continue
            value = field.empty if filled_in[key] is None else filled_in[key]
            error = field.error(value)
            if error is None:
                accepted[key] = value
            else:
                errors[key] = error
        if errors:
            raise InvalidForm(errors)
        return accepted


def _untouched(field: Field, initial: Mapping[str, object]) -> object:
    known = initial.get(field.key)
    return known if known is not None else field.default
