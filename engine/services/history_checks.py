"""Use cases about the soundness of the history: seal it, and find out who touched it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.history_check import FaultKind, HistoryCheck, HistoryFault
from engine.domain.identity import Role
from engine.errors import NotAllowed
from engine.services import users
from engine.store import history_check, history_seals

if TYPE_CHECKING:
    from engine.domain.history_check import Seal
    from engine.services.context import Context
    from engine.store.database import Transaction

SEALED_EVERY = timedelta(days=1)
CHECKERS = frozenset({Role.QUALITY, Role.ADMIN})


def seal(context: Context, *, by: str | None) -> Seal | None:
    """Seal what happened since the last seal; None if nothing did."""

    def work(tx: Transaction) -> Seal | None:
        _ensure_checker(tx, by, "seal")
        return history_seals.insert(tx, at=context.clock.now(), by=by)

    return context.database.run(work)


def seal_if_due(context: Context) -> Seal | None:
    """Seal the history if the last seal is a day old."""
    with context.database.reading() as tx:
        newest = history_seals.newest(tx)
    is_due = newest is None or context.clock.now() - newest.sealed_at >= SEALED_EVERY
    return seal(context, by=None) if is_due else None


def check(context: Context, *, by: str | None, kept: str | None) -> HistoryCheck:
    """Check every chain and seal; ``kept`` is a seal as it was told when it was set."""
    with context.database.reading() as tx:
        _ensure_checker(tx, by, "check")
        checked = history_check.check(tx)
        seals = {str(found) for found in history_seals.every(tx)} if kept else set()
    if kept is None or kept.strip().lower() in seals:
        return checked
    message = f"there is no seal {kept.strip()}: it was removed, or all of the history rewritten"
    fault = HistoryFault(FaultKind.SEAL_BROKEN, message)
    return HistoryCheck(checked.cases, checked.events, checked.seals, (*checked.faults, fault))


def _ensure_checker(tx: Transaction, by: str | None, action: str) -> None:
    """Refuse people who may not; None is the system itself or its operator."""
    if by is not None and not users.acting(tx, by).roles & CHECKERS:
        raise NotAllowed(by, action, "the history")
