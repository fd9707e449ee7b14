"""The set-up of what is learnt from a file: what the reader of logs cannot know by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from kpis.log_reader.columns import NAMES
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import FileStorage

DATES = ("", "day", "month")  # which comes first in 03/04/2026; empty: the file tells
SHOWN = 60  # letters of a name of a file


@dataclass
class LogForm:
    """What somebody entered beside the file, and what is wrong with it, in words."""

    zone: str
    dates: str = ""
    columns: str = ""
    name: str = ""  # of the file
    problems: list[str] = field(default_factory=list)

    def question(self) -> dict[str, Any]:
        """Return it as the job takes it."""
        first = {"day": True, "month": False}.get(self.dates)
        return {
            "zone": self.zone,
            "file": self.name,
            "columns": dict(pairs(self.columns)),
            "is_day_first": first,
        }


def read(values: Mapping[str, str], upload: FileStorage | None) -> LogForm:
    """Read the form; its problems are in it."""
    form = LogForm(
        zone=values.get("zone", "").strip(),
        dates=values.get("dates", ""),
        columns=values.get("columns", "").strip(),
        name=_name(upload),
    )
    if not form.name:
        form.problems.append(_("Choose a file: CSV or XES, packed with gzip or not."))
    if form.dates not in DATES:
        form.dates = ""
    if form.zone not in available_timezones():
        form.problems.append(
            _("“%(zone)s” is no time zone; write it as Asia/Shanghai.", zone=form.zone[:SHOWN])
        )
    for known, name in pairs(form.columns):
        if known not in NAMES or not name:
            form.problems.append(
                _(
                    "Columns are written as field=column, with a comma between them; a field is "
                    "one of %(fields)s, not “%(field)s”.",
                    fields=", ".join(NAMES),
                    field=known[:SHOWN],
                )
            )
    return form


def pairs(text: str) -> list[tuple[str, str]]:
    """Return the fields and columns of a text such as ``case=Ticket, end=Closed``."""
    found = (part.partition("=") for part in text.replace(";", ",").split(",") if part.strip())
    return [(field.strip(), name.strip()) for field, _equals, name in found]


def _name(upload: FileStorage | None) -> str:
    """Return the name of a file without folders."""
    name = "" if upload is None else (upload.filename or "")
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()[-SHOWN:]
