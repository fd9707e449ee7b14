"""Simulated activities per CPU second, beside Prosimos on the same net.

Prosimos is installed into an environment of its own below the folder for temporary files, by uv,
and kept there; without network the benchmark is skipped in words. Run it by its name: it is not
among those that run by default, because it may download a hundred megabytes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.rounds import in_turns
from benchmarks.simulator import MODEL
from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.exchange.prosimos_export import export_prosimos
from simulation.net import compile_net
from simulation.scenario.load import load
from simulation.streams import Streams

PROSIMOS = "prosimos==2.1.0"
TARGET_RATIO = 40.0
_HOME = Path(tempfile.gettempdir()) / "twinflow-bench" / PROSIMOS.replace("==", "-")
_INSTALL_S, _RUN_S = 900, 900
_CHILD = """
import json, sys, time
from prosimos.simulation_engine import run_simulation
model, parameters, cases, start = sys.argv[1:]
begun = time.process_time()
_, log = run_simulation(model, parameters, int(cases), starting_at=start)
seconds = time.process_time() - begun
traces = log.trace_list
lengths = [(t.completed_at - t.started_at).total_seconds() for t in traces]
activities = sum(len(t.event_list) for t in traces)
print(json.dumps({"cpu_s": seconds, "activities": activities,
                  "mean_cycle_s": sum(lengths) / len(lengths)}))
"""


def measure(*, cases: int = 10_000, rounds: int = 5) -> dict[str, object]:
    """Return speeds and their ratio; both simulate the net that our exporter wrote."""
    what = "simulated activities per CPU second; the same net, written by our exporter"
    try:
        python = installed()
    except (OSError, subprocess.SubprocessError) as error:
        return {"what": what, "skipped": f"{PROSIMOS} cannot be installed here: {error}"}
    scenario = load(MODEL, patch={"run": {"cases": cases}})
    net, streams = compile_net(scenario), Streams(seed=1, replication=0)
    arrivals = draw(net, streams)
    run = simulate(net, arrivals, streams)
    theirs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder))
        ours_s = in_turns(
            {
                "twinflow": lambda: simulate(net, draw(net, streams), streams),
                "prosimos": lambda: theirs.append(run_prosimos(python, *files, cases=cases)),
            },
            rounds=rounds,
        )["twinflow"]
    speeds = sorted(found["activities"] / found["cpu_s"] for found in theirs)
    speed, ours = speeds[len(speeds) // 2], len(run.node) / ours_s
    means = [found["mean_cycle_s"] for found in theirs]
    return {
        "what": what,
        "cases": cases,
        "twinflow_per_cpu_s": round(ours),
        "prosimos_per_cpu_s": round(speed),
        "ratio": round(ours / speed, 1),
        "target_ratio": TARGET_RATIO,
        "mean_cycle_s": {
            "twinflow": round(float((run.ended - arrivals.times).mean()) / 1e6, 1),
            "prosimos": round(sum(means) / len(means), 1),
        },
    }


def installed(home: Path = _HOME) -> Path:
    """Return the Python that has Prosimos; it is installed once."""
    python = home / "bin" / "python"
    if (home / "complete").exists():
        return python
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise FileNotFoundError("uv is not there")
    shutil.rmtree(home, ignore_errors=True)
    _run([uv, "venv", "--quiet", "--python", "3.11", str(home)], timeout_s=_INSTALL_S)
    _run([uv, "pip", "install", "--quiet", "--python", str(python), PROSIMOS], timeout_s=_INSTALL_S)
    (home / "complete").touch()
    return python


def written(folder: Path) -> tuple[Path, Path]:
    """Write the benchmark net for Prosimos and return both files."""
    found = export_prosimos(load(MODEL))
    model, parameters = folder / "visit.bpmn", folder / "visit.json"
    model.write_text(found.model, encoding="utf-8")
    parameters.write_text(json.dumps(found.parameters), encoding="utf-8")
    return model, parameters


def run_prosimos(python: Path, model: Path, parameters: Path, *, cases: int) -> dict[str, float]:
    """Return CPU seconds, activities and mean cycle time of one run, told by a child process."""
    start = "2026-03-02T00:00:00.000000+00:00"
    command = [str(python), "-c", _CHILD, str(model), str(parameters), str(cases), start]
    lines = _run(command, timeout_s=_RUN_S, folder=model.parent).strip().splitlines()
    found: dict[str, float] = json.loads(lines[-1])
    return found


def _run(command: list[str], *, timeout_s: int, folder: Path | None = None) -> str:
    """Return what a command writes; its last words are in the error."""
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        cwd=folder,
        env=quiet,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise subprocess.SubprocessError(last)
    return done.stdout
