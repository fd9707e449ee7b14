"""With how many others a case arrives, and with which data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.arrivals_clock import ensure_few
from simulation.scenario.distribution import build
from simulation.scenario.values import typed
from simulation.streams import Purpose, companion_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.scenario.arrival import Arrival, Attribute
    from simulation.scenario.distribution import NumberSpec
    from simulation.streams import Keys, Streams


def in_groups(
    name: str, group: NumberSpec, times: NDArray[np.int64], keys: Keys, streams: Streams
) -> tuple[NDArray[np.int64], Keys]:
    """Let a group come at each moment; its first case is the one that would come alone."""
    u = streams.uniforms(Purpose.GROUP, name, keys)
    with np.errstate(over="ignore"):
        sizes = np.maximum(np.rint(build(group).quantile(u)), 1)
    ensure_few(float(sizes.sum()), name)
    counts = sizes.astype(np.int64)
    first = np.cumsum(counts) - counts
    place = np.arange(counts.sum()) - np.repeat(first, counts)
    return np.repeat(times, counts), companion_keys(np.repeat(keys, counts), place)


def attributes_of(arrival: Arrival, keys: Keys, streams: Streams) -> dict[str, list[object]]:
    """Return the data of the cases that come to one start event, by name."""
    return {
        name: _values(attribute, streams.uniforms(Purpose.ATTRIBUTE, name, keys))
        for name, attribute in arrival.attributes.items()
    }


def _values(attribute: Attribute, u: NDArray[np.float64]) -> list[object]:
    if attribute.choice is not None:
        values: list[object] = [typed(name) for name in attribute.choice]
        upper = np.cumsum(list(attribute.choice.values()))
        chosen = np.minimum(np.searchsorted(upper, u, side="right"), len(values) - 1)
        return [values[i] for i in chosen.tolist()]
    if attribute.constant is not None:
        return [attribute.constant] * len(u)
    return list(build(attribute).quantile(u).tolist())
