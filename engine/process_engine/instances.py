"""Use cases about process instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import instances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.instance import InstanceState, ProcessInstance


class InstanceUseCases(UseCases):
    """Start cases, find them and end them."""

    def start_process(
        self,
        key: str,
        *,
        by: str | None,
        values: Mapping[str, object] | None = None,
        start_event: str | None = None,
        business_key: str | None = None,
        idempotency_key: str | None = None,
    ) -> ProcessInstance:
        """Start a case of a process; ``by=None`` is the system itself.

        Its version is the newest active one, unless the routing of the process says otherwise.
        """
        request = instances.Start(key, values or {}, start_event, business_key, idempotency_key)
        return instances.start(self._context, request, by=by)

    def instance(self, instance_id: int, *, by: str) -> ProcessInstance:
        """Return a case that this person may see."""
        return instances.get(self._context, instance_id, by=by)

    def find_instance(self, process_key: str, business_key: str, *, by: str) -> ProcessInstance:
        """Return the case of a process with this business key."""
        return instances.find(self._context, process_key, business_key, by=by)

    def instances(
        self,
        *,
        by: str,
        process_key: str | None = None,
        state: InstanceState | None = None,
        text: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> list[ProcessInstance]:
        """Return the cases this person may see, newest first.

        ``text`` is looked for in the business key and the values; ``before`` is the id of the
        last case of the page before.
        """
        filters = instances.Filters(process_key, state, text, limit, before)
        return instances.page(self._context, filters, by=by)

    def count_instances(self, *, process_key: str | None = None) -> Mapping[InstanceState, int]:
        """Return how many cases are active, completed and cancelled."""
        return instances.count(self._context, process_key=process_key)

    def called_instances(self, instance_id: int, *, by: str) -> list[ProcessInstance]:
        """Return the cases that a case started by its call activities, oldest first."""
        return instances.called(self._context, instance_id, by=by)

    def cancel_instance(self, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
        """End a case with everything that is open in it; for managers and administrators."""
        return instances.cancel(self._context, instance_id, by=by, reason=reason)
