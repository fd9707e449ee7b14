"""Replies to a commit that are lost: who asks again under the same key learns what was stored.

One that breaks before the commit is made again, and the command with it.
"""

from __future__ import annotations

import socket
import threading
from contextlib import closing, suppress

import pytest
import sqlalchemy as sa

from engine.config import EngineConfig
from engine.errors import StoreUnavailable
from engine.process_engine import ProcessEngine
from engine.store.database import Database
from tests.engine.conftest import CAST
from tests.engine.models import REGISTER_FORM, VISIT

pytestmark = pytest.mark.postgresql

REQUESTS, DROPPED_EVERY = 24, 4


class Proxy:
    """Stands between client and server; now and then it swallows the answer to a COMMIT."""

    def __init__(self, server_socket):
        self._server_socket = server_socket
        self.commits, self.dropped, self.is_dropping, self.url = 0, 0, False, ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server_socket)
                pair = (client, server)
                threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, client, server):
        answers = threading.Thread(target=self._back, args=(client, server), daemon=True)
        answers.start()
        with client, server, suppress(OSError):
            while told := client.recv(65536):
                is_lost = self.is_dropping and b"COMMIT" in told and self._is_to_be_dropped()
                if is_lost:  # first: the answer must not get through
                    client.shutdown(socket.SHUT_RDWR)
                server.sendall(told)
                if is_lost:
                    answers.join()
                    return

    def _is_to_be_dropped(self):
        self.commits += 1
        is_lost = self.commits % DROPPED_EVERY == 0
        self.dropped += is_lost
        return is_lost

    def _back(self, client, server):
        with suppress(OSError):
            while told := server.recv(65536):
                client.sendall(told)  # fails once the client is cut off: the server has answered


@pytest.fixture
def proxy(postgresql_database):
    """An engine behind a proxy that loses replies."""
    url = sa.make_url(postgresql_database)
    place = f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"
    with closing(Proxy(place)) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query={})
        proxy.url = through.render_as_string(hide_password=False)
        yield proxy


@pytest.fixture
def engine(proxy, clock):
    with closing(ProcessEngine.open(EngineConfig(proxy.url), clock=clock)) as engine:
        for user in CAST:
            engine.add_user(user)
        engine.deploy(VISIT, source="visit.bpmn", forms={"register": REGISTER_FORM})
        yield engine


def answered(command, *args, **values):
    """Ask until there is an answer, as a browser's user does."""
    for _ in range(5):
        with suppress(StoreUnavailable):
            return command(*args, **values)
    raise AssertionError("no answer five times")


def start_all(engine, proxy, keys):
    """Start a case for each key while replies are lost."""
    proxy.is_dropping = True
    cases = [
        answered(engine.start_process, "patient_visit", by="alice", idempotency_key=key).id
        for key in keys
    ]
    proxy.is_dropping = False
    return cases


def test_command_whose_reply_was_lost_is_carried_out_once_under_its_key(engine, proxy):
    cases = start_all(engine, proxy, [f"request {number}" for number in range(REQUESTS)])

    assert proxy.dropped >= REQUESTS // DROPPED_EVERY
    assert len(set(cases)) == engine.count_instances()["active"] == REQUESTS
    assert engine.check_history().is_sound


def test_command_whose_reply_was_lost_is_carried_out_twice_without_a_key(engine, proxy):
    start_all(engine, proxy, [None] * REQUESTS)

    assert engine.count_instances()["active"] == REQUESTS + proxy.dropped > REQUESTS


def test_command_whose_reply_was_lost_is_not_run_again_by_itself(engine, proxy):
    attempts = []

    def work(tx):
        attempts.append(1)
        tx.execute(sa.text("INSERT INTO app_user VALUES ('eve', 'Eve', true, NULL)"))

    proxy.commits, proxy.is_dropping = DROPPED_EVERY - 1, True
    with pytest.raises(StoreUnavailable):
        engine._context.database.run(work)
    proxy.is_dropping = False

    assert len(attempts) == 1  # it may be stored, and here it is
    assert engine.user("eve").name == "Eve"


@pytest.fixture
def database(postgresql_database, monkeypatch):
    monkeypatch.setattr("engine.store.database.FIRST_PAUSE_S", 0.0)
    config = EngineConfig(postgresql_database)
    with closing(Database.open(config)) as database:
        yield database


def break_connection(tx):
    tx.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_command_whose_connection_breaks_before_the_commit_runs_again(database):
    attempts = []

    def work(tx):
        attempts.append(1)
        tx.execute(sa.text("INSERT INTO app_user VALUES ('eve', 'Eve', true, NULL)"))
        if len(attempts) == 1:
            break_connection(tx)
        return tx.scalar(sa.text("SELECT count(*) FROM app_user"))

    assert (database.run(work), len(attempts)) == (1, 2)


def test_connection_that_breaks_again_and_again_is_told_in_words(database):
    with pytest.raises(StoreUnavailable, match="terminating connection"):
        database.run(break_connection)
    assert database.run(lambda tx: tx.scalar(sa.text("SELECT 7"))) == 7
