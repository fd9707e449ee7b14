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


def test_config_takes_the_size_of_a_case_in_megabytes():
    config = EngineConfig.from_environment({"TWINFLOW_LARGEST_CASE_MB": "25"})

    assert config.largest_case_bytes == 25 * 1024 * 1024
    assert EngineConfig().largest_case_bytes == 10 * 1024 * 1024


@pytest.mark.parametrize("text", ["ten", "-1", "1.5"])
def test_config_refuses_a_size_that_is_no_number_of_megabytes(text):
    with pytest.raises(ValueError, match=r"TWINFLOW_LARGEST_CASE_MB is .* whole number"):
        EngineConfig.from_environment({"TWINFLOW_LARGEST_CASE_MB": text})
