"""A scenario learnt from recorded cases, or from a file: what the job does, in its folder."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.bpmn.graph import read_graph
from engine.bpmn.read import read_file
from kpis.errors import EventLogInvalid
from kpis.log_reader.read import ReadOptions, read_log
from simulation.calibration import files
from simulation.calibration.document import document
from simulation.calibration.errors import CalibrationRefused
from simulation.calibration.holdout import hold_out
from simulation.calibration.learn import learn
from simulation.calibration.writing import scenario_text
from simulation.errors import ExperimentCancelled
from simulation.validation import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kpis.log_reader.quality import Quality
    from kpis.log_reader.work_log import WorkLog
    from simulation.executor import RunOptions
    from web.experiment_files import StudyRequest

HELD_OUT_SHARE = 0.2
OUT = "learnt.yaml"


def learn_from_log(request: StudyRequest, model: Path, log: Path, options: RunOptions) -> Any:
    """Learn a scenario and judge it by the last cases; return both as JSON values.

    Raises:
        CalibrationRefused: the log does not tell of this process, or of too few cases.
        ExperimentCancelled: the options said so.
    """
    source = request.question.get("file") or "the recorded cases"
    whole, quality = _read(request.question, log, source)
    part = hold_out(whole, HELD_OUT_SHARE)
    graph = read_graph(read_file(model), source=model.name)
    learnt = learn(part.train, graph, source=source, model=model.name, quality=quality)
    learnt, xml, scenario = files.prepared(learnt, model, log.with_name(OUT))
    verdict = None
    if part.held_out is not None:
        found = validate(
            scenario,
            part.held_out,
            source=source,
            train=None if part.is_same else part.train,
            replications=request.replications or 0,
            progress=_watched(options),
        )
        verdict = found.document()
    return {
        "learnt": document(learnt),
        "validation": verdict,
        "is_held_out": not part.is_same,
        "scenario": scenario_text(learnt),
        "model": None if xml is None else xml.decode(),
    }


def _read(question: Mapping[str, Any], log: Path, source: str) -> tuple[WorkLog, Quality]:
    """Read the log as its owner says that it is meant; problems name the file as the owner does."""
    options = ReadOptions(
        columns=question.get("columns", {}),
        zone=ZoneInfo(question["zone"]),
        is_day_first=question.get("is_day_first"),
    )
    now = datetime.fromisoformat(question["now"])
    try:
        whole, quality = read_log(log, now=now, options=options)
    except EventLogInvalid as error:
        raise CalibrationRefused(source, str(error).replace(log.name, source)) from error
    quality.source = source
    return whole, quality


def _watched(options: RunOptions) -> Callable[[int, int], None]:
    """Return a progress that stops the work when it is no longer wanted."""

    def tell(done: int, total: int) -> None:
        if options.cancelled is not None and options.cancelled():
            raise ExperimentCancelled(done, total)
        if options.progress is not None:
            options.progress(done, total)

    return tell
