"""The reference page in docs is the one that the catalogue writes."""

from pathlib import Path

from kpis.catalogue import CATALOGUE, Target, Unit
from kpis.reference import _target, reference_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "kpis.md"


def test_reference_page_is_up_to_date():
    command = "python -m kpis.reference docs/reference/kpis.md"

    assert PAGE.read_text("utf-8") == reference_page(), f"write it again: {command}"


def test_reference_page_has_a_row_per_kpi():
    for kpi in CATALOGUE.values():
        assert f"| `{kpi.code}` | {kpi.name_zh} | {kpi.name_en} |" in reference_page()


def test_target_is_worded_for_people():
    worded = {
        "—": (None, Unit.COUNT),
        "≤ 5": (Target(high=5), Unit.COUNT),
        "≥ 30 %": (Target(low=0.3), Unit.SHARE),
        "70 % to 85 %": (Target(low=0.7, high=0.85), Unit.SHARE),
        "AS-IS −20 %": (Target(high=-0.2, is_change=True), Unit.SECONDS),
        "AS-IS +10 %": (Target(low=0.1, is_change=True), Unit.SECONDS),
    }

    assert {_target(*arguments): arguments for arguments in worded.values()} == worded
