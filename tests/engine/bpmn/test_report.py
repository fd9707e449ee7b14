import pytest

from engine.bpmn.report import Outcome, report
from tests.engine.bpmn.builders import definitions, element, end, flows, process, start, user, xor
from tests.engine.bpmn.drawings import MESSAGE, border, sub, throw, with_roots

NODES = start() + user("a") + end()
WAY = "start > a > end"


def lines(xml: bytes, **known):
    return {line.id: line for line in report(xml, source="x", **known)}


def test_element_that_is_run_as_it_is_drawn_is_kept():
    found = lines(with_roots("", NODES, WAY))

    assert {line.outcome for line in found.values()} == {Outcome.KEPT}
    assert list(found) == ["visit", "start", "a", "end", "start_a", "a_end"]
    assert (found["a"].tag, found["a"].line, found["a"].words) == ("userTask", 4, ())


def test_translated_element_says_what_became_of_it():
    found = lines(with_roots("", start() + sub("a", "") + element("dataObject", "d"), "start > a"))

    assert found["a"].outcome is Outcome.TRANSLATED
    assert found["a"].words == (
        "the subprocess is empty and passed like a plain task",
        "nothing follows: the way ends here",
    )
    assert found["d"].words == ("drawn only: values belong to the case",)


def test_refused_element_says_why_and_what_to_do():
    nodes = NODES + element("complexGateway", "odd")
    found = lines(with_roots("", nodes, WAY))

    assert found["odd"].outcome is Outcome.REFUSED
    assert "use exclusive" in found["odd"].words[0]
    assert (found["visit"].outcome, found["visit"].can_run) == (Outcome.REFUSED, False)
    assert (found["a"].outcome, found["a"].can_run) == (Outcome.KEPT, True)


def test_process_that_is_not_executable_is_only_drawn():
    xml = definitions(process(NODES + flows(WAY), attributes='isExecutable="false"'))

    assert lines(xml)["visit"].words == ("only drawn: isExecutable is not 'true'",)


def test_every_process_of_a_file_is_reported():
    xml = definitions(process(NODES + flows(WAY)) + process(start("s"), key="other"))

    assert [n for n, line in lines(xml).items() if line.tag == "process"] == ["visit", "other"]


@pytest.mark.parametrize(
    ("drawn", "can"),
    [
        (user("a"), (True, True, True)),
        (throw("a", "message", messageRef="M"), (True, True, True)),
        (throw("a", "message"), (False, True, True)),
        (element("exclusiveGateway", "a"), (True, True, False)),
        (element("serviceTask", "a", **{"tf:connector": "mail"}), (True, True, True)),
        (element("serviceTask", "a"), (False, True, True)),
        (element("adHocSubProcess", "a"), (False, False, False)),
    ],
)
def test_report_says_what_can_be_run_simulated_and_measured(drawn, can):
    xml = with_roots(MESSAGE, start() + drawn + end(), WAY)

    found = lines(xml, connectors={"mail"})["a"]

    assert (found.can_run, found.can_simulate, found.can_measure) == can


def test_warning_is_among_the_words_of_what_is_kept():
    nodes = start() + xor("g") + user("a") + end()
    found = lines(with_roots("", nodes, "start > g\ng > a : x\ng > end : y\na > end"))

    assert found["g"].outcome is Outcome.KEPT
    assert "make one flow the default" in found["g"].words[0]


def test_boundary_events_are_simulated():
    nodes = NODES + MESSAGE.replace("message", "task") + border("b", "a", "error") + end("no")

    assert lines(with_roots("", nodes, WAY + "\nb > no"))["b"].can_simulate
