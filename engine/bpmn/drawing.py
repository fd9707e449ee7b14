"""Drawing of one scope: where its nodes, flows and notes go, subprocesses within their frames."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.bpmn.layered import Grid, arranged
from engine.bpmn.vocabulary import DATA, NODES, REFUSED, SCOPES, q
from engine.domain.process_graph import EVENTS, GATEWAYS, NodeType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Point: TypeAlias = "tuple[float, float]"
_GAP_X, _GAP_Y, _MARGIN, _STEP = 50, 60, 40, 10
_TASK, _EVENT, _GATEWAY = (100, 80), (36, 36), (50, 50)
_NOTE, _DATA = (140, 50), (36, 50)
_FRAMES = SCOPES | {q("adHocSubProcess")}
_NOTES = DATA - {q("property"), q("dataStore")} | {q("textAnnotation")}


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle for an element."""

    id: str
    x: float
    y: float
    width: float
    height: float
    is_expanded: bool | None = None  # subprocesses
    is_horizontal: bool | None = None  # pools and lanes

    @property
    def centre(self) -> Point:
        """Return the point in the middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(slots=True)
class Drawing:
    """Shapes and lines, from the upper left corner on."""

    width: float = 0
    height: float = 0
    shapes: list[Shape] = field(default_factory=list)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    bands: list[tuple[float, float]] = field(default_factory=list)  # top and height of each

    def insert(self, other: Drawing, x: float, y: float) -> None:
        """Put another drawing into this one at a place."""
        for shape in other.shapes:
            self.shapes.append(replace(shape, x=shape.x + x, y=shape.y + y))
        for line, points in other.lines.items():
            self.lines[line] = [(px + x, py + y) for px, py in points]


def drawn(scope: Any, bands: Mapping[str, int]) -> Drawing:
    """Draw what a process or subprocess holds; ``bands`` tells the lane of each node."""
    return _Scope(scope, bands).draw()


class _Scope:
    """The nodes and flows of one scope while they are placed."""

    def __init__(self, scope: Any, bands: Mapping[str, int]) -> None:
        children = [child for child in scope if child.get("id")]
        nodes = [child for child in children if child.tag in NODES or child.tag in REFUSED]
        ids = {child.get("id") for child in nodes}
        self.hosts = {
            child.get("id"): child.get("attachedToRef")
            for child in nodes
            if child.tag == q("boundaryEvent") and child.get("attachedToRef") in ids
        }
        self.nodes = {c.get("id"): c for c in nodes if c.get("id") not in self.hosts}
        self.notes = [child for child in children if child.tag in _NOTES]
        self.flows = [child for child in children if child.tag == q("sequenceFlow")]
        self.links = [child for child in children if child.tag == q("association")]
        self.inner = {
            key: drawn(node, {}) for key, node in self.nodes.items() if node.tag in _FRAMES
        }
        self.grid: Grid = arranged(list(self.nodes), list(self._edges()), bands)
        self.drawing = Drawing()
        self.at: dict[str, Shape] = {}

    def _edges(self) -> Iterator[tuple[str, str]]:
        for line in (*self.flows, *self.links):
            source, target = line.get("sourceRef", ""), line.get("targetRef", "")
            yield self.hosts.get(source, source), self.hosts.get(target, target)

    def draw(self) -> Drawing:
        """Place the nodes, then what hangs on them, then the lines between."""
        self._place_nodes()
        self._place_boundary_events()
        self._place_notes()
        for number, flow in enumerate(self.flows):
            ends = self.at.get(flow.get("sourceRef")), self.at.get(flow.get("targetRef"))
            if ends[0] is not None and ends[1] is not None:
                self.drawing.lines[flow.get("id")] = self._way(ends[0], ends[1], number)
        for link in self.links:
            ends = self.at.get(link.get("sourceRef")), self.at.get(link.get("targetRef"))
            if ends[0] is not None and ends[1] is not None:
                self.drawing.lines[link.get("id")] = [ends[0].centre, ends[1].centre]
        self.drawing.shapes = [*self.at.values(), *self.drawing.shapes]
        return self.drawing

    def _place_nodes(self) -> None:
        sizes = {key: self._size(key, node) for key, node in self.nodes.items()}
        places = self.grid.places
        self.widths = _largest(self.grid.columns, ((places[k][0], s[0]) for k, s in sizes.items()))
        heights = _largest(self.grid.rows, ((places[k][1], s[1]) for k, s in sizes.items()))
        self.lefts, right = _starts(self.widths, _GAP_X)
        tops, bottom = _starts(heights, _GAP_Y)
        self.middles = [top + height / 2 for top, height in zip(tops, heights, strict=True)]
        for key, (width, height) in sizes.items():
            column, row = places[key]
            x = self.lefts[column] + (self.widths[column] - width) / 2
            y = self.middles[row] - height / 2
            inner = self.inner.get(key)
            is_expanded = bool(inner.shapes) if inner is not None else None
            self.at[key] = Shape(key, x, y, width, height, is_expanded)
            if inner is not None:
                self.drawing.insert(inner, x, y)
        self.drawing.width, self.drawing.height = right, bottom
        row = 0
        for count in self.grid.rows_of_band:
            top = tops[row] - _GAP_Y / 2 if row < len(tops) else 0
            row += count
            end = tops[row] - _GAP_Y / 2 if row < len(tops) else bottom - _MARGIN + _GAP_Y / 2
            self.drawing.bands.append((top, end - top))

    def _size(self, key: str, node: Any) -> tuple[float, float]:
        if key in self.inner and self.inner[key].shapes:
            return self.inner[key].width, self.inner[key].height
        type_ = NODES.get(node.tag, NodeType.TASK)
        is_gateway = type_ in GATEWAYS or node.tag == q("complexGateway")
        return _EVENT if type_ in EVENTS else _GATEWAY if is_gateway else _TASK

    def _place_boundary_events(self) -> None:
        """From the right end of the lower border to the left."""
        count: dict[str, int] = {}
        for key, host_id in self.hosts.items():
            host = self.at.get(host_id)
            if host is None:
                continue
            number = count[host_id] = count.get(host_id, 0) + 1
            width, height = _EVENT
            step = min(width + 4, host.width / (1 + list(self.hosts.values()).count(host_id)))
            x = host.x + host.width - number * step - (width - step) / 2
            self.at[key] = Shape(key, x, host.y + host.height - height / 2, width, height)

    def _place_notes(self) -> None:
        """In a row below all else."""
        x: float = _MARGIN
        for note in self.notes:
            width, height = _NOTE if note.tag == q("textAnnotation") else _DATA
            self.at[note.get("id")] = Shape(note.get("id"), x, self.drawing.height, width, height)
            x += width + _GAP_X
        if self.notes:
            self.drawing.width = max(self.drawing.width, x - _GAP_X + _MARGIN)
            self.drawing.height += _NOTE[1] + _MARGIN

    def _way(self, source: Shape, target: Shape, number: int) -> list[Point]:
        host = self.hosts.get(source.id)
        start, goal = host or source.id, self.hosts.get(target.id, target.id)
        passes = self.grid.passes.get((start, goal))
        column, last = self.grid.places[start][0], self.grid.places[goal][0]
        end = (target.x, target.centre[1])
        points = self._beginning(source, column, is_boundary=host is not None)
        if passes is None:  # it leads back: below all rows
            below = self.drawing.height - _MARGIN + _STEP * (1 + number % 3)
            left = self.lefts[last] - _GAP_X / 2 - _STEP
            points += [(points[-1][0], below), (left, below), (left, end[1])]
            return _straightened([*points, end])
        for at, row in passes:
            middle, gap = self.middles[row], self._gap(at)
            points += [(points[-1][0], middle), (gap, middle)]
        return _straightened([*points, (points[-1][0], end[1]), end])

    def _beginning(self, source: Shape, column: int, *, is_boundary: bool) -> list[Point]:
        gap = self._gap(column)
        if not is_boundary:
            return [(source.x + source.width, source.centre[1]), (gap, source.centre[1])]
        bottom = source.y + source.height
        x = source.centre[0]
        return [(x, bottom), (x, bottom + _STEP), (gap, bottom + _STEP)]

    def _gap(self, column: int) -> float:
        """The middle of the gap behind a column."""
        return self.lefts[column] + self.widths[column] + _GAP_X / 2


def _largest(count: int, sizes: Iterable[tuple[int, float]]) -> list[float]:
    found: list[float] = [0] * count
    for at, size in sizes:
        found[at] = max(found[at], size)
    return found


def _starts(sizes: Sequence[float], gap: float) -> tuple[list[float], float]:
    """Where each of these begins if they stand in a row, and where the drawing ends."""
    starts, at = [], float(_MARGIN)
    for size in sizes:
        starts.append(at)
        at += size + gap
    return starts, max(at - gap, _MARGIN) + _MARGIN


def _straightened(points: Sequence[Point]) -> list[Point]:
    """The same line without points at which it does not turn."""
    found = list(dict.fromkeys(points))
    return [
        point
        for at, point in enumerate(found)
        if at in {0, len(found) - 1} or not _is_straight(found[at - 1], point, found[at + 1])
    ]


def _is_straight(a: Point, b: Point, c: Point) -> bool:
    return a[0] == b[0] == c[0] or a[1] == b[1] == c[1]
