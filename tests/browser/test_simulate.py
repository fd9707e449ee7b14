"""Simulate in a browser: set up, watch, read, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.patients import AS_IS, FOLDER, KEY, finished, put, request
from web.context import EXTENSION
from web.experiment_files import Kind, RunState
from web.experiment_kinds import carry_out

ADDRESS = f"/simulate/{KEY}"
AS_IS_MODEL = FOLDER / "as_is.bpmn"


@pytest.fixture
def experiments(app):
    opened = app.extensions[EXTENSION].experiments
    yield opened
    opened.close()


@pytest.fixture
def simulate(screen):
    screen.sign_in("alice")
    screen.open(ADDRESS)
    return screen


@pytest.fixture
def study(screen, tmp_path):
    """The path of a finished comparison, which Alice may see."""
    screen.sign_in("alice")
    return f"{ADDRESS}/studies/{finished(tmp_path / 'experiments')}"


@pytest.fixture
def result(screen, study):
    screen.open(study)
    return screen


def test_comparison_goes_from_set_up_over_progress_to_the_verdict(simulate, experiments):
    page = simulate.page
    page.get_by_label("Replications").fill("5")
    page.get_by_role("button", name="One fewer: Doctor").click()
    page.get_by_role("button", name="Compare", exact=True).click()

    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Cycle time"))).to_be_visible(
        timeout=60_000
    )
    simulate.ready()
    expect(page.get_by_role("link", name=re.compile("Doctor 7 → 6"))).to_be_visible()


def test_stepper_counts_and_marks_the_change(simulate):
    page = simulate.page
    value = page.get_by_label("Change of units: Cashier")

    page.get_by_role("button", name="One more: Cashier").dblclick()
    page.get_by_role("button", name="One fewer: Cashier").click()

    expect(value).to_have_value("1")
    expect(value).to_have_class(re.compile("is-changed"))


def test_running_comparison_is_cancelled_from_its_page(simulate, experiments):
    page = simulate.page
    page.get_by_label("Replications").fill("1000")
    page.get_by_role("button", name="Compare", exact=True).click()

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("Cancelled before there was a result.")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()


def test_interrupted_comparison_offers_to_go_on(screen, tmp_path):
    run = finished(tmp_path / "experiments", state=RunState.INTERRUPTED)
    screen.sign_in("alice")

    screen.open(f"{ADDRESS}/studies/{run}")

    expect(screen.page.get_by_text("Interrupted, for example")).to_be_visible()
    expect(screen.page.get_by_role("button", name="Continue")).to_be_visible()


def test_both_diagrams_follow_the_lens(result):
    page = result.page
    badges = page.locator(".tf-diagram-badge").filter(has_text="min")
    assert badges.count() > 10

    page.get_by_label("Volume", exact=True).check()

    expect(badges).to_have_count(0)


def test_result_shows_two_charts_and_both_watermarks(result):
    page = result.page

    expect(page.locator(".tf-chart svg")).to_have_count(2)
    expect(page.locator(".bjs-powered-by")).to_have_count(2)


def test_document_can_be_downloaded(result):
    with result.page.expect_download() as download:
        result.page.get_by_role("link", name="Download JSON").click()

    assert download.value.suggested_filename.endswith(".json")


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_result_has_no_serious_barrier(screen, study, language):
    screen.speak(language)
    screen.open(study)

    assert screen.serious_findings() == []


def test_set_up_has_no_serious_barrier(simulate):
    assert simulate.serious_findings() == []


def test_simulate_fits_a_phone(screen, study):
    screen.page.set_viewport_size({"width": 360, "height": 740})
    wide = []
    for path in (ADDRESS, study):
        screen.open(path)
        for table in screen.page.get_by_text("Figures as a table").all():
            table.click()
        if screen.is_wider_than_the_screen():
            wide.append(path)

    assert wide == []


@pytest.fixture
def search(tmp_path):
    """The page of a finished search for staff, with its chart."""
    question = {"kpi": "OP-CT", "goal": "limit", "amount": 9e3, "units": {"cashier": [1, 2]}}
    asked = request(kind=Kind.STAFFING, alternatives=(), replications=2, question=question)
    scenario = load(AS_IS, patch={"run": {"until": "1h"}})
    found = carry_out(asked, [scenario], DEFAULT_OPTIONS)
    return f"{ADDRESS}/studies/{put(tmp_path / 'experiments', asked, found, [AS_IS_MODEL])}"


def test_pages_of_studies_are_accessible_and_fit_a_phone(screen, search):
    screen.sign_in("dora")
    screen.page.set_viewport_size({"width": 360, "height": 740})
    parts = ("what-matters", "staffing", "forecast", "learnt")
    findings = {}
    for path in (*(f"{ADDRESS}/{part}" for part in parts), search):
        screen.open(path)
        is_wide = screen.is_wider_than_the_screen()
        findings[path] = ["too wide"] * is_wide + screen.serious_findings()

    assert {path: found for path, found in findings.items() if found} == {}
    expect(screen.page.locator(".tf-chart svg")).to_have_count(1)
