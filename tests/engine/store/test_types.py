from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.store.types import UtcDateTime, from_json, to_json

COLUMN, DIALECT = UtcDateTime(), None


def test_moment_is_stored_in_utc():
    beijing = datetime(2026, 3, 2, 8, 0, tzinfo=timezone(timedelta(hours=8)))

    stored = COLUMN.process_bind_param(beijing, DIALECT)

    assert (stored.tzinfo, stored.hour) == (UTC, 0)


def test_moment_comes_back_with_its_zone_from_either_database():
    moment = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    assert COLUMN.process_result_value(moment.replace(tzinfo=None), DIALECT) == moment
    assert COLUMN.process_result_value(moment, DIALECT) == moment
    assert COLUMN.process_result_value(None, DIALECT) is None


def test_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        COLUMN.process_bind_param(datetime(2026, 3, 2, 8, 0), DIALECT)  # noqa: DTZ001


def test_json_keeps_values_of_any_language():
    values = {"patient": "王小明", "flags": [True, None, 1.5]}

    assert from_json(to_json(values)) == values
    assert from_json(None) == {}
