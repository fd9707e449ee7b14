"""The words of BPMN 2.0: which elements we execute, which are only drawn, which we refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import NodeType

if TYPE_CHECKING:
    from collections.abc import Mapping

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
ACTIVITI, FLOWABLE = "http://activiti.org/bpmn", "http://flowable.org/bpmn"
OPERATON = "http://operaton.org/schema/1.0/bpmn"
TWINFLOW = "urn:twinflow:bpmn:1"
# Namespaces whose attributes and extension elements say how to run a node; ours goes first.
ENGINES: Mapping[str, str] = {
    TWINFLOW: "tf",
    CAMUNDA: "camunda",
    ZEEBE: "zeebe",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
    ACTIVITI: "activiti",
    FLOWABLE: "flowable",
    OPERATON: "operaton",
    "http://www.jboss.org/drools": "drools",
}
# Engines that number the instances of a loop from 0, and those that do so from 1.
COUNT_FROM_0 = frozenset({CAMUNDA, ACTIVITI, FLOWABLE, OPERATON})
COUNT_FROM_1 = frozenset({TWINFLOW, ZEEBE})
TRUE = frozenset({"true", "1"})


def q(name: str) -> str:
    """Return the qualified tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


NODES: Mapping[str, NodeType] = {q(type_.value): type_ for type_ in NodeType}
SCOPES = frozenset({q("process"), q("subProcess"), q("transaction")})
LOOPS = frozenset({q("standardLoopCharacteristics"), q("multiInstanceLoopCharacteristics")})
# Tasks that may stand beside the processes and be called; we do them where they are called.
GLOBAL_TASKS: Mapping[str, NodeType] = {
    q("globalTask"): NodeType.TASK,
    q("globalUserTask"): NodeType.USER_TASK,
    q("globalManualTask"): NodeType.MANUAL_TASK,
}

# Children of a process or subprocess that draw, describe or group, but never run.
DRAWN = frozenset(
    {
        q("documentation"), q("extensionElements"), q("laneSet"), q("sequenceFlow"),
        q("textAnnotation"), q("association"), q("group"), q("dataObject"),
        q("dataObjectReference"), q("dataStoreReference"), q("dataStore"), q("ioSpecification"),
        q("property"), q("auditing"), q("monitoring"), q("supportedInterfaceRef"),
        q("correlationSubscription"), q("supports"), q("ioBinding"),
    }
)  # fmt: skip
# Data that is drawn to be read by people: values belong to the case, not to these.
DATA = frozenset(
    map(q, ("dataObject", "dataObjectReference", "dataStoreReference", "dataStore", "property"))
)
# Children of a flow node that describe it or repeat what sequence flows say.
DESCRIPTIVE = frozenset(
    {
        q("documentation"), q("extensionElements"), q("incoming"), q("outgoing"),
        q("ioSpecification"), q("property"), q("rendering"), q("dataInputAssociation"),
        q("dataOutputAssociation"), q("auditing"), q("monitoring"), q("categoryValueRef"),
        q("dataInput"), q("dataOutput"), q("inputSet"), q("outputSet"), q("ioBinding"),
    }
)  # fmt: skip
# Children of a flow node that say who does the work.
PEOPLE = frozenset(map(q, ("performer", "humanPerformer", "potentialOwner", "resourceRole")))

ALLOWED = (
    "allowed are the tasks, subprocesses, call activities and events of BPMN 2.0, and "
    "exclusive, parallel, inclusive and event-based gateways"
)
_TASKS = "use a task of a process"
# Flow nodes that are refused, with what is allowed instead.
REFUSED: Mapping[str, str] = {
    q("adHocSubProcess"): "use a subprocess with the order drawn, or several user tasks",
    q("complexGateway"): "use exclusive, parallel, inclusive or event-based gateways",
    q("implicitThrowEvent"): "use an intermediate throw event",
    q("choreographyTask"): _TASKS,
    q("subChoreography"): _TASKS,
    q("callChoreography"): _TASKS,
}
