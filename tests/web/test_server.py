"""The web server: its settings, and assets that browsers keep."""

import subprocess
import sys

import pytest
from werkzeug.test import Client

from web.server import LATE_MODULES, Server, Serving, warm_up, with_assets
from web.settings import Settings


def empty_application(_environ, start_response):
    """A WSGI application that has no page."""
    start_response("404 NOT FOUND", [])
    return [b""]


@pytest.fixture
def assets(tmp_path, monkeypatch) -> Client:
    """A browser in front of two built files."""
    (tmp_path / "dist").mkdir()
    for name in ("base-iv_0u5-n.js", "manifest.json"):
        (tmp_path / "dist" / name).write_text("{}")
    monkeypatch.setattr("web.server.STATIC", tmp_path)
    return Client(with_assets(empty_application))


def test_file_with_a_hash_in_its_name_is_kept_for_good(assets):
    with assets.get("/static/dist/base-iv_0u5-n.js") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_file_without_a_hash_is_asked_for_again(assets):
    with assets.get("/static/dist/manifest.json") as answer:
        assert "immutable" not in answer.headers["Cache-Control"]


def test_other_paths_are_the_applications(assets):
    assert assets.get("/tasks").status_code == 404


def test_server_is_one_process_with_threads_and_no_control_socket():
    server = Server(Settings(), Serving(port=8123, threads=3))

    assert server.cfg.settings["workers"].get() == 1
    assert server.cfg.settings["threads"].get() == 3
    assert server.cfg.settings["worker_class"].get() == "gthread"
    assert server.cfg.settings["control_socket_disable"].get() is True
    assert server.cfg.settings["bind"].get() == ["127.0.0.1:8123"]


def test_sign_in_page_does_not_wait_for_statistics():
    script = (
        "import sys, web.server, web.demo; print(*{'numpy', 'pandas', 'scipy'} & {*sys.modules})"
    )

    loaded = subprocess.run((sys.executable, "-c", script), capture_output=True, check=True)

    assert loaded.stdout.split() == []


def test_late_modules_exist():
    warm_up()

    assert set(LATE_MODULES) <= sys.modules.keys()
