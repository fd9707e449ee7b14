"""Reading form-js schemas: every component becomes a Field, or is refused in words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.domain.form_condition import Condition
from engine.domain.form_field import Field, FieldType, Option
from engine.domain.form_pattern import LONGEST_VALUE, compile_pattern
from engine.domain.label import label
from engine.errors import InvalidFormSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_COMPONENTS, DEEPEST_GROUP = 300, 5

_DISPLAYED = frozenset({"text", "html", "image", "separator", "spacer", "button"})
_KEY = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}")
_CHOICES = frozenset({FieldType.RADIO, FieldType.SELECT, FieldType.CHECKLIST, FieldType.TAGLIST})
_TEXTS = frozenset({FieldType.TEXTFIELD, FieldType.TEXTAREA})
_BILINGUAL = frozenset(
    {"label", "text", "content", "description", "title", "dateLabel", "timeLabel", "alt"}
    | {"prefixAdder", "suffixAdder", "patternErrorMessage"}
)


class _Refused(Exception):
    """A component that the server could not check; the text says why."""


def read_fields(schema: Mapping[str, object], *, source: str) -> list[Field]:
    """Return the fields of a schema, or raise InvalidFormSchema with all that is wrong."""
    reader = _Reader()
    reader.read(schema, hidden_if=(), depth=0)
    if reader.count > MOST_COMPONENTS:
        reader.problems.append(f"it has {reader.count} fields, more than {MOST_COMPONENTS}")
    if reader.problems:
        raise InvalidFormSchema(source, reader.problems)
    return list(reader.fields.values())


class _Reader:
    """Walks through the groups of a schema and collects fields and problems."""

    def __init__(self) -> None:
        self.fields: dict[str, Field] = {}
        self.problems: list[str] = []
        self.count = 0

    def read(
        self, parent: Mapping[str, object], *, hidden_if: tuple[Condition, ...], depth: int
    ) -> None:
        """Read the components of a schema or group; a hidden group hides all in it."""
        components = parent.get("components")
        if not isinstance(components, list) or depth > DEEPEST_GROUP:
            self.problems.append(f"'components' must be a list, at most {DEEPEST_GROUP} deep")
            return
        for component in components:
            if not isinstance(component, dict):
                self.problems.append(f"{component!r} is not a component")
            elif component.get("type") not in _DISPLAYED:
                self._read_component(component, hidden_if, depth)

    def _read_component(
        self, component: Mapping[str, object], hidden_if: tuple[Condition, ...], depth: int
    ) -> None:
        self.count += 1
        name = component.get("key") or component.get("id") or f"number {self.count}"
        try:
            conditions = (*hidden_if, *_conditions(component))
            if component.get("type") == "group":
                _ensure_without_path(component)
                self.read(component, hidden_if=conditions, depth=depth + 1)
            else:
                self._add(_read_field(component, conditions))
        except _Refused as problem:
            self.problems.append(f"field {name!r}: {problem}")

    def _add(self, field: Field) -> None:
        if field.key in self.fields:
            raise _Refused("another field has this key")
        self.fields[field.key] = field


def localised(schema: Mapping[str, object], language: str) -> dict[str, object]:
    """Return a schema with its bilingual texts cut to one language."""
    return {key: _in_language(key, value, language) for key, value in schema.items()}


def _in_language(key: str, value: object, language: str) -> object:
    if isinstance(value, dict):
        return localised(value, language)
    if isinstance(value, list):
        return [_in_language(key, item, language) for item in value]
    return label(value, language) if isinstance(value, str) and key in _BILINGUAL else value


def _ensure_without_path(group: Mapping[str, object]) -> None:
    if group.get("path"):
        raise _Refused("'path' is not supported; a key names one value of the case")


def _read_field(component: Mapping[str, object], hidden_if: tuple[Condition, ...]) -> Field:
    """Return the field of a component, or raise _Refused in words."""
    field_type = _type(component)
    key = component.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise _Refused("'key' must be letters, digits and _, and not begin with a digit or __")
    rules = component.get("validate") or {}
    if not isinstance(rules, dict):
        raise _Refused("'validate' must be an object")
    pattern = rules.get("pattern") if field_type in _TEXTS else None
    longest = _whole(rules, "maxLength")
    field = Field(
        key=key,
        type=field_type,
        label=str(component.get("label") or component.get("dateLabel") or key),
        is_required=_flag(rules, "required"),
        is_personal=_is_personal(component),
        is_fixed=_flag(component, "disabled") or _flag(component, "readonly"),
        hidden_if=hidden_if,
        default=component.get("defaultValue"),
        min=_number(rules, "min"),
        max=_number(rules, "max"),
        min_length=_whole(rules, "minLength"),
        max_length=min(longest or LONGEST_VALUE, LONGEST_VALUE) if pattern else longest,
        pattern=_pattern(pattern),
        pattern_text=str(pattern or ""),
        kind_of_text=_kind_of_text(rules),
        decimals=_whole(component, "decimalDigits"),
        increment=_number(component, "increment"),
        is_text_number=_flag(component, "serializeToString"),
        options=_options(component) if field_type in _CHOICES else (),
        subtype=_subtype(component),
    )
    if field.default is not None and (error := field.error(field.default)):
        raise _Refused(f"'defaultValue' {error}")
    return field


def _type(component: Mapping[str, object]) -> FieldType:
    given = component.get("type")
    if not isinstance(given, str) or given not in list(FieldType):
        allowed = ", ".join([*FieldType, "group", *sorted(_DISPLAYED)])
        raise _Refused(f"type {given!r} is not supported; supported are {allowed}")
    return FieldType(given)


def _conditions(component: Mapping[str, object]) -> tuple[Condition, ...]:
    conditional = component.get("conditional") or {}
    if not isinstance(conditional, dict):
        raise _Refused("'conditional' must be an object")
    hide = conditional.get("hide")
    if not hide:
        return ()
    if not isinstance(hide, str) or not hide.startswith("="):
        raise _Refused("'conditional.hide' must be text that begins with '='")
    try:
        return (Condition(hide[1:]),)
    except ValueError as problem:
        raise _Refused(f"'conditional.hide': {problem}") from None


def _flag(owner: Mapping[str, object], name: str) -> bool:
    value = owner.get(name) or False
    if not isinstance(value, bool):
        raise _Refused(f"{name!r} must be true or false, expressions are not supported")
    return value


def _is_personal(component: Mapping[str, object]) -> bool:
    """Return whether a field is marked by hand, or as a custom property in the form editor."""
    properties = component.get("properties") or {}
    if not isinstance(properties, dict):
        raise _Refused("'properties' must be an object")
    named = properties.get("personal")
    if named not in (None, "true", "false"):
        raise _Refused(f"the property 'personal' must be true or false, not {named!r}")
    return named == "true" or _flag(component, "personal")


def _number(owner: Mapping[str, object], name: str) -> Decimal | None:
    value = owner.get(name)
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise _Refused(f"{name!r} must be a number, expressions are not supported") from None
    if not number.is_finite() or (name == "increment" and number <= 0):
        raise _Refused(f"{name!r} must be a number, an increment above 0")
    return number


def _whole(owner: Mapping[str, object], name: str) -> int | None:
    number = _number(owner, name)
    if number is None:
        return None
    if number != int(number) or number < 0:
        raise _Refused(f"{name!r} must be a whole number, 0 or more")
    return int(number)


def _pattern(text: object) -> re.Pattern[str] | None:
    if not text:
        return None
    try:
        return compile_pattern(str(text))
    except ValueError as problem:
        raise _Refused(f"'pattern': {problem}") from None


def _kind_of_text(rules: Mapping[str, object]) -> str | None:
    kind = rules.get("validationType")
    if kind not in (None, "", "custom", "email", "phone"):
        raise _Refused(f"'validationType' {kind!r} is not supported; use email or phone")
    return str(kind) if kind in ("email", "phone") else None


def _options(component: Mapping[str, object]) -> tuple[Option, ...]:
    values = component.get("values")
    if not isinstance(values, list) or not values:
        raise _Refused("'values' must list the options; 'valuesKey' and expressions cannot")
    options = []
    for value in values:
        if not isinstance(value, dict) or not isinstance(value.get("value"), str | int | float):
            raise _Refused(f"{value!r} is not an option with 'label' and 'value'")
        options.append(Option(value["value"], str(value.get("label", value["value"]))))
    return tuple(options)


def _subtype(component: Mapping[str, object]) -> str:
    subtype = component.get("subtype", "date")
    if subtype not in ("date", "time", "datetime"):
        raise _Refused(f"'subtype' {subtype!r} is not supported; use date, time or datetime")
    return str(subtype)
