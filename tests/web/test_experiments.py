"""Comparisons in the background: real jobs on the shipped scenarios, few replications."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from engine.clock import FixedClock
from simulation.comparison import compare
from simulation.scenario.load import load
from tests.web.studies import ended, until
from web.experiment_files import write_json
from web.experiments import (
    ExperimentNotFinished,
    ExperimentNotFound,
    ExperimentRun,
    Experiments,
    Kind,
    Progress,
    RunState,
    StudyRequest,
    TooManyExperiments,
    Variant,
)
from web.library import SHIPPED

FOLDER = SHIPPED / "patient_visit"
AS_IS = Variant(str(FOLDER / "as_is.yaml"), {"en": "as is", "zh": "现状"})
TO_BE = Variant(str(FOLDER / "to_be.yaml"), {"en": "to be", "zh": "优化"})
QUICK = StudyRequest("patient_visit", AS_IS, (TO_BE,), replications=2, seed=7, by="alice")
FEWER = replace(TO_BE, patch={"resources": {"doctor": {"units": 6}}})
EARLY = {"run": {"until": "20min"}}  # of the day, for tests that do not read the result
SHORT = replace(
    QUICK,
    baseline=replace(AS_IS, patch=EARLY),
    alternatives=(replace(TO_BE, patch=EARLY),),
)
LONG = replace(SHORT, replications=1000)
CLOCK = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "experiments"


@pytest.fixture
def experiments(root: Path) -> Iterator[Experiments]:
    opened = Experiments(root, clock=CLOCK)
    yield opened
    opened.close()


def state(experiments: Experiments, experiment_id: str) -> RunState:
    return experiments.get(experiment_id).state


def has_begun(experiments: Experiments, experiment_id: str) -> bool:
    return experiments.get(experiment_id).progress.done > 0


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Experiments, str]]:
    """A comparison of two alternatives, one of them patched, carried out once."""
    opened = Experiments(tmp_path_factory.mktemp("done"), clock=CLOCK)
    experiment_id = opened.submit(replace(QUICK, alternatives=(TO_BE, FEWER)))
    ended(opened, experiment_id)
    yield opened, experiment_id
    opened.close()


def test_comparison_gives_the_document_that_the_simulation_gives(done) -> None:
    experiments, experiment_id = done

    scenarios = [load(AS_IS.path), load(TO_BE.path), load(FEWER.path, patch=FEWER.patch)]
    expected = compare(scenarios, replications=2, seed=7).document()
    assert experiments.document(experiment_id) == orjson.loads(orjson.dumps(expected))


def test_comparison_keeps_the_models_it_simulated(done) -> None:
    experiments, experiment_id = done

    as_is, to_be, _fewer = experiments.graphs(experiment_id)
    assert (as_is.key, to_be.key) == ("patient_visit", "patient_visit_to_be")
    assert b'name="Register"' in experiments.model(experiment_id, 0, "en")


def test_patched_variant_is_simulated_with_its_patch(done) -> None:
    experiments, experiment_id = done

    plain, fewer = experiments.document(experiment_id)["scenarios"][1:]
    assert plain["resources"]["doctor"]["units"] == 7
    assert fewer["resources"]["doctor"]["units"] == 6


def test_comparison_runs_again_with_the_same_seed(done) -> None:
    experiments, first = done

    again = experiments.rerun(first, by="dora")
    until(lambda: state(experiments, again) is RunState.DONE)

    assert experiments.document_bytes(again) == experiments.document_bytes(first)
    assert experiments.get(again).request.by == "dora"


@dataclass(frozen=True)
class Stopped:
    """What was seen of a study that was cancelled on its way, and of the one behind it."""

    experiments: Experiments
    begun: Progress
    behind: str
    behind_meanwhile: RunState
    stopped: ExperimentRun
    stopped_after_s: float
    has_document: bool
    resumed: Progress


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stopped]:
    """A study that is cancelled while another waits, and that goes on afterwards."""
    experiments = Experiments(tmp_path_factory.mktemp("stopped"), clock=CLOCK)
    study = experiments.submit(replace(SHORT, replications=40))
    until(lambda: has_begun(experiments, study))
    begun = experiments.get(study).progress
    behind = experiments.submit(SHORT)
    behind_meanwhile = state(experiments, behind)
    experiments.cancel(study)
    asked_at = time.monotonic()
    until(lambda: not experiments.get(study).state.is_unfinished)
    stopped_after_s = time.monotonic() - asked_at
    stopped, has_document = experiments.get(study), _has_document(experiments, study)
    until(lambda: not experiments.get(behind).state.is_unfinished)

    experiments.resume(study)
    until(lambda: experiments.get(study).progress.total > 0)
    resumed = experiments.get(study).progress
    ended(experiments, study)
    yield Stopped(
        experiments,
        begun,
        behind,
        behind_meanwhile,
        stopped,
        stopped_after_s,
        has_document,
        resumed,
    )
    experiments.close()


def _has_document(experiments: Experiments, study: str) -> bool:
    try:
        return bool(experiments.document(study))
    except ExperimentNotFinished:
        return False


def test_second_comparison_waits_for_the_first(stopped: Stopped) -> None:
    assert stopped.behind_meanwhile is RunState.WAITING
    assert state(stopped.experiments, stopped.behind) is RunState.DONE


def test_progress_counts_up_to_all_replications(stopped: Stopped) -> None:
    progress = stopped.begun

    assert 0 < progress.done < progress.total
    assert progress.left_s is not None
    assert progress.left_s > 0


def test_cancelled_comparison_stops_soon_and_has_no_result(stopped: Stopped) -> None:
    assert stopped.stopped.state is RunState.CANCELLED
    assert stopped.stopped_after_s < 5
    assert not stopped.has_document


def test_cancelled_study_goes_on_where_it_was(stopped: Stopped) -> None:
    assert stopped.resumed.done >= stopped.stopped.progress.done
    assert state(stopped.experiments, stopped.stopped.id) is RunState.DONE


def test_finished_study_does_not_go_on(done) -> None:
    experiments, study_id = done

    experiments.resume(study_id)

    assert state(experiments, study_id) is RunState.DONE


def test_comparison_is_interrupted_when_the_web_process_is_gone(
    experiments: Experiments, root: Path
) -> None:
    experiment_id = experiments.submit(LONG)
    until(lambda: has_begun(experiments, experiment_id))

    experiments.close()  # what the end of the process does: the job's standard input closes

    restarted = Experiments(root, clock=CLOCK)
    assert state(restarted, experiment_id) is RunState.INTERRUPTED


def test_comparison_is_interrupted_when_its_job_is_killed(
    experiments: Experiments, root: Path
) -> None:
    experiment_id = experiments.submit(LONG)
    until(lambda: has_begun(experiments, experiment_id))
    job = _job(root / experiment_id)

    os.kill(job, signal.SIGKILL)

    until(lambda: state(experiments, experiment_id) is RunState.INTERRUPTED)


def test_scenario_that_cannot_run_fails_in_words(experiments: Experiments) -> None:
    broken = replace(TO_BE, patch={"resources": {"doctor": {"units": 0}}})
    experiment_id = experiments.submit(replace(QUICK, alternatives=(broken,)))
    until(lambda: state(experiments, experiment_id) is RunState.FAILED)

    assert "resources.doctor.units" in (experiments.get(experiment_id).problem or "")


def test_submitting_is_refused_when_too_many_wait(root: Path) -> None:
    experiments = Experiments(root, clock=CLOCK, unfinished_limit=1)
    experiments.submit(LONG)

    with pytest.raises(TooManyExperiments):
        experiments.submit(QUICK)

    experiments.close()


def test_recent_comparisons_are_those_of_the_process_newest_first(
    experiments: Experiments, root: Path
) -> None:
    for name, key in (("20260301-a", "visit"), ("20260302-b", "visit"), ("20260303-c", "other")):
        request = {**replace(QUICK, process_key=key).to_json(), "submitted_at": "2026-03-01T00:00Z"}
        (root / name).mkdir(parents=True)
        write_json(root / name / "request.json", request)

    recent = experiments.recent("visit", Kind.COMPARISON)

    assert [run.id for run in recent] == ["20260302-b", "20260301-a"]


@pytest.mark.parametrize("name", ["nothing", "../experiments", "", "."])
def test_unknown_comparison_is_not_found(experiments: Experiments, name: str) -> None:
    with pytest.raises(ExperimentNotFound):
        experiments.get(name)


def _job(folder: Path) -> int:
    """Return the process that carries out the comparison in a folder."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        words = process.read_bytes().split(b"\0")
        if b"web.experiment_job" in words and str(folder).encode() in words:
            return int(process.parent.name)
    raise AssertionError("no job runs")
