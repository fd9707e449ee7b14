"""What page and command line say about a comparison, in the same words and units."""

from typing import Any

import pytest
from flask import Flask

from kpis.catalogue import CATALOGUE
from web import comparison_words
from web.cli.reports import kpi_row, write_caveat
from web.comparison_document import Comparison, Difference, KpiDifference, Said, Side
from web.states import verdict_state

BASELINE = {"mean": 8_490.0, "half_width": 800.0}
ALTERNATIVE = {"mean": 4_400.0, "half_width": 120.0}


def a_kpi(code: str = "OP-CT90", **changed: Any) -> KpiDifference:
    values = {
        "unit": CATALOGUE[code].unit.value,
        "direction": CATALOGUE[code].direction.value,
        "baseline": BASELINE,
        "alternative": ALTERNATIVE,
        "difference": -4_090.0,
        "half_width": 750.0,
        "p_value": 0.001,
        "verdict": "better",
    }
    return KpiDifference.read(code, {**values, **changed}, is_guarded=False, confidence=0.95)


def a_comparison(*kpis: KpiDifference) -> Comparison:
    side = Side({"en": "as is"}, "", "", {}, [], [])
    return Comparison(side, side, kpis, [], True, [], 20, 1, 0.95, "CNY")


UNCLEAR_ALONE = {"verdict": "unclear", "p_value": 0.2}


@pytest.mark.parametrize(
    ("code", "verdict", "p_value", "said"),
    [
        ("OP-CT", "better", 0.001, Said.BETTER),
        ("OP-CT", "worse", 0.001, Said.WORSE),
        ("OP-CT", "unclear", 0.2, Said.UNCLEAR),
        ("OP-UT", "unclear", 0.049, Said.CHANGED),
        ("OP-UT", "unclear", 0.051, Said.UNCLEAR),
        ("OP-UT", "unclear", None, Said.UNCLEAR),
    ],
)
def test_page_and_command_line_say_the_same_word(app: Flask, code, verdict, p_value, said):
    kpi = a_kpi(code, verdict=verdict, p_value=p_value)

    with app.test_request_context():
        state = verdict_state(kpi)

    assert (kpi.said, state.kind, state.word, kpi_row(kpi)[-1]) == (said,) * 4


def test_row_has_one_unit_that_suits_the_larger_figure():
    assert kpi_row(a_kpi())[2:5] == ("141.5 ± 13.3 min", "73.3 ± 2.0 min", "-68.2 ± 12.5 min")


def test_row_without_a_value_says_so():
    nothing = {"mean": None, "half_width": None}
    row = kpi_row(a_kpi(alternative=nothing, difference=None, half_width=None, p_value=None))

    assert row[2:6] == ("141.5 ± 13.3 min", "no data", "no data", "")


def test_interval_that_says_more_than_the_verdict_is_explained(app: Flask, capsys):
    comparison = a_comparison(a_kpi(), a_kpi("OP-WT", **UNCLEAR_ALONE))

    write_caveat(comparison)
    with app.test_request_context():
        told = comparison_words.caveat(comparison, lambda code: f"<{code}>")

    assert "<OP-WT>" in told
    assert "<OP-CT90>" not in told
    assert capsys.readouterr().out.startswith("OP-WT: the interval leaves zero out")


def test_nothing_is_explained_when_interval_and_verdict_agree(app: Flask, capsys):
    wide = a_kpi("OP-WT", **UNCLEAR_ALONE, half_width=5_000.0)
    comparison = a_comparison(a_kpi(), wide, a_kpi("OP-UT", verdict="unclear"))

    write_caveat(comparison)
    with app.test_request_context():
        assert comparison_words.caveat(comparison, str) == ""

    assert capsys.readouterr().out == ""


def test_difference_without_figures_is_not_clear():
    nothing = {"mean": None, "half_width": None}
    values = {"baseline": nothing, "alternative": nothing, "difference": None, "half_width": None}

    assert not Difference.read(values).is_clear
