"""A person's way from signing in to the next task."""

import pytest
from playwright.sync_api import expect

from tests.engine.models import END, START, a_model, a_user_task
from tests.web.clinic import PASSWORD, PROCESS

NOTED = a_model(
    "noted", [START, a_user_task("write", form="note"), END], ["start write", "write end"]
)


@pytest.fixture(autouse=True)
def case(engine):
    return engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-1")


@pytest.fixture
def taken(screen, engine, case):
    """The page of a task that Alice has taken."""
    task = engine.claim(engine.open_tasks(case.id, by="alice")[0].id, by="alice")
    screen.sign_in("alice")
    screen.open(f"/tasks/{task.id}")


def fill_in(screen):
    screen.page.get_by_label("Patient name").fill("王芳")
    screen.page.get_by_label("First visit").check()


def test_waiting_task_is_completed_with_one_click_after_the_form_is_filled(screen, engine, case):
    screen.sign_in_by_hand("alice")
    screen.page.get_by_role("button", name="Take: Register").click()
    screen.ready()
    fill_in(screen)
    screen.page.get_by_role("button", name="Complete task").click()
    screen.ready()

    expect(screen.page.get_by_role("status")).to_contain_text("“Register” is done (case C-1).")
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Confirm")
    assert engine.instance(case.id, by="dora").values["patient_name"] == "王芳"


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [("textarea", "cold since Monday", "cold since Monday"), ("textfield", "cold", "cold"),
     ("number", "37", 37)],
)  # fmt: skip
def test_last_letters_are_sent_when_one_completes_while_typing(screen, engine, kind, typed, stored):
    note = {"type": "default", "components": [{"type": kind, "key": "note", "label": "Remark"}]}
    engine.deploy(NOTED, source="noted.bpmn", forms={"note": note})
    noted = engine.start_process("noted", by="alice")
    (task,) = engine.open_tasks(noted.id, by="alice")
    engine.claim(task.id, by="alice")
    screen.sign_in("alice")
    screen.open(f"/tasks/{task.id}")

    screen.page.get_by_label("Remark").press_sequentially(typed)
    screen.page.get_by_role("button", name="Complete task").click()
    screen.ready()

    assert engine.instance(noted.id, by="dora").values == {"note": stored}


def test_missing_values_are_named_beside_the_field_and_nothing_is_sent(screen, taken, engine, case):
    screen.page.get_by_role("button", name="Complete task").click()

    expect(screen.page.get_by_text("Please fill this in.").first).to_be_visible()
    assert screen.page.url.endswith(f"/tasks/{engine.open_tasks(case.id, by='alice')[0].id}")


def test_missing_values_are_named_in_chinese(screen):
    screen.speak("zh_Hans")
    screen.sign_in_by_hand("alice")
    screen.page.get_by_role("button", name="领取：登记").click()
    screen.ready()
    screen.page.get_by_label("体温").fill("99")
    screen.page.get_by_role("button", name="完成任务").click()

    expect(screen.page.get_by_text("请填写此项。").first).to_be_visible()
    expect(screen.page.get_by_text("不能大于 42。")).to_be_visible()
    expect(screen.page.get_by_text("请选择")).to_be_visible()


def test_errors_of_the_server_stand_beside_the_field(screen, taken, engine, case):
    fill_in(screen)
    screen.page.evaluate(
        """() => document.querySelector('form[data-form-host]').addEventListener('submit', () => {
          document.querySelector('input[name=values]').value = '{"kind": "first"}';
        })"""
    )
    with screen.page.expect_response("**/completion") as answer:
        screen.page.get_by_role("button", name="Complete task").click()
    screen.ready()

    assert answer.value.status == 422
    expect(screen.page.locator(".fjs-form-field-error")).to_have_text("Please fill this in.")
    expect(screen.page.get_by_role("alert")).to_contain_text("Patient name: Please fill this in.")
    screen.problems.clear()  # Chromium reports the status 422 of the page itself


def test_double_click_completes_once(screen, taken, engine, case):
    fill_in(screen)
    screen.page.get_by_role("button", name="Complete task").dblclick()
    screen.ready()

    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Confirm")


def test_what_was_typed_survives_a_database_that_cannot_save(screen, taken, engine, monkeypatch):
    from engine.errors import StoreUnavailable

    def fail(*_args, **_options):
        raise StoreUnavailable("disk full")

    fill_in(screen)
    monkeypatch.setattr(type(engine), "complete_task", fail)
    screen.page.get_by_role("button", name="Complete task").click()
    expect(screen.page.get_by_role("heading", level=1)).to_contain_text("cannot save")
    screen.page.go_back()
    screen.ready()

    expect(screen.page.get_by_label("Patient name")).to_have_value("王芳")
    screen.problems.clear()  # Chromium reports the status 503 of the page itself


def test_draft_does_not_meet_the_next_patient(screen, taken, engine, case):
    fill_in(screen)
    screen.page.get_by_role("button", name="Complete task").click()
    screen.ready()

    assert screen.page.evaluate("sessionStorage.length") == 0


def test_inbox_shows_new_tasks_by_itself(screen, engine):
    screen.sign_in_by_hand("alice")
    engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-2")
    screen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(screen.page.get_by_text("C-2")).to_be_visible()


def test_choosing_a_person_of_the_demo_fills_in_the_name(screen):
    screen.open("/sign-in")
    screen.page.get_by_role("button", name="bob").click()
    screen.page.get_by_label("Password").fill(PASSWORD)
    screen.page.keyboard.press("Enter")
    screen.ready()

    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Tasks")


def test_language_is_switched_on_the_page_itself(screen):
    screen.sign_in_by_hand("alice")
    screen.page.get_by_text("English").first.click()
    screen.page.get_by_role("button", name="简体中文").click()
    screen.ready()

    expect(screen.page.get_by_role("heading", level=1)).to_have_text("任务")
