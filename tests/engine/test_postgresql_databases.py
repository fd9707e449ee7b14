"""Tests share databases of PostgreSQL: none finds anything of the one before."""

from __future__ import annotations

import psycopg
import pytest

pytestmark = pytest.mark.postgresql


def rows_of(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def change(url, statement):
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def test_database_is_lent_again_without_rows(postgresql_server):
    with postgresql_server.lent() as url:
        change(url, "INSERT INTO business_key_counter VALUES ('visit', 2026, 7)")

    with postgresql_server.lent() as again:
        assert again == url
        assert rows_of(again, "SELECT * FROM business_key_counter") == []
        assert len(rows_of(again, "SELECT * FROM alembic_version")) == 1


def test_numbers_begin_at_one_again(postgresql_server):
    query = "SELECT nextval('instance_id_seq')"
    with postgresql_server.lent() as url:
        rows_of(url, query)

    with postgresql_server.lent() as again:
        assert rows_of(again, query) == [(1,)]


def test_who_is_still_connected_is_cut_off(postgresql_server):
    with postgresql_server.lent() as url:
        forgotten = psycopg.connect(url)
        forgotten.execute("LOCK TABLE instance")

    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")
    forgotten.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE another (id int)",
        "DROP TRIGGER history_is_append_only ON history",
        "ALTER TABLE instance ALTER COLUMN state DROP NOT NULL",
        "UPDATE alembic_version SET version_num = '9999'",
    ],
)
def test_database_with_other_tables_is_not_lent_again(postgresql_server, statement):
    with postgresql_server.lent() as url:
        change(url, statement)

    with postgresql_server.lent() as another:
        assert another != url
