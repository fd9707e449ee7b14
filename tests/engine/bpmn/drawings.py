"""Small BPMN elements beyond tasks, gateways and timers, for tests of the reader."""

from tests.engine.bpmn.builders import definitions, element, end, flows, process, start

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TF = "urn:twinflow:bpmn:1"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
FLOWABLE = "http://flowable.org/bpmn"


def extensions(*parts: str) -> str:
    return f"<extensionElements>{''.join(parts)}</extensionElements>"


def event(tag: str, element_id: str, kind: str, content: str = "", **attributes: str) -> str:
    """An event with a definition; attributes that end in "Ref" are the definition's."""
    ends = ("Ref", "waitForCompletion")
    of_definition = {name: text for name, text in attributes.items() if name.endswith(ends)}
    attached = of_definition.pop("attachedToRef", None)
    of_event = {name: text for name, text in attributes.items() if name not in of_definition}
    of_event |= {"attachedToRef": attached} if attached else {}
    words = "".join(f' {name}="{text}"' for name, text in of_definition.items())
    definition = f"<{kind}EventDefinition{words}>{content}</{kind}EventDefinition>"
    return element(tag, element_id, definition, **of_event)


def throw(element_id: str, kind: str, **attributes: str) -> str:
    return event("intermediateThrowEvent", element_id, kind, **attributes)


def catch(element_id: str, kind: str, content: str = "", **attributes: str) -> str:
    return event("intermediateCatchEvent", element_id, kind, content, **attributes)


def border(element_id: str, host: str, kind: str, content: str = "", **attributes: str) -> str:
    return event("boundaryEvent", element_id, kind, content, attachedToRef=host, **attributes)


def sub(element_id: str, nodes: str, ways: str = "", *, tag: str = "subProcess", **attributes: str):
    return element(tag, element_id, nodes + flows(ways), **attributes)


def association(source: str, target: str) -> str:
    return element("association", f"{source}-{target}", sourceRef=source, targetRef=target)


def with_roots(roots: str, nodes: str, ways: str, *, key: str = "visit") -> bytes:
    """A file whose process has messages, signals and errors beside it."""
    prefixes = f' xmlns:tf="{TF}" xmlns:zeebe="{ZEEBE}" xmlns:spiffworkflow="{SPIFF}"'
    prefixes += f' xmlns:flowable="{FLOWABLE}"'
    xml = definitions(roots + process(nodes + flows(ways), key=key)).decode()
    return xml.replace("<definitions", f"<definitions{prefixes}", 1).encode()


def around(node: str, element_id: str = "a", *, roots: str = "") -> bytes:
    """A process of one node between a start and an end event."""
    return with_roots(roots, start() + node + end(), f"start > {element_id} > end")


MESSAGE = element("message", "M", name="paid")
SIGNAL = element("signal", "S", name="alarm")
ERROR = element("error", "E", errorCode="E1")
ESCALATION = element("escalation", "X", escalationCode="late")
