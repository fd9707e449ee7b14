"""Tables beside a scenario: arrivals that are replayed, values that were observed."""

from __future__ import annotations

import pickle
import shutil

import pytest

from simulation.errors import ArrivalsRefused, ScenarioInvalid
from simulation.net import US
from simulation.scenario.load import load
from tests.simulation.builders import a_scenario
from tests.simulation.scenario.tables import LOG, MODEL, drawn, in_file, observed, replay


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "test.bpmn").write_text(MODEL, encoding="utf-8")
    return tmp_path


def test_moments_in_the_run_are_replayed_in_the_order_of_time(folder):
    arrivals = drawn(replay(folder))

    assert (arrivals.times / US).tolist() == [90, 120, 300, 1800]


def test_columns_become_case_data_of_their_type(folder):
    arrivals = drawn(replay(folder))

    assert arrivals.attributes == {
        "kind": ["x-ray", "blood", "blood", "x-ray"],
        "amount": [4.5, None, 3, 1],
        "vip": [False, True, True, None],
        "code": ["12", "13", "007", "1"],
    }


def test_local_moments_are_those_of_the_scenarios_zone(folder):
    (folder / "log.csv").write_text("at\n2026-03-02T08:10\n2026-03-02T00:20:00Z\n")
    start = {"start": {"interval": None, "replay": "log.csv"}}

    arrivals = drawn(in_file(folder, timezone="Asia/Shanghai", arrivals=start))

    assert (arrivals.times / US / 60).tolist() == [10, 20]


def test_moments_of_a_night_in_which_the_clocks_change_are_as_far_apart_as_they_were(folder):
    (folder / "log.csv").write_text("at\n2026-10-25T01:30\n2026-10-25T03:30\n2026-10-26T03:30\n")
    start = {"start": {"interval": None, "replay": "log.csv"}}
    run = {"start": "2026-10-25T00:00", "until": "3d"}

    arrivals = drawn(in_file(folder, timezone="Europe/Berlin", arrivals=start, run=run))

    assert (arrivals.times / US / 3600).tolist() == [1.5, 4.5, 28.5]


def test_moments_may_stand_in_any_column_and_cells_behind_semicolons(folder):
    text = "kind;arrived\nx;2026-03-02T09:00\n\ny;2026-03-02T08:30\n"

    arrivals = drawn(replay(folder, text, column="arrived"))

    assert (arrivals.times / US / 60).tolist() == [30, 60]
    assert arrivals.values(0) == {"kind": "y"}


def test_row_keeps_its_random_numbers_when_rows_before_it_fall_out_of_the_run(folder):
    all_of_them = drawn(replay(folder))
    later = drawn(replay(folder).patched({"run": {"start": "2026-03-02T08:02", "until": "1h"}}))

    assert later.keys.tolist() == all_of_them.keys[1:].tolist()


def test_loaded_scenario_needs_its_files_no_longer(folder):
    scenario = replay(folder)
    shutil.rmtree(folder)

    there = pickle.loads(pickle.dumps(scenario))

    assert drawn(there).times.tolist() == drawn(scenario).times.tolist()


def test_hash_changes_with_the_content_of_the_file(folder):
    assert replay(folder).sha256 != replay(folder, LOG.replace("08:05", "08:06")).sha256


def test_file_of_a_base_stands_beside_the_base(folder):
    below = folder / "variants"
    below.mkdir()
    replay(folder)
    (below / "more.yaml").write_text("extends: ../test.yaml\nrun: {seed: 7}\n")

    assert len(drawn(load(below / "more.yaml"))) == 4


def test_other_file_takes_the_place_of_all_that_the_base_read(folder):
    replay(folder)
    (folder / "other.csv").write_text("at,size\n2026-03-02T09:00,7\n")
    replaced = "arrivals: {start: {replay: {file: other.csv}}}"
    (folder / "more.yaml").write_text(f"extends: test.yaml\n{replaced}\n")

    arrivals = drawn(load(folder / "more.yaml"))

    assert arrivals.attributes == {"size": [7]}


def test_role_that_is_called_file_is_a_role(folder):
    scenario = in_file(folder, demands={"work": "file"}, resources={"file": {"units": 2}})

    assert scenario.document.resources["file"].units == 2


def test_file_of_a_patch_stands_beside_the_scenario(folder):
    replay(folder)
    patch = {"arrivals": {"start": {"replay": {"file": "log.csv", "column": "arrived"}}}}

    assert len(drawn(load(folder / "test.yaml", patch=patch))) == 4


def test_conditions_may_use_the_columns(folder):
    scenario = replay(folder)

    assert scenario.patched({"priorities": {"work": "1 if vip else 2"}})
    with pytest.raises(ScenarioInvalid, match="needs case data 'rich'"):
        scenario.patched({"priorities": {"work": "1 if rich else 2"}})


def test_run_in_which_nobody_arrives_is_refused(folder):
    scenario = replay(folder).patched({"run": {"start": "2027-01-01T08:00"}})

    with pytest.raises(ArrivalsRefused, match=r"no moment of log\.csv \(2026-03-02T08:05 to"):
        drawn(scenario)


def test_run_that_asks_for_more_cases_than_rows_is_refused(folder):
    scenario = replay(folder).patched({"run": {"until": None, "cases": 9}})

    with pytest.raises(ArrivalsRefused, match=r"only 5 cases arrive; run\.cases asks for 9"):
        drawn(scenario)


def test_moments_may_be_given_without_a_file():
    given = {"moments": ["2026-03-02T08:01"], "data": {"kind": ["a"]}}

    assert drawn(a_scenario(arrivals={"start": {"interval": None, "replay": given}})).values(0) == {
        "kind": "a"
    }


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("took\n8min\n480s\n", {}),
        ("took\n8\n8.0\n", {"unit": "min"}),
        ("case,took\na,480\nb,480\n", {"column": "took", "unit": "s"}),
    ],
)
def test_observed_durations_are_read_from_a_column(folder, text, more):
    work = observed(folder, text, **more).document.durations["work"].work

    assert work.empirical is not None
    assert work.empirical.values == [480, 480]


def test_observed_durations_may_be_a_part_of_a_mixture(folder):
    (folder / "times.csv").write_text("took\n8min\n")
    parts = [{"weight": 1, "empirical": {"file": "times.csv"}}, {"weight": 1, "constant": "1min"}]

    scenario = in_file(folder, durations={"work": {"constant": None, "mixture": parts}})

    first, _ = scenario.document.durations["work"].work.mixture
    assert first.empirical.values == [480]


def test_observed_numbers_may_be_case_data(folder):
    (folder / "amounts.csv").write_text("amount\n5\n7.5\n")
    start = {"attributes": {"amount": {"empirical": {"file": "amounts.csv"}}}}

    amounts = drawn(in_file(folder, arrivals={"start": start})).attributes["amount"]

    assert set(amounts) == {5, 7.5}
