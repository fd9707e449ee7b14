"""Logs for other tools, and the check of the history."""

from __future__ import annotations

import json
import sqlite3

import pytest


@pytest.fixture
def cases(clinic):
    clinic("start", "patient_visit", "--as", "alice", "--business-key", "V-1")
    return clinic


def test_log_of_a_process_is_written_for_twinflow(cases, home):
    written = cases("log", "patient_visit", "visits.csv")

    assert (written.status, written.out) == (0, "1 cases in visits.csv\n")
    assert (home / "visits.csv").read_text("utf-8").startswith("record,case_id")


@pytest.mark.parametrize(
    ("name", "words"), [("v.xes", "Check in"), ("v.csv", "Check in"), ("v.json", "Check in")]
)
def test_log_is_exported_in_the_form_of_its_name(cases, home, name, words):
    written = cases("log", "export", "patient_visit", name, "--language", "en")

    assert written.status == 0
    assert f"of 1 cases in {name}" in written.out
    text = (home / name).read_text("utf-8")
    assert "V-1" in text
    assert "alice" not in text


def test_export_needs_a_form(cases):
    refused = cases("log", "export", "patient_visit", "visits.txt")

    assert refused.status == 2
    assert "add --format" in refused.err


def test_export_of_an_unknown_process_is_refused(cases, home):
    assert cases("log", "export", "surgery", "v.xes").status != 0
    assert not list(home.glob("*v.xes*"))


def test_sound_history_is_verified_with_a_kept_seal(cases):
    seal = cases("history", "seal").out.splitlines()[0]

    checked = cases("history", "verify", "--kept", seal)

    assert checked.status == 0
    assert "1 seals: nothing was changed" in checked.out
    assert cases("history", "seal").out == "nothing happened since the last seal\n"


def test_changed_history_fails_the_check(cases, home):
    connection = sqlite3.connect(home / "var" / "twinflow.db", isolation_level=None)
    connection.execute("DROP TRIGGER history_forbids_update")
    connection.execute("UPDATE history SET actor = 'bob' WHERE seq = 2")
    connection.close()

    checked = cases("history", "verify")
    as_json = cases("history", "verify", "--json")

    assert checked.status == as_json.status == 1
    assert "patient_visit/V-1, event 2: it was altered" in checked.out
    assert [fault["kind"] for fault in json.loads(as_json.out)["faults"]] == [
        "altered", "unprotected",
    ]  # fmt: skip
