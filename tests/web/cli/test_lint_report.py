"""``twinflow lint --report``."""

from tests.web.cli.conftest import VISIT

MODEL = (VISIT / "as_is.bpmn").read_text()


def test_report_lists_every_element_of_a_drawing(cli, home):
    (home / "drawn.bpmn").write_text(MODEL.replace('isExecutable="true"', 'isExecutable="false"'))

    told = cli("lint", "--report", "drawn.bpmn")

    assert told.status == 0
    assert "only drawn: isExecutable is not 'true'" in told.out
    assert "userTask" in told.out


def test_report_is_written_as_json(cli):
    told = cli("lint", "--report", "--json", VISIT / "as_is.bpmn")

    [lines] = told.document.values()
    assert lines[0]["tag"] == "process"
    assert {line["outcome"] for line in lines} == {"kept"}


def test_report_of_what_is_no_bpmn_is_refused_in_words(cli, home):
    (home / "bad.bpmn").write_text("<definitions/>")

    told = cli("lint", "--report", "bad.bpmn")

    assert told.status == 2
    assert "not <definitions> of BPMN 2.0" in told.err


def test_decisions_beside_a_model_are_known_and_checked(cli, home):
    (home / "tier.dmn").write_text("<definitions/>")
    (home / "good.bpmn").write_text(MODEL)

    told = cli("lint", "good.bpmn", "--forms", VISIT / "forms")

    assert told.status == 2
    assert "tier.dmn: " in told.out
