"""Between HTML forms and the engine: values that come in, schemas and errors that go out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import orjson

from engine.domain.label import label
from web.languages import current_language
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.form import Form
    from engine.errors import FieldError, InvalidForm

VALUES_FIELD = "values"
IDEMPOTENCY_FIELD = "request_id"


class MisshapenValues(ValueError):
    """The values of a form travel as one JSON object."""


def submitted_values(text: str | None) -> dict[str, object]:
    """Return the values that the form script put into the hidden field."""
    try:
        values = orjson.loads(text or "{}")
    except orjson.JSONDecodeError as error:
        raise MisshapenValues(str(error)) from error
    if not isinstance(values, dict):
        raise MisshapenValues(f"an object was expected, not {type(values).__name__}")
    return values


def new_request_id() -> str:
    """Return a name for one filling-in of a form, so that sending it twice acts once."""
    return secrets.token_hex(16)


def error_text(error: FieldError) -> str:
    """Say in the reader's language what is wrong with a value."""
    templates = {
        "required": _("Please fill this in."),
        "unknown": _("The form has no such field."),
        "type": _("This has the wrong form."),
        "min": _("Must be at least {min}."),
        "max": _("Must be at most {max}."),
        "min_length": _("Needs at least {min_length} characters."),
        "max_length": _("May have at most {max_length} characters."),
        "pattern": _("Does not have the form that is asked for."),
        "email": _("Must be an e-mail address."),
        "phone": _("Must be a phone number with country code, such as +86 10 1234 5678."),
        "decimals": _("May have at most {decimals} digits after the point."),
        "increment": _("Must be a multiple of {increment}."),
        "option": _("Choose one of the options."),
    }
    return templates.get(error.code, str(error)).format_map(error.params)


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form as a page shows it: schema, values and what was wrong with the last try."""

    schema: dict[str, object]
    values: dict[str, object]
    errors: dict[str, str]  # by field key
    problems: list[tuple[str, str]]  # label of the field, what is wrong
    is_readonly: bool

    @classmethod
    def build(
        cls,
        form: Form,
        *,
        values: Mapping[str, object],
        refusal: InvalidForm | None = None,
        is_readonly: bool = False,
    ) -> Self:
        """Prepare a form for the browser, with only the values it asks for."""
        language = current_language().code
        labels = {key: label(field.label or key, language) for key, field in form.fields.items()}
        errors = {key: error_text(e) for key, e in (refusal.errors if refusal else {}).items()}
        return cls(
            form.localised(language),
            {key: value for key, value in values.items() if key in labels},
            errors,
            [(labels.get(key, key), text) for key, text in errors.items()],
            is_readonly,
        )
