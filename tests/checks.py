"""Every check of ``python3 dev.py test``: the static tools beside pytest on two workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import slipcover

from tests import covering

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / ".dev"
MEMORY_NEEDED_B = 4 * 2**30
FULLY_COVERED = ("engine/domain/", "kpis/stats/")
Command = tuple[str, ...]
PYTHON_TOOLS = Path(sys.executable).parent
STATIC_TOOLS: dict[str, Command] = {
    "ruff format": (f"{PYTHON_TOOLS}/ruff", "format", "--check", "."),
    "ruff check": (f"{PYTHON_TOOLS}/ruff", "check", "."),
    "lint-imports": (f"{PYTHON_TOOLS}/lint-imports",),
    "mypy": (f"{PYTHON_TOOLS}/mypy",),
    "vitest": ("npm", "--prefix", "frontend", "test"),
}


def passes(name: str, command: Sequence[str]) -> bool:
    """Run one tool and say how it went; its output is shown only if it fails."""
    started, log = time.monotonic(), LOGS / f"{name}.log"
    with log.open("wb") as out:
        done = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, check=False)
    verdict = f"FAILED\n{log.read_text(errors='replace')}" if done.returncode else "ok"
    print(f"{name} ({time.monotonic() - started:.1f} s): {verdict}", flush=True)
    return done.returncode == 0


def memory_folder() -> Path | None:
    """Return a folder that lies in memory and has room for the files of the tests, if any."""
    folder = Path("/dev/shm")
    has_room = folder.is_dir() and shutil.disk_usage(folder).free >= MEMORY_NEEDED_B
    return folder if has_room and os.access(folder, os.W_OK) else None


def run_pytest(folder: str) -> tuple[bool, str]:
    """Run pytest with its output passed on, but for the closing line, which is returned."""
    closing = ""
    # A file's tests stay on one worker: what its fixtures prepare is prepared once. Files come
    # in the order of tests/conftest.py, the slow ones first; xdist would begin with the long.
    # A third worker on two cores makes all of them slower: a quarter more CPU was measured.
    workers = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    command = (sys.executable, "-m", "pytest", *workers, "-p", covering.__name__)
    # Beside another worker, more threads of linear algebra only wait for each other.
    env = {**os.environ, "TMPDIR": folder, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as pytest:
        for line in pytest.stdout or ():
            print(closing, end="", flush=True)
            closing = line
    return pytest.returncode == 0, closing


def coverage_failures() -> list[str]:
    """Print the coverage and return which floors it is under; the table goes to a file."""
    coverage, table = covering.merged(), LOGS / "coverage.log"
    with table.open("w") as out:
        slipcover.print_coverage(coverage, outfile=out, skip_covered=True)
    share_percent = coverage["summary"]["percent_covered"]
    print(f"coverage: {share_percent:.2f} % ({table.relative_to(ROOT)})")
    failures = [] if share_percent >= covering.settings()["fail-under"] else ["coverage"]
    for name, file in coverage["files"].items():
        if name.startswith(FULLY_COVERED) and file["summary"]["percent_covered"] < 100:
            failures.append(f"{name}: lines {file['missing_lines']}, {file['missing_branches']}")
    return failures


def main() -> int:
    """Run all checks and return the exit status; pytest's closing line is printed last."""
    shutil.rmtree(covering.FOLDER, ignore_errors=True)
    covering.FOLDER.mkdir(parents=True)
    failed: list[str] = []

    def run_static_tools() -> None:
        failed.extend(name for name, tool in STATIC_TOOLS.items() if not passes(name, tool))

    static_tools = threading.Thread(target=run_static_tools, daemon=True)
    static_tools.start()
    # Thousands of small databases: on a disk, half of the system's time goes into them.
    # A process that a test has killed may still be writing its last when they are removed.
    with tempfile.TemporaryDirectory(
        prefix="twinflow-test-", dir=memory_folder(), ignore_cleanup_errors=True
    ) as folder:
        has_passed, closing = run_pytest(folder)
    static_tools.join()
    failed += coverage_failures() if has_passed else ["pytest"]
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    print(closing, end="", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
