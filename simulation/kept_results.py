"""Finished replications in a folder: a study that was stopped goes on where it was.

A replication is known by everything its figures depend on: scenario, model, seed, its number
and the code that simulates and measures. So a changed scenario finds nothing, a raised number
of replications finds all it has, and a release that simulates otherwise starts afresh.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.replication import Figure, Replication

if TYPE_CHECKING:
    from collections.abc import Container

    from simulation.job import Job

_CODE = ("simulation", "kpis", "engine/domain", "engine/expressions", "engine/bpmn")
_SUFFIXES = {".py", ".csv"}  # public holidays are data
_LIBRARIES = ("numpy", "scipy", "simpy")


class KeptResults:
    """A folder with a file per scenario and seed, a line per replication."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, job: Job, seed: int, numbers: Container[int]) -> dict[int, Replication]:
        """Return the replications that are known, by number."""
        path = self._path(job, seed)
        if not path.is_file():
            return {}
        known = {}
        for line in path.read_bytes().splitlines():
            replication = _read(line)
            if replication is not None and replication.number in numbers:
                known[replication.number] = replication
        return known

    def add(self, job: Job, seed: int, replications: list[Replication]) -> None:
        """Append finished replications; whoever is killed afterwards loses none of them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # begins with an end of line: the last writer may have been killed within one
        lines = b"".join(b"\n" + _written(replication) for replication in replications)
        with self._path(job, seed).open("ab") as file:
            file.write(lines + b"\n")

    def trim(self, most_bytes: int) -> None:
        """Forget the files that were written longest ago, until the rest is small enough."""
        found = [(path, path.stat()) for path in self._folder.glob("*.jsonl")]
        room = most_bytes
        for path, stat in sorted(found, key=lambda entry: entry[1].st_mtime, reverse=True):
            room -= stat.st_size
            if room < 0:
                path.unlink(missing_ok=True)

    def _path(self, job: Job, seed: int) -> Path:
        scenario = job.scenario
        parts = (scenario.sha256, scenario.model_sha256, seed, job.measure, code_sha256())
        name = sha256(json.dumps(parts).encode()).hexdigest()
        return self._folder / f"{name[:40]}.jsonl"


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """Return the hash of the code that simulates and measures, its data and libraries."""
    return hash_of(Path(__file__).parents[1])


def hash_of(root: Path) -> str:
    """Return the hash of what figures depend on besides the scenario, below a folder."""
    digest = sha256(repr([(name, version(name)) for name in _LIBRARIES]).encode())
    for package in _CODE:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in _SUFFIXES:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _written(replication: Replication) -> bytes:
    figures = [
        [*figure, None if math.isnan(value) else value]
        for figure, value in replication.figures.items()
    ]
    text = json.dumps([replication.number, figures], separators=(",", ":"), ensure_ascii=False)
    digest = sha256(text.encode()).hexdigest()[:16]
    return f"{digest} {text}".encode()


def _read(line: bytes) -> Replication | None:
    """Return the replication of a line; None if it was not written to its end."""
    digest, _, text = line.partition(b" ")
    if not text or sha256(text).hexdigest()[:16].encode() != digest:
        return None
    number, figures = json.loads(text)
    values = {
        Figure(group, member, name): math.nan if value is None else value
        for group, member, name, value in figures
    }
    return Replication(number, values)
