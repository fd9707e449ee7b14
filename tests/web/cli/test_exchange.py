"""``twinflow scenario import`` and ``export``."""

from __future__ import annotations

import json

from simulation.scenario.load import load
from tests.architecture.sources import ROOT
from tests.simulation.exchange.foreign import model, prosimos
from tests.simulation.exchange.test_qbp import qbp

VISIT = ROOT / "benchmarks" / "models" / "visit.yaml"


def a_loan(home, xml=None):
    (home / "loan.json").write_text(json.dumps(prosimos()), encoding="utf-8")
    (home / "loan.bpmn").write_text(xml or model(), encoding="utf-8")


def test_import_finds_the_model_beside_the_file_and_tells_every_field(cli, home):
    a_loan(home)

    outcome = cli("scenario", "import", "loan.json", "--out", "loan.yaml")

    assert outcome.status == 0
    assert "guessed    run.cases: 1,000 cases" in outcome.out
    assert outcome.out.splitlines()[-1].startswith("Prosimos: 11 kept, ")
    assert load(home / "loan.yaml").document.model == "loan.bpmn"


def test_import_in_another_folder_names_the_model_from_there(cli, home):
    a_loan(home)
    (home / "made").mkdir()

    cli("scenario", "import", "loan.json", "--model", "loan.bpmn", "--out", "made/s.yaml")

    assert load(home / "made" / "s.yaml").document.model == "../loan.bpmn"


def test_import_writes_a_model_with_the_times_that_were_missing(cli, home):
    a_loan(home, model().replace("<timeDuration>PT1H</timeDuration>", ""))

    outcome = cli("scenario", "import", "loan.json", "--out", "made.yaml", "--json")

    assert outcome.document["files"] == ["made.yaml", "made.bpmn"]
    assert cli("scenario", "check", "made.yaml").status == 0


def test_import_of_bimp_needs_no_model(cli, home):
    (home / "claim.bpmn").write_text(qbp(), encoding="utf-8")

    outcome = cli("scenario", "import", "claim.bpmn", "--out", "claim.yaml", "--json")

    assert outcome.document["format"] == "qbp"
    fates = {field["fate"] for field in outcome.document["fields"]}
    assert fates == {"kept", "translated", "guessed"}


def test_wrong_file_is_refused_and_nothing_is_written(cli, home):
    a_loan(home)
    broken = prosimos()
    broken["resource_calendars"] = []
    (home / "loan.json").write_text(json.dumps(broken), encoding="utf-8")

    outcome = cli("scenario", "import", "loan.json", "--out", "loan.yaml")

    assert outcome.status == 2
    assert "loan.json: resource_profiles[0].resource_list[0].calendar" in outcome.err
    assert not (home / "loan.yaml").exists()


def test_file_that_is_there_is_not_written_over(cli, home):
    a_loan(home)
    (home / "loan.yaml").write_text("mine", encoding="utf-8")

    outcome = cli("scenario", "import", "loan.json", "--out", "loan.yaml")

    assert outcome.status == 2
    assert "exists already" in outcome.err
    assert (home / "loan.yaml").read_text(encoding="utf-8") == "mine"


def test_export_to_prosimos_writes_both_files(cli, home):
    outcome = cli("scenario", "export", VISIT, "--format", "prosimos", "--out", "visit.json")

    assert outcome.status == 0
    written = json.loads((home / "visit.json").read_text(encoding="utf-8"))
    assert len(written["task_resource_distribution"]) == 10
    assert "<task id=" in (home / "visit.bpmn").read_text(encoding="utf-8")


def test_export_to_bpsim_comes_back(cli, home):
    cli("scenario", "export", VISIT, "--format", "bpsim", "--out", "visit.bpmn")

    outcome = cli("scenario", "import", "visit.bpmn", "--out", "visit.yaml")

    assert outcome.status == 0
    first, again = load(VISIT).document, load(home / "visit.yaml").document
    assert again.durations == first.durations
    assert again.resources == first.resources


def test_export_does_not_write_the_model_over_the_parameters(cli, home):
    outcome = cli("scenario", "export", VISIT, "--format", "prosimos", "--out", "visit.bpmn")

    assert outcome.status == 2
    assert not (home / "visit.bpmn").exists()


def test_second_file_that_cannot_be_written_leaves_no_first_one(cli, home):
    (home / ".visit.bpmn.part").mkdir()  # in the way of the model

    outcome = cli("scenario", "export", str(VISIT), "--format", "prosimos", "--out", "visit.json")

    assert outcome.status == 1
    assert [path.name for path in home.glob("*visit*")] == [".visit.bpmn.part"]


def test_visit_that_went_to_bpsim_and_back_is_simulated_the_same(cli, home):
    as_is = ROOT / "processes" / "bpmn" / "patient_visit" / "as_is.yaml"
    cli("scenario", "export", str(as_is), "--format", "bpsim", "--out", "visit.bpmn")
    cli("scenario", "import", "visit.bpmn", "--out", "again.yaml")

    first, second = (
        cli("simulate", name, "-n", "2", "-j", "1", "--json").document
        for name in (str(as_is), "again.yaml")
    )

    assert second["kpis"] == first["kpis"]
