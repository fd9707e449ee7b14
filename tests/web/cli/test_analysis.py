"""``twinflow sensitivity`` and ``select`` on the patient visit."""

from tests.web.cli.conftest import VISIT

AS_IS, TO_BE = VISIT / "as_is.yaml", VISIT / "to_be.yaml"


def test_sensitivity_names_the_assumptions_that_matter(cli):
    told = cli("sensitivity", AS_IS, "-n", "2", "--jobs", "1")

    assert told.status == 0
    assert "durations.consult" in told.out
    assert "10% larger" in told.out


def test_sensitivity_by_paths_writes_json_for_a_program(cli):
    told = cli("sensitivity", AS_IS, "-n", "2", "--morris", "2", "--jobs", "1", "--json")

    assert told.document["method"] == "morris"
    assert {"field", "mean", "strength", "half_width", "spread"} <= told.document["factors"][
        0
    ].keys()


def test_select_finds_the_redesign(cli):
    told = cli("select", AS_IS, TO_BE, "--indifference", "5min", "--jobs", "1")

    assert told.status == 0
    assert "best" in told.out


def test_select_says_when_it_is_undecided(cli):
    told = cli("select", AS_IS, AS_IS, "--indifference", "1s", "--most", "10", "--jobs", "1")

    assert told.status == 1
    assert "undecided after 10 replications" in told.err


def test_indifference_without_a_unit_the_kpi_knows_is_refused(cli):
    told = cli("select", AS_IS, TO_BE, "--indifference", "soon")

    assert told.status == 2
    assert "is not a duration" in told.err


def test_change_beyond_all_is_refused(cli):
    assert cli("sensitivity", AS_IS, "--change", "130%").status == 2


def test_single_scenario_is_no_choice(cli):
    assert "two scenarios" in cli("select", AS_IS, "--indifference", "1min").err
