"""What matters, all assumptions together: the set-up, the study, and what its page says."""

import re
from pathlib import Path

import pytest

from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.conftest import Browser
from tests.web.patients import AS_IS, FOLDER, KEY, put, request
from tests.web.studies import assert_refused, readable
from web import sensitivity_set_up
from web.experiment_kinds import carry_out
from web.experiments import Kind
from web.scenarios import rehearsal_of

ADDRESS = f"/simulate/{KEY}/what-matters"
FORM = {"scenario": "as_is", "kpi": "OP-CT", "percent": "10", "replications": "5", "seed": "3"}


@pytest.fixture(scope="module")
def found():
    """Two paths through the first hour of a clinic."""
    question = {"kpi": "OP-CT", "change": 0.1, "paths": 2}
    asked = request(kind=Kind.SCREENING, alternatives=(), replications=2, question=question)
    return asked, carry_out(asked, [load(AS_IS, patch={"run": {"until": "1h"}})], DEFAULT_OPTIONS)


def shown(browser: Browser, root: Path, asked, document) -> str:
    study_id = put(root, asked, document, [FOLDER / "as_is.bpmn"])
    return readable(browser.get(f"/simulate/{KEY}/studies/{study_id}"))


def effect(field: str, mean: float, half_width: float, spread: float) -> dict:
    strength = abs(mean)
    return {
        "field": field,
        "mean": mean,
        "strength": strength,
        "half_width": half_width,
        "spread": spread,
    }


def test_set_up_asks_for_paths_when_all_move_together() -> None:
    form = sensitivity_set_up.SetUp("as_is", way="together")
    wanted = sensitivity_set_up.request_of(form, rehearsal_of(KEY), by="alice")

    assert wanted.kind is Kind.SCREENING
    assert wanted.question == {"kpi": "OP-CT", "change": 0.1, "paths": 10}


def test_unknown_way_is_refused_in_words(alice: Browser, tmp_path: Path) -> None:
    answer = alice.post(ADDRESS, page=ADDRESS, **FORM, way="by luck")

    assert_refused(answer, "Moved: choose one of the list.", tmp_path / "experiments")


def test_table_has_a_row_for_every_assumption(alice: Browser, tmp_path: Path, found) -> None:
    page = shown(alice, tmp_path / "experiments", *found)
    table = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]

    assert table.count("<tr>") == len(found[1]["effects"]) == 12
    assert 'data-chart="interval-bars"' in page


def test_what_depends_on_the_others_is_told(alice: Browser, tmp_path: Path, found) -> None:
    effects = [
        effect("durations.consult", 120.0, 30.0, 12.0),
        effect("durations.register", 60.0, 20.0, 50.0),
        effect("durations.triage", 1.0, 2.0, 0.1),
    ]
    page = shown(alice, tmp_path / "experiments", found[0], {**found[1], "effects": effects})

    assert "depends most on how long Consult takes: 10 % more brings +2.0 min." in page
    assert "depends on the other assumptions: how long Register takes." in page
    told = page.split("<tbody>")[1]
    badges = re.findall(r"</span> ([a-z ]+)</span></td>", told)
    assert badges == ["clear", "depends on others", "unclear"]


def test_study_is_listed_where_it_is_asked_for(alice: Browser, tmp_path: Path, found) -> None:
    shown(alice, tmp_path / "experiments", *found)

    assert "Patient visit" in alice.get(ADDRESS).text
    assert "± 10 %, all together" in readable(alice.get(ADDRESS))
