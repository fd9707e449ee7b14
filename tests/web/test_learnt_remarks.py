"""Remarks of calibration and validation have words in every language of the pages."""

import re

import pytest
from flask import Flask

from simulation.calibration.told import ENGLISH, told
from web.comparison_rows import Names
from web.learnt_remarks import remark, remark_words

NAMES = Names({"consult": "看诊"}, {"doctor": "医生"}, {"again": "再来"})


def places(text: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, text))


def worded(app: Flask, code: str, where: str = "", **values: object) -> str:
    with app.test_request_context("/"):
        return remark({"where": where, **told(code, **values).document()}, NAMES)


def test_every_remark_has_words(app: Flask) -> None:
    with app.test_request_context("/"):
        assert set(remark_words()) == set(ENGLISH)


@pytest.mark.parametrize("code", ENGLISH)
def test_words_have_places_for_the_figures_of_the_remark(app: Flask, code: str) -> None:
    with app.test_request_context("/"):
        found = places(remark_words()[code], r"%\((\w+)\)s")

    assert found == places(ENGLISH[code], r"\{(\w+)") - {"unit"}


def test_shares_and_times_are_written_as_the_page_writes_them(app: Flask) -> None:
    text = worded(app, "delay", share=0.354, minutes=75.2)

    assert text.startswith("35\u00a0% of the tasks wait although somebody is free (mean 75")


def test_elements_are_named_in_the_language_of_the_reader(app: Flask) -> None:
    assert "医生 works" in worded(app, "other_hours", "doctor", name="Doctor", hours=1.2)
    assert "for 看诊" in worded(
        app, "waits_longer", "doctor", name="Consult", activity="consult", minutes=9
    )
    assert "“再来”" in worded(app, "way_not_taken", flow="again", name="again")


def test_a_remark_of_an_earlier_version_stays_as_it_was_written(app: Flask) -> None:
    with app.test_request_context("/"):
        assert remark({"text": "only 3 observations"}, NAMES) == "only 3 observations"
