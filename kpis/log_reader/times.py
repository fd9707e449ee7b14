"""Texts → moments, all of one file together: one form, one order of day and month, one zone.

What can be understood in two ways is not guessed: 03/04 and a mixture of times with and without
a zone are refused, and the message says which option decides.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from kpis.log_reader.source import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

_NUMBERED = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d+)?)?"
    r"\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?=[T ])", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SECONDS = (3e8, 4e9)  # 1979 to 2096 as seconds after 1970


class Moment(NamedTuple):
    """Seconds after 1970 (UTC); NaN: unreadable. ``is_skipped``: no clock ever showed it."""

    at_s: float
    is_zoned: bool = True
    is_skipped: bool = False
    is_twice: bool = False  # the hour that clocks show twice


UNREADABLE = Moment(math.nan)


@dataclass(slots=True)
class TimeReader:
    """Reads the times of one file."""

    source: str
    zone: ZoneInfo | None = None
    is_day_first: bool | None = None

    def moments(self, columns: Sequence[Sequence[str]], lines: Sequence[int]) -> list[list[Moment]]:
        """Read columns of texts; an empty text is NaN. Raises EventLogInvalid if in doubt."""
        line_of: dict[str, int] = {}
        for column in columns:
            for line, text in zip(lines, column, strict=True):
                if text:
                    line_of.setdefault(text, line)
        self._decide_order(line_of)
        read = {text: self._moment(text) for text in line_of}
        self._ensure_one_kind(read, line_of)
        read[""] = UNREADABLE
        return [[read[text] for text in column] for column in columns]

    def _decide_order(self, line_of: dict[str, int]) -> None:
        if self.is_day_first is not None:
            return
        matches = ((match, line_of[t]) for t in line_of if (match := _NUMBERED.fullmatch(t)))
        first, second, sample, is_dotted = 0, 0, ("", 0), False
        for match, line in matches:
            first, second = max(first, int(match[1])), max(second, int(match[3]))
            sample, is_dotted = sample if sample[1] else (match[0], line), match[2] == "."
        if not sample[1]:
            return
        if first > 12 and second > 12:
            rule = "some times have the day first, others the month"
            raise refused(self.source, sample[1], rule)
        if first <= 12 and second <= 12 and not is_dotted:
            rule = f"{sample[0]!r} can be read in two ways; say whether the day or month is first"
            raise refused(self.source, sample[1], rule)
        self.is_day_first = second <= 12

    def _ensure_one_kind(self, read: dict[str, Moment], line_of: dict[str, int]) -> None:
        known = {text: moment for text, moment in read.items() if not math.isnan(moment.at_s)}
        plain = next((text for text, moment in known.items() if not moment.is_zoned), None)
        zoned = next((text for text, moment in known.items() if moment.is_zoned), None)
        if plain is not None and zoned is not None and self.zone is None:
            rule = (
                f"{plain!r} has no zone, and {zoned!r} in line {line_of[zoned]:,} has one; "
                "say in which time zone the times without one are"
            )
            raise refused(self.source, line_of[plain], rule)

    def _moment(self, text: str) -> Moment:
        if _NUMBER.fullmatch(text):
            return _counted(float(text))
        if match := _NUMBERED.fullmatch(text):
            text = self._as_iso(match)
        elif match := _YEAR_FIRST.match(text):
            text = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}{text[match.end() :]}"
        try:
            at = datetime.fromisoformat(text.replace(",", "."))
        except ValueError:
            return UNREADABLE
        if not 1 < at.year < 9999:  # a zone could push it out of what can be counted
            return UNREADABLE
        if at.tzinfo is not None:
            return Moment(at.timestamp())
        return _in_zone(at, self.zone)

    def _as_iso(self, match: re.Match[str]) -> str:
        day, month = (1, 3) if self.is_day_first else (3, 1)
        hour = int(match[5])
        if match[9]:
            hour = hour % 12 + (12 if match[9].lower() == "pm" else 0)
        seconds = f":{match[7]}" if match[7] else ""
        fraction = (match[8] or "").replace(",", ".")
        date = f"{match[4]}-{int(match[month]):02}-{int(match[day]):02}"
        return f"{date}T{hour:02}:{match[6]}{seconds}{fraction}{match[10] or ''}"


def _counted(value: float) -> Moment:
    for unit in (1.0, 1e3, 1e6, 1e9):
        if _SECONDS[0] <= value / unit <= _SECONDS[1]:
            return Moment(value / unit)
    return UNREADABLE


def _in_zone(at: datetime, zone: ZoneInfo | None) -> Moment:
    if zone is None:
        return Moment(at.replace(tzinfo=UTC).timestamp(), is_zoned=False)
    early, late = (at.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return Moment(early.timestamp(), is_zoned=False)
    is_skipped = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at
    return Moment(early.timestamp(), is_zoned=False, is_skipped=is_skipped, is_twice=not is_skipped)


def end_s(moments: Mapping[str, Moment]) -> float:
    """Return the end; the second of two equal hours where the first lies before the start."""
    start, end = (moments.get(name, UNREADABLE) for name in ("start", "end"))
    if end.is_twice and end.at_s < start.at_s:
        return end.at_s + 3600
    return end.at_s


def offsets(texts: Iterable[str]) -> set[str]:
    """Return the zones that texts end with: Z or +08:00."""
    found = (re.search(r"(Z|[+-]\d{2}:?\d{2})$", text) for text in texts if text)
    return {match[1].replace("Z", "+00:00") for match in found if match}
