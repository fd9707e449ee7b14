"""Use cases about versions of processes, and about which of them new cases go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import routing, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain.routing import Routing, RoutingPreview, RoutingRule
    from engine.domain.versions import Version, VersionChange


class VersionUseCases(UseCases):
    """Decide which versions start cases, for managers; running cases stay on theirs."""

    def versions(self, process_key: str) -> list[Version]:
        """Return the versions of a process with their cases, the newest first."""
        return versions.of_process(self._context, process_key)

    def version_changes(self, process_key: str) -> list[VersionChange]:
        """Return who activated, retired and deleted versions, the newest change first."""
        return versions.changes(self._context, process_key)

    def activate_version(self, process_key: str, version: int, *, by: str, reason: str) -> Version:
        """Let new cases be started of a version."""
        return versions.activate(self._context, process_key, version, by=by, reason=reason)

    def retire_version(self, process_key: str, version: int, *, by: str, reason: str) -> Version:
        """Let no new case be started of a version; DefinitionInUse if a routing rule names it."""
        return versions.retire(self._context, process_key, version, by=by, reason=reason)

    def delete_version(self, process_key: str, version: int, *, by: str, reason: str) -> None:
        """Forget a version that is not active; DefinitionInUse, with the count, if it has cases."""
        versions.delete(self._context, process_key, version, by=by, reason=reason)

    def routing(self, process_key: str) -> Routing | None:
        """Return the rules by which new cases find their version; None: there never were any."""
        return routing.get(self._context, process_key)

    def routing_changes(self, process_key: str) -> list[Routing]:
        """Return who changed the rules, when and why, the newest first."""
        return routing.changes(self._context, process_key)

    def set_routing(
        self, process_key: str, rules: Sequence[RoutingRule], *, by: str, reason: str
    ) -> Routing:
        """Replace the rules; without any, all cases go to the newest active version."""
        return routing.save(self._context, process_key, rules, by=by, reason=reason)

    def preview_routing(
        self,
        process_key: str,
        *,
        by: str,
        rules: Sequence[RoutingRule] | None = None,
        samples: Sequence[tuple[str, Mapping[str, object]]] | None = None,
        limit: int = 200,
    ) -> RoutingPreview:
        """Return where rules (by default those that count) would send cases; changes nothing.

        ``samples`` are business keys with start values; by default the newest cases with the
        values they have now.
        """
        wanted = routing.Preview(process_key, rules, samples, limit)
        return routing.preview(self._context, wanted, by=by)
