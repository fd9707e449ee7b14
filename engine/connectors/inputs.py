"""The inputs of a connector: checked as texts at deployment, as values at the call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson

from engine.connectors.call import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Kind(StrEnum):
    """What an input holds."""

    TEXT = "a text"
    NUMBER = "a number"
    OBJECT = "a JSON object"
    ANY = "any JSON value"


@dataclass(frozen=True, slots=True)
class Input:
    """One input: what it holds, and whether a call needs it."""

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()


class Inputs:
    """The inputs that a connector knows."""

    def __init__(self, *inputs: Input) -> None:
        self._inputs = {each.name: each for each in inputs}

    def problems(self, texts: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the inputs of a model, before anything is evaluated."""
        found = [
            f"there is no input {name!r}; allowed: {', '.join(self._inputs)}"
            for name in texts
            if name not in self._inputs
        ]
        for each in self._inputs.values():
            text = texts.get(each.name, "").strip()
            if each.is_required and not text:
                found.append(f"the input {each.name!r} is missing")
            elif text and not is_expression(text):
                found += _literal_problems(each, text)
        return found

    def read(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return the inputs of a call that have a value, each of its kind.

        Raises ServiceFailed for good: another try would get the same inputs.
        """
        unknown = given.keys() - self._inputs
        if unknown:
            raise _wrong(min(unknown), f"unknown; allowed: {', '.join(self._inputs)}")
        values: dict[str, object] = {}
        for each in self._inputs.values():
            value = given.get(each.name)
            if value is None or value == "":
                if each.is_required:
                    raise _wrong(each.name, "has no value")
                continue
            values[each.name] = _read(each, value)
        return values


def is_expression(text: str) -> bool:
    """Return whether a text of a model is evaluated before the call."""
    return text.startswith("=") or "${" in text or "#{" in text


def text_of(values: Mapping[str, object], name: str, default: str = "") -> str:
    """Return an input that was read as a text."""
    value = values.get(name, default)
    assert isinstance(value, str)
    return value


def object_of(values: Mapping[str, object], name: str) -> dict[str, object]:
    """Return an input that was read as an object; none given is an empty one."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def number_of(values: Mapping[str, object], name: str, default: float) -> float:
    """Return an input that was read as a number."""
    value = values.get(name, default)
    assert isinstance(value, int | float)
    return float(value)


def _literal_problems(wanted: Input, text: str) -> list[str]:
    try:
        _read(wanted, text)
    except ServiceFailed as problem:
        return [problem.reason]
    return []


def _read(wanted: Input, value: object) -> object:
    read = _READERS[wanted.kind](value)
    if read is None:
        raise _wrong(wanted.name, f"must be {wanted.kind}, not {_shown(value)}")
    if wanted.choices and read not in wanted.choices:
        raise _wrong(wanted.name, f"is {_shown(read)}; allowed: {', '.join(wanted.choices)}")
    return read


def _read_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else None


def _read_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _read_object(value: object) -> dict[str, object] | None:
    if isinstance(value, str):  # as it is typed into a model
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return value if isinstance(value, dict) else None


def _read_any(value: object) -> object:
    return value


_READERS: dict[Kind, Callable[[object], object]] = {
    Kind.TEXT: _read_text,
    Kind.NUMBER: _read_number,
    Kind.OBJECT: _read_object,
    Kind.ANY: _read_any,
}


def _wrong(name: str, reason: str) -> ServiceFailed:
    return ServiceFailed(f"the input {name!r} {reason}", is_permanent=True)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
