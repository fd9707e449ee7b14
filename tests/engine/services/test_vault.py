"""Personal values are kept apart, shown to those who may see the case, and erased for good."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from engine.domain.identity import Role, User, UserId
from engine.errors import InvalidForm, NotAllowed
from engine.store import erasure
from engine.store.tables import history, instance, metadata, task_draft, user_task, vault
from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.vault_probes import everything_but, put_back, put_mail, stored

CANARY, DRAFTED = "Canary-Zhang 张三丰", "Drafted canary 李四"
FORM = {
    "type": "default",
    "components": [
        {"key": "patient", "type": "textfield", "properties": {"personal": "true"}},
        {"key": "age", "type": "number", "personal": True},
        {"key": "ward", "type": "textfield"},
    ],
}
CARE = a_model(
    "care",
    [
        '<startEvent id="start" camunda:formKey="who"/>',
        a_user_task("check", form="who"),
        a_user_task("treat"),
        END,
    ],
    ["start check", "check treat", "treat end"],
    lanes={"desk": "start check treat end"},
)


@pytest.fixture
def care(engine):
    """The cast, an analyst and a quality officer, and a process with personal fields."""
    engine.deploy(CARE, source="care.bpmn", forms={"who": FORM})
    for name, role in (("erin", Role.QUALITY), ("frank", Role.ANALYST)):
        user = User(UserId(name), name.title(), frozenset({"desk"}), frozenset({role}))
        engine.add_user(user)
    return engine


@pytest.fixture
def case(care):
    values = {"patient": CANARY, "age": 47, "ward": "north"}
    return care.start_process("care", by="alice", values=values)


def check(engine, case, **values):
    (task,) = engine.open_tasks(case.id, by="alice")
    engine.claim(task.id, by="alice")
    engine.complete_task(task.id, by="alice", values=values)


def test_personal_values_stand_in_the_vault_alone(care, case):
    check(care, case, patient=CANARY + " jr", age=48)

    assert CANARY not in everything_but(care, vault)
    kept = {(row.field, orjson.loads(row.value)) for row in stored(care, sa.select(vault))}
    assert kept == {*(("age", 47), ("age", 48), ("patient", CANARY), ("patient", CANARY + " jr"))}


def test_who_may_see_the_case_sees_the_values(care, case):
    assert case.values == {"patient": CANARY, "age": 47, "ward": "north"}
    for seen in (
        care.instance(case.id, by="alice"),
        care.find_instance("care", case.business_key, by="dora"),
        *care.instances(by="alice"),
    ):
        assert seen.values == case.values


def test_analyst_sees_pseudonyms(care, case):
    seen = care.instance(case.id, by="frank").values

    assert seen["patient"].startswith("person-")
    assert (seen["ward"], seen["age"] == 47) == ("north", False)


def test_unchanged_value_keeps_its_reference(care, case):
    check(care, case, patient=CANARY, age=47)

    assert len(stored(care, sa.select(vault))) == 2


def test_form_knows_the_value_that_was_filled_in_before(care, case):
    check(care, case, ward="south")

    assert care.instance(case.id, by="alice").values == {**case.values, "ward": "south"}


def test_empty_fields_need_no_vault(care):
    case = care.start_process("care", by="alice", values={"ward": "north"})

    assert stored(care, sa.select(vault)) == []
    assert case.values["patient"] == ""


def test_reference_cannot_be_handed_in(care, case):
    ((reference, *_),) = stored(care, sa.select(vault.c.reference).where(vault.c.field == "age"))
    care.deploy(a_model("free", [START, a_user_task("a"), END], ["start a", "a end"]),
        source="free.bpmn", forms={})  # fmt: skip

    with pytest.raises(InvalidForm):
        care.start_process("free", by="charlie", values={"x": [{"$vault": reference}]})


def test_case_is_found_by_personal_values_by_who_may_see_them(care, case):
    found = care.instances(by="alice", text="canary-ZHANG 张")

    assert [one.id for one in found] == [case.id]
    assert care.instances(by="frank", text="canary-zhang") == []


def test_only_quality_officer_and_administrator_find_and_erase_people(care, case):
    for refused in (
        lambda: care.find_subject("Canary", by="dora"),
        lambda: care.erase_case_values(case.id, by="dora", reason="asked"),
        lambda: care.erase_subject("Canary", by="alice", reason="asked"),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_erasing_needs_a_reason(care, case):
    with pytest.raises(InvalidForm):
        care.erase_case_values(case.id, by="erin", reason=" ")


def test_person_is_found_in_personal_and_plain_values(care, case):
    plain = care.start_process("care", by="alice", values={"ward": CANARY})

    found = care.find_subject("canary-zhang", by="erin")

    told = [(one.instance_id, sorted(one.fields), one.is_in_plain_values) for one in found]
    assert told == [(case.id, ["age", "patient"], False), (plain.id, [], True)]


def test_erased_values_are_gone_and_the_rest_stays(care, case):
    erased = care.erase_case_values(case.id, by="erin", reason="asked on 2 March")

    assert (erased.instance_ids, erased.values, erased.is_done) == ((case.id,), 2, True)
    seen = care.instance(case.id, by="alice").values
    assert seen == {"patient": None, "age": None, "ward": "north"}
    rows = stored(care, sa.select(vault.c.value, vault.c.erased_by, vault.c.reason))
    assert rows == [(None, "erin", "asked on 2 March")] * 2


def test_case_goes_on_after_its_values_were_erased(care, case):
    care.erase_case_values(case.id, by="erin", reason="asked")

    check(care, case, patient="Somebody else", age=30)

    assert care.instance(case.id, by="alice").values["patient"] == "Somebody else"


def leave_traces(care, case):
    """Do all that writes a value down somewhere: draft, mail, completed form, kept draft."""
    (task,) = care.open_tasks(case.id, by="alice")
    care.claim(task.id, by="alice")
    care.save_draft(task.id, {"patient": DRAFTED * 2000}, by="alice")  # pages that are freed
    care.save_draft(task.id, {"patient": CANARY}, by="alice")
    care.complete_task(task.id, by="alice", values={"patient": CANARY}, idempotency_key="k")
    (treat,) = care.open_tasks(case.id, by="alice")
    care.save_draft(treat.id, {"note": f"{CANARY} called"}, by="alice")
    put_mail(care, case, f"Dear {CANARY}")


def test_dry_run_counts_what_the_real_run_erases(care, case):
    leave_traces(care, case)

    planned = care.erase_subject(CANARY, by="erin", reason="asked", is_dry_run=True)

    assert care.instance(case.id, by="alice").values["patient"] == CANARY
    erased = care.erase_subject(CANARY, by="erin", reason="asked")
    assert (planned.values, planned.drafts, planned.mails) == (2, 1, 1)
    assert replace(erased, is_done=False, is_scrubbed=False) == planned


def test_history_and_its_chain_stay_as_they_were(care, case):
    leave_traces(care, case)
    before = stored(care, sa.select(history)), list(care.events("care"))
    care.seal_history()

    care.erase_case_values(case.id, by="erin", reason="asked")

    assert (stored(care, sa.select(history)), list(care.events("care"))) == before
    assert care.check_history().is_sound


def test_canary_is_nowhere_in_the_database_after_erasure(care, case, tmp_path):
    leave_traces(care, case)
    assert CANARY in everything_but(care)

    erased = care.erase_case_values(case.id, by="erin", reason="asked")

    assert CANARY not in everything_but(care)
    files = [file for file in tmp_path.glob("twinflow.db*") if file.is_file()]
    for file in files:
        content = file.read_bytes()
        for text in (CANARY, DRAFTED):
            assert text.encode() not in content, file.name
    assert erased.is_scrubbed == bool(files)


def test_mail_that_waits_is_not_sent_any_more(care, case):
    put_mail(care, case, CANARY)

    care.erase_case_values(case.id, by="erin", reason="asked")

    rows = stored(care, sa.select(metadata.tables["outbox"]))
    assert [(row.recipient, row.body, row.due_at) for row in rows] == [("", "", None)]
    assert rows[0].dead_at is not None


def test_copy_in_plain_values_is_cut_from_an_ended_case_and_told_of_an_active_one(care, case):
    check(care, case, ward=f"with {CANARY}")

    told = care.erase_case_values(case.id, by="erin", reason="asked", is_dry_run=True)
    care.cancel_instance(case.id, by="dora", reason="over")
    care.erase_case_values(case.id, by="erin", reason="asked")

    assert (told.left_in_cases, told.texts) == ((case.id,), 0)
    assert care.instance(case.id, by="dora").values["ward"] == "with [erased]"
    ((text,),) = stored(care, sa.select(instance.c.search_text))
    assert CANARY.casefold() not in text


def test_values_that_history_quotes_are_told(care, case):
    care.cancel_instance(case.id, by="dora", reason=f"{CANARY} went home")

    erased = care.erase_case_values(case.id, by="erin", reason="asked")

    assert erased.left_in_history == 1


def test_drafts_of_other_cases_stay(care, case):
    other = care.start_process("care", by="alice", values={"patient": "Other"})
    (task,) = care.open_tasks(other.id, by="alice")
    care.save_draft(task.id, {"patient": "Other"}, by="alice")

    care.erase_case_values(case.id, by="erin", reason="asked")

    assert len(stored(care, sa.select(task_draft).join(user_task))) == 1
    assert care.instance(other.id, by="alice").values["patient"] == "Other"


def test_ledger_names_what_was_erased_and_erases_it_again_elsewhere(care, case):
    other = care.start_process("care", by="alice", values={"patient": "Wang Wu"})
    care.erase_case_values(case.id, by="erin", reason="asked")
    ledger = care.erasure_ledger(by="erin")
    put_back(care, CANARY)

    again = care.erase_again([one.reference for one in ledger], by=None, reason="restored")

    assert (again.instance_ids, again.is_done) == ((case.id,), True)
    assert CANARY not in everything_but(care)
    assert care.instance(other.id, by="alice").values["patient"] == "Wang Wu"
    assert {one.erased_by for one in ledger} == {"erin"}


def test_page_about_erasing_names_every_table_that_held_values():
    page = (Path(__file__).parents[3] / "docs" / "reference" / "history.md").read_text("utf-8")

    told = re.search(r"VACUUM FULL ([^;]+);", page)[1].split(", ")

    emptied = {one.table.name for one in erasure._QUOTING}
    assert set(told) == emptied | {"vault", "instance", "task_draft", "outbox"}
    assert set(told) <= metadata.tables.keys()


def test_ledger_of_another_database_erases_nothing(care, case):
    again = care.erase_again(["elsewhere"], by="erin", reason="restored")

    assert (again.values, again.instance_ids) == (0, ())
    assert care.instance(case.id, by="alice").values["patient"] == CANARY
    with pytest.raises(NotAllowed):
        care.erasure_ledger(by="alice")
