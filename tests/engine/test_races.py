"""What many people and workers do to one case at once: one order wins, and all is told."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.domain.history import EventType
from engine.domain.identity import User, UserId
from engine.domain.job import Queue
from engine.errors import InstanceNotActive, TaskNotOpen
from engine.services import jobs as job_service
from engine.store.tables import job
from tests.engine.models import END, START, WAITING, a_model, a_user_task
from tests.engine.services.service_models import ASKING
from tests.engine.services.test_concurrency import at_once, seqs

BRANCHES = 8
WANG = {"patient": "Wang"}
WIDE = a_model(
    "wide",
    [
        START,
        '<parallelGateway id="fork"/>',
        *[a_user_task(f"t{number}") for number in range(BRANCHES)],
        '<parallelGateway id="join"/>',
        END,
    ],
    [
        "start fork",
        *[f"fork t{number}" for number in range(BRANCHES)],
        *[f"t{number} join" for number in range(BRANCHES)],
        "join end",
    ],
)


def completions(engine, case):
    events = engine.history(case.id, by="dora")
    return [e for e in events if e.type is EventType.COMPLETED and e.element_type == "userTask"]


def test_task_has_one_winner_when_fifty_requests_complete_it(engine):
    for _ in range(2):
        case = engine.start_process("patient_visit", by="alice")
        (task,) = engine.open_tasks(case.id, by="dora")
        engine.claim(task.id, by="alice")

        answers = at_once([lambda t=task: engine.complete_task(t.id, by="alice", values=WANG)] * 50)

        refused = [answer for answer in answers if not isinstance(answer, list)]
        assert Counter(type(refusal) for refusal in refused) == {TaskNotOpen: 49}
        assert len(completions(engine, case)) == 1


@pytest.mark.parametrize("_attempt", range(2))
def test_eight_branches_are_completed_at_once_and_nobody_is_refused(engine, _attempt):
    engine.deploy(WIDE, source="wide.bpmn", forms={})
    people = [f"p{number}" for number in range(BRANCHES)]
    for person in people:
        if not any(user.id == person for user in engine.users()):
            engine.add_user(User(UserId(person), person))
    case = engine.start_process("wide", by="dora")
    tasks = engine.open_tasks(case.id, by="dora")
    for person, task in zip(people, tasks, strict=True):
        engine.claim(task.id, by=person)

    answers = at_once(
        [
            lambda t=task, by=person: engine.complete_task(t.id, by=by, values={})
            for person, task in zip(people, tasks, strict=True)
        ]
    )

    assert answers == [[]] * BRANCHES
    assert engine.instance(case.id, by="dora").state == "completed"
    assert seqs(engine, case) == list(range(1, len(seqs(engine, case)) + 1))


def test_complete_and_cancel_have_one_order_and_history_tells_it(engine):
    seen = set()
    for number in range(8):
        case = engine.start_process("patient_visit", by="alice")
        (task,) = engine.open_tasks(case.id, by="dora")
        engine.claim(task.id, by="alice")
        commands = [
            lambda t=task: engine.complete_task(t.id, by="alice", values=WANG),
            lambda c=case: engine.cancel_instance(c.id, by="dora", reason="why not"),
        ]

        answers = at_once(commands if number % 2 else commands[::-1])

        refusals = [a for a in answers if isinstance(a, TaskNotOpen | InstanceNotActive)]
        assert len(refusals) + len(completions(engine, case)) == 1
        assert engine.instance(case.id, by="dora").state == "cancelled"
        assert engine.open_tasks(case.id, by="dora") == []
        seen.add(len(refusals))
    assert seen <= {0, 1}


def test_form_that_comes_after_the_deadline_is_refused_and_its_draft_is_kept(engine, clock):
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    case = engine.start_process("waiting", by="dora")
    clock.advance(timedelta(minutes=10))
    engine.fire_due_timers()
    (task,) = engine.open_tasks(case.id, by="dora")
    engine.claim(task.id, by="charlie")
    engine.save_draft(task.id, {"answer": "nearly"}, by="charlie")
    clock.advance(timedelta(hours=1))
    engine.fire_due_timers()

    with pytest.raises(TaskNotOpen) as refusal:
        engine.complete_task(task.id, by="charlie", values={})

    assert (refusal.value.state, refusal.value.ended_at) == ("cancelled", clock.now())
    assert engine.draft(task.id, by="charlie")[0] == {"answer": "nearly"}


def test_each_timer_fires_once_when_four_schedulers_meet_at_the_same_second(engine, clock):
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    for _ in range(40):
        engine.start_process("waiting", by="dora")
    clock.advance(timedelta(minutes=10))

    fired = at_once([lambda: engine.fire_due_timers(limit=7)] * 8)

    assert sum(fired) == 40
    paused = Counter(
        event.case_id
        for event in engine.events("waiting")
        if (event.type, event.element_id) == (EventType.COMPLETED, "pause")
    )
    assert set(paused.values()) == {1}
    assert len(paused) == 40


def test_jobs_that_failed_together_come_back_one_by_one_and_people_do_not_wait(
    services_down, clock
):
    engine, number = services_down
    now = clock.now()
    with engine._context.database.reading() as tx:
        tries = set(tx.scalars(sa.select(job.c.next_try_at)))

    waits = sorted((at - now).total_seconds() for at in tries)
    assert len(waits) > number * 0.9
    assert waits[-1] > 1.2 * waits[0] > 0
    assert engine.start_process("patient_visit", by="alice").state == "active"
    assert engine.call_due_services() == 0  # nobody is called before the pause is over


@pytest.fixture
def services_down(config, clock):
    """An engine whose service is down, after a round in which every job failed."""
    from engine.connectors.call import ServiceFailed
    from engine.connectors.registry import Connectors, FunctionConnector
    from engine.process_engine import ProcessEngine
    from tests.engine.conftest import CAST
    from tests.engine.models import REGISTER_FORM, VISIT

    def down(_call):
        raise ServiceFailed("down")

    connectors = Connectors([FunctionConnector("fake", down)])
    engine = ProcessEngine.open(config, clock=clock, connectors=connectors)
    for user in CAST:
        engine.add_user(user)
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    engine.deploy(VISIT, source="visit.bpmn", forms={"register": REGISTER_FORM})
    for _ in range(30):
        engine.start_process("asking", by="dora")
    job_service.run_due(engine._context, limit=100, queue=Queue.OUTSIDE)
    yield engine, 30
    engine.close()
