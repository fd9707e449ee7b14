"""Alembic's entry: runs the migrations on the connection that ``engine.store.migrate`` hands in."""

from __future__ import annotations

from alembic import context

from engine.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # also on SQLite, where we write BEGIN ourselves
    render_as_batch=True,
)
context.run_migrations()
