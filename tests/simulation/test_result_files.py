"""The files of an experiment: the same bytes every time, and what was simulated stands in them."""

import json

import pyarrow.parquet as pq
import pytest

from simulation.experiment import run
from simulation.net import compile_net
from simulation.replication import run_once
from simulation.result_files import write_results
from tests.simulation.builders import a_scenario, shipped

RANDOM = {"durations": {"work": {"constant": None, "exponential": {"mean": "20min"}}}}


@pytest.fixture(scope="module")
def experiment():
    return run(shipped("to_be"), replications=2)


def test_same_experiment_writes_the_same_bytes(experiment, tmp_path):
    forms = ("parquet", "csv", "xes", "ocel")
    first, second = (write_results(experiment, tmp_path / name, logs=forms) for name in ("a", "b"))

    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_parquet_log_has_every_activity_of_every_replication(experiment, tmp_path):
    write_results(experiment, tmp_path)
    rows = pq.read_table(tmp_path / "log.parquet").to_pandas()
    scenario = experiment.scenario

    for number in (0, 1):
        simulated = run_once(scenario, compile_net(scenario), seed=10, replication=number)
        log = simulated.event_log()
        mine = rows[(rows.replication == number) & (rows.kind == "activity")]
        expected = log.activities
        assert mine.case_id.tolist() == expected.case_id.tolist()
        assert mine.element_id.tolist() == expected.element_id.tolist()
        assert mine.performer.isna().tolist() == expected.performer.isna().tolist()
        started_s = (mine.started - log.epoch).dt.total_seconds()
        assert started_s.tolist() == pytest.approx(expected.started_s.tolist())
        assert mine.work_s.tolist() == pytest.approx(expected.work_s.tolist())


def test_manifest_says_from_what_the_figures_can_be_made_again(experiment, tmp_path):
    write_results(experiment, tmp_path)

    manifest = json.loads((tmp_path / "manifest.json").read_text())

    assert manifest["seed"] == 10
    assert manifest["scenario_sha256"] == experiment.scenario.sha256
    assert manifest["files"] == ["kpis.csv", "log.parquet"]


def test_log_that_cannot_be_written_leaves_no_half_file(tmp_path):
    experiment = run(a_scenario(**RANDOM), replications=2)

    def stop(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_results(experiment, tmp_path, progress=stop)

    assert [path.name for path in tmp_path.iterdir()] == ["kpis.csv"]
