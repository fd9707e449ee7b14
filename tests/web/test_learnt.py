"""Learnt from the log: the set-up, the job, and the report."""

import gzip
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.process_engine import ProcessEngine
from kpis.event_log import EventLog
from simulation.calibration.errors import CalibrationRefused
from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.conftest import Browser
from tests.web.patients import AS_IS, FOLDER, KEY, RUN_ID, put, record, request
from tests.web.patients import day as simulated
from tests.web.studies import assert_refused, ended, readable
from web.experiment_files import RunState
from web.experiment_kinds import carry_out
from web.experiments import Kind, StudyRequest

ADDRESS = f"/simulate/{KEY}/learnt"
STUDY = f"/simulate/{KEY}/studies/{RUN_ID}"
FIRST = date(2026, 2, 23)
A_FORM = {"zone": "Asia/Shanghai", "dates": "", "columns": ""}
STEPS = ("Register", "Triage", "Consult")
VISITS = "\n".join(
    ["case_id,activity,resource,start_time,end_time"]
    + [
        f"{n},{step},Alice,2026-02-23T{9 + n // 4:02}:{15 * (n % 4) + 3 * i:02}:00,"
        f"2026-02-23T{9 + n // 4:02}:{15 * (n % 4) + 3 * i + 2:02}:00"
        for n in range(24)
        for i, step in enumerate(STEPS)
    ]
    + [""]
).encode()
QUESTION = {"zone": "Asia/Shanghai", "now": "2026-03-02T01:00:00+00:00", "cases": 54}


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyRequest, dict]:
    """What two quiet days tell."""
    folder = tmp_path_factory.mktemp("learnt")
    runs = [simulated(FIRST + timedelta(days=n))[1] for n in range(2)]
    events = [
        replace(event, case_id=f"{n}-{event.case_id}")
        for n, run in enumerate(runs)
        for event in run.history()
    ]
    window = (min(e.at for e in events), max(e.at for e in events))
    EventLog.from_events(events, window=window).to_csv(folder / "cases.csv")
    question = {**QUESTION, "log": str(folder / "cases.csv")}
    asked = request(kind=Kind.LEARNING, alternatives=(), replications=2, question=question)
    return asked, carry_out(asked, [load(AS_IS)], DEFAULT_OPTIONS)


@pytest.fixture
def page(dora: Browser, tmp_path: Path, learnt) -> str:
    put(tmp_path / "experiments", learnt[0], learnt[1], [FOLDER / "as_is.bpmn"])
    return readable(dora.get(STUDY))


def test_set_up_counts_the_finished_cases(dora: Browser, engine: ProcessEngine) -> None:
    runs = record(engine, FIRST, days=1)
    cases = {event.case_id for run in runs for event in run.history()}

    assert f"{len(cases)} finished cases are recorded." in dora.get(ADDRESS).text


def test_too_few_cases_are_refused_in_words(dora: Browser, tmp_path: Path) -> None:
    answer = dora.post(ADDRESS, page=ADDRESS)

    problem = "At least 10 finished cases are needed"
    assert_refused(answer, problem, tmp_path / "experiments")


def test_only_who_sees_every_case_may_read_the_report(
    alice: Browser, tmp_path: Path, learnt
) -> None:
    put(tmp_path / "experiments", learnt[0], learnt[1], [FOLDER / "as_is.bpmn"])

    for address in (ADDRESS, STUDY, f"{STUDY}/document.json", f"{ADDRESS}/{RUN_ID}/scenario.yaml"):
        assert alice.get(address).status_code == 404


def test_report_has_n_interval_and_fit_for_every_duration(page: str, learnt) -> None:
    durations = learnt[1]["learnt"]["durations"]
    table = page.split("How long work takes</h2>")[1].split("</table>", maxsplit=1)[0]

    assert table.count('scope="row"') == len(durations)
    assert table.count('class="tf-badge') == len(durations)
    assert "Register" in table


def test_report_tells_arrivals_and_spreads_with_intervals(page: str, learnt) -> None:
    day = learnt[1]["learnt"]["arrivals"][0]["by_weekday"][0]

    assert f"{day['mean']:.1f} <" in page
    assert f"({day['low']:.1f} to {day['high']:.1f})" in page
    assert "Spread with interval" in page
    assert "Intervals by hour" in page


def test_report_on_few_days_is_not_sure(page: str) -> None:
    assert "Too few to tell for sure (days: 2" in page
    assert "cases (days: 2)" in page


def test_report_of_an_earlier_version_can_still_be_read(
    dora: Browser, tmp_path: Path, learnt
) -> None:
    older = deepcopy(learnt[1])
    found, verdict = older["learnt"], older["validation"]
    del found["confidence"], verdict["is_certain"], verdict["doubts"], verdict["days"]
    for one in (*found["durations"], *found["events"], *found["delays"]):
        del one["sd_s"]
    for decision in found["decisions"]:
        del decision["by_value"]
    for model in found["arrivals"]:
        for key in ("per_week_interval", "by_weekday", *(
            f"{end}_by_weekday_and_hour" for end in ("low", "high"))):  # fmt: skip
            del model[key]
    for one in verdict["measures"]:
        del one["floor_splits"]
    verdict["remarks"] = ["the clock moved"]
    found["warnings"] = [{"section": "log", "where": "", "text": "only 3 rows"}]
    put(tmp_path / "experiments", learnt[0], older, [FOLDER / "as_is.bpmn"])

    page = readable(dora.get(STUDY))

    assert "Only 3 rows" in page
    assert "The clock moved" in page


def test_report_says_what_to_doubt_first(page: str, learnt) -> None:
    assert learnt[1]["learnt"]["warnings"]
    assert page.index("What to doubt") < page.index("How long work takes")


def test_report_counts_people_and_names_nobody(page: str) -> None:
    assert "People seen" in page
    assert "doctor 1" not in page


def test_learnt_scenario_can_be_downloaded(dora: Browser, page: str, learnt) -> None:
    answer = dora.get(f"{ADDRESS}/{RUN_ID}/scenario.yaml")

    assert answer.text == learnt[1]["scenario"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_unknown_report_is_not_found(dora: Browser) -> None:
    assert dora.get(f"{ADDRESS}/nothing/scenario.yaml").status_code == 404


def test_report_speaks_chinese(dora: Browser, page: str) -> None:
    page = dora.get(f"{STUDY}?lang=zh").text

    assert "Where</th>" not in page
    assert "挂号" in page


def test_cases_do_not_stay_in_the_folder(
    dora: Browser,
    app: Flask,
    engine: ProcessEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.views.learnt.REPLICATIONS", 2)
    record(engine, FIRST, days=1)
    opened = app.extensions["twinflow"].experiments
    study_id = dora.post(ADDRESS, page=ADDRESS).headers["Location"].rsplit("/", 1)[1]
    folder = tmp_path / "experiments" / study_id
    assert (folder / "cases.csv").exists()
    run = ended(opened, study_id)
    opened.close()

    assert run.state is RunState.DONE, run.problem
    assert not (folder / "cases.csv").exists()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[StudyRequest]:
    """The studies that were submitted; their files are put into a folder, nothing is started."""
    found: list[StudyRequest] = []

    def submitted(wanted: StudyRequest, *, or_else: object, prepare: Callable[[Path], None]) -> str:
        prepare(tmp_path)
        question = {**wanted.question, "log": str(tmp_path / "cases.csv")}
        found.append(replace(wanted, question=question, replications=2))
        return ""

    monkeypatch.setattr("web.views.learnt.submitted", submitted)
    return found


def test_a_file_is_learnt_from_and_named_in_the_report(
    dora: Browser, tmp_path: Path, asked: list[StudyRequest]
) -> None:
    log = (BytesIO(gzip.compress(VISITS)), "logs/visits.csv.gz")
    dora.post(f"{ADDRESS}/file", page=ADDRESS, **A_FORM, log=log)
    (wanted,) = asked

    found = carry_out(wanted, [load(AS_IS)], DEFAULT_OPTIONS)
    put(tmp_path / "experiments", wanted, found, [FOLDER / "as_is.bpmn"])

    assert found["learnt"]["source"] == "visits.csv.gz"
    assert found["learnt"]["cases"] == 24
    assert "From visits.csv.gz" in dora.get(STUDY).text
    assert "What visits.csv.gz tells" in dora.get(ADDRESS).text


def test_what_is_wrong_with_a_file_is_told_by_its_name_and_row(
    dora: Browser, asked: list[StudyRequest]
) -> None:
    log = (BytesIO(VISITS.replace(b"activity", b"Vorgang")), "besuche.csv")
    dora.post(f"{ADDRESS}/file", page=ADDRESS, **A_FORM, log=log)

    with pytest.raises(CalibrationRefused, match=r"besuche\.csv, row 1: no column is known as"):
        carry_out(asked[0], [load(AS_IS)], DEFAULT_OPTIONS)


def test_columns_and_dates_are_read_as_the_form_says(
    dora: Browser, asked: list[StudyRequest]
) -> None:
    form = {**A_FORM, "columns": "activity = Vorgang; case=case_id", "dates": "day"}
    log = (BytesIO(VISITS.replace(b"activity", b"Vorgang")), "besuche.csv")

    dora.post(f"{ADDRESS}/file", page=ADDRESS, **form, log=log)

    assert asked[0].question["columns"] == {"activity": "Vorgang", "case": "case_id"}
    assert asked[0].question["is_day_first"] is True


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "Choose a file"),
        ({"zone": "Mars", "log": "x"}, "“Mars” is no time zone"),
        ({"columns": "ticket=Case", "log": "x"}, "not “ticket”"),
        ({"columns": "case", "log": "x"}, "not “case”"),
    ],
)
def test_a_form_that_makes_no_sense_starts_nothing(
    dora: Browser, tmp_path: Path, fields: dict[str, str], problem: str
) -> None:
    given: dict[str, Any] = {**A_FORM, **fields}
    if "log" in given:
        given["log"] = (BytesIO(VISITS), "visits.csv")

    answer = dora.post(f"{ADDRESS}/file", page=ADDRESS, **given)

    assert_refused(answer, problem, tmp_path / "experiments")
    assert 'name="columns"' in answer.text


def test_only_who_sees_every_case_may_give_a_file(alice: Browser) -> None:
    answer = alice.post(f"{ADDRESS}/file", **A_FORM, log=(BytesIO(VISITS), "visits.csv"))

    assert answer.status_code == 404
