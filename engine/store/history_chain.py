"""The hash chain of a case: what makes every event depend on all that came before it.

The first event of a case is bound to the identity of the case. The bytes of an event are those
of its columns, the same on every database; its position in the chain is its sequence number.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NO_HASH = b""  # of an event that is missing, so that a damaged case can go on; verify tells it
_CONSTANT = b"twinflow history 1\n"
_COLUMNS_OF = itemgetter(
    "seq", "type", "element_id", "element_type", "token", "lane", "actor", "detail"
)


class Tail(NamedTuple):
    """How far the history of a case has come: what its next event is bound to."""

    seq: int
    hash: bytes


def new_tail(process_key: str, case_id: str) -> Tail:
    """Return the tail of a case that has no history yet."""
    return Tail(0, beginning(process_key, case_id))


def beginning(process_key: str, case_id: str) -> bytes:
    """Return what the first event of a case is bound to."""
    return hashlib.sha256(_CONSTANT + orjson.dumps([process_key, case_id])).digest()


def event_hash(previous: bytes, row: Mapping[str, object], at: datetime) -> bytes:
    """Return the hash of an event, given as its columns and its moment."""
    moment = at if at.tzinfo is UTC else at.astimezone(UTC)
    told = (moment, *_COLUMNS_OF(row))  # orjson writes a moment as isoformat() does
    return hashlib.sha256(previous + orjson.dumps(told)).digest()


def digest_of(rows: list[tuple[int, int, bytes]]) -> bytes:
    """Return the digest of cases, each with its last sequence number and hash."""
    digest = hashlib.sha256()
    for instance_id, last_seq, last_hash in rows:
        digest.update(b"%d %d %s\n" % (instance_id, last_seq, last_hash.hex().encode()))
    return digest.digest()


def seal_hash(previous: bytes, number: int, at: datetime, by: str | None, digest: bytes) -> bytes:
    """Return the hash of a seal."""
    told = [number, at.astimezone(UTC).isoformat(), by, digest.hex()]
    return hashlib.sha256(previous + orjson.dumps(told)).digest()
