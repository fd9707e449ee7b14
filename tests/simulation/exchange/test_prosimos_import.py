"""Files of Prosimos: what becomes of each section."""

from __future__ import annotations

import pytest

from simulation.exchange.notes import Fate
from simulation.scenario.load import load
from tests.simulation.exchange.foreign import (
    ALWAYS,
    WEEK,
    doing,
    imported,
    law,
    model,
    prosimos,
    resource,
)


def lost(found):
    return {note.field: note.words for note in found.notes.of(Fate.LOST)}


def pools(*resources):
    return [{"id": "staff", "name": "Staff", "resource_list": list(resources)}]


def test_file_of_today_is_imported_whole(tmp_path):
    found = imported(tmp_path, prosimos())

    raw = found.scenario.raw
    assert raw["arrivals"]["start"] == {
        "interval": {"exponential": {"mean": "20min"}},
        "calendar": "office",
        "outside_calendar": "opening",
    }
    assert raw["resources"]["Clerks"] == {"units": 3, "calendar": "office", "cost_per_hour": 20}
    assert raw["durations"]["check"] == {"lognormal": {"mean": "15min", "sd": "5min"}}
    assert raw["demands"] == {"check": "Clerks", "refuse": "Clerks", "pay": "Cashiers"}
    assert raw["branches"] == {"covered": {"yes": 0.7, "no": 0.3}}
    assert raw["events"] == {"post": {"uniform": {"min": "1min", "max": "2min"}}}
    assert not lost(found)


def test_written_text_is_the_scenario_that_was_checked(tmp_path):
    found = imported(tmp_path, prosimos())
    file = tmp_path / "scenario.yaml"
    file.write_text(found.text, encoding="utf-8")

    assert load(file).sha256 == found.scenario.sha256


def test_what_the_file_does_not_say_is_guessed_and_marked(tmp_path):
    document = prosimos()
    del document["task_resource_distribution"][2]

    found = imported(tmp_path, document)

    assert found.scenario.raw["demands"]["refuse"] == "none"
    assert {note.field for note in found.notes.of(Fate.GUESSED)} == {
        "run.start", "run.cases", "durations.refuse", "demands.refuse",
    }  # fmt: skip
    assert "  # ? the file does not say who does it: nobody\n  refuse:" in found.text


def test_dialect_of_2021_has_objects_instead_of_lists(tmp_path):
    expon = {"distribution_name": "expon", "distribution_params": [0, 600]}
    document = {
        "arrival_time_distribution": expon,
        "arrival_time_calendar": WEEK,
        "gateway_branching_probabilities": {"covered": {"yes": "0.7", "no": "0.3"}},
        "task_resource_distribution": {
            "check": {"clerk_1": expon, "clerk_2": expon},
            "pay": {"cashier_1": expon},
            "refuse": {"clerk_1": expon, "clerk_2": expon},
        },
        "resource_calendars": {"clerk_1": WEEK, "clerk_2": WEEK, "cashier_1": ALWAYS},
    }

    raw = imported(tmp_path, document).scenario.raw

    assert raw["resources"]["team"] == {"units": 2, "calendar": "clerk_1"}
    assert raw["resources"]["cashier_1"] == {"units": 1}
    assert raw["branches"]["covered"] == {"yes": 0.7, "no": 0.3}


def test_profiles_of_2021_take_calendars_by_the_name_of_the_resource(tmp_path):
    entry = {"id": "clerk", "name": "C", "cost_per_hour": "20", "amount": 2}
    fix = {"distribution_name": "fix", "distribution_params": [60, 0, 1]}
    tasks = ("check", "pay", "refuse")
    document = prosimos(
        resource_profiles={"clerks": {"name": "Clerks", "resource_list": [entry]}},
        resource_calendars={"clerk": WEEK},
        task_resource_distribution={task: {"clerk": fix} for task in tasks},
    )

    raw = imported(tmp_path, document).scenario.raw

    assert raw["resources"]["Clerks"] == {"units": 2, "calendar": "clerk", "cost_per_hour": 20}


def test_those_who_do_other_tasks_become_members_with_skills(tmp_path):
    short, long = law("fix", 60), law("fix", 120)
    document = prosimos(
        resource_profiles=pools(resource("alice"), resource("bob", calendar="always")),
        resource_calendars=[
            {"id": "office", "name": "o", "time_periods": WEEK},
            {"id": "always", "name": "a", "time_periods": ALWAYS},
        ],
        task_resource_distribution=[
            doing("check", alice=short, bob=long),
            doing("pay", alice=short),
            doing("refuse", bob=short),
        ],
    )

    raw = imported(tmp_path, document).scenario.raw

    assert raw["resources"]["Staff"] == {
        "members": {
            "alice": {"skills": ["pay"], "calendar": "office"},
            "bob": {"skills": ["refuse"]},
        },
        "cost_per_hour": 20,
    }
    assert raw["demands"] == {
        "check": "Staff",
        "pay": {"role": "Staff", "skill": "pay"},
        "refuse": {"role": "Staff", "skill": "refuse"},
    }
    assert raw["durations"]["check"] == {
        "work": {"constant": "1min"},
        "by_resource": {"bob": {"constant": "2min"}},
    }


def test_calendar_that_is_always_open_is_left_out(tmp_path):
    document = prosimos(arrival_time_calendar=ALWAYS)

    assert "calendar" not in imported(tmp_path, document).scenario.raw["arrivals"]["start"]


def test_periods_of_several_days_and_odd_clocks_are_read(tmp_path):
    periods = [
        {"from": "SATURDAY", "to": "MONDAY", "beginTime": "9:00AM", "endTime": "12:00:00+00:00"},
        {"from": "MONDAY", "to": "MONDAY", "beginTime": "11:00", "endTime": "13:00:00.000"},
    ]

    raw = imported(tmp_path, prosimos(arrival_time_calendar=periods)).scenario.raw

    assert raw["calendars"]["arrivals"] == {
        "weekly": {"mon": ["09:00-13:00"], "sat-sun": ["09:00-12:00"]}
    }


def test_clock_times_are_rounded_to_minutes_and_it_is_told(tmp_path):
    periods = [{"from": "MONDAY", "to": "MONDAY", "beginTime": "9:00:40", "endTime": "16:59:59"}]

    found = imported(tmp_path, prosimos(arrival_time_calendar=periods))

    assert found.scenario.raw["calendars"]["arrivals"] == {"weekly": {"mon": ["09:01-17:00"]}}
    told = {note.field: note.words for note in found.notes.of(Fate.TRANSLATED)}
    assert told["arrival_time_calendar"] == "its times are rounded to whole minutes"


def test_conditions_over_one_choice_become_a_table(tmp_path):
    document = prosimos(
        case_attributes=[
            {
                "name": "client type",
                "type": "discrete",
                "values": [{"key": "NEW", "value": 0.4}, {"key": "OLD", "value": 0.6}],
            }
        ],
        branch_rules=[
            {
                "id": "is_new",
                "rules": [[{"attribute": "client type", "comparison": "=", "value": "NEW"}]],
            }
        ],
    )
    gateway = document["gateway_branching_probabilities"][0]
    gateway["probabilities"][0]["condition_id"] = "is_new"

    raw = imported(tmp_path, document).scenario.raw

    assert raw["arrivals"]["start"]["attributes"] == {
        "client_type": {"choice": {"NEW": 0.4, "OLD": 0.6}}
    }
    assert raw["branches"]["covered"] == {
        "by": "client_type",
        "table": {"NEW": {"yes": 1, "no": 0}, "OLD": {"yes": 0, "no": 1}},  # no: the default flow
    }


def test_conditions_over_numbers_are_lost_and_told(tmp_path):
    rule = {"attribute": "amount", "comparison": ">", "value": "100"}
    document = prosimos(
        case_attributes=[{"name": "amount", "type": "continuous", "values": law("fix", 240)}],
        branch_rules=[{"id": "large", "rules": [[rule]]}],
    )
    gateway = document["gateway_branching_probabilities"][0]
    gateway["probabilities"][0]["condition_id"] = "large"

    found = imported(tmp_path, document)

    assert found.scenario.raw["branches"]["covered"] == {"yes": 0.7, "no": 0.3}
    assert "conditions over amount" in lost(found)["gateway_branching_probabilities[0]"]


def test_priorities_become_an_expression(tmp_path):
    choice = [{"key": "VIP", "value": 0.1}, {"key": "OTHER", "value": 0.9}]
    vip = {"attribute": "kind", "comparison": "=", "value": "VIP"}
    large = {"attribute": "amount", "comparison": "in", "value": ["100", "inf"]}
    document = prosimos(
        case_attributes=[
            {"name": "kind", "type": "discrete", "values": choice},
            {"name": "amount", "type": "continuous", "values": law("uniform", 0, 200)},
        ],
        prioritisation_rules=[
            {"priority_level": 2, "rules": [[large]]},
            {"priority_level": 1, "rules": [[vip]]},
        ],
    )

    raw = imported(tmp_path, document).scenario.raw

    text = '1 if kind == "VIP" else 2 if amount >= 100 else 1000000'
    assert raw["priorities"] == dict.fromkeys(("check", "refuse", "pay"), text)


def test_what_has_no_counterpart_is_told(tmp_path):
    document = prosimos(multitask={"type": "local"}, new_thing=1)
    document["event_distribution"].append({"event_id": "nowhere", **law("fix", 1)})
    document["gateway_branching_probabilities"].append({"gateway_id": "merge", "probabilities": []})

    told = lost(imported(tmp_path, document))

    assert told["multitask"] == "people who do several tasks at a time are not simulated"
    assert told["new_thing"] == "is not known"
    assert "no event 'nowhere'" in told["event_distribution[1]"]
    assert "no gateway 'merge'" in told["gateway_branching_probabilities[1]"]


def test_probabilities_that_miss_a_little_are_scaled(tmp_path):
    document = prosimos()
    document["gateway_branching_probabilities"][0]["probabilities"][0]["value"] = 0.695

    found = imported(tmp_path, document)

    assert sum(found.scenario.raw["branches"]["covered"].values()) == pytest.approx(1, abs=1e-9)
    assert any("add up to 0.995" in note.words for note in found.notes.of(Fate.TRANSLATED))


def test_resource_that_stands_in_two_pools_is_one(tmp_path):
    document = prosimos()
    document["resource_profiles"][1]["resource_list"].append(resource("clerk", amount=3))

    assert imported(tmp_path, document).scenario.document.resources["clerk"].units == 3


def test_model_without_the_tasks_of_the_file_loses_them(tmp_path):
    told = lost(imported(tmp_path, prosimos(), model().replace('id="pay"', 'id="payment"')
                         .replace('Ref="pay"', 'Ref="payment"')))  # fmt: skip

    assert told["task_resource_distribution[1]"] == "the model has no task 'pay'"
    assert told["resource cashier"] == "does no task of the model"


def test_timer_without_a_time_gets_it_in_a_copy_of_the_model(tmp_path):
    bare = model().replace("<timeDuration>PT1H</timeDuration>", "")

    found = imported(tmp_path, prosimos(), bare)

    (tmp_path / "copy.bpmn").write_bytes(found.model_xml)
    (tmp_path / "scenario.yaml").write_text(found.text, encoding="utf-8")
    again = load(tmp_path / "scenario.yaml")
    assert again.document.model == "copy.bpmn"
    assert again.graph.nodes["post"].timer.text == "PT90S"  # the mean of 60 to 120 s
    assert again.document.events.keys() == {"post"}


def test_model_whose_timers_say_a_time_is_not_copied(tmp_path):
    assert imported(tmp_path, prosimos()).model_xml is None
