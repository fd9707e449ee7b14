"""A foreign JSON file, read with care: every value knows its path, so that errors name it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from simulation.errors import Problem, ScenarioInvalid
from simulation.scenario.yaml_lines import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.scenario.yaml_lines import Key

LARGEST_BYTES = 20_000_000
_LARGEST = 1e15


def refused(source: str, field: str, value: object, words: str) -> ScenarioInvalid:
    """Return the error about one field of a foreign file."""
    return ScenarioInvalid([Problem(source, field, value, words)])


def read_json(text: bytes, *, source: str) -> Entry:
    """Return the whole document. Raises ScenarioInvalid."""
    if len(text) > LARGEST_BYTES:
        raise refused(source, "", None, f"is larger than {LARGEST_BYTES // 1_000_000} MB")
    try:
        return Entry(source, (), _loaded(text.decode("utf-8-sig"), source))
    except UnicodeDecodeError:
        raise refused(source, "", None, "is not UTF-8 text") from None
    except RecursionError:
        raise refused(source, "", None, "is nested too deeply") from None
    except json.JSONDecodeError as error:
        problem = Problem(source, "", None, f"is not JSON: {error.msg}", error.lineno)
        raise ScenarioInvalid([problem]) from None
    except ValueError:
        raise refused(source, "", None, "has a number that is too long") from None


def _loaded(text: str, source: str) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in found:
            if key in result:
                raise refused(source, key, None, "stands twice in the same object")
            result[key] = value
        return result

    def constant(name: str) -> NoReturn:
        raise refused(source, "", name, "is not a number that a scenario can hold")

    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a foreign file and where it stands."""

    source: str
    path: Key
    value: Any
    reads: set[Key] = field(default_factory=set, compare=False, repr=False)  # of the whole file

    @property
    def field(self) -> str:
        """Return the path as people write it."""
        return dotted(self.path)

    def refused(self, words: str) -> ScenarioInvalid:
        """Return the error about this value."""
        shown = None if isinstance(self.value, dict | list) else self.value
        return refused(self.source, self.field, shown, words)

    def _below(self, key: str | int, value: Any) -> Entry:
        path = (*self.path, key)
        self.reads.add(path)
        return Entry(self.source, path, value, self.reads)

    def get(self, key: str) -> Entry | None:
        """Return a field, or None if it is not there."""
        if not isinstance(self.value, dict):
            raise self.refused("must be an object of fields")
        found = self.value.get(key)
        return None if found is None else self._below(key, found)

    def need(self, key: str) -> Entry:
        """Return a field that must be there."""
        found = self.get(key)
        if found is None:
            raise refused(self.source, dotted((*self.path, key)), None, "is required")
        return found

    def items(self) -> Iterator[tuple[str, Entry]]:
        """Yield the fields of an object."""
        if not isinstance(self.value, dict):
            raise self.refused("must be an object of fields")
        for key, value in self.value.items():
            yield key, self._below(key, value)

    def list(self) -> list[Entry]:
        """Return the entries of a list."""
        if not isinstance(self.value, list):
            raise self.refused("must be a list")
        return [self._below(i, item) for i, item in enumerate(self.value)]

    def named(self, id_key: str) -> Iterator[tuple[str, Entry]]:
        """Yield entries by their id: of an object by its keys, of a list by a field of each."""
        if isinstance(self.value, dict):
            yield from self.items()
            return
        for item in self.list():
            yield item.need(id_key).text(), item

    def text(self) -> str:
        """Return a text that is not empty; whole numbers are taken as names."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.refused("must be a text")
        return self.value

    def truth(self) -> bool:
        """Return true or false, as XML writes it."""
        text = self.text().lower()
        if text not in {"true", "false", "1", "0"}:
            raise self.refused("must be true or false")
        return text in {"true", "1"}

    def number(self) -> float:
        """Return a finite number; some files write it as a text."""
        value = self.value
        if isinstance(value, str):
            try:
                value = float(value) if len(value) <= 60 else None
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refused("must be a number")
        if not -_LARGEST <= value <= _LARGEST:  # nor NaN
            raise self.refused("must be a number from -1e15 to 1e15")
        return float(value)

    def amount(self) -> float:
        """Return a number that is not negative."""
        value = self.number()
        if value < 0:
            raise self.refused("must not be negative")
        return value

    def count(self) -> int:
        """Return a whole number of 1 or more."""
        value = self.number()
        if value < 1 or not math.isclose(value, round(value)) or value > 100_000:
            raise self.refused("must be a whole number from 1 to 100,000")
        return round(value)
