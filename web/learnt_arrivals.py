"""When cases come, as the page of a learnt scenario shows it, each figure with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web import figures
from web.learnt_rows import DayRow, HourCell, StartRows
from web.texts import format_decimal
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.comparison_rows import Names

    Models = Sequence[Mapping[str, Any]]


def ends(low: str, high: str) -> str:
    """Return an interval in words."""
    return _("(%(low)s to %(high)s)", low=low, high=high)


def busy_hours(models: Models) -> list[int]:
    """Return the hours in which anybody comes."""
    tables = [model["by_weekday_and_hour"] for model in models]
    return [h for h in range(24) if any(row[h] > 0 for table in tables for row in table)]


def starts(models: Models, names: Names) -> list[StartRows]:
    """Return the cases per day and hour for each way to begin, named if there are more."""
    hours = busy_hours(models)
    return [
        StartRows(names.step(m["start"]) if len(models) > 1 else "", _days(m, hours))
        for m in models
        if hours
    ]


def sentence(models: Models) -> str:
    """Say how many come."""
    low, high = (sum(model["per_week_interval"][end] for model in models) for end in _ENDS)
    return _(
        "%(count)s cases came, %(week)s a week %(interval)s. Each field: cases per hour.",
        count=figures.whole(sum(model["n"] for model in models)),
        week=_tenths(sum(model["per_week"] for model in models)),
        interval=ends(_tenths(low), _tenths(high)),
    )


_ENDS = ("low", "high")


def _days(model: Mapping[str, Any], hours: Sequence[int]) -> list[DayRow]:
    table, low, high = (model[f"{end}by_weekday_and_hour"] for end in ("", "low_", "high_"))
    largest = max(max(row) for row in table)
    return [
        DayRow(
            name,
            _tenths(total["mean"]),
            ends(*(_tenths(total[end]) for end in _ENDS)),
            tuple(
                HourCell.of(
                    table[day][h], largest, ends(_tenths(low[day][h]), _tenths(high[day][h]))
                )
                for h in hours
            ),
        )
        for day, (name, total) in enumerate(zip(_weekdays(), model["by_weekday"], strict=True))
        if total["mean"] > 0
    ]


def _tenths(value: float) -> str:
    return format_decimal(value, "#,##0.0")


def _weekdays() -> tuple[str, ...]:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
