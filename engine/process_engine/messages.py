"""Use cases about messages and signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.message import DEFAULT_TTL, MessageState, Publication
from engine.process_engine.base import UseCases
from engine.services import messages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from engine.domain.message import Correlation, Message


class MessageUseCases(UseCases):
    """Send messages and signals to cases; for managers, administrators and the system itself."""

    def correlate(
        self,
        name: str,
        *,
        by: str | None,
        key: str = "",
        values: Mapping[str, object] | None = None,
        message_id: str | None = None,
        ttl: timedelta = DEFAULT_TTL,
    ) -> Correlation:
        """Bring a message to its one receiver, or keep it for a while until somebody waits for it.

        The same message id comes once. Without a key, whoever waits for the name is meant.
        Raises AmbiguousMessage if more than one receiver waits; then nobody got it.
        """
        publication = Publication(name, key, values or {}, message_id, ttl)
        return messages.correlate(self._context, publication, by=by)

    def throw_signal(
        self, name: str, *, by: str | None, values: Mapping[str, object] | None = None
    ) -> Message:
        """Send a signal to everybody who waits for it now."""
        return messages.throw_signal(self._context, name, values or {}, by=by)

    def message(self, number: int, *, by: str) -> Message:
        """Return a message or signal, and what became of it so far."""
        return messages.get(self._context, number, by=by)

    def messages(
        self, *, by: str, state: MessageState = MessageState.UNDELIVERED, limit: int = 100
    ) -> list[Message]:
        """Return the newest messages in a state, by default those that found no receiver."""
        return messages.listed(self._context, state, by=by, limit=limit)

    def deliver_message(self, number: int, instance_id: int, *, by: str) -> Message:
        """Bring a message that waits or was not delivered to a case that waits for it."""
        return messages.deliver_to(self._context, number, instance_id, by=by)

    def discard_message(self, number: int, *, by: str) -> Message:
        """Decide that nobody needs a message."""
        return messages.discard(self._context, number, by=by)
