"""A diagram for BPMN files that have none, so that every process can be shown.

Only the diagram is added: the process, its lines and its ids stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn.drawing import Drawing, Shape, drawn
from engine.bpmn.read import parse
from engine.bpmn.vocabulary import q

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.bpmn.drawing import Point

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DD = "http://www.omg.org/spec/DD/20100524/DI"
_HEAD, _ROOM, _EMPTY_POOL = 30, 40, (600, 80)


def laid_out(xml: bytes) -> bytes:
    """Return a BPMN file with a diagram: its own, or one made here. Raises InvalidModel."""
    root = parse(xml, source="model")
    if next(root.iter(f"{{{_DI}}}BPMNShape"), None) is not None:
        return xml
    for empty in root.findall(f"{{{_DI}}}BPMNDiagram"):
        root.remove(empty)
    collaboration = next((c for c in root.findall(q("collaboration")) if len(c)), None)
    pools = [] if collaboration is None else collaboration.findall(q("participant"))
    if collaboration is not None:
        _write(root, collaboration.get("id"), _pools(root, collaboration))
    in_pools = {_process_id(participant) for participant in pools}
    for process in root.findall(q("process")):
        if process.get("id") not in in_pools:
            _write(root, process.get("id"), _process(process, 0))
    is_declared = xml.lstrip().startswith(b"<?xml")  # so that no line moves
    result: bytes = etree.tostring(root, xml_declaration=is_declared, encoding="UTF-8")
    return result


def _pools(root: Any, collaboration: Any) -> Drawing:
    """The participants one below the other, and the messages between them."""
    processes = {process.get("id"): process for process in root.findall(q("process"))}
    whole = Drawing()
    for participant in collaboration.findall(q("participant")):
        process = processes.get(_process_id(participant))
        inner = Drawing(*_EMPTY_POOL) if process is None else _process(process, _HEAD)
        size = (inner.width, inner.height)
        whole.shapes.append(
            Shape(participant.get("id"), 0, whole.height, *size, is_horizontal=True)
        )
        whole.insert(inner, 0, whole.height)
        whole.width = max(whole.width, inner.width)
        whole.height += inner.height + _ROOM
    at = {shape.id: shape for shape in whole.shapes}
    for flow in collaboration.findall(q("messageFlow")):
        ends = [at.get(flow.get(end)) for end in ("sourceRef", "targetRef")]
        if flow.get("id") and ends[0] is not None and ends[1] is not None:
            whole.lines[flow.get("id")] = _message(ends[0], ends[1])
    return whole


def _process_id(participant: Any) -> str:
    return str(participant.get("processRef", "").rpartition(":")[2])


def _message(source: Shape, target: Shape) -> list[Point]:
    """Down or up from one to the other, with a bend half way."""
    is_down = source.y < target.y
    (x, _), (end_x, _) = source.centre, target.centre
    begin = source.y + source.height if is_down else source.y
    end = target.y if is_down else target.y + target.height
    if x == end_x:
        return [(x, begin), (x, end)]
    middle = (begin + end) / 2
    return [(x, begin), (x, middle), (end_x, middle), (end_x, end)]


def _process(process: Any, indent: float) -> Drawing:
    """The nodes of a process in its lanes."""
    lanes = [lane for lane in process.iter(q("lane")) if lane.get("id")]
    leaves = [lane for lane in lanes if lane.find(q("childLaneSet")) is None]
    band = {
        (reference.text or "").strip(): number
        for number, lane in enumerate(leaves)
        for reference in lane.findall(q("flowNodeRef"))
    }
    content = drawn(process, band)
    depth = max((_depth(lane) for lane in lanes), default=0)
    left = indent + depth * _HEAD
    whole = Drawing(content.width + left, content.height)
    tops = _bands(content, leaves)
    for lane in lanes:
        spans = [tops[leaf.get("id")] for leaf in lane.iter(q("lane")) if leaf.get("id") in tops]
        x = indent + (_depth(lane) - 1) * _HEAD
        top = min((span[0] for span in spans), default=0)
        height = max((sum(span) for span in spans), default=0) - top
        shape = Shape(lane.get("id"), x, top, whole.width - x, height, is_horizontal=True)
        whole.shapes.append(shape)
    whole.insert(content, left, 0)
    return whole


def _depth(lane: Any) -> int:
    return 1 + sum(1 for outer in lane.iterancestors() if outer.tag == q("lane"))


def _bands(content: Drawing, leaves: Iterable[Any]) -> Mapping[str, tuple[float, float]]:
    """The top and height of each lane; the first and last reach the border of the pool."""
    found: dict[str, tuple[float, float]] = {}
    below = 0.0
    ids = [lane.get("id") for lane in leaves]
    for number, lane_id in enumerate(ids):
        known = content.bands[number] if number < len(content.bands) else (below, float(_ROOM * 2))
        end = content.height if number == len(ids) - 1 else sum(known)
        found[lane_id] = (below, max(end - below, float(_ROOM)))
        below += found[lane_id][1]
    content.height = max(content.height, below)
    return found


def _write(root: Any, plane_of: str | None, drawing: Drawing) -> None:
    """Append a diagram of an element to the file."""
    names = {"bpmndi": _DI, "dc": _DC, "di": _DD}
    diagram = etree.SubElement(root, f"{{{_DI}}}BPMNDiagram", nsmap=names)
    diagram.set("id", f"{plane_of}_diagram")
    plane = etree.SubElement(diagram, f"{{{_DI}}}BPMNPlane")
    plane.set("id", f"{plane_of}_plane")
    plane.set("bpmnElement", plane_of or "")
    for shape in drawing.shapes:
        element = etree.SubElement(plane, f"{{{_DI}}}BPMNShape")
        element.set("id", f"{shape.id}_shape")
        element.set("bpmnElement", shape.id)
        for name, value in (("isExpanded", shape.is_expanded),
                            ("isHorizontal", shape.is_horizontal)):  # fmt: skip
            if value is not None:
                element.set(name, str(value).lower())
        bounds = etree.SubElement(element, f"{{{_DC}}}Bounds")
        for name in ("x", "y", "width", "height"):
            bounds.set(name, f"{getattr(shape, name):g}")
    for line, points in drawing.lines.items():
        element = etree.SubElement(plane, f"{{{_DI}}}BPMNEdge")
        element.set("id", f"{line}_edge")
        element.set("bpmnElement", line)
        for x, y in points:
            etree.SubElement(element, f"{{{_DD}}}waypoint", x=f"{x:g}", y=f"{y:g}")
