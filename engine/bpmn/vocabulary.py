"""The words of BPMN 2.0: which elements we execute, which are only drawn, which we refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import NodeType

if TYPE_CHECKING:
    from collections.abc import Mapping

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
TWINFLOW = "urn:twinflow:bpmn:1"
FOREIGN_ENGINES: Mapping[str, str] = {
    CAMUNDA: "camunda",
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
}


def q(name: str) -> str:
    """Return the qualified tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


FORM_KEY = f"{{{CAMUNDA}}}formKey"
TOPIC = f"{{{CAMUNDA}}}topic"
CONNECTOR = f"{{{TWINFLOW}}}connector"
UNDERSTOOD_ATTRIBUTES = frozenset({FORM_KEY, TOPIC, f"{{{CAMUNDA}}}type"})

NODES: Mapping[str, NodeType] = {
    q(type_.value): type_
    for type_ in (
        NodeType.START_EVENT,
        NodeType.END_EVENT,
        NodeType.INTERMEDIATE_CATCH_EVENT,
        NodeType.BOUNDARY_EVENT,
        NodeType.TASK,
        NodeType.USER_TASK,
        NodeType.MANUAL_TASK,
        NodeType.SERVICE_TASK,
        NodeType.EXCLUSIVE_GATEWAY,
        NodeType.PARALLEL_GATEWAY,
        NodeType.INCLUSIVE_GATEWAY,
    )
}
EVENTS = frozenset(
    {
        NodeType.START_EVENT,
        NodeType.END_EVENT,
        NodeType.INTERMEDIATE_CATCH_EVENT,
        NodeType.BOUNDARY_EVENT,
    }
)
TIMES = frozenset({q("timeDate"), q("timeDuration"), q("timeCycle")})

# Children of a process that draw, describe or group, but never run.
DRAWN = frozenset(
    {
        q("documentation"), q("extensionElements"), q("laneSet"), q("sequenceFlow"),
        q("textAnnotation"), q("association"), q("group"), q("dataObject"),
        q("dataObjectReference"), q("dataStoreReference"), q("ioSpecification"), q("property"),
        q("auditing"), q("monitoring"), q("supportedInterfaceRef"),
    }
)  # fmt: skip
# Children of a flow node that describe it or repeat what sequence flows say.
DESCRIPTIVE = frozenset(
    {
        q("documentation"), q("extensionElements"), q("incoming"), q("outgoing"),
        q("ioSpecification"), q("property"), q("rendering"), q("dataInputAssociation"),
        q("dataOutputAssociation"), q("auditing"), q("monitoring"), q("categoryValueRef"),
    }
)  # fmt: skip
# Children of a flow node that other engines use to choose people; here lanes do.
PEOPLE = frozenset(map(q, ("performer", "humanPerformer", "potentialOwner", "resourceRole")))

ALLOWED = (
    "allowed are start, end and timer events, user, manual and plain tasks, "
    "exclusive, parallel and inclusive gateways"
)
_TASKS = "use a user task, a manual task or a plain task"
_TIMER = "the only event definitions that run are timers, and terminate on end events"
# Elements that are refused, with what is allowed instead.
REFUSED: Mapping[str, str] = {
    q("subProcess"): "draw its content into the process itself",
    q("transaction"): "draw its content into the process itself",
    q("adHocSubProcess"): "draw its content into the process itself",
    q("callActivity"): "draw the called process into this one",
    q("scriptTask"): _TASKS,
    q("sendTask"): _TASKS,
    q("receiveTask"): _TASKS,
    q("businessRuleTask"): "decide with an exclusive gateway and conditions",
    q("intermediateThrowEvent"): _TIMER,
    q("implicitThrowEvent"): _TIMER,
    q("eventBasedGateway"): "use exclusive, parallel or inclusive gateways and timer events",
    q("complexGateway"): "use exclusive, parallel or inclusive gateways",
    q("choreographyTask"): _TASKS,
    q("subChoreography"): _TASKS,
    q("callChoreography"): _TASKS,
    q("multiInstanceLoopCharacteristics"): "draw the repetition with a gateway and a flow back",
    q("standardLoopCharacteristics"): "draw the loop with a gateway and a flow back",
    q("messageEventDefinition"): _TIMER,
    q("signalEventDefinition"): _TIMER,
    q("errorEventDefinition"): _TIMER,
    q("escalationEventDefinition"): _TIMER,
    q("compensateEventDefinition"): _TIMER,
    q("conditionalEventDefinition"): _TIMER,
    q("linkEventDefinition"): "join the two ends with a sequence flow",
    q("cancelEventDefinition"): _TIMER,
    q("eventDefinitionRef"): _TIMER,
}
