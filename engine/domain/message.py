"""Messages and signals: from one sender to exactly one receiver, or to everybody who waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.instance import DefinitionId, InstanceId

MessageId = NewType("MessageId", int)
SubscriptionId = NewType("SubscriptionId", int)

MESSAGE, SIGNAL = "message", "signal"
# How long a message waits for its receiver if the sender does not say.
DEFAULT_TTL = timedelta(days=1)
LONGEST_TTL = timedelta(days=366)
LONGEST_NAME = 200


class MessageState(StrEnum):
    """Where a message or signal stands."""

    WAITING = "waiting"  # for somebody to wait for it; signals: on its way
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # its time was over, or nobody could tell whom it is for
    DISCARDED = "discarded"  # somebody decided that nobody needs it


@dataclass(frozen=True, slots=True)
class Message:
    """A message or signal as it is kept."""

    id: MessageId
    kind: str
    name: str
    key: str  # empty: none
    message_id: str
    values: Mapping[str, object]
    state: MessageState
    published_at: datetime
    published_by: str | None = None
    source_id: InstanceId | None = None
    expires_at: datetime | None = None
    receiver_id: InstanceId | None = None
    ended_at: datetime | None = None
    last_error: str | None = None
    position: int = 0
    last_position: int = 0
    receivers: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A token of a case, or a start event of a definition, that waits."""

    id: SubscriptionId
    token: str
    element_id: str
    kind: str
    name: str
    key: str | None
    instance_id: InstanceId | None
    definition_id: DefinitionId | None
    business_key: str | None = None  # of the case


@dataclass(frozen=True, slots=True)
class Publication:
    """A message to be published: to whom, with what, and how long it may wait."""

    name: str
    key: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    message_id: str | None = None
    ttl: timedelta = DEFAULT_TTL


@dataclass(frozen=True, slots=True)
class Correlation:
    """What became of a message: who got it, or that it waits; a copy changes nothing."""

    message: Message
    is_duplicate: bool = False
