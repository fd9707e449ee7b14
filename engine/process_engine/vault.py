"""Use cases about personal values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import erasure

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.domain.vault import ErasedValue, Erasure, SubjectCase


class VaultUseCases(UseCases):
    """Find people and erase their values; for the quality officer and administrators."""

    def find_subject(self, text: str, *, by: str) -> list[SubjectCase]:
        """Return the cases in which a text stands, in personal values or elsewhere."""
        return erasure.find_subject(self._context, text, by=by)

    def erase_case_values(
        self, instance_id: int, *, by: str, reason: str, is_dry_run: bool = False
    ) -> Erasure:
        """Erase the personal values of a case, with the cases it called and its callers.

        Their drafts and mails are emptied, texts that quote a value are cut; the history stays
        as it is. A dry run only counts.
        """
        return erasure.erase_case_values(
            self._context, instance_id, by=by, reason=reason, is_dry_run=is_dry_run
        )

    def erase_subject(
        self, text: str, *, by: str, reason: str, is_dry_run: bool = False
    ) -> Erasure:
        """Erase the personal values of every case in whose personal values a text stands."""
        return erasure.erase_subject(
            self._context, text, by=by, reason=reason, is_dry_run=is_dry_run
        )

    def erasure_ledger(self, *, by: str) -> list[ErasedValue]:
        """Return what was erased, the oldest first: keep it outside of the database."""
        return erasure.ledger(self._context, by=by)

    def erase_again(
        self,
        references: Collection[str],
        *,
        by: str | None,
        reason: str,
        is_dry_run: bool = False,
    ) -> Erasure:
        """Erase what a ledger says is erased, but a restored backup brought back.

        The references of a ledger mean nothing in another database. ``by=None`` is the system.
        """
        return erasure.erase_again(
            self._context, references, by=by, reason=reason, is_dry_run=is_dry_run
        )
