"""Kill -9 within each command of a whole case: it goes on as if nothing was.

The child opens the database, works as people and workers would, and is killed in the middle of a
command, before its last statement, or before its commit. The survivor sends every request again,
under the same keys.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from contextlib import closing
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.connectors.call import CallResult
from engine.connectors.mail import EmailConnector
from engine.connectors.registry import Connectors
from engine.process_engine import ProcessEngine
from engine.store.database import Database
from tests.engine.conftest import CAST, MONDAY
from tests.engine.models import END, START, a_model, a_timer, a_user_task
from tests.engine.services.service_models import a_service

MAIL = (
    '<serviceTask id="mail" camunda:topic="email"><extensionElements><camunda:inputOutput>'
    '<camunda:inputParameter name="to">ada@example.org</camunda:inputParameter>'
    '<camunda:inputParameter name="subject">Done</camunda:inputParameter>'
    '<camunda:inputParameter name="body">Done</camunda:inputParameter>'
    "</camunda:inputOutput></extensionElements></serviceTask>"
)
MODEL = a_model(
    "whole",
    [
        START,
        a_user_task("register"),
        '<parallelGateway id="fork"/>',
        a_user_task("look"),
        a_service("book", "book"),
        '<parallelGateway id="join"/>',
        a_timer("pause", "PT10M"),
        MAIL,
        END,
    ],
    [
        "start register", "register fork", "fork look", "fork book", "look join", "book join",
        "join pause", "pause mail", "mail end",
    ],
)  # fmt: skip
WRITING = 5  # statements between two commits of a command that writes


class Book:
    """A service that writes down, outside of the database, under which key it was called."""

    name = "book"

    def __init__(self, file):
        self._file = file

    def check(self, inputs):
        return []

    def call(self, call):
        with self._file.open("a") as book:
            book.write(call.idempotency_key + "\n")
        return CallResult({"booked": True})


class World:
    """A database with the model, and what is outside of it."""

    def __init__(self, folder):
        self.folder = folder

    @property
    def booked(self):
        file = self.folder / "book"
        return set(file.read_text().split()) if file.exists() else set()

    def opened(self, *, later=timedelta()):
        config = EngineConfig(f"sqlite:///{self.folder}/t.db", sqlite_synchronous="OFF")
        services = Connectors([Book(self.folder / "book"), EmailConnector()])
        clock = FixedClock(MONDAY + later)
        return ProcessEngine.open(config, clock=clock, connectors=services), clock

    def copied(self, folder):
        shutil.copytree(self.folder, folder)
        return World(folder)


def carry_out(engine, clock):
    """Take a case from its start to its end, whatever of it is done already."""
    case = engine.start_process("whole", by="dora", idempotency_key="start")
    for _ in range(4):
        for task in engine.open_tasks(case.id, by="dora"):
            engine.claim(task.id, by="dora")
            key = f"complete {task.element_id}"
            engine.complete_task(task.id, by="dora", values={}, idempotency_key=key)
        engine.call_due_services()
        clock.advance(timedelta(minutes=10))
        engine.fire_due_timers()
        engine.send_due_letters()
    return case


def told(engine, case):
    return Counter((e.type.value, e.element_id) for e in engine.history(case.id, by="dora"))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("whole"))
    engine, _ = world.opened()
    with closing(engine):
        for user in CAST:
            engine.add_user(user)
        engine.deploy(MODEL, source="whole.bpmn", forms={})
    return world


@pytest.fixture(scope="module")
def undisturbed(world, tmp_path_factory):
    """What happens when nobody is killed: the history, and the places of the commits."""
    engine, clock = world.copied(tmp_path_factory.mktemp("undisturbed") / "w").opened()
    places: list[str] = []
    with closing(engine):
        watch(engine, places.append)
        case = carry_out(engine, clock)
        passed = tuple(places)
        return told(engine, case), passed


def watch(engine, note):
    """Hear of every statement before SQLite runs it."""
    pool = engine._context.database._db_engine.pool
    sa.event.listen(pool, "checkout", lambda connection, *_: connection.set_trace_callback(note))


def killed_at(world, number):
    """Carry out the case in a child that is killed before its n-th statement."""
    child = os.fork()
    if child == 0:
        try:
            passed = []

            def note(_):
                passed.append(1)
                if len(passed) == number:
                    os.kill(os.getpid(), signal.SIGKILL)

            engine, clock = world.opened()
            watch(engine, note)
            carry_out(engine, clock)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.slow
def test_case_goes_on_wherever_the_process_was_killed(world, undisturbed, tmp_path):
    history, places = undisturbed
    commits = [0, *(n for n, place in enumerate(places, 1) if place.startswith("COMMIT"))]
    commands = [pair for pair in pairwise(commits) if pair[1] - pair[0] >= WRITING]
    assert len(commands) >= 8

    for number in sorted(
        {n for one, two in commands for n in ((one + two + 1) // 2, two - 1, two)}
    ):
        survivor = world.copied(tmp_path / str(number))
        assert killed_at(survivor, number) == -signal.SIGKILL
        engine, clock = survivor.opened(later=timedelta(minutes=30))  # the leases are over
        with closing(engine):
            case = carry_out(engine, clock)

            assert (number, told(engine, case)) == (number, history)
            assert len(survivor.booked) == len(engine.letters(by="dora")) == 1
            assert engine.count_instances(process_key="whole")["completed"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 20, 60, 110])
def test_migration_that_was_killed_is_done_again(tmp_path, number):
    config = EngineConfig(f"sqlite:///{tmp_path}/t.db", sqlite_synchronous="OFF")
    child = os.fork()
    if child == 0:
        passed = []

        def note(*_):
            passed.append(1)
            if len(passed) == number:
                os.kill(os.getpid(), signal.SIGKILL)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            Database.open(config)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    with closing(ProcessEngine.open(config)) as engine:
        assert engine.check_history().is_sound
        engine.add_user(CAST[0])
