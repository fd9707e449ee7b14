"""The command ``twinflow`` itself: help, exit status, the last resort."""

import subprocess
import sys

import pytest

from tests.web.cli.conftest import VISIT
from web.cli import root
from web.cli.failures import TRACE
from web.cli.root import COMMANDS


def test_help_lists_every_command(cli):
    listed = cli("--help")

    assert listed.status == 0
    assert all(f"  {name}  " in listed.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_teaches_with_an_example(cli, command):
    explained = cli(command, "--help")

    assert explained.status == 0
    assert f"twinflow {command}" in explained.out.partition("Usage:")[2].partition("\n")[2]


def test_version_is_the_installed_one(cli):
    assert cli("--version").out.startswith("twinflow ")


def test_unknown_command_is_wrong_input(cli):
    refusal = cli("dance")

    assert refusal.status == 2
    assert "No such command 'dance'" in refusal.err


def test_fault_of_the_program_leaves_its_trace_in_a_file(cli, home, monkeypatch):
    monkeypatch.setitem(COMMANDS, "tasks", ("web.cli.nowhere", ""))

    fault = cli("tasks")

    assert (fault.status, fault.out) == (1, "")
    assert "Traceback" not in fault.err
    assert str(TRACE) in fault.err
    assert "Traceback" in (home / TRACE).read_text()


def test_interrupted_command_ends_with_130(cli, monkeypatch):
    def interrupt(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(root.twinflow, "main", interrupt)

    assert cli("tasks").status == 130


def test_wrong_setting_is_named(cli, monkeypatch):
    monkeypatch.setenv("TWINFLOW_DATABASE_URL", "mysql://db")

    refusal = cli("user", "list")

    assert refusal.status == 2
    assert "TWINFLOW_DATABASE_URL must start with" in refusal.err


def test_database_that_cannot_be_opened_is_named(cli, home, monkeypatch):
    (home / "file").write_text("")
    monkeypatch.setenv("TWINFLOW_DATABASE_URL", f"sqlite:///{home}/file/twinflow.db")

    refusal = cli("deploy", VISIT / "as_is.bpmn")

    assert refusal.status == 1
    assert refusal.err.startswith("twinflow: the database cannot be used")


def test_help_of_all_commands_loads_nothing_heavy():
    script = (
        "import sys; from importlib import import_module; from web.cli.root import COMMANDS;"
        "[import_module(module) for module, _ in COMMANDS.values()];"
        "heavy = {'numpy', 'pandas', 'sqlalchemy', 'flask', 'lxml', 'rich'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )

    loaded = subprocess.run((sys.executable, "-c", script), capture_output=True, check=True)

    assert loaded.stdout.split() == []


def test_unknown_zone_of_the_environment_is_wrong_input(cli, monkeypatch):
    monkeypatch.setenv("TWINFLOW_TIMEZONE", "Mars")

    measured = cli("kpis", "patient_visit", "--since", "2026-03-01")

    assert measured.status == 2
    assert "TWINFLOW_TIMEZONE='Mars' is no zone" in measured.err
