"""What the page of a finished comparison says."""

import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from simulation.executor import DEFAULT_OPTIONS
from simulation.scenario.load import load
from tests.web.conftest import Browser
from tests.web.patients import FOLDER, KEY, RUN_ID, document, finished, put, request
from tests.web.studies import readable
from web.experiment_files import StudyRequest, Variant
from web.experiment_kinds import carry_out

ADDRESS = f"/simulate/{KEY}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "experiments"


@pytest.fixture
def result(alice: Browser, root: Path) -> str:
    return readable(alice.get(f"{ADDRESS}/studies/{finished(root)}"))


def words(page: str, start: str, end: str) -> str:
    """Return the words between two marks of a page."""
    part = page.split(start, 1)[1].split(end, 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def alternative() -> dict:
    return document()["alternatives"][0]


def in_minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}"


def test_verdict_stands_first_and_in_words(result: str) -> None:
    change = alternative()["kpis"]["OP-CT"]
    before, after = (in_minutes(change[side]["mean"]) for side in ("baseline", "alternative"))
    difference = f"−{in_minutes(-change['difference'])} ± {in_minutes(change['half_width'])}"

    headline = words(result, 'id="verdict-title"', "</h2>")
    assert f"Cycle time falls from {before} to {after} min ({difference}): better." in headline


def test_verdict_tells_where_waiting_grows_and_the_bottleneck_moves(result: str) -> None:
    verdict = words(result, "tf-verdict-points", "</ul>")

    assert "Waiting at Register falls from" in verdict
    assert "The bottleneck moves from Cashier to" in verdict


def test_gate_gives_its_reason(result: str) -> None:
    gate = alternative()["gate"]["result"]

    assert f'data-gate="{gate}"' in result
    assert "No guarded KPI gets worse and no target is missed." in result


@pytest.mark.parametrize("code", ["OP-CT", "OP-FE", "OP-TH", "CO-CPC"])
def test_every_mean_has_its_interval(result: str, code: str) -> None:
    row = words(result, f'<tr data-kpi="{code}"', "</tr>")

    assert row.count("±") == 3


def test_table_says_in_how_many_replications_the_alternative_is_better(result: str) -> None:
    wins = alternative()["kpis"]["OP-CT"]["wins"]["share"]

    assert f"{round(6 * wins)} of 6" in words(result, '<tr data-kpi="OP-CT"', "</tr>")


def test_table_says_in_how_many_replications_a_target_is_met(result: str) -> None:
    met = alternative()["kpis"]["OP-CT"]["on_target"]["share"]

    assert f"{met:.0%}".replace("%", " %") in words(result, '<tr data-kpi="OP-CT"', "</tr>")


def test_bottleneck_tells_what_a_hire_brings_for_its_cost(result: str) -> None:
    table = words(result, 'tf-bottleneck-table" data-side="baseline">', "</table>")

    assert "For 100 CNY an hour" in table


def test_verdicts_of_the_table_are_those_of_the_document(result: str) -> None:
    told = dict(re.findall(r'data-kpi="([^"]+)" data-verdict="(\w+)"', result))

    verdicts = {code: kpi["verdict"] for code, kpi in alternative()["kpis"].items()}
    assert told == {**verdicts, "OP-UT": "changed"}  # it has no better direction


def test_bottleneck_is_highlighted_once_in_each_table(result: str) -> None:
    tables = result.split("tf-bottleneck-table")[1:3]
    rows = [words(table, "data-bottleneck>", "</tr>") for table in tables]

    assert [table.count("data-bottleneck>") for table in tables] == [1, 1]
    assert rows[0].startswith("Cashier bottleneck")


def test_both_diagrams_share_one_scale_of_heat(result: str) -> None:
    lenses = orjson.loads(result.split("data-lens-data>")[1].split("</script>", maxsplit=1)[0])
    as_is, to_be = lenses[0]["sides"]

    assert as_is["register"]["level"] == 5
    assert to_be["register"]["level"] <= 1


def test_result_speaks_chinese(alice: Browser, root: Path) -> None:
    page = alice.get(f"{ADDRESS}/studies/{finished(root)}?lang=zh").text

    assert "周期时间" in page
    assert "收费处" in page
    assert "Cashier" not in page


@pytest.fixture(scope="module")
def several() -> tuple[StudyRequest, dict]:
    """Two mornings against the baseline; in one of them people lose patience."""
    impatient = Variant(str(FOLDER / "impatient.yaml"), {"en": "some leave", "zh": "有人离开"})
    asked = request(replications=2)
    asked = replace(asked, alternatives=(*asked.alternatives, impatient))
    scenarios = [load(variant.path, patch={"run": {"until": "2h"}}) for variant in asked.variants]
    return asked, carry_out(asked, scenarios, DEFAULT_OPTIONS)


@pytest.fixture
def of_several(alice: Browser, root: Path, several) -> str:
    models = [FOLDER / name for name in ("as_is.bpmn", "to_be.bpmn", "as_is.bpmn")]
    put(root, several[0], several[1], models)
    return f"{ADDRESS}/studies/{RUN_ID}"


def test_every_alternative_has_a_line_with_the_interval_for_all(
    alice: Browser, of_several: str, several
) -> None:
    page = readable(alice.get(of_several))
    overview = words(page, 'id="overview-title"', "</table>")

    assert "Patient visit, redesigned" in overview
    assert "some leave" in overview
    for alternative in several[1]["alternatives"]:
        half_width = alternative["kpis"]["OP-CT"]["family_half_width"]
        assert f"± {half_width / 60:.1f}" in overview


def test_cases_that_give_up_are_told_where_patience_is_simulated(
    alice: Browser, of_several: str, several
) -> None:
    share = several[1]["scenarios"][2]["cases"]["abandoned"]["share"]["mean"]
    assert share > 0

    assert "Cases that give up" not in alice.get(of_several).text
    told = readable(alice.get(f"{of_several}?alternative=1"))
    assert f"Cases that give up waiting: 0.0 % ± 0.0 before, {share * 100:.1f} %" in told
