"""``twinflow optimise`` on the patient visit."""

import pytest

from tests.web.cli.conftest import VISIT

AS_IS = VISIT / "as_is.yaml"
QUICK = ("-n", "2", "--jobs", "1")


def test_cheapest_staff_is_told_with_the_steps_to_it(cli):
    told = cli("optimise", AS_IS, "-u", "cashier=1..3", "--limit", "10h", *QUICK)

    assert told.status == 0
    assert "best: cashier" in told.out
    assert "begin" in told.out


def test_staff_that_cannot_be_had_is_refused_with_the_last_one_tried(cli):
    told = cli("optimise", AS_IS, "-u", "cashier=1..2", "--budget", "1", *QUICK)

    assert told.status == 1
    assert "no staff within these ranges will do; the last one tried, cashier 1, costs" in told.err


def test_front_is_written_as_json_for_a_program(cli):
    pytest.importorskip("pymoo")
    told = cli("optimise", AS_IS, "-u", "cashier=1..2", *QUICK, "--json")

    assert [set(trial["units"]) for trial in told.document["front"]] == [{"cashier"}] * len(
        told.document["front"]
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-u", "cashier=3..1"), "is not ROLE=FEWEST..MOST"),
        (("-u", "cashier"), "is not ROLE=FEWEST..MOST"),
        (("-u", "cashier=1..2", "-s", "cashier"), "is not ROLE=CALENDAR,CALENDAR"),
        (("-u", "cashier=1..2", "--limit", "soon"), "is not a duration"),
        (("-u", "cashier=1..2", "--limit", "5min", "--budget", "9"), "not both"),
    ],
)
def test_option_that_is_not_understood_is_refused(cli, options, words):
    told = cli("optimise", AS_IS, *options)

    assert told.status == 2
    assert words in told.err
