"""EngineConfig: where the engine keeps its data, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

MB = 1024 * 1024
SYNCHRONOUS_MODES = ("FULL", "NORMAL", "EXTRA", "OFF")


@dataclass(frozen=True)
class EngineConfig:
    """The settings of the engine.

    ``sqlite_synchronous`` is SQLite's ``PRAGMA synchronous``: FULL survives a power cut with
    every acknowledged command, NORMAL may lose the last ones, OFF is for tests.
    ``largest_case_bytes`` is how much a case may hold, with what waits in it: a command that
    would make it larger is refused, since each command reads and writes all of it.
    """

    database_url: str = "sqlite:///var/twinflow.db"
    sqlite_synchronous: str = "FULL"
    lock_timeout_s: float = 15.0  # how long a command waits for other writers
    largest_case_bytes: int = 10 * MB

    def __post_init__(self) -> None:
        if self.sqlite_synchronous not in SYNCHRONOUS_MODES:
            allowed = ", ".join(SYNCHRONOUS_MODES)
            raise ValueError(
                f"TWINFLOW_SQLITE_SYNCHRONOUS is {self.sqlite_synchronous!r}; allowed: {allowed}"
            )
        if self.largest_case_bytes <= 0:
            raise ValueError(f"largest_case_bytes is {self.largest_case_bytes}; allowed: 1 or more")
        if not self.database_url.startswith(("sqlite:", "postgresql")):
            raise ValueError(
                "TWINFLOW_DATABASE_URL must start with sqlite:/// or postgresql://;"
                f" it starts with {self.database_url.partition(':')[0]!r}"
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read TWINFLOW_DATABASE_URL, TWINFLOW_SQLITE_SYNCHRONOUS, TWINFLOW_LARGEST_CASE_MB."""
        given = os.environ if environment is None else environment
        return cls(
            database_url=given.get("TWINFLOW_DATABASE_URL") or cls.database_url,
            sqlite_synchronous=(
                given.get("TWINFLOW_SQLITE_SYNCHRONOUS") or cls.sqlite_synchronous
            ).upper(),
            largest_case_bytes=_megabytes(given, "TWINFLOW_LARGEST_CASE_MB")
            or cls.largest_case_bytes,
        )


def _megabytes(given: Mapping[str, str], name: str) -> int:
    """Return a number of megabytes in bytes, 0 if it is not given."""
    text = given.get(name) or "0"
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} is {text!r}; allowed: a whole number of megabytes")
    return int(text) * MB
