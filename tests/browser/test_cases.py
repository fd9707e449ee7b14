"""Cases and their diagram."""

import pytest
from playwright.sync_api import expect

from tests.web.clinic import PROCESS

IS_FREE = """(link) => {
  const box = link.getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].flatMap((x) => [0.2, 0.8].map((y) => [x, y]));
  return box.width > 40 && points.every(([x, y]) => link.contains(
    document.elementFromPoint(box.left + x * box.width, box.top + y * box.height)));
}"""


@pytest.fixture
def case(engine):
    instance = engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-1")
    for values in ({"patient_name": "王芳", "kind": "first"}, {}):
        task = engine.open_tasks(instance.id, by="alice")[0]
        engine.claim(task.id, by="alice")
        engine.complete_task(task.id, by="alice", values=values)
    return instance


def test_diagram_shows_where_the_case_stands(screen, case):
    screen.sign_in("dora")
    screen.open(f"/cases/{case.id}")

    expect(screen.page.locator('[data-element-id="result"].tf-active')).to_be_attached()
    expect(screen.page.locator('[data-element-id="register"].tf-done')).to_be_attached()
    expect(screen.page.locator('[data-element-id="consult"].tf-done')).to_have_count(0)
    expect(screen.page.locator(".tf-diagram-badge-active")).to_have_text("▶")


def test_diagram_speaks_the_language_of_the_reader(screen, case):
    screen.speak("zh_Hans")
    screen.sign_in("dora")
    screen.open(f"/cases/{case.id}")

    expect(screen.page.locator('[data-element-id="register"]')).to_contain_text("登记")
    expect(screen.page.locator('[data-element-id="register"]')).not_to_contain_text("Register")


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_watermark_is_visible_and_nothing_lies_on_it(screen, engine, case, size):
    screen.page.set_viewport_size({"width": size[0], "height": size[1]})
    screen.sign_in("dora")
    for path in (f"/cases/{case.id}", f"/tasks/{first_task_of_another_case(engine).id}"):
        screen.open(path)
        for selector in (".bjs-powered-by", ".fjs-powered-by a"):
            for link in screen.page.locator(selector).all():
                link.scroll_into_view_if_needed()
                link.evaluate("(link) => link.scrollIntoView({block: 'center'})")
                assert link.evaluate(IS_FREE)


def first_task_of_another_case(engine):
    other = engine.start_process(PROCESS, by="alice", start_event="walk_in")
    task = engine.open_tasks(other.id, by="alice")[0]
    return engine.claim(task.id, by="alice")


def test_manager_continues_a_case_with_a_reason(screen, engine, case):
    screen.sign_in("dora")
    screen.open(f"/cases/{case.id}")
    waits = screen.page.get_by_role("complementary")
    waits.get_by_text("Continue now").first.click()
    screen.page.get_by_label("Why not wait?").fill("The result is here")
    waits.get_by_role("button", name="Continue now").click()
    screen.ready()

    expect(screen.page.get_by_text("Reason: The result is here")).to_be_visible()
    expect(screen.page.locator('[data-element-id="consult"].tf-active')).to_be_attached()


def test_manager_cancels_a_case_with_a_reason(screen, engine, case):
    screen.sign_in("dora")
    screen.open(f"/cases/{case.id}")
    screen.page.get_by_text("Cancel this case").click()
    screen.page.get_by_label("Why is it cancelled?").fill("The patient went home")
    screen.page.get_by_role("button", name="Cancel the case").click()
    screen.ready()

    expect(screen.page.get_by_text("Dora Du cancelled the case")).to_be_visible()


def test_search_narrows_the_list_while_typing(screen, engine, case):
    engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="X-9")
    screen.sign_in("dora")
    screen.open("/cases")
    screen.page.get_by_role("searchbox", name="Search cases").press_sequentially("X-")

    expect(screen.page.get_by_role("link", name="C-1")).to_have_count(0)
    expect(screen.page.get_by_role("link", name="X-9")).to_be_visible()
    expect(screen.page).to_have_url(screen.address + "/cases?text=X-")


def test_wheel_scrolls_the_page_until_the_diagram_is_clicked(screen, case):
    screen.sign_in("dora")
    screen.open(f"/cases/{case.id}")
    screen.page.locator(".tf-diagram").hover()
    screen.page.mouse.wheel(0, 200)

    screen.page.wait_for_timeout(200)
    assert screen.page.evaluate("window.scrollY") > 0
