"""Queries about the outbox: mails that wait, with leases for who sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter
from sqlalchemy.dialects import postgresql, sqlite

from engine.domain.mail import Letter, LetterState, Mail
from engine.store.tables.outbox import outbox

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row

KIND = "mail"
LONGEST_ERROR = 500

_IS_OPEN = sa.and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
_STATES = {
    LetterState.WAITING: _IS_OPEN,
    LetterState.SENT: outbox.c.sent_at.is_not(None),
    LetterState.DEAD: outbox.c.dead_at.is_not(None),
}
_COLUMNS = sa.select(
    outbox.c.id,
    outbox.c.message_key,
    outbox.c.recipient,
    outbox.c.subject,
    outbox.c.body,
    outbox.c.created_at,
    outbox.c.due_at,
    outbox.c.give_up_at,
    outbox.c.attempts,
    outbox.c.last_error,
    outbox.c.backend,
    outbox.c.sent_at,
    outbox.c.dead_at,
)
_INSERT = {
    "sqlite": sqlite.insert(outbox).on_conflict_do_nothing(index_elements=["message_key"]),
    "postgresql": postgresql.insert(outbox).on_conflict_do_nothing(index_elements=["message_key"]),
}
_IS_ANY_DUE = sa.select(outbox.c.id).where(outbox.c.due_at <= parameter("now")).limit(1)
_CLAIMABLE = (
    _COLUMNS.where(outbox.c.due_at <= parameter("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(parameter("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    sa.update(outbox)
    .where(outbox.c.id == parameter("letter_id"))
    .values(due_at=parameter("until"), attempts=outbox.c.attempts + 1)
)
_SENT = (
    sa.update(outbox)
    .where(outbox.c.id == parameter("letter_id"), outbox.c.sent_at.is_(None))
    .values(
        sent_at=parameter("moment"),
        backend=parameter("by"),
        due_at=None,
        dead_at=None,
        last_error=None,
    )
)
# Only while the lease is ours: another worker that took the letter over knows better.
_IS_OURS = sa.and_(
    outbox.c.id == parameter("letter_id"), outbox.c.attempts == parameter("tries"), _IS_OPEN
)
_POSTPONE = (
    sa.update(outbox)
    .where(_IS_OURS)
    .values(due_at=parameter("retry_at"), last_error=parameter("error"))
)
_GIVE_UP = (
    sa.update(outbox)
    .where(_IS_OURS)
    .values(due_at=None, dead_at=parameter("moment"), last_error=parameter("error"))
)
_PUT_BACK = (
    sa.update(outbox)
    .where(_IS_OURS)
    .values(due_at=parameter("retry_at"), attempts=outbox.c.attempts - 1)
)
_REVIVE = (
    sa.update(outbox)
    .where(outbox.c.id == parameter("letter_id"), outbox.c.dead_at.is_not(None))
    .values(due_at=parameter("moment"), give_up_at=parameter("give_up"), dead_at=None)
)
_FORGET = sa.delete(outbox).where(
    sa.or_(outbox.c.sent_at < parameter("sent_before"), outbox.c.dead_at < parameter("dead_before"))
)


def insert(
    tx: Transaction,
    mails: Iterable[Mail],
    *,
    instance_id: int | None,
    at: datetime,
    give_up_at: datetime,
) -> None:
    """Store mails to be sent; one whose key is known already is left out."""
    rows = [
        {
            "kind": KIND,
            "message_key": mail.key,
            "instance_id": instance_id,
            "recipient": mail.recipient,
            "subject": mail.subject,
            "body": mail.body,
            "created_at": at,
            "due_at": at,
            "give_up_at": give_up_at,
            "attempts": 0,
        }
        for mail in mails
    ]
    if rows:
        tx.execute(_INSERT[tx.dialect.name], rows)


def is_any_due(tx: Transaction, *, at: datetime) -> bool:
    """Return whether a letter waits to be sent."""
    return tx.execute(_IS_ANY_DUE, {"now": at}).first() is not None


def claim(tx: Transaction, *, at: datetime, until: datetime, limit: int) -> list[Letter]:
    """Take letters that are due, the longest due first; nobody else gets them before ``until``."""
    letters = [_to_letter(row) for row in tx.execute(_CLAIMABLE, {"now": at, "most": limit})]
    if letters:
        tx.execute(_LEASE, [{"letter_id": letter.id, "until": until} for letter in letters])
    return letters


def mark_sent(tx: Transaction, letter_id: int, *, at: datetime, backend: str) -> None:
    """Store that a letter was sent, whoever holds it by now."""
    tx.execute(_SENT, {"letter_id": letter_id, "moment": at, "by": backend})


def postpone(tx: Transaction, letter_id: int, *, tries: int, until: datetime, error: str) -> None:
    """Store why a letter was not sent, and when it is tried again."""
    values = {"letter_id": letter_id, "tries": tries, "retry_at": until, "error": _short(error)}
    tx.execute(_POSTPONE, values)


def give_up(tx: Transaction, letter_id: int, *, tries: int, at: datetime, error: str) -> None:
    """Store that a letter is not tried again, and why."""
    values = {"letter_id": letter_id, "tries": tries, "moment": at, "error": _short(error)}
    tx.execute(_GIVE_UP, values)


def put_back(tx: Transaction, letters: Iterable[Letter], *, until: datetime) -> None:
    """End the lease of letters that were not tried."""
    rows = [
        {"letter_id": letter.id, "tries": letter.attempts + 1, "retry_at": until}
        for letter in letters
    ]
    if rows:
        tx.execute(_PUT_BACK, rows)


def revive(tx: Transaction, letter_id: int, *, at: datetime, give_up_at: datetime) -> bool:
    """Let a letter that was given up be tried again; return False if it was not given up."""
    values = {"letter_id": letter_id, "moment": at, "give_up": give_up_at}
    return tx.execute(_REVIVE, values).rowcount == 1


def newest(tx: Transaction, state: LetterState | None, *, limit: int) -> list[Letter]:
    """Return letters, the newest first."""
    query = _COLUMNS.where(_STATES[state]) if state else _COLUMNS
    rows = tx.execute(query.order_by(outbox.c.id.desc()).limit(limit))
    return [_to_letter(row) for row in rows]


def forget(tx: Transaction, *, sent_before: datetime, dead_before: datetime) -> int:
    """Forget what was sent or given up long ago and return how many."""
    values = {"sent_before": sent_before, "dead_before": dead_before}
    return tx.execute(_FORGET, values).rowcount


def _short(error: str) -> str:
    """Return what went wrong as a text that every database stores."""
    return error.replace("\0", "")[:LONGEST_ERROR]


def _to_letter(row: Row) -> Letter:
    return Letter(
        id=row.id,
        mail=Mail(row.message_key, row.recipient, row.subject, row.body),
        state=_state(row),
        created_at=row.created_at,
        give_up_at=row.give_up_at,
        attempts=row.attempts,
        next_try_at=row.due_at,
        last_error=row.last_error,
        ended_at=row.sent_at or row.dead_at,
        backend=row.backend,
    )


def _state(row: Row) -> LetterState:
    if row.sent_at:
        return LetterState.SENT
    return LetterState.DEAD if row.dead_at else LetterState.WAITING
