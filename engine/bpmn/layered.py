"""A layered drawing of a graph: columns along the flow, rows that do not cross nodes.

After K. Sugiyama, S. Tagawa and M. Toda (1981), in a small form: flows back are set aside, each
node stands one column behind the last of its predecessors, flows over several columns keep a
place in each of them, and a node goes into the row of its first predecessor or the next free one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Edge: TypeAlias = "tuple[str, str]"
Place: TypeAlias = "tuple[int, int]"  # column, row
_LONGEST = 40  # columns over which a flow keeps a place in each
_ON_THE_WAY = "\0"  # parts the ends of a flow in the name of a place it keeps


@dataclass(frozen=True, slots=True)
class Grid:
    """Where each node stands, and by which places each flow passes."""

    places: Mapping[str, Place]
    passes: Mapping[Edge, Sequence[Place]] = field(default_factory=dict)
    rows_of_band: Sequence[int] = ()  # how many rows each band has, from the top

    @property
    def columns(self) -> int:
        """Return how many columns there are."""
        return 1 + max((column for column, _ in self.places.values()), default=-1)

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return sum(self.rows_of_band)


def arranged(nodes: Sequence[str], edges: Iterable[Edge], bands: Mapping[str, int]) -> Grid:
    """Place nodes in the order given; ``bands`` are stripes of rows, such as lanes, by node."""
    known = set(nodes)
    edges = list(dict.fromkeys(e for e in edges if known.issuperset(e) and e[0] != e[1]))
    forward = _forward(nodes, edges)
    column = _columns(nodes, forward)
    chains = {edge: _chain(edge, column) for edge in forward}
    columns: dict[int, list[str]] = {}
    before: dict[str, list[str]] = {}
    band = dict(bands)
    for node in nodes:
        columns.setdefault(column[node], []).append(node)
    for (source, _), chain in chains.items():
        for place, (previous, here) in enumerate(pairwise(chain), 1):
            before.setdefault(here, []).append(previous)
            if here not in known:
                band[here] = bands.get(source, 0)
                columns.setdefault(column[source] + place, []).append(here)
    rows, height = _rows(columns, before, band)
    first = [sum(height[:number]) for number in range(len(height))]
    at = {
        name: (number, first[band.get(name, 0)] + rows[name])
        for number, names in columns.items()
        for name in names
    }
    passes = {edge: [at[name] for name in chain[1:-1]] for edge, chain in chains.items()}
    return Grid({node: at[node] for node in nodes}, passes, height)


def _forward(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that lead back on a way from the first nodes on."""
    following: dict[str, list[str]] = {node: [] for node in nodes}
    entered = {target for _, target in edges}
    for source, target in edges:
        following[source].append(target)
    is_open: dict[str, bool] = {}  # whether the search is still behind the node
    back: set[Edge] = set()
    for root in [*(node for node in nodes if node not in entered), *nodes]:
        stack = [] if root in is_open else [(root, iter(following[root]))]
        is_open.setdefault(root, True)
        while stack:
            node, ways = stack[-1]
            for target in ways:
                if target not in is_open:
                    is_open[target] = True
                    stack.append((target, iter(following[target])))
                    break
                if is_open[target]:
                    back.add((node, target))
            else:
                is_open[node] = False
                stack.pop()
    return [edge for edge in edges if edge not in back]


def _columns(nodes: Sequence[str], forward: Sequence[Edge]) -> dict[str, int]:
    """The longest way to each node (Kahn 1962)."""
    following: dict[str, list[str]] = {node: [] for node in nodes}
    missing = dict.fromkeys(nodes, 0)
    for source, target in forward:
        following[source].append(target)
        missing[target] += 1
    column = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not missing[node]]
    for node in ready:  # grows while it is read
        for target in following[node]:
            column[target] = max(column[target], column[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return column


def _chain(edge: Edge, column: Mapping[str, int]) -> list[str]:
    source, target = edge
    between = range(column[source] + 1, column[target])
    if abs(column[target] - column[source]) > _LONGEST:
        return [source, target]
    return [source, *(f"{source}{_ON_THE_WAY}{target}{_ON_THE_WAY}{n}" for n in between), target]


def _rows(
    columns: Mapping[int, Sequence[str]],
    before: Mapping[str, Sequence[str]],
    band: Mapping[str, int],
) -> tuple[dict[str, int], list[int]]:
    """The row of each place within its band, and the height of each band."""
    rows: dict[str, int] = {}
    height = [1] * (1 + max(band.values(), default=0))
    for number in sorted(columns):
        names = columns[number]
        wished = {name: _wish(name, before, rows, band) for name in names}
        free = [0] * len(height)
        for name in sorted(names, key=wished.__getitem__):  # sorting keeps the order of equals
            own = band.get(name, 0)
            rows[name] = max(wished[name], free[own])
            free[own] = rows[name] + 1
            height[own] = max(height[own], free[own])
    return rows, height


def _wish(
    name: str,
    before: Mapping[str, Sequence[str]],
    rows: Mapping[str, int],
    band: Mapping[str, int],
) -> int:
    own = band.get(name, 0)
    found = sorted(rows[other] for other in before.get(name, ()) if band.get(other, 0) == own)
    return found[(len(found) - 1) // 2] if found else 0
