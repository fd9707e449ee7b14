"""Starting a case."""

from tests.engine.services.service_models import EVERY_HOUR, STARTED_BY_MESSAGE


def test_every_way_to_start_has_a_card(alice):
    page = alice.get("/start").text

    assert "Patient walks in" in page
    assert "Patient calls" in page
    assert "Asks for: Caller" in page


def test_start_without_a_form_leads_to_the_first_task(alice, engine):
    answer = alice.post("/start/clinic_visit/walk_in")
    task = engine.inbox("alice")[0]

    assert (answer.status_code, answer.location) == (303, f"/tasks/{task.id}")


def test_start_leads_to_the_case_when_the_first_task_is_for_others(bob, engine):
    answer = bob.post("/start/clinic_visit/walk_in")

    assert answer.location.startswith("/cases/")
    assert bob.get(answer.location).status_code == 200


def test_start_form_is_checked_before_the_case_starts(alice, engine):
    answer = alice.values("/start/clinic_visit/by_phone", {}, business_key="V-7")

    assert answer.status_code == 422
    assert "Caller: Please fill this in." in answer.text
    assert 'value="V-7"' in answer.text
    assert engine.instances(by="dora") == []


def test_start_form_values_and_number_reach_the_case(alice, engine):
    alice.values("/start/clinic_visit/by_phone", {"caller": "王芳"}, business_key="V-7")
    case = engine.find_instance("clinic_visit", "V-7", by="dora")

    assert case.values["caller"] == "王芳"


def test_number_that_is_taken_is_refused_beside_the_field(alice, case):
    answer = alice.values("/start/clinic_visit/by_phone", {"caller": "王芳"}, business_key="C-1")

    assert answer.status_code == 422
    assert "There is already a case with the number C-1." in answer.text
    assert "王芳" in answer.text


def test_sending_the_start_twice_starts_one_case(alice, engine):
    for _ in range(2):
        alice.post("/start/clinic_visit/walk_in", request_id="0" * 32)

    assert len(engine.instances(by="dora")) == 1


def test_unknown_process_and_start_event_are_not_found(alice):
    assert alice.get("/start/nothing").status_code == 404
    assert alice.get("/start/clinic_visit/nothing").status_code == 404


DRAWING = (
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
    b'<process id="sketch" name="Sketch of a visit" isExecutable="false"><startEvent id="s"/>'
    b'<endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>'
)


def test_drawing_is_shown_and_cannot_be_started(alice, engine):
    engine.deploy(DRAWING, source="sketch.bpmn", forms={})
    page = alice.get("/start").text

    assert "Sketch of a visit" in page
    assert "This is a drawing" in page
    assert "/start/sketch" not in page
    for answer in (alice.get("/start/sketch"), alice.post("/start/sketch")):
        assert (answer.status_code, "cannot be started" in answer.text) == (409, True)


def test_process_that_begins_by_itself_says_how(alice, engine):
    for model in (STARTED_BY_MESSAGE, EVERY_HOUR):
        engine.deploy(model, source="model.bpmn", forms={})
    page = alice.get("/start").text

    assert "when its message or signal comes" in page
    assert "at planned times" in page
    assert alice.get("/start/hourly").status_code == 404


def test_drawing_that_nobody_could_run_breaks_no_page(alice, dora, engine):
    node = b'<complexGateway id="odd"/><sequenceFlow id="g" sourceRef="odd" targetRef="gone"/>'
    engine.deploy(DRAWING.replace(b'<endEvent id="e"/>', node), source="sketch.bpmn", forms={})

    for browser in (alice, dora):
        for page in ("/start", "/tasks", "/cases", "/health/clinic_visit"):
            assert browser.get(page).status_code == 200
    assert "Sketch of a visit" not in alice.get("/health/clinic_visit").text
    assert "This is a drawing" in alice.get("/start").text
