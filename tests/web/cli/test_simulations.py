"""``twinflow simulate``, ``compare`` and ``scenario``."""

import json
import os
import signal
from contextlib import nullcontext

import pytest
import yaml

from tests.web.cli.conftest import VISIT
from web.cli.rehearsal import stoppable

AS_IS, TO_BE = VISIT / "as_is.yaml", VISIT / "to_be.yaml"
QUICK = ("-n", "3", "--jobs", "1")


def test_simulation_writes_pure_json(cli):
    simulated = cli("simulate", AS_IS, *QUICK, "--json")

    assert simulated.status == 0
    assert simulated.document["replications"] == 3
    assert simulated.document["kpis"]["OP-CT"]["mean"] > 0


def test_simulation_writes_tables_for_people(cli):
    simulated = cli("simulate", AS_IS, *QUICK)

    assert "OP-CT" in simulated.out
    assert "frontdesk" in simulated.out


def test_simulation_writes_log_table_and_manifest_into_a_folder(cli, home):
    cli("simulate", AS_IS, *QUICK, "--out", "results", "--log", "parquet", "--log", "xes")

    written = {path.name for path in (home / "results").iterdir()}
    assert written == {"kpis.csv", "log.parquet", "log.xes", "manifest.json"}
    assert (home / "results/kpis.csv").read_text().count("\n") == 4


def test_form_of_a_log_without_a_folder_is_refused(cli):
    refused = cli("simulate", AS_IS, *QUICK, "--log", "csv")

    assert refused.status == 2
    assert "add --out FOLDER" in refused.err


def test_kept_replications_are_not_simulated_again(cli, home):
    first = cli("simulate", AS_IS, *QUICK, "--keep", "kept", "--json")
    (kept,) = (home / "kept").iterdir()
    size = kept.stat().st_size

    again = cli("simulate", AS_IS, *QUICK, "--keep", "kept", "--json")

    assert again.out == first.out
    assert kept.stat().st_size == size


def test_same_seed_prints_the_same_bytes_in_one_process_or_two(cli):
    asked = ("simulate", AS_IS, "-n", "2", "--seed", "7", "--json")

    assert cli(*asked, "--jobs", "2").out == cli(*asked, "--jobs", "1").out


def test_comparison_gives_verdicts_and_a_gate(cli):
    compared = cli("compare", AS_IS, TO_BE, *QUICK)

    assert "verdict" in compared.out
    assert "to_be.yaml: gate " in compared.out


def test_overload_of_one_of_those_that_are_compared_is_said(cli):
    compared = cli("compare", AS_IS, VISIT / "flu_peak.yaml", "-n", "2", "--jobs", "1")

    assert "warning: flu_peak.yaml: doctor: 113% of the available time" in compared.err
    assert "as_is.yaml" not in compared.err


def test_missed_target_fails_the_gate(cli, home):
    (home / "strict.yaml").write_text(
        yaml.safe_dump({"extends": str(TO_BE), "targets": {"OP-CT": {"max": "1min"}}})
    )

    compared = cli("compare", AS_IS, "strict.yaml", *QUICK, "--json")

    assert compared.status == 1
    assert compared.document["gate"] == "fail"


def test_wrong_scenario_names_field_and_value(cli, home):
    (home / "wrong.yaml").write_text(
        yaml.safe_dump({"extends": str(AS_IS), "resources": {"nurse": {"units": -1}}})
    )

    refusal = cli("scenario", "check", "wrong.yaml")

    assert refusal.status == 2
    assert "resources.nurse.units" in refusal.err


def test_check_refuses_what_simulate_refuses_for_size(cli, home):
    many = {"start_walk_in": {"interval": {"exponential": {"mean": "1s"}}, "rate": None}}
    (home / "many.yaml").write_text(
        yaml.safe_dump({"extends": str(AS_IS), "run": {"until": "20000d"}, "arrivals": many})
    )

    checked, simulated = cli("scenario", "check", "many.yaml"), cli("simulate", "many.yaml")

    assert checked.status == simulated.status == 2
    assert checked.err == simulated.err
    assert "more than 1,000,000 cases" in checked.err


def test_check_passes_the_shipped_scenarios(cli):
    checked = cli("scenario", "check", AS_IS, TO_BE)

    assert checked.status == 0
    assert checked.out.count(": ok") == 2


def test_starter_scenario_is_valid(cli, home):
    (home / "as_is.bpmn").write_bytes((VISIT / "as_is.bpmn").read_bytes())
    cli("scenario", "new", "as_is.bpmn", "--out", "first.yaml")

    assert cli("scenario", "check", "first.yaml").status == 0


def test_starter_scenario_overwrites_nothing(cli, home):
    (home / "mine.yaml").write_text("scenario: 1")

    refusal = cli("scenario", "new", VISIT / "as_is.bpmn", "--out", "mine.yaml")

    assert refusal.status == 2
    assert (home / "mine.yaml").read_text() == "scenario: 1"


def test_schema_is_json(cli):
    assert json.loads(cli("scenario", "schema").out)["title"].startswith("Twinflow scenario")


def test_comparison_needs_two_replications(cli):
    assert cli("compare", AS_IS, TO_BE, "-n", "1").status == 2


def test_first_interrupt_asks_to_stop_and_the_second_ends():
    with stoppable() as is_stopped:
        os.kill(os.getpid(), signal.SIGINT)
        assert is_stopped()

        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def interrupted(monkeypatch) -> None:
    """Somebody presses Ctrl-C when some replications are finished."""

    def interrupt_after_some(done: int, planned: int) -> None:
        if done >= planned / 4:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("web.cli.rehearsal.progress", lambda _: nullcontext(interrupt_after_some))
    monkeypatch.setattr("signal.default_int_handler", lambda *_: None)


@pytest.mark.usefixtures("interrupted")
def test_interrupted_simulation_keeps_what_is_finished(cli):
    simulated = cli("simulate", AS_IS, "-n", "60", "--jobs", "1", "--json")

    assert 4 <= simulated.document["replications"] < 60
    assert "replications are finished" in simulated.err


@pytest.mark.usefixtures("interrupted")
def test_interrupted_comparison_keeps_what_is_finished_everywhere(cli):
    compared = cli("compare", AS_IS, TO_BE, "-n", "30", "--jobs", "1", "--json")

    assert 4 <= compared.document["replications"] < 30
    assert "replications are compared" in compared.err


def test_arrivals_without_bound_are_wrong_input(cli, home):
    text = AS_IS.read_text(encoding="utf-8").replace("until: 9h", "until: 876000h")
    (home / "as_is.yaml").write_text(text, encoding="utf-8")
    (home / "as_is.bpmn").write_bytes((VISIT / "as_is.bpmn").read_bytes())

    simulated = cli("simulate", home / "as_is.yaml", *QUICK)

    assert simulated.status == 2
    assert "arrivals.start_walk_in: more than 1,000,000 cases" in simulated.err
