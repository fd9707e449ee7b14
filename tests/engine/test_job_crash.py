"""kill -9 among service calls: each is made at least once, with one key, and counts once."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest

from engine.clock import FixedClock, SystemClock
from engine.config import EngineConfig
from engine.connectors.call import CallResult
from engine.connectors.registry import Connectors, FunctionConnector
from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.process_engine import ProcessEngine
from tests.engine import job_crash_child
from tests.engine.conftest import CAST
from tests.engine.killing import told_until_killed
from tests.engine.services.service_models import ASKING

CASES = 30
KILLED_AFTER = (2, 7, 4)  # calls


@pytest.fixture(scope="module")
def crashed(tmp_path_factory):
    """A database whose worker was killed again and again, and which calls were made."""
    url = f"sqlite:///{tmp_path_factory.mktemp('crash')}/twinflow.db"
    calls: list[tuple[str, ...]] = []

    def told(call):
        calls.append((call.business_key, call.idempotency_key))
        return CallResult({"answer": call.idempotency_key})

    connectors = Connectors([FunctionConnector("fake", told)])
    with closing(ProcessEngine.open(EngineConfig(url), connectors=connectors)) as engine:
        for user in CAST:
            engine.add_user(user)
        engine.deploy(ASKING, source="asking.bpmn", forms={})
        for _ in range(CASES):
            engine.start_process("asking", by="dora")
    for count in KILLED_AFTER:
        calls += told_until_killed(job_crash_child.main, url, count)
    later = FixedClock(SystemClock().now() + timedelta(hours=1))  # after the leases of the dead
    config = EngineConfig(url, sqlite_synchronous="OFF")
    with closing(ProcessEngine.open(config, clock=later, connectors=connectors)) as engine:
        while engine.call_due_services():
            pass
        yield engine, calls


@pytest.mark.slow
def test_each_service_is_called_at_least_once_and_repeated_with_the_same_key(crashed):
    _, calls = crashed
    keys: dict[str, set[str]] = {}
    for business_key, key in calls:
        keys.setdefault(business_key, set()).add(key)

    assert len(keys) == CASES
    assert {len(each) for each in keys.values()} == {1}
    assert len({key for each in keys.values() for key in each}) == CASES


@pytest.mark.slow
def test_each_answer_is_stored_exactly_once(crashed):
    engine, _ = crashed
    cases = engine.instances(by="dora", process_key="asking", limit=500)
    answered = Counter(
        event.case_id
        for case in cases
        for event in engine.history(case.id, by="dora")
        if event.element_id == "ask" and event.type is EventType.COMPLETED
    )

    assert len(cases) == CASES
    assert set(answered.values()) == {1}
    assert len(answered) == CASES
    assert engine.count_instances()[InstanceState.ACTIVE] == CASES
    assert engine.incidents(by="dora") == []
