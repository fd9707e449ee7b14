"""Health in a browser: heat on the diagram, the lens switch, charts, phone, both languages."""

import re
from contextlib import closing
from datetime import date

import pytest
from playwright.sync_api import expect

from engine.clock import FixedClock
from tests.web.clinic import MONDAY, open_clinic
from tests.web.patients import KEY, record

ADDRESS = f"/health/{KEY}"
DURATION = re.compile(r"^[\d.]+\s(s|min)$")  # a space at which no line breaks


@pytest.fixture(scope="module")
def clinic_template(tmp_path_factory):
    """A folder with the database of a clinic in which people have worked for six days."""
    folder = tmp_path_factory.mktemp("health")
    with closing(open_clinic(folder, FixedClock(MONDAY))) as engine:
        record(engine, date(2026, 2, 16), days=6)
    return folder


@pytest.fixture
def health(screen):
    screen.sign_in("alice")
    screen.open(ADDRESS)
    return screen


def test_waiting_is_shown_as_heat_with_a_badge_and_a_legend(health):
    page = health.page

    expect(page.locator(".djs-element.tf-heat-5")).to_have_count(1)
    expect(page.locator(".tf-diagram-badge").first).to_have_text(DURATION)
    expect(page.locator('[data-lens-legend="waiting"]')).to_be_visible()


def test_lens_switch_shows_volume_instead_of_waiting(health):
    page = health.page
    durations = page.locator(".tf-diagram-badge").filter(has_text=DURATION)

    page.get_by_label("Volume", exact=True).check()

    expect(durations).to_have_count(0)
    expect(page.locator('[data-lens-legend="volume"]')).to_be_visible()
    expect(page.locator('[data-lens-legend="waiting"]')).to_be_hidden()


def test_lens_is_chosen_with_the_keyboard(health):
    page = health.page
    page.get_by_label("Waiting", exact=True).focus()

    page.keyboard.press("ArrowRight")

    expect(page.locator('[data-lens-legend="work"]')).to_be_visible()


def test_watermark_of_the_diagram_stays_free(health):
    free = health.page.evaluate("""() => {
      const mark = document.querySelector('.bjs-powered-by');
      mark.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = mark.getBoundingClientRect();
      return mark.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }""")

    assert free


def test_chart_is_a_picture_with_a_sentence_and_a_table(health):
    page = health.page
    picture = page.get_by_role("img", name="Mean waiting before each step")

    expect(picture.locator("svg")).to_have_count(1)
    page.get_by_text("Figures as a table").click()
    expect(page.get_by_role("columnheader", name="Share of all waiting")).to_be_visible()


def test_period_of_one_click_is_marked(health):
    page = health.page

    page.get_by_role("link", name="4 weeks").click()
    health.ready()

    assert page.locator('.tf-chip[aria-current="true"][href*="from="]').text_content() == "4 weeks"
    expect(page.locator(".tf-headline")).to_contain_text("Cases wait longest")


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_health_has_no_serious_barrier(screen, language):
    screen.speak(language)
    screen.sign_in("alice")
    screen.open(ADDRESS)

    assert screen.serious_findings() == []


@pytest.mark.parametrize("query", ["", "?from=2026-01-01&to=2026-01-02"])
def test_health_fits_a_phone(screen, query):
    screen.page.set_viewport_size({"width": 360, "height": 740})
    screen.sign_in("alice")
    screen.open(ADDRESS + query)

    assert not screen.is_wider_than_the_screen()


def test_chart_follows_the_width_of_the_window(health):
    chart = health.page.locator(".tf-chart svg")
    wide = chart.evaluate("svg => svg.getBoundingClientRect().width")

    health.page.set_viewport_size({"width": 700, "height": 800})

    expect(chart).not_to_have_attribute("width", str(round(wide)))
    assert not health.is_wider_than_the_screen()
