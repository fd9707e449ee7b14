"""What the order of history events means for the log."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest

from benchmarks.rounds import cpu_seconds
from kpis.errors import EventLogInvalid
from kpis.event_log import EventLog
from tests.kpis.builders import MONDAY, History, a_visit

MINUTE = 60.0
SERVICE = {"element_type": "serviceTask"}
TIMER = {"element_type": "intermediateCatchEvent", "lane": None}


def read(*histories, **more):
    return EventLog.from_events(chain.from_iterable(h.events for h in histories), **more)


def only_activity(log):
    assert len(log.activities) == 1
    return log.activities.loc[0]


def started():
    return History().add(0, "case_started")


def test_events_become_rows_with_times_in_seconds():
    log = EventLog.from_events(a_visit())

    register = log.activities.loc[0]
    assert (register.scheduled_s, register.started_s, register.completed_s) == (0, 120, 300)
    assert (register.work_s, register.role, register.performer) == (180, "desk", "ann")
    assert list(log.cases.loc[0]) == ["c1", 0, 360, "completed"]


def test_events_of_several_cases_may_come_in_any_order():
    cases = [a_visit("b", start=1), a_visit("a"), a_visit("c", start=7)]
    mixed = [event for group in zip(*cases, strict=True) for event in reversed(group)][::-1]

    log, expected = (
        EventLog.from_events(mixed),
        EventLog.from_events(chain(*sorted(cases, key=str))),
    )

    assert log.activities.equals(expected.activities)
    assert log.cases["case_id"].tolist() == ["a", "b", "c"]


def test_released_activity_that_is_claimed_again_starts_with_the_last_claim():
    history = started().add(1, "scheduled", "register")
    history.add(2, "claimed", "register", actor="ann").add(2, "started", "register", actor="ann")
    history.add(4, "released", "register", actor="ann")
    history.add(9, "claimed", "register", actor="bob").add(9, "started", "register", actor="bob")
    history.add(10, "completed", "register", actor="bob").add(10, "case_completed")

    row = only_activity(read(history))

    assert (row.performer, row.started_s, row.work_s) == ("bob", 9 * MINUTE, MINUTE)


def test_released_activity_waits_again():
    history = started().add(1, "scheduled", "register")
    history.add(2, "claimed", "register", actor="ann").add(4, "released", "register", actor="ann")

    log = read(history)

    assert log.activities[["started_s", "work_s"]].isna().all(axis=None)
    assert log.activities["performer"].isna().all()


def test_open_case_keeps_its_open_activity():
    history = started().add(1, "scheduled", "register").add(3, "started", "register", actor="ann")

    log = read(history)

    assert log.cases["outcome"].tolist() == ["open"]
    assert log.activities[["completed_s", "cancelled_s", "work_s"]].isna().all(axis=None)


def test_cancelled_activity_keeps_the_work_that_was_done():
    history = started().add(1, "scheduled", "register").add(3, "started", "register", actor="ann")
    history.add(8, "cancelled", "register").add(8, "case_completed")

    row = only_activity(read(history))

    assert (row.cancelled_s, row.work_s) == (8 * MINUTE, 5 * MINUTE)
    assert row.completed_s != row.completed_s


@pytest.mark.parametrize(
    ("detail", "outcome"),
    [({}, "cancelled"), ({"outcome": "abandoned"}, "abandoned"), ({"outcome": "?"}, "cancelled")],
)
def test_cancelled_case_withdraws_what_is_open(detail, outcome):
    history = started().add(1, "scheduled", "register")
    history.add(6, "case_cancelled", detail=detail)

    log = read(history)

    assert log.cases["outcome"].tolist() == [outcome]
    assert only_activity(log).cancelled_s == 6 * MINUTE


def test_repeated_visits_are_counted_per_case_and_element():
    history = started()
    for visit in range(3):
        history.work((visit, visit, visit + 1), "consult", token=f"t{visit}")
    history.work((3, 3, 4), "pay").add(4, "case_completed")

    log = read(history)

    assert log.activities["visit"].tolist() == [0, 1, 2, 0]


def test_token_may_return_to_an_element_after_it_left():
    history = started().work((0, 1, 2), "consult").work((2, 3, 4), "consult")

    assert read(history).activities["visit"].tolist() == [0, 1]


def test_parallel_activities_are_told_apart_by_their_tokens():
    history = started()
    history.add(0, "scheduled", "review", token="a").add(0, "scheduled", "review", token="b")
    history.add(1, "started", "review", token="b", actor="bob")
    history.add(2, "started", "review", token="a", actor="ann")
    history.add(3, "completed", "review", token="a").add(9, "completed", "review", token="b")

    assert read(history).activities["work_s"].tolist() == [MINUTE, 8 * MINUTE]


def test_automatic_activity_has_no_performer_and_does_not_wait():
    history = started().add(1, "scheduled", "notify", **SERVICE)
    history.add(4, "completed", "notify", **SERVICE)

    row = only_activity(read(history))

    assert (row.started_s, row.completed_s) == (MINUTE, 4 * MINUTE)
    assert row.performer != row.performer


def test_activity_completed_by_nobody_is_a_delay():
    history = started().add(1, "scheduled", "pay_online").add(4, "completed", "pay_online")

    row = only_activity(read(history))

    assert (row.started_s, row.work_s) == (MINUTE, 3 * MINUTE)
    assert row.performer != row.performer


def test_simulated_activity_brings_its_active_work():
    history = started().work((0, 0, 10), "consult")
    history.events[-1] = replace(history.events[-1], detail={"work_s": 240.0})

    assert only_activity(read(history)).work_s == 240


def test_timer_is_a_delay_and_gateways_take_no_time():
    history = started().add(0, "scheduled", "gw", element_type="exclusiveGateway")
    history.add(0, "completed", "gw", element_type="exclusiveGateway")
    history.add(1, "scheduled", "result", **TIMER).add(36, "completed", "result", **TIMER)

    log = read(history)

    assert log.activities.empty
    assert list(log.delays.loc[0]) == ["c1", "result", MINUTE, 36 * MINUTE]


def test_window_defaults_to_first_and_last_event():
    log = EventLog.from_events(a_visit(start=10))

    assert (log.epoch, log.window) == (MONDAY + timedelta(minutes=10), (0, 6 * MINUTE))


def test_given_window_decides_which_cases_count():
    window = (MONDAY, MONDAY + timedelta(minutes=10))
    events = [*a_visit("before", -9), *a_visit("in"), *a_visit("late", 8)]

    log = EventLog.from_events(events, window=window)

    assert log.window == (0.0, 10.0 * MINUTE)
    assert [log.case_columns.case_ids[row] for row in log.counted_cases] == ["in"]
    assert len(log.cases) == 3


def test_epoch_may_be_given():
    log = EventLog.from_events(a_visit(start=10), epoch=MONDAY)

    assert log.cases["started_s"].tolist() == [10 * MINUTE]
    assert log.window == (10 * MINUTE, 16 * MINUTE)


def test_no_events_are_an_empty_log():
    log = EventLog.from_events([])

    assert log.cases.empty
    assert log.window == (0, 0)


def test_clock_that_runs_backwards_makes_no_negative_work():
    history = started().add(5, "scheduled", "register").add(4, "started", "register", actor="ann")
    history.add(6, "completed", "register").add(6, "case_completed")

    log = read(history)

    assert only_activity(log).started_s == 5 * MINUTE
    assert log.corrections == 1


@pytest.mark.parametrize(
    ("history", "column", "rule"),
    [
        (History().add(0, "scheduled", "register"), "type", "begins with case_started"),
        (started().add(1, "started", "register"), "token", "started follows scheduled"),
        (
            started().add(1, "scheduled", "register", element_type=None),
            "element_type",
            "names its element's type",
        ),
        (
            started().add(1, "scheduled", "register").add(2, "scheduled", "register"),
            "token",
            "is scheduled once",
        ),
    ],
)
def test_impossible_history_is_refused_by_case_and_sequence_number(history, column, rule):
    with pytest.raises(EventLogInvalid) as refusal:
        read(history)

    problem = refusal.value.problems[0]
    assert (problem.case_id, problem.row, problem.column) == ("c1", len(history.events), column)
    assert rule in problem.rule


def test_doubled_sequence_number_is_refused():
    events = a_visit()

    with pytest.raises(EventLogInvalid, match=r"row 4, case .c1., column seq: .* occurs once"):
        EventLog.from_events([*events, events[3]])


def test_time_without_a_zone_is_refused():
    events = a_visit()
    events[2] = replace(events[2], at=events[2].at.replace(tzinfo=None))

    with pytest.raises(EventLogInvalid, match="row 3, case 'c1', column at: a time has a zone"):
        EventLog.from_events(events)


def test_window_without_a_zone_is_refused():
    naive = MONDAY.replace(tzinfo=None)

    with pytest.raises(EventLogInvalid, match="column window: a time has a zone"):
        EventLog.from_events([], window=(naive, naive))


@pytest.mark.slow
def test_reading_ten_times_the_events_takes_about_ten_times_as_long():
    events = list(chain.from_iterable(a_visit(f"c{n}", start=n) for n in range(8334)))

    tenth_s = min(cpu_seconds(lambda: EventLog.from_events(events[:10_008])) for _ in range(3))
    all_s = cpu_seconds(lambda: EventLog.from_events(events))

    assert all_s < 40 * tenth_s  # a quadratic step would need a hundred times as long
