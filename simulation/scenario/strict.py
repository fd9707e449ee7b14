"""What every part of the document has in common: nothing unknown, nothing converted silently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler

from simulation.scenario.values import wrong

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

Form = type[BaseModel] | dict[str, Any]
NAME_FORM: Form = {"type": "string", "minLength": 1}
SHARE_FORM: Form = {"type": ["string", "number"], "examples": ["45%"]}


class Strict(BaseModel):
    """A part of the document: unknown fields are errors, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return how else people may write this part: as another part, or by a JSON Schema."""
        return ()

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Publish every form in which the part may be written."""
        own = handler(core_schema)
        forms = [
            form if isinstance(form, dict) else handler(form.__pydantic_core_schema__)
            for form in cls.short_forms()
        ]
        return {"anyOf": [*forms, own]} if forms else own


def text_as(field: str, value: object) -> object:
    """Read a bare text as the one field that people mostly write."""
    return {field: value} if isinstance(value, str) else value


def ensure_one_of(model: Strict, names: tuple[str, ...], *, what: str) -> None:
    """Raise unless exactly one of the fields is there."""
    found = [name for name in names if getattr(model, name) is not None]
    if not found:
        raise wrong(f"needs exactly {what}: {', '.join(names)}")
    if len(found) > 1:
        raise wrong(
            f"needs exactly {what}, found {' and '.join(found)}"
            " (in a file that extends another, null removes the other)"
        )
