"""``twinflow suspend``, ``skip``, ``restart``, ``correct``, ``versions``, ``route``, ``migrate``,
``bulk``.
"""

from __future__ import annotations

import pytest

from engine.domain.identity import Role, User, UserId
from tests.engine.models import END, START, a_model, a_user_task
from web.cli.session import opened_engine

FIRST = a_model(
    "ward", [START, a_user_task("look"), a_user_task("write"), END],
    ["start look", "look write", "write end"],
)  # fmt: skip
SECOND = FIRST.replace(b'"look', b'"see').replace(b"_look", b"_see")
BECAUSE = ("--as", "dora", "--reason", "audit")


@pytest.fixture
def ward(cli, home):
    """The command line of a ward with one case, a manager and two versions."""
    with opened_engine() as engine:
        engine.add_user(User(UserId("dora"), "Dora", roles=frozenset({Role.MANAGER})))
        engine.add_user(User(UserId("alice"), "Alice"))
        engine.deploy(FIRST, source="ward.bpmn", forms={})
        engine.start_process("ward", by="alice", business_key="bed 1")
        engine.deploy(SECOND, source="ward.bpmn", forms={})
    return cli


def test_case_is_suspended_and_resumed(ward):
    tried = ward("suspend", "ward/bed 1", *BECAUSE, "--dry-run")
    suspended = ward("suspend", "ward/bed 1", *BECAUSE, "--json")
    refused = ward("claim", 1, "--as", "alice")
    resumed = ward("resume", 1, *BECAUSE, "--timers", "shift")

    assert "would be done" in tried.out
    assert suspended.document["suspended_at"] is not None
    assert (refused.status, "is suspended since" in refused.err) == (1, True)
    assert resumed.out == "case 1 (ward/bed 1) goes on\n"


def test_skip_tells_consequences_before_and_after(ward):
    tried = ward("skip", 1, "look", *BECAUSE, "--set", "level=3", "--dry-run", "--json")
    done = ward("skip", 1, *BECAUSE, "--set", "level=3", "--set", "word=abc")

    assert tried.document["is_done"] is False
    assert tried.document["consequences"]["opened"][0]["element_id"] == "write"
    assert "has changed" in done.out
    found = ward("instance", 1, "--as", "dora", "--json").document["case"]
    assert found["values"] == {"level": 3, "word": "abc"}


def test_restart_withdraws_what_is_open(ward):
    ward("skip", 1, *BECAUSE)

    done = ward("restart", 1, "look", *BECAUSE)

    assert done.status == 0
    assert "withdrawn" in done.out
    assert ward("skip", 1, "nowhere", *BECAUSE).status == 2


def test_values_are_corrected_and_the_case_is_terminated(ward):
    assert ward("correct", 1, "--set", "level=3", *BECAUSE).status == 0
    assert "is cancelled" in ward("terminate", 1, *BECAUSE).out


def test_versions_are_listed_retired_and_deleted(ward):
    retired = ward("versions", "retire", "ward", 1, *BECAUSE)
    refused = ward("versions", "delete", "ward", 1, *BECAUSE)
    activated = ward("versions", "activate", "ward", 1, *BECAUSE)
    listed = ward("versions", "list", "ward", "--json").document

    assert "version 1 is retired; 1 cases run on it" in retired.out
    assert (refused.status, "1 cases run on it" in refused.err) == (1, True)
    assert activated.status == 0
    assert [one["definition"]["state"] for one in listed["versions"]] == ["active", "active"]
    assert "bed" not in ward("versions", "list", "ward").out


def test_new_cases_are_routed(ward):
    tried = ward("route", "set", "ward", "--rule", "1: 100%", *BECAUSE, "--dry-run")
    assert "has no rules" in ward("route", "show", "ward").out
    ward("route", "set", "ward", "--rule", "1: 20% if age > 60", "--rule", "1", *BECAUSE)

    shown = ward("route", "show", "ward", "--json").document
    started = ward("start", "ward", "--as", "alice", "--json").document["case"]

    assert "100.0 %" in tried.out
    assert shown[0]["rules"][0] == {
        "version": 1, "condition": "age > 60", "share_percent": 20.0,
    }  # fmt: skip
    assert started["route"] == "rule 2: every case"


@pytest.mark.parametrize("rule", ["new", "3: 2..5%", "9: 10%", "1: if age >"])
def test_wrong_rules_are_wrong_input(ward, rule):
    refused = ward("route", "set", "ward", "--rule", rule, *BECAUSE)

    assert refused.status == 2
    assert refused.err


def test_cases_migrate_and_come_back(ward):
    words = ("migrate", "ward", "--from", 1, "--to", 2)
    blocked = ward(*words, *BECAUSE, "--dry-run")
    moved = ward(*words, "--map", "look=see", *BECAUSE)
    back = ward(*words, "--undo", "--case", 1, *BECAUSE)

    assert "map it to another" in " ".join(blocked.out.split())
    assert "done: 1 done" in moved.out
    assert back.out == "case 1 (ward/bed 1) is back\n"
    assert ward(*words, "--map", "look=gone", *BECAUSE).status == 2


def test_bulk_operation_tells_every_result(ward):
    tried = ward("bulk", "run", "suspend", "--process", "ward", *BECAUSE, "--dry-run", "--json")
    done = ward("bulk", "run", "suspend", 1, 99, *BECAUSE, "--json").document

    assert [item["state"] for item in tried.document] == ["done"]
    assert [item["state"] for item in done["items"]] == ["done", "refused"]
    assert done["items"][1]["result"] == "there is no case 99"
    assert ward("bulk", "show", 1, "--as", "dora", "--json").document == done
    assert "suspend" in ward("bulk", "list", "--as", "dora").out
    assert "is done" in ward("bulk", "stop", 1, "--as", "dora").out
    assert ward("bulk", "run", "reassign", 1, *BECAUSE).status == 2


def test_draft_is_deployed_and_said_to_be_one(ward, home):
    (home / "ward.bpmn").write_bytes(FIRST.replace(b'name="look"', b'name="glance"'))

    deployed = ward("deploy", "ward.bpmn", "--draft")

    assert deployed.out.startswith("ward version 3 (draft)")
