"""What is over leaves the memory while a run goes on, without a search for reference cycles."""

from __future__ import annotations

import gc

import pytest

from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import compile_net
from simulation.streams import Streams
from tests.engine.bpmn.builders import boundary, element, end, flows, start, timer, user, wait
from tests.simulation.flow.cases import minutes, of
from tests.simulation.flow.test_rounds import many
from tests.simulation.flow.test_scopes import sub
from tests.simulation.flow.test_undo import throw, undone

END = "start > sub > end\nlate > end"
INSIDE = start("s") + user("a") + end("e")
SIDE = element("boundaryEvent", "more", timer("PT6M"), attachedToRef="sub", cancelActivity="false")
ASIDE = element("startEvent", "hs", timer("PT4M"), isInterrupting="false") + user("b") + end("he")
HANDLER = element("subProcess", "handler", ASIDE + flows("hs > b > he"), triggeredByEvent="true")
RACE = element("eventBasedGateway", "first") + wait("t1", "PT4M") + wait("t2", "PT9M")


@pytest.mark.parametrize(
    ("nodes", "ways"),
    [
        (user("a"), "start > a > end"),
        (user("a") + boundary("late", "a", "PT5M"), "start > a > end\nlate > end"),
        (sub(INSIDE, "s > a > e") + boundary("late", "sub", "PT1H"), END),
        (sub(INSIDE, "s > a > e") + boundary("late", "sub", "PT5M"), END),
        (sub(INSIDE, "s > a > e") + SIDE, "start > sub > end\nmore > end"),
        (sub(INSIDE + HANDLER, "s > a > e"), "start > sub > end"),
        (many(), "start > work > end"),
        (
            many(sequential=True) + boundary("late", "work", "PT15M"),
            "start > work > end\nlate > end",
        ),
        (undone("a") + throw(), "start > a > throw > end"),
        (RACE, "start > first > t1 > end\nfirst > t2 > end"),
    ],
)
def test_cases_that_are_over_are_forgotten(nodes, ways):
    few, many_more = (fewest_unreachable(of(nodes, ways, **cases(n))) for n in (12, 32))

    assert many_more - few < 20


def cases(number):
    """Return so many cases, one after the other."""
    run = {"start": "2026-03-02T08:00", "cases": number}
    return {"run": run, "arrivals": {"start": {"interval": minutes(1)}}}


def fewest_unreachable(scenario):
    """Return the least of three runs: probes of coverage that go away leave cycles, too."""
    return min(unreachable(scenario) for _ in range(3))


def unreachable(scenario):
    """Return how many objects a run leaves to the search for cycles."""
    net, streams = compile_net(scenario), Streams(1, 0)
    arrivals = draw(net, streams)
    gc.collect()
    simulate(net, arrivals, streams)
    return gc.collect()
