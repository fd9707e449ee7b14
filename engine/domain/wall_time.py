"""Wall time: what the clock on the wall of a zone shows, and which moment that is.

One rule for the whole product. Where the clocks go forward, a time that the wall never shows
means the next moment there is: 02:30 means 03:00. Where they go back, a time that is shown
twice means its first occurrence, unless the text gives an offset. Later wall times therefore
never mean earlier moments.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def moment_at(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, at which the wall of a zone shows this (naive) time."""
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _end_of_gap(wall, zone)


def wall_at(moment: datetime, zone: tzinfo) -> datetime:
    """Return the (naive) time that the wall of a zone shows at a moment."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def is_skipped(wall: datetime, zone: tzinfo) -> bool:
    """Say whether the wall never shows this time, because the clocks go forward over it."""
    return wall_at(moment_at(wall, zone), zone) != wall


def is_shown_twice(wall: datetime, zone: tzinfo) -> bool:
    """Say whether the wall shows this time twice, because the clocks go back over it."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and not is_skipped(wall, zone)


def _end_of_gap(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment at which the clocks go forward over a wall time."""
    wall = wall.replace(microsecond=0)  # zones change at whole seconds
    before, after = (
        (wall - (wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta())).replace(
            tzinfo=UTC
        )
        for fold in (1, 0)  # with the offset after the change it is before it, and vice versa
    )
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
