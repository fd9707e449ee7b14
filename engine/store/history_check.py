"""Check the history: walk every chain and every seal, and name what does not fit."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from engine.domain.history_check import FaultKind, HistoryCheck, HistoryFault
from engine.store import history_seals
from engine.store.history_chain import NO_HASH, beginning, digest_of, event_hash, seal_hash
from engine.store.tables import history, instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.domain.history_check import Seal
    from engine.store.database import Transaction
    from engine.store.types import Row

PAGE_ROWS = 2000
PROTECTED = ("history", "history_seal", "history_seal_case")

_EVENTS = (
    sa.select(history, instance.c.process_key, instance.c.business_key, instance.c.last_seq)
    .outerjoin(instance, instance.c.id == history.c.instance_id)
    .order_by(history.c.instance_id, history.c.seq)
)
_UNTOLD = (
    sa.select(instance.c.id, instance.c.process_key, instance.c.business_key)
    .where(~sa.exists().where(history.c.instance_id == instance.c.id))
    .order_by(instance.c.id)
)
_SQLITE_TRIGGERS = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
_POSTGRESQL_TRIGGERS = sa.text("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")


def check(tx: Transaction) -> HistoryCheck:
    """Return everything that is wrong with the history, in one state of the database."""
    faults: list[HistoryFault] = []
    cases = events = 0
    with tx.execute(_EVENTS, execution_options={"yield_per": PAGE_ROWS}) as rows:
        for _, of_case in groupby(rows, key=lambda row: row.instance_id):
            number, found = _check_case(of_case)
            cases, events = cases + 1, events + number
            faults += found
    faults += [
        HistoryFault(FaultKind.REMOVED, "all its events were removed", *row)
        for row in tx.execute(_UNTOLD)
    ]
    seals = history_seals.every(tx)
    faults += _check_seals(tx, seals)
    faults += _missing_triggers(tx)
    return HistoryCheck(cases, events, len(seals), tuple(faults))


def _check_case(rows: Iterable[Row]) -> tuple[int, list[HistoryFault]]:
    """Walk the chain of a case; after a fault it goes on from what is stored."""
    faults: list[HistoryFault] = []
    count, previous, previous_seq, row = 0, NO_HASH, 0, None
    for row in rows:
        count += 1
        previous = previous or beginning(row.process_key, row.business_key)
        columns = cast("Mapping[str, Any]", row._mapping)  # noqa: SLF001 -- its documented name
        if event_hash(previous, columns, row.at) != row.hash:
            faults.append(_fault(row, previous_seq))
        previous, previous_seq = row.hash, row.seq
    assert row is not None  # a group has rows
    return count, faults + _check_end(row)


def _fault(row: Row, previous_seq: int) -> HistoryFault:
    case = (row.instance_id, row.process_key, row.business_key)
    if row.last_seq is not None and row.seq > row.last_seq:
        return HistoryFault(FaultKind.INSERTED, "it was not written by the engine", *case, row.seq)
    if row.seq > previous_seq + 1:
        first, last = previous_seq + 1, row.seq - 1
        which = f"event {first} was" if first == last else f"events {first} to {last} were"
        message = f"{which} removed, or event {row.seq} was altered"
        return HistoryFault(FaultKind.REMOVED, message, *case, first)
    if row.seq == 1:
        return HistoryFault(FaultKind.ALTERED, "it, or the case's key, was altered", *case, 1)
    message = f"it was altered, or event {previous_seq} with its hash"
    return HistoryFault(FaultKind.ALTERED, message, *case, row.seq)


def _check_end(row: Row) -> list[HistoryFault]:
    """Compare the last event with what the case says of itself."""
    case = (row.instance_id, row.process_key, row.business_key)
    if row.last_seq is None:
        return [HistoryFault(FaultKind.REMOVED, "the case itself was removed", *case)]
    if row.seq < row.last_seq:
        message = f"events {row.seq + 1} to {row.last_seq} were removed"
        return [HistoryFault(FaultKind.REMOVED, message, *case, row.seq + 1)]
    if row.seq > row.last_seq:
        message = f"the engine wrote {row.last_seq} events of this case, not {row.seq}"
        return [HistoryFault(FaultKind.INSERTED, message, *case, row.seq)]
    return []


def _check_seals(tx: Transaction, seals: list[Seal]) -> Iterator[HistoryFault]:
    previous, expected = NO_HASH, 1
    for seal in seals:
        if seal.number != expected:
            message = f"seals {expected} to {seal.number - 1} were removed"
            yield HistoryFault(FaultKind.SEAL_BROKEN, message)
        elif seal.hash != seal_hash(
            previous, seal.number, seal.sealed_at, seal.sealed_by, seal.digest
        ):
            yield HistoryFault(FaultKind.SEAL_BROKEN, f"seal {seal.number} was altered")
        yield from _check_cases_of(tx, seal)
        previous, expected = seal.hash, seal.number + 1


def _check_cases_of(tx: Transaction, seal: Seal) -> Iterator[HistoryFault]:
    sealed = []
    for instance_id, seq, sealed_hash, hash_now, key, case_id in history_seals.cases_of(
        tx, seal.number
    ):
        case = (instance_id, key, case_id, seq)
        sealed.append((instance_id, seq, sealed_hash))
        if hash_now is None:
            message = f"it was there when seal {seal.number} was set, and was removed"
            yield HistoryFault(FaultKind.REMOVED, message, *case)
        elif hash_now != sealed_hash:
            message = f"the events up to it are not those of seal {seal.number}"
            yield HistoryFault(FaultKind.ALTERED, message, *case)
    if len(sealed) != seal.cases or digest_of(sealed) != seal.digest:
        message = f"the cases of seal {seal.number} were altered"
        yield HistoryFault(FaultKind.SEAL_BROKEN, message)


def _missing_triggers(tx: Transaction) -> Iterator[HistoryFault]:
    is_postgresql = tx.dialect.name == "postgresql"
    there = set(tx.execute(_POSTGRESQL_TRIGGERS if is_postgresql else _SQLITE_TRIGGERS).scalars())
    for table in PROTECTED:
        wanted = (
            {f"{table}_is_append_only"}
            if is_postgresql
            else {f"{table}_forbids_update", f"{table}_forbids_delete"}
        )
        if not wanted <= there:
            message = f"the database would let anybody change the table {table}: a trigger is gone"
            yield HistoryFault(FaultKind.UNPROTECTED, message)
