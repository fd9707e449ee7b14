"""What git tracks works for everybody: no address, no path of somebody's machine."""

import json
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, name_of, tracked_files

REGISTRY = re.compile(r"(registry|files|pypi)\.(npmjs|pythonhosted|org)\b|npmmirror|simple/$")
MACHINE_PATH = re.compile(r"(?<![\w.$~/-])/(home|root|work|Users)/\w")
TEXT = re.compile(
    r"\.(py|md|toml|ya?ml|json|js|css|html|cfg|ini|po|bpmn|form|txt|lock|mako|svg)$|/\.?\w+$"
)


def text_files() -> tuple[Path, ...]:
    """Return the tracked files that people read."""
    return tuple(
        path for path in tracked_files() if TEXT.search(str(path)) and path != Path(__file__)
    )


@pytest.mark.parametrize("name", ["requirements.lock", "frontend/.npmrc"])
def test_lock_or_setting_holds_no_address(name):
    text = (ROOT / name).read_text()

    assert not re.search(r"https?:|file:|--index|--find-links|--extra-index", text)


def test_front_end_lock_holds_no_address_of_a_package():
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()


def test_python_lock_has_a_hash_for_every_package():
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())

    assert all("==" in block and "--hash=sha256:" in block for block in blocks)


def test_front_end_lock_has_a_hash_for_every_package():
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]

    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_no_file_names_a_registry_host():
    assert [name_of(path) for path in text_files() if REGISTRY.search(path.read_text())] == []


def test_no_file_names_a_path_of_somebodys_machine():
    found = {name_of(path): MACHINE_PATH.search(path.read_text()) for path in text_files()}

    assert {name: match.group() for name, match in found.items() if match} == {}
