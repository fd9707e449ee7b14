"""``twinflow calendar``."""

from __future__ import annotations

import pytest

from engine.domain.identity import Role, User, UserId
from web.cli.session import opened_engine

TABLE = """date,kind,open_hours,note
Mon-Fri,weekly,08:00-12:00 14:00-18:00,
2027-02-08,holiday,,春节
"""


@pytest.fixture
def office(cli, home):
    """The command line of a place with a manager and a table of open hours."""
    with opened_engine() as engine:
        engine.add_user(User(UserId("dora"), "Dora", frozenset(), frozenset({Role.MANAGER})))
        engine.add_user(User(UserId("alice"), "Alice"))
    (home / "clinic.csv").write_text(TABLE, encoding="utf-8")
    return cli


def bring(cli, *options, by="dora"):
    return cli(
        "calendar", "import", "clinic", "clinic.csv", "--as", by, "--reason", "2027", *options
    )


def test_calendars_of_the_product_are_listed(cli):
    listed = cli("calendar", "list", "--json").document

    assert [(found["name"], found["version"]) for found in listed] == [
        ("always", 0),
        ("china", 0),
        ("weekdays_8_18", 0),
    ]
    assert "comes with the product" in cli("calendar", "list").out


def test_imported_calendar_is_exported_as_it_came(office, home):
    assert (
        "clinic version 1, Asia/Shanghai: 1 dates" in bring(office, "--zone", "Asia/Shanghai").out
    )

    assert office("calendar", "export", "clinic").out == TABLE
    office("calendar", "export", "clinic", "-o", "again.csv")
    assert (home / "again.csv").read_text(encoding="utf-8-sig") == TABLE


def test_calendar_that_is_there_keeps_its_zone(office, home):
    bring(office, "--zone", "Asia/Shanghai")
    (home / "clinic.csv").write_text(TABLE + "2027-05-03,holiday,,\n", encoding="utf-8-sig")

    assert "clinic version 2, Asia/Shanghai: 2 dates" in bring(office).out


def test_shown_are_week_dates_and_edits(office):
    bring(office, "--zone", "UTC")

    shown = office("calendar", "show", "clinic", "--json").document
    text = office("calendar", "show", "clinic").out

    assert shown["days"][1]["note"] == "春节"
    assert [edit["changed_by"] for edit in shown["versions"]] == ["dora"]
    assert "Mon-Fri" in text
    assert "2027-02-08" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TABLE + "2027-02-30,holiday,,\n", "clinic.csv: line 4: date: '2027-02-30' is no date"),
        (b"\xff\xfe", "not UTF-8 at byte 1"),
        (b"x" * 2_000_001, "larger than 2,000,000 bytes"),
    ],
)
def test_wrong_table_is_wrong_input(office, home, content, words):
    (home / "clinic.csv").write_bytes(content if isinstance(content, bytes) else content.encode())

    refusal = bring(office, "--zone", "UTC")

    assert refusal.status == 2
    assert words in refusal.err


def test_new_calendar_needs_its_zone(office):
    refusal = bring(office)

    assert refusal.status == 2
    assert "add --zone" in refusal.err


def test_calendar_is_edited_by_managers(office):
    refusal = bring(office, "--zone", "UTC", by="alice")

    assert refusal.status == 1
    assert "alice" in refusal.err


def test_unknown_calendar_is_named(cli):
    refusal = cli("calendar", "show", "nowhere")

    assert refusal.status == 1
    assert "there is no calendar 'nowhere'" in refusal.err
