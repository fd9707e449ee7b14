"""Alembic migrations of the tables in ``engine.store.tables``; run by ``engine.store.migrate``."""
