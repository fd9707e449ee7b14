"""Validation errors in the words of the scenario format."""

from __future__ import annotations

import types
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from simulation.errors import Problem
from simulation.scenario.document import Document
from simulation.scenario.yaml_lines import Key, Lines, dotted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_MOST_PROBLEMS = 50  # more at once help nobody, and cost seconds to word
_WORDS = {
    "missing": "is required",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of fields",
    "model_type": "must be a mapping of fields",
    "model_attributes_type": "must be a mapping of fields",
    "list_type": "must be a list",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "string_pattern_mismatch": "must match {pattern}",
}

_DISTRIBUTIONS = {
    "SpecOfDuration": "{constant: 8min}",
    "SpecOfSignedDuration": "{normal: {mean: -8min, sd: 9min}}",
    "SpecOfNumber": "{constant: 3}",
}


def problems_of(
    error: ValidationError, *, raw: dict[str, Any], source: str, lines: Lines
) -> list[Problem]:
    """Return a validation error as problems, one per field."""
    problems: dict[tuple[str, str], Problem] = {}
    for entry in error.errors(include_url=False)[:_MOST_PROBLEMS]:
        path = _written(raw, entry["loc"], is_missing=entry["type"] == "missing")
        words = _words(entry, path)
        value = entry["input"] if entry["type"] != "missing" else None
        problems.setdefault((dotted(path), words), place(source, lines, path, _shown(value), words))
    found = list(problems.values())
    if (more := error.error_count() - _MOST_PROBLEMS) > 0:
        found.append(Problem(source, "", None, f"has {more:,} more mistakes"))
    return found


def place(source: str, lines: Lines, path: Key, value: object, words: str) -> Problem:
    """Return a problem with the file and line where its field stands."""
    found = lines.find(path)
    file, line = found or (source, None)
    return Problem(file, dotted(path), value, words, line)


def did_you_mean(name: str, allowed: Collection[str], *, what: str) -> str:
    """Return the end of a sentence about an unknown name."""
    close = get_close_matches(name, list(allowed), n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    if not allowed:
        return f"; there are no {what}"
    names = sorted(allowed)
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"; {what}: {', '.join(names[:12])}{more}"


def _words(entry: Any, path: Key) -> str:
    kind = entry["type"]
    if kind == "extra_forbidden":
        allowed = _fields_at(Document, entry["loc"][:-1])
        return "is not a field here" + did_you_mean(str(path[-1]), allowed, what="allowed fields")
    if kind == "model_type" and entry["ctx"]["class_name"] in _DISTRIBUTIONS:
        return f"must be a distribution, such as {_DISTRIBUTIONS[entry['ctx']['class_name']]}"
    if kind in _WORDS:
        return _WORDS[kind].format(**entry.get("ctx", {}))
    return str(entry["msg"]).replace("Input should be", "must be")


def _written(raw: Any, loc: Sequence[str | int], *, is_missing: bool) -> Key:
    """Leave out what validation added to the path: the user did not write it."""
    path: list[str | int] = []
    for part in loc:
        if isinstance(raw, dict) and part in raw:
            raw = raw[str(part)]
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            continue
        path.append(part)
    return (*path, loc[-1]) if is_missing else tuple(path)


def _shown(value: object) -> object:
    return None if isinstance(value, dict | list) and len(str(value)) > 60 else value


def _fields_at(model: Any, loc: Sequence[str | int]) -> list[str]:
    """Return the fields of the model that a path leads to."""
    for part in loc:
        model = _step(model, part)
    found = _model_in(model)
    if found is None:
        return []
    return [info.alias or name for name, info in found.model_fields.items()]


def _step(annotation: Any, part: str | int) -> Any:
    """Return what a part of a path leads to: a field, an item, or one form of several."""
    for form in get_args(annotation):
        if any(isinstance(note, Tag) and note.tag == part for note in get_args(form)[1:]):
            return form
    model = _model_in(annotation)
    if model is not None:
        return next(
            (
                info.annotation
                for name, info in model.model_fields.items()
                if part in (name, info.alias)
            ),
            None,
        )
    for option in _options(annotation):
        if get_origin(option) in {dict, list}:
            return get_args(option)[-1]
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _options(annotation: Any) -> list[Any]:
    """Return the members of a union, without their validators."""
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType}:
        return [inner for option in get_args(annotation) for inner in _options(option)]
    if hasattr(annotation, "__metadata__"):
        return _options(get_args(annotation)[0])
    return [annotation]
