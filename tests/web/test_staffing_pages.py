"""Staffing: the set-up, the search, and what its page says."""

from pathlib import Path

import pytest

from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.conftest import Browser
from tests.web.patients import AS_IS, FOLDER, KEY, put, request
from tests.web.studies import assert_refused, readable
from web.experiment_kinds import carry_out
from web.experiments import Kind, StudyRequest

ADDRESS = f"/simulate/{KEY}/staffing"
FORM = {
    "scenario": "as_is",
    "role_cashier": "1",
    "fewest_cashier": "1",
    "most_cashier": "3",
    "goal": "limit",
    "minutes": "60",
    "money": "1",
    "kpi": "OP-CT",
    "replications": "5",
    "seed": "3",
}


def search(goal: str, amount: float | None, units: dict[str, list[int]]) -> StudyRequest:
    question = {"kpi": "OP-CT", "goal": goal, "amount": amount, "units": units}
    return request(kind=Kind.STAFFING, alternatives=(), replications=5, question=question)


@pytest.fixture(scope="module")
def found():
    """The least staff that can do the work just misses the limit; one more cashier keeps it."""
    scenario = load(AS_IS, patch={"run": {"until": "2h"}})
    asked = search("limit", 4315.0, {"cashier": [1, 3], "frontdesk": [2, 4]})
    return asked, carry_out(asked, [scenario], DEFAULT_OPTIONS)


@pytest.fixture
def page(alice: Browser, tmp_path: Path, found) -> str:
    study_id = put(tmp_path / "experiments", found[0], found[1], [FOLDER / "as_is.bpmn"])
    return readable(alice.get(f"/simulate/{KEY}/studies/{study_id}"))


def test_set_up_has_a_range_for_every_role(alice: Browser) -> None:
    page = alice.get(ADDRESS).text

    assert 'name="role_doctor" value="1" checked' in page
    assert 'name="most_doctor" value="9"' in page


def test_set_up_shows_the_roles_of_the_chosen_scenario(alice: Browser) -> None:
    assert 'name="role_kiosk"' in alice.get(f"{ADDRESS}?scenario=to_be").text
    assert 'name="role_kiosk"' not in alice.get(f"{ADDRESS}?scenario=as_is").text


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"role_cashier": ""}, "Tick at least one role whose number may change."),
        ({"fewest_cashier": "4"}, "Cashier: the most must not be below the least."),
        ({"most_cashier": "x"}, "Cashier: at most: a whole number from 1 to 200 is allowed"),
        ({"minutes": "0"}, "Limit in minutes: a whole number from 1"),
        ({"goal": "budget", "money": ""}, "Budget: a whole number from 1"),
        ({"goal": "luck"}, "Goal: choose one of the list."),
    ],
)
def test_set_up_that_cannot_run_is_refused_in_words(
    alice: Browser, tmp_path: Path, changed: dict[str, str], problem: str
) -> None:
    answer = alice.post(ADDRESS, page=ADDRESS, **{**FORM, **changed})

    assert_refused(answer, problem, tmp_path / "experiments")


def test_answer_stands_beside_the_staff_of_today(page: str, found) -> None:
    best = found[1]["best"]["units"]
    table = page.split("<tbody>")[1]

    assert (
        f'Cashier</th><td class="tf-figure">1</td><td class="tf-figure">{best["cashier"]}<' in table
    )


def test_every_step_of_the_search_is_told(page: str, found) -> None:
    _asked, document = found

    assert "1. The least that can do the work" in page
    assert "2. One more: Cashier" in page
    assert page.count('data-head="What it brought"') == len(document["steps"])


def test_winner_of_the_last_round_is_told_where_no_step_led_to_it(
    alice: Browser, tmp_path: Path
) -> None:
    scenario = load(AS_IS, patch={"run": {"until": "1h"}})
    asked = search("budget", 1e6, {"cashier": [1, 3], "frontdesk": [2, 3]})
    document = carry_out(asked, [scenario], DEFAULT_OPTIONS)
    document["best"] = {**document["best"], "units": {"cashier": 3, "frontdesk": 2}}
    study_id = put(tmp_path / "experiments", asked, document, [FOLDER / "as_is.bpmn"])

    page = alice.get(f"/simulate/{KEY}/studies/{study_id}").text

    assert page.count(">answer</span>") == 1
    assert "Best of those that were tried most" in page


def test_staff_of_today_is_named_on_the_way_to_the_answer(
    alice: Browser, tmp_path: Path, found
) -> None:
    asked, document = found
    document = {**document, "today": document["steps"][1]}
    study_id = put(tmp_path / "experiments", asked, document, [FOLDER / "as_is.bpmn"])

    page = readable(alice.get(f"/simulate/{KEY}/studies/{study_id}"))

    assert '"name": "2 (today)"' in page
    assert '"today": null' in page


def test_search_that_found_nothing_says_what_to_do(alice: Browser, tmp_path: Path) -> None:
    scenario = load(AS_IS, patch={"run": {"until": "1h"}})
    asked = search("limit", 60.0, {"cashier": [1, 1]})
    document = carry_out(asked, [scenario], DEFAULT_OPTIONS)
    study_id = put(tmp_path / "experiments", asked, document, [FOLDER / "as_is.bpmn"])

    page = readable(alice.get(f"/simulate/{KEY}/studies/{study_id}"))

    assert "No staff within these ranges keeps Cycle time up to 60 s." in page
    assert "Widen the ranges" in page


def test_staff_of_today_may_lie_outside_the_ranges() -> None:
    scenario = load(AS_IS, patch={"run": {"until": "1h"}})
    asked = search("budget", 1e6, {"cashier": [2, 2]})
    document = carry_out(asked, [scenario], DEFAULT_OPTIONS)

    assert document["today"]["units"] == {"cashier": 1}
    assert document["best"]["units"] == {"cashier": 2}
