"""The how-to for clusters, carried out: a scheduler and two workers on loopback, the same bytes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from simulation.errors import WorkersRefused
from simulation.workers import DaskWorkers

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs/how-to/cluster.md"


@pytest.mark.slow
def test_cluster_of_the_how_to_prints_the_same_bytes(tmp_path):
    pytest.importorskip("distributed")
    text = HOW_TO.read_text().replace("8786", str(free_port()))
    scheduler, workers, commands = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    with ExitStack() as running:
        for command in (scheduler, *workers.strip().splitlines()):
            start(command.split(), tmp_path, running)
        for command in commands.strip().splitlines():
            run = command.replace("processes/", f"{ROOT}/processes/")
            subprocess.run(["/bin/sh", "-ec", run], cwd=tmp_path, env=environment(), check=True)

    assert (tmp_path / "here.json").read_bytes() == (tmp_path / "there.json").read_bytes()
    assert (tmp_path / "here.json").stat().st_size > 1_000


def test_scheduler_that_does_not_answer_is_refused_in_words(monkeypatch):
    distributed = pytest.importorskip("distributed")

    def nobody(*_args, **_options):
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", nobody)
    with pytest.raises(WorkersRefused, match=r"'dask://127\.0\.0\.1:1': no Dask scheduler answers"):
        DaskWorkers("127.0.0.1:1")


def test_missing_dask_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(WorkersRefused, match=r"install twinflow\[cluster\]"):
        DaskWorkers("127.0.0.1:8786")


def start(command, folder, running):
    """Start a process of the cluster and let it end with the test."""
    process = running.enter_context(
        subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )  # fmt: skip
    running.callback(process.kill)


def environment():
    """The commands of this interpreter, and the packages of this folder."""
    here = Path(sys.executable).parent
    return os.environ | {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
