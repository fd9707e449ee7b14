"""Sets of moments as arrays of half-open spans: sorted, apart; rows are (begin, end) in µs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.domain.calendar import WorkingCalendar
    from simulation.recorder import Ints

_MICROSECOND = timedelta(microseconds=1)


def whole(latest: int) -> Ints:
    """Return every moment from the start of the run."""
    return np.array([[0, latest]], dtype=np.int64)


def unrolled(calendar: WorkingCalendar, epoch: datetime, latest: int) -> Ints:
    """Return when a calendar is open, as far as ``latest``."""
    spans = []
    for opens, closes in calendar.intervals(epoch):
        begin, end = (opens - epoch) // _MICROSECOND, (closes - epoch) // _MICROSECOND
        if begin >= latest:
            break
        spans.append((max(begin, 0), end))
    return np.array(spans, dtype=np.int64).reshape(-1, 2)


def where_at_least(count: int, sets: Sequence[Ints]) -> Ints:
    """Return the moments that are in so many of the sets; 1 is the union."""
    begins = np.concatenate([spans[:, 0] for spans in sets]) if sets else np.zeros(0, np.int64)
    ends = np.concatenate([spans[:, 1] for spans in sets]) if sets else np.zeros(0, np.int64)
    times = np.concatenate([begins, ends])
    steps = np.concatenate([np.ones(len(begins), np.int64), -np.ones(len(ends), np.int64)])
    moments, place = np.unique(times, return_inverse=True)
    depth = np.cumsum(np.bincount(place, weights=steps, minlength=len(moments)))
    inside = np.concatenate([[False], depth >= count, [False]])
    rises = np.flatnonzero(~inside[:-1] & inside[1:])
    falls = np.flatnonzero(inside[:-1] & ~inside[1:])
    return np.column_stack([moments[rises], moments[falls]]).astype(np.int64)


def time_until(spans: Ints, at: Ints) -> Ints:
    """Return how much of the time before each moment is in a set."""
    edges = np.concatenate([[0], spans.ravel()])
    passed = np.cumsum(spans[:, 1] - spans[:, 0])
    before = np.concatenate([[0], np.column_stack([passed - np.diff(spans)[:, 0], passed]).ravel()])
    place = np.searchsorted(edges, at, side="right") - 1
    # behind an odd edge the moment lies in a span
    return np.asarray(before[place] + np.where(place % 2 == 1, at - edges[place], 0))


def without(spans: Ints, others: Ints) -> Ints:
    """Return the moments of one set that are not in another."""
    if not len(spans) or not len(others):
        return spans
    latest = max(int(spans[-1, 1]), int(others[-1, 1]))
    gaps = np.column_stack([np.append(0, others[:, 1]), np.append(others[:, 0], latest)])
    return where_at_least(2, [spans, gaps[gaps[:, 0] < gaps[:, 1]]])


def pieces(spans: Ints, begin: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Cut stretches of time to a set: row, begin and end of each piece that lies in it."""
    if not len(spans):
        return (np.zeros(0, dtype=np.int64),) * 3
    first = np.searchsorted(spans[:, 1], begin, side="right")
    count = np.maximum(np.searchsorted(spans[:, 0], end, side="left") - first, 0)
    row = np.repeat(np.arange(len(begin)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    place = first[row] + nth
    return row, np.maximum(begin[row], spans[place, 0]), np.minimum(end[row], spans[place, 1])
