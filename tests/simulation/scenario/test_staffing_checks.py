"""Staffing that cannot work, or would be ignored, is refused by the field."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid, SimulationFailed
from tests.simulation.builders import a_run, a_scenario

HOURS = {
    "early": {"weekly": {"mon-sun": ["08:00-12:00"]}},
    "late": {"weekly": {"mon-sun": ["12:00-18:00"]}},
}
TEAM = {"work": {"all": ["clerk", "nurse"]}}
ANN = {"members": {"ann": {"calendar": "late"}}}


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        pytest.param(
            {
                "calendars": HOURS,
                "resources": {"clerk": {"calendar": "early"}, "nurse": {"calendar": "late"}},
                "demands": TEAM,
            },
            "demands.work: needs resources whose calendars have no hour in common",
            id="team that never meets",
        ),
        pytest.param(
            {"demands": {"work": {"all": ["clerk", "clerk"]}}},
            "demands.work: asks for 2 of clerk at once; there are 1",
            id="the same unit twice",
        ),
        pytest.param(
            {
                "calendars": HOURS,
                "resources": {"nurse": {"members": {"ann": {}}}, "doctor": ANN},
            },
            "resources.doctor.members.ann: is in nurse too, as one person",
            id="one person with two calendars",
        ),
        pytest.param(
            {"demands": {"work": {"role": "clerk", "choose": "other_than: work"}}},
            "demands.work: needs one more of clerk: who did work may not do it",
            id="four eyes of one person",
        ),
        pytest.param(
            {"demands": {"work": "none"}, "patience": {"work": {"constant": "1h"}}},
            "patience.work: means nothing here",
            id="patience without a queue",
        ),
        pytest.param(
            {"demands": {"work": "none"}, "batches": {"work": {"size": 2}}},
            "batches.work: means nothing here",
            id="batch without anybody",
        ),
        pytest.param(
            {
                "resources": {"nurse": {"units": 1}},
                "durations": {
                    "work": {
                        "constant": None,
                        "work": {"constant": "1h"},
                        "by_resource": {"nurse": {"constant": "2h"}},
                    }
                },
            },
            "durations.work.by_resource.nurse: never does this activity",
            id="time of somebody who never does it",
        ),
    ],
)
def test_impossible_staffing_is_refused(patch, words):
    with pytest.raises(ScenarioInvalid, match=words):
        a_scenario(**patch)


def test_team_of_too_few_with_the_skills_is_refused():
    """One person has both skills, nobody else has any: each need alone could be met."""
    needs = [{"role": "clerk", "skill": "law"}, {"role": "clerk", "skill": "tax"}]
    members = {"ann": {"skills": ["law", "tax"]}, "ben": {}}
    scenario = a_scenario(
        resources={"clerk": {"units": None, "members": members}}, demands={"work": {"all": needs}}
    )

    with pytest.raises(SimulationFailed, match="'work': nobody can do it"):
        a_run(scenario)


def test_work_that_fits_no_shift_is_refused_when_it_is_aborted():
    work = {"constant": None, "work": {"constant": "5h"}, "outside_calendar": "abort"}
    scenario = a_scenario(
        calendars=HOURS, resources={"clerk": {"calendar": "early"}}, durations={"work": work}
    )

    with pytest.raises(SimulationFailed, match="'work': work of 5 h was given up 1000 times"):
        a_run(scenario)


def test_due_that_is_no_number_is_refused():
    interval = {"interval": {"constant": "1min"}, "attributes": {"due": {"constant": "soon"}}}
    scenario = a_scenario(
        arrivals={"start": interval}, queues={"clerk": {"order": ["due", "arrival"]}}
    )

    with pytest.raises(SimulationFailed, match="'work': the case data 'due' must be hours"):
        a_run(scenario)


def test_failures_that_leave_no_time_are_refused():
    failures = {"up": {"constant": "0s"}, "down": {"constant": "1h"}}

    with pytest.raises(SimulationFailed, match="'clerk 1': its failures leave it no time up"):
        a_run(a_scenario(resources={"clerk": {"failures": failures}}))
