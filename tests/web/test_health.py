"""The Health page: what it says of recorded cases, of too few of them, and of none."""

import re
from datetime import date

import orjson
import pytest

from engine.process_engine import ProcessEngine
from tests.web.clinic import PROCESS
from tests.web.conftest import Browser
from tests.web.patients import KEY, deploy, record
from web import figures
from web.insight import Insight

ADDRESS = f"/health/{KEY}"
FIRST = date(2026, 2, 16)


@pytest.fixture
def page(alice: Browser, engine: ProcessEngine) -> str:
    record(engine, FIRST, days=6)
    return alice.get(ADDRESS).text


def row(page: str, code: str) -> str:
    """Return the words of a line of the KPI table."""
    found = re.search(rf'<tr data-kpi="{code}">(.*?)</tr>', page, flags=re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def blocks(page: str) -> list[object]:
    """Return the JSON blocks of the page."""
    scripts = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    return [orjson.loads(script) for script in scripts]


def test_health_needs_a_person_who_signed_in(client) -> None:
    answer = client.get(ADDRESS)

    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_health_names_the_step_where_cases_wait_longest(page: str) -> None:
    assert re.search(r"Cases wait longest at \w[\w ]+: [\d.]+\s(s|min) ±\s[\d.]+ on average", page)


def test_each_key_figure_has_an_interval_and_a_sample(page: str) -> None:
    assert re.search(r"Cycle time OP-CT [\d.]+ min ± [\d.]+ 1\d\d", row(page, "OP-CT"))
    assert re.search(r"Utilisation OP-UT [\d.]+ % ± [\d.]+ 6 days", row(page, "OP-UT"))


def test_target_is_told_by_icon_and_word(page: str) -> None:
    assert re.search(r"● on target ≤ 60.0 min", row(page, "OP-CT"))
    assert re.search(r"■ off target 70.0 % to 85.0 %", row(page, "OP-UT"))
    assert "no target" in row(page, "OP-TT")


def test_diagram_has_heat_for_every_step_and_three_lenses(page: str) -> None:
    lenses = next(block for block in blocks(page) if isinstance(block, list))

    assert [lens["key"] for lens in lenses] == ["waiting", "work", "volume"]
    assert set(lenses[2]["sides"][0]) >= {"register", "triage", "consult", "dispense"}
    levels = {element["level"] for element in lenses[0]["sides"][0].values()}
    assert max(levels) == 5


def test_chart_shows_each_bar_within_its_whisker(page: str) -> None:
    charts = [block for block in blocks(page) if isinstance(block, dict) and "series" in block]
    waits = [bar["wait"] for bar in charts[0]["rows"]]

    assert waits == sorted(waits, key=lambda wait: -wait["value"])
    assert all(wait["low"] <= wait["value"] <= wait["high"] for wait in waits)


def test_figures_of_the_chart_stand_in_a_table_too(page: str) -> None:
    assert "Figures as a table" in page
    assert page.count("Share of all waiting") == 1


def test_few_cases_are_no_figures(alice: Browser, engine: ProcessEngine) -> None:
    for _ in range(4):
        engine.start_process(PROCESS, by="alice", start_event="walk_in")
    page = alice.get(f"/health/{PROCESS}").text

    assert "There are too few cases yet to say where they wait." in page
    assert "No data" in row(page, "OP-CT")
    assert "Not enough data (n = 4)" in row(page, "OP-WIP")


def test_process_without_cases_says_what_will_appear(alice: Browser, engine: ProcessEngine) -> None:
    deploy(engine)
    page = alice.get(ADDRESS).text

    assert "No case started in this period." in page
    assert "Show all cases" in page


def test_period_is_taken_from_the_address(alice: Browser, engine: ProcessEngine) -> None:
    record(engine, FIRST, days=2)
    page = alice.get(f"{ADDRESS}?from=2026-02-17&to=2026-02-17").text

    assert re.search(r"Cases started in the period: \d\d<", page)
    assert 'value="2026-02-17"' in page


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-02-30", "from=2026-13-01"])
def test_unreadable_period_is_said_and_replaced(
    alice: Browser, engine: ProcessEngine, query: str
) -> None:
    deploy(engine)
    answer = alice.get(f"{ADDRESS}?{query}")

    assert answer.status_code == 200
    assert "A day is written like 2026-03-31." in answer.text


def test_period_the_wrong_way_round_is_turned(alice: Browser, engine: ProcessEngine) -> None:
    record(engine, FIRST, days=1)
    page = alice.get(f"{ADDRESS}?from=2026-02-20&to=2026-02-10").text

    assert 'name="from" value="2026-02-10"' in page
    assert "Cases wait longest at" in page


def test_period_beyond_the_calendar_is_refused_in_words(
    alice: Browser, engine: ProcessEngine
) -> None:
    deploy(engine)
    answer = alice.get(f"{ADDRESS}?from=0001-01-01&to=9999-12-31")

    assert answer.status_code == 200
    assert "A day is written like 2026-03-31." in answer.text


def test_unknown_process_is_not_found(alice: Browser) -> None:
    assert alice.get("/health/nothing").status_code == 404


def test_health_speaks_chinese(alice: Browser, engine: ProcessEngine) -> None:
    record(engine, FIRST, days=6)
    page = alice.get(f"{ADDRESS}?lang=zh-CN").text

    assert "周期时间" in row(page, "OP-CT")
    assert "挂号" in page
    assert "Register" not in page


def test_health_leads_to_the_first_process(alice: Browser) -> None:
    assert alice.get("/health").headers["Location"] == f"/health/{PROCESS}"


def test_page_and_measurement_agree(alice: Browser, engine: ProcessEngine, clock) -> None:
    record(engine, FIRST, days=6)
    since = clock.now().replace(month=2, day=1)
    measured = Insight(engine, clock=clock).health(KEY, since=since, until=clock.now())
    value = measured.measurements["OP-CT"].value

    assert value is not None
    page = alice.get(ADDRESS).text
    assert f"{value / 60:.1f} min" in row(page, "OP-CT")
    assert "OP-ABD" not in page  # history does not say who gave up


def test_scale_writes_durations_in_the_largest_useful_unit(app) -> None:
    written = {4.2: "4.2 s", 48: "48 s", 150: "2.5 min", 5400: "90.0 min", 14400: "4.0 h"}

    with app.test_request_context("/"):
        found = {s: figures.duration(s).replace("\N{NO-BREAK SPACE}", " ") for s in written}
        assert found == written


@pytest.mark.parametrize(
    ("set_s", "written"), [(3600.0, "60\xa0min"), (90.0, "90\xa0s"), (5430.0, "90.5\xa0min")]
)
def test_duration_that_was_set_has_no_decimals_of_its_own(app, set_s: float, written: str) -> None:
    with app.test_request_context("/"):
        assert figures.set_duration(set_s) == written


def test_value_unit_and_interval_do_not_part_at_the_end_of_a_line(app) -> None:
    with app.test_request_context("/"):
        figure = figures.scale("share", [0.5]).figure(0.5, 0.02)

    assert (figure.value, figure.interval) == ("50.0\xa0%", "±\xa02.0")


def test_health_leads_to_the_process_with_the_most_cases(alice: Browser, engine: ProcessEngine):
    record(engine, FIRST, days=1)

    assert alice.client.get("/health").headers["Location"] == ADDRESS


def test_health_offers_the_other_processes(page: str) -> None:
    other = re.search(rf'href="/health/{PROCESS}"[^>]*>', page)
    current = re.search(rf'href="{ADDRESS}" aria-current="true"', page)

    assert other is not None
    assert current is not None


def test_process_that_cannot_be_rehearsed_offers_no_rehearsal(alice: Browser, page: str) -> None:
    assert "Rehearse a change" in page
    assert "Rehearse a change" not in alice.get(f"/health/{PROCESS}").text
