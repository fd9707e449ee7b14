"""Figures and moments in words."""

from datetime import UTC, datetime, timedelta

import pytest

from web.case_context import fact_text
from web.presenters import duration, initials, moment

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
def english(app):
    with app.test_request_context("/?lang=en"):
        yield


@pytest.fixture
def chinese(app):
    with app.test_request_context("/?lang=zh"):
        yield


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (38 * 60 + 20, "38 min"),
        (89 * 60, "89 min"),
        (90 * 60, "1.5 h"),
        (47.9 * 3600, "47.9 h"),
        (48 * 3600, "2.0 days"),
        (1234 * 86400, "1,234.0 days"),
    ],
)
@pytest.mark.usefixtures("english")
def test_duration_is_written_in_the_largest_useful_unit(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOW, "today 09:00"),
        (NOW - timedelta(hours=10), "yesterday 23:00"),
        (NOW - timedelta(days=20), "10 Feb 09:00"),
        (NOW - timedelta(days=100), "22 Nov 2025 09:00"),
        (NOW + timedelta(days=1), "tomorrow 09:00"),
    ],
)
@pytest.mark.usefixtures("english")
def test_moment_is_written_in_the_zone_of_the_clinic(at, text):
    assert moment(at, NOW) == text


@pytest.mark.usefixtures("chinese")
def test_moment_is_written_as_the_chinese_do():
    assert moment(NOW - timedelta(days=20), NOW) == "2月10日 09:00"
    assert duration(90 * 60) == "1.5 小时"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Alice Li", "AL"), ("Alice", "A"), ("陈医生", "陈"), ("Ana Maria de Souza", "AS"), ("", "?")],
)
def test_initials(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (36.6, "36.6"),
        (["a", "b"], "a, b"),
        ("x" * 300, "x" * 199 + "…"),
        ({"first_name": "Li", "age": 47, "urgent": True}, "first name: Li; age: 47; urgent: yes"),
        ({"name": "Li", "home": {"city": "Delft"}}, "name: Li; home: (city: Delft)"),
        ({"lines": [{"qty": 1}, {"qty": 2}], "note": None}, "lines: (qty: 1; qty: 2); note: –"),
        ([{"drug": "A", "mg": 5}, {"drug": "B", "mg": 10}], "drug: A; mg: 5\ndrug: B; mg: 10"),
        ([[1, 2], [3]], "1, 2\n3"),
        (list(range(25)), ", ".join(map(str, range(20))) + ", … and 5 more"),
        ({}, "–"),
    ],
)
@pytest.mark.usefixtures("english")
def test_value_of_a_case_is_written_for_people(value, text):
    assert fact_text(value) == text
