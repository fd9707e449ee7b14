"""Simulate: the set-up, the way to a result, and what a result says."""

from pathlib import Path

import orjson
import pytest
from flask import Flask

from tests.web.clinic import PROCESS
from tests.web.conftest import Browser
from tests.web.patients import KEY, RUN_ID, document, finished
from tests.web.studies import assert_refused, ended
from web.context import EXTENSION
from web.experiment_files import RunState
from web.experiments import Experiments
from web.scenarios import rehearsal_of
from web.set_up import SetUp, request_of

ADDRESS = f"/simulate/{KEY}"
FORM = {"baseline": "as_is", "alternative": "to_be", "replications": "5", "seed": "3"}
WHAT_IFS = ["to_be", "only_booking", "half_booked", "flu_peak", "impatient"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "experiments"


@pytest.fixture
def experiments(app: Flask):
    opened: Experiments = app.extensions[EXTENSION].experiments
    yield opened
    opened.close()


def test_set_up_offers_the_shipped_scenarios_and_their_roles(alice: Browser) -> None:
    page = alice.get(ADDRESS).text

    assert '<option value="as_is" selected>Patient visit, as is</option>' in page
    assert 'name="change_doctor"' in page
    assert "now 7" in page


def test_simulate_leads_to_the_first_process(alice: Browser) -> None:
    assert alice.get("/simulate").headers["Location"] == ADDRESS


def test_every_part_leads_to_the_same_part_of_other_processes(alice: Browser) -> None:
    page = alice.get(f"{ADDRESS}/staffing").text

    assert 'href="/simulate/complaint/staffing"' in page


def test_address_of_another_model_leads_to_its_process(alice: Browser) -> None:
    assert alice.get("/simulate/patient_visit_to_be").headers["Location"] == ADDRESS


def test_process_without_a_scenario_is_not_found(alice: Browser) -> None:
    assert alice.get(f"/simulate/{PROCESS}").status_code == 404


def test_comparison_is_carried_out_and_shown(alice: Browser, experiments: Experiments) -> None:
    answer = alice.post(f"{ADDRESS}/comparisons", page=ADDRESS, **FORM)
    address = answer.headers["Location"]
    ended(experiments, address.rsplit("/", 1)[1])

    assert answer.status_code == 303
    assert alice.get(f"{address}/progress").headers["HX-Redirect"] == address
    assert 'data-page="result"' in alice.get(address).text


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"replications": "4"}, "a whole number from 5 to 1000 is allowed, not “4”"),
        ({"replications": "many"}, "not “many”"),
        ({"seed": "-1"}, "a whole number from 0 to 2147483647 is allowed"),
        ({"alternative": "as_is"}, "Both sides are the same."),
        ({"alternative": "../secret"}, "Choose scenarios from the list."),
        ({"alternative": []}, "There is nothing to compare with."),
        ({"alternative": WHAT_IFS[:5]}, "At most 4 can be compared"),
        ({"alternative": WHAT_IFS[:4], "change_nurse": "1"}, "At most 4 can be compared"),
        ({"precision": "3"}, "Stop early: choose one of the list."),
        ({"change_cashier": "-1"}, "Cashier: at least one must be left; there are 1."),
        ({"changed": "as_is", "change_kiosk": "1"}, "Kiosk does not work in this scenario."),
    ],
)
def test_set_up_that_cannot_run_is_refused_in_words(
    alice: Browser, root: Path, changed: dict[str, object], problem: str
) -> None:
    answer = alice.post(f"{ADDRESS}/comparisons", page=ADDRESS, **{**FORM, **changed})

    assert_refused(answer, problem, root)


def test_refused_set_up_keeps_what_was_entered(alice: Browser) -> None:
    answer = alice.post(
        f"{ADDRESS}/comparisons", page=ADDRESS, **{**FORM, "seed": "x", "change_doctor": "-1"}
    )

    assert 'name="change_doctor" value="-1"' in answer.text
    assert 'name="replications" value="5"' in answer.text


def test_changed_staff_are_compared_beside_the_unchanged_scenario() -> None:
    set_up = SetUp("as_is", ("to_be",), changed="to_be", changes={"doctor": -1, "pharmacist": 1})
    wanted = request_of(set_up, rehearsal_of(KEY), by="alice")

    changed, plain = wanted.alternatives
    assert plain.patch == {}
    assert changed.patch["resources"] == {"doctor": {"units": 6}, "pharmacist": {"units": 2}}
    assert changed.name["en"] == "Patient visit, redesigned (Doctor 7 → 6, Pharmacy 1 → 2)"
    assert changed.name["zh"] == "门诊就诊（优化）（医生 7 → 6、药房 1 → 2）"


def test_staff_may_be_changed_without_another_scenario() -> None:
    set_up = SetUp("as_is", (), changed="as_is", changes={"cashier": 1})

    (changed,) = request_of(set_up, rehearsal_of(KEY), by="alice").alternatives
    assert changed.patch["resources"] == {"cashier": {"units": 2}}


def test_precision_is_asked_of_the_baseline() -> None:
    set_up = SetUp("as_is", ("to_be",), precision="2", replications=400)
    wanted = request_of(set_up, rehearsal_of(KEY), by="alice")

    rule = {"min": 10, "max": 400, "half_width": 0.02, "kpi": "OP-CT"}
    assert wanted.baseline.patch == {"run": {"replications": rule}}
    assert wanted.replications is None


def test_old_address_of_a_comparison_leads_to_it(alice: Browser) -> None:
    answer = alice.get(f"{ADDRESS}/comparisons/20260302-a")

    assert answer.headers["Location"] == f"{ADDRESS}/studies/20260302-a"


def test_document_is_given_as_it_was_made(alice: Browser, root: Path) -> None:
    answer = alice.get(f"{ADDRESS}/studies/{finished(root)}/document.json")

    assert answer.json == orjson.loads(orjson.dumps(document()))
    assert "attachment" in answer.headers["Content-Disposition"]


def test_models_are_shown_as_they_were_simulated(alice: Browser, root: Path) -> None:
    address = f"{ADDRESS}/studies/{finished(root)}/models"

    assert 'name="Register"' in alice.get(f"{address}/0.bpmn?lang=en").text
    assert 'name="挂号"' in alice.get(f"{address}/1.bpmn?lang=zh").text
    assert alice.get(f"{address}/2.bpmn").status_code == 404


def test_comparison_appears_in_the_list(alice: Browser, root: Path) -> None:
    experiment_id = finished(root)
    page = alice.get(ADDRESS).text

    assert f"{ADDRESS}/studies/{experiment_id}" in page
    assert "finished" in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RunState.INTERRUPTED, "Interrupted, for example by a restart"),
        (RunState.CANCELLED, "Cancelled before there was a result."),
    ],
)
def test_comparison_that_stopped_on_the_way_can_go_on(
    alice: Browser, root: Path, experiments: Experiments, state: RunState, sentence: str
) -> None:
    address = f"{ADDRESS}/studies/{finished(root, state=state)}"
    page = alice.get(address).text
    answer = alice.post(f"{address}/continuation", page=address)

    assert sentence in page
    assert answer.headers["Location"] == address
    assert experiments.get(RUN_ID).state.is_unfinished


def test_comparison_that_failed_can_be_run_again(
    alice: Browser, root: Path, experiments: Experiments
) -> None:
    address = f"{ADDRESS}/studies/{finished(root, state=RunState.FAILED)}"
    answer = alice.post(f"{address}/repetition", page=address)

    again = experiments.get(answer.headers["Location"].rsplit("/", 1)[1])
    assert "This could not be carried out." in alice.get(address).text
    assert again.request.seed == 10
    assert again.state.is_unfinished


def test_running_comparison_is_polled_and_can_be_cancelled(
    alice: Browser, experiments: Experiments
) -> None:
    long = {**FORM, "replications": "1000"}
    address = alice.post(f"{ADDRESS}/comparisons", page=ADDRESS, **long).headers["Location"]
    page = alice.get(address).text
    answer = alice.post(f"{address}/cancellation", page=address)

    assert f'hx-get="{address}/progress"' in page
    assert 'hx-swap="outerMorph"' in page  # the button keeps the focus
    assert answer.headers["Location"] == address


def test_form_stays_as_it_was_when_too_many_wait(
    alice: Browser, experiments: Experiments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "_unfinished_limit", 0)
    answer = alice.post(f"{ADDRESS}/comparisons", page=ADDRESS, **FORM)

    assert answer.status_code == 503
    assert "0 studies wait already." in answer.text
    assert 'value="5"' in answer.text


@pytest.mark.parametrize(
    ("deed", "state"), [("repetition", RunState.FAILED), ("continuation", RunState.INTERRUPTED)]
)
def test_study_stays_as_it_is_when_too_many_wait(
    alice: Browser,
    root: Path,
    experiments: Experiments,
    monkeypatch: pytest.MonkeyPatch,
    deed: str,
    state: RunState,
) -> None:
    monkeypatch.setattr(experiments, "_unfinished_limit", 0)
    address = f"{ADDRESS}/studies/{finished(root, state=state)}"
    answer = alice.post(f"{address}/{deed}", page=address)

    assert answer.headers["Location"] == address
    assert "0 studies wait already." in alice.get(address).text
    assert experiments.get(RUN_ID).state is state


@pytest.mark.parametrize("end", ["", "/document.json", "/progress", "/models/0.bpmn"])
def test_unknown_comparison_is_not_found(alice: Browser, end: str) -> None:
    assert alice.get(f"{ADDRESS}/studies/nothing{end}").status_code == 404


def test_comparison_is_found_only_under_its_own_process(alice: Browser, root: Path) -> None:
    assert alice.get(f"/simulate/other/studies/{finished(root)}").status_code == 404


@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/studies/x", "/simulate"])
def test_simulate_needs_a_person_who_signed_in(client, path: str) -> None:
    assert client.get(path).status_code == 302
