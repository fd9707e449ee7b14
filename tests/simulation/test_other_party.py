"""Waits for another party, by hand, and what all causes together add up to."""

from __future__ import annotations

import pytest

from simulation.experiment import summed_up
from simulation.replication import Figure, replicate
from simulation.waiting import CAUSES
from tests.engine.bpmn.builders import element, end, user, wait
from tests.simulation.builders import shipped
from tests.simulation.flow.cases import MESSAGE, minutes, of
from tests.simulation.flow.test_gates import RACE, RACE_WAYS
from tests.simulation.flow.test_pools import CUSTOMER, SELLER, of_processes

MINUTE = 60
HEAR = element("intermediateCatchEvent", "hear", MESSAGE)


def figures(scenario):
    return replicate(scenario, seed=1, replications=range(1))[0].figures


def waited(found):
    """Return what a case waited for, in minutes; causes of no wait left out."""
    waits = {cause: found[Figure("case", "", f"wait_{cause}")] / MINUTE for cause in CAUSES}
    return {cause: wait for cause, wait in waits.items() if wait}


def test_wait_for_the_answer_of_another_pool_is_for_the_other_party():
    found = figures(of_processes(CUSTOMER, SELLER))

    assert waited(found) == {"other_party": 10}
    assert found[Figure("event", "answer", "wait_other_party")] == 10 * MINUTE


def test_wait_for_an_answer_from_outside_is_for_the_other_party():
    found = figures(of(HEAR, "start > hear > end", events={"hear": minutes(90)}))

    assert waited(found) == {"other_party": 90}


def test_wait_at_a_receive_task_is_for_the_other_party():
    task = element("receiveTask", "paid", messageRef="Hello")

    assert waited(figures(of(task, "start > paid > end", events={"paid": minutes(3)}))) == {
        "other_party": 3
    }


def test_time_that_is_given_is_nobodys_wait():
    found = figures(of(wait("rest", "PT24H"), "start > rest > end"))

    assert waited(found) == {}
    assert found[Figure("event", "rest", "wait")] == 24 * 60 * MINUTE
    assert found[Figure("event", "rest", "wait_other_party")] == 0


@pytest.mark.parametrize(("after", "expected"), [(20, 20), (45, 30)])
def test_wait_at_an_event_based_gateway_counts_once_whatever_ends_it(after, expected):
    found = figures(of(RACE, RACE_WAYS, events={"paid": minutes(after)}))

    assert waited(found) == {"other_party": expected}


def test_timers_alone_behind_a_gateway_are_nobodys_wait():
    model = element("eventBasedGateway", "gate") + wait("t1", "PT4M") + wait("t2", "PT9M")
    found = figures(of(model + end("other"), "start > gate > t1 > end\ngate > t2 > other"))

    assert waited(found) == {}


@pytest.mark.parametrize("name", ["as_is", "to_be"])
def test_causes_add_up_to_the_waiting_time(name):
    found = figures(shipped(name))
    inside = [found[Figure("case", "", f"wait_{c}")] for c in CAUSES if c != "other_party"]

    assert sum(inside) == pytest.approx(found[Figure("kpi", "OP-WT", "")])


def test_result_tells_for_how_long_events_were_waited_for():
    scenario = of(HEAR + user("a"), "start > a > hear > end", events={"hear": minutes(90)})
    replications = replicate(scenario, seed=1, replications=range(2))

    document = summed_up(scenario, replications, seed=1).document()

    assert document["cases"]["wait_by_cause"]["other_party"]["mean"] == 90 * MINUTE
    assert document["events"]["hear"]["wait"]["mean"] == 90 * MINUTE
    assert document["events"]["hear"]["visits"]["mean"] == 1
