"""Every place of a model where a text may be an expression, each as a fragment with a payload.

A fragment is what stands between two sequence flows; all its ids end with its number. SITES are
named for the fields of the graph that the reader fills: a test compares them with the graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:tf="urn:twinflow:bpmn:1"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="test">'
)


@dataclass(frozen=True)
class Fragment:
    """Nodes between an entry and an exit; definitions stand beside the process."""

    nodes: str
    entry: str
    exit: str
    definitions: str = ""


Site = Callable[[int, str], Fragment]


def model(site: Site, payloads: Mapping[int, str]) -> bytes:
    """Return a process that passes a fragment for each payload, one after another."""
    fragments = [site(number, text) for number, text in payloads.items()]
    places = ["start", *(one for f in fragments for one in (f.entry, f.exit)), "end"]
    flows = "".join(
        f'<sequenceFlow id="x{n}" sourceRef="{source}" targetRef="{target}"/>'
        for n, (source, target) in enumerate(zip(places[::2], places[1::2], strict=True))
    )
    nodes = "".join(f.nodes for f in fragments)
    definitions = "".join(f.definitions for f in fragments)
    process = f'<startEvent id="start"/>{nodes}<endEvent id="end"/>{flows}'
    text = f'{HEAD}{definitions}<process id="p" isExecutable="true">{process}</process>'
    return f"{text}</definitions>".encode("utf-8", "replace")


def filled(template: str, n: int, text: str) -> str:
    """Put a payload into a template: @ as content, % as attribute; # is the number."""
    marked = f"={text}"
    parts = {"@": escape(marked), "%": quoteattr(marked), "#": str(n)}
    return re.sub("[@%#]", lambda found: parts[found[0]], template)


def one(kind: str, attributes: str = "", content: str = "", *, definitions: str = "") -> Site:
    """Return the site of a single node, of templates."""
    template = f'<{kind} id="a_#" {attributes}>{content}</{kind}>'

    def site(n: int, text: str) -> Fragment:
        beside = filled(definitions, n, text)
        return Fragment(filled(template, n, text), f"a_{n}", f"a_{n}", beside)

    return site


def extended(content: str) -> str:
    return f"<extensionElements>{content}</extensionElements>"


def loop(content: str, attributes: str = "") -> str:
    name = "multiInstanceLoopCharacteristics"
    return f"<{name} {attributes}>{content}</{name}>"


def catching(content: str, definitions: str = "", *, kind: str = "intermediateCatchEvent") -> Site:
    return one(kind, content=content, definitions=definitions)


def condition(n: int, text: str) -> Fragment:
    gateway = f'<exclusiveGateway id="a_{n}" default="d_{n}"/><task id="b_{n}"/>'
    either = f'<sequenceFlow id="c_{n}" sourceRef="a_{n}" targetRef="b_{n}"><conditionExpression>'
    either += f"{escape(text)}</conditionExpression></sequenceFlow>"
    other = f'<sequenceFlow id="d_{n}" sourceRef="a_{n}" targetRef="b_{n}"/>'
    return Fragment(gateway + either + other, f"a_{n}", f"b_{n}")


def cycle(n: int, text: str) -> Fragment:
    timer = f"<timerEventDefinition><timeCycle>{escape(f'={text}')}</timeCycle>"
    nodes = f'<userTask id="a_{n}"/><boundaryEvent id="b_{n}" attachedToRef="a_{n}"'
    nodes += f' cancelActivity="false">{timer}</timerEventDefinition></boundaryEvent>'
    nodes += f'<endEvent id="e_{n}"/><sequenceFlow id="f_{n}" sourceRef="b_{n}" targetRef="e_{n}"/>'
    return Fragment(nodes, f"a_{n}", f"a_{n}")


def timer(kind: str) -> Site:
    return catching(f"<timerEventDefinition><{kind}>@</{kind}></timerEventDefinition>")


def script(n: int, text: str) -> Fragment:
    content = f"<script>{escape('x = ' + text)}</script>"
    node = f'<scriptTask id="a_{n}" scriptFormat="python">{content}</scriptTask>'
    return Fragment(node, f"a_{n}", f"a_{n}")


def assigned(name: str) -> Site:
    return one("userTask", f"tf:{name}=%")


NAMED = '<messageEventDefinition messageRef="m_#"/>'
KEYED = "<zeebe:subscription correlationKey=%/>"
SITES: dict[str, Site] = {
    "SequenceFlow.condition": condition,
    "TimerDefinition.text duration": timer("timeDuration"),
    "TimerDefinition.text date": timer("timeDate"),
    "TimerDefinition.text cycle": cycle,
    "EventDefinition.name": catching(NAMED, '<message id="m_#" name=%/>'),
    "EventDefinition.name of a signal": catching(
        '<signalEventDefinition signalRef="s_#"/>',
        '<signal id="s_#" name=%/>',
        kind="intermediateThrowEvent",
    ),
    "EventDefinition.message": catching(
        '<escalationEventDefinition escalationRef="x_#"/>',
        '<escalation id="x_#" escalationCode="x" tf:errorMessage=%/>',
        kind="intermediateThrowEvent",
    ),
    "EventDefinition.correlation_key": catching(
        NAMED, f'<message id="m_#" name="m">{extended(KEYED)}</message>'
    ),
    "EventDefinition.condition": catching(
        "<conditionalEventDefinition><condition>@</condition></conditionalEventDefinition>"
    ),
    "Loop.cardinality": one("task", content=loop("<loopCardinality>@</loopCardinality>")),
    "Loop.completion": one(
        "task",
        content=loop(
            "<loopCardinality>2</loopCardinality><completionCondition>@</completionCondition>"
        ),
    ),
    "Loop.condition": one(
        "task",
        content='<standardLoopCharacteristics loopMaximum="2"><loopCondition>@</loopCondition>'
        "</standardLoopCharacteristics>",
    ),
    "Loop.collection": one(
        "task",
        content=loop(
            extended('<zeebe:loopCharacteristics inputCollection=% inputElement="item"/>')
        ),
    ),
    "Loop.output_item": one(
        "task",
        content=loop(
            extended(
                '<zeebe:loopCharacteristics inputCollection="=[1]" outputCollection="out"'
                " outputElement=%/>"
            )
        ),
    ),
    "DataMapping.source in": one("task", content=extended('<tf:input source=% target="x"/>')),
    "DataMapping.source out": one(
        "task",
        content=extended(
            '<camunda:inputOutput><camunda:outputParameter name="x">@'
            "</camunda:outputParameter></camunda:inputOutput>"
        ),
    ),
    "DataMapping.source of a connector": one(
        "serviceTask", 'tf:connector="echo"', extended('<tf:input source=% target="x"/>')
    ),
    "CalledProcess.key": one("callActivity", "calledElement=%"),
    "CalledProcess.business_key": one(
        "callActivity", 'calledElement="q"', extended("<camunda:in businessKey=%/>")
    ),
    "Script.text": script,
    "TaskAssignment.assignee": assigned("assignee"),
    "TaskAssignment.candidate_users": assigned("candidateUsers"),
    "TaskAssignment.candidate_groups": assigned("candidateGroups"),
    "TaskAssignment.excluded_users": assigned("excludedUsers"),
    "TaskAssignment.due": assigned("due"),
    "TaskAssignment.follow_up": assigned("followUp"),
    "TaskAssignment.priority": assigned("priority"),
}
# Texts that are names, never evaluated.
NAMES = {
    "EventDefinition.code", "EventDefinition.code_name", "EventDefinition.message_name",
    "EventDefinition.activity", "TimerDefinition.calendar", "Loop.item",
    "Loop.output_collection", "DataMapping.target", "Script.result", "CalledDecision.id",
    "CalledDecision.result", "TaskAssignment.same_as", "TaskAssignment.calendar",
    "SequenceFlow.id", "SequenceFlow.source", "SequenceFlow.target", "SequenceFlow.name",
}  # fmt: skip
