"""A real Chromium on a real server; errors of the page fail the test that caused them."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.web.clinic import PASSWORD, clinic_template, clock, engine, on_stage, settings
from web import create_app
from web.context import Services
from web.experiments import Experiments
from web.server import with_assets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

    from engine.clock import FixedClock
    from engine.process_engine import ProcessEngine
    from web.settings import Settings

__all__ = ["clinic_template", "clock", "engine", "settings"]  # fixtures, for the tests below

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
EMPTY = "/empty"  # a page that no application has
COOKIE = "twinflow"  # of the session; another keeps the language
SESSIONS: dict[str, Any] = {}  # of everybody who has signed in
DESK: ViewportSize = {"width": 1280, "height": 800}
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
    "--font-render-hinting=none",
]
COLLECT_VIOLATIONS = """
window.cspViolations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.cspViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""

FIND_VIOLATIONS = """
axe.run({exclude: [['.djs-container']]}, {resultTypes: ['violations']})
  .then((result) => result.violations)"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Quiet(WSGIRequestHandler):
    """Answers requests without a line in the log for each."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Screen:
    """A page that watches for errors and knows when its islands are ready."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.problems: list[str] = []
        page.on("pageerror", self._note)
        page.on("console", self._listen)

    def _note(self, error: Error) -> None:
        self.problems.append(f"error: {error}")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text}")

    def leave(self) -> None:
        """Leave the page as nobody's; first the cookies, so that a last word of it does nothing."""
        self.page.remove_listener("pageerror", self._note)
        self.page.remove_listener("console", self._listen)
        self.page.context.clear_cookies()
        self.page.goto(self.address + EMPTY)
        self.page.evaluate("sessionStorage.clear()")
        self.page.set_viewport_size(DESK)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.ready()

    def ready(self) -> None:
        """Wait until the page and every island on it are mounted."""
        self.page.locator("body[data-ready]").wait_for(state="attached")
        expect(self.page.locator("[data-island]:not([data-ready])")).to_have_count(0)

    def sign_in(self, user: str) -> None:
        """Sign in as the form does, but draw neither its page nor the one behind it."""
        if user in SESSIONS:
            self.page.context.add_cookies([SESSIONS[user]])
            return
        requests, url = self.page.context.request, f"{self.address}/sign-in"
        token = requests.get(url).text().split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        form = {"csrf_token": token, "user": user, "password": PASSWORD}
        answer = requests.post(url, form=form, max_redirects=0)
        assert answer.status == 303, answer.text()
        cookies = {cookie["name"]: cookie for cookie in self.page.context.cookies()}
        SESSIONS[user] = cookies[COOKIE]

    def sign_in_by_hand(self, user: str) -> None:
        """Sign in with the form; the page of one's tasks follows."""
        self.open("/sign-in")
        self.page.locator("#user").fill(user)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("form.tf-sign-in-fields button").click()
        self.ready()

    def speak(self, language: str) -> None:
        """Ask for the pages in a language: en, zh_Hans or zh_Hant."""
        cookie = {"name": "language", "value": language, "url": self.address}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def serious_findings(self) -> list[str]:
        """Return what axe finds seriously wrong; the diagram's own drawing is left out."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = self.page.evaluate(FIND_VIOLATIONS)
        return [
            f"{finding['id']}: {[node['html'][:160] for node in finding['nodes']]}"
            for finding in violations
            if finding["impact"] in ("serious", "critical")
        ]

    def is_wider_than_the_screen(self) -> bool:
        width = "document.documentElement"
        return bool(self.page.evaluate(f"{width}.scrollWidth > {width}.clientWidth"))


class Stage:
    """One address on which each test has the application to itself.

    The browser, its page and what it compiled of the scripts stay from test to test: a page that
    is opened in a fresh browser costs four times as much. So do the application and the sessions.
    """

    def __init__(self) -> None:
        self.app: Flask | None = None
        self.built: Flask | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.app and environ["PATH_INFO"] != EMPTY:
            return self.app(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/html"), ("Cache-Control", "no-store")])
        return [b"<!doctype html><link rel='icon' href='data:,'>"]


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def address(stage: Stage) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, with_assets(stage), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=False, args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def kept() -> list[Page]:
    """The page of all tests; none before the first and behind one that broke it."""
    return []


@pytest.fixture
def app(
    engine: ProcessEngine, settings: Settings, clock: FixedClock, tmp_path: Path, stage: Stage
) -> Iterator[Flask]:
    experiments = Experiments(tmp_path / "experiments", clock=clock)
    services = Services(engine, experiments, settings, clock)
    stage.built = stage.built or create_app(services)
    stage.app = on_stage(stage.built, services)
    yield stage.app
    stage.app = None


@pytest.fixture
def screen(chromium: Browser, kept: list[Page], app: Flask, address: str) -> Iterator[Screen]:
    """The page of all tests as if it were new; what went wrong on it fails the test."""
    if not kept:
        context = chromium.new_context(locale="en-GB", viewport=DESK, reduced_motion="reduce")
        context.add_init_script(COLLECT_VIOLATIONS)
        kept.append(context.new_page())
    opened = Screen(kept[0], address)
    yield opened
    try:
        violations = opened.page.evaluate("window.cspViolations || []")
        opened.leave()
    except Error:
        kept.pop().context.close()  # the next test gets another
        raise
    assert [*opened.problems, *violations] == []
