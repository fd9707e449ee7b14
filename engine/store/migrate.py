"""Bring the tables of a database up to date, once, under a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.errors import StoreUnavailable
from engine.store.tables import SCHEMA_REVISION

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Any number that no other program uses for an advisory lock in this database.
ADVISORY_LOCK = 7_804_661_302


def is_up_to_date(connection: Connection) -> bool:
    """Return whether the tables are those of this version."""
    return _revision(connection) == SCHEMA_REVISION


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, all in the transaction of this connection.

    Raises StoreUnavailable if the database was written by a newer version of Twinflow.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
    revision = _revision(connection)  # somebody else may have been first
    if revision != SCHEMA_REVISION:
        _run_migrations(connection, revision)


def _revision(connection: Connection) -> str | None:
    """Return the revision of the tables, None for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _run_migrations(connection: Connection, revision: str | None) -> None:
    # Alembic takes 0.2 s to load, and is needed only when the tables are behind.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.attributes["connection"] = connection
    try:
        ScriptDirectory.from_config(config).get_revision(revision or "base")
    except CommandError:
        raise StoreUnavailable(
            f"it was written by a newer version of Twinflow (its tables have revision"
            f" {revision}, this version knows {SCHEMA_REVISION}); update Twinflow"
        ) from None
    command.upgrade(config, "head")
