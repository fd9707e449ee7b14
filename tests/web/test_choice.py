"""The best of several scenarios: the set-up, the study, and what its page says."""

from pathlib import Path

import pytest

from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.conftest import Browser
from tests.web.patients import AS_IS, FOLDER, KEY, TO_BE, put, request
from tests.web.studies import assert_refused, readable
from web.experiment_kinds import carry_out, counts_ahead
from web.experiments import Kind
from web.scenarios import rehearsal_of
from web.set_up import SetUp, request_of

ADDRESS = f"/simulate/{KEY}"
FORM = {"baseline": "as_is", "alternative": "to_be", "replications": "5", "seed": "3"}
MORNING = {"run": {"until": "1h"}}


@pytest.fixture(scope="module")
def found():
    """Which is quicker in the first hour of a clinic."""
    question = {"kpi": "OP-CT", "indifference": 60.0}
    asked = request(kind=Kind.SELECTION, replications=5, question=question)
    scenarios = [load(path, patch=MORNING) for path in (AS_IS, TO_BE)]
    return asked, carry_out(asked, scenarios, DEFAULT_OPTIONS)


def shown(browser: Browser, root: Path, asked, document) -> str:
    models = [FOLDER / name for name in ("as_is.bpmn", "to_be.bpmn")]
    study_id = put(root, asked, document, models)
    return readable(browser.get(f"{ADDRESS}/studies/{study_id}"))


def candidate(name: str, mean: float, replications: int, *, given_up: bool) -> dict:
    return {
        "name": {"en": name, "zh": name},
        "mean": mean,
        "replications": replications,
        "given_up": given_up,
        "scenario_sha256": "0" * 64,
        "model_sha256": "1" * 64,
    }


def test_set_up_asks_for_the_best_of_all_that_would_be_compared() -> None:
    form = SetUp("as_is", ("to_be",), goal="best", minutes=2, precision="2", changed="as_is",
                 changes={"cashier": 1})  # fmt: skip
    wanted = request_of(form, rehearsal_of(KEY), by="alice")

    assert wanted.kind is Kind.SELECTION
    assert wanted.question == {"kpi": "OP-CT", "indifference": 120.0}
    assert (len(wanted.variants), wanted.replications) == (3, 60)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"minutes": "0"}, "Differences to ignore, in minutes: a whole number from 1 to 100000"),
        ({"minutes": "1", "kpi": "OP-UT"}, "KPI: choose one of the list."),
        ({"minutes": "1", "goal": "luck"}, "Goal: choose one of the list."),
    ],
)
def test_set_up_that_cannot_run_is_refused_in_words(
    alice: Browser, tmp_path: Path, changed: dict[str, str], problem: str
) -> None:
    asked = {**FORM, "goal": "best", **changed}
    answer = alice.post(f"{ADDRESS}/comparisons", page=ADDRESS, **asked)

    assert_refused(answer, problem, tmp_path / "experiments")


def test_minutes_are_not_read_where_nothing_is_chosen(alice: Browser, tmp_path: Path) -> None:
    asked = {**FORM, "goal": "compare", "minutes": "x", "alternative": "as_is"}
    answer = alice.post(f"{ADDRESS}/comparisons", page=ADDRESS, **asked)

    assert_refused(answer, "Both sides are the same.", tmp_path / "experiments")
    assert "Differences to ignore, in minutes:" not in answer.text


def test_choice_is_shown_with_what_it_found(alice: Browser, tmp_path: Path, found) -> None:
    page = shown(alice, tmp_path / "experiments", *found)
    names = [one["name"]["en"] for one in found[1]["scenarios"]]

    assert all(f'<th scope="row">{name}</th>' in page for name in names)
    assert page.count("SHA-256") == 4


def test_best_stands_first_and_the_rest_is_said_to_be_given_up(
    alice: Browser, tmp_path: Path, found
) -> None:
    scenarios = [
        candidate("today", 4500.0, 10, given_up=True),
        candidate("redesign", 2400.0, 14, given_up=False),
    ]
    document = {**found[1], "scenarios": scenarios, "decided": True}
    page = shown(alice, tmp_path / "experiments", found[0], document)

    assert "Best in Cycle time: redesign with 40.0 min." in page
    assert "With 95 % confidence no other is better by more than 60 s." in page
    assert "1 scenario was given up on the way; it took 24 runs in all." in page
    assert page.index("redesign</th>") < page.index("today</th>")
    assert "+35.0 min" in page


def test_undecided_choice_says_what_to_do(alice: Browser, tmp_path: Path, found) -> None:
    scenarios = [candidate(name, 100.0, 5, given_up=False) for name in ("one", "other")]
    document = {**found[1], "scenarios": scenarios, "decided": False}
    page = shown(alice, tmp_path / "experiments", found[0], document)

    assert "These cannot be told apart in Cycle time: one, other." in page
    assert "Allow more replications" in page


def test_choice_is_listed_among_the_comparisons(alice: Browser, tmp_path: Path, found) -> None:
    shown(alice, tmp_path / "experiments", *found)
    page = alice.get(ADDRESS).text

    assert "Best in Cycle time: as is | to be" in page
    assert "≤ 5" in page


def test_choice_does_not_know_how_many_runs_it_takes() -> None:
    assert not counts_ahead(Kind.SELECTION)
    assert counts_ahead(Kind.SCREENING)
