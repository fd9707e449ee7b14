"""Processes that call services, send messages and call each other."""

from __future__ import annotations

from tests.engine.models import END, START, a_model, a_timer, a_user_task

DEFINITIONS = {
    "message": '<message id="paid" name="paid"/>',
    "signal": '<signal id="alarm" name="alarm"/>',
    "error": '<error id="no_stock" errorCode="no_stock"/>',
}


def with_definitions(xml: bytes, *elements: str) -> bytes:
    """Put messages, signals and errors before the process."""
    return xml.replace(b"<process ", "".join(elements).encode() + b"<process ", 1)


def a_service(element_id: str, connector: str = "fake") -> str:
    return f'<serviceTask id="{element_id}" camunda:topic="{connector}"/>'


# ask the fake, then a person
ASKING = a_model(
    "asking",
    [START, a_service("ask"), a_user_task("look"), END],
    ["start ask", "ask look", "look end"],
)
REFUSING = with_definitions(
    a_model(
        "refusing",
        [
            START,
            a_service("ask"),
            a_user_task("look"),
            END,
            (
                '<boundaryEvent id="refused" attachedToRef="ask">'
                '<errorEventDefinition errorRef="no_stock"/></boundaryEvent>'
            ),
            a_user_task("explain"),
            '<endEvent id="gone"/>',
        ],
        ["start ask", "ask look", "look end", "refused explain", "explain gone"],
    ),
    DEFINITIONS["error"],
)
SCRIPTED = a_model(
    "scripted",
    [
        START,
        (
            '<scriptTask id="add" scriptFormat="python">'
            "<script>total = amount + 1</script></scriptTask>"
        ),
        a_user_task("look"),
        END,
    ],
    ["start add", "add look", "look end"],
)
# a person, then a gateway that no value fits
STUCK = a_model(
    "stuck",
    [
        START,
        a_user_task("say"),
        '<exclusiveGateway id="which"/>',
        a_user_task("left"),
        '<endEvent id="end"/>',
        (
            '<sequenceFlow id="which_left" sourceRef="which" targetRef="left">'
            "<conditionExpression>level &gt; 3</conditionExpression></sequenceFlow>"
        ),
        (
            '<sequenceFlow id="which_end" sourceRef="which" targetRef="end">'
            "<conditionExpression>level &lt; 0</conditionExpression></sequenceFlow>"
        ),
    ],
    ["start say", "say which", "left end"],
)
PAYMENT = (
    '<message id="paid" name="paid"><extensionElements>'
    '<zeebe:subscription xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' correlationKey="=order"/></extensionElements></message>'
)
WAITS_FOR_PAYMENT = with_definitions(
    a_model(
        "order",
        [
            START,
            (
                '<intermediateCatchEvent id="wait"><messageEventDefinition messageRef="paid"/>'
                "</intermediateCatchEvent>"
            ),
            a_user_task("ship"),
            END,
        ],
        ["start wait", "wait ship", "ship end"],
    ),
    PAYMENT,
)
STARTED_BY_MESSAGE = with_definitions(
    a_model(
        "complaint",
        [
            '<startEvent id="start"><messageEventDefinition messageRef="paid"/></startEvent>',
            a_user_task("read"),
            END,
        ],
        ["start read", "read end"],
    ),
    DEFINITIONS["message"],
)
WAITS_FOR_ALARM = with_definitions(
    a_model(
        "guard",
        [
            START,
            (
                '<intermediateCatchEvent id="wait"><signalEventDefinition signalRef="alarm"/>'
                "</intermediateCatchEvent>"
            ),
            a_user_task("leave"),
            END,
        ],
        ["start wait", "wait leave", "leave end"],
    ),
    DEFINITIONS["signal"],
)
# waits for an alarm, then a gateway that no value may fit
DEAF_GUARD = with_definitions(
    STUCK.replace(b'id="stuck"', b'id="deaf"')
    .replace(
        b'<userTask id="say" name="say"/>',
        b'<intermediateCatchEvent id="wait"><signalEventDefinition signalRef="alarm"/>'
        b"</intermediateCatchEvent>",
    )
    .replace(b'"say"', b'"wait"'),
    DEFINITIONS["signal"],
)
# hears of every alarm while somebody works
LISTENING = with_definitions(
    a_model(
        "listening",
        [
            START,
            a_user_task("work"),
            END,
            (
                '<boundaryEvent id="heard" attachedToRef="work" cancelActivity="false">'
                '<signalEventDefinition signalRef="alarm"/></boundaryEvent>'
            ),
            a_user_task("leave"),
            '<endEvent id="gone"/>',
        ],
        ["start work", "work end", "heard leave", "leave gone"],
    ),
    DEFINITIONS["signal"],
)
STARTED_BY_ALARM = with_definitions(
    a_model(
        "drill",
        [
            '<startEvent id="start"><signalEventDefinition signalRef="alarm"/></startEvent>',
            a_user_task("leave"),
            END,
        ],
        ["start leave", "leave end"],
    ),
    DEFINITIONS["signal"],
)
RAISES_ALARM = with_definitions(
    a_model(
        "raiser",
        [
            START,
            a_user_task("press"),
            (
                '<intermediateThrowEvent id="throw"><signalEventDefinition signalRef="alarm"/>'
                "</intermediateThrowEvent>"
            ),
            END,
        ],
        ["start press", "press throw", "throw end"],
    ),
    DEFINITIONS["signal"],
)
CALLING = a_model(
    "calling",
    [START, '<callActivity id="call" calledElement="called"/>', a_user_task("after"), END],
    ["start call", "call after", "after end"],
)
CALLED = a_model("called", [START, a_user_task("inner"), END], ["start inner", "inner end"])
# calls a process whose end event throws an error, and catches it
CATCHING = with_definitions(
    a_model(
        "catching",
        [
            START,
            '<callActivity id="call" calledElement="failing_called"/>',
            a_user_task("after"),
            END,
            (
                '<boundaryEvent id="refused" attachedToRef="call">'
                '<errorEventDefinition errorRef="no_stock"/></boundaryEvent>'
            ),
            a_user_task("explain"),
            '<endEvent id="gone"/>',
        ],
        ["start call", "call after", "after end", "refused explain", "explain gone"],
    ),
    DEFINITIONS["error"],
)
FAILING_CALLED = with_definitions(
    a_model(
        "failing_called",
        [
            START,
            a_user_task("inner"),
            '<endEvent id="end"><errorEventDefinition errorRef="no_stock"/></endEvent>',
        ],
        ["start inner", "inner end"],
    ),
    DEFINITIONS["error"],
)
# calls itself through a process of its own
ENDLESS = a_model(
    "endless",
    [START, '<callActivity id="call" calledElement="endless_back"/>', END],
    ["start call", "call end"],
)
ENDLESS_BACK = a_model(
    "endless_back",
    [START, '<callActivity id="call" calledElement="endless"/>', END],
    ["start call", "call end"],
)
# a boundary timer interrupts the call
IMPATIENT = a_model(
    "impatient",
    [
        START,
        '<callActivity id="call" calledElement="called"/>',
        a_user_task("after"),
        END,
        a_timer("too_late", "PT1H", attached_to="call"),
        '<endEvent id="gave_up"/>',
    ],
    ["start call", "call after", "after end", "too_late gave_up"],
)
EVERY_HOUR = a_model(
    "hourly",
    [
        (
            '<startEvent id="start"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle>'
            "</timerEventDefinition></startEvent>"
        ),
        a_user_task("read"),
        END,
    ],
    ["start read", "read end"],
)
