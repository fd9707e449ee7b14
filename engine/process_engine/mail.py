"""Use cases about mail that leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import outbox

if TYPE_CHECKING:
    from engine.domain.mail import Letter, LetterState


class MailUseCases(UseCases):
    """Send what the outbox holds, and look after what was not sent."""

    def send_due_letters(self, *, limit: int = 20) -> int:
        """Send the mails that are due and return how many were."""
        return outbox.send_due(self._context, self._context.mailer, limit=limit)

    def letters(
        self, *, by: str, state: LetterState | None = None, limit: int = 100
    ) -> list[Letter]:
        """Return the newest letters of the outbox; for managers and administrators."""
        return outbox.letters(self._context, by=by, state=state, limit=limit)

    def send_letter_again(self, letter_id: int, *, by: str) -> None:
        """Let a letter that was given up be tried for another three days."""
        outbox.send_again(self._context, letter_id, by=by)

    def forget_old_letters(self) -> int:
        """Forget letters sent a month ago or given up three months ago, and return how many."""
        return outbox.forget_old_letters(self._context)
