"""Fields of a scenario that no other simulator takes: told, each by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.exchange.notes import Notes
    from simulation.scenario.document import Document
    from simulation.scenario.load import Scenario

_SECTIONS = {
    "priorities": "who waits is served as he came",
    "patience": "nobody gives up waiting",
    "queues": "the order, pre-emption and size of queues",
    "repetitions": "repeated activities are done once",
    "costs": "costs of a visit",
    "batches": "cases are done one by one",
    "targets": "targets",
    "guards": "guards",
}


def note_leftovers(
    scenario: Scenario, notes: Notes, *, taken: frozenset[str] = frozenset()
) -> None:
    """Note every field that is not written, but for the sections ``taken``."""
    document = scenario.document
    for section, words in _SECTIONS.items():
        names = getattr(document, section)
        if names and section not in taken:
            notes.lost(section, f"{words} ({', '.join(list(names)[:3])}{'…' * (len(names) > 3)})")
    _note_parts(document, notes, taken)
    if str(document.timezone) != "UTC":
        words = f"{document.timezone}: hours are written as on its clock, without summer time"
        notes.lost("timezone", words)
    if "currency" not in taken:
        notes.lost("currency", f"{document.currency}: costs are written without it")
        notes.lost("name", f"{scenario.name()!r}: the files have no name")
    if not document.run.drain:
        words = "what is open at the end is cut here; there it is as their simulator does it"
        notes.lost("run.drain", words)
    if "run" not in taken:
        start, cases = document.run.start.isoformat(), document.run.cases
        amount = f"total_cases={cases}" if cases else "total_cases, as many as arrive until then"
        notes.lost("run", f"given when it is run: starting_at={start}+00:00, {amount}")


def _note_parts(document: Document, notes: Notes, taken: frozenset[str]) -> None:
    """Note the fields inside of sections that are written."""
    for task, work in document.durations.items():
        if work.outside_calendar != "suspend":
            words = f"{work.outside_calendar}: work outside the calendar is suspended there"
            notes.lost(f"durations.{task}.outside_calendar", words)
    for event, given in document.events.items():
        if given.share is not None and "shares" not in taken:
            notes.lost(f"events.{event}.share", "the event happens in every case, or in none")
    names = ["failures", "overtime_per_hour", *([] if "costs" in taken else ["cost_per_use"])]
    for role, resource in document.resources.items():
        for name in names:
            if getattr(resource, name):
                notes.lost(f"resources.{role}.{name}", "has no counterpart")
