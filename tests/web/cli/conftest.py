"""The command line in an empty folder: its own database, its own people."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from engine.config import EngineConfig
from engine.domain.identity import User, UserId
from engine.process_engine import ProcessEngine
from tests.architecture.sources import ROOT
from web.cli import main
from web.library import read_library

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


@pytest.fixture(scope="session")
def clinic_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the patient visit and two people, to be copied."""
    folder = tmp_path_factory.mktemp("clinic")
    config = EngineConfig(f"sqlite:///{folder / 'twinflow.db'}", sqlite_synchronous="OFF")
    engine = ProcessEngine.open(config)
    prepare(engine)
    engine.close()
    return folder


def prepare(engine: ProcessEngine) -> None:
    """Deploy the patient visit and add the people."""
    visit = next(folder for folder in read_library() if folder.key == "patient_visit")
    model = visit.models["as_is"].model
    engine.deploy(model.read_bytes(), source=model.name, forms=visit.forms())
    for name, group in (("alice", "frontdesk"), ("bob", "doctor")):
        engine.add_user(User(UserId(name), name, frozenset({group})))


@pytest.fixture
def clinic(cli: Cli, home: Path, clinic_template: Path) -> Cli:
    """The command line of a clinic with the patient visit and two people."""
    shutil.copytree(clinic_template, home / "var")
    return cli
