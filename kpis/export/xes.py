"""The history as XES (IEEE 1849-2016): a trace a case, an event a transition of its lifecycle.

The beginning and end of a case are attributes of its trace, everything else are events.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, TextIO
from xml.sax.saxutils import quoteattr

from kpis.export.cells import attribute_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kpis.export.told import Scalar, Told, ToldCase

_OWN = frozenset({"concept:name", "process", "outcome", "started", "ended"})
_EXTENSIONS = (
    ("Concept", "concept"),
    ("Lifecycle", "lifecycle"),
    ("Organizational", "org"),
    ("Time", "time"),
)
_HEAD = "\n".join(
    [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">',
        *(
            f'\t<extension name="{name}" prefix="{prefix}"'
            f' uri="http://www.xes-standard.org/{prefix}.xesext"/>'
            for name, prefix in _EXTENSIONS
        ),
        '\t<global scope="trace">',
        '\t\t<string key="concept:name" value="unknown"/>',
        "\t</global>",
        '\t<global scope="event">',
        '\t\t<string key="concept:name" value="unknown"/>',
        '\t\t<string key="lifecycle:transition" value="complete"/>',
        '\t\t<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>',
        "\t</global>",
        '\t<classifier name="Activity" keys="concept:name"/>',
        '\t<classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>',
        '\t<string key="lifecycle:model" value="standard"/>',
        "",
    ]
)
# XML 1.0, 2.2: characters that no document may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(cases: Iterable[ToldCase], file: TextIO) -> tuple[int, int]:
    """Write cases, and return how many there were, and how many events."""
    count = events = 0
    file.write(_HEAD)
    for case in cases:
        told = [event for event in case.events if not event.is_of_case]
        count, events = count + 1, events + len(told)
        file.write("\t<trace>\n")
        file.writelines(f"\t\t{line}\n" for line in _trace_attributes(case))
        file.writelines(_event(event) for event in told)
        file.write("\t</trace>\n")
    file.write("</log>\n")
    return count, events


def _trace_attributes(case: ToldCase) -> Iterator[str]:
    first, last = case.events[0].history, case.events[-1].history
    yield _string("concept:name", case.case_id)
    yield _string("process", case.process_key)
    yield _string("outcome", case.outcome)
    yield _date("started", first.at.astimezone(UTC).isoformat())
    if case.outcome != "open":
        yield _date("ended", last.at.astimezone(UTC).isoformat())
    for name, value in case.attributes.items():
        yield _typed(attribute_name(name, taken=_OWN), value)


def _typed(key: str, value: Scalar) -> str:
    """Return an attribute of the type that its value has."""
    if isinstance(value, bool):
        return f'<boolean key={quoteattr(key)} value="{str(value).lower()}"/>'
    if isinstance(value, int | float):
        kind = "int" if isinstance(value, int) else "float"
        return f'<{kind} key={quoteattr(key)} value="{value}"/>'
    return _string(key, value)


def _event(told: Told) -> str:
    event = told.history
    known = {
        "concept:name": told.activity,
        "concept:instance": event.token,
        "lifecycle:transition": told.transition,
        "org:resource": told.person,
        "org:role": event.lane,
        "element_id": event.element_id,
        "element_type": event.element_type,
        "event": str(event.type),
    }
    lines = [_string(key, value) for key, value in known.items() if value is not None]
    lines.append(_date("time:timestamp", event.at.astimezone(UTC).isoformat()))
    lines.append(f'<int key="seq" value="{event.seq}"/>')
    return "\t\t<event>\n" + "".join(f"\t\t\t{line}\n" for line in lines) + "\t\t</event>\n"


def _string(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(_FORBIDDEN.sub(chr(0xFFFD), value))}/>"


def _date(key: str, value: str) -> str:
    return f'<date key="{key}" value="{value}"/>'
