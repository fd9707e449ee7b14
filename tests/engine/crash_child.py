"""Completes task after task and says so each time, until it is killed (see test_crash)."""

from __future__ import annotations

import sys
from itertools import count

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.process_engine import ProcessEngine
from tests.engine.conftest import MONDAY


def main(database_url: str) -> None:
    engine = ProcessEngine.open(EngineConfig(database_url), clock=FixedClock(MONDAY))
    for number in count():
        case = engine.start_process("patient_visit", by="alice")
        (register,) = engine.open_tasks(case.id, by="dora")
        engine.claim(register.id, by="alice")
        values = {"patient": "Wang", "age": number % 100}
        (treat,) = engine.complete_task(register.id, by="alice", values=values)
        acknowledge(case.id, register.token)
        engine.claim(treat.id, by="bob")
        engine.complete_task(treat.id, by="bob", values={})
        acknowledge(case.id, treat.token)


def acknowledge(case_id: int, token: str) -> None:
    sys.stdout.write(f"{case_id} {token}\n")
    sys.stdout.flush()
