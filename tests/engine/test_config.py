from __future__ import annotations

import pytest

from engine.config import EngineConfig


def test_config_keeps_a_durable_file_by_default():
    config = EngineConfig.from_environment({})

    assert config == EngineConfig("sqlite:///var/twinflow.db", sqlite_synchronous="FULL")


def test_config_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("TWINFLOW_DATABASE_URL", "postgresql://host/twinflow")
    monkeypatch.setenv("TWINFLOW_SQLITE_SYNCHRONOUS", "normal")

    config = EngineConfig.from_environment()

    assert config == EngineConfig("postgresql://host/twinflow", sqlite_synchronous="NORMAL")


def test_config_refuses_what_sqlite_does_not_know():
    with pytest.raises(ValueError, match="'SOMETIMES'; allowed: FULL"):
        EngineConfig(sqlite_synchronous="SOMETIMES")


def test_config_refuses_other_databases_without_telling_the_password():
    with pytest.raises(ValueError, match="starts with 'mysql'") as refusal:
        EngineConfig("mysql://root:secret@host/db")

    assert "secret" not in str(refusal.value)
