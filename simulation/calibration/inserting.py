"""Timers put before activities of a BPMN file, for delays that the model does not know of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DD = "http://www.omg.org/spec/DD/20100524/DI"
_SIZE = 36


def timer_id(activity: str) -> str:
    """Return the id of the timer before an activity."""
    return f"delay_before_{re.sub(r'[^A-Za-z0-9_.-]', '_', activity)}"


def with_timers(xml: bytes, activities: Mapping[str, str], durations: Sequence[str]) -> bytes:
    """Return a BPMN file with a timer before each activity (id → name for people).

    ``xml`` has been read by ``engine.bpmn.read``, which refuses what is dangerous to parse.
    ``durations`` are what the timers say by themselves (ISO 8601); a scenario says it better.
    """
    for prefix, uri in _namespaces(xml):
        ElementTree.register_namespace(prefix, uri)
    root = ElementTree.fromstring(xml)  # noqa: S314 -- checked by engine.bpmn.read before
    for (activity, name), duration in zip(activities.items(), durations, strict=True):
        _insert(root, activity, name, duration)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _namespaces(xml: bytes) -> Iterator[tuple[str, str]]:
    for match in re.finditer(rb'xmlns(?::([\w.-]+))?="([^"]+)"', xml):
        prefix = (match[1] or b"").decode()
        if not re.fullmatch(r"ns\d+", prefix):  # reserved by ElementTree
            yield prefix, match[2].decode()


def _insert(root: ElementTree.Element, activity: str, name: str, duration: str) -> None:
    parents = {child: parent for parent in root.iter() for child in parent}
    task = next((e for e in root.iter() if e.get("id") == activity), None)
    if task is None:
        return
    scope, timer = parents[task], timer_id(activity)
    event = ElementTree.Element(
        f"{{{_BPMN}}}intermediateCatchEvent", {"id": timer, "name": f"Waiting before {name}"}
    )
    flow_id = f"{timer}_flow"
    for incoming in task.findall(f"{{{_BPMN}}}incoming"):
        task.remove(incoming)
        ElementTree.SubElement(event, f"{{{_BPMN}}}incoming").text = incoming.text
    ElementTree.SubElement(event, f"{{{_BPMN}}}outgoing").text = flow_id
    definition = ElementTree.SubElement(event, f"{{{_BPMN}}}timerEventDefinition")
    ElementTree.SubElement(definition, f"{{{_BPMN}}}timeDuration").text = duration
    for flow in scope.findall(f"{{{_BPMN}}}sequenceFlow"):
        if flow.get("targetRef") == activity:
            flow.set("targetRef", timer)
    told = ElementTree.Element(f"{{{_BPMN}}}incoming")
    told.text = flow_id
    task.insert(_place_of_incoming(task), told)
    scope.insert(list(scope).index(task) + 1, event)
    made = {"id": flow_id, "sourceRef": timer, "targetRef": activity}
    scope.append(ElementTree.Element(f"{{{_BPMN}}}sequenceFlow", made))
    _join_lane(root, activity, timer)
    _draw(root, activity, timer, flow_id)


def _place_of_incoming(task: ElementTree.Element) -> int:
    """Incoming flows stand behind documentation and extensions (BPMN 2.0, the schema)."""
    before = {f"{{{_BPMN}}}documentation", f"{{{_BPMN}}}extensionElements"}
    return sum(1 for child in task if child.tag in before)


def _join_lane(root: ElementTree.Element, activity: str, timer: str) -> None:
    for lane in root.iter(f"{{{_BPMN}}}lane"):
        if any(ref.text == activity for ref in lane.findall(f"{{{_BPMN}}}flowNodeRef")):
            ElementTree.SubElement(lane, f"{{{_BPMN}}}flowNodeRef").text = timer


def _draw(root: ElementTree.Element, activity: str, timer: str, flow_id: str) -> None:
    """Draw the timer over the left edge of the activity, where flows mostly come in."""
    shapes = {s.get("bpmnElement"): s for s in root.iter(f"{{{_DI}}}BPMNShape")}
    shape, plane = shapes.get(activity), next(root.iter(f"{{{_DI}}}BPMNPlane"), None)
    bounds = None if shape is None else shape.find(f"{{{_DC}}}Bounds")
    if bounds is None or plane is None:
        return
    x, y, height = (float(bounds.get(key, "0")) for key in ("x", "y", "height"))
    left, top = x - _SIZE - 12, y + height / 2 - _SIZE / 2
    drawn = ElementTree.SubElement(
        plane, f"{{{_DI}}}BPMNShape", {"id": f"{timer}_di", "bpmnElement": timer}
    )
    size = {"x": f"{left:g}", "y": f"{top:g}", "width": str(_SIZE), "height": str(_SIZE)}
    ElementTree.SubElement(drawn, f"{{{_DC}}}Bounds", size)
    edge = ElementTree.SubElement(
        plane, f"{{{_DI}}}BPMNEdge", {"id": f"{flow_id}_di", "bpmnElement": flow_id}
    )
    for at in (left + _SIZE, x):
        point = {"x": f"{at:g}", "y": f"{top + _SIZE / 2:g}"}
        ElementTree.SubElement(edge, f"{{{_DD}}}waypoint", point)
