"""The source files that the architecture tests read."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "kpis", "simulation", "web", "processes")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files that git tracks and that are still there."""
    listing = subprocess.run(
        ("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def python_files(*folders: str) -> tuple[Path, ...]:
    """Return the Python files below these folders of the repository."""
    return tuple(path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


def name_of(path: Path) -> str:
    """Return the path as the reader of a failure message wants to see it."""
    return path.relative_to(ROOT).as_posix()
