"""The drawing of a BPMN file: rectangles, lines and the elements they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"

Point = tuple[float, float]


@dataclass(frozen=True)
class Rectangle:
    """Where a shape or a label lies."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def contains(self, other: Rectangle) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: Rectangle) -> bool:
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def touches(self, point: Point) -> bool:
        """Return whether a point lies on the border."""
        x, y = point
        inside = self.x <= x <= self.right and self.y <= y <= self.bottom
        return inside and (x in (self.x, self.right) or y in (self.y, self.bottom))


@dataclass(frozen=True)
class Diagram:
    """Shapes, their labels and the way-points of the flows, by element id."""

    shapes: dict[str, Rectangle]
    labels: dict[str, Rectangle]
    lines: dict[str, list[Point]]


def read_diagram(xml: bytes) -> Diagram:
    """Return the drawing of one of our own files."""
    diagram = Diagram({}, {}, {})
    root = ElementTree.fromstring(xml)
    for shape in root.iter(f"{DI}BPMNShape"):
        diagram.shapes[shape.attrib["bpmnElement"]] = _bounds(shape.find(BOUNDS))
    for edge in root.iter(f"{DI}BPMNEdge"):
        diagram.lines[edge.attrib["bpmnElement"]] = [
            (float(point.attrib["x"]), float(point.attrib["y"])) for point in edge.iter(WAYPOINT)
        ]
    for drawn in (*root.iter(f"{DI}BPMNShape"), *root.iter(f"{DI}BPMNEdge")):
        label = drawn.find(f"{DI}BPMNLabel/{BOUNDS}")
        if label is not None:
            diagram.labels[drawn.attrib["bpmnElement"]] = _bounds(label)
    return diagram


def stretches(line: list[Point]) -> list[Rectangle]:
    """Return the straight parts of a line, each as a very thin rectangle."""
    return [
        Rectangle(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
        for (x1, y1), (x2, y2) in pairwise(line)
    ]


def _bounds(element: ElementTree.Element | None) -> Rectangle:
    assert element is not None
    return Rectangle(*(float(element.attrib[name]) for name in ("x", "y", "width", "height")))
