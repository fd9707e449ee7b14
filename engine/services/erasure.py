"""Use cases about the right to be forgotten: find a person, and erase their values for good."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from engine.domain.identity import Role
from engine.domain.instance import InstanceState
from engine.domain.vault import ErasedValue, Erasure, SubjectCase, texts_in
from engine.errors import FieldError, InvalidForm, NotAllowed, NotFound
from engine.services import users
from engine.store import erasure, instances, vault

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.services.context import Context
    from engine.store.database import Transaction

ERASERS = frozenset({Role.QUALITY, Role.ADMIN})
SHORTEST_TEXT = 2


def find_subject(context: Context, text: str, *, by: str) -> list[SubjectCase]:
    """Return the cases in which a text stands, in personal values or elsewhere."""
    with context.database.reading() as tx:
        _ensure_eraser(tx, by, "look for people in")
        return _find(tx, _ensure_told("text", text, shortest=SHORTEST_TEXT))


def erase_case_values(
    context: Context, instance_id: int, *, by: str, reason: str, is_dry_run: bool
) -> Erasure:
    """Erase the personal values of a case, and of those that it called or that called it."""
    with context.database.reading() as tx:
        if instances.get(tx, instance_id) is None:
            raise NotFound("case", instance_id)
    return _erase(context, [instance_id], by=by, reason=reason, is_dry_run=is_dry_run)


def erase_subject(
    context: Context, text: str, *, by: str, reason: str, is_dry_run: bool
) -> Erasure:
    """Erase the personal values of every case in whose personal values a text stands."""
    found = find_subject(context, text, by=by)
    ids = [case.instance_id for case in found if case.fields]
    return _erase(context, ids, by=by, reason=reason, is_dry_run=is_dry_run)


def ledger(context: Context, *, by: str) -> list[ErasedValue]:
    """Return what was erased, the oldest first: to be kept outside of the database."""
    with context.database.reading() as tx:
        _ensure_eraser(tx, by, "see what was erased of")
        rows = vault.erased(tx)
    return [ErasedValue(row.reference, row.erased_at, row.erased_by) for row in rows]


def erase_again(
    context: Context, references: Collection[str], *, by: str | None, reason: str, is_dry_run: bool
) -> Erasure:
    """Erase the cases that keep values which a ledger says are erased: a backup is older."""
    with context.database.reading() as tx:
        ids = vault.cases_with(tx, references)
    if not ids:
        return _nothing(is_done=not is_dry_run)
    return _erase(context, ids, by=by, reason=reason, is_dry_run=is_dry_run)


def _nothing(*, is_done: bool) -> Erasure:
    return Erasure((), 0, 0, 0, 0, (), 0, is_done=is_done, is_scrubbed=is_done)


def _erase(
    context: Context, ids: Collection[int], *, by: str | None, reason: str, is_dry_run: bool
) -> Erasure:
    why = _ensure_told("reason", reason)

    def work(tx: Transaction) -> Erasure:
        _ensure_eraser(tx, by, "erase values of")
        return _erase_in(context, tx, vault.trees(tx, ids), (by, why), is_dry_run=is_dry_run)

    if is_dry_run:
        with context.database.reading() as tx:
            return work(tx)
    erased = context.database.run(work)
    return replace(erased, is_scrubbed=context.database.scrub())


def _erase_in(
    context: Context,
    tx: Transaction,
    ids: Collection[int],
    who_and_why: tuple[str | None, str],
    *,
    is_dry_run: bool,
) -> Erasure:
    at, (by, why) = context.clock.now(), who_and_why
    if not is_dry_run:
        for instance_id in ids:
            instances.lock(tx, instance_id)
        erasure.secure(tx)
    rows = vault.of_cases(tx, ids)
    quoted = texts_in(orjson.loads(row.value) for row in rows)
    if not is_dry_run:
        vault.empty(tx, [row.reference for row in rows], at=at, by=by, reason=why)
    in_values, left = erasure.plain_values(tx, ids, quoted, is_dry_run=is_dry_run)
    return Erasure(
        instance_ids=tuple(ids),
        values=len(rows),
        drafts=erasure.drafts(tx, ids, is_dry_run=is_dry_run),
        mails=erasure.mails(tx, ids, at=at, is_dry_run=is_dry_run),
        texts=in_values + erasure.texts(tx, ids, quoted, is_dry_run=is_dry_run),
        left_in_cases=tuple(left),
        left_in_history=erasure.quoting_events(tx, ids, quoted),
        is_done=not is_dry_run,
    )


def _find(tx: Transaction, text: str) -> list[SubjectCase]:
    in_plain = set(vault.find_in_plain(tx, text))
    ids = in_plain.union(vault.find(tx, text))
    fields: dict[int, dict[str, None]] = {}
    for row in vault.of_cases(tx, ids):
        fields.setdefault(row.instance_id, {})[row.field] = None
    return [
        SubjectCase(
            row.id, row.process_key, row.business_key, InstanceState(row.state),
            tuple(fields.get(row.id, ())), row.id in in_plain,
        )
        for row in vault.cases(tx, ids)
    ]  # fmt: skip


def _ensure_eraser(tx: Transaction, by: str | None, action: str) -> None:
    """Refuse whoever may not; ``None`` is the system itself, which does again what was done."""
    if by is not None and not users.acting(tx, by).roles & ERASERS:
        raise NotAllowed(by, action, "cases")


def _ensure_told(name: str, text: str, *, shortest: int = 1) -> str:
    if len(text.strip()) < shortest:
        wrong = FieldError("min_length", {"min_length": shortest}) if text else None
        raise InvalidForm({name: wrong or FieldError("required")})
    return text.strip()
