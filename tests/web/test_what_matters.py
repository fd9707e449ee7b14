"""What matters: the set-up, the study, and what its page says."""

from pathlib import Path

import pytest

from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.conftest import Browser
from tests.web.patients import AS_IS, FOLDER, KEY, put, request
from tests.web.studies import assert_refused, readable
from web.experiment_kinds import carry_out
from web.experiments import Kind

ADDRESS = f"/simulate/{KEY}/what-matters"
FORM = {"scenario": "as_is", "kpi": "OP-CT", "percent": "10", "replications": "5", "seed": "3"}
MORNING = {"run": {"until": "2h"}}


@pytest.fixture(scope="module")
def asked():
    """The quiet morning of a clinic in which only few assumptions are left."""
    question = {"kpi": "OP-CT", "change": 0.1}
    return request(kind=Kind.SENSITIVITY, alternatives=(), replications=5, question=question)


@pytest.fixture(scope="module")
def document(asked):
    return carry_out(asked, [load(AS_IS, patch=MORNING)], DEFAULT_OPTIONS)


@pytest.fixture
def page(alice: Browser, tmp_path: Path, asked, document) -> str:
    study_id = put(tmp_path / "experiments", asked, document, [FOLDER / "as_is.bpmn"])
    return readable(alice.get(f"/simulate/{KEY}/studies/{study_id}"))


def test_set_up_offers_scenarios_and_kpis(alice: Browser) -> None:
    page = alice.get(ADDRESS).text

    assert '<option value="impatient">' in page
    assert '<option value="OP-CT" selected>Cycle time</option>' in page


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"percent": "0"}, "Change: a whole number from 1 to 50 is allowed, not “0”."),
        ({"kpi": "OP-XX"}, "KPI: choose one of the list."),
        ({"scenario": "../x"}, "Scenario: choose one of the list."),
    ],
)
def test_set_up_that_cannot_run_is_refused_in_words(
    alice: Browser, tmp_path: Path, changed: dict[str, str], problem: str
) -> None:
    answer = alice.post(ADDRESS, page=ADDRESS, **{**FORM, **changed})

    assert_refused(answer, problem, tmp_path / "experiments")


def test_widest_clear_swing_stands_first_in_words(page: str, document) -> None:
    first = document["swings"][0]

    assert (first["field"], first["clear"]) == ("arrivals.start_walk_in", True)
    assert "Cycle time depends most on how many come (Patient arrives): 10 % more brings +" in page


def test_table_has_a_row_for_every_assumption(page: str, document) -> None:
    table = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]

    assert table.count("<tr>") == len(document["swings"]) == 12
    assert "How long Consult takes" in table


def test_study_tells_what_is_assumed_today(page: str, document) -> None:
    assert f"As assumed: Cycle time {document['today']['mean'] / 60:.1f} min" in page


def test_page_speaks_chinese(alice: Browser, tmp_path: Path, asked, document) -> None:
    study_id = put(tmp_path / "experiments", asked, document, [FOLDER / "as_is.bpmn"])
    page = alice.get(f"/simulate/{KEY}/studies/{study_id}?lang=zh").text

    assert "周期时间" in page
    assert "depends" not in page
