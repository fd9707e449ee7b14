"""The first arrivals of a closed population: each member comes after a time to think."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.arrivals_random import ticks, while_open
from simulation.scenario.distribution import build
from simulation.streams import Purpose, case_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.net import Net
    from simulation.scenario.arrival import Arrival
    from simulation.streams import Keys, Streams


def first_of_members(
    net: Net, name: str, arrival: Arrival, streams: Streams
) -> tuple[NDArray[np.int64], Keys]:
    """Return when each member comes for the first time, as far as that is in the run."""
    assert arrival.population is not None
    keys = case_keys(name, arrival.population.size)
    think = build(arrival.population.think, floor=0.0)
    times = ticks(think.quantile(streams.uniforms(Purpose.ARRIVAL, name, keys)))
    if arrival.calendar is not None:
        times = while_open(net, arrival.calendar, times, name)
    within = times < (np.iinfo(np.int64).max if net.until is None else net.until)
    return times[within], keys[within]
