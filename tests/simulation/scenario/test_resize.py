"""More or fewer people of a role."""

from __future__ import annotations

import pytest

from simulation.bottleneck import with_one_more
from simulation.scenario.resize import resized
from tests.simulation.builders import a_scenario

MEMBERS = {"alice": {"skills": ["x"]}, "bob": {"units": 3, "skills": ["y"]}, "charlie": {}}


def members_of(scenario):
    found = scenario.document.resources["clerk"].members
    return {name: member.units for name, member in found.items()}


def changed(units):
    scenario = a_scenario(resources={"clerk": {"units": None, "members": MEMBERS}})
    patch = resized(scenario.document.resources["clerk"], units)
    return scenario.patched({"resources": {"clerk": patch}})


def test_pool_of_alike_units_has_another_number_of_them():
    resource = a_scenario().document.resources["clerk"]

    assert resized(resource, 7) == {"units": 7}


@pytest.mark.parametrize(
    ("units", "members"),
    [
        (7, {"alice": 1, "bob": 3, "charlie": 1, "more_1": 2}),
        (5, {"alice": 1, "bob": 3, "charlie": 1}),
        (4, {"alice": 1, "bob": 3}),
        (2, {"alice": 1, "bob": 1}),
        (1, {"alice": 1}),
    ],
)
def test_members_join_and_leave(units, members):
    assert members_of(changed(units)) == members


def test_who_joins_can_do_what_anybody_can():
    assert changed(6).document.resources["clerk"].members["more_1"].skills == ["x", "y"]


def test_one_more_of_named_members_is_a_member():
    scenario = a_scenario(resources={"clerk": {"units": None, "members": {"more_1": {}}}})

    assert members_of(with_one_more(scenario, "clerk")) == {"more_1": 1, "more_2": 1}
