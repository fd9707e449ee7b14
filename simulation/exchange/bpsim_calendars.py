"""Calendars of BPSim: read at once, so that wrong ones are refused, written where they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.exchange.ical import read_ical
from simulation.exchange.weeks import Calendars, in_minutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.exchange.entries import Entry
    from simulation.exchange.notes import Draft
    from simulation.exchange.tags import Tag
    from simulation.exchange.weeks import Span


class BpsimCalendars:
    """The calendars of a file by their ids."""

    def __init__(self, tags: Mapping[str, Tag], draft: Draft) -> None:
        self._tags, self._draft, self._written = tags, draft, Calendars(draft)
        self._weeks: dict[str, list[Span]] = {}
        self._names: dict[str, str] = {}
        self._used: set[str] = set()
        for id_, tag in tags.items():
            name = tag.get("name")
            self._names[id_] = id_ if name is None else name.text()
            try:
                self._weeks[id_], lost = read_ical(tag.text())
            except ValueError as error:
                raise tag.refused(str(error)) from None
            for words in lost:
                draft.notes.lost(tag.field, words)

    def week(self, valid: Entry) -> list[Span]:
        """Return the open time of the calendar that ``validFor`` names. Raises ScenarioInvalid."""
        if valid.text() not in self._weeks:
            raise valid.refused("is no calendar of the scenario")
        self._used.add(valid.text())
        return in_minutes(
            self._weeks[valid.text()], self._tags[valid.text()].field, self._draft.notes
        )

    def name(self, valid: Entry) -> str | None:
        """Write the calendar that ``validFor`` names; None: it is always open."""
        week, id_ = self.week(valid), valid.text()
        return self._written.add(self._names[id_], week, where=self._tags[id_].field)

    def tell_unused(self) -> None:
        """Note the calendars that nothing refers to."""
        for id_ in self._weeks.keys() - self._used:
            self._draft.notes.lost(self._tags[id_].field, "a calendar that nothing refers to")
