"""Forecast: the open cases of this minute, their bands, and who may see them."""

from dataclasses import replace
from html import unescape
from pathlib import Path

import orjson
import pytest

from engine.process_engine import ProcessEngine
from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.conftest import Browser
from tests.web.patients import AS_IS, FOLDER, KEY, deploy, put
from tests.web.studies import assert_refused, ended
from web import forecast_set_up
from web.experiment_kinds import carry_out
from web.experiments import Experiments, StudyRequest
from web.forecast_cases import from_json
from web.open_cases import open_cases
from web.scenarios import rehearsal_of

ADDRESS = f"/simulate/{KEY}/forecast"
STUDIES = f"/simulate/{KEY}/studies"


@pytest.fixture
def cases(engine: ProcessEngine) -> list[str]:
    """Three patients who wait for registration."""
    deploy(engine)
    for number in range(3):
        engine.start_process(KEY, by="dora", business_key=f"P-{number}")
    return [f"P-{number}" for number in range(3)]


@pytest.fixture
def asked(engine: ProcessEngine, clock, cases) -> StudyRequest:
    found = open_cases(engine, KEY, now=clock.now(), by="dora")
    form = forecast_set_up.SetUp("as_is", hours=1)
    return forecast_set_up.request_of(form, rehearsal_of(KEY), found, now=clock.now(), by="dora")


@pytest.fixture
def study(asked: StudyRequest, tmp_path: Path) -> str:
    """A finished forecast in ten ways."""
    document = carry_out(replace(asked, replications=10), [load(AS_IS)], DEFAULT_OPTIONS)
    put(tmp_path / "experiments", asked, document, [FOLDER / "as_is.bpmn"])
    return f"{STUDIES}/20260302-010000-abcdef"


def test_set_up_counts_the_open_cases(dora: Browser, cases) -> None:
    assert "3 cases are open and can be forecast." in dora.get(ADDRESS).text


def test_set_up_without_open_cases_says_what_to_do(dora: Browser, engine) -> None:
    deploy(engine)
    page = dora.get(ADDRESS).text

    assert "No open case" in page
    assert "Start a case" in page


def test_process_that_is_not_deployed_has_no_open_case(dora: Browser) -> None:
    assert "No open case" in dora.get(ADDRESS).text


def test_cases_that_follow_a_model_without_a_scenario_are_not_said_to_be_missing(
    dora: Browser,
) -> None:
    page = dora.get("/simulate/complaint/forecast").text

    assert "These cases have no scenario" in page
    assert "No open case" not in page


def test_set_up_begins_with_the_scenario_whose_cases_are_open(
    dora: Browser, engine: ProcessEngine
) -> None:
    deploy(engine, "to_be.bpmn")
    engine.start_process(f"{KEY}_to_be", by="dora", business_key="N-1", start_event="start_walk_in")

    assert '<option value="to_be" selected>' in dora.get(ADDRESS).text


def test_forecast_of_nothing_is_refused_in_words(dora: Browser, tmp_path: Path) -> None:
    answer = dora.post(ADDRESS, page=ADDRESS, scenario="as_is", hours="8")

    problem = "There is no open case that can be forecast"
    assert_refused(answer, problem, tmp_path / "experiments")


def test_hours_have_bounds(dora: Browser, cases) -> None:
    answer = dora.post(ADDRESS, page=ADDRESS, scenario="as_is", hours="1000")

    assert "Hours: a whole number from 1 to 168 is allowed" in unescape(answer.text)


def test_only_who_sees_every_case_may_forecast(alice: Browser, study: str) -> None:
    assert alice.get(ADDRESS).status_code == 404
    assert alice.get(study).status_code == 404
    assert alice.get(f"{study}/document.json").status_code == 404
    assert ADDRESS not in alice.get(f"/simulate/{KEY}").text


def test_list_of_cases_leads_to_the_forecast_of_the_busiest_process(
    dora: Browser, alice: Browser, cases
) -> None:
    assert "/simulate/forecast" in dora.get("/cases").text
    assert dora.get("/simulate/forecast").headers["Location"] == ADDRESS
    assert "/simulate/forecast" not in alice.get("/cases").text


def test_every_open_case_has_its_band(dora: Browser, study: str, cases) -> None:
    page = dora.get(study).text

    assert page.count('<svg class="tf-band"') == 3
    for case in cases:
        assert f">{case}</a>" in page


def test_case_over_its_limit_comes_first_and_is_late(
    dora: Browser, study: str, tmp_path: Path
) -> None:
    result = tmp_path / "experiments" / study.rsplit("/", 1)[1] / "result.json"
    document = orjson.loads(result.read_bytes())
    for end in ("early", "expected", "late"):
        document["cases"][2][end] = "2026-03-09T12:00:00+00:00"
    result.write_bytes(orjson.dumps(document))

    first = dora.get(study).text.split("<tbody>")[1].split("</tr>", maxsplit=1)[0]

    assert 'data-state="off"' in first
    assert document["cases"][2]["case_id"] in first


def test_case_that_ended_since_is_not_shown(
    dora: Browser, engine: ProcessEngine, study: str
) -> None:
    instance = engine.instances(by="dora", process_key=KEY)[0]
    engine.cancel_instance(instance.id, by="dora", reason="went home")
    page = dora.get(study).text

    assert f">{instance.business_key}</a>" not in page
    assert "1 case of this forecast has ended since." in page


def test_cases_that_are_not_forecast_are_named_up_to_a_number(
    dora: Browser, study: str, tmp_path: Path
) -> None:
    result = tmp_path / "experiments" / study.rsplit("/", 1)[1] / "result.json"
    document = orjson.loads(result.read_bytes())
    document["left_out"] = {f"Q-{number}": "problem" for number in range(12)}
    result.write_bytes(orjson.dumps(document))

    page = dora.get(study).text
    assert "12 cases are not forecast" in page
    assert "Q-8, Q-9, …)" in page


def test_queues_are_shown_as_curves_and_table(dora: Browser, study: str) -> None:
    page = dora.get(study).text

    assert 'data-chart="band"' in page
    assert "Front desk</th>" in page


def test_cases_pass_the_folder_unchanged(asked: StudyRequest, engine, clock) -> None:
    found = open_cases(engine, KEY, now=clock.now(), by="dora")

    read = [from_json(values) for values in orjson.loads(orjson.dumps(asked.question))["cases"]]
    assert [(c.case_id, c.started_at, c.places) for c in read] == [
        (c.case_id, c.started_at, c.places) for c in found.cases
    ]


def test_request_holds_no_data_of_cases_that_the_scenario_does_not_need(asked) -> None:
    assert [case["values"] for case in asked.question["cases"]] == [{}, {}, {}]


def test_forecast_cannot_be_repeated(dora: Browser, study: str) -> None:
    assert dora.post(f"{study}/repetition", page=ADDRESS).status_code == 404


def test_forecast_is_carried_out_without_keeping_the_cases(
    dora: Browser, app, cases, tmp_path: Path
) -> None:
    opened: Experiments = app.extensions["twinflow"].experiments
    answer = dora.post(ADDRESS, page=ADDRESS, scenario="as_is", hours="1")
    study_id = answer.headers["Location"].rsplit("/", 1)[1]
    run = ended(opened, study_id)
    opened.close()

    request = orjson.loads((tmp_path / "experiments" / study_id / "request.json").read_bytes())
    assert run.state.value == "done", run.problem
    assert request["question"]["cases"] == []


def test_forecast_that_never_began_keeps_no_cases(app, asked, tmp_path: Path) -> None:
    opened: Experiments = app.extensions["twinflow"].experiments
    study_id = opened.submit(asked, prepare=lambda folder: (folder / "cancel").touch())
    ended(opened, study_id)

    request = orjson.loads((tmp_path / "experiments" / study_id / "request.json").read_bytes())
    assert request["question"]["cases"] == []
