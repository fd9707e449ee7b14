"""dev.py: steps are skipped by their stamps, and a failing step says what to do."""

import ast
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.architecture.sources import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that dev.py takes for the repository."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "DEV", tmp_path)
    (tmp_path / "input").write_text("one")
    return tmp_path


@pytest.fixture
def done() -> list[str]:
    """What the step below has done."""
    return []


@pytest.fixture
def step(folder: Path, done: list[str]) -> dev.Step:
    """A step that makes a product from an input."""

    def action(step: dev.Step) -> None:
        done.append(step.name)
        step.product.touch()

    return dev.Step("a step", [folder / "input", "1.0"], folder / "product", action, "try again.")


def test_checks_keep_what_python_compiles_where_a_container_says_not_to(folder, monkeypatch):
    python = folder / "python"
    python.write_text('#!/bin/sh\nenv > "$0.env"\n')
    python.chmod(0o700)
    monkeypatch.setattr(dev, "PYTHON", python)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("TWINFLOW_TIMEZONE", "Mars")

    assert dev.test(["-q"]) == 0
    env = (folder / "python.env").read_text()
    assert f"PYTHONPYCACHEPREFIX={folder}/pycache\n" in env
    assert "PYTHONDONTWRITEBYTECODE" not in env
    assert "TWINFLOW_" not in env


def test_step_is_skipped_while_nothing_changes(step, done):
    step.ensure()
    step.ensure()

    assert done == ["a step"]


def test_step_is_done_again_when_an_input_changes(step, done, folder):
    step.ensure()
    (folder / "input").write_text("two")
    step.ensure()

    assert len(done) == 2


def test_step_is_done_again_when_its_product_is_gone(step, done):
    step.ensure()
    step.product.unlink()
    step.ensure()

    assert len(done) == 2


def test_failing_step_says_what_to_do_and_where_its_log_is(folder):
    step = dev.Step(
        "a step", (), folder / "x", lambda step: step.run("sh", "-c", "echo oh; exit 3"), "do this."
    )

    with pytest.raises(
        dev.StepFailed, match=r"a step failed: do this\. Log: a-step\.log"
    ) as failed:
        step.ensure()

    assert "\n" not in str(failed.value)
    assert (folder / "a-step.log").read_text().splitlines()[-1] == "oh"
    assert not (folder / "a-step.stamp").exists()


def test_missing_python_venv_is_named(step, monkeypatch):
    monkeypatch.setattr(dev, "PYTHON", Path("nowhere"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(dev.StepFailed, match="apt-get install python3-venv"):
        dev.make_venv(step)


def test_taken_port_is_passed_over(monkeypatch):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        monkeypatch.setenv("TWINFLOW_PORT", str(taken))

        assert dev.free_port() > taken


@pytest.mark.parametrize("wish", ["web", "0", "99999"])
def test_port_that_is_none_is_refused_in_words(monkeypatch, wish):
    monkeypatch.setenv("TWINFLOW_PORT", wish)

    with pytest.raises(dev.StepFailed, match="TWINFLOW_PORT"):
        dev.free_port()


def test_unknown_command_shows_the_manual(capsys):
    assert dev.main(["dance"]) == 2
    assert "python3 dev.py run" in capsys.readouterr().out


def test_dev_needs_the_standard_library_alone():
    tree = ast.parse((ROOT / "dev.py").read_bytes())
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported <= set(sys.stdlib_module_names)


def test_golden_files_are_found_by_their_mark():
    chosen = ("-m", "golden", "--collect-only", "tests/simulation/test_golden_run.py")
    command = (sys.executable, "-m", "pytest", *chosen)

    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "tests/simulation/test_golden_run.py" in found.stdout
