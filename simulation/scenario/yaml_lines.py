"""YAML (and JSON, which is YAML) to plain values, with the line of every field.

Narrower than YAML 1.1: ``yes``, ``08:00`` and dates stay text, so that what is written is what
is meant; a key that stands twice is an error; no objects, no endless documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from simulation.errors import Problem, ScenarioInvalid

if TYPE_CHECKING:
    from pathlib import Path

Key = tuple[str | int, ...]
LARGEST_FILE = 1_000_000
_MOST_VALUES = 50_000
_DEEPEST = 30


class _Loader(yaml.SafeLoader):
    """A loader that converts only what YAML 1.2 converts."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?\d+", "-+0123456789"),
    ("float", r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})$"), list(_first)
    )
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"$"), [""])


@dataclass
class Lines:
    """Where each field stands: path in the document → (file, line)."""

    places: dict[Key, tuple[str, int]] = field(default_factory=dict)
    folder: str | None = None  # of the file that names the model

    def find(self, path: Key) -> tuple[str, int] | None:
        """Return the place of a field, or of the nearest field around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path)


def read(path: Path, *, source: str) -> tuple[dict[str, object], Lines]:
    """Read one file. Raises ScenarioInvalid."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise refused(source, f"cannot be read: {error.strerror}") from None
    if len(text) > LARGEST_FILE:
        raise refused(source, f"is larger than {LARGEST_FILE // 1_000_000} MB")
    return parse(text, source=source)


def parse(text: bytes, *, source: str) -> tuple[dict[str, object], Lines]:
    """Parse one document. Raises ScenarioInvalid."""
    try:
        node = yaml.compose(text.decode("utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError:
        raise refused(source, "is not UTF-8 text") from None
    except RecursionError:
        raise refused(source, "is nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        words = f"is not YAML: {getattr(error, 'problem', None) or error}"
        raise refused(source, words, line=mark.line + 1 if mark else None) from None
    reader = _Reader(source)
    value = reader.value(node, ()) if node is not None else {}
    if reader.problems:
        raise ScenarioInvalid(reader.problems)
    if not isinstance(value, dict):
        raise refused(source, "must be a mapping of fields, such as 'scenario: 1'")
    return value, reader.lines


def refused(source: str, words: str, *, line: int | None = None) -> ScenarioInvalid:
    """Return the error about a file as a whole."""
    return ScenarioInvalid([Problem(source, "", None, words, line)])


class _Reader:
    """Turns YAML nodes into plain values and remembers their lines."""

    def __init__(self, source: str) -> None:
        self.source, self.lines = source, Lines()
        self.problems: list[Problem] = []
        self._scalars = yaml.constructor.SafeConstructor()
        self._count = 0

    def value(self, node: yaml.Node, path: Key) -> object:
        """Return the plain value of a node."""
        line = node.start_mark.line + 1
        self.lines.places.setdefault(path, (self.source, line))
        self._count += 1
        if len(path) > _DEEPEST or self._count > _MOST_VALUES:
            raise refused(self.source, "is nested too deeply or too large", line=line)
        if isinstance(node, yaml.MappingNode) and node.tag.endswith(":map"):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag.endswith(":seq"):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path, line)

    def _mapping(self, node: yaml.MappingNode, path: Key) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._wrong(path, None, "has a key that is not text", line)
                continue
            key = key_node.value
            self.lines.places[(*path, key)] = (self.source, line)
            if key in result:
                self._wrong((*path, key), None, "stands here a second time", line)
            result[key] = self.value(value_node, (*path, key))
        return result

    def _scalar(self, node: yaml.Node, path: Key, line: int) -> object:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        text = str(node.value)
        match kind:
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" if len(text) <= 30:
                return int(text)
            case "float" if len(text) <= 60:
                return float(text)
        self._wrong(path, text, "has a type that a scenario does not know", line)
        return None

    def _wrong(self, path: Key, value: object, words: str, line: int) -> None:
        name = dotted(path)
        self.problems.append(Problem(self.source, name, value, words, line))


def dotted(path: Key) -> str:
    """Return a path as people write it: arrivals.start.rate.per_slot[2]."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
