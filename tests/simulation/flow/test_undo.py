"""Compensation, transactions and cancel events."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from tests.engine.bpmn.builders import boundary, element, end, flows, start, user
from tests.simulation.builders import a_run
from tests.simulation.flow.cases import ended, happened, minutes, of, told
from tests.simulation.flow.test_scopes import sub

UNDO = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"


def undone(task: str, *, loop: str = "") -> str:
    """Return a user task, the task that undoes it, and what joins them."""
    handler, border = f"undo_{task}", f"border_{task}"
    return (
        element("userTask", task, loop)
        + element("userTask", handler, isForCompensation="true")
        + element("boundaryEvent", border, UNDO, attachedToRef=task)
        + element(
            "association", f"way_{task}", sourceRef=border, targetRef=handler,
            associationDirection="One",
        )
    )  # fmt: skip


def throw(name: str = "throw", *, tag: str = "intermediateThrowEvent", **words: str) -> str:
    text = "".join(f' {key}="{value}"' for key, value in words.items())
    return element(tag, name, f"<compensateEventDefinition{text}/>")


def test_activities_are_undone_the_last_one_first():
    model = undone("a") + undone("b") + throw() + user("after")
    run = a_run(of(model, "start > a > b > throw > after > end"))

    assert told(run) == ["a 0-10", "b 10-20", "undo_b 20-30", "undo_a 30-40", "after 40-50"]


def test_one_activity_is_undone_by_its_name():
    model = undone("a") + undone("b") + throw(activityRef="a")

    assert happened(of(model, "start > a > b > throw > end")) == [
        "a 0-10",
        "b 10-20",
        "undo_a 20-30",
    ]


def test_what_was_undone_is_not_undone_again():
    model = undone("a") + throw() + throw("again")

    assert happened(of(model, "start > a > throw > again > end")) == ["a 0-10", "undo_a 10-20"]


def test_what_was_interrupted_is_not_undone():
    model = undone("a") + boundary("late", "a", "PT5M") + throw() + end("other")
    scenario = of(model, "start > a > end\nlate > throw > other")

    assert happened(scenario) == ["a 0-5 cancelled", "late 0-5"]


def test_handlers_need_not_be_waited_for():
    model = undone("a") + throw(waitForCompletion="false") + user("after")
    run = a_run(of(model, "start > a > throw > after > end", durations={"undo_a": minutes(30)}))

    assert told(run) == ["a 0-10", "after 10-20", "undo_a 10-40"]
    assert ended(run) == [40]


def test_end_event_may_throw_compensation():
    model = undone("a") + throw("undo_all", tag="endEvent")
    run = a_run(of(model, "start > a > undo_all"))

    assert told(run) == ["a 0-10", "undo_a 10-20"]
    assert ended(run) == [20]


def test_subprocess_is_undone_by_undoing_what_was_done_in_it():
    inside = start("s") + undone("a") + undone("b") + end("e")
    model = sub(inside, "s > a > b > e") + throw()
    run = a_run(of(model, "start > sub > throw > end"))

    assert told(run) == ["a 0-10", "sub 0-20", "b 10-20", "undo_b 20-30", "undo_a 30-40"]


def test_event_subprocess_for_compensation_decides_how_its_subprocess_is_undone():
    handler = element("startEvent", "hs", UNDO) + user("repair") + end("he")
    handler += flows("hs > repair > he")
    inside = start("s") + undone("a") + end("e")
    inside += element("subProcess", "handler", handler, triggeredByEvent="true")
    model = sub(inside, "s > a > e") + throw()
    run = a_run(of(model, "start > sub > throw > end"))

    assert told(run)[-2:] == ["handler 10-20", "repair 10-20"]
    assert "undo_a" not in " ".join(told(run))


def test_every_instance_is_undone():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    loop += "</multiInstanceLoopCharacteristics>"
    model = undone("a", loop=loop) + throw()

    assert happened(of(model, "start > a > throw > end")) == [
        *("a 0-10", "a 0-10", "undo_a 10-20", "undo_a 20-30"),
    ]


def transaction(ending: str) -> str:
    inside = start("s") + element("parallelGateway", "fork") + undone("a") + user("b")
    inside += element("endEvent", "e", ending) + end("e2")
    inside += flows("s > fork > a > e\nfork > b > e2")
    return element("transaction", "deal", inside)


def test_cancelled_transaction_stops_then_undoes_then_leaves_by_its_border():
    model = transaction(CANCEL) + user("after") + end("other")
    model += element("boundaryEvent", "gone", CANCEL, attachedToRef="deal")
    scenario = of(model, "start > deal > end\ngone > after > other", durations={"b": minutes(30)})

    assert happened(scenario) == [
        *("a 0-10", "b 0-10 cancelled", "deal 0-20 cancelled", "undo_a 10-20"),
        *("gone 20-20", "after 20-30"),
    ]


def test_transaction_that_is_not_cancelled_is_like_a_subprocess():
    run = a_run(of(transaction(""), "start > deal > end"))

    assert told(run) == ["a 0-10", "b 0-10", "deal 0-10"]


def test_interruption_stops_the_undoing():
    inside = start("s") + undone("a") + throw() + end("e")
    model = sub(inside, "s > a > throw > e") + boundary("late", "sub", "PT15M") + end("other")

    assert happened(of(model, "start > sub > end\nlate > other")) == [
        *("a 0-10", "late 0-15", "sub 0-15 cancelled", "undo_a 10-15 cancelled"),
    ]


def test_event_at_the_border_of_a_handler_is_refused_in_words():
    model = undone("a") + throw() + boundary("late", "undo_a", "PT5M") + end("other")

    with pytest.raises(ScenarioInvalid, match=r"x\.yaml: model\.late: cannot be simulated yet"):
        of(model, "start > a > throw > end\nlate > other")


def test_event_may_be_at_the_border_of_what_is_in_a_handler():
    inside = start("s") + user("work") + boundary("late", "work", "PT5M") + end("e") + end("e2")
    inside += flows("s > work > e\nlate > e2")
    model = user("a") + element("subProcess", "undo_a", inside, isForCompensation="true")
    model += element("boundaryEvent", "border_a", UNDO, attachedToRef="a")
    model += element("association", "way_a", sourceRef="border_a", targetRef="undo_a")

    assert happened(of(model + throw(), "start > a > throw > end")) == [
        *("a 0-10", "late 10-15", "undo_a 10-15", "work 10-15 cancelled"),
    ]
