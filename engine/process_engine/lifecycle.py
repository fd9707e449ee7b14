"""Use cases about running cases as a whole: stand still, go on, skip, begin again, migrate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.suspension import TimerPolicy
from engine.process_engine.base import UseCases
from engine.services import interventions, migration, suspension

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain.consequences import Consequences, Move, Standing
    from engine.domain.instance import ProcessInstance
    from engine.domain.migration_plan import CaseMigration, Migration, MigrationPlan

NO_VALUES: Mapping[str, object] = {}


class LifecycleUseCases(UseCases):
    """Change running cases by hand, for managers; every change has a reason, kept in history."""

    def suspend_instance(self, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
        """Let a case stand still, with the cases it called."""
        return suspension.suspend(self._context, instance_id, by=by, reason=reason)

    def resume_instance(
        self,
        instance_id: int,
        *,
        by: str,
        reason: str,
        timers: TimerPolicy = TimerPolicy.KEEP,
    ) -> ProcessInstance:
        """Let a case go on, with the cases that were suspended with it."""
        return suspension.resume(self._context, instance_id, by=by, reason=reason, timers=timers)

    def terminate_instance(self, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
        """End a case with the case that called it and all that they called.

        Cancelling a called case leaves its caller with an incident; this leaves nothing.
        """
        return suspension.terminate(self._context, instance_id, by=by, reason=reason)

    def standing(self, instance_id: int, *, by: str) -> list[Standing]:
        """Return what a case waits for, token by token, for those who may see it."""
        return interventions.standing(self._context, instance_id, by=by)

    # Each change has a preview; handing its ``based_on`` to the change refuses the change, as
    # OutdatedPreview, if the case is another by then.

    def skip_element(
        self,
        instance_id: int,
        token: str,
        *,
        by: str,
        reason: str,
        values: Mapping[str, object] = NO_VALUES,
        based_on: int | None = None,
    ) -> ProcessInstance:
        """Go on behind what waits at a token as if it were done, with values it would give."""
        order = interventions.Order(by, reason, based_on)
        return interventions.skip(self._context, instance_id, token, order, values)

    def preview_skip(
        self,
        instance_id: int,
        token: str,
        *,
        by: str,
        values: Mapping[str, object] = NO_VALUES,
    ) -> Consequences:
        """Return what skipping would withdraw, open and lose."""
        return interventions.preview_skip(self._context, instance_id, token, values, by=by)

    def move_instance(
        self,
        instance_id: int,
        wanted: Move,
        *,
        by: str,
        reason: str,
        based_on: int | None = None,
    ) -> ProcessInstance:
        """Withdraw tokens and begin at elements: restart a case, or send it elsewhere."""
        order = interventions.Order(by, reason, based_on)
        return interventions.move(self._context, instance_id, wanted, order)

    def preview_move(self, instance_id: int, wanted: Move, *, by: str) -> Consequences:
        """Return what moving would withdraw, open and lose."""
        return interventions.preview_move(self._context, instance_id, wanted, by=by)

    def set_values(
        self,
        instance_id: int,
        values: Mapping[str, object],
        *,
        by: str,
        reason: str,
        based_on: int | None = None,
    ) -> ProcessInstance:
        """Correct values of a case; the history tells which, never what they were."""
        order = interventions.Order(by, reason, based_on)
        return interventions.set_values(self._context, instance_id, values, order)

    def preview_values(
        self, instance_id: int, values: Mapping[str, object], *, by: str
    ) -> Consequences:
        """Return what correcting values would open and withdraw."""
        return interventions.preview_values(self._context, instance_id, values, by=by)

    # to another version

    def plan_migration(
        self,
        process_key: str,
        *,
        from_version: int,
        to_version: int,
        mapping: Mapping[str, str] | None = None,
    ) -> MigrationPlan:
        """Return which element becomes which; InvalidPlan if the map names what is not there."""
        versions = from_version, to_version
        return migration.plan(self._context, process_key, versions, mapping or {})

    def try_migration(
        self, plan: MigrationPlan, *, by: str, cases: Sequence[int] | None = None
    ) -> list[CaseMigration]:
        """Return per case why it cannot move, or what it keeps; by default of all that run."""
        return migration.dry_run(self._context, plan, cases, by=by)

    def migrate_instance(
        self,
        instance_id: int,
        wanted: Migration,
        *,
        by: str,
        reason: str,
        based_on: int | None = None,
    ) -> ProcessInstance:
        """Move a case with its tasks, drafts and timers; MigrationBlocked says why it cannot."""
        order = interventions.Order(by, reason, based_on)
        return migration.migrate(self._context, instance_id, wanted, order)

    def undo_migration(self, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
        """Move a case back; NothingToUndo after the next command on it."""
        return migration.undo(self._context, instance_id, by=by, reason=reason)

    def forget_old_migrations(self) -> int:
        """Forget what is kept to undo migrations that cannot be undone any more."""
        return migration.forget_old(self._context)
