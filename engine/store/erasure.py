"""Queries that clean what else a case left behind: drafts, mails, texts that quote a value.

History is not among it: it never changes, and holds no values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from engine.domain.vault import ERASED_TEXT, without_texts
from engine.store.instances import search_text
from engine.store.tables import (
    history,
    incident,
    instance,
    job,
    message,
    outbox,
    task_draft,
    user_task,
)
from engine.store.types import from_json, to_json
from engine.store.vault import is_active

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from engine.store.database import Transaction


@dataclass(frozen=True, slots=True)
class _Texts:
    """Where a table may quote a value: plain texts, and JSON objects."""

    table: sa.Table
    cases: tuple[str, ...]  # columns that name a case
    plain: tuple[str, ...]
    json: tuple[str, ...] = ()


_QUOTING = (
    _Texts(incident, ("instance_id",), ("reason", "note")),
    _Texts(job, ("instance_id",), ("last_error",), ("payload",)),
    _Texts(message, ("source_id", "receiver_id"), ("last_error",), ("payload",)),
)


def secure(tx: Transaction) -> None:
    """Let SQLite overwrite what is deleted on this connection from now on."""
    if tx.dialect.name == "sqlite":
        tx.execute(sa.text("PRAGMA secure_delete=ON"))


def drafts(tx: Transaction, ids: Collection[int], *, is_dry_run: bool) -> int:
    """Delete the drafts of the tasks of cases, and return how many."""
    of_cases = sa.select(user_task.c.id).where(user_task.c.instance_id.in_(ids))
    condition = task_draft.c.task_id.in_(of_cases)
    if is_dry_run:
        return _count(tx, task_draft, condition)
    return tx.execute(sa.delete(task_draft).where(condition)).rowcount


def mails(tx: Transaction, ids: Collection[int], *, at: datetime, is_dry_run: bool) -> int:
    """Empty the mails of cases, and return how many; those that wait are not sent any more."""
    condition = sa.and_(outbox.c.instance_id.in_(ids), outbox.c.recipient != "")
    if is_dry_run:
        return _count(tx, outbox, condition)
    emptied = sa.update(outbox).values(recipient="", subject=ERASED_TEXT, body="", last_error=None)
    count = tx.execute(emptied.where(condition)).rowcount
    waits = sa.and_(
        outbox.c.instance_id.in_(ids), outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None)
    )
    tx.execute(sa.update(outbox).where(waits).values(dead_at=at, due_at=None))
    return count


def texts(tx: Transaction, ids: Collection[int], quoted: Sequence[str], *, is_dry_run: bool) -> int:
    """Cut values out of texts that quote them, and return how many rows did."""
    return sum(_cut_out(tx, where, ids, quoted, is_dry_run=is_dry_run) for where in _QUOTING)


def plain_values(
    tx: Transaction, ids: Collection[int], quoted: Sequence[str], *, is_dry_run: bool
) -> tuple[int, list[int]]:
    """Cut values out of those of ended cases; return how many, and which active ones quote them.

    The tokens of an active case hold its values as well; only its own steps change those.
    """
    columns = (instance.c.id, instance.c.business_key, instance.c.state, instance.c.case_values)
    changed, left = 0, []
    rows = tx.execute(sa.select(*columns).where(instance.c.id.in_(ids)).order_by(instance.c.id))
    for number, key, state, text in rows.all():
        values = from_json(text)
        cleaned = without_texts(values, quoted)
        if cleaned == values:
            continue
        if is_active(state):
            left.append(number)
            continue
        changed += 1
        if not is_dry_run:
            new = {"case_values": to_json(cleaned), "search_text": search_text(key, cleaned)}
            tx.execute(sa.update(instance).where(instance.c.id == number).values(new))
    return changed, left


def quoting_events(tx: Transaction, ids: Collection[int], quoted: Sequence[str]) -> int:
    """Return how many events of the history quote a value."""
    told = [orjson.dumps(text).decode()[1:-1] for text in quoted]
    details = sa.select(history.c.detail).where(
        history.c.instance_id.in_(ids), history.c.detail.is_not(None)
    )
    return sum(any(text in detail for text in told) for detail in tx.execute(details).scalars())


def _count(tx: Transaction, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(condition)
    return int(tx.execute(query).scalar_one())


def _cut_out(
    tx: Transaction,
    where: _Texts,
    ids: Collection[int],
    quoted: Sequence[str],
    *,
    is_dry_run: bool,
) -> int:
    table, names = where.table, (*where.plain, *where.json)
    of_cases = sa.or_(*(table.c[name].in_(ids) for name in where.cases))
    rows = tx.execute(sa.select(table.c.id, *(table.c[name] for name in names)).where(of_cases))
    count = 0
    for row in rows.mappings().all():
        cleaned = {name: without_texts(row[name], quoted) for name in where.plain if row[name]}
        for name in where.json:
            if row[name]:
                cleaned[name] = _cut_out_of_json(row[name], quoted)
        changes = {name: text for name, text in cleaned.items() if text != row[name]}
        if changes:
            count += 1
            if not is_dry_run:
                tx.execute(sa.update(table).where(table.c.id == row["id"]).values(changes))
    return count


def _cut_out_of_json(text: str, quoted: Sequence[str]) -> str:
    values = orjson.loads(text)
    cleaned = without_texts(values, quoted)
    return text if cleaned == values else orjson.dumps(cleaned).decode()
