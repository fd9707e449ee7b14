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
