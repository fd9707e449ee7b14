"""Cases that are under way when a run begins: where they stand, and how far their work is.

They come before the cases that arrive. Work that has begun goes on for what is left of a
duration of which it is known that it is longer than the time spent so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulation.arrivals_data import attributes_of
from simulation.errors import CaseNotPlaced
from simulation.net import US, Kind
from simulation.streams import Purpose, case_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from simulation.arrivals import Arrivals
    from simulation.distributions import Distribution
    from simulation.flow.context import Flow
    from simulation.net import Net, Node
    from simulation.scenario.open_case import OpenCase, Place
    from simulation.streams import Keys, Streams

_CLOSE = 2.0**-40  # how well a share of a distribution is found


@dataclass(frozen=True)
class Standing:
    """The open cases of a run in whole numbers: the first cases, in this order."""

    order: tuple[tuple[int, int, int], ...]  # case, node, port: as they are placed
    tokens: tuple[int, ...]  # by case
    left: Mapping[tuple[int, str], int]  # by case and element: what is left of its first visit, µs


NOBODY = Standing((), (), {})


def with_standing(
    net: Net, arrivals: Arrivals, cases: Sequence[OpenCase], streams: Streams
) -> tuple[Arrivals, Standing]:
    """Return the arrivals with open cases put before them, and where those stand.

    Raises:
        CaseNotPlaced: a case stands where a run cannot begin.
    """
    count = len(cases)
    keys = np.concatenate([case_keys(f"standing {case.case_id}", 1) for case in cases])
    drawn = _drawn(net, keys, streams)
    attributes = {
        name: [
            case.values.get(name, drawn[name][i] if name in drawn else None)
            for i, case in enumerate(cases)
        ]
        + column
        for name, column in arrivals.attributes.items()
    }
    joined = replace(
        arrivals,
        times=np.concatenate([np.zeros(count, dtype=np.int64), arrivals.times]),
        starts=("",) * count + arrivals.starts,
        keys=np.concatenate([keys, arrivals.keys]),
        attributes=attributes,
    )
    index = {node.element_id: i for i, node in enumerate(net.nodes)}
    places = [
        (number, place, _node(net, index, case, place))
        for number, case in enumerate(cases)
        for place in case.places
    ]
    left = {
        (number, place.element_id): _left(net, place, node, keys[number : number + 1], streams)
        for number, place, node in places
        if place.is_begun
    }
    return joined, Standing(
        tuple(_in_order(net, places)), tuple(len(case.places) for case in cases), left
    )


def _drawn(net: Net, keys: Keys, streams: Streams) -> dict[str, list[object]]:
    """Return attributes for cases that do not have theirs yet, as an arriving case draws them."""
    columns: dict[str, list[object]] = {}
    for arrival in net.document.arrivals.values():
        columns = attributes_of(arrival, keys, streams) | columns
    return columns


def place_cases(flow: Flow, standing: Standing) -> None:
    """Put the tokens of the open cases where they stand."""
    for case, tokens in enumerate(standing.tokens):
        flow.frames.live[case] = tokens
    for case, node, port in standing.order:
        enter = flow.ports.get((node, port), flow.enter[node])
        enter(case, 0)


def _node(net: Net, index: Mapping[str, int], case: OpenCase, place: Place) -> int:
    node = index.get(place.element_id)
    if node is None:
        raise CaseNotPlaced(case.case_id, place.element_id, "the scenario's model has no such step")
    if net.nodes[node].scope != 0:
        words = "it stands inside a subprocess, and a run begins outside of those"
        raise CaseNotPlaced(case.case_id, place.element_id, words)
    return node


def _in_order(net: Net, places: list[tuple[int, Place, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield tokens: first those at joins, then what is begun, then the queues, oldest first."""
    joins = [p for p in places if net.nodes[p[2]].kind is Kind.PARALLEL]
    for number, _, node in joins:
        others = {other for case, _, other in places if case == number and other != node}
        yield number, node, _port_waiting(net, node, others)
    rest = [p for p in places if net.nodes[p[2]].kind is not Kind.PARALLEL]
    for number, _, node in sorted(rest, key=lambda p: (not p[1].is_begun, p[1].since)):
        yield number, node, 0


def _port_waiting(net: Net, join: int, others: set[int]) -> int:
    """Return the way into a join whose token is there: no other token can still come by it."""
    coming = {port for node in others for port in _ports_reached(net, node, join)}
    ports = range(net.nodes[join].ways_in)
    return next((port for port in ports if port not in coming), 0)


def _ports_reached(net: Net, start: int, join: int) -> set[int]:
    seen, found, todo = {start}, set(), [start]
    while todo:
        for edge in net.nodes[todo.pop()].outs:
            if edge.target == join:
                found.add(edge.port)
            elif edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    return found


def _left(net: Net, place: Place, index: int, key: Keys, streams: Streams) -> int:
    """Return how long what has begun still takes, in µs."""
    if place.due_at is not None:
        return max(0, round((place.due_at - net.epoch).total_seconds() * US))
    assert place.begun_at is not None
    node = net.nodes[index]
    spent_s = _worked(net, node, place.begun_at) / US
    u = streams.uniforms(Purpose.DURATION, node.element_id, key)
    return round(rest_of(node.duration, spent_s, float(u[0])) * US)


def rest_of(duration: Distribution, spent_s: float, u: float) -> float:
    """Return what is left of a duration that is longer than the time spent, in seconds.

    Inverse transform on what is left of the distribution: F⁻¹(F(s) + u (1 − F(s))) − s. Where
    every duration is shorter than what was spent already, the work ends now.
    """
    low, high = 0.0, 1.0
    while high - low > _CLOSE:
        middle = (low + high) / 2
        if float(duration.quantile(np.array([middle]))[0]) <= spent_s:
            low = middle
        else:
            high = middle
    total_s = float(duration.quantile(np.array([min(low + u * (1 - low), 1 - 2.0**-52)]))[0])
    return max(0.0, total_s - spent_s)


def _worked(net: Net, node: Node, begun_at: datetime) -> int:
    """Return the working time since work began, in µs: nothing is done while nobody is there."""
    since = round((net.epoch - begun_at).total_seconds() * US)
    calendar = net.pools[node.pool].calendar if node.pool >= 0 else None
    if calendar is None or node.works_on:
        return max(0, since)
    return round(calendar.between(begun_at, net.epoch).total_seconds() * US)
