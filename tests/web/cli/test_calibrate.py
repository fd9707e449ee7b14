"""``twinflow scenario calibrate`` and ``validate`` on a log that was simulated a moment ago."""

from __future__ import annotations

import shutil

import pytest

from kpis.export import files
from kpis.export.told import Teller
from tests.simulation.builders import a_run, shipped
from tests.web.cli.conftest import VISIT

QUICK = ("-n", "3", "--timezone", "Asia/Shanghai")


@pytest.fixture
def visits(home):
    """A day of patient visits as a log, and the model beside it."""
    path = home / "visits.csv.gz"
    files.write(Teller().cases(a_run(shipped("as_is")).history()), path, files.ExportFormat.CSV)
    shutil.copy(VISIT / "as_is.bpmn", home / "visit.bpmn")
    return path


def test_a_log_becomes_a_scenario_that_runs_and_a_report(cli, visits, home):
    told = cli("scenario", "calibrate", visits, "--model", "visit.bpmn", "--out", "learnt.yaml",
               "--report", "learnt.md", *QUICK)  # fmt: skip

    assert told.status == 0
    assert "## Durations, in working time" in told.out
    assert "written: learnt.yaml, learnt.md" in told.out
    assert (home / "learnt.md").read_text(encoding="utf-8").startswith("# Patient visit")
    assert cli("scenario", "check", "learnt.yaml").status == 0
    assert cli("simulate", "learnt.yaml", "-n", "1", "--jobs", "1").status == 0


def test_what_is_learnt_is_written_as_json(cli, visits):
    told = cli("scenario", "calibrate", visits, "--model", "visit.bpmn", "--out", "learnt.yaml",
               "--json", *QUICK)  # fmt: skip

    assert told.document["learnt"]["conformance"]["deviating"] == 0
    assert told.document["validation"]["verdict"] in {"valid", "not valid"}
    assert told.document["files"] == ["learnt.yaml"]


def test_without_a_model_the_quality_of_the_log_is_told(cli, visits):
    told = cli("scenario", "calibrate", visits)

    assert told.status == 0
    assert "rows were read from visits.csv.gz" in told.out


def test_a_scenario_is_validated_with_another_log(cli, visits):
    shutil.copy(VISIT / "as_is.yaml", "as_is.yaml")
    shutil.copy(VISIT / "as_is.bpmn", "as_is.bpmn")

    told = cli("scenario", "validate", "as_is.yaml", "--log", visits, *QUICK)

    assert told.status in {0, 1}
    assert "Simulated and held-out cases" in told.out


def test_a_file_that_is_there_is_not_written_over(cli, visits, home):
    (home / "learnt.yaml").write_text("mine")

    told = cli("scenario", "calibrate", visits, "--model", "visit.bpmn", "--out", "learnt.yaml")

    assert told.status == 2
    assert "exists already" in told.err
    assert (home / "learnt.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--timezone", "Mars"), "'Mars' is no time zone"),
        (("--encoding", "ebcdic"), "'ebcdic' is no encoding"),
        (("--column", "case"), "is not FIELD=COLUMN"),
        (("--column", "case=Ticket"), "there is no column 'Ticket'"),
        (("--model", "visit.bpmn"), "--model and --out are needed together"),
    ],
)
def test_wrong_options_are_named(cli, visits, options, words):
    told = cli("scenario", "calibrate", visits, *options)

    assert told.status == 2
    assert words in told.err


def test_a_log_of_another_process_writes_nothing(cli, visits, home):
    model = (home / "visit.bpmn").read_text(encoding="utf-8")
    for name in ("register", "triage", "consult", "sample", "dispense", "pay_"):
        model = model.replace(f'"{name}', f'"other_{name}')
    (home / "other.bpmn").write_text(model.replace("name=", "title="), encoding="utf-8")

    told = cli("scenario", "calibrate", visits, "--model", "other.bpmn", "--out", "x.yaml")

    assert told.status == 2
    assert not (home / "x.yaml").exists()


def test_a_broken_log_is_refused_by_line_and_writes_nothing(cli, visits, home):
    visits.write_bytes(visits.read_bytes()[:2000])

    told = cli("scenario", "calibrate", visits, "--model", "visit.bpmn", "--out", "x.yaml")

    assert told.status == 2
    assert "the file is cut off here" in told.err
    assert not (home / "x.yaml").exists()
