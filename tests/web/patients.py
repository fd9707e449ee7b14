"""Recorded patient visits and a finished comparison, both from the shipped scenarios, in small."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from engine.domain.history import HistoryEvent
from engine.process_engine import ProcessEngine
from simulation.comparison import compare
from simulation.net import compile_net
from simulation.replication import run_once
from simulation.run_record import SimulatedRun
from simulation.scenario.load import Scenario, load
from web.experiment_files import (
    OUTCOME,
    PROGRESS,
    REQUEST,
    RESULT,
    Progress,
    RunState,
    StudyRequest,
    Variant,
    model_file,
    write_json,
)
from web.library import SHIPPED, ProcessFolder

KEY = "patient_visit"
FOLDER = SHIPPED / KEY
AS_IS, TO_BE = FOLDER / "as_is.yaml", FOLDER / "to_be.yaml"
QUIET = {"arrivals": {"start_walk_in": {"rate": {"per_slot": [6, 5, 4, 2, 1, 3, 3, 2, 1]}}}}
RUN_ID = "20260302-010000-abcdef"


def deploy(engine: ProcessEngine, model: str = "as_is.bpmn") -> int:
    """Deploy the patient visit and return the id of its definition."""
    folder = ProcessFolder.read(FOLDER)
    definition = engine.deploy((FOLDER / model).read_bytes(), source=model, forms=folder.forms())
    return definition.id


@cache
def day(on: date) -> tuple[Scenario, SimulatedRun]:
    """Simulate one quiet day: some 27 visits."""
    patch = {**QUIET, "run": {"start": f"{on}T08:00"}}
    scenario = load(AS_IS, patch=patch)
    return scenario, run_once(scenario, compile_net(scenario), seed=5, replication=on.toordinal())


def record(engine: ProcessEngine, first: date, *, days: int) -> list[SimulatedRun]:
    """Store some days as finished cases, as if people had worked them."""
    definition_id = deploy(engine)
    runs = [day(first + timedelta(days=n))[1] for n in range(days)]
    for number, run in enumerate(runs):
        engine.import_history(definition_id, _renamed(run, number))
    return runs


def _renamed(run: SimulatedRun, number: int) -> Iterator[HistoryEvent]:
    return (replace(event, case_id=f"{number}-{event.case_id}") for event in run.history())


def request(**changes: object) -> StudyRequest:
    """Ask for AS-IS against TO-BE."""
    asked = StudyRequest(
        process_key=KEY,
        baseline=Variant(str(AS_IS), {"en": "as is", "zh": "现状"}),
        alternatives=(Variant(str(TO_BE), {"en": "to be", "zh": "优化"}),),
        replications=6,
        seed=10,
        by="alice",
    )
    return replace(asked, **changes)


@cache
def document() -> dict[str, object]:
    """Compare AS-IS with TO-BE in six replications."""
    report = compare([load(AS_IS), load(TO_BE)], replications=6, seed=10)
    return report.document()


def finished(root: Path, *, state: RunState = RunState.DONE) -> str:
    """Put a comparison that has ended where the web application looks, and return its id."""
    is_done = state is RunState.DONE
    models = [FOLDER / name for name in ("as_is.bpmn", "to_be.bpmn")] if is_done else []
    return put(root, request(), document() if is_done else None, models, state=state)


def put(
    root: Path,
    asked: StudyRequest,
    found: Mapping[str, object] | None,
    models: Sequence[Path],
    *,
    state: RunState = RunState.DONE,
) -> str:
    """Put a study that has ended where the web application looks, and return its id."""
    folder = root / RUN_ID
    folder.mkdir(parents=True)
    submitted = {**asked.to_json(), "submitted_at": "2026-03-02T01:00:00+00:00"}
    write_json(folder / REQUEST, submitted)
    write_json(folder / PROGRESS, asdict(Progress(done=84, total=84, elapsed_s=2.0)))
    if found is not None:
        write_json(folder / RESULT, found)
    for number, model in enumerate(models):
        (folder / model_file(number)).write_bytes(model.read_bytes())
    if state is not RunState.INTERRUPTED:
        write_json(folder / OUTCOME, {"state": state.value, "problem": None})
    return RUN_ID
