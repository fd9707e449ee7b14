"""Idempotency: a request that comes twice is carried out once and answered twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.errors import FieldError, IdempotencyKeyReused, InvalidForm
from engine.store import commands
from engine.store.types import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.services.context import Context
    from engine.store.database import Transaction

LONGEST_KEY = 200
REMEMBERED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for under an idempotency key; without a key nothing is remembered."""

    key: str | None
    user_id: str
    content: Mapping[str, object]

    @property
    def hash(self) -> str:
        """Return a fingerprint of what was asked for."""
        return hashlib.sha256(canonical_json(self.content)).hexdigest()


def earlier_answer(tx: Transaction, request: Request) -> dict[str, object] | None:
    """Return what was answered before; IdempotencyKeyReused if the question was another."""
    if request.key is None:
        return None
    if not 0 < len(request.key) <= LONGEST_KEY:
        raise InvalidForm(
            {"idempotency_key": FieldError("max_length", {"max_length": LONGEST_KEY})}
        )
    found = commands.find(tx, request.key, request.user_id)
    if found is None:
        return None
    request_hash, answer = found
    if request_hash != request.hash:
        raise IdempotencyKeyReused(request.key)
    return answer


def remember(
    tx: Transaction, request: Request, answer: Mapping[str, object], *, at: datetime
) -> None:
    """Remember the answer, if the request has a key."""
    if request.key is not None:
        commands.insert(
            tx,
            key=request.key,
            user_id=request.user_id,
            request_hash=request.hash,
            answer=answer,
            at=at,
        )


def forget_old_answers(context: Context) -> int:
    """Forget the answers to requests that nobody repeats any more, and return how many."""
    before = context.clock.now() - REMEMBERED_FOR
    return context.database.run(lambda tx: commands.forget(tx, before=before))
