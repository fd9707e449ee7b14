"""As a new user would: deploy, start, walk every lane, lose the server and find everything."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.cli.conftest import VISIT
from web.database import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.cli.conftest import Cli

TWINFLOW = Path(sys.executable).parent / "twinflow"
PATIENCE_S = 60.0
WALK = (  # element, who works there, what is filled in
    ("register", "alice", ("patient=Wang Fang",)),
    ("triage", "charlie", ()),
    ("consult", "bob", ("diagnosis_category=J00-J99", "tests_ordered=yes", "tests=blood")),
    ("pay_tests", "dora", ()),
    ("sample", "erin", ("tube_id=T-1042",)),
    ("result", "", ()),  # the timer
    ("return_consult", "bob", ("result_seen=yes", "medicine_prescribed=yes")),
    ("pay_medicine", "dora", ()),
    ("dispense", "frank", ("medicine_checked=yes",)),
)
KILLED_AFTER = "result"
CAST = {
    "alice": "frontdesk",
    "bob": "doctor",
    "charlie": "nurse",
    "dora": "cashier",
    "erin": "lab",
    "frank": "pharmacist",
}


@dataclass(frozen=True)
class Installation:
    """A folder with a database and the server that works on it."""

    folder: Path
    port: int

    @property
    def env(self) -> dict[str, str]:
        return {key: text for key, text in os.environ.items() if not key.startswith("TWINFLOW_")}

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """Serve on loopback until the block is left."""
        command = [str(TWINFLOW), "serve", "--port", str(self.port)]
        server = subprocess.Popen(command, cwd=self.folder, env=self.env, start_new_session=True)
        try:
            self.wait_until_ready(server)
            yield server
        finally:
            if server.poll() is None:
                server.terminate()
            server.wait(timeout=PATIENCE_S)

    def wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while server.poll() is None and time.monotonic() < deadline:
            try:
                if "csrf_token" in self.page("/sign-in"):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not become ready")

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return str(answer.read().decode())


@pytest.fixture
def installation(home: Path) -> Installation:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return Installation(home, port)


def perform(cli: Cli, case: int, element: str, user: str, values: tuple[str, ...]) -> None:
    """Claim and complete the task of a case that waits at an element."""
    waiting = cli("tasks", "--as", user, "--json").document
    task = next(t for t in waiting if (t["instance_id"], t["element_id"]) == (case, element))
    settings = [part for value in values for part in ("--set", value)]
    assert cli("claim", task["id"], "--as", user).status == 0
    completed = cli("complete", task["id"], "--as", user, *settings)
    assert completed.status == 0, completed.err


def let_the_result_be_ready(case: int) -> None:
    """Fire the timer of the laboratory as a manager would, without waiting 35 minutes."""
    engine = open_engine()
    for timer in engine.timers(case):
        engine.fire_timer_now(timer.id, by="alice", reason="test")
    engine.close()


@pytest.fixture
def case(cli: Cli) -> int:
    """A case of a clinic where somebody works in every lane."""
    for user, group in CAST.items():
        person = ("--group", group, "--role", "manager", "--password", "long enough")
        assert cli("user", "add", user, *person).status == 0
    assert cli("deploy", VISIT / "as_is.bpmn").status == 0
    return int(cli("start", "patient_visit", "--as", "alice", "--json").document["case"]["id"])


@pytest.mark.slow
def test_case_walks_through_every_lane_and_survives_a_killed_server(cli, case, installation):
    walk = iter(WALK)
    with installation.serving() as server:
        for step in itertools.takewhile(lambda step: step[0] != KILLED_AFTER, walk):
            perform(cli, case, *step)
        before = cli("instance", case, "--as", "alice", "--json").document
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    with installation.serving():
        after = cli("instance", case, "--as", "alice", "--json").document
        let_the_result_be_ready(case)
        for step in walk:
            perform(cli, case, *step)

    ended = cli("instance", case, "--as", "alice", "--json").document
    assert after == before
    assert ended["case"]["state"] == "completed"


@pytest.mark.slow
def test_taken_port_is_said_in_words(installation):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", installation.port))
        holder.listen()

        refused = subprocess.run(
            (TWINFLOW, "serve", "--port", str(installation.port)),
            cwd=installation.folder,
            env=installation.env,
            capture_output=True,
            text=True,
            check=False,
        )

    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1:{installation.port}" in refused.stderr
