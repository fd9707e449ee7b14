"""The command line in an empty folder: its own database, its own people."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.architecture.sources import ROOT
from web.cli import main

if TYPE_CHECKING:
    from pathlib import Path

VISIT = ROOT / "processes" / "bpmn" / "patient_visit"


@dataclass(frozen=True)
class Outcome:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Outcome]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, with a quick database."""
    for name in ("TWINFLOW_DATABASE_URL", "TWINFLOW_VAR", "TWINFLOW_USER", "TWINFLOW_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TWINFLOW_SQLITE_SYNCHRONOUS", "OFF")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process."""

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Outcome(int(end.value.code or 0), written.out, written.err)

    return run


@pytest.fixture
def clinic(cli: Cli) -> Cli:
    """The command line of a clinic with the patient visit and two people."""
    assert cli("deploy", VISIT / "as_is.bpmn").status == 0
    for user, group in (("alice", "frontdesk"), ("bob", "doctor")):
        added = cli("user", "add", user, "--group", group, "--password", "long enough")
        assert added.status == 0
    return cli
