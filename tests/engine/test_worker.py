from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, current_thread, main_thread

import pytest

from engine import worker
from engine.config import EngineConfig
from engine.errors import StoreUnavailable
from tests.engine.models import WAITING


class StopAfterFirstWait(Event):
    """Tells the worker to stop instead of letting it wait; remembers for how long."""

    waited_s: float | None = None

    def wait(self, timeout=None):
        self.waited_s = timeout
        self.set()
        return True


class Broken:
    """An engine that always fails."""

    def __getattr__(self, name):
        def fail(**_):
            raise StoreUnavailable("disk full")

        return fail


@pytest.fixture
def config(tmp_path):
    """One database is enough here."""
    return EngineConfig(f"sqlite:///{tmp_path}/twinflow.db", sqlite_synchronous="OFF")


def test_worker_fires_due_timers_and_then_waits(engine, clock):
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    engine.start_process("waiting", by="dora")
    clock.advance(timedelta(minutes=10))
    stop = StopAfterFirstWait()

    worker.run(engine, stop=stop, interval_s=0.5, callers=0)

    assert len(engine.inbox("charlie")) == 1
    assert stop.waited_s == 0.5


def test_worker_goes_on_at_once_when_more_is_due(engine, clock, monkeypatch):
    monkeypatch.setattr(worker, "BATCH", 1)
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    for _ in range(3):
        engine.start_process("waiting", by="dora")
    clock.advance(timedelta(minutes=10))

    worker.run(engine, stop=StopAfterFirstWait(), callers=0)

    assert len(engine.inbox("charlie")) == 3


def test_worker_logs_failures_and_goes_on(caplog):
    with caplog.at_level(logging.ERROR):
        worker.run(Broken(), stop=StopAfterFirstWait(), callers=0)

    assert [record.exc_info[0] for record in caplog.records] == [StoreUnavailable] * 10


def test_worker_does_nothing_when_told_to_stop_already():
    stop = Event()
    stop.set()

    worker.run(Broken(), stop=stop)


def test_worker_calls_services_and_sends_mail_in_threads_of_their_own():
    names: set[tuple[str, bool]] = set()
    stop = Event()

    class Engine:
        def __getattr__(self, name):
            def note(**_):
                if not name.startswith("forget"):
                    names.add((name, current_thread() is main_thread()))
                if len(names) >= 5:
                    stop.set()
                return 0

            return note

    worker.run(Engine(), stop=stop, interval_s=0.01, callers=1)

    assert {
        ("fire_due_timers", True),
        ("call_due_services", False),
        ("send_due_letters", False),
    } <= names


def test_slow_service_holds_up_no_timer():
    fired, stop = Event(), Event()

    class Engine:
        def call_due_services(self, **_):
            assert fired.wait(5)
            return 0

        def fire_due_timers(self, **_):
            fired.set()
            stop.set()
            return 0

        def __getattr__(self, _name):
            return lambda **_: 0

    worker.run(Engine(), stop=stop, interval_s=0.01, callers=1)

    assert fired.is_set()
