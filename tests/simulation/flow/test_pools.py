"""Several processes: pools that exchange messages, calls, shared resources."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.errors import ScenarioInvalid, SimulationFailed
from simulation.scenario.load import load
from simulation.scenario.model import read_model
from tests.engine.bpmn.builders import (
    boundary,
    definitions,
    element,
    end,
    flows,
    process,
    start,
    user,
    xor,
)
from tests.simulation.builders import a_run
from tests.simulation.flow.cases import MESSAGE, ROOTS, SIGNAL, ended, minutes, of_graph, told

REPLY = '<messageEventDefinition messageRef="Reply"/>'
MORE = '<message id="Reply" name="reply"/>'
CALL = element("callActivity", "call", calledElement="other")


def say(name: str, kind: str) -> str:
    return element("intermediateThrowEvent", name, kind)


def hear(name: str, kind: str) -> str:
    return element("intermediateCatchEvent", name, kind)


CUSTOMER = process(
    start()
    + say("order", MESSAGE)
    + hear("answer", REPLY)
    + user("read")
    + end()
    + flows("start > order > answer > read > end")
)
SELLER = process(
    element("startEvent", "asked", MESSAGE)
    + user("check")
    + say("reply", REPLY)
    + user("file")
    + end("filed")
    + flows("asked > check > reply > file > filed"),
    key="seller",
)


def of_processes(*processes, starts=("start",), **patch):
    xml = definitions(ROOTS + MORE + "".join(processes))
    return of_graph(read_model(xml, source="x.bpmn", folder=None, starts=starts), **patch)


def test_message_starts_a_case_of_the_other_pool_and_its_answer_comes_back():
    run = a_run(of_processes(CUSTOMER, SELLER))

    assert told(run, 0) == ["answer 0-10", "read 10-20"]
    assert told(run, 1) == ["check 0-10", "file 10-20"]
    assert ended(run) == [20, 20]


def test_answers_go_to_the_conversation_they_belong_to():
    scenario = of_processes(
        CUSTOMER,
        SELLER,
        run={"cases": 40},
        arrivals={"start": {"interval": minutes(1)}},
        durations={"check": {"uniform": {"min": "1min", "max": "60min"}}},
        resources={"clerk": {"units": 200}},
    )
    run = a_run(scenario)

    names = [run.net.nodes[node].element_id for node in run.node]
    checked = sorted(run.completed[[name == "check" for name in names]])
    read = sorted(run.scheduled[[name == "read" for name in names]])
    assert read == checked
    assert len(run.ended) == 80
    of_sender = {int(run.arrivals.times[case]): case for case in range(40)}
    for case in range(40, 80):
        sender = of_sender[int(run.arrivals.times[case])]
        check = int(run.completed[(run.case == case)].min())
        answer = [row for row in range(len(run.case)) if run.case[row] == sender]
        assert check in [int(run.completed[row]) for row in answer]


def test_case_that_a_message_starts_has_random_numbers_of_its_own():
    scenario = of_processes(
        CUSTOMER,
        SELLER,
        run={"cases": 30},
        durations={"check": {"exponential": {"mean": "5min"}}},
        resources={"clerk": {"units": 90}},
    )
    run = a_run(scenario)

    checked = [run.net.nodes[node].element_id == "check" for node in run.node]
    assert len(np.unique(run.work[checked])) == 30


def test_case_that_a_message_starts_has_the_data_of_its_sender():
    seller = SELLER.replace('id="check"', 'id="check"')
    seller = process(
        element("startEvent", "asked", MESSAGE)
        + xor("size")
        + user("big", "small")
        + end("e1")
        + end("e2")
        + flows(
            "asked > size\nsize > big : amount > 5\nsize > small : amount &lt;= 5".replace(
                "&lt;", "<"
            )
            + "\nbig > e1\nsmall > e2"
        ),
        key="seller",
    )
    customer = process(start() + say("order", MESSAGE) + end() + flows("start > order > end"))
    amount = {"attributes": {"amount": {"constant": 9}}}
    run = a_run(
        of_processes(
            customer, seller, arrivals={"start": {"interval": {"constant": "0s"}, **amount}}
        )
    )

    assert told(run, 1) == ["big 0-10"]


def test_two_pools_with_arrivals_share_one_set_of_resources():
    other = process(
        start("begin") + user("pack") + end("done") + flows("begin > pack > done"), key="store"
    )
    first = process(start() + user("sell") + end() + flows("start > sell > end"))
    scenario = of_processes(
        first,
        other,
        starts=("start", "begin"),
        arrivals={
            "start": {"interval": minutes(1)},
            "begin": {"interval": minutes(1)},
        },
        run={"cases": 2},
        resources={"clerk": {"units": 1}},
    )
    run = a_run(scenario)

    assert sorted(ended(run)) == [11, 21]
    keys = {event.process_key for event in run.history()}
    assert keys == {"visit", "store"}


def test_pool_that_takes_no_part_asks_for_nothing():
    drawn = process(
        start("begin") + user("ponder") + end("done") + flows("begin > ponder > done"), key="store"
    )
    first = process(start() + user("sell") + end() + flows("start > sell > end"))
    graph = read_model(definitions(first + drawn), source="x.bpmn", folder=None, starts=("start",))

    assert "ponder" not in graph.nodes


def test_message_that_nobody_answers_is_reported():
    silent = process(
        element("startEvent", "asked", MESSAGE)
        + user("check")
        + end("filed")
        + xor("gate")
        + say("reply", REPLY)
        + end("e3")
        + flows("asked > check > gate > filed\ngate > reply > e3"),
        key="seller",
    )
    scenario = of_processes(
        CUSTOMER,
        silent,
        branches={"gate": {"gate_filed": 0.5, "gate_reply": 0.5}},
        run={"cases": 20},
    )

    with pytest.raises(SimulationFailed, match=r"'answer': \d+ cases wait for what never comes"):
        a_run(scenario)


def test_processes_that_start_each_other_without_end_are_reported():
    echo = process(
        element("startEvent", "asked", MESSAGE) + say("again", MESSAGE) + end("e")
        + flows("asked > again > e"),
        key="seller",
    )  # fmt: skip
    first = process(start() + say("order", MESSAGE) + end() + flows("start > order > end"))

    with pytest.raises(SimulationFailed, match="'asked': messages start more than 10,000 cases"):
        a_run(of_processes(first, echo))


def test_signal_that_calls_itself_without_end_is_reported():
    model = process(
        start() + user("a") + say("shout", SIGNAL) + end() + end("other")
        + element("boundaryEvent", "heard", SIGNAL, attachedToRef="a", cancelActivity="false")
        + say("once", SIGNAL) + element("parallelGateway", "fork") + end("third")
        + flows("start > fork > a > end\nfork > once > third\nheard > shout > other")
    )  # fmt: skip

    with pytest.raises(SimulationFailed, match="'heard': a case comes here more than"):
        a_run(of_processes(model))


def test_call_runs_the_called_process_and_waits_for_it():
    caller = process(start() + CALL + user("after") + end() + flows("start > call > after > end"))
    called = process(start("s") + user("a", "b") + end("e") + flows("s > a > b > e"), key="other")
    run = a_run(of_processes(caller, called))

    assert told(run) == ["a 0-10", "call 0-20", "b 10-20", "after 20-30"]


def test_event_at_the_border_withdraws_the_called_process():
    caller = process(
        start()
        + CALL
        + boundary("late", "call", "PT5M")
        + end()
        + end("gone")
        + flows("start > call > end\nlate > gone")
    )
    called = process(start("s") + user("a") + end("e") + flows("s > a > e"), key="other")
    run = a_run(of_processes(caller, called))

    assert told(run) == ["a 0-5 cancelled", "call 0-5 cancelled", "late 0-5"]


def test_process_may_call_itself():
    again = process(
        start()
        + user("a")
        + xor("gate")
        + element("callActivity", "call", calledElement="visit")
        + end()
        + end("deep")
        + flows("start > a > gate > end\ngate > call > deep")
    )
    scenario = of_processes(
        again,
        branches={"gate": {"gate_end": 0.5, "gate_call": 0.5}},
        run={"cases": 50},
        resources={"clerk": {"units": 50}},
    )
    run = a_run(scenario)

    assert (run.ended > 0).all()
    assert run.visit.max() > 1


def test_called_process_is_found_in_a_file_beside_the_model(tmp_path):
    caller = process(start() + CALL + end() + flows("start > call > end"))
    called = process(start() + user("a") + end() + flows("start > a > end"), key="other")
    (tmp_path / "caller.bpmn").write_bytes(definitions(caller))
    (tmp_path / "called.bpmn").write_bytes(definitions(called))
    (tmp_path / "s.yaml").write_text(
        "scenario: 1\nname: T\nmodel: caller.bpmn\ntimezone: UTC\n"
        "run: {start: 2026-03-02T08:00, cases: 1}\n"
        "arrivals: {start: {interval: {constant: 0s}}}\n"
        "demands: {a: none}\ndurations: {a: {constant: 10min}}\n"
    )

    assert told(a_run(load(tmp_path / "s.yaml"))) == ["a 0-10", "call 0-10"]


def test_called_process_that_is_nowhere_is_named():
    caller = process(start() + CALL + end() + flows("start > call > end"))

    with pytest.raises(ScenarioInvalid, match="calls the process 'other', which is not in the"):
        of_processes(caller)


def test_called_process_that_is_nowhere_may_be_given_a_time():
    caller = process(start() + CALL + end() + flows("start > call > end"))

    assert told(a_run(of_processes(caller, durations={"call": minutes(30)}))) == ["call 0-30"]


def test_activity_of_the_same_id_in_two_processes_is_refused(tmp_path):
    caller = process(start() + CALL + user("a") + end() + flows("start > call > a > end"))
    called = process(start() + user("a") + end() + flows("start > a > end"), key="other")
    (tmp_path / "called.bpmn").write_bytes(definitions(called))

    with pytest.raises(Exception, match="a is also an element of other"):
        read_model(definitions(caller), source="x.bpmn", folder=tmp_path, starts=("start",))
