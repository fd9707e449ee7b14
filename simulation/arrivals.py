"""When cases arrive and with which data; drawn before the run, for arrivals ask nobody.

Cases of a start event are numbered in the order in which they were drawn (appointments: in
which they were booked; a file: in which they stand there); that number, not the order at the
door, names their random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.arrivals_booked import booked
from simulation.arrivals_clock import ensure_few
from simulation.arrivals_closed import first_of_members
from simulation.arrivals_data import attributes_of, in_groups
from simulation.arrivals_random import poisson, renewal
from simulation.arrivals_replay import columns_of, replayed
from simulation.errors import ArrivalsRefused
from simulation.scenario.references import drawn_names
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

    def first(self, cases: int) -> Arrivals:
        """Return the first cases."""
        attributes = {name: column[:cases] for name, column in self.attributes.items()}
        return Arrivals(self.times[:cases], self.starts[:cases], self.keys[:cases], attributes)

    def values(self, case: int) -> dict[str, object]:
        """Return the data of one case."""
        return {name: column[case] for name, column in self.attributes.items()}


def draw(net: Net, streams: Streams) -> Arrivals:
    """Draw the arrivals of one replication."""
    names = tuple(net.entries)
    drawn = [_of_start(net, name, streams) for name in names]
    times, keys, rows = (np.concatenate(columns) for columns in zip(*drawn, strict=True))
    ensure_few(len(times), names[0])
    _ensure_enough(net, names, len(times))
    source = np.repeat(np.arange(len(names)), [len(part.times) for part in drawn])
    order = np.argsort(times, kind="stable")[: net.document.run.cases]
    source, arrived = source[order], _Drawn(times[order], keys[order], rows[order])
    starts = tuple(names[i] for i in source.tolist())
    return Arrivals(arrived.times, starts, arrived.keys, _data(net, arrived, source, streams))


def _ensure_enough(net: Net, names: tuple[str, ...], arrived: int) -> None:
    """Raise ArrivalsRefused if a run is to last until more cases came than ever come."""
    wanted = net.document.run.cases or 0
    closed = any(net.document.arrivals[name].population is not None for name in names)
    if arrived < wanted and not closed:
        words = f"only {arrived:,} cases arrive; run.cases asks for {wanted:,}"
        raise ArrivalsRefused(names[0], words)


class _Drawn(NamedTuple):
    """The cases of one start event; rows of a file, or -1."""

    times: NDArray[np.int64]
    keys: Keys
    rows: NDArray[np.int64]


def _of_start(net: Net, name: str, streams: Streams) -> _Drawn:
    arrival = net.document.arrivals[name]
    if arrival.replay is not None:
        return _Drawn(*replayed(net, name, arrival.replay))
    if arrival.population is not None:
        times, keys = first_of_members(net, name, arrival, streams)
    elif arrival.appointments is not None:
        times, keys = booked(net, name, arrival.appointments, streams)
    else:
        kind = renewal if arrival.rate is None else poisson
        times = kind(net, name, arrival, streams)
        keys = case_keys(name, len(times))
    if arrival.group is not None:
        times, keys = in_groups(name, arrival.group, times, keys, streams)
    return _Drawn(times, keys, np.full(len(times), -1, dtype=np.int64))


def _data(
    net: Net, arrived: _Drawn, source: NDArray[np.int64], streams: Streams
) -> dict[str, list[object]]:
    """Return one value per case of everything that any case arrives with; None: it has none."""
    arrivals = net.document.arrivals
    names = {name for arrival in arrivals.values() for name in drawn_names(arrival)}
    values: dict[str, list[object]] = {name: [None] * len(source) for name in sorted(names)}
    for number, start in enumerate(net.entries):
        arrival = arrivals[start]
        if not drawn_names(arrival):
            continue
        cases = np.flatnonzero(source == number)
        columns = attributes_of(arrival, arrived.keys[cases], streams)
        if arrival.replay is not None:
            columns |= columns_of(arrival.replay, arrived.rows[cases])
        for name, column in columns.items():
            for case, value in zip(cases.tolist(), column, strict=True):
                values[name][case] = value
    return values
