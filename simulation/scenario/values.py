"""The values of a scenario: durations with a unit, shares, times of day, shifts, zones."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from engine.domain.calendar import Shift

_UNITS_S = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_DURATION = re.compile(rf"({_NUMBER})\s*(s|min|h|d|w)", re.ASCII)
_ISO = re.compile(r"(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_ISO_UNITS_S = (604_800.0, 86_400.0, 3600.0, 60.0, 1.0)
_DURATION_HELP = "a number with a unit: 90s, 8min, 1.5h, 2d, 1w, or ISO 8601 such as PT35M"
_LARGEST = 10**15
_LONGEST_S = 100 * 366 * 86_400.0
_SLASHES = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?= )", re.ASCII)
_NUMBER_IN_FULL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_LONGEST_NUMBER = 30
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)


def wrong(message: str) -> PydanticCustomError:
    """Return the error that says in words what a value must be."""
    return PydanticCustomError("value", "{reason}", {"reason": message})


def duration_s(value: object, *, also: str = "") -> float:
    """Read a duration; a bare number is refused, because nobody knows its unit.

    ``also`` names words that are allowed in its place, for the message.
    """
    help_text = f"{_DURATION_HELP}; or {also}" if also else _DURATION_HELP
    if not isinstance(value, str):
        raise wrong(f"has no unit; a duration is {help_text}")
    seconds = _simple_s(value.strip())
    if seconds is None:
        raise wrong(f"is not a duration; write {help_text}")
    if abs(seconds) > _LONGEST_S:
        raise wrong("is longer than 100 years")
    return seconds


def _simple_s(text: str) -> float | None:
    if match := _DURATION.fullmatch(text):
        return float(match[1]) * _UNITS_S[match[2]]
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        return None
    parts = zip(match.groups()[1:], _ISO_UNITS_S, strict=True)
    seconds = math.fsum(float(part) * unit for part, unit in parts if part)
    return -seconds if match[1] else seconds


def _duration(value: object) -> float:
    seconds = duration_s(value)
    if seconds < 0:
        raise wrong("must not be negative")
    return seconds


def _positive_duration(value: object) -> float:
    seconds = duration_s(value)
    if seconds <= 0:
        raise wrong("must be longer than nothing")
    return seconds


def number(value: object) -> float:
    """Read a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong("must be a number")
    if not -_LARGEST <= value <= _LARGEST:  # nor NaN, nor a whole number of 400 digits
        raise wrong("must be a number from -1e15 to 1e15")
    return float(value)


def _amount(value: object) -> float:
    amount = number(value)
    if amount < 0:
        raise wrong("must not be negative")
    return amount


def share(value: object) -> float:
    """Read a share: 45% or 0.45."""
    help_text = "must be a share from 0% to 100%, or a number from 0 to 1"
    if isinstance(value, str):
        match = re.fullmatch(rf"({_NUMBER})\s*%", value.strip(), re.ASCII)
        if match is None:
            raise wrong(help_text)
        result = float(match[1]) / 100
    else:
        result = number(value)
    if not 0 <= result <= 1:
        raise wrong(help_text)
    return result


def _positive_share(value: object) -> float:
    found = share(value)
    if found == 0:
        raise wrong("must be above 0%")
    return found


def minutes_of_day(value: object) -> int:
    """Read a time of day such as 08:30 (24:00 is midnight at the end of the day)."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minutes <= 24 * 60:
        raise wrong('must be a time of day in quotes, from "00:00" to "24:00"')
    return minutes


def shift(value: object) -> Shift:
    """Read open hours such as 08:00-12:00; a night shift may end the next morning."""
    help_text = 'must be open hours such as "08:00-12:00"'
    if not isinstance(value, str) or value.count("-") != 1:
        raise wrong(help_text)
    opens, closes = (minutes_of_day(part.strip()) for part in value.split("-"))
    if closes <= opens:
        closes += 24 * 60
    try:
        return Shift(opens, closes)
    except ValueError:
        raise wrong(help_text) from None


def local_datetime(value: object) -> datetime:
    """Read a wall-clock moment without a zone; the scenario's timezone applies."""
    help_text = "must be a local date and time such as 2026-03-02T08:00 (no zone)"
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None or not 1970 <= moment.year <= 2200:
        raise wrong(help_text)
    return datetime.combine(moment.date(), time(moment.hour, moment.minute, moment.second))


def local_moment(value: object) -> datetime:
    """Read a moment of a table: local, or with a zone; seconds and the T may be missing."""
    text = value.strip() if isinstance(value, str) else ""
    if match := _SLASHES.match(text):  # as spreadsheets write it
        text = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}{text[match.end() :]}"
        text = re.sub(r"^(.{10}) (\d):", r"\1 0\2:", text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not 1970 <= moment.year <= 2200 or ":" not in text:
        raise wrong("must be a moment such as 2026-03-02 08:03 or 2026-03-02T08:03:00Z")
    return moment


def typed(text: str) -> bool | int | float | str:
    """Return what a word means as a value: true, false, a number, else the text itself."""
    if text in {"true", "false"}:
        return text == "true"
    if not _NUMBER_IN_FULL.fullmatch(text) or len(text) > _LONGEST_NUMBER:
        return text
    return int(text) if text.lstrip("-").isdigit() else float(text)


def calendar_date(value: object) -> date:
    """Read a date such as 2026-05-09."""
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type] # anything else is refused
    except (TypeError, ValueError):
        raise wrong("must be a date such as 2026-05-09") from None


def zone(value: object) -> ZoneInfo:
    """Read a time zone by its IANA name."""
    try:
        return ZoneInfo(value)  # type: ignore[arg-type] # anything else is refused
    except (ValueError, OSError, TypeError, AttributeError, KeyError):
        raise wrong("must be a time zone by its IANA name, such as Asia/Shanghai") from None


def kpi_value(value: object) -> float:
    """Read the level of a target: a duration, a share or a number."""
    if isinstance(value, str):
        return share(value) if value.strip().endswith("%") else duration_s(value)
    return number(value)


def _text_schema(example: str, *, number_too: bool = False) -> WithJsonSchema:
    kind: object = ["string", "number"] if number_too else "string"
    return WithJsonSchema({"type": kind, "examples": [example]})


Duration = Annotated[float, BeforeValidator(_duration), _text_schema("8min")]
PositiveDuration = Annotated[float, BeforeValidator(_positive_duration), _text_schema("30min")]
SignedDuration = Annotated[float, BeforeValidator(duration_s), _text_schema("-8min")]
Number = Annotated[float, BeforeValidator(number), WithJsonSchema({"type": "number"})]
Amount = Annotated[
    float, BeforeValidator(_amount), WithJsonSchema({"type": "number", "minimum": 0})
]
Share = Annotated[float, BeforeValidator(share), _text_schema("45%", number_too=True)]
PositiveShare = Annotated[
    float, BeforeValidator(_positive_share), _text_schema("2%", number_too=True)
]
TimeOfDay = Annotated[int, BeforeValidator(minutes_of_day), _text_schema("08:00")]
ShiftText = Annotated[Shift, BeforeValidator(shift), _text_schema("08:00-12:00")]
LocalDateTime = Annotated[
    datetime, BeforeValidator(local_datetime), _text_schema("2026-03-02T08:00")
]
Moment = Annotated[datetime, BeforeValidator(local_moment), _text_schema("2026-03-02T08:03")]
DateText = Annotated[date, BeforeValidator(calendar_date), _text_schema("2026-05-09")]
Zone = Annotated[ZoneInfo, BeforeValidator(zone), _text_schema("Asia/Shanghai")]
KpiValue = Annotated[float, BeforeValidator(kpi_value), _text_schema("60min", number_too=True)]
