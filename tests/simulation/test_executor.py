"""Replications elsewhere: nothing is lost, nothing is done twice, nothing is left behind."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from pathlib import Path
from typing import ClassVar

import pytest

from simulation import executor, workers
from simulation.errors import ExperimentCancelled, WorkersLost, WorkersRefused
from simulation.executor import Plan, RunOptions, carry_out
from simulation.job import Job
from simulation.kept_results import KeptResults
from simulation.replication import replicate
from simulation.workers import ProcessWorkers, Workers, open_workers
from tests.simulation.builders import a_scenario

RANDOM = {"durations": {"work": {"constant": None, "exponential": {"mean": "20min"}}}}
LONG = {**RANDOM, "run": {"until": None, "cases": 400_000}}


@pytest.fixture
def job():
    return Job("a", a_scenario(**RANDOM))


def numbers(results):
    return [replication.number for replication in results["a"]]


def exactly(results):
    """Every digit of the results; figures that there are none of, NaN, are alike too."""
    return repr(results)


class Flaky(ThreadPoolExecutor):
    """An executor whose workers die at given tasks, as a pool of processes shows it."""

    deaths: ClassVar[list[int]] = []
    handed_out = 0

    def submit(self, task, /, *args, **kwargs):
        Flaky.handed_out += 1
        if Flaky.handed_out in self.deaths:
            lost: Future[object] = Future()
            lost.set_exception(BrokenProcessPool("a process was terminated abruptly"))
            return lost
        return super().submit(task, *args, **kwargs)


@pytest.fixture
def flaky(monkeypatch):
    def dying_at(*deaths):
        monkeypatch.setattr(Flaky, "deaths", list(deaths))
        monkeypatch.setattr(Flaky, "handed_out", 0)
        return Workers(lambda: Flaky(1))

    return dying_at


def test_lost_workers_cost_no_replication(job, flaky):
    with flaky(2, 4, 7) as those:
        found = carry_out([job], Plan(20, 1, RunOptions(workers=those)))

    assert exactly(found) == exactly(carry_out([job], Plan(20, seed=1)))


def test_workers_that_die_again_and_again_are_given_up(job, flaky):
    with flaky(*range(1, 100)) as those, pytest.raises(WorkersLost, match="lack of memory"):
        carry_out([job], Plan(20, 1, RunOptions(workers=those)))


def test_known_replications_are_not_carried_out_again(job, monkeypatch):
    results = carry_out([job], Plan(5, seed=1))
    asked: list[int] = []

    def replicate_and_tell(scenario, *, seed, replications, measure):
        asked.extend(replications)
        return replicate(scenario, seed=seed, replications=replications, measure=measure)

    monkeypatch.setattr(executor, "replicate", replicate_and_tell)

    more = carry_out([job], Plan(9, seed=1), results)

    assert asked == [5, 6, 7, 8]
    assert numbers(more) == list(range(9))


def test_stopped_run_goes_on_where_it_was(job, tmp_path):
    kept, polls = KeptResults(tmp_path), iter([False, False, True])
    with pytest.raises(ExperimentCancelled):
        carry_out(
            [job],
            Plan(12, 1, RunOptions(cancelled=lambda: next(polls), kept=KeptResults(tmp_path))),
        )
    told = []

    found = carry_out([job], Plan(12, 1, RunOptions(lambda *of: told.append(of), kept=kept)))

    assert told[0] == (8, 12)
    assert exactly(found) == exactly(carry_out([job], Plan(12, seed=1)))


@pytest.mark.slow
def test_killed_worker_costs_nothing_and_leaves_no_process(job):
    """Twenty kills, each while replications are under way."""
    killed: dict[int, int] = {}  # by pid: how far it was

    def kill_one(done, _total):
        is_further = done > max(killed.values(), default=0)
        if len(killed) < 20 and is_further and (alive := children()):
            os.kill(alive[0], signal.SIGKILL)
            killed[alive[0]] = done

    with ProcessWorkers(2, start_by="fork") as those:
        found = carry_out([job], Plan(240, 1, RunOptions(kill_one, workers=those)))

    assert len(killed) == 20
    assert exactly(found) == exactly(carry_out([job], Plan(240, seed=1)))
    assert_all_gone()


@pytest.mark.slow
def test_cancelled_run_stops_in_the_middle_of_a_replication():
    """A replication of 400,000 cases takes many seconds; nobody waits for its end."""
    job = Job("a", a_scenario(**LONG))
    with (
        ProcessWorkers(2, start_by="fork") as those,
        pytest.raises(ExperimentCancelled) as stop,
    ):
        carry_out(
            [job],
            Plan(4, 1, RunOptions(workers=those, cancelled=lambda: bool(children()))),
        )

    assert stop.value.finished == 0
    assert_all_gone()


@pytest.mark.slow
def test_run_that_is_cancelled_twenty_times_loses_nothing(job, tmp_path):
    """Each time a little further; what was finished before is not carried out again."""
    kept, begun_with = KeptResults(tmp_path), []

    def carried_out(polls):
        left = iter([False] * polls)
        told: list[int] = []
        with ProcessWorkers(2, start_by="fork") as those:
            options = RunOptions(
                lambda done, _: told.append(done), lambda: next(left, True), those, kept
            )
            try:
                carry_out([job], Plan(200, 1, options))
            finally:
                begun_with.append(told[0])

    for polls in range(1, 21):
        with pytest.raises(ExperimentCancelled):
            carried_out(polls % 3 + 1)
    assert begun_with == sorted(begun_with)
    assert_all_gone()

    found = carry_out([job], Plan(200, 1, RunOptions(kept=kept)))

    assert exactly(found) == exactly(carry_out([job], Plan(200, seed=1)))


def test_workers_are_opened_again_after_they_were_dropped(job):
    opened = []

    def open_executor():
        opened.append(1)
        return ThreadPoolExecutor(1)

    with Workers(open_executor) as those:
        those.drop()
        carry_out([job], Plan(2, 1, RunOptions(workers=those)))
        those.drop()
        carry_out([job], Plan(2, 1, RunOptions(workers=those)))

    assert len(opened) == 2


@pytest.mark.parametrize("setting", ["ray://host", "dusk", "dask:host"])
def test_setting_that_is_not_understood_is_refused(setting):
    with pytest.raises(WorkersRefused, match="allowed: processes, dask://host:port"):
        open_workers(setting)


def test_one_process_is_this_one():
    assert open_workers(None, processes=1) is None


def children():
    """The worker processes of this one, by pid: forks of it, and nothing else that it started."""
    mine, found = Path("/proc/self/cmdline").read_bytes(), []
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            is_fork = (folder / "cmdline").read_bytes() == mine
        except OSError:  # no process, or one that has just ended
            continue
        if fields[1] == str(os.getpid()) and fields[0] != "Z" and is_fork:
            found.append(int(folder.name))
    return found


def assert_all_gone(*, within_s=5.0):
    deadline = time.monotonic() + within_s
    while children() and time.monotonic() < deadline:
        os.sched_yield()
    assert not children()


def test_server_of_the_workers_starts_deaf_to_ctrl_c(monkeypatch):
    """Else Ctrl-C ends it while it still imports, and with it every worker."""
    started_with = []
    monkeypatch.setattr(
        forkserver,
        "ensure_running",
        lambda: started_with.append(signal.getsignal(signal.SIGINT)),
    )
    before = signal.getsignal(signal.SIGINT)

    workers.start_deaf_to_ctrl_c()

    assert (started_with, signal.getsignal(signal.SIGINT)) == ([signal.SIG_IGN], before)
