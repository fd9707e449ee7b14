"""What the reader makes of events, and where it refuses them."""

import pytest

from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.domain.process_graph import (
    EventDefinition,
    EventKind,
    NodeType,
    TimerDefinition,
    TimerKind,
)
from engine.errors import Severity
from tests.engine.bpmn.builders import element, end, start, timer, user
from tests.engine.bpmn.drawings import (
    ERROR,
    ESCALATION,
    MESSAGE,
    SIGNAL,
    around,
    association,
    border,
    catch,
    event,
    extensions,
    sub,
    throw,
    with_roots,
)

ROOTS = MESSAGE + SIGNAL + ERROR + ESCALATION
CONDITION = "<condition>x &gt; 1</condition>"
HOST = start() + user("a") + end()
WAY = "start > a > end"


def node(xml: bytes, element_id: str = "a"):
    return read_graph(xml, source="x").nodes[element_id]


def errors(xml: bytes) -> set[tuple[str, str | None]]:
    found = lint(xml, source="x")
    return {(f.rule, f.element_id) for f in found if f.severity is Severity.ERROR}


def named(link: str) -> str:
    return link.replace("<linkEventDefinition", '<linkEventDefinition name="L"')


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        (catch("a", "message", messageRef="M"), EventDefinition(EventKind.MESSAGE, name="paid")),
        (throw("a", "message", messageRef="M"), EventDefinition(EventKind.MESSAGE, name="paid")),
        (catch("a", "signal", signalRef="S"), EventDefinition(EventKind.SIGNAL, name="alarm")),
        (throw("a", "signal", signalRef="S"), EventDefinition(EventKind.SIGNAL, name="alarm")),
        (
            throw("a", "escalation", escalationRef="X"),
            EventDefinition(EventKind.ESCALATION, code="late"),
        ),
        (
            catch("a", "conditional", CONDITION),
            EventDefinition(EventKind.CONDITIONAL, condition="x > 1"),
        ),
        (throw("a", "compensate"), EventDefinition(EventKind.COMPENSATION)),
        (
            throw("a", "compensate", waitForCompletion="false"),
            EventDefinition(EventKind.COMPENSATION, waits=False),
        ),
    ],
)
def test_event_refers_to_what_the_file_defines(drawn, read):
    xml = around(drawn, roots=ROOTS)

    assert node(xml).event == read
    assert errors(xml) == set()


@pytest.mark.parametrize(
    ("kind", "attributes", "read"),
    [
        ("error", {"errorRef": "E"}, EventDefinition(EventKind.ERROR, code="E1")),
        ("error", {}, EventDefinition(EventKind.ERROR)),
        ("escalation", {}, EventDefinition(EventKind.ESCALATION)),
        ("message", {"messageRef": "M"}, EventDefinition(EventKind.MESSAGE, name="paid")),
    ],
)
def test_boundary_event_waits_beside_its_activity(kind, attributes, read):
    xml = with_roots(
        ROOTS, HOST + border("b", "a", kind, **attributes) + end("no"), f"{WAY}\nb > no"
    )

    found = node(xml, "b")

    assert (found.event, found.attached_to, found.is_interrupting) == (read, "a", True)
    assert errors(xml) == set()


def test_definition_without_name_or_code_goes_by_its_id():
    roots = element("message", "M") + element("error", "E")
    xml = with_roots(
        roots,
        start() + element("receiveTask", "a", messageRef="M") + event("endEvent", "end", "error",
                                                                      errorRef="E"),
        WAY,
    )  # fmt: skip
    nodes = read_graph(xml, source="x").nodes

    assert (nodes["a"].event.name, nodes["end"].event.code) == ("M", "E")


def test_reference_may_have_the_prefix_of_a_qualified_name():
    assert node(around(catch("a", "message", messageRef="t:M"), roots=ROOTS)).event.name == "paid"


def test_event_definition_may_stand_beside_the_process():
    roots = ROOTS + '<signalEventDefinition id="shared" signalRef="S"/>'
    drawn = element(
        "intermediateCatchEvent", "a", "<eventDefinitionRef>shared</eventDefinitionRef>"
    )

    assert node(around(drawn, roots=roots)).event.name == "alarm"


def test_correlation_key_stands_with_the_message_of_zeebe():
    words = extensions('<zeebe:subscription correlationKey="=order"/>')
    roots = element("message", "M", words, name="paid")

    assert node(around(catch("a", "message", messageRef="M"), roots=roots)).event == (
        EventDefinition(EventKind.MESSAGE, name="paid", correlation_key="=order")
    )


def test_correlation_key_stands_with_a_property_of_the_standard():
    path = "<messagePath>order</messagePath>"
    retrieval = f'<correlationPropertyRetrievalExpression messageRef="M">{path}'
    retrieval += "</correlationPropertyRetrievalExpression>"
    roots = MESSAGE + element("correlationProperty", "k", retrieval)

    found = node(around(catch("a", "message", messageRef="M"), roots=roots))

    assert found.event.correlation_key == "order"


@pytest.mark.parametrize("text", ["PT1H", '"PT1H"', "'PT1H'"])
def test_quotes_around_a_timer_are_taken_off(text):
    drawn = element("intermediateCatchEvent", "a", timer(text), **{"tf:calendar": "ward"})

    assert node(around(drawn)).timer == TimerDefinition(TimerKind.DURATION, "PT1H", "ward")


def test_link_becomes_a_flow_from_each_end():
    nodes = start() + user("a") + end()
    link = named(throw("out", "link"))
    again = link.replace('"out"', '"more"')
    back = named(catch("back", "link"))
    xml = with_roots(
        "", nodes + element("parallelGateway", "f") + link + again + back,
        "start > f > out\nf > more\nback > a > end",
    )  # fmt: skip
    graph = read_graph(xml, source="x")

    assert errors(xml) == set()
    assert [flow.source for flow in graph.incoming("back")] == ["out", "more"]
    assert graph.nodes["back"].type is NodeType.INTERMEDIATE_THROW_EVENT


def test_association_leads_from_a_compensation_event_to_what_undoes():
    nodes = HOST + border("b", "a", "compensate") + element("task", "undo")
    xml = with_roots("", nodes + association("b", "undo"), WAY)
    graph = read_graph(xml, source="x")

    assert errors(xml) == set()
    assert graph.nodes["b"].compensated_by == "undo"
    assert graph.nodes["undo"].is_for_compensation
    assert graph.outgoing("undo") == graph.outgoing("b") == ()


def test_event_subprocess_is_started_by_its_event():
    begin = event("startEvent", "on", "message", messageRef="M", isInterrupting="false")
    handler = sub("late", begin + end("handled"), "on > handled", triggeredByEvent="true")
    xml = with_roots(MESSAGE, HOST + handler, WAY)
    graph = read_graph(xml, source="x")

    assert errors(xml) == set()
    assert graph.nodes["late"].is_event_sub_process
    assert (graph.nodes["on"].parent, graph.nodes["on"].is_interrupting) == ("late", False)


CANCELLED = border("b", "a", "cancel")
WRONG = {
    ("missing-reference", "a"): around(catch("a", "message")),
    ("dangling-reference", "a"): around(catch("a", "signal", signalRef="nothing")),
    ("missing-event", "a"): around(element("intermediateCatchEvent", "a")),
    ("missing-condition", "a"): around(catch("a", "conditional")),
    ("unsupported-element", "a"): around(catch("a", "error", errorRef="E"), roots=ERROR),
    ("unsupported-element", "start"): with_roots(
        ERROR, event("startEvent", "start", "error", errorRef="E") + user("a") + end(), WAY
    ),
    ("unsupported-element", "end"): with_roots(
        "", start() + user("a") + event("endEvent", "end", "timer"), WAY
    ),
    ("broken-link", "a"): with_roots("", start() + throw("a", "link"), "start > a"),
    ("missing-handler", "b"): with_roots("", HOST + border("b", "a", "compensate"), WAY),
    ("bad-attachment", "b"): with_roots("", HOST + CANCELLED + end("no"), WAY + "\nb > no"),
    ("bad-attachment", "end"): with_roots(
        "", start() + user("a") + event("endEvent", "end", "cancel"), WAY
    ),
    ("bad-event-subprocess", "late"): with_roots(
        "", HOST + sub("late", user("b"), triggeredByEvent="true"), WAY
    ),
    ("bad-event-gateway", "g_a"): with_roots(
        "", start() + element("eventBasedGateway", "g") + user("a") + end(), "start > g > a > end"
    ),
}  # fmt: skip
WRONG["bad-expression", "a"] = around(
    throw("a", "escalation", escalationRef="X"),
    roots=element("escalation", "X", escalationCode="=1 +"),
)
WRONG["unsupported-element", "on"] = with_roots(
    ERROR,
    HOST + sub(
        "late",
        event("startEvent", "on", "error", errorRef="E", isInterrupting="false") + end("e"),
        "on > e",
        triggeredByEvent="true",
    ),
    WAY,
)  # fmt: skip
WRONG["unsupported-element", "oops"] = with_roots(
    "", HOST + border("oops", "a", "error", cancelActivity="false") + end("e"), WAY + "\noops > e"
)
WRONG["bad-event-subprocess", "again"] = with_roots(
    MESSAGE,
    HOST + sub(
        "again",
        event("startEvent", "on", "message", messageRef="M") + end("e")
        + '<standardLoopCharacteristics loopMaximum="2"/>',
        "on > e",
        triggeredByEvent="true",
    ),
    WAY,
)  # fmt: skip
WRONG["dangling-reference", "start"] = with_roots(
    "", HOST.replace("></startEvent>", "><eventDefinitionRef>no</eventDefinitionRef></startEvent>"),
    WAY,
)  # fmt: skip
WRONG["unsupported-element", "b"] = with_roots(
    SIGNAL,
    HOST + border("b", "a", "signal", signalRef="S").replace(
        "</boundaryEvent>", "<cancelEventDefinition/></boundaryEvent>"
    ) + end("no"),
    WAY + "\nb > no",
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda key: f"{key[0]}-{key[1]}")
def test_event_that_cannot_be_is_refused_where_it_stands(wrong):
    assert wrong in errors(WRONG[wrong])


def test_transaction_is_cancelled_from_within():
    inside = start("s") + user("b") + event("endEvent", "undo", "cancel")
    transaction = sub("a", inside, "s > b > undo", tag="transaction")
    nodes = start() + transaction + end() + border("c", "a", "cancel") + end("no")

    assert errors(with_roots("", nodes, WAY + "\nc > no")) == set()


OUT = extensions('<tf:output source="1" target="x"/>')
IN = extensions('<tf:input source="1" target="x"/>')


@pytest.mark.parametrize(
    ("drawn", "is_allowed"),
    [
        (catch("a", "message", messageRef="M").replace("><", f">{OUT}<", 1), True),
        (catch("a", "message", messageRef="M").replace("><", f">{IN}<", 1), False),
        (throw("a", "message", messageRef="M").replace("><", f">{IN}<", 1), True),
        (throw("a", "message", messageRef="M").replace("><", f">{OUT}<", 1), False),
        (element("exclusiveGateway", "a", OUT), False),
        (element("intermediateThrowEvent", "a", IN), False),
        (element("task", "a", IN), True),
    ],
)
def test_values_are_mapped_only_where_somebody_reads_them(drawn, is_allowed):
    found = errors(around(drawn, roots=MESSAGE))

    assert found == (set() if is_allowed else {("misplaced-mapping", "a")})
