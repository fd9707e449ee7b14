"""Small BPMN processes for tests, written in a line a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:tf="urn:twinflow:bpmn:1"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="test">'
)


def a_model(
    key: str,
    nodes: Iterable[str],
    flows: Iterable[str],
    *,
    lanes: Mapping[str, str] | None = None,
) -> bytes:
    """Return a BPMN file: nodes as XML, flows as "source target", lanes as id -> node ids."""
    lane_set = "".join(
        f'<lane id="{lane}" name="{lane}">'
        + "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in members.split())
        + "</lane>"
        for lane, members in (lanes or {}).items()
    )
    sequence = "".join(
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
        for source, target in (flow.split() for flow in flows)
    )
    lane_set = lane_set and f'<laneSet id="lanes">{lane_set}</laneSet>'
    body = lane_set + "".join(nodes) + sequence
    return f'{HEAD}<process id="{key}" isExecutable="true">{body}</process></definitions>'.encode()


def a_user_task(element_id: str, *, name: str = "", form: str | None = None) -> str:
    """Return a user task."""
    form_key = f' camunda:formKey="{form}"' if form else ""
    return f'<userTask id="{element_id}" name="{name or element_id}"{form_key}/>'


def a_timer(element_id: str, duration: str, *, attached_to: str | None = None) -> str:
    """Return a timer event that waits, or one that interrupts an activity."""
    timer = f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"
    if attached_to is None:
        return f'<intermediateCatchEvent id="{element_id}">{timer}</intermediateCatchEvent>'
    return f'<boundaryEvent id="{element_id}" attachedToRef="{attached_to}">{timer}</boundaryEvent>'


START, END = '<startEvent id="start"/>', '<endEvent id="end"/>'

# register -> treat, each in a lane of its own
VISIT = a_model(
    "patient_visit",
    [
        START,
        a_user_task("register", name="登记 / Register", form="register"),
        a_user_task("treat"),
        END,
    ],
    ["start register", "register treat", "treat end"],
    lanes={"desk": "start register", "ward": "treat end"},
)
REGISTER_FORM: dict[str, object] = {
    "type": "default",
    "components": [
        {
            "key": "patient",
            "type": "textfield",
            "label": "姓名 / Name",
            "validate": {"required": True, "maxLength": 40},
        },
        {"key": "age", "type": "number", "label": "Age", "validate": {"min": 0, "max": 150}},
    ],
}

# left and right at once, then both
PARALLEL = a_model(
    "parallel",
    [
        START,
        '<parallelGateway id="fork"/>',
        a_user_task("left"),
        a_user_task("right"),
        '<parallelGateway id="join"/>',
        a_user_task("both"),
        END,
    ],
    [
        "start fork", "fork left", "fork right", "left join", "right join", "join both", "both end",
    ],
)  # fmt: skip

# wait ten minutes, then a task that is withdrawn after an hour
WAITING = a_model(
    "waiting",
    [
        START,
        a_timer("pause", "PT10M"),
        a_user_task("answer"),
        a_timer("too_late", "PT1H", attached_to="answer"),
        END,
        '<endEvent id="gave_up"/>',
    ],
    ["start pause", "pause answer", "answer end", "too_late gave_up"],
)

# wait ten minutes, then decide by a value that nobody has given
FAILING = a_model(
    "failing",
    [
        START,
        a_timer("pause", "PT10M"),
        '<exclusiveGateway id="decide" default="decide_end"/>',
        a_user_task("check"),
        END,
        (
            '<sequenceFlow id="decide_check" sourceRef="decide" targetRef="check">'
            "<conditionExpression>unheard_of > 3</conditionExpression></sequenceFlow>"
        ),
    ],
    ["start pause", "pause decide", "decide end", "check end"],
)
