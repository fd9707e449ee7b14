"""When cases arrive and with which data; drawn before the run, for arrivals ask nobody.

Cases of a start event are numbered in the order in which they were drawn (appointments: in
which they were booked; a file: in which they stand there); that number, not the order at the
door, names their random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.arrivals_booked import booked
from simulation.arrivals_clock import ensure_few
from simulation.arrivals_data import attributes_of, in_groups
from simulation.arrivals_random import poisson, renewal
from simulation.streams import case_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.net import Net
    from simulation.streams import Keys, Streams


@dataclass(frozen=True)
class Arrivals:
    """The cases of one replication in the order of their arrival, times in µs."""

    times: NDArray[np.int64]
    starts: tuple[str, ...]  # start event of each case
    keys: Keys
    attributes: dict[str, list[object]]  # by name, one value per case

    def __len__(self) -> int:
        return len(self.times)

    def values(self, case: int) -> dict[str, object]:
        """Return the data of one case."""
        return {name: column[case] for name, column in self.attributes.items()}


def draw(net: Net, streams: Streams) -> Arrivals:
    """Draw the arrivals of one replication."""
    names = tuple(net.entries)
    drawn = [_of_start(net, name, streams) for name in names]
    times = np.concatenate([t for t, _ in drawn])
    ensure_few(len(times), names[0])
    keys = np.concatenate([k for _, k in drawn])
    source = np.repeat(np.arange(len(names)), [len(t) for t, _ in drawn])
    order = np.argsort(times, kind="stable")[: net.document.run.cases]
    starts = tuple(names[i] for i in source[order].tolist())
    keys = keys[order]
    return Arrivals(times[order], starts, keys, _attributes(net, starts, keys, streams))


def _of_start(net: Net, name: str, streams: Streams) -> tuple[NDArray[np.int64], Keys]:
    arrival = net.document.arrivals[name]
    if arrival.appointments is not None:
        times, keys = booked(net, name, arrival.appointments, streams)
    else:
        kind = renewal if arrival.rate is None else poisson
        times = kind(net, name, arrival, streams)
        keys = case_keys(name, len(times))
    if arrival.group is not None:
        return in_groups(name, arrival.group, times, keys, streams)
    return times, keys


def _attributes(
    net: Net, starts: tuple[str, ...], keys: Keys, streams: Streams
) -> dict[str, list[object]]:
    names = {n for arrival in net.document.arrivals.values() for n in arrival.attributes}
    values: dict[str, list[object]] = {name: [None] * len(starts) for name in sorted(names)}
    for start, arrival in net.document.arrivals.items():
        rows = [i for i, at in enumerate(starts) if at == start]
        for name, column in attributes_of(arrival, keys[rows], streams).items():
            for row, value in zip(rows, column, strict=True):
                values[name][row] = value
    return values
