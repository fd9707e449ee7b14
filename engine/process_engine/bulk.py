"""Use cases about one action on many cases, tasks or incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import bulk

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.domain.bulk import BulkItem, BulkOperation, BulkRequest


def _never() -> bool:
    return False


class BulkUseCases(UseCases):
    """Order bulk operations and follow them; for managers."""

    def preview_bulk(self, wanted: BulkRequest, *, by: str, limit: int = 200) -> list[BulkItem]:
        """Return what would become of the first items: done, or refused and why."""
        return bulk.preview(self._context, wanted, by=by, limit=limit)

    def order_bulk(self, wanted: BulkRequest, *, by: str) -> BulkOperation:
        """Store an operation; the worker works through it, with the rights of who ordered it."""
        return bulk.order(self._context, wanted, by=by)

    def work_bulk(
        self,
        number: int | None = None,
        *,
        limit: int = 100,
        should_stop: Callable[[], bool] = _never,
    ) -> int:
        """Do waiting items of an operation, by default of all, and return how many were done."""
        return bulk.work_through(self._context, number, limit=limit, should_stop=should_stop)

    def bulk_operation(self, number: int, *, by: str) -> BulkOperation:
        """Return an operation and how far it is."""
        return bulk.get(self._context, number, by=by)

    def bulk_operations(self, *, by: str, limit: int = 50) -> list[BulkOperation]:
        """Return the newest operations."""
        return bulk.newest(self._context, by=by, limit=limit)

    def bulk_items(
        self, number: int, *, by: str, after: int = 0, limit: int = 200
    ) -> list[BulkItem]:
        """Return items with their results, in order, behind a position."""
        return bulk.items(self._context, number, by=by, after=after, limit=limit)

    def stop_bulk(self, number: int, *, by: str) -> BulkOperation:
        """Skip what is not done yet."""
        return bulk.stop(self._context, number, by=by)
