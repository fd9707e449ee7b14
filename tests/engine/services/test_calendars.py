from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, BrokenBarrierError

import pytest

from engine.domain.calendar import CalendarNeverOpens, Shift
from engine.domain.calendar_table import (
    CalendarChanged,
    CalendarDay,
    CalendarTable,
    DayKind,
    InvalidCalendar,
)
from engine.errors import InvalidForm, NotAllowed, NotFound
from engine.services.calendars import BUILT_IN, Calendars
from engine.store import calendars as stored
from tests.engine.conftest import MONDAY

OFFICE = (Shift(540, 720), Shift(780, 1020))
HOLIDAY = CalendarDay(date(2026, 10, 1), DayKind.HOLIDAY, note="国庆节")
WORKDAY = CalendarDay(date(2026, 10, 10), DayKind.WORKDAY)
CLINIC = CalendarTable("clinic", "UTC", dict.fromkeys(range(5), OFFICE), {HOLIDAY.day: HOLIDAY})


def with_days(*days):
    return replace(CLINIC, days={entry.day: entry for entry in days})


def save(engine, table, **changes):
    return engine.save_calendar(table, **{"by": "dora", "reason": "new hours", **changes})


def together(query, patience_s):
    """A query that two threads begin at the same time, if nothing keeps one outside."""
    meeting = Barrier(2)

    def begin(*args, **rest):
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=patience_s)
            meeting.abort()  # once: who tries again does not wait for the other
        return query(*args, **rest)

    return begin


def is_postgresql(engine):
    with engine._context.database.reading() as tx:
        return tx.dialect.name == "postgresql"


def test_saved_calendar_is_read_back(engine):
    save(engine, CLINIC)

    assert engine.calendar("clinic") == CLINIC
    assert engine.working_calendar("clinic").next_open(MONDAY) == MONDAY + timedelta(hours=1)


def test_edit_is_a_version_with_who_when_and_why(engine, clock):
    save(engine, CLINIC)
    clock.advance(timedelta(days=1))

    edit = save(engine, with_days(HOLIDAY, WORKDAY), reason=" National Day ")

    assert (edit.version, edit.changed_by, edit.reason) == (2, "dora", "National Day")
    assert edit.changed_at == MONDAY + timedelta(days=1)
    assert [version.version for version in engine.calendar_versions("clinic")] == [2, 1]


def test_earlier_version_stays_as_it_was(engine):
    reopened = replace(HOLIDAY, kind=DayKind.HOURS, shifts=OFFICE)
    for table in (CLINIC, with_days(reopened, WORKDAY), with_days(), CLINIC):
        save(engine, table)

    read = [engine.calendar("clinic", version=number) for number in (1, 2, 3, 4)]

    assert read == [CLINIC, with_days(reopened, WORKDAY), with_days(), CLINIC]


def test_saving_the_same_again_is_no_version(engine):
    first = save(engine, CLINIC)

    again = save(engine, replace(CLINIC, weekly={**CLINIC.weekly, 6: ()}))

    assert again == first


def test_edit_of_an_old_version_is_refused(engine):
    save(engine, CLINIC, based_on=0)
    save(engine, with_days(WORKDAY), based_on=1)

    with pytest.raises(CalendarChanged, match=r"at version 2.* of version 1"):
        save(engine, with_days(), based_on=1)

    assert engine.calendar("clinic") == with_days(WORKDAY)


def test_edits_at_the_same_time_become_one_version_after_the_other(engine, monkeypatch):
    edits = [with_days(replace(HOLIDAY, note=str(number))) for number in range(2)]
    patience_s = 5.0 if is_postgresql(engine) else 0.0  # on SQLite commands take turns
    monkeypatch.setattr(stored, "find", together(stored.find, patience_s))

    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(lambda table: save(engine, table), edits))

    assert sorted(edit.version for edit in saved) == [1, 2]
    for edit, table in zip(saved, edits, strict=True):
        assert engine.calendar("clinic", version=edit.version) == table


def test_calendar_is_edited_by_managers_with_a_reason(engine):
    with pytest.raises(NotAllowed):
        save(engine, CLINIC, by="alice")
    with pytest.raises(InvalidForm, match="reason"):
        save(engine, CLINIC, reason=" ")
    with pytest.raises(NotFound):
        engine.calendar("clinic")


def test_calendar_without_open_hours_is_refused_in_words(engine):
    shut = replace(CLINIC, weekly={})

    with pytest.raises(CalendarNeverOpens, match=r"'clinic' has no open hours.* 3 years"):
        save(engine, shut)


def test_calendar_that_contradicts_itself_is_refused(engine):
    with pytest.raises(InvalidCalendar, match="a holiday has no open hours"):
        save(engine, with_days(replace(HOLIDAY, shifts=OFFICE)))


def test_calendars_of_the_product_can_be_used_at_once(engine):
    assert [version.name for version in engine.calendars()] == [*sorted(BUILT_IN)]
    for name in BUILT_IN:
        engine.calendar(name).ensure_valid()
    assert engine.working_calendar("always").is_open(MONDAY)


def test_calendar_of_the_product_is_replaced_by_ours_and_can_still_be_seen(engine):
    save(engine, replace(CLINIC, name="weekdays_8_18"))

    assert engine.calendar("weekdays_8_18").zone == "UTC"
    assert engine.calendar("weekdays_8_18", version=0).zone == "Asia/Shanghai"
    assert [version.version for version in engine.calendar_versions("weekdays_8_18")] == [1, 0]


@pytest.mark.parametrize("name", ["nowhere", "../always"])
def test_unknown_calendar_is_not_found(engine, name):
    for ask in (engine.calendar, engine.working_calendar, engine.calendar_versions):
        with pytest.raises(NotFound, match="calendar"):
            ask(name)


def test_unknown_version_is_not_found(engine):
    save(engine, CLINIC)

    for version in (0, 2):
        with pytest.raises(NotFound, match=f"version {version}"):
            engine.calendar("clinic", version=version)


def test_calendars_of_a_transaction_are_a_mapping(engine):
    save(engine, CLINIC)

    with engine._context.database.reading() as tx:
        calendars = Calendars(tx)

        assert list(calendars) == sorted(["clinic", *BUILT_IN])
        assert len(calendars) == 4
        assert calendars["clinic"] is calendars["clinic"]
        assert calendars.get("nowhere") is None


def test_year_of_china_has_the_working_days_of_the_law(engine):
    """365 days of 2026, less 104 of weekends and 13 public holidays, however they are moved."""
    calendar = engine.working_calendar("china")
    days = (datetime(2026, 1, 1, tzinfo=calendar.zone) + timedelta(days=i) for i in range(365))

    worked = [day for day in days if calendar.between(day, day + timedelta(days=1))]

    assert len(worked) == 248


def test_make_up_workday_of_china_is_open(engine):
    calendar = engine.working_calendar("china")

    saturday, spring_festival = (datetime(2026, 2, day, 2, tzinfo=UTC) for day in (14, 17))

    assert calendar.is_open(saturday)
    assert calendar.next_open(spring_festival) == datetime(2026, 2, 24, 0, tzinfo=UTC)


def test_what_is_not_announced_is_called_provisional(engine):
    notes = {day.year: entry.note for day, entry in engine.calendar("china").days.items()}

    assert "provisional" in notes[2027]
    assert "provisional" not in notes[2026]
