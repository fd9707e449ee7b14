"""Queries about seals: how far every case had come, bound to the seal before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.history_check import Seal
from engine.store.history_chain import NO_HASH, digest_of, seal_hash
from engine.store.tables import history, history_seal, history_seal_case, instance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row

PAGE_ROWS = 2000

_ALL = sa.select(
    history_seal.c.number,
    history_seal.c.sealed_at,
    history_seal.c.sealed_by,
    history_seal.c.cases,
    history_seal.c.digest,
    history_seal.c.hash,
).order_by(history_seal.c.number)
_NEWEST = _ALL.order_by(None).order_by(history_seal.c.number.desc()).limit(1)
_sealed = (
    sa.select(
        history_seal_case.c.instance_id, sa.func.max(history_seal_case.c.last_seq).label("seq")
    )
    .group_by(history_seal_case.c.instance_id)
    .subquery()
)
_CHANGED = (
    sa.select(instance.c.id, history.c.seq, history.c.hash)
    .join(
        history,
        sa.and_(history.c.instance_id == instance.c.id, history.c.seq == instance.c.last_seq),
    )
    .outerjoin(_sealed, _sealed.c.instance_id == instance.c.id)
    .where(sa.or_(_sealed.c.seq.is_(None), _sealed.c.seq < instance.c.last_seq))
    .order_by(instance.c.id)
)
# What was sealed, beside what is there now.
_CASES = (
    sa.select(
        history_seal_case.c.instance_id,
        history_seal_case.c.last_seq,
        history_seal_case.c.last_hash,
        history.c.hash,
        instance.c.process_key,
        instance.c.business_key,
    )
    .outerjoin(
        history,
        sa.and_(
            history.c.instance_id == history_seal_case.c.instance_id,
            history.c.seq == history_seal_case.c.last_seq,
        ),
    )
    .outerjoin(instance, instance.c.id == history_seal_case.c.instance_id)
    .where(history_seal_case.c.seal == parameter("seal"))
    .order_by(history_seal_case.c.instance_id, history_seal_case.c.last_seq)
)
_INSERT = sa.insert(history_seal)
_INSERT_CASES = sa.insert(history_seal_case)


def newest(tx: Transaction) -> Seal | None:
    """Return the last seal."""
    row = tx.execute(_NEWEST).one_or_none()
    return Seal(*row) if row else None


def every(tx: Transaction) -> list[Seal]:
    """Return the seals in order."""
    return [Seal(*row) for row in tx.execute(_ALL)]


def cases_of(tx: Transaction, seal: int) -> Iterator[Row]:
    """Yield the cases of a seal: what was sealed, beside what is there now."""
    with tx.execute(_CASES, {"seal": seal}, execution_options={"yield_per": PAGE_ROWS}) as rows:
        yield from rows


def insert(tx: Transaction, *, at: datetime, by: str | None) -> Seal | None:
    """Seal the cases that went on since the last seal; None if there are none."""
    changed = [(row[0], row[1], row[2]) for row in tx.execute(_CHANGED)]
    if not changed:
        return None
    before = newest(tx)
    number = before.number + 1 if before else 1
    digest = digest_of(changed)
    hashed = seal_hash(before.hash if before else NO_HASH, number, at, by, digest)
    seal = Seal(number, at, by, len(changed), digest, hashed)
    row = {
        "number": number,
        "sealed_at": at,
        "sealed_by": by,
        "cases": seal.cases,
        "digest": digest,
        "hash": hashed,
    }
    tx.execute(_INSERT, row)
    members = [
        {"instance_id": case, "last_seq": seq, "seal": number, "last_hash": last_hash}
        for case, seq, last_hash in changed
    ]
    tx.execute(_INSERT_CASES, members)
    return seal
