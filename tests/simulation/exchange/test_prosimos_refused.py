"""Wrong files of Prosimos: every refusal names the field."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from tests.simulation.exchange.foreign import imported, prosimos

SHARES = ("gateway_branching_probabilities", 0, "probabilities")
WORK = "task_resource_distribution"


def _path(document, *path):
    for key in path[:-1]:
        document = document[key]
    return document, path[-1]


@pytest.mark.parametrize(
    ("path", "value", "field", "words"),
    [
        (("task_resource_distribution",), None, "task_resource_distribution", "is required"),
        (("arrival_time_distribution",), None, "arrival_time_distribution", "is required"),
        (("resource_profiles", 0, "resource_list", 0, "calendar"), "x", "calendar", "no calendar"),
        (("resource_profiles", 0, "resource_list", 0, "amount"), 0, "amount", "whole number"),
        (("resource_profiles", 0, "resource_list", 0, "cost_per_hour"), -1, "cost", "negative"),
        (("resource_profiles", 1, "resource_list", 0, "id"), "clerk", "[0]", "second resource"),
        (("task_resource_distribution", 1, "task_id"), "check", "[1]", "second entry"),
        (("task_resource_distribution", 1, "resources"), [], "[1]", "needs a resource"),
        ((WORK, 0, "resources", 0, "resource_id"), "x", "[0]", "no resource"),
        (("resource_calendars", 0, "time_periods"), [], "time_periods", "never opens"),
        (("resource_calendars", 0, "time_periods", 0, "from"), "X", "[0]", "must be a weekday"),
        (("arrival_time_calendar", 0, "beginTime"), "9am", "[0]", "time of day"),
        (("arrival_time_calendar", 0, "endTime"), "25:00", "[0]", "time of day"),
        (("arrival_time_calendar", 0, "endTime"), "09:00:20", "[0]", "never opens for"),
        ((*SHARES, 0, "path_id"), "x", "[0]", "names"),
        ((*SHARES, 0, "value"), 0.5, "[0]", "add up"),
        ((*SHARES, 0, "value"), "a", "val", "number"),
        ((*SHARES, 1, "path_id"), "yes", "", "second"),
        (("event_distribution", 0, "distribution_name"), "x", "[0]", "unknown distribution"),
    ],
)  # fmt: skip
def test_wrong_field_is_refused_by_its_name(tmp_path, path, value, field, words):
    document = prosimos()
    place, key = _path(document, *path)
    place[key] = value

    with pytest.raises(ScenarioInvalid, match=words) as refusal:
        imported(tmp_path, document)

    assert field in refusal.value.problems[0].field
    assert refusal.value.problems[0].source == "file.json"
