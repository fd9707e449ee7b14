"""kill -9 in the middle of the work: what was acknowledged is there, once, and nothing is torn."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

import pysqlite3
import pytest

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.process_engine import ProcessEngine
from tests.engine import crash_child
from tests.engine.conftest import CAST, MONDAY
from tests.engine.killing import told_until_killed
from tests.engine.models import REGISTER_FORM, VISIT

KILLED_AFTER = (1, 4, 7, 12, 30)  # acknowledgements


@pytest.fixture(scope="module")
def crashed(tmp_path_factory):
    """A database whose process was killed again and again, and what was acknowledged."""
    file = tmp_path_factory.mktemp("crash") / "twinflow.db"
    url = f"sqlite:///{file}"
    with closing(ProcessEngine.open(EngineConfig(url))) as engine:
        for user in CAST:
            engine.add_user(user)
        engine.deploy(VISIT, source="visit.bpmn", forms={"register": REGISTER_FORM})
    told = [
        line for count in KILLED_AFTER for line in told_until_killed(crash_child.main, url, count)
    ]
    return file, told


@pytest.fixture
def survivor(crashed):
    file, _ = crashed
    config = EngineConfig(f"sqlite:///{file}", sqlite_synchronous="OFF")
    with closing(ProcessEngine.open(config, clock=FixedClock(MONDAY))) as engine:
        yield engine


@pytest.mark.slow
def test_acknowledged_completions_are_in_the_history_exactly_once(crashed, survivor):
    completed = Counter(
        (str(case.id), event.token)
        for case in survivor.instances(by="dora", limit=500)
        for event in survivor.history(case.id, by="dora")
        if event.type is EventType.COMPLETED and event.element_type == "userTask"
    )

    assert len(crashed[1]) >= sum(KILLED_AFTER)
    assert {completed[acknowledged] for acknowledged in crashed[1]} == {1}
    assert set(completed.values()) == {1}


@pytest.mark.slow
def test_history_has_no_gaps_after_crashes(survivor):
    for case in survivor.instances(by="dora", limit=500):
        seqs = [event.seq for event in survivor.history(case.id, by="dora")]
        assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.slow
def test_database_is_intact_after_crashes(crashed):
    with closing(pysqlite3.dbapi2.connect(str(crashed[0]))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.slow
def test_interrupted_cases_can_be_finished_after_crashes(survivor):
    for task in survivor.inbox("alice") + survivor.inbox("bob"):
        person = "alice" if task.element_id == "register" else "bob"
        survivor.claim(task.id, by=person)
        values = {"patient": "Li"} if person == "alice" else {}
        for following in survivor.complete_task(task.id, by=person, values=values):
            survivor.claim(following.id, by="bob")
            survivor.complete_task(following.id, by="bob", values={})

    assert survivor.count_instances()[InstanceState.ACTIVE] == 0
