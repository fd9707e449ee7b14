"""Public holidays by country, as the engine's own calendars know them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from engine.domain.calendar_csv import read_calendar_csv
from engine.domain.calendar_table import DayKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.domain.calendar_table import CalendarDay

_FILES = {"CN": "china.csv"}


@cache
def holidays_of(country: str) -> Mapping[date, CalendarDay]:
    """Return the holidays and make-up workdays of a country."""
    name = _FILES[country]
    text = (files("engine.domain") / "calendar_data" / name).read_text(encoding="utf-8")
    return read_calendar_csv(text, name=country, zone="UTC", source=name).days


def years_of(country: str) -> tuple[int, int]:
    """Return the first and the last year whose holidays are known."""
    days = [day for day, entry in holidays_of(country).items() if entry.kind is DayKind.HOLIDAY]
    return min(days).year, max(days).year
