"""What holds for every page: accessible, in both languages, on a phone, without a foreign style."""

import pytest

from tests.engine.services.service_models import CALLING
from tests.web.clinic import PROCESS

BOOTSTRAP_BLUE = """() => [...document.querySelectorAll('body *')].filter((element) => {
  const style = getComputedStyle(element);
  return [style.color, style.backgroundColor, style.borderTopColor].includes('rgb(13, 110, 253)');
}).map((element) => element.outerHTML.slice(0, 120))"""

SMALL_BUTTONS = """() => [...document.querySelectorAll('main .btn')]
  .filter((button) => button.checkVisibility() && button.getBoundingClientRect().height < 44)
  .map((button) => button.outerHTML.slice(0, 120))"""


@pytest.fixture
def paths(engine):
    case = engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-1")
    offered = engine.open_tasks(case.id, by="alice")[0]
    other = engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-2")
    taken = engine.claim(engine.open_tasks(other.id, by="alice")[0].id, by="alice")
    engine.change_task(taken.id, by="dora", priority=90, due_at=other.started_at, reason="late")
    return (
        "/tasks",
        f"/tasks/{offered.id}",
        f"/tasks/{taken.id}",
        "/start",
        f"/start/{PROCESS}/by_phone",
        "/cases",
        "/cases?text=nobody",
        f"/cases/{case.id}",
    )


@pytest.fixture
def problem(engine):
    """The pages of a problem and of the case that it holds up; a message waits, too."""
    engine.deploy(CALLING, source="calling.bpmn", forms={})
    case = engine.start_process("calling", by="dora", values={"amount": 5, "tests": ["CRP"]})
    engine.correlate("paid", by="dora", key="9", values={"amount": 3})
    return f"/problems/{engine.incidents(by='dora')[0].id}", f"/cases/{case.id}"


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_pages_have_no_serious_barrier_and_no_foreign_colour(screen, paths, language):
    screen.speak(language)
    screen.open("/sign-in")
    findings = {"/sign-in": screen.serious_findings()}
    screen.sign_in("alice")
    for path in paths:
        screen.open(path)
        findings[path] = screen.serious_findings() + screen.page.evaluate(BOOTSTRAP_BLUE)

    assert {path: found for path, found in findings.items() if found} == {}


@pytest.mark.parametrize("user", ["alice", "dora"])
def test_pages_fit_a_phone_and_their_buttons_a_thumb(screen, paths, user):
    screen.page.set_viewport_size({"width": 360, "height": 740})
    screen.sign_in(user)
    findings = {}
    for path in (*paths, "/nothing-here"):
        screen.open(path)
        is_wide = screen.is_wider_than_the_screen()
        findings[path] = ["too wide"] * is_wide + screen.page.evaluate(SMALL_BUTTONS)

    screen.problems.clear()  # Chromium reports the 404 of the last page
    assert {path: found for path, found in findings.items() if found} == {}


def test_pages_of_managers_are_accessible_and_fit_a_phone(screen, engine, problem):
    screen.page.set_viewport_size({"width": 360, "height": 740})
    screen.sign_in("dora")
    findings = {}
    for path in ("/problems", "/problems/settled", "/problems/messages", *problem):
        screen.open(path)
        if screen.is_wider_than_the_screen():
            findings[path] = ["wider than the screen"]
        findings.setdefault(path, screen.serious_findings())

    assert {path: found for path, found in findings.items() if found} == {}
