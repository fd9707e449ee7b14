from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.types import UtcDateTime, from_json, to_json

DIALECTS = pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
COLUMN = UtcDateTime()
BEIJING = timezone(timedelta(hours=8))


def test_moment_is_text_in_utc_on_sqlite():
    to_stored = COLUMN.bind_processor(sqlite.dialect())

    assert to_stored(datetime(2026, 3, 2, 8, 0, tzinfo=BEIJING)) == "2026-03-02 00:00:00.000000"
    assert to_stored(datetime(2026, 3, 2, 8, 0, 0, 5, UTC)) == "2026-03-02 08:00:00.000005"


def test_moment_is_handed_to_postgresql_in_utc():
    stored = COLUMN.bind_processor(postgresql.dialect())(datetime(2026, 3, 2, 8, tzinfo=BEIJING))

    assert isinstance(stored, datetime)
    assert (stored.tzinfo, stored.hour) == (UTC, 0)


def test_moment_comes_back_with_its_zone_from_either_database():
    moment = datetime(2026, 3, 2, 0, 0, 0, 5, tzinfo=UTC)
    of_sqlite = COLUMN.result_processor(sqlite.dialect(), None)
    of_postgresql = COLUMN.result_processor(postgresql.dialect(), None)

    for found in (
        of_sqlite("2026-03-02 00:00:00.000005"),
        of_postgresql(moment.astimezone(BEIJING)),
    ):
        assert (found, found.tzinfo) == (moment, UTC)


@DIALECTS
def test_no_moment_stays_none(dialect):
    assert COLUMN.bind_processor(dialect)(None) is None
    assert COLUMN.result_processor(dialect, None)(None) is None


@DIALECTS
def test_moment_without_a_zone_is_refused(dialect):
    with pytest.raises(ValueError, match="needs a time zone"):
        COLUMN.bind_processor(dialect)(datetime(2026, 3, 2, 8, 0))  # noqa: DTZ001


def test_json_keeps_values_of_any_language():
    values = {"patient": "王小明", "flags": [True, None, 1.5]}

    assert from_json(to_json(values)) == values
    assert from_json(None) == {}
