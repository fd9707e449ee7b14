"""Messages and signals within a case and between cases of one process."""

from __future__ import annotations

import pytest

from simulation.errors import SimulationFailed
from tests.engine.bpmn.builders import (
    element,
    end,
    flows,
    parallel,
    start,
    user,
    xor,
)
from tests.simulation.builders import a_run
from tests.simulation.flow.cases import MESSAGE, SIGNAL, ended, happened, of, told


def test_signal_reaches_all_who_wait_in_every_case():
    model = (
        xor("gate")
        + element("intermediateCatchEvent", "hear", SIGNAL)
        + element("intermediateThrowEvent", "call", SIGNAL)
        + user("a")
        + end("other")
    )
    scenario = of(
        model,
        "start > gate > hear > end\ngate > a > call > other",
        branches={"gate": {"gate_hear": 0.5, "gate_a": 0.5}},
        run={"cases": 20},
        resources={"clerk": {"units": 20}},
    )
    run = a_run(scenario)

    assert set(ended(run)) == {10}


def test_message_is_kept_for_the_one_who_comes_later():
    model = (
        parallel("fork", "join")
        + element("intermediateThrowEvent", "say", MESSAGE)
        + user("a")
        + element("intermediateCatchEvent", "hear", MESSAGE)
    )
    ways = "start > fork > say > join > end\nfork > a > hear > join"

    assert happened(of(model, ways)) == ["a 0-10", "hear 10-10"]


def test_message_that_one_did_not_take_is_left_to_the_next():
    """The one who waits is withdrawn in the moment in which the kept message is handed over."""
    inside = (
        start("s")
        + parallel("split")
        + user("a", "b")
        + element("intermediateCatchEvent", "hear", MESSAGE)
        + end("e")
        + end("stop", terminate=True)
        + flows("s > split > a > hear > e\nsplit > b > stop")
    )
    model = (
        element("intermediateThrowEvent", "say", MESSAGE)
        + element("subProcess", "sub", inside)
        + element("intermediateCatchEvent", "later", MESSAGE)
    )
    found = happened(of(model, "start > say > sub > later > end"))

    assert found == ["a 0-10", "b 0-10", "sub 0-10", "hear 10-10 cancelled", "later 10-10"]


def test_signal_does_not_reach_who_was_withdrawn_by_it():
    handler = element("startEvent", "alarm", SIGNAL) + user("help") + end("he")
    model = (
        parallel("fork")
        + user("a")
        + element("intermediateThrowEvent", "call", SIGNAL)
        + element("intermediateCatchEvent", "hear", SIGNAL)
        + end("other")
        + element(
            "subProcess", "handler", handler + flows("alarm > help > he"), triggeredByEvent="true"
        )
    )
    run = a_run(of(model, "start > fork > a > call > end\nfork > hear > other"))

    assert "hear 0-10 cancelled" in told(run)
    assert ended(run) == [20]


def test_one_case_that_waits_for_ever_is_told_as_one():
    hear = element("intermediateCatchEvent", "hear", SIGNAL)
    cry = element("intermediateThrowEvent", "cry", SIGNAL)

    with pytest.raises(SimulationFailed, match="'hear': 1 case waits for what never comes"):
        a_run(of(hear + cry, "start > hear > cry > end"))
