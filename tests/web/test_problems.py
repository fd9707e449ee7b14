"""Problems: seeing what failed, and each way out."""

import pytest

from engine.domain.incident import Resolution
from engine.domain.instance import InstanceState
from tests.engine.services.service_models import CALLED, CALLING
from web.problem_words import cause

WHY = "The other clinic answered by phone"


@pytest.fixture
def stuck(engine):
    """A case whose called process is not deployed."""
    engine.deploy(CALLING, source="calling.bpmn", forms={})
    return engine.start_process(
        "calling",
        by="dora",
        business_key="P-1",
        values={"amount": 5, "urgent": True, "who": "王芳"},
    )


@pytest.fixture
def incident(engine, stuck):
    return engine.incidents(by="dora")[0]


def resolution(engine, incident):
    return engine.incident(incident.id, by="dora").resolution


def test_problems_are_listed_with_cause_case_and_step(dora, incident):
    page = dora.get("/problems").text

    for words in ("The case of another process could not be started", "P-1", "called"):
        assert words in page


def test_navigation_counts_open_problems_for_managers_only(dora, alice, incident):
    assert 'aria-label="1 open">1</span>' in dora.get("/tasks").text
    assert "/problems" not in alice.get("/tasks").text


@pytest.mark.parametrize("path", ["", "/settled", "/messages"])
def test_staff_do_not_see_the_lists(alice, path):
    assert alice.get(f"/problems{path}").status_code == 403


def test_staff_do_not_decide_about_problems(alice, engine, incident):
    for path in ("retry", "correction", "skip", "cancellation"):
        assert alice.post(f"/problems/{incident.id}/{path}", reason=WHY).status_code == 403
    assert resolution(engine, incident) is None


def test_lists_without_problems_say_so(dora):
    assert "No open problem" in dora.get("/problems").text
    assert "No problem was settled yet" in dora.get("/problems/settled").text


def test_problem_says_what_each_way_out_will_do(dora, incident):
    page = dora.get(f"/problems/{incident.id}").text

    for words in (
        "What failed is done once more",
        "The data of the case are changed as you enter them",
        "The case goes on as if this step were done",
        "The whole case ends",
    ):
        assert words in page


def test_trying_again_after_the_cause_is_gone_settles_the_problem(dora, engine, stuck, incident):
    engine.deploy(CALLED, source="called.bpmn", forms={})
    answer = dora.post(f"/problems/{incident.id}/retry")

    assert "The problem of case P-1 is settled." in dora.get(answer.location).text
    assert resolution(engine, incident) is Resolution.RETRIED
    assert "tried again" in dora.get("/problems/settled").text


def test_trying_again_in_vain_says_so(dora, incident):
    answer = dora.post(f"/problems/{incident.id}/retry")

    assert "It is tried again" in dora.get(answer.location).text


def test_corrected_data_keep_their_kinds(dora, engine, stuck, incident):
    engine.deploy(CALLED, source="called.bpmn", forms={})
    corrected = {
        "value:amount": "7.5",
        "value:urgent": "no",
        "new_name": "room",
        "new_value": "[3]",
    }
    dora.post(f"/problems/{incident.id}/correction", **corrected)

    values = engine.instance(stuck.id, by="dora").values
    assert values == {"amount": 7.5, "urgent": False, "who": "王芳", "room": [3]}
    assert resolution(engine, incident) is Resolution.EDITED


def test_data_that_are_no_number_are_shown_again(dora, engine, incident):
    answer = dora.post(f"/problems/{incident.id}/correction", **{"value:amount": "many"})

    assert answer.status_code == 422
    assert "amount: a number is needed." in answer.text
    assert 'value="many"' in answer.text
    assert resolution(engine, incident) is None


def test_correction_that_changes_nothing_is_refused(dora, incident):
    answer = dora.post(f"/problems/{incident.id}/correction", **{"value:amount": "5"})

    assert (answer.status_code, "Nothing is different" in answer.text) == (422, True)


def test_skipping_needs_a_reason_and_lets_the_case_go_on(dora, engine, stuck, incident):
    assert dora.post(f"/problems/{incident.id}/skip", reason=" ").status_code == 422
    answer = dora.post(f"/problems/{incident.id}/skip", reason=WHY)

    assert f"Reason: {WHY}" in dora.get(answer.location).text
    assert [task.element_id for task in engine.open_tasks(stuck.id, by="dora")] == ["after"]


def test_cancelling_ends_the_case(dora, engine, stuck, incident):
    assert dora.post(f"/problems/{incident.id}/cancellation", reason="").status_code == 422
    dora.post(f"/problems/{incident.id}/cancellation", reason=WHY)

    assert engine.instance(stuck.id, by="dora").state is InstanceState.CANCELLED


def test_problem_that_somebody_has_settled_is_refused_in_words(dora, engine, incident):
    engine.skip_incident(incident.id, by="dora", reason=WHY)
    answer = dora.post(f"/problems/{incident.id}/retry")

    assert (answer.status_code, "Dora Du has dealt with" in answer.text) == (409, True)
    assert "What can be done" not in dora.get(f"/problems/{incident.id}").text


def test_case_shows_its_problem_on_the_diagram_and_in_a_note(dora, stuck, incident):
    page = dora.get(f"/cases/{stuck.id}").text

    assert '"call": "problem"' in page
    assert "there is no" in page
    assert f"/problems/{incident.id}/retry" in page
    assert "A problem holds up “call”" in page
    assert "until somebody decides about the problem" in page
    assert "until the case that it called comes back" not in page


def test_staff_learn_of_the_problem_without_the_ways_out(alice, engine, incident, stuck):
    mine = engine.start_process("calling", by="alice", business_key="P-2")
    page = alice.get(f"/cases/{mine.id}").text

    assert "A manager decides how it goes on" in page
    assert "/problems/" not in page


def test_every_kind_of_failure_has_words_of_its_own(app):
    from engine.domain.incident import STEP, VACANT
    from engine.domain.job import Work

    with app.test_request_context("/?lang=zh"):
        told = {cause(kind) for kind in (STEP, VACANT, *Work)}

    assert len(told) == len(Work) + 2
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in told)
