"""Finished replications in a folder: exact, found only by those they belong to, never torn."""

import math
import os

import pytest

from simulation import kept_results
from simulation.job import Job
from simulation.kept_results import KeptResults
from simulation.replication import Figure, Replication, replicate
from tests.simulation.builders import a_scenario

RANDOM = {"durations": {"work": {"constant": None, "exponential": {"mean": "20min"}}}}


@pytest.fixture
def job():
    return Job("a", a_scenario(**RANDOM))


@pytest.fixture
def kept(tmp_path):
    return KeptResults(tmp_path / "kept")


def test_replication_is_read_as_it_was_added(job, kept):
    replications = replicate(job.scenario, seed=1, replications=range(3))
    kept.add(job, 1, replications)

    found = kept.read(job, 1, range(3))

    for replication in replications:
        again = found[replication.number]
        assert list(again.figures) == list(replication.figures)
        for figure, value in replication.figures.items():
            other = again.figures[figure]
            assert other == value or (math.isnan(other) and math.isnan(value))


def test_nothing_is_found_before_anything_was_added(job, kept):
    assert kept.read(job, 1, range(3)) == {}


@pytest.mark.parametrize("other", ["seed", "scenario", "figures", "code"])
def test_replication_is_found_only_by_what_it_belongs_to(job, kept, other, monkeypatch):
    kept.add(job, 1, [Replication(0, {})])
    seed = 2 if other == "seed" else 1
    if other == "scenario":
        job = Job("a", a_scenario(run={"seed": 8}))
    if other == "figures":
        job = Job("a", job.scenario, measure="cycle_time")
    if other == "code":
        monkeypatch.setattr(kept_results, "code_sha256", lambda: "another")

    assert kept.read(job, seed, range(3)) == {}


def test_torn_line_is_left_out_and_the_next_one_is_whole(job, kept, tmp_path):
    one, two = (Replication(n, {Figure("kpi", "OP-CT", ""): 1.5}) for n in (0, 1))
    kept.add(job, 1, [one])
    (path,) = (tmp_path / "kept").iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    kept.add(job, 1, [two])

    assert kept.read(job, 1, range(3)) == {1: two}


def test_changed_line_is_left_out(job, kept, tmp_path):
    kept.add(job, 1, [Replication(0, {Figure("kpi", "OP-CT", ""): 1.5})])
    (path,) = (tmp_path / "kept").iterdir()
    path.write_bytes(path.read_bytes().replace(b"1.5", b"9.5"))

    assert kept.read(job, 1, range(3)) == {}


def test_oldest_files_are_forgotten_first(job, kept, tmp_path):
    for seed in (1, 2, 3):
        kept.add(job, seed, [Replication(0, {})])
    files = sorted((tmp_path / "kept").iterdir())
    for age, path in enumerate(files):
        os.utime(path, (1_000 - age, 1_000 - age))

    kept.trim(2 * files[0].stat().st_size)

    assert sorted((tmp_path / "kept").iterdir()) == files[:2]


def test_corrected_holidays_are_other_code(tmp_path):
    folder = tmp_path / "engine" / "domain" / "calendar_data"
    folder.mkdir(parents=True)
    (folder / "china.csv").write_text("2026-02-14,workday")
    before = kept_results.hash_of(tmp_path)

    (folder / "china.csv").write_text("2026-02-14,holiday")

    assert kept_results.hash_of(tmp_path) != before
