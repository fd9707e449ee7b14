"""A clinic on a real engine, a clock that stands still, and the cast.

Alice works at the front desk, Bob is the doctor, Charlie sees nothing, Dora manages. The tests of
pages and those in a browser share all of it; their conftests import the fixtures.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine
from web.application import work_with
from web.context import EXTENSION
from web.security import Passwords
from web.settings import PasswordCost, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from web.context import Services

CLINIC = Path(__file__).parent / "clinic"
PROCESS = "clinic_visit"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PASSWORD = "correct horse battery"
CHEAP = PasswordCost(time_cost=1, memory_cost_kib=8, parallelism=1)
CAST = (
    User(UserId("alice"), "李爱丽 / Alice Li", frozenset({"frontdesk"})),
    User(UserId("bob"), "鲍医生 / Bob Bao", frozenset({"doctor"})),
    User(UserId("charlie"), "查理 / Charlie Cha"),
    User(UserId("dora"), "杜朵拉 / Dora Du", frozenset(), frozenset({Role.STAFF, Role.MANAGER})),
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture
def settings() -> Settings:
    return Settings(secret_key="k" * 32, is_demo=True, password_cost=CHEAP)


def forms() -> dict[str, dict[str, object]]:
    """Return the clinic's forms by key."""
    return {file.stem: orjson.loads(file.read_bytes()) for file in CLINIC.glob("*.form")}


def open_clinic(folder: Path, clock: FixedClock) -> ProcessEngine:
    """Return an engine with the clinic's process and people."""
    config = EngineConfig(f"sqlite:///{folder / 'clinic.db'}", sqlite_synchronous="OFF")
    engine = ProcessEngine.open(config, clock=clock)
    engine.deploy((CLINIC / "visit.bpmn").read_bytes(), source="visit.bpmn", forms=forms())
    passwords = Passwords(engine, CHEAP)
    for user in CAST:
        engine.add_user(user, password_hash=passwords.hash(PASSWORD))
    return engine


def copied_clinic(template: Path, folder: Path, clock: FixedClock) -> ProcessEngine:
    """Return an engine on a copy of a prepared clinic."""
    file = shutil.copy(template / "clinic.db", folder)
    config = EngineConfig(f"sqlite:///{file}", sqlite_synchronous="OFF")
    return ProcessEngine.open(config, clock=clock)


def on_stage(app: Flask, services: Services) -> Flask:
    """Let an application of an earlier test work with the services of this one alone."""
    for name in [name for name in app.extensions if name.startswith(EXTENSION)]:
        del app.extensions[name]  # Health keeps there what it measured
    work_with(app, services)
    return app


@pytest.fixture(scope="session")
def clinic_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of a clinic that nobody has worked in yet."""
    folder = tmp_path_factory.mktemp("clinic")
    open_clinic(folder, FixedClock(MONDAY)).close()
    return folder


@pytest.fixture
def engine(clinic_template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[ProcessEngine]:
    opened = copied_clinic(clinic_template, tmp_path, clock)
    yield opened
    opened.close()
