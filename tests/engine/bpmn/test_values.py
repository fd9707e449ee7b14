from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.values import DEEPEST, ensure_json
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import Walk, end, model, start, user

ONE_TASK = model(start() + user("a") + end(), "start > a > end")
TOO_DEEP: list[object] = []
for _ in range(DEEPEST):
    TOO_DEEP = [TOO_DEEP]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 3, 1),
        datetime(2026, 3, 1, tzinfo=UTC),
        Decimal("1.5"),
        UUID(int=1),
        Enum("Colour", "RED")["RED"],
        b"bytes",
        {1, 2},
        range(3),
        float("nan"),
        float("inf"),
        2**53,
        "\ud800",
        {1: "key"},
        {"\udfff": 1},
        TOO_DEEP,
        [{"nested": date(2026, 3, 1)}],
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_that_json_would_not_keep_is_refused_by_name(value):
    with pytest.raises(ExecutionFailed, match="'a': value 'born'"):
        Walk(ONE_TASK).do("a", born=value)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_json_values_are_kept_exactly(values):
    walk = Walk(ONE_TASK)
    walk.do("a", **values)

    assert walk.values == values
    assert repr(sorted(walk.values.items())) == repr(sorted(values.items()))


def test_values_are_copied():
    values = {"list": [1]}

    kept = ensure_json(values, element_id="a")
    values["list"].append(2)

    assert kept == {"list": [1]}
