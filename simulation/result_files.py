"""The files of an experiment: its log, the KPIs of every replication, what it was made of.

The log is simulated again from seed and number, one replication at a time, so that nobody
needs the memory to hold it and an experiment without files pays nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from engine.domain.label import label
from kpis.export import files
from kpis.export.told import Teller
from kpis.parquet_log import ParquetLog, plain
from simulation.net import compile_net
from simulation.replication import run_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from kpis.export.told import ToldCase
    from simulation.experiment import Experiment
    from simulation.run_record import SimulatedRun

LogForm = Literal["parquet", "csv", "xes", "ocel"]
MANIFEST, KPIS = "manifest.json", "kpis.csv"
_NAMES = {"csv": "log.csv", "xes": "log.xes", "ocel": "log.ocel.json", "parquet": "log.parquet"}


def write_results(
    experiment: Experiment,
    folder: Path,
    *,
    logs: Sequence[LogForm] = ("parquet",),
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write the files of an experiment into a folder, which is made; return them.

    ``kpis.csv`` has a row per replication, ``log.parquet`` a row per visit of all of them. CSV,
    XES and OCEL hold one replication, the first: their readers know no more. What cases came with
    (attributes) stands in all of them. The manifest says from what the same bytes can be made
    again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / KPIS]
    experiment.kpi_frame.to_csv(folder / KPIS)
    runs = _Runs(experiment)
    for form in logs:
        path = folder / _NAMES[form]
        if form == "parquet":
            _write_parquet(runs, path, progress)
        else:
            run = runs(0)
            files.write(
                _told(experiment, run),
                path,
                files.ExportFormat(form),
                attributes=tuple(run.arrivals.attributes),
            )
        written.append(path)
    written.append(folder / MANIFEST)
    content = manifest(experiment) | {"files": [path.name for path in written[:-1]]}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return written


def manifest(experiment: Experiment) -> dict[str, object]:
    """Return what an experiment was made of; the same gives the same figures."""
    scenario = experiment.scenario
    return {
        "scenario": scenario.source,
        "name": label(scenario.name(), "en"),
        "scenario_sha256": scenario.sha256,
        "model_sha256": scenario.model_sha256,
        "seed": experiment.seed,
        "replications": len(experiment.replications),
        "twinflow": version("twinflow"),
        "simpy": version("simpy"),
        "numpy": version("numpy"),
        "scipy": version("scipy"),
    }


def _told(experiment: Experiment, run: SimulatedRun) -> Iterator[ToldCase]:
    """Yield the cases of a run with the data that they came with."""
    graph = experiment.scenario.graph
    names = {node.id: node.name for node in graph.nodes.values() if node.name}
    told = Teller(names, has_user_names=True).cases(run.history())
    for number, case in enumerate(told):
        values = run.arrivals.values(number).items()
        yield replace(case, attributes={k: plain(v) for k, v in values if v is not None})


class _Runs:
    """The replications of an experiment, simulated again one by one."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment, self._net = experiment, compile_net(experiment.scenario)

    def __call__(self, index: int) -> SimulatedRun:
        number = self.experiment.replications[index].number
        return run_once(
            self.experiment.scenario, self._net, seed=self.experiment.seed, replication=number
        )


def _write_parquet(runs: _Runs, path: Path, progress: Callable[[int, int], None] | None) -> None:
    partial, count = path.with_name(f".{path.name}.part"), len(runs.experiment.replications)
    try:
        with ParquetLog(partial) as log:
            for index in range(count):
                number = runs.experiment.replications[index].number
                run = runs(index)
                log.add(run.event_log(), replication=number, attributes=run.arrivals.attributes)
                if progress is not None:
                    progress(index + 1, count)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
