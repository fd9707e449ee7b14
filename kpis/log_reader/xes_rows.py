"""XES (IEEE 1849) → rows, one per event, from a parser that takes no document type.

The parser is expat of the standard library, stopped at document types and entities (they can
blow up a file or read others), at deep nesting and at long values. ``read`` keeps the events
of all traces; log-wide attributes, globals and classifiers are skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from kpis.log_reader.csv_rows import Rows
from kpis.log_reader.source import blocks, refused

if TYPE_CHECKING:
    from pathlib import Path

_DEEPEST = 40
_LONGEST = 100_000
_FIELDS = {
    "concept:name": "activity",
    "concept:instance": "instance",
    "lifecycle:transition": "transition",
    "org:resource": "resource",
    "org:role": "role",
    "time:timestamp": "time",
    "element_id": "element_id",
    "element_type": "element_type",
}
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_OWN = frozenset({"seq", "event", "process", "outcome", "started", "ended"})  # our exports


class _Refused(Exception):
    """What stands in the file is not taken."""


@dataclass(slots=True)
class _Reader:
    """Handles the elements of a file."""

    rows: Rows
    line: int = 0
    path: list[str] = field(default_factory=list)
    trace: dict[str, str] = field(default_factory=dict)
    event: dict[str, str] = field(default_factory=dict)
    traces: int = 0
    events: list[tuple[int, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self.path and name != "log":
            raise _Refused(f"the first element is <{name[:40]}>, not <log>: no XES")
        self.path.append(name)
        if len(self.path) > _DEEPEST:
            raise _Refused(f"elements lie more than {_DEEPEST} deep")
        if name == "trace":
            self.trace, self.traces = {}, self.traces + 1
        elif name == "event":
            self.event = {}
        elif name in _VALUES and len(self.path) >= 2:
            self._value(self.path[-2], attributes)

    def _value(self, parent: str, attributes: dict[str, str]) -> None:
        key, value = attributes.get("key", ""), attributes.get("value", "")
        if len(value) > _LONGEST:
            raise _Refused(f"a value is longer than {_LONGEST:,} characters")
        if parent == "trace":
            self.trace[key] = value.strip()
        elif parent == "event":
            self.event[key] = value.strip()

    def end(self, _name: str) -> None:
        if self.path.pop() == "event":
            self.events.append((self.line, self.trace, self.event))


def read(path: Path) -> Rows:
    """Read the events of a file. Raises EventLogInvalid, by line, for what is no XES."""
    reader, parser = _Reader(Rows()), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.EntityDeclHandler = _no_document_type

    def start(name: str, attributes: dict[str, str]) -> None:
        reader.line = parser.CurrentLineNumber
        reader.start(name, attributes)

    parser.StartElementHandler, parser.EndElementHandler = start, reader.end
    try:
        for block in blocks(path):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        rule = f"not XML: {expat.ErrorString(error.code)} ({_how_far(reader)})"
        raise refused(path.name, error.lineno, rule) from None
    except _Refused as error:
        raise refused(path.name, parser.CurrentLineNumber, str(error)) from None
    if not reader.events:
        raise refused(path.name, None, "there is no event in any trace")
    return _rows(reader)


def _how_far(reader: _Reader) -> str:
    return f"{len(reader.events):,} events of {reader.traces:,} traces came before"


def _no_document_type(*_: object) -> None:
    raise _Refused("it declares a document type or entities; a log needs none")


def _rows(reader: _Reader) -> Rows:
    rows = reader.rows
    rows.lines = [line for line, _, _ in reader.events]
    events = [event for _, _, event in reader.events]
    rows.fields = {"case": [trace.get("concept:name", "") for _, trace, _ in reader.events]}
    for key, name in _FIELDS.items():
        if any(key in event for event in events):
            rows.fields[name] = [event.get(key, "") for event in events]
    if any("outcome" in trace for _, trace, _ in reader.events):  # told by our own exports
        rows.fields["began"] = [trace.get("started", "") for _, trace, _ in reader.events]
    keys = {key for trace in {id(t): t for _, t, _ in reader.events}.values() for key in trace}
    for key in sorted(keys - {"concept:name"} - _OWN):
        rows.attributes[key] = [trace.get(key, "") for _, trace, _ in reader.events]
    return rows
