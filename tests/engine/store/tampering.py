"""Ways to change the history behind the engine's back, as a forger would with the triggers gone."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.history_chain import beginning, event_hash
from engine.store.tables import history, instance
from tests.engine.conftest import MONDAY

EVENTS = 6  # of every case


def at(case, seq):
    return sa.and_(history.c.instance_id == case, history.c.seq == seq)


def rows_of(tx, case):
    query = sa.select(history).where(history.c.instance_id == case).order_by(history.c.seq)
    return [dict(row) for row in tx.execute(query).mappings()]


def rewrite(tx, case, rows):
    """Store the events of a case as a forger would who knows how the chain is made."""
    key = sa.select(instance.c.process_key, instance.c.business_key).where(instance.c.id == case)
    previous = beginning(*tx.execute(key).one())
    tx.execute(sa.delete(history).where(history.c.instance_id == case))
    for row in rows:
        previous = row["hash"] = event_hash(previous, row, row["at"])
        tx.execute(sa.insert(history), row)


# Each returns the sequence numbers of which one must be named.
def alter(tx, rng, case, seq):
    column = rng.choice(["type", "actor", "detail", "element_id", "token", "lane", "at", "hash"])
    new = {"at": MONDAY, "hash": b"\x00" * 32}.get(str(column), "forged")
    tx.execute(sa.update(history).where(at(case, seq)).values({str(column): new}))
    return {seq, seq + 1} if column == "hash" else {seq}


def alter_with_hash(tx, _rng, case, seq):
    rows = rows_of(tx, case)
    row = rows[seq - 1] | {"actor": "forged"}
    row["hash"] = event_hash(rows[seq - 2]["hash"] if seq > 1 else b"", row, row["at"])
    tx.execute(sa.update(history).where(at(case, seq)).values(actor="forged", hash=row["hash"]))
    return {seq, seq + 1}


def alter_and_rewrite(tx, _rng, case, seq):
    rows = rows_of(tx, case)
    rows[seq - 1]["actor"] = "forged"
    rewrite(tx, case, rows)
    return {EVENTS}


def remove(tx, _rng, case, seq):
    tx.execute(sa.delete(history).where(at(case, seq)))
    return {seq}


def remove_from_here(tx, _rng, case, seq):
    tx.execute(
        sa.delete(history).where(history.c.instance_id == case, history.c.seq >= max(seq, 2))
    )
    return {max(seq, 2)}


def remove_and_rewrite(tx, _rng, case, seq):
    rows = [row for row in rows_of(tx, case) if row["seq"] != seq]
    rewrite(tx, case, [row | {"seq": number} for number, row in enumerate(rows, 1)])
    tx.execute(sa.update(instance).where(instance.c.id == case).values(last_seq=EVENTS - 1))
    return {EVENTS}


def insert(tx, _rng, case, _seq):
    last = rows_of(tx, case)[-1]
    row = last | {"seq": EVENTS + 1, "type": "claimed"}
    row["hash"] = event_hash(last["hash"], row, row["at"])
    tx.execute(sa.insert(history), row)
    return {EVENTS + 1}


def insert_between(tx, _rng, case, seq):
    rows = rows_of(tx, case)
    rows.insert(seq, rows[seq - 1] | {"actor": "forged"})
    rewrite(tx, case, [row | {"seq": number} for number, row in enumerate(rows, 1)])
    tx.execute(sa.update(instance).where(instance.c.id == case).values(last_seq=EVENTS + 1))
    return {EVENTS}


def swap(tx, _rng, case, seq):
    rows = rows_of(tx, case)
    one, two = rows[seq - 1], rows[seq % EVENTS]
    for row, other in ((one, two), (two, one)):
        told = {name: value for name, value in other.items() if name not in ("instance_id", "seq")}
        tx.execute(sa.update(history).where(at(case, row["seq"])).values(told))
    return {one["seq"], two["seq"]}


TAMPERINGS = [
    *(alter, alter_with_hash, alter_and_rewrite, remove, remove_from_here, remove_and_rewrite),
    *(insert, insert_between, swap),
]
