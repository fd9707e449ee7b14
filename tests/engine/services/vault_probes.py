"""What tests of the vault look at: the tables themselves, and traces that values leave."""

from __future__ import annotations

import orjson
import sqlalchemy as sa

from engine.domain.mail import Mail
from engine.services import outbox
from engine.store.tables import metadata, vault


def stored(engine, query):
    with engine._context.database.reading() as tx:
        return tx.execute(query).all()


def everything_but(engine, *tables):
    """Return all that the database holds, as text."""
    found = [
        stored(engine, sa.select(table)) for table in metadata.sorted_tables if table not in tables
    ]
    return "".join(map(repr, found))


def put_mail(engine, case, body):
    def work(tx):
        mail = Mail(recipient="patient@example.org", subject=body, body=body, key="m1")
        outbox.put(tx, [mail], instance_id=case.id, at=engine._context.clock.now())

    engine._context.database.run(work)


def put_back(engine, text):
    """Bring an erased value back, as a backup does."""
    values = {"value": orjson.dumps(text).decode(), "erased_at": None, "erased_by": None}
    erased = sa.update(vault).where(vault.c.field == "patient", vault.c.value.is_(None))
    engine._context.database.run(lambda tx: tx.execute(erased.values(values)))
