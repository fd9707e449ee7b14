"""Durations, shares, times: what is read and as what."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic_core import PydanticCustomError

from engine.domain.calendar import Shift
from simulation.scenario import values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("8min", 480),
        ("8 min", 480),
        ("1.5h", 5400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("-8min", -480),
        ("PT35M", 2100),
        ("P1DT2H", 93_600),
        ("PT0.5S", 0.5),
        ("-PT8M", -480),
    ],
)
def test_duration_is_read_in_seconds(text, seconds):
    assert values.duration_s(text) == seconds


@pytest.mark.parametrize("text", ["8", "8m", "min", "1h30min", "P1M", "PT", "P", "1e3s", "١h", ""])
def test_duration_without_a_clear_unit_is_refused(text):
    with pytest.raises(PydanticCustomError, match="is not a duration"):
        values.duration_s(text)


@pytest.mark.parametrize(("text", "share"), [("45%", 0.45), (0.45, 0.45), (1, 1), ("14.4%", 0.144)])
def test_share_is_read(text, share):
    assert values.share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", [45, "45", "101%", -0.1, True, None])
def test_share_out_of_range_is_refused(text):
    with pytest.raises(PydanticCustomError):
        values.share(text)


def test_shift_may_end_the_next_morning():
    assert values.shift("22:00-06:00") == Shift(22 * 60, 30 * 60)
    assert values.shift("00:00-24:00") == Shift(0, 24 * 60)


@pytest.mark.parametrize("text", ["8-12", "08:00", "08:00-12:60", "24:00-25:00", 8])
def test_shift_that_is_none_is_refused(text):
    with pytest.raises(PydanticCustomError):
        values.shift(text)


def test_target_is_a_duration_a_share_or_a_number():
    assert [values.kpi_value(v) for v in ("60min", "30%", 5)] == [3600, 0.3, 5]


def test_date_is_read():
    assert values.calendar_date("2026-05-09") == date(2026, 5, 9)
