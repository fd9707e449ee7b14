"""The history that the engine really writes, measured: values worked out by hand.

Alice and Bob work on cases while the clock is moved minute by minute.
"""

from datetime import timedelta

import pytest

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine
from kpis.event_log import EventLog
from kpis.measure import measure
from tests.engine.models import PARALLEL, REGISTER_FORM, VISIT, WAITING, a_model, a_user_task
from tests.kpis.builders import MONDAY

MINUTE = 60.0
FORM_AGAIN = {
    "type": "default",
    "components": [{"key": "again", "type": "checkbox", "label": "Again?"}],
}
ONCE_MORE = '<conditionExpression xsi:type="tFormalExpression">again</conditionExpression>'
LOOP = a_model(
    "loop",
    [
        '<startEvent id="start"/>',
        '<exclusiveGateway id="begin"/>',
        a_user_task("write", form="again"),
        '<exclusiveGateway id="enough" default="enough_end"/>',
        '<endEvent id="end"/>',
        f'<sequenceFlow id="more" sourceRef="enough" targetRef="begin">{ONCE_MORE}</sequenceFlow>',
    ],
    ["start begin", "begin write", "write enough", "enough end"],
)


class Clinic:
    """An engine and its clock; every step happens at a minute after the start."""

    def __init__(self, folder):
        self.clock = FixedClock(MONDAY)
        config = EngineConfig(f"sqlite:///{folder / 'clinic.db'}", sqlite_synchronous="OFF")
        self.engine = ProcessEngine.open(config, clock=self.clock)
        groups, roles = frozenset({"desk", "ward"}), frozenset({Role.STAFF, Role.MANAGER})
        for name in ("alice", "bob"):
            self.engine.add_user(User(UserId(name), name, groups, roles))
        self.engine.deploy(VISIT, source="v.bpmn", forms={"register": REGISTER_FORM})
        for model in (PARALLEL, WAITING):
            self.engine.deploy(model, source="m.bpmn", forms={})

    def at(self, minute):
        self.clock.set(MONDAY + timedelta(minutes=minute))
        return self

    def start(self, key="patient_visit"):
        return self.engine.start_process(key, by="alice").id

    def task(self, case, element_id):
        tasks = self.engine.open_tasks(case, by="alice")
        return next(task.id for task in tasks if task.element_id == element_id)

    def claim(self, case, element_id, by="alice"):
        self.engine.claim(self.task(case, element_id), by=by)

    def complete(self, case, element_id, by="alice", **values):
        values |= {"patient": "Li"} if element_id == "register" else {}
        self.engine.complete_task(self.task(case, element_id), by=by, values=values)

    def log(self, key="patient_visit", **more):
        return EventLog.from_events(self.engine.events(key), **more)


@pytest.fixture
def clinic(tmp_path):
    clinic = Clinic(tmp_path)
    yield clinic
    clinic.engine.close()


def rows(log, *columns):
    """The activities as tuples; what is missing becomes None."""
    frame = log.activities[["element_id", *columns]].astype(object)
    known = frame.where(frame.notna(), None)
    return list(known.itertuples(index=False, name=None))


def test_visit_is_measured(clinic):
    case = clinic.at(0).start()
    clinic.at(3).claim(case, "register")
    clinic.at(5).complete(case, "register")
    clinic.at(9).claim(case, "treat", by="bob")
    clinic.at(20).complete(case, "treat", by="bob")

    measured = measure(clinic.log())

    values = {code: measured[code].value for code in ("OP-CT", "OP-WT", "OP-TT", "OP-FE")}
    assert values == {"OP-CT": 1200, "OP-WT": 7 * 60, "OP-TT": 13 * 60, "OP-FE": 13 / 20}
    assert measured["OP-QL"].by == {"desk": 3 / 20, "ward": 4 / 20}


def test_visit_that_changes_hands_starts_with_the_last_claim(clinic):
    case = clinic.at(0).start()
    clinic.at(1).claim(case, "register")
    clinic.engine.release(clinic.at(2).task(case, "register"), by="alice")
    clinic.at(6).claim(case, "register", by="bob")
    clinic.at(8).complete(case, "register", by="bob")

    columns = ("role", "performer", "started_s", "work_s")

    assert rows(clinic.log(), *columns) == [
        ("register", "desk", "bob", 6 * MINUTE, 2 * MINUTE),
        ("treat", "ward", None, None, None),
    ]


def test_cancelled_case_withdraws_its_task(clinic):
    case = clinic.at(0).start()
    clinic.at(1).claim(case, "register")
    clinic.at(4)
    clinic.engine.cancel_instance(case, by="alice", reason="left")

    log = clinic.log()

    assert log.cases["outcome"].tolist() == ["cancelled"]
    assert rows(log, "cancelled_s", "work_s") == [("register", 4 * MINUTE, 3 * MINUTE)]


def test_parallel_work_is_told_apart(clinic):
    case = clinic.at(0).start("parallel")
    for element_id, claimed, completed in (("left", 1, 9), ("right", 12, 13), ("both", 14, 15)):
        clinic.at(claimed).claim(case, element_id)
        clinic.at(completed).complete(case, element_id)

    assert rows(clinic.log("parallel"), "scheduled_s", "started_s", "completed_s") == [
        ("left", 0, 1 * MINUTE, 9 * MINUTE),
        ("right", 0, 12 * MINUTE, 13 * MINUTE),
        ("both", 13 * MINUTE, 14 * MINUTE, 15 * MINUTE),
    ]


def test_timers_are_delays_and_withdraw_what_is_late(clinic):
    clinic.at(0).start("waiting")
    clinic.at(11).engine.fire_due_timers()
    clinic.at(90).engine.fire_due_timers()

    log = clinic.log("waiting")

    assert log.delays[["element_id", "completed_s"]].values.tolist() == [["pause", 11 * MINUTE]]
    assert rows(log, "started_s", "cancelled_s") == [("answer", None, 90 * MINUTE)]
    assert log.cases["outcome"].tolist() == ["completed"]


def test_loop_counts_its_visits(clinic):
    clinic.engine.deploy(LOOP, source="loop.bpmn", forms={"again": FORM_AGAIN})
    case = clinic.at(0).start("loop")
    for round_number in range(3):
        clinic.claim(case, "write")
        clinic.at(round_number + 1).complete(case, "write", again=round_number < 2)

    log = clinic.log("loop")

    assert rows(log, "visit", "work_s") == [("write", visit, MINUTE) for visit in range(3)]
    assert measure(log)["OP-STEP"].value == 3


def test_history_is_read_again_as_it_was(clinic):
    case = clinic.at(0).start()
    clinic.at(3).claim(case, "register")

    first, again = clinic.log(), clinic.log()

    assert first.activities.equals(again.activities)
    assert first.corrections == 0
