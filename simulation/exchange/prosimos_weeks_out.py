"""Open time as Prosimos writes it: periods of a day, from a time to a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.calibration.week import DAY_S
from simulation.exchange.weeks import DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.exchange.weeks import Span

Json = dict[str, Any]
_END_OF_DAY = "23:59:59.999999"
_ALWAYS = [(0.0, 7 * DAY_S)]


def periods(spans: Sequence[Span] = tuple(_ALWAYS)) -> list[Json]:
    """Return open time within a week day by day; a night shift is parted at midnight."""
    return [
        {"from": DAYS[day], "to": DAYS[day], "beginTime": _clock(low), "endTime": _clock(high)}
        for opens, closes in spans
        for day in range(7)
        if (low := max(opens - day * DAY_S, 0.0)) < (high := min(closes - day * DAY_S, DAY_S))
    ]


def _clock(time_s: float) -> str:
    if time_s >= DAY_S:
        return _END_OF_DAY
    seconds = round(time_s)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
