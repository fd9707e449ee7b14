"""Logs that others made; they stay where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("TWINFLOW_SHARED_DATA") or ROOT.parent / "shared" / "data")


@pytest.fixture
def shared_logs() -> Path:
    """The folder of logs of other products."""
    folder = SHARED / "logs"
    if not folder.is_dir():
        pytest.skip(f"there is no folder {folder}: the logs of other products are not here")
    return folder
