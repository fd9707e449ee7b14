"""A clinic on a real engine, a clock that stands still, and the cast.

Alice works at the front desk, Bob is the doctor, Charlie sees nothing, Dora manages. Part F's
pages use the same application.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest
from jinja2 import FileSystemBytecodeCache

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine
from web import create_app
from web.context import Services
from web.experiments import Experiments
from web.security import Passwords
from web.settings import PasswordCost, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from engine.domain.instance import ProcessInstance

ROOT = Path(__file__).parents[2]
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


@dataclass(frozen=True)
class Browser:
    """A client that sends the token of the page with every form, as a browser does."""

    client: FlaskClient

    def get(self, url: str, **options: object) -> TestResponse:
        return self.client.get(url, **options)

    def post(self, url: str, *, page: str = "/tasks", **fields: str) -> TestResponse:
        answer = self.client.get(page, follow_redirects=True)
        token = answer.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        return self.client.post(url, data={"csrf_token": token, **fields})

    def values(self, url: str, values: object, **fields: str) -> TestResponse:
        return self.post(url, values=orjson.dumps(values).decode(), **fields)


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


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A front end that needs no Node: every entry, built of nothing."""
    entries = (ROOT / "frontend" / "src" / "entries").glob("*.js")
    chunks = {f"src/entries/{file.name}": {"file": f"assets/{file.name}"} for file in entries}
    path = tmp_path_factory.mktemp("dist") / "manifest.json"
    path.write_bytes(orjson.dumps(chunks))
    return path


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all applications of the tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    engine: ProcessEngine,
    settings: Settings,
    clock: FixedClock,
    tmp_path: Path,
    manifest: Path,
    bytecode: FileSystemBytecodeCache,
) -> Flask:
    experiments = Experiments(tmp_path / "experiments", clock=clock)
    services = Services(engine, experiments, settings, clock)
    application = create_app(services, manifest=manifest)
    application.jinja_env.bytecode_cache = bytecode
    application.config["TESTING"] = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    return application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Browser]:
    """Return a browser in which that person has signed in."""

    def enter(user_id: str) -> Browser:
        browser = Browser(app.test_client())
        answer = browser.post("/sign-in", page="/sign-in", user=user_id, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return browser

    return enter


@pytest.fixture
def alice(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("alice")


@pytest.fixture
def bob(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("bob")


@pytest.fixture
def charlie(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("charlie")


@pytest.fixture
def dora(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("dora")


@pytest.fixture
def case(engine: ProcessEngine) -> ProcessInstance:
    """A case that waits at the front desk for registration."""
    return engine.start_process(PROCESS, by="alice", start_event="walk_in", business_key="C-1")
