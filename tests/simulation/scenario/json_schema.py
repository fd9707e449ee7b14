"""Just enough of JSON Schema (2020-12) to check documents against the one we publish."""

from __future__ import annotations

import re
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def allows(schema: dict[str, Any], value: Any, root: dict[str, Any] | None = None) -> bool:
    """Say whether a schema allows a value."""
    root = schema if root is None else root
    if "$ref" in schema:
        return allows(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    checks = (_type, _values, _forms, _object, _array, _number)
    return all(check(schema, value, root) for check in checks)


def _type(schema: dict[str, Any], value: Any, _root: dict[str, Any]) -> bool:
    wanted = schema.get("type", [])
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return not names or "boolean" in names
    return not names or any(isinstance(value, _TYPES[name]) for name in names)


def _values(schema: dict[str, Any], value: Any, _root: dict[str, Any]) -> bool:
    if "const" in schema and value != schema["const"]:
        return False
    if "pattern" in schema and not (isinstance(value, str) and re.search(schema["pattern"], value)):
        return False
    return "enum" not in schema or value in schema["enum"]


def _forms(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    if "anyOf" in schema and not any(allows(form, value, root) for form in schema["anyOf"]):
        return False
    return "oneOf" not in schema or sum(allows(f, value, root) for f in schema["oneOf"]) == 1


def _object(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    if not isinstance(value, dict):
        return True
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    if any(name not in value for name in schema.get("required", [])):
        return False
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", 1e9):
        return False
    for name, item in value.items():
        below = known.get(name, more)
        if below is False or (isinstance(below, dict) and not allows(below, item, root)):
            return False
    return True


def _array(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    if not isinstance(value, list):
        return True
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1e9):
        return False
    return all(allows(schema.get("items", {}), item, root) for item in value)


def _number(schema: dict[str, Any], value: Any, _root: dict[str, Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    least = max(schema.get("minimum", -1e99), schema.get("exclusiveMinimum", -1e99))
    return bool(least <= value <= schema.get("maximum", 1e99))
