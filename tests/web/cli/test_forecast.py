"""``twinflow forecast`` on a visit that was started a moment ago."""

from engine.domain.identity import Role, User, UserId
from tests.web.cli.conftest import VISIT
from web.cli.session import opened_engine

AS_IS = VISIT / "as_is.yaml"
ALICE = ("--as", "alice")
QUICK = ("-n", "10", "--jobs", "1")


def test_forecast_says_when_each_open_case_ends_and_how_queues_go(clinic):
    for name in ("V-1", "V-2"):
        clinic("start", "patient_visit", "--business-key", name, *ALICE)

    told = clinic("forecast", "patient_visit", AS_IS, *QUICK, *ALICE, "--json")

    cases = {case["case_id"]: case for case in told.document["cases"]}
    assert set(cases) == {"V-1", "V-2"}
    assert all(case["early"] <= case["expected"] <= case["late"] for case in cases.values())
    assert {queue["role"] for queue in told.document["queues"]} >= {"frontdesk", "doctor"}


def test_forecast_is_written_as_tables_for_people(clinic):
    clinic("start", "patient_visit", "--business-key", "V-1", *ALICE)

    told = clinic("forecast", "patient_visit", AS_IS, *QUICK, *ALICE)

    assert "V-1" in told.out
    assert "How many wait" in told.out


def test_suspended_case_is_left_out_and_named(clinic):
    for name in ("V-1", "V-2"):
        clinic("start", "patient_visit", "--business-key", name, *ALICE)
    with opened_engine() as engine:
        engine.add_user(User(UserId("dora"), "Dora", roles=frozenset({Role.MANAGER})))
    clinic("suspend", "patient_visit/V-2", "--reason", "the patient is ill", "--as", "dora")

    told = clinic("forecast", "patient_visit", AS_IS, *QUICK, *ALICE)

    assert "not forecast: V-2 (suspended)" in told.err


def test_process_without_open_cases_has_no_forecast(clinic):
    told = clinic("forecast", "patient_visit", AS_IS, *QUICK, *ALICE)

    assert told.status == 2
    assert "no open case" in told.err
