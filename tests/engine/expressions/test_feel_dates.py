"""Dates, times and durations of FEEL; the calendar is the oracle."""

import pytest

from engine.expressions import MOMENT_KEY, EvaluationFailed, compile_feel

VALUES = {"due": "2026-03-01", MOMENT_KEY: "2026-02-28T23:30:00+01:00"}


def result(text):
    return compile_feel(text).evaluate(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-02-28")', "2026-02-28"),
        ('date("2026-02-30")', None),
        ('date("20260228")', None),
        ("date(2026, 2, 28)", "2026-02-28"),
        ("date(day: 28, month: 2, year: 2026)", "2026-02-28"),
        ("time(hour: 10, minute: 30, second: 0)", "10:30:00"),
        ('date and time(from: "2026-02-28T10:00:00")', "2026-02-28T10:00:00"),
        ('date(date and time("2026-02-28T10:00:00"))', "2026-02-28"),
        ('time("10:30:00Z")', "10:30:00Z"),
        ('time("10:30:00+08:00")', "10:30:00+08:00"),
        ("time(10, 30, 1.5)", "10:30:01.500000"),
        ('time(10, 30, 0, @"PT8H")', "10:30:00+08:00"),
        ('time("25:00:00")', None),
        ("time(now())", "23:30:00+01:00"),
        ('time(@"2026-02-28")', "00:00:00Z"),
        ("time(10.5, 0, 0)", None),
        ("date(2026, 2)", None),
        ("date and time(now())", "2026-02-28T23:30:00+01:00"),
        ('date and time(@"2026-02-28", today())', None),
        ('date and time("2026-02-28T10:00:00Z")', "2026-02-28T10:00:00Z"),
        ('date and time("2026-07-01T10:00:00@Europe/Amsterdam")', "2026-07-01T10:00:00+02:00"),
        ('date and time("2026-07-01T10:00:00@No/Where")', None),
        ('date and time(@"2026-02-28", @"10:00:00")', "2026-02-28T10:00:00"),
        ('string(@"2026-07-01T10:00:00@Asia/Shanghai")', "2026-07-01T10:00:00@Asia/Shanghai"),
        ('duration("P1DT2H3M4.5S")', "P1DT2H3M4.5S"),
        ('duration("PT90M")', "PT1H30M"),
        ('duration("-P18M")', "-P1Y6M"),
        ('duration("P1Y2D")', None),
        ('duration("PT0S")', "PT0S"),
        ('@"P1Y" = @"P12M"', True),
        ("now()", "2026-02-28T23:30:00+01:00"),
        ("today()", "2026-02-28"),
    ],
)
def test_moments_and_durations_are_read_and_written(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-01-31" + @"P1M"', "2026-02-28"),
        ('@"2028-02-29" + @"P1Y"', "2029-02-28"),
        ('@"P1M" + @"2026-01-31"', "2026-02-28"),
        ('@"2026-03-31" - @"P1M"', "2026-02-28"),
        ('@"2026-02-28" + @"P1D"', "2026-03-01"),
        ('@"2026-03-01" - @"2026-02-01"', "P28D"),
        ('date(due) - today() <= @"P1D"', True),
        ('@"2026-03-29T00:00:00@Europe/Amsterdam" + @"P1D"', "2026-03-30T01:00:00+02:00"),
        ('@"2026-03-29T12:00@Europe/Rome" - @"2026-03-28T12:00@Europe/Rome"', "PT23H"),
        ('@"2026-01-01T00:00:00Z" - @"2026-01-01"', "PT0S"),
        ('@"2026-01-01T00:00:00Z" - @"2026-01-01T00:00:00"', None),
        ('@"10:00:00" + @"PT15H"', "01:00:00"),
        ('@"10:00:00" - @"09:30:00"', "PT30M"),
        ('@"PT1H" + @"PT30M"', "PT1H30M"),
        ('@"P1Y" + @"P1M"', "P1Y1M"),
        ('@"PT1H" * 1.5', "PT1H30M"),
        ('2 * @"P1M"', "P2M"),
        ('@"PT1H" / 4', "PT15M"),
        ('@"PT1H" / @"PT15M"', 4),
        ('@"PT1H" / 0', None),
        ('-@"PT1H"', "-PT1H"),
        ('@"9999-12-31" + @"P1D"', None),
        ('@"2026-01-01" + @"P999999999Y"', None),
        ('@"P1Y" + @"P1D"', None),
        ('@"2026-01-02" - @"PT24H"', "2026-01-01"),
        ('@"2026-01-01T10:00:00" + @"PT1H"', "2026-01-01T11:00:00"),
        ('@"P1Y" - @"P1M"', "P11M"),
        ('@"PT1H" / @"P1M"', None),
        ('@"PT1H" / @"PT0S"', None),
        ('@"PT1H" * "2"', None),
        ('duration("P999999999DT999999999H")', None),
    ],
)
def test_arithmetic_keeps_to_the_calendar(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-01-02" > @"2026-01-01"', True),
        ('@"2026-01-01T10:00:00Z" = @"2026-01-01T11:00:00+01:00"', True),
        ('is(@"10:00:00Z", @"11:00:00+01:00")', False),
        ('is(@"10:00:00Z", @"10:00:00Z")', True),
        ('is(@"2026-01-01", "2026-01-01")', False),
        ('@"2026-01-01" < @"2026-01-01T10:00:00"', None),
        ('@"2026-01-01T10:00:00" < @"2026-01-01T10:00:00Z"', None),
        ('due < @"2026-01-01"', None),
        ('date(due) in [@"2026-03-01"..@"2026-03-31"]', True),
        ('date(due) between @"2026-01-01" and @"2026-02-01"', False),
        ('@"P1Y" > @"P1D"', None),
        ('for d in @"2026-02-28"..@"2026-03-01" return d', ["2026-02-28", "2026-03-01"]),
    ],
)
def test_moments_are_compared_with_their_like_only(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date(due).year", 2026),
        ("date(due).weekday", 7),
        ("date(due).hour", None),
        ('@"10:30:15+08:00".second', 15),
        ('@"10:30:15+08:00".time offset', "PT8H"),
        ('@"2026-07-01T10:00:00@Asia/Shanghai".timezone', "Asia/Shanghai"),
        ('@"P1DT25H".days', 2),
        ('@"P1DT25H".hours', 1),
        ('@"-P18M".years', -1),
        ('@"-P18M".months', -6),
        ('@"-P18M".hours', None),
        ('@"PT1H".years', None),
        ('@"PT1H".months', None),
        ('@"10:30:00Z".timezone', "Z"),
        ('@"2026-01-31T10:30:00".timezone', None),
        ('@"PT1H".start', None),
        ('years and months duration(@"2026-01-31", @"2026-03-30")', "P1M"),
        ("day of week(date(due))", "Sunday"),
        ("month of year(date(due))", "March"),
        ("day of year(date(due))", 60),
        ('week of year(@"2027-01-01")', 53),
        ('last day of month(@"2028-02-03")', "2028-02-29"),
        ('years and months duration(@"2011-12-22", @"2013-08-24")', "P1Y8M"),
        ('years and months duration(@"2013-08-24", @"2011-12-25")', "-P1Y7M"),
    ],
)
def test_parts_of_moments(text, expected):
    assert result(text) == expected


def test_moment_is_the_callers_and_never_the_machines():
    with pytest.raises(EvaluationFailed, match="no moment was handed in"):
        compile_feel("now()").evaluate({})
