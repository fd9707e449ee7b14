"""Timers without a time: other simulators keep it in their own file, the model here needs one.

The model is copied beside the scenario with the mean time written into such events; the scenario
says the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_TIMER = f"{_BPMN}timerEventDefinition"
_OWN = re.compile(rb'xmlns(?::([\w.-]+))?="([^"]+)"')


def bare_timers(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield the events that wait for a time that the model does not say."""
    for event in root.iter(f"{_BPMN}intermediateCatchEvent"):
        written = [child for child in event if str(child.tag).endswith("EventDefinition")]
        is_empty = all(not (part.text or "").strip() for w in written for part in w)
        if all(child.tag == _TIMER for child in written) and is_empty:
            yield event


def bare_ids(xml: bytes) -> list[str]:
    """Return the ids of these events. ``xml`` has been read by ``engine.bpmn.read``."""
    root = ElementTree.fromstring(xml)  # noqa: S314 -- checked by engine.bpmn.read before
    return [event.get("id", "") for event in bare_timers(root)]


def mended(xml: bytes, times_s: Mapping[str, float]) -> bytes:
    """Return the model with a duration in each of these events, in seconds by id."""
    for prefix, uri in _OWN.findall(xml):
        if not re.fullmatch(rb"ns\d+", prefix):  # reserved by ElementTree
            ElementTree.register_namespace(prefix.decode(), uri.decode())
    root = ElementTree.fromstring(xml)  # noqa: S314 -- checked by engine.bpmn.read before
    for event in bare_timers(root):
        if (time_s := times_s.get(event.get("id", ""))) is None:
            continue
        timer = event.find(_TIMER)
        if timer is None:
            timer = ElementTree.SubElement(event, _TIMER)
        for part in list(timer):
            timer.remove(part)
        ElementTree.SubElement(timer, f"{_BPMN}timeDuration").text = f"PT{max(time_s, 0):.0f}S"
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data
