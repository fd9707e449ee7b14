"""Series of a KPI by day and week."""

from datetime import UTC, datetime
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from kpis.event_log import EventLog
from kpis.staffing import RoleStaffing, Staffing
from kpis.trend import Step, trend, trends
from tests.kpis.builders import MONDAY, a_log, a_visit, case

HOUR, DAY = 3600, 86_400
DAY_MINUTES = 24 * 60


def visits(*days, window_days):
    """A log of two visits on each of these days, which begin at 08:00."""
    starts = [day * DAY_MINUTES + minute for day in days for minute in (0, 10)]
    events = chain.from_iterable(a_visit(f"c{start}", start) for start in starts)
    first = datetime(2026, 3, 2, tzinfo=UTC)
    return EventLog.from_events(events, window=(first, first.replace(day=2 + window_days)))


def test_trend_gives_a_point_per_day():
    points = trend(visits(0, 2, window_days=3), "OP-CT", step=Step.DAY)

    assert [point.start.day for point in points] == [2, 3, 4]
    assert [(point.value, point.n) for point in points] == [(360, 2), (None, 0), (360, 2)]
    assert [(point.low, point.high) for point in points] == [(None, None)] * 3
    assert not any(point.is_partial for point in points)


def test_trend_gives_a_point_per_week_from_monday():
    points = trend(visits(1, 7, 8, window_days=10), "OP-TH", step=Step.WEEK)

    assert [point.start.day for point in points] == [2, 9]
    assert [point.is_partial for point in points] == [False, True]
    assert [point.value for point in points] == pytest.approx([2 / 168, 4 / 72])


def test_week_of_several_days_has_an_interval():
    (point,) = trend(visits(0, 1, 2, 3, window_days=7), "OP-CT", step=Step.WEEK)

    assert (point.low, point.value, point.high) == (360, 360, 360)


def test_case_that_ends_at_midnight_belongs_to_the_new_day():
    midnight_s = 16 * HOUR
    log = a_log([case("a", 0, midnight_s)], window=(0, midnight_s + DAY))

    assert [point.n for point in trend(log, "OP-CT", step=Step.DAY)] == [0, 1]
    assert [point.value for point in trend(log, "OP-TH", step=Step.DAY)] == [0, 1 / 24]


def test_end_of_the_window_belongs_to_the_window():
    log = a_log([case("a", 0, HOUR)], window=(0, HOUR))

    assert [point.n for point in trend(log, "OP-CT", step=Step.DAY)] == [1]


def test_trend_follows_the_days_of_the_zone():
    # 18:00 UTC on 2 March is 02:00 on 3 March in Shanghai
    log = a_log([case("a", 0, 10 * HOUR)], window=(0, 10 * HOUR))

    points = trend(log, "OP-CT", step=Step.DAY, zone=ZoneInfo("Asia/Shanghai"))

    assert [(point.start.day, point.n) for point in points] == [(2, 0), (3, 1)]


def test_day_of_summer_time_has_23_hours():
    berlin = ZoneInfo("Europe/Berlin")
    sunday = datetime(2026, 3, 29, tzinfo=berlin)
    log = EventLog.from_events([], window=(sunday, sunday.replace(day=30)), epoch=MONDAY)

    (point,) = trend(log, "OP-WIP", step=Step.DAY, zone=berlin)

    assert (point.end.astimezone(UTC) - point.start.astimezone(UTC)).total_seconds() == 23 * HOUR
    assert not point.is_partial


def test_trend_of_utilisation_uses_the_staffing_plan():
    staffing = Staffing.of([RoleStaffing("desk", 1)])

    points = trend(visits(0, window_days=1), "OP-UT", step=Step.DAY, staffing=staffing)

    assert [point.value for point in points] == [pytest.approx(2 * 180 / DAY)]


def test_trend_of_an_empty_window_has_no_points():
    assert trend(a_log([], window=(0, 0)), "OP-CT") == []


def test_trends_of_several_kpis_are_the_trends_of_each():
    log = visits(0, 1, 2, window_days=3)

    together = trends(log, ["OP-WIP", "OP-CT"], step=Step.DAY)

    assert together == {code: trend(log, code, step=Step.DAY) for code in ("OP-WIP", "OP-CT")}
