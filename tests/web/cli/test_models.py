"""``twinflow lint`` and ``deploy``."""

from tests.engine.models import END, START, a_model
from tests.web.cli.conftest import VISIT

MODEL = (VISIT / "as_is.bpmn").read_text()


def test_lint_passes_the_shipped_models(cli):
    linted = cli("lint", VISIT / "as_is.bpmn", VISIT / "to_be.bpmn")

    assert linted.status == 0
    assert linted.out.count(": ok") == 2


def test_lint_names_file_line_and_element(cli, home):
    (home / "bad.bpmn").write_text(MODEL.replace("bpmn:userTask", "bpmn:scriptTask"))

    linted = cli("lint", "bad.bpmn", "--forms", VISIT / "forms")

    assert linted.status == 2
    assert linted.out.startswith("bad.bpmn:")
    assert "'register'" in linted.out


def test_lint_asks_connectors_what_they_make_of_their_inputs(cli, home):
    mail = a_model(
        "mail", [START, '<serviceTask id="tell" camunda:topic="email"/>', END],
        ["start tell", "tell end"],
    )  # fmt: skip
    (home / "mail.bpmn").write_bytes(mail)

    linted = cli("lint", "mail.bpmn")

    assert linted.status == 2
    assert "element 'tell'" in linted.out
    assert "[connector]" in linted.out


def test_lint_writes_findings_as_json(cli, home):
    (home / "bad.bpmn").write_text("<definitions/>")

    linted = cli("lint", "bad.bpmn", "--json")

    assert linted.status == 2
    assert linted.document["bad.bpmn"][0]["severity"] == "error"


def test_deploying_the_same_bytes_again_makes_no_version(cli):
    first = cli("deploy", VISIT / "as_is.bpmn", "--json")
    second = cli("deploy", VISIT / "as_is.bpmn", "--json")

    assert (first.document["key"], first.document["version"]) == ("patient_visit", 1)
    assert second.document == first.document


def test_deploying_a_broken_model_is_wrong_input_and_stores_nothing(cli, home):
    (home / "bad.bpmn").write_text(MODEL.replace("</bpmn:process>", ""))

    refusal = cli("deploy", "bad.bpmn")

    assert refusal.status == 2
    assert refusal.err.startswith("bad.bpmn:")
    assert cli("start", "patient_visit", "--as", "alice").status == 1


def test_broken_form_is_named(cli, home):
    (home / "forms").mkdir()
    (home / "forms" / "walk_in.form").write_text("{")
    (home / "model.bpmn").write_text(MODEL)

    refusal = cli("deploy", "model.bpmn")

    assert refusal.status == 2
    assert "walk_in.form: not JSON" in refusal.err
