"""What a run leaves behind: the history reads back as the log, the log as the columns."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from engine.domain.history import EventType
from kpis.event_log import EventLog
from tests.simulation.builders import a_run, a_scenario, shipped, slots
from tests.simulation.graphs import graph

NIGHTLY = {
    "calendars": {"day": {"weekly": {"mon-sun": ["08:00-10:00"]}}},
    "resources": {"clerk": {"calendar": "day"}},
}
SPECIAL = {
    "durations": {"work": {"constant": "25min"}},
    "resources": {
        "clerk": {"units": None, "members": {"ann": {}, "ben": {}}, "calendar": "day"},
        "nurse": {"units": 2, "failures": {"up": {"constant": "1h"}, "down": {"constant": "9min"}}},
    },
    "calendars": {"day": {"weekly": {"mon-sun": ["08:00-09:00", "09:10-17:00"]}}},
    "demands": {"work": {"all": ["clerk", "nurse"]}},
    "patience": {"work": {"constant": "40min"}},
}
CUT = {"run": {"until": "105min", "drain": False}}


def runs():
    fork = graph(
        "start > and_split > work > and_join > timer > end",
        "and_split > nap > and_join",
        lanes={"work": "clerk", "nap": "customer"},
    )
    extra = {"demands": {"nap": "none"}, "durations": {"nap": {"constant": "1h"}}}
    cut = {"run": {"until": "75min", "drain": False}, "arrivals": slots(3, minutes=130)}
    yield pytest.param(shipped("as_is"), id="as_is")
    yield pytest.param(shipped("to_be"), id="to_be")
    yield pytest.param(a_scenario(arrivals=slots(0, 2), **NIGHTLY), id="suspended")
    yield pytest.param(a_scenario(fork, **extra), id="parallel")
    yield pytest.param(a_scenario(**cut), id="cut")
    yield pytest.param(a_scenario(arrivals=slots(4, 6), **SPECIAL), id="special")
    yield pytest.param(a_scenario(arrivals=slots(4, 6), **SPECIAL, **CUT), id="special cut")


@pytest.mark.parametrize("scenario", list(runs()))
def test_history_reads_back_as_the_event_log(scenario):
    run = a_run(scenario)
    log = run.event_log()
    window = (log.at(log.window[0]), log.at(log.window[1]))

    read = EventLog.from_events(run.history(), window=window, epoch=log.epoch)

    for table in ("cases", "activities", "delays"):
        pd.testing.assert_frame_equal(getattr(read, table), getattr(log, table), check_exact=True)


def test_history_is_ordered_and_numbered_within_each_case():
    run = a_run(shipped("to_be"))
    events = list(run.history())

    for case_id in list(dict.fromkeys(e.case_id for e in events))[:20]:
        mine = [event for event in events if event.case_id == case_id]
        assert [event.seq for event in mine] == list(range(1, len(mine) + 1))
        assert mine[0].type is EventType.CASE_STARTED
        assert mine[-1].type is EventType.CASE_COMPLETED
        assert sorted(e.at for e in mine) == [e.at for e in mine]


def test_performers_are_the_units_of_the_pool():
    run = a_run(a_scenario(arrivals=slots(3), resources={"clerk": {"units": 2}}))

    assert run.event_log().activities["performer"].tolist() == ["clerk 1", "clerk 2", "clerk 1"]


def test_delay_that_nobody_performs_has_a_role_and_no_performer():
    process = graph("start > work > end", lanes={"work": "customer"})
    run = a_run(a_scenario(process, demands={"work": "none"}))

    activities = run.event_log().activities
    assert set(activities["role"]) == {"customer"}
    assert activities["performer"].isna().all()


def test_window_runs_from_the_warm_up_to_the_end_of_arrivals():
    log = a_run(a_scenario(run={"warm_up": "1h"})).event_log()

    assert log.window == (3600.0, 4 * 3600.0)
    assert log.counted[0] == 3600.0


def test_epoch_is_the_start_of_the_run_in_utc():
    log = a_run(a_scenario(timezone="Asia/Shanghai")).event_log()

    assert log.epoch.isoformat() == "2026-03-02T00:00:00+00:00"
    assert log.at(0) + timedelta(minutes=30) == log.at(log.cases["started_s"][0])
