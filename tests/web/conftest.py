"""The application on a clinic (tests.web.clinic), and people who have signed in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest
from jinja2 import FileSystemBytecodeCache

from tests.web.clinic import PASSWORD, PROCESS, clinic_template, clock, engine, settings
from web import create_app
from web.context import Services
from web.experiments import Experiments

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from engine.clock import FixedClock
    from engine.domain.instance import ProcessInstance
    from engine.process_engine import ProcessEngine
    from web.settings import Settings

__all__ = ["clinic_template", "clock", "engine", "settings"]  # fixtures, for the tests below

ROOT = Path(__file__).parents[2]


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
