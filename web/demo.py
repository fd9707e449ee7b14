"""The demo: people for every lane, weeks of finished cases, and a task that waits for each.

Finished cases are simulated from the shipped AS-IS scenario, day by day, and stored as history,
so that live and simulated figures can be compared from the first minute.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.identity import Role, User, UserId
from engine.errors import NotFound
from web.bootstrap import open_engine, var_folder
from web.demo_cases import start_waiting_cases
from web.demo_history import finished_days
from web.library import read_library
from web.security import Passwords

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from engine.process_engine import ProcessEngine
    from web.settings import Settings

PROCESS = "patient_visit"
WORKING_DAYS = 10
ANALYSIS = frozenset({Role.ANALYST, Role.QUALITY, Role.DESIGNER})
PEOPLE = (
    User(
        UserId("alice"),
        "Alice Archer",
        frozenset({"frontdesk"}),
        frozenset({Role.STAFF, Role.MANAGER}),
    ),
    User(UserId("bob"), "Bob Baker", frozenset({"doctor"})),
    User(UserId("charlie"), "Charlie Chen", frozenset({"nurse"})),
    User(UserId("dora"), "Dora Diaz", frozenset({"cashier"})),
    User(UserId("erin"), "Erin Evans", frozenset({"lab"})),
    User(UserId("frank"), "Frank Feng", frozenset({"pharmacist"})),
    User(UserId("grace"), "Grace Gao", frozenset(), ANALYSIS),
    User(UserId("heidi"), "Heidi Holm", frozenset(), frozenset({Role.ADMIN})),
    User(UserId("kiosk"), "Kiosk and patients", frozenset({"kiosk", "customer"})),
)
# The first of each role has an account; colleagues only appear in finished work.
ROSTER = {
    "frontdesk": ("alice", "amir"),
    "nurse": ("charlie", "chiara"),
    "doctor": ("bob", "boris", "bella", "bashir", "bianca", "benedikt", "birgit"),
    "cashier": ("dora",),
    "lab": ("erin", "elif", "emil"),
    "pharmacist": ("frank",),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much was brought into the database; nothing if it was there already."""

    people: int
    finished_cases: int
    waiting_cases: int


def load(settings: Settings, *, password: str, now: datetime) -> Loaded:
    """Bring the demo into the database; what is there already stays."""
    engine = open_engine()
    try:
        people = add_people(engine, settings, password)
        if any(engine.count_instances(process_key=PROCESS).values()):
            return Loaded(people, 0, 0)
        finished = import_days(engine, now)
    finally:
        engine.close()
    waiting = start_waiting_cases(lambda clock: open_engine(clock=clock), now=now)
    return Loaded(people, finished, waiting)


def add_people(engine: ProcessEngine, settings: Settings, password: str) -> int:
    """Add those who are missing, and see to it that everybody has this password."""
    passwords = Passwords(engine, settings.password_cost)
    password_hash, added = passwords.hash(password), 0
    for person in PEOPLE:
        try:
            engine.user(person.id)
        except NotFound:
            engine.add_user(person, password_hash=password_hash)
            added += 1
    if passwords.user_with(PEOPLE[0].id, password) is None:
        for person in PEOPLE:
            engine.set_password_hash(person.id, password_hash)
    return added


def import_days(engine: ProcessEngine, now: datetime) -> int:
    """Store the finished cases and return how many."""
    folder = next(folder for folder in read_library() if folder.key == PROCESS)
    scenario = folder.models[folder.default].scenario
    assert scenario is not None
    definition = engine.definition(PROCESS)
    days = finished_days(scenario, now=now, count=WORKING_DAYS, roster=ROSTER)
    return sum(engine.import_history(definition.id, day) for day in days)


def demo_password(folder: Path | None = None) -> str:
    """Return TWINFLOW_DEMO_PASSWORD, or the password kept in a file; made when it is missing."""
    path = (folder or var_folder()) / "demo-password"
    if given := os.environ.get("TWINFLOW_DEMO_PASSWORD"):
        return given
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.token_hex(5)}\n", encoding="ascii")
    return path.read_text(encoding="ascii").strip()
