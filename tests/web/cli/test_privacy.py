from __future__ import annotations

import pytest

from engine.config import EngineConfig
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine
from tests.engine.models import END, a_model, a_user_task

FORM = {"components": [{"key": "patient", "type": "textfield", "personal": True}]}
MODEL = a_model(
    "care",
    ['<startEvent id="start" camunda:formKey="who"/>', a_user_task("treat"), END],
    ["start treat", "treat end"],
)


@pytest.fixture
def care(cli, home):
    """A case of somebody, and a quality officer."""
    engine = ProcessEngine.open(EngineConfig(f"sqlite:///{home}/var/twinflow.db"))
    engine.add_user(User(UserId("alice"), "Alice"))
    engine.add_user(User(UserId("erin"), "Erin", frozenset(), frozenset({Role.QUALITY})))
    engine.deploy(MODEL, source="care.bpmn", forms={"who": FORM})
    engine.start_process("care", by="alice", values={"patient": "Li Si"}, business_key="C-1")
    engine.close()
    return cli


def test_person_is_found_and_erased(care):
    found = care("privacy", "find", "li si", "--as", "erin", "--json").document
    arguments = ("privacy", "erase", found[0]["instance_id"], "--as", "erin", "--reason", "asked")

    planned, erased = care(*arguments), care(*arguments, "--really")

    assert found[0]["fields"] == ["patient"]
    assert (
        planned.out
        == "would be " + erased.out
        == ("would be erased: 1 values, 0 drafts, 0 mails and 0 texts of 1 cases\n")
    )
    assert "0 cases" in care("privacy", "find", "li si", "--as", "erin").out


def test_staff_may_not_look_for_people(care):
    refused = care("privacy", "find", "li si", "--as", "alice")

    assert refused.status == 1
    assert "alice" in refused.err


@pytest.fixture
def restored(care, home):
    """The case is erased, then a backup is restored that is older."""
    database = home / "var" / "twinflow.db"
    backup = database.read_bytes()
    erased = care("privacy", "erase", 1, "--as", "erin", "--reason", "asked", "--really")
    assert erased.status == 0
    for file in database.parent.glob("twinflow.db*"):
        file.unlink()
    database.write_bytes(backup)
    assert "1 cases" in care("privacy", "find", "li si", "--as", "erin").out
    return care


def test_restored_backup_is_erased_again_by_the_ledger(restored, home):
    arguments = ("privacy", "again", "--as", "erin")

    planned, erased = restored(*arguments), restored(*arguments, "--really")

    assert planned.out.startswith("would be erased: 1 values")
    assert erased.out.startswith("erased: 1 values")
    assert "0 cases" in restored("privacy", "find", "li si", "--as", "erin").out
    assert restored(*arguments, "--really").out.startswith("erased: 0 values")
    assert "Li Si" not in (home / "var" / "erasures.jsonl").read_text()


def test_server_erases_a_restored_backup_before_anybody_sees_it(restored, caplog):
    from web.bootstrap import prepare_database

    prepare_database()

    assert "1 cases, 1 values" in caplog.text
    assert "0 cases" in restored("privacy", "find", "li si", "--as", "erin").out


def test_ledger_is_written_elsewhere_and_names_nobody(care, home):
    care("privacy", "erase", 1, "--as", "erin", "--reason", "Li Si asked", "--really")

    told = care("privacy", "ledger", "--as", "erin", "--file", home / "safe.jsonl")

    assert told.out == f"{home / 'safe.jsonl'}: 1 lines, 1 new\n"
    assert "Li Si" not in (home / "safe.jsonl").read_text()


@pytest.mark.parametrize("command", ["ledger", "again"])
def test_ledger_is_for_the_quality_officer(restored, command):
    refused = restored("privacy", command, "--as", "alice")

    assert refused.status == 1
    assert "alice" in refused.err
