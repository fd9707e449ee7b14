"""The application on a clinic (tests.web.clinic), and people who have signed in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from tests.web.clinic import PASSWORD, PROCESS, clinic_template, clock, engine, on_stage, settings
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

COOKIE = "twinflow"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Browser:
    """A client that sends the token of its session with every form, as a browser does."""

    client: FlaskClient
    token: str = ""  # a page that is named gives its own

    def get(self, url: str, **options: object) -> TestResponse:
        return self.client.get(url, **options)

    def post(self, url: str, *, page: str = "", **fields: str) -> TestResponse:
        token = self.token_of(page) if page else self.token
        return self.client.post(url, data={"csrf_token": token, **fields})

    def token_of(self, page: str) -> str:
        answer = self.client.get(page, follow_redirects=True)
        return answer.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

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
def built() -> list[Flask]:
    """The application, once the first test has built it: only its services change."""
    return []


@pytest.fixture
def app(
    engine: ProcessEngine,
    settings: Settings,
    clock: FixedClock,
    tmp_path: Path,
    manifest: Path,
    built: list[Flask],
) -> Flask:
    experiments = Experiments(tmp_path / "experiments", clock=clock)
    services = Services(engine, experiments, settings, clock)
    if not built:
        built.append(create_app(services, manifest=manifest))
        built[0].config["TESTING"] = True
        built[0].config["PROPAGATE_EXCEPTIONS"] = False
    return on_stage(built[0], services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def sessions() -> dict[str, tuple[str, str]]:
    """Of everybody who has signed in: the cookie and the token that belongs to it."""
    return {}


@pytest.fixture
def sign_in(app: Flask, sessions: dict[str, tuple[str, str]]) -> Callable[[str], Browser]:
    """Return a browser in which that person has signed in, in this test or in one before."""

    def enter(user_id: str) -> Browser:
        client = app.test_client()
        if user_id not in sessions:
            sessions[user_id] = signed_in(client, user_id)
        cookie, token = sessions[user_id]
        client.set_cookie(COOKIE, cookie)
        return Browser(client, token)

    return enter


def signed_in(client: FlaskClient, user_id: str) -> tuple[str, str]:
    browser = Browser(client)
    answer = browser.post("/sign-in", page="/sign-in", user=user_id, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    token = browser.token_of("/tasks")
    return client.get_cookie(COOKIE).value, token


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
