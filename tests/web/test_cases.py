"""Finding cases, seeing where one stands, intervening."""

import pytest

from engine.domain.instance import InstanceState
from tests.engine.services.service_models import CALLED, CALLING

REASON = {"reason": "The patient went home"}


def at_the_timer(engine, case):
    """Take the case through the front desk, so that it waits for the result."""
    for values in ({"patient_name": "王芳", "kind": "first"}, {}):
        task = engine.open_tasks(case.id, by="alice")[0]
        engine.claim(task.id, by="alice")
        engine.complete_task(task.id, by="alice", values=values)
    return engine.timers(case.id)[0]


def test_list_shows_cases_the_person_may_see(dora, charlie, case):
    assert "C-1" in dora.get("/cases").text
    assert "C-1" not in charlie.get("/cases").text


def test_search_looks_for_the_number_and_the_data(dora, engine, case):
    at_the_timer(engine, case)

    assert "C-1" in dora.get("/cases?text=C-1").text
    assert "C-1" in dora.get("/cases?text=王芳").text
    assert "No case found" in dora.get("/cases?text=nobody").text


def test_state_filter_keeps_the_search(dora, case):
    page = dora.get("/cases?state=completed&text=C").text

    assert "No case found" in page
    assert "state=cancelled&amp;text=C" in page


def test_unknown_state_shows_all(dora, case):
    assert "C-1" in dora.get("/cases?state=nonsense").text


def test_long_list_is_paged_without_gap_or_repetition(dora, engine, monkeypatch):
    monkeypatch.setattr("web.views.cases.PAGE_SIZE", 2)
    for number in range(5):
        engine.start_process(
            "clinic_visit", by="alice", start_event="walk_in", business_key=f"N-{number}"
        )
    url: str | None = "/cases"
    seen: list[str] = []
    while url:
        page = dora.get(url).text
        seen += [key for key in ("N-4", "N-3", "N-2", "N-1", "N-0") if key in page]
        older = page.split('href="/cases?before=', 1)
        url = f"/cases?before={older[1].split(chr(34), 1)[0]}" if len(older) > 1 else None

    assert seen == ["N-4", "N-3", "N-2", "N-1", "N-0"]


def test_case_marks_on_the_diagram_where_it_stands(dora, engine, case):
    at_the_timer(engine, case)
    page = dora.get(f"/cases/{case.id}").text

    assert '"result": "active"' in page
    assert '"register": "done"' in page


def test_case_tells_its_story_in_words(dora, engine, case):
    at_the_timer(engine, case)
    page = dora.get(f"/cases/{case.id}").text

    for sentence in (
        "Alice Li started the case",
        "“Register” is waiting for Front desk",
        "Alice Li took “Register”",
        "Alice Li completed “Register”",
        "The case waits for “Result ready”",
    ):
        assert sentence in page


def test_manager_lets_a_case_go_on_with_a_reason(dora, engine, case):
    timer = at_the_timer(engine, case)
    answer = dora.post(f"/cases/{case.id}/timers/{timer.id}/firing", reason="The result is here")
    page = dora.get(answer.location).text

    assert answer.status_code == 303
    assert "Reason: The result is here" in page
    assert engine.open_tasks(case.id, by="dora")[0].element_id == "consult"


def test_staff_are_not_offered_to_intervene(alice, engine, case):
    timer = at_the_timer(engine, case)
    page = alice.get(f"/cases/{case.id}").text

    assert "Continue now" not in page
    assert "Cancel this case" not in page
    for path in (f"timers/{timer.id}/firing", "cancellation"):
        assert alice.post(f"/cases/{case.id}/{path}", **REASON).status_code == 403


def test_timer_of_another_case_is_not_fired(dora, engine, case):
    timer = at_the_timer(engine, case)
    other = engine.start_process("clinic_visit", by="alice", start_event="walk_in")
    answer = dora.post(f"/cases/{other.id}/timers/{timer.id}/firing", **REASON)

    assert answer.status_code == 404
    assert engine.timers(case.id) == [timer]


@pytest.mark.parametrize("path", ["cancellation", "timers/{timer}/firing"])
def test_intervention_without_a_reason_is_refused(dora, engine, case, path):
    timer = at_the_timer(engine, case)
    answer = dora.post(f"/cases/{case.id}/{path.format(timer=timer.id)}", reason="  ")

    assert answer.status_code == 422
    assert "Please give a reason" in answer.text
    assert engine.instance(case.id, by="dora").state is InstanceState.ACTIVE


def test_cancelled_case_keeps_its_history(dora, case):
    answer = dora.post(f"/cases/{case.id}/cancellation", **REASON)
    page = dora.get(answer.location).text

    assert "Dora Du cancelled the case" in page
    assert "Reason: The patient went home" in page
    assert "Cancelled" in page


def test_cancelling_an_ended_case_is_refused(dora, case):
    dora.post(f"/cases/{case.id}/cancellation", **REASON)
    answer = dora.post(f"/cases/{case.id}/cancellation", **REASON)

    assert (answer.status_code, "This case has ended." in answer.text) == (409, True)


def test_case_of_others_is_refused(charlie, case):
    assert charlie.get(f"/cases/{case.id}").status_code == 403


def test_model_is_served_in_the_language_of_the_reader(alice):
    url = "/processes/clinic_visit/v/1/model.bpmn"

    assert "登记 / Register" not in alice.get(url).text
    assert 'name="登记"' in alice.get(f"{url}?language=zh_Hans").text


def test_model_is_not_sent_again_when_it_is_known(alice):
    url = "/processes/clinic_visit/v/1/model.bpmn"
    tag = alice.get(url).headers["ETag"]

    assert alice.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_lists_say_whom_a_case_is_about(dora, bob, engine, case, clock):
    timer = at_the_timer(engine, case)
    clock.set(timer.due_at)
    engine.fire_due_timers()

    assert "王芳" in dora.get("/cases").text
    assert "王芳" in bob.get("/tasks").text


def test_manager_suspends_a_case_and_lets_it_go_on(dora, engine, case):
    answer = dora.post(f"/cases/{case.id}/suspension", reason="Power cut")
    page = dora.get(answer.location).text
    for words in ("This case is suspended since", "Dora Du suspended the case", "Let it go on"):
        assert words in page
    assert "Suspended" in dora.get("/cases").text

    answer = dora.post(f"/cases/{case.id}/resumption", reason="Power is back", timers="shift")
    assert "Dora Du let the case go on again" in dora.get(answer.location).text
    assert engine.instance(case.id, by="dora").suspended_at is None


@pytest.mark.parametrize("path", ["suspension", "resumption"])
def test_standing_still_needs_a_reason_and_a_manager(dora, alice, case, path):
    if path == "resumption":
        dora.post(f"/cases/{case.id}/suspension", reason="Power cut")

    assert dora.post(f"/cases/{case.id}/{path}", reason="").status_code == 422
    assert alice.post(f"/cases/{case.id}/{path}", reason="Lunch").status_code == 403


def test_resuming_a_running_case_is_refused_in_words(dora, case):
    answer = dora.post(f"/cases/{case.id}/resumption", reason="Power is back")

    assert (answer.status_code, "Case C-1 is not suspended." in answer.text) == (409, True)


def test_called_case_and_its_caller_lead_to_each_other(dora, engine):
    engine.deploy(CALLED, source="called.bpmn", forms={})
    engine.deploy(CALLING, source="calling.bpmn", forms={})
    caller = engine.start_process("calling", by="dora", business_key="P-1")
    called = engine.called_instances(caller.id, by="dora")[0]

    page = dora.get(f"/cases/{caller.id}").text
    assert f'href="/cases/{called.id}"' in page
    assert "until the case that it called comes back" in page
    assert "“call” is handed to a case of its own" in page
    below = dora.get(f"/cases/{called.id}").text
    assert f'href="/cases/{caller.id}"' in below
    assert "Case P-1 started this one" in below


def test_lists_and_objects_of_a_case_are_written_for_people(dora, engine):
    values = {"lines": [{"drug": "A", "mg": 5}, {"drug": "B", "mg": 10}], "home": {"city": "Delft"}}
    engine.deploy(CALLED, source="called.bpmn", forms={})
    case = engine.start_process("called", by="dora", values=values)

    page = dora.get(f"/cases/{case.id}").text

    assert "<div>drug: A; mg: 5</div><div>drug: B; mg: 10</div>" in page
    assert "city: Delft" in page
    assert "{&#39;" not in page
