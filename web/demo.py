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
from web.bootstrap import var_folder
from web.database import open_engine
from web.demo_cases import start_waiting_cases
from web.demo_complaints import start_complaints
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
        "李爱丽 / Alice Li",
        frozenset({"frontdesk"}),
        frozenset({Role.STAFF, Role.MANAGER}),
    ),
    User(UserId("bob"), "鲍文博 / Bob Bao", frozenset({"doctor"})),
    User(UserId("charlie"), "陈佳丽 / Charlie Chen", frozenset({"nurse"})),
    User(UserId("dora"), "杜朵拉 / Dora Du", frozenset({"cashier"})),
    User(UserId("erin"), "艾琳 / Erin Ai", frozenset({"lab"})),
    User(UserId("frank"), "冯方 / Frank Feng", frozenset({"pharmacist"})),
    User(UserId("grace"), "高恩慈 / Grace Gao", frozenset(), ANALYSIS),
    User(UserId("heidi"), "何海迪 / Heidi He", frozenset(), frozenset({Role.ADMIN})),
    User(UserId("ines"), "殷诗 / Ines Yin", frozenset({"agent"})),
    User(UserId("jonas"), "姜南 / Jonas Jiang", frozenset({"agent"})),
    User(UserId("karl"), "柯磊 / Karl Ke", frozenset({"leader"})),
    User(UserId("lena"), "雷娜 / Lena Lei", frozenset({"manager"})),
    User(UserId("mia"), "米娅 / Mia Mi", frozenset({"handler"})),
    User(UserId("nora"), "倪诺 / Nora Ni", frozenset({"executive"})),
    User(UserId("oscar"), "欧凯 / Oscar Ou", frozenset({"quality"})),
    User(UserId("paula"), "潘兰 / Paula Pan", frozenset({"finance"})),
    User(UserId("kiosk"), "自助机与患者 / Kiosk and patients", frozenset({"kiosk", "customer"})),
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


def load(settings: Settings, *, now: datetime, var: Path | None = None) -> Loaded:
    """Bring the demo into the database; what is there already stays."""
    password = DemoPassword(var or var_folder())
    engine = open_engine()
    try:
        people = add_people(engine, settings, password)
        if any(engine.count_instances(process_key=PROCESS).values()):
            return Loaded(people, 0, 0)
        finished = import_days(engine, now)
    finally:
        engine.close()
    waiting = start_waiting_cases(lambda clock: open_engine(clock=clock), now=now)
    archived, complaints = start_complaints(lambda clock: open_engine(clock=clock), now=now)
    return Loaded(people, finished + archived, waiting + complaints)


def add_people(engine: ProcessEngine, settings: Settings, password: DemoPassword) -> int:
    """Add those who are missing, and see to it that everybody has the password."""
    known = {person.id for person in engine.users()}
    missing = [person for person in PEOPLE if person.id not in known]
    if missing or password.is_new:
        password_hash = Passwords(engine, settings.password_cost).hash(password.text)
        for person in missing:
            engine.add_user(person, password_hash=password_hash)
        for person in PEOPLE:
            engine.set_password_hash(person.id, password_hash)
        password.keep()
    return len(missing)


def import_days(engine: ProcessEngine, now: datetime) -> int:
    """Store the finished cases and return how many."""
    from web.demo_history import finished_days  # pandas and scipy: only the first start waits

    folder = next(folder for folder in read_library() if folder.key == PROCESS)
    scenario = folder.models[folder.default].scenario
    assert scenario is not None
    definition = engine.definition(PROCESS)
    days = finished_days(scenario, now=now, count=WORKING_DAYS, roster=ROSTER)
    return sum(engine.import_history(definition.id, day) for day in days)


class DemoPassword:
    """The password of all demo people: TWINFLOW_DEMO_PASSWORD, or what a file keeps."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "demo-password"
        kept = self._path.read_text(encoding="utf-8").strip() if self._path.exists() else ""
        self.text = os.environ.get("TWINFLOW_DEMO_PASSWORD") or kept or secrets.token_hex(5)
        self.is_new = self.text != kept

    def keep(self) -> None:
        """Write the password where only the owner of the installation may read it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        self._path.write_text(f"{self.text}\n", encoding="utf-8")
