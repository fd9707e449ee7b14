"""Times that can be understood in two ways are asked for, never guessed (reliability G15)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kpis.errors import EventLogInvalid
from kpis.log_reader.quality import Fault
from kpis.log_reader.read import ReadOptions
from tests.kpis.log_reader.logs import minutes, read

BERLIN = ZoneInfo("Europe/Berlin")


def a_log(*pairs: tuple[str, str]) -> str:
    """Return a log with a case per pair of start and end."""
    rows = [f'{i},Check,"{start}","{end}"' for i, (start, end) in enumerate(pairs)]
    return "\n".join(("case,activity,start,end", *rows)) + "\n"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-02T08:00:00.000", "2026-03-02T08:10:00.000"),
        ("2026-03-02 08:00:00", "2026-03-02 08:10:00"),
        ("2026-03-02T08:00:00Z", "2026-03-02T08:10:00Z"),
        ("2026-03-02T09:00:00+01:00", "2026-03-02T08:10:00+00:00"),
        ("2026/03/02 08:00", "2026/03/02 08:10"),
        ("02.03.2026 08:00", "02.03.2026 08:10"),
        ("1772438400", "1772439000"),
        ("1772438400000", "1772439000000"),
    ],
)
def test_the_forms_of_a_time_mean_the_same(tmp_path, start, end):
    log, _ = read(tmp_path, a_log((start, end)))

    assert (log.started_s[0], minutes(log)) == (1772438400, [10])


def test_a_day_beyond_twelve_decides_the_order(tmp_path):
    pairs = [("03/04/2026 08:00", "03/04/2026 08:10"), ("25/04/2026 08:00", "25/04/2026 08:10")]

    log, _ = read(tmp_path, a_log(*pairs))

    assert log.started_s[1] - log.started_s[0] == 22 * 86_400


def test_an_order_nobody_can_tell_is_asked_for(tmp_path):
    with pytest.raises(EventLogInvalid, match="row 2: '03/04/2026 08:00' can be read in two ways"):
        read(tmp_path, a_log(("03/04/2026 08:00", "03/04/2026 08:10")))


@pytest.mark.parametrize(("is_day_first", "month"), [(True, 4), (False, 3)])
def test_an_order_that_is_said_is_taken(tmp_path, is_day_first, month):
    options = ReadOptions(is_day_first=is_day_first)

    _, quality = read(tmp_path, a_log(("03/04/2026 08:00", "03/04/2026 08:10")), options=options)

    assert quality.first.startswith(f"2026-{month:02}")


def test_both_orders_in_one_file_are_refused(tmp_path):
    pairs = [("25/04/2026 08:00", "25/04/2026 08:10"), ("04/25/2026 08:00", "04/25/2026 08:10")]

    with pytest.raises(EventLogInvalid, match="some times have the day first, others the month"):
        read(tmp_path, a_log(*pairs))


def test_times_with_and_without_a_zone_are_refused(tmp_path):
    pairs = [("2026-03-02T08:00", "2026-03-02T08:10"), ("2026-03-02T08:00Z", "2026-03-02T08:10Z")]

    with pytest.raises(EventLogInvalid, match="say in which time zone the times without one are"):
        read(tmp_path, a_log(*pairs))


def test_times_without_a_zone_are_read_in_the_one_that_is_said(tmp_path):
    pairs = [("2026-03-02T08:00", "2026-03-02T08:10"), ("2026-03-02T07:00Z", "2026-03-02T07:10Z")]

    log, _ = read(tmp_path, a_log(*pairs), options=ReadOptions(zone=BERLIN))

    assert log.started_s[0] == log.started_s[1]


def test_an_hour_that_clocks_skip_is_put_aside(tmp_path):
    pairs = [("2026-03-29T02:30", "2026-03-29T03:30"), ("2026-03-29T01:30", "2026-03-29T03:30")]

    log, quality = read(tmp_path, a_log(*pairs), options=ReadOptions(zone=BERLIN))

    assert quality.aside == {Fault.NO_SUCH_HOUR: [2]}
    assert minutes(log) == [60]


def test_an_hour_that_clocks_show_twice_is_the_second_where_the_first_cannot_be(tmp_path):
    text = a_log(("2025-10-26T02:50", "2025-10-26T02:10"))

    log, quality = read(tmp_path, text, options=ReadOptions(zone=BERLIN))

    assert minutes(log) == [20]
    assert quality.remarks


def test_one_offset_gives_the_zone_of_the_week(tmp_path):
    log, _ = read(tmp_path, a_log(("2026-03-02T08:00+02:00", "2026-03-02T08:10+02:00")))

    assert log.zone == "Etc/GMT-2"


def test_numbers_that_are_no_time_are_put_aside(tmp_path):
    text = a_log(("12.5", "13"), ("1772438400", "1772439000"))

    _, quality = read(tmp_path, text)

    assert quality.aside == {Fault.UNREADABLE: [2]}
