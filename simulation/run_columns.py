"""Columns of visits: finding those of a side table among all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.net import US

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulation.recorder import Ints


def places(columns: Mapping[str, Ints], some: Mapping[str, Ints]) -> NDArray[np.intp]:
    """Return the rows of some visits."""
    if not some["case"].size:
        return np.zeros(0, dtype=np.intp)
    known, wanted = _keys(columns), _keys(some)
    order = np.argsort(known, kind="stable")
    return np.asarray(order[np.searchsorted(known, wanted, sorter=order)])


def _keys(columns: Mapping[str, Ints]) -> NDArray[np.int64]:
    """Return a number per visit that no other visit has."""
    case = columns["case"].astype(np.int64)
    return (case * 100_000 + columns["node"]) * 100_000 + columns["visit"]


def at(columns: Mapping[str, Ints], rows: NDArray[np.intp], times: Ints) -> Ints:
    """Return a column with times at some rows and -1 elsewhere; without any, it takes no memory."""
    if not len(rows):
        return np.broadcast_to(np.int64(-1), len(columns["case"]))
    column = np.full(len(columns["case"]), -1, dtype=np.int64)
    column[rows] = times
    return column


def seconds_of(ticks: Ints) -> NDArray[np.float64]:
    """Return times in seconds; NaN stands for what has not happened."""
    if len(ticks) > 1 and not ticks.strides[0]:  # one number for all rows takes no memory
        return np.broadcast_to(seconds_of(ticks[:1])[0], len(ticks))
    seconds = np.asarray(ticks / US)
    seconds[ticks < 0] = np.nan
    return seconds
