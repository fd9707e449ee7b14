"""Asking again: the form stands as it was, whatever was asked."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.web.conftest import Browser
from tests.web.patients import KEY, RUN_ID, put
from tests.web.studies import readable
from web import sensitivity_set_up, set_up, staffing_set_up
from web.experiments import RunState, Variant
from web.scenarios import rehearsal_of

ADDRESS = f"/simulate/{KEY}"
COMPARISONS = [
    set_up.SetUp("as_is", ("to_be", "flu_peak"), changed="to_be", seed=4),
    set_up.SetUp("to_be", (), changed="as_is", changes={"cashier": 1, "doctor": -2}),
    set_up.SetUp("as_is", ("to_be",), changed="to_be", precision="2", replications=400),
    set_up.SetUp("as_is", ("to_be",), changed="to_be", goal="best", kpi="OP-WT", minutes=3),
]
ASSUMPTIONS = [
    sensitivity_set_up.SetUp("to_be", kpi="OP-WT", percent=7, replications=9, seed=2),
    sensitivity_set_up.SetUp("as_is", way="together"),
]
UNITS = {"cashier": (1, 4)}
SEARCHES = [
    {"goal": "limit", "minutes": 45},
    {"goal": "budget", "money": 9000},
    {"goal": "front", "kpi": "OP-CT90"},
]


@pytest.mark.parametrize("form", COMPARISONS)
def test_comparison_is_asked_again_as_it_was(form: set_up.SetUp) -> None:
    rehearsal = rehearsal_of(KEY)

    asked = set_up.request_of(form, rehearsal, by="alice")
    assert set_up.again(asked, rehearsal) == form


@pytest.mark.parametrize("form", ASSUMPTIONS)
def test_assumptions_are_asked_about_again_as_they_were(form: sensitivity_set_up.SetUp) -> None:
    rehearsal = rehearsal_of(KEY)

    asked = sensitivity_set_up.request_of(form, rehearsal, by="alice")
    assert sensitivity_set_up.again(asked, rehearsal) == form


@pytest.mark.parametrize("asked_for", SEARCHES)
def test_staff_is_searched_again_as_it_was(asked_for: dict[str, object]) -> None:
    rehearsal = rehearsal_of(KEY)
    form = replace(staffing_set_up.usual(rehearsal.scenarios[0]), units=UNITS, **asked_for)

    asked = staffing_set_up.request_of(form, rehearsal, by="alice")
    assert staffing_set_up.again(asked, rehearsal) == form


def test_change_of_a_role_that_is_gone_is_forgotten() -> None:
    rehearsal = rehearsal_of(KEY)
    asked = set_up.request_of(COMPARISONS[1], rehearsal, by="alice")
    gone = Variant(asked.alternatives[0].path, {}, {"resources": {"porter": {"units": 2}}})

    again = set_up.again(replace(asked, alternatives=(gone,)), rehearsal)
    assert again.changes == {}


def test_page_of_a_study_leads_to_its_form(alice: Browser, tmp_path: Path) -> None:
    asked = set_up.request_of(COMPARISONS[3], rehearsal_of(KEY), by="alice")
    put(tmp_path / "experiments", asked, None, [], state=RunState.CANCELLED)

    assert f'href="{ADDRESS}?again={RUN_ID}"' in alice.get(f"{ADDRESS}/studies/{RUN_ID}").text
    page = readable(alice.get(f"{ADDRESS}?again={RUN_ID}"))
    assert 'name="goal" value="best" checked' in page
    assert '<option value="OP-WT" selected>' in page


def test_study_of_another_page_leaves_the_form_as_it_is(alice: Browser, tmp_path: Path) -> None:
    asked = set_up.request_of(COMPARISONS[3], rehearsal_of(KEY), by="alice")
    put(tmp_path / "experiments", asked, None, [], state=RunState.CANCELLED)

    page = alice.get(f"{ADDRESS}/what-matters?again={RUN_ID}").text
    assert '<option value="OP-CT" selected>' in page
    assert alice.get(f"{ADDRESS}?again=nothing").status_code == 404
