"""When a run starts and in which currency it counts, as other simulators write it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from simulation.scenario.values import local_datetime

if TYPE_CHECKING:
    from simulation.exchange.entries import Entry
    from simulation.exchange.notes import Draft, Notes


def local_start(entry: Entry, notes: Notes) -> str:
    """Return a moment on the wall clock; a zone in it is noted. Raises ScenarioInvalid."""
    text = entry.text().replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(text)
        wall = moment.replace(tzinfo=None, microsecond=0, fold=0).isoformat()
        local_datetime(wall)
    except ValueError:
        raise entry.refused("must be a date and time such as 2026-03-02T08:00:00") from None
    if moment.utcoffset():
        notes.translated(entry.field, f"{wall} on the clock of its zone; the scenario has UTC")
    else:
        notes.kept(entry.field, wall)
    return wall


def write_currency(entry: Entry, draft: Draft) -> None:
    """Write the currency, if it is one of three letters."""
    text = entry.text().upper()
    if len(text) == 3 and text.isascii() and text.isalpha():
        draft.raw["currency"] = text
        draft.notes.kept(entry.field, text)
    else:
        draft.notes.lost(entry.field, f"{text!r} is no currency of three letters")
