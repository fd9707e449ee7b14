"""Drafts, handing over and problems, as people meet them in a browser."""

import pytest
from playwright.sync_api import expect

from tests.engine.services.service_models import CALLED, CALLING
from tests.web.clinic import PROCESS


@pytest.fixture
def task(engine):
    case = engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-1")
    return engine.claim(engine.open_tasks(case.id, by="alice")[0].id, by="alice")


def type_the_name(screen, task, name="王芳"):
    screen.open(f"/tasks/{task.id}")
    screen.page.get_by_label("Patient name").fill(name)
    expect(screen.page.locator("[data-draft-status]")).to_have_text("saved 09:00")


def test_draft_survives_a_reload_and_can_be_discarded(screen, engine, task):
    screen.sign_in("alice")
    type_the_name(screen, task)
    screen.page.reload()
    screen.ready()
    expect(screen.page.get_by_label("Patient name")).to_have_value("王芳")

    screen.page.get_by_role("button", name="Discard the draft").click()
    screen.ready()
    expect(screen.page.get_by_label("Patient name")).to_have_value("")
    assert engine.draft(task.id, by="alice") is None


def test_what_is_typed_is_saved_on_leaving_at_once(screen, engine, task):
    screen.sign_in("alice")
    screen.open(f"/tasks/{task.id}")
    screen.page.get_by_label("Patient name").fill("王芳")
    screen.page.get_by_role("link", name="Cases").first.click()
    screen.ready()
    for _ in range(100):  # the page that sends it is not there any more
        if engine.draft(task.id, by="alice"):
            break
        screen.page.wait_for_timeout(20)

    assert engine.draft(task.id, by="alice")[0]["patient_name"] == "王芳"


def test_completed_task_leaves_no_draft(screen, engine, task):
    screen.sign_in("alice")
    type_the_name(screen, task)
    screen.page.get_by_label("First visit").check()
    screen.page.get_by_role("button", name="Complete task").click()
    screen.ready()

    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Confirm")
    assert engine.draft(task.id, by="alice") is None


def test_person_learns_while_typing_that_the_task_is_gone(screen, engine, task):
    screen.sign_in("alice")
    screen.open(f"/tasks/{task.id}")
    engine.reassign(task.id, to="bob", by="dora", reason="Alice left")
    screen.page.get_by_label("Patient name").fill("王芳")

    expect(screen.page.get_by_role("alert")).to_contain_text("Bob Bao has this task now.")
    expect(screen.page.get_by_role("button", name="Complete task")).to_be_disabled()
    screen.page.get_by_role("link", name="Show how the task stands now").click()
    screen.ready()
    expect(screen.page.get_by_role("region", name="What you typed")).to_contain_text("王芳")


@pytest.mark.parametrize("width", [1280, 360])
def test_task_is_handed_to_a_colleague_who_is_searched_for(screen, engine, task, width):
    screen.page.set_viewport_size({"width": width, "height": 740})
    screen.sign_in("alice")
    screen.open(f"/tasks/{task.id}")
    screen.page.get_by_role("button", name="Hand over").click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog.get_by_label("Charlie Cha")).to_be_visible()
    dialog.get_by_label("Search by name").fill("bao")
    expect(dialog.get_by_label("Charlie Cha")).to_be_hidden()
    screen.page.keyboard.press("Enter")  # chooses the only one left
    dialog.get_by_label("Why?").fill("You know the patient")
    assert screen.serious_findings() == []
    dialog.get_by_role("button", name="Hand over").click()
    screen.ready()

    expect(screen.page.get_by_role("status")).to_contain_text("“Register” is now with Bob Bao.")
    assert engine.task(task.id, by="dora").claimed_by == "bob"


def test_manager_tries_a_problem_again_from_its_case(screen, engine):
    engine.deploy(CALLING, source="calling.bpmn", forms={})
    case = engine.start_process("calling", by="dora", business_key="P-1")
    engine.deploy(CALLED, source="called.bpmn", forms={})
    screen.sign_in_by_hand("dora")
    screen.page.get_by_role("link", name="Problems").click()
    screen.ready()
    screen.page.get_by_role("link", name="The case of another process").click()
    screen.ready()
    screen.page.get_by_role("button", name="Try again", exact=True).click()
    screen.ready()

    expect(screen.page.get_by_role("status")).to_contain_text("The problem of case P-1 is settled.")
    assert len(engine.called_instances(case.id, by="dora")) == 1


def test_problem_is_marked_on_the_diagram(screen, engine, monkeypatch):
    case = engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-1")
    screen.sign_in("dora")
    monkeypatch.setattr("web.case_context.element_states", lambda _events: {"register": "problem"})
    screen.open(f"/cases/{case.id}")

    expect(screen.page.locator('[data-element-id="register"].tf-problem')).to_be_attached()
    expect(screen.page.locator(".tf-diagram-badge-problem")).to_have_text("⚠")
