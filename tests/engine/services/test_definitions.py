from __future__ import annotations

import pytest

from engine.bpmn import program
from engine.errors import InvalidModel, NotFound
from engine.services import definitions
from tests.engine.models import END, REGISTER_FORM, START, VISIT, a_model, a_user_task

FORMS = {"register": REGISTER_FORM}
BAD_FORM = {"components": [{"key": "scan", "type": "filepicker"}]}


def test_deploy_returns_the_same_version_when_nothing_changed(engine):
    first = engine.definition("patient_visit")

    again = engine.deploy(VISIT, source="other name.bpmn", forms=FORMS, by="dora")

    assert again == first


def test_file_that_was_deployed_before_is_not_checked_again(engine, monkeypatch):
    monkeypatch.setattr(definitions, "lint", lambda *_files: pytest.fail("it was checked again"))

    assert engine.deploy(VISIT, source="visit.bpmn", forms=FORMS).version == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"xml": VISIT.replace(b"treat", b"cure")},
        {"forms": {"register": {**REGISTER_FORM, "id": "new"}}},
        {"lanes": {"desk": "reception"}},
    ],
)
def test_deploy_stores_a_new_version_when_file_form_or_lane_changed(engine, changes):
    files = {"xml": VISIT, "forms": FORMS, **changes}

    second = engine.deploy(files.pop("xml"), source="visit.bpmn", **files)

    assert second.version == 2
    assert engine.definition("patient_visit") == second
    assert engine.definition("patient_visit", version=1).id != second.id
    assert [definition.version for definition in engine.definitions()] == [2]


def test_deploy_leaves_running_cases_on_their_version(engine):
    case = engine.start_process("patient_visit", by="alice")
    engine.deploy(VISIT.replace(b"treat", b"cure"), source="visit.bpmn", forms=FORMS)

    task = engine.claim(engine.inbox("alice")[0].id, by="alice")
    (following,) = engine.complete_task(task.id, by="alice", values={"patient": "Wang"})

    assert (case.definition_id, following.element_id) == (task.definition_id, "treat")


def test_deploy_offers_tasks_to_the_group_of_the_lane(engine):
    engine.deploy(VISIT, source="visit.bpmn", forms=FORMS, lanes={"desk": "ward"})

    engine.start_process("patient_visit", by="dora")

    assert [task.lane for task in engine.inbox("bob")] == ["desk"]


def test_deploy_refuses_missing_and_broken_forms_all_at_once(engine):
    model = a_model(
        "broken",
        [START, a_user_task("a", form="gone"), a_user_task("b", form="scan"), END],
        ["start a", "a b", "b end"],
    )

    with pytest.raises(InvalidModel) as refusal:
        engine.deploy(model, source="broken.bpmn", forms={"scan": BAD_FORM})

    text = str(refusal.value)
    assert "'gone'" in text
    assert "'filepicker' is not supported" in text
    with pytest.raises(NotFound):
        engine.definition("broken")


def test_deploy_refuses_groups_for_lanes_that_do_not_exist(engine):
    with pytest.raises(InvalidModel, match="no lane 'dekc'; lanes are desk, ward"):
        engine.deploy(VISIT, source="visit.bpmn", forms=FORMS, lanes={"dekc": "reception"})


def test_deploy_refuses_hostile_xml(engine):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aa">]><definitions>&a;</definitions>'

    with pytest.raises(InvalidModel):
        engine.deploy(bomb, source="bomb.bpmn", forms={})


def test_lint_says_what_deploy_would_say(engine):
    findings = engine.lint(VISIT, source="visit.bpmn", forms={})

    assert any("register" in finding.message for finding in findings)
    assert engine.lint(VISIT, source="visit.bpmn", forms=FORMS) == []


def test_model_is_kept_as_it_was_deployed(engine):
    definition = engine.definition("patient_visit")

    assert engine.model_xml(definition.id) == VISIT
    assert b'name="Register"' in engine.localised_xml(definition.id, "en")
    assert engine.graph(definition.id).nodes["register"].lane == "desk"


def test_model_without_a_diagram_is_shown_with_one(engine):
    definition = engine.definition("patient_visit")

    shown = engine.localised_xml(definition.id, "en")

    assert b"BPMNShape" not in VISIT
    for node in engine.graph(definition.id).nodes:
        assert f'bpmnElement="{node}"'.encode() in shown


def test_report_says_what_becomes_of_each_element(engine):
    xml = a_model(
        "x", [START, '<task id="t"/>', '<dataObject id="note"/>', END], ["start t", "t end"]
    )

    lines = {line.id: line for line in engine.report(xml, source="x.bpmn")}

    assert lines["t"].can_run
    assert lines["note"].words == ("drawn only: values belong to the case",)
    assert {line.line for line in lines.values()} == {1}


def test_form_is_found_by_its_key(engine):
    definition = engine.definition("patient_visit")

    assert engine.form(definition.id, "register").schema == REGISTER_FORM
    assert engine.start_form(definition.id) is None
    with pytest.raises(NotFound, match="no form 'gone'"):
        engine.form(definition.id, "gone")


@pytest.mark.parametrize("look_up", ["model_xml", "graph"])
def test_definition_that_does_not_exist_is_not_found(engine, look_up):
    with pytest.raises(NotFound, match="no process definition 4711"):
        getattr(engine, look_up)(4711)
    with pytest.raises(NotFound, match="patient_visit version 9"):
        engine.definition("patient_visit", version=9)


def test_definition_is_compiled_once(engine, monkeypatch):
    compiled = []

    def compile_graph(graph, **options):
        compiled.append(graph.key)
        return program.compile_graph(graph, **options)

    monkeypatch.setattr("engine.services.deployed.compile_graph", compile_graph)
    for _ in range(3):
        engine.start_process("patient_visit", by="alice")

    assert compiled == ["patient_visit"]


@pytest.mark.parametrize("to", ["ada@example.org", "${mail}", '="ada@example.org"'])
def test_connector_sees_literals_of_a_model_without_their_quotes(empty_engine, to):
    words = {"to": to, "subject": "Done", "body": "2"}
    inputs = "".join(
        f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>'
        for name, text in words.items()
    )
    mail = (
        '<serviceTask id="mail" camunda:topic="email"><extensionElements><camunda:inputOutput>'
        f"{inputs}</camunda:inputOutput></extensionElements></serviceTask>"
    )
    model = a_model("mailing", [START, mail, END], ["start mail", "mail end"])

    assert empty_engine.deploy(model, source="mailing.bpmn", forms={}).version == 1
    with pytest.raises(InvalidModel, match="'ada at home' is no mail address"):
        empty_engine.deploy(model.replace(to.encode(), b"ada at home"), source="m.bpmn", forms={})
