"""Which column of a table is what: by the names other tools use, or as the caller says."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kpis.log_reader.source import refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What a log is made of, and how tools call it (in lower case, words joined by _); the first wins.
NAMES = {
    "case": ("case_id", "caseid", "case", "case_concept_name", "trace_id", "trace", "ticket_id"),
    "activity": ("activity", "activity_name", "activity_id", "task", "task_name", "concept_name"),
    "resource": ("resource", "org_resource", "resource_id", "performer", "person", "user", "agent"),
    "role": ("role", "org_role", "group", "org_group", "department", "lane"),
    "enabled": ("enabled_time", "enable_time", "enabled_timestamp", "enabled", "scheduled"),
    "start": (
        *("start_time", "start_timestamp", "starttimestamp", "started", "start", "begin"),
        *("begin_time", "start_date"),
    ),
    "end": (
        *("end_time", "end_timestamp", "endtimestamp", "completed", "end", "complete_timestamp"),
        *("completion_time", "complete_time", "finish_time", "finish", "end_date"),
    ),
    "time": ("time", "timestamp", "time_timestamp", "date", "datetime", "event_time"),
    "transition": ("transition", "lifecycle_transition", "lifecycle", "event_type"),
    "instance": ("instance", "concept_instance", "activity_instance", "activity_instance_id"),
    "element_id": ("element_id",),
    "element_type": ("element_type",),
}
TIMES = ("enabled", "start", "end", "time")
FIELDS = tuple(NAMES)


def assign(
    header: Sequence[str], given: Mapping[str, str], *, source: str
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the column of each field, and of everything else (attributes) by its name.

    Raises:
        EventLogInvalid: a column that was named is not there, or a needed one is missing.
    """
    names = [name.strip() for name in header]
    fields = {field: _place(names, field, name, source) for field, name in given.items()}
    written = {_plain(name): i for i, name in reversed(list(enumerate(names)))}
    for field, candidates in NAMES.items():
        found = (written[name] for name in candidates if name in written)
        place = next((i for i in found if i not in fields.values()), None)
        if field not in fields and place is not None:
            fields[field] = place
    if "start" in fields and not fields.keys() & {"end", "transition"} and "time" in fields:
        fields["end"] = fields.pop("time")  # a row per activity: its time is that of its end
    _ensure_enough(fields, names, source)
    taken = set(fields.values())
    others = {name: i for i, name in enumerate(names) if i not in taken and name}
    return fields, others


def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())  # startTime
    return re.sub(r"[\s:._-]+", "_", words.lower()).strip("_")


def _place(names: Sequence[str], field: str, name: str, source: str) -> int:
    if field not in NAMES:
        raise refused(source, None, f"{field!r} is none of {', '.join(NAMES)}")
    if name in names:
        return names.index(name)
    near = get_close_matches(name, names, 1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {_listed(names)}"
    raise refused(source, 1, f"there is no column {name!r} for the {field}{hint}")


def _ensure_enough(fields: Mapping[str, int], names: Sequence[str], source: str) -> None:
    missing = [field for field in ("case", "activity") if field not in fields]
    if "end" not in fields and "time" not in fields:
        missing.append("end")
    if missing == ["end"] and "start" in fields:
        begun = names[fields["start"]]
        rule = (
            f"{begun!r} tells starts, and no column is known as the end; say which one of "
            f"{_listed(names)} it is, or read the starts as ends (column end={begun})"
        )
        raise refused(source, 1, rule)
    if missing:
        words = " and ".join(missing)
        rule = f"no column is known as {words}; say which one of {_listed(names)} it is"
        raise refused(source, 1, rule)


def _listed(names: Sequence[str]) -> str:
    shown = [name[:40] for name in names[:20]]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")
