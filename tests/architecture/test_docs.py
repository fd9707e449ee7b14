"""The documents say what is so: commands run and print what they show, links lead somewhere.

Two commands of the README are special. ``dev.py run`` is started, asked for the sign-in page and
stopped by its process id. ``dev.py test`` is what runs these very tests: it is not run again, only
checked to be a command that ``dev.py --help`` explains.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs.generate import FOLDER, PAGES
from engine.clock import SystemClock
from simulation.scenario.document import Document
from tests.architecture.documents import ROOT, commands, documents, links, resolved
from tests.web.cli.conftest import Outcome
from web import bootstrap, demo
from web.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.documents import Command

README = ROOT / "README.md"
TUTORIAL = ROOT / "docs" / "tutorial" / "first-hour.md"
RUN, TEST = "python3 dev.py run", "python3 dev.py test"
IS_SET_UP = (ROOT / ".dev").exists()
PATIENCE_S = 120.0
SHELL = set("&|<>;$`")
CARRIED_BY = re.compile(r"`((?:engine|kpis|simulation|web)\.[\w.]+)`")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A database with one day of the demo, and ``twinflow`` on the path."""
    folder = tmp_path_factory.mktemp("readme")
    url = f"sqlite:///{folder / 'twinflow.db'}"
    changed = {
        "TWINFLOW_DATABASE_URL": url,
        "TWINFLOW_VAR": str(folder),  # the password of a demo that is run here stays as it is
        "TWINFLOW_SQLITE_SYNCHRONOUS": "OFF",
        "TWINFLOW_DEMO_PASSWORD": "a demo password",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "120",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changed.items():
            patch.setenv(name, value)
        patch.setattr(demo, "WORKING_DAYS", 1)
        bootstrap.prepare_database()
        demo.load(bootstrap.settings_from_environment(), now=SystemClock().now())
        yield dict(os.environ)


def runnable(document: Path) -> list[Command]:
    return [command for command in commands(document) if command.line not in {RUN, TEST}]


def carried_out(line: str, env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Outcome:
    """Run a command of ``twinflow`` alone in this process, anything else in a shell."""
    program, *arguments = shlex.split(line)
    if program == "twinflow" and not SHELL & set(line):
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main(arguments)
        written = capsys.readouterr()
        return Outcome(int(end.value.code or 0), written.out, written.err)
    done = subprocess.run(
        line, shell=True, cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("document", [README, TUTORIAL], ids=lambda path: path.name)
def test_commands_print_what_the_document_shows(
    document, environment, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(ROOT)
    for command in runnable(document):
        line = command.line.replace("> starter.yaml", f"> {tmp_path}/starter.yaml")
        done = carried_out(line, environment, capsys)
        assert done.status == 0, (line, done.err)
        assert command.prints(done.out + done.err), (line, done.out + done.err)


def test_readme_shows_the_two_commands_first():
    first, second, *_ = commands(README)

    assert (first.line, second.line) == (RUN, TEST)


def test_second_command_of_the_readme_is_one_of_dev_py():
    shown = subprocess.run(
        (sys.executable, "dev.py", "--help"), cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert TEST in shown.stdout


@pytest.mark.slow
@pytest.mark.skipif(not IS_SET_UP, reason="would set up first: python3 dev.py setup")
def test_first_command_of_the_readme_serves_the_sign_in_page(environment):
    port = free_port()
    env = environment | {"TWINFLOW_PORT": str(port)}
    with subprocess.Popen((sys.executable, "dev.py", "run"), cwd=ROOT, env=env) as server:
        try:
            page = wait_for_page(f"http://127.0.0.1:{port}/sign-in", server)
        finally:
            os.kill(server.pid, signal.SIGTERM)
            server.wait(timeout=30)

    assert "Twinflow" in page


def wait_for_page(url: str, server: subprocess.Popen[bytes]) -> str:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} was never served")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_the_document_lead_to_files(document):
    assert [link for link in links(document) if not resolved(document, link).exists()] == []


def test_pictures_are_small():
    pictures = [path for path in (ROOT / "docs" / "pictures").iterdir() if path.is_file()]

    assert pictures
    assert [path.name for path in pictures if path.stat().st_size >= 250_000] == []


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "python3 dev.py docs"


def test_glossary_names_what_exists():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

    assert [name for name in CARRIED_BY.findall(glossary) if not exists(name)] == []


def exists(name: str) -> bool:
    """Return whether a dotted name is a module or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:end]))
        except ImportError:
            continue
        rest = parts[end:]
        for part in rest:
            if part in getattr(found, "__annotations__", {}):
                return True
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_reference_of_scenarios_names_every_field():
    page = (FOLDER / "scenario.md").read_text(encoding="utf-8")

    assert [name for name in Document.model_fields if f"`{name}`" not in page] == []


def test_every_decision_says_what_would_change_our_mind():
    for path in sorted((ROOT / "docs" / "adr").glob("0*.md")):
        text = path.read_text(encoding="utf-8")
        heads = ("**Context.**", "**Decision.**", "**Consequences.**", "would change our mind")
        assert [head for head in heads if head not in text] == [], path.name
