"""The what-ifs that are shipped with the patient visit tell the two lessons of its handbook."""

import pytest

from kpis.stats.comparison import paired
from simulation.experiment import run
from tests.simulation.builders import shipped
from web.scenarios import rehearsal_of

REPLICATIONS = 12


@pytest.fixture(scope="module")
def experiment():
    known = {}

    def of(name):
        if name not in known:
            known[name] = run(shipped(name), replications=REPLICATIONS)
        return known[name]

    return of


def test_every_what_if_can_be_chosen_beside_the_models():
    rehearsal = rehearsal_of("patient_visit")

    variants = [shipped.variant for shipped in rehearsal.scenarios]
    assert variants[:2] == ["as_is", "to_be"]
    assert len(variants) == 11
    assert len({shipped.scenario.name("zh") for shipped in rehearsal.scenarios}) == 11


def test_booking_without_doctors_shortens_the_visit_but_not_the_wait_for_the_doctor(experiment):
    as_is, to_be = experiment("one_doctor_out"), experiment("six_doctors")

    visit = paired(as_is.sample("kpi", "OP-CT"), to_be.sample("kpi", "OP-CT"))
    consult = paired(
        as_is.sample("element", "consult", "wait"), to_be.sample("element", "consult", "wait")
    )
    assert visit is not None
    assert consult is not None
    assert visit.high < -20 * 60
    assert consult.high > 0


def test_impatient_patients_leave_unseen_and_the_others_wait_less(experiment):
    document = experiment("impatient").document()

    assert 0.05 < document["cases"]["abandoned"]["share"]["mean"] < 0.15
    assert document["checks"]["little"] == "ok"
