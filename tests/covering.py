"""Which lines and branches of the product the tests ran, told by SlipCover.

SlipCover puts probes into the code and takes those out again that have told, so that a loop is soon
as fast as ever; under a tracer it takes three times as long. Its own plugin wants the inside of an
older pytest, so this one stands in for it: ``-p tests.covering``, before any of the product is
imported. Each worker of pytest leaves a file in FOLDER.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import slipcover

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".dev" / "coverage"
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
Coverage = dict[str, Any]  # SlipCover's own JSON: "files" and "summary"


def settings() -> dict[str, Any]:
    """Return what [tool.slipcover] of pyproject.toml says."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        chosen: dict[str, Any] = tomllib.load(file)["tool"]["slipcover"]
    return chosen


def a_cover(source: list[str] | None = None) -> slipcover.Slipcover:
    """Return what collects; with a source, files that nobody imported are reported as well."""
    return slipcover.Slipcover(branch=True, source=source, exclude_also=settings()["exclude-also"])


def merged() -> Coverage:
    """Return what all workers together have run, and what nobody has."""
    whole = a_cover(settings()["source"]).get_coverage()
    for file in FOLDER.glob("*.json"):
        slipcover.merge_coverage(whole, json.loads(file.read_text()))
    return whole


if WORKER:
    COVER = a_cover()
    SOURCES = slipcover.FileMatcher(sources=settings()["source"])
    slipcover.ImportManager(COVER, SOURCES).__enter__()

    def pytest_sessionfinish() -> None:
        """Leave what this worker has run."""
        (FOLDER / f"{WORKER}.json").write_text(json.dumps(COVER.get_coverage()))
