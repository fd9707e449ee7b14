"""What goes into a connector and what comes out: a service call, its result, its failures.

A connector never touches the database. Mails, messages and cases to start are part of the
result: who finishes the job stores them in the same transaction, so that a call that is
repeated after a crash sends nothing twice and loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.mail import Mail


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One call of a service task; it may come again, with the same idempotency key."""

    connector: str
    inputs: Mapping[str, object]  # evaluated: JSON values
    idempotency_key: str
    process_key: str
    business_key: str
    instance_id: int
    element_id: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class PublishedMessage:
    """A message to other cases; it waits ``ttl_s`` seconds for one that expects it."""

    name: str
    key: str
    message_id: str
    values: Mapping[str, object]
    ttl_s: float


@dataclass(frozen=True, slots=True)
class StartedProcess:
    """A case to start; without a business key the engine gives it one."""

    process_key: str
    business_key: str | None
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a call gave: values for the case, and what is to be sent and started."""

    values: Mapping[str, object] = field(default_factory=dict)
    mails: tuple[Mail, ...] = ()
    messages: tuple[PublishedMessage, ...] = ()
    starts: tuple[StartedProcess, ...] = ()


class ServiceFailed(EngineError):
    """A service call is answered, or it is tried again until it becomes an incident."""

    def __init__(
        self, reason: str, *, is_permanent: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.is_permanent, self.retry_after_s = reason, is_permanent, retry_after_s


class BusinessError(EngineError):
    """What a service refuses for reasons of the business is an error event of the model."""

    def __init__(self, code: str, message: str, values: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.values = code, message, dict(values or {})
