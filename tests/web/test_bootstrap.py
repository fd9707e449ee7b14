"""Where the parts are joined."""

import stat
from pathlib import Path

import pytest

from engine.domain.escalation import EscalationLadder
from web.bootstrap import (
    deploy_library,
    kept_secret,
    open_services,
    prepare_database,
    settings_from_environment,
)
from web.database import open_engine
from web.library import ProcessFolder, read_library
from web.settings import InvalidSettings, Settings


def folder_named(key: str) -> ProcessFolder:
    return next(folder for folder in read_library() if folder.key == key)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation."""
    monkeypatch.setenv("TWINFLOW_VAR", str(tmp_path))
    monkeypatch.setenv("TWINFLOW_DATABASE_URL", f"sqlite:///{tmp_path}/twinflow.db")
    monkeypatch.setenv("TWINFLOW_SQLITE_SYNCHRONOUS", "OFF")
    monkeypatch.delenv("TWINFLOW_SECRET_KEY", raising=False)
    return tmp_path


def test_secret_outlives_a_restart_and_is_the_owners_alone(var):
    first, second = (settings_from_environment().secret_key for _ in range(2))

    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((var / "secret-key").stat().st_mode) == 0o600


def test_given_secret_is_not_written_down(var, monkeypatch):
    monkeypatch.setenv("TWINFLOW_SECRET_KEY", "k" * 40)

    assert settings_from_environment().secret_key == "k" * 40
    assert not (var / "secret-key").exists()


def test_two_installations_have_different_secrets(tmp_path):
    assert kept_secret(tmp_path / "a") != kept_secret(tmp_path / "b")


def test_wrong_database_setting_is_named(var, monkeypatch):
    monkeypatch.setenv("TWINFLOW_SQLITE_SYNCHRONOUS", "sometimes")

    with pytest.raises(InvalidSettings, match="TWINFLOW_SQLITE_SYNCHRONOUS"):
        open_engine()


def test_library_is_deployed_once(var):
    prepare_database()
    prepare_database()
    services = open_services(Settings())

    deployed = {found.key: found.version for found in services.engine.definitions()}
    services.engine.close()

    assert {"patient_visit", "patient_visit_to_be", "complaint"} <= deployed.keys()
    assert set(deployed.values()) == {1}


def test_ladders_of_a_folder_come_with_it_and_stay_as_people_change_them(var):
    prepare_database()
    engine = open_engine()
    shipped = {ladder.element_id: ladder for ladder in engine.escalation_ladders("complaint")}
    shorter = EscalationLadder("complaint", "approve", shipped["approve"].steps[:1])
    engine.set_escalation_ladder(shorter, by=None)

    prepare_database()
    kept = {ladder.element_id: ladder for ladder in engine.escalation_ladders("complaint")}
    engine.close()

    assert [len(shipped[element].steps) for element in ("approve", "call_back")] == [3, 2]
    assert kept["approve"] == shorter


def test_process_that_people_redesigned_is_left_alone(var):
    prepare_database()
    engine = open_engine()
    visit = engine.definition("patient_visit")
    redesigned = engine.model_xml(visit.id).replace(b"patient visit", b"our visit") + b"\n"
    forms = folder_named("patient_visit").forms()
    engine.deploy(redesigned, source="ours.bpmn", forms=forms, by="alice")

    deploy_library(engine, read_library())
    newest = engine.definition("patient_visit")
    engine.close()

    assert (newest.version, newest.deployed_by) == (2, "alice")
