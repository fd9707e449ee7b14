"""The history as OCEL 2.0 in JSON: events of cases, tasks, people and groups.

A task is one visit of a case to an activity. The completion of an activity is an event of the
type of its name; its other transitions are types of their own, such as "Register [start]".
The objects, which are known at the end, wait in a file of their own until they are written.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

import orjson

from engine.domain.history import EventType
from engine.domain.process_graph import ACTIVITIES
from kpis.export.cells import attribute_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kpis.export.told import Scalar, Told, ToldCase

_ACTIVITY_TYPES = frozenset(map(str, ACTIVITIES))
_ATTRIBUTES = {
    "case": ("process", "outcome"),
    "task": ("element_id", "activity", "state"),
    "person": (),
    "group": (),
}
_EVENT_ATTRIBUTES = ("event", "transition", "element_id")
_WITHOUT_TIME = "1970-01-01T00:00:00Z"  # of attributes that never change, as the standard says
_MOST_SPOOLED_BYTES = 4_000_000
_TYPES = {bool: "boolean", int: "integer", float: "float", str: "string"}
_STATES = {EventType.COMPLETED: "completed", EventType.CANCELLED: "cancelled"}


@dataclass(slots=True)
class _Seen:
    """What has to be declared at the end."""

    types: dict[str, None] = field(default_factory=dict)  # of events, in order
    people: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)  # of cases, the type of each


@dataclass(slots=True)
class _Task:
    element_id: str
    activity: str
    state: str = "open"
    groups: dict[str, None] = field(default_factory=dict)


def write(cases: Iterable[ToldCase], file: BinaryIO) -> tuple[int, int]:
    """Write cases, and return how many there were, and how many events."""
    seen, count, events = _Seen(), 0, 0
    with ExitStack() as stack:
        spooled = stack.enter_context(SpooledTemporaryFile(_MOST_SPOOLED_BYTES))
        objects = _Items(cast("BinaryIO", spooled))
        file.write(b'{"events":[')
        items = _Items(file)
        for case in cases:
            count, events = count + 1, events + len(case.events)
            for event in _events(case, seen):
                items.add(event)
            for found in _objects(case, seen):
                objects.add(found)
        for kind, names in (("person", seen.people), ("group", seen.groups)):
            for name in names:
                objects.add(_object(f"{kind}:{name}", kind, {}, []))
        file.write(b'],"objects":[')
        spooled.seek(0)
        while chunk := spooled.read(1_000_000):
            file.write(chunk)
    file.write(b'],"eventTypes":' + orjson.dumps(_event_types(seen)))
    file.write(b',"objectTypes":' + orjson.dumps(_object_types(seen)) + b"}\n")
    return count, events


class _Items:
    """Writes the items of a JSON list."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._before = file, b"\n"

    def add(self, item: dict[str, object]) -> None:
        self._file.write(self._before + orjson.dumps(item))
        self._before = b",\n"


def _events(case: ToldCase, seen: _Seen) -> Iterator[dict[str, object]]:
    for told in case.events:
        event = told.history
        event_type = _event_type(told)
        seen.types[event_type] = None
        related = [("case", f"case:{case.case_id}")]
        if _is_of_task(told):
            related.append(("task", _task_id(case, told)))
        if told.person is not None:
            seen.people[told.person] = None
            related.append(("by", f"person:{told.person}"))
        if event.lane is not None:
            seen.groups[event.lane] = None
            related.append(("in", f"group:{event.lane}"))
        known = (str(event.type), told.transition, event.element_id or "")
        yield {
            "id": f"{case.process_key}/{case.case_id}/{event.seq}",
            "type": event_type,
            "time": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "attributes": [
                {"name": name, "value": value}
                for name, value in zip(_EVENT_ATTRIBUTES, known, strict=True)
            ],
            "relationships": _relationships(related),
        }


def _objects(case: ToldCase, seen: _Seen) -> Iterator[dict[str, object]]:
    """Yield a case and its tasks; people and groups are shared by many cases."""
    attributes: dict[str, Scalar] = {"process": case.process_key, "outcome": case.outcome}
    for name, value in case.attributes.items():
        key = attribute_name(name, taken=_ATTRIBUTES["case"])
        attributes[key] = value
        seen.attributes[key] = _common_type(seen.attributes.get(key), _TYPES[type(value)])
    yield _object(f"case:{case.case_id}", "case", attributes, [])
    tasks: dict[str, _Task] = {}
    for told in filter(_is_of_task, case.events):
        event = told.history
        key = _task_id(case, told)
        task = tasks.setdefault(key, _Task(event.element_id or "", told.activity))
        task.state = _STATES.get(event.type, task.state)
        if event.lane is not None:
            task.groups[event.lane] = None
    for key, task in tasks.items():
        known = {"element_id": task.element_id, "activity": task.activity, "state": task.state}
        related = [("part of", f"case:{case.case_id}")]
        related += [("work of", f"group:{group}") for group in task.groups]
        yield _object(key, "task", known, related)


def _common_type(first: str | None, second: str) -> str:
    """Return the type of an attribute whose values have these types."""
    if first is None or first == second:
        return second
    return "float" if {first, second} == {"integer", "float"} else "string"


def _object(
    key: str, kind: str, attributes: Mapping[str, Scalar], related: list[tuple[str, str]]
) -> dict[str, object]:
    return {
        "id": key,
        "type": kind,
        "attributes": [
            {"name": name, "time": _WITHOUT_TIME, "value": value}
            for name, value in attributes.items()
        ],
        "relationships": _relationships(related),
    }


def _relationships(related: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": key, "qualifier": qualifier} for qualifier, key in related]


def _is_of_task(told: Told) -> bool:
    return told.history.token is not None and told.history.element_type in _ACTIVITY_TYPES


def _task_id(case: ToldCase, told: Told) -> str:
    return f"task:{case.case_id}/{told.history.token}"


def _event_type(told: Told) -> str:
    if told.history.element_id is None or told.history.type is EventType.COMPLETED:
        return told.activity
    is_told = told.transition != "unknown" and told.history.type is not EventType.OFFERED
    return f"{told.activity} [{told.transition if is_told else told.history.type}]"


def _event_types(seen: _Seen) -> list[dict[str, object]]:
    attributes = [{"name": name, "type": "string"} for name in _EVENT_ATTRIBUTES]
    return [{"name": name, "attributes": attributes} for name in seen.types]


def _object_types(seen: _Seen) -> list[dict[str, object]]:
    declared = {kind: dict.fromkeys(names, "string") for kind, names in _ATTRIBUTES.items()}
    declared["case"] |= seen.attributes
    return [
        {"name": kind, "attributes": [{"name": n, "type": type_} for n, type_ in found.items()]}
        for kind, found in declared.items()
    ]
