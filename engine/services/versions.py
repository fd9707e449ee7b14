"""Use cases about the versions of a process: activate, retire, delete. Running cases stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.instance import DefinitionState, InstanceState
from engine.domain.versions import DefinitionInUse, Version
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import routing, starts, users
from engine.store import definitions, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.domain.instance import ProcessDefinition
    from engine.domain.versions import VersionChange
    from engine.services.context import Context
    from engine.store.database import Transaction

ACTIONS = {
    DefinitionState.ACTIVE: "activated",
    DefinitionState.RETIRED: "retired",
    DefinitionState.DELETED: "deleted",
}


def of_process(context: Context, key: str) -> list[Version]:
    """Return the versions of a process with their cases, the newest first."""
    with context.database.reading() as tx:
        found = _of_process(tx, key)
    if not found:
        raise NotFound("process", key)
    return found


def changes(context: Context, key: str) -> list[VersionChange]:
    """Return who changed the states of a process's versions, when and why, the newest first."""
    with context.database.reading() as tx:
        return versions.changes(tx, key)


def activate(context: Context, key: str, version: int, *, by: str, reason: str) -> Version:
    """Let new cases be started of a version."""
    return _change(context, key, version, DefinitionState.ACTIVE, by=by, reason=reason)


def retire(context: Context, key: str, version: int, *, by: str, reason: str) -> Version:
    """Let no new case be started of a version; its running cases stay on it."""
    return _change(context, key, version, DefinitionState.RETIRED, by=by, reason=reason)


def delete(context: Context, key: str, version: int, *, by: str, reason: str) -> None:
    """Forget a version of which no case ever was; its number is not given again."""
    _change(context, key, version, DefinitionState.DELETED, by=by, reason=reason)


def put(
    context: Context,
    tx: Transaction,
    definition: ProcessDefinition,
    state: DefinitionState,
    *,
    by: str | None,
    reason: str,
) -> None:
    """Change the state of a version, and with it which start events wait."""
    before = definitions.startable_of(tx, definition.key)
    if state is DefinitionState.DELETED:
        versions.empty(tx, definition.id)
    else:
        versions.set_state(tx, definition.id, state)
    at = context.clock.now()
    versions.note(tx, definition.id, state, at=at, by=by, reason=reason)
    after = definitions.startable_of(tx, definition.key)
    if (before and before.id) != (after and after.id):
        starts.install_newest(context, tx, definition.key)


def _change(
    context: Context, key: str, version: int, state: DefinitionState, *, by: str, reason: str
) -> Version:
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})

    def work(tx: Transaction) -> Version:
        users.ensure_manager(tx, by, "change", f"{key} version {version}")
        locked = versions.lock(tx, key, version)
        found = next((v for v in _of_process(tx, key) if v.definition.version == version), None)
        if locked is None or found is None:
            raise NotFound("process", f"{key} version {version}")
        if locked.state is not state:
            _ensure_free(tx, found, state)
            put(context, tx, locked, state, by=by, reason=reason.strip())
        return next((v for v in _of_process(tx, key) if v.definition.version == version), found)

    return context.database.run(work)


def _ensure_free(tx: Transaction, found: Version, state: DefinitionState) -> None:
    """Raise DefinitionInUse if something needs a version that is to be retired or deleted."""
    checks: Mapping[DefinitionState, Callable[[], str | None]] = {
        DefinitionState.RETIRED: lambda: _routed(found),
        DefinitionState.DELETED: lambda: _routed(found) or _kept(tx, found),
    }
    needed_by = checks.get(state, lambda: None)()
    if needed_by is not None:
        raise DefinitionInUse(found.name, ACTIONS[state], needed_by)


def _routed(found: Version) -> str | None:
    if not found.rules:
        return None
    numbers = ", ".join(str(number) for number in found.rules)
    return f"routing rule {numbers} sends cases to it; change the routing first"


def _kept(tx: Transaction, found: Version) -> str | None:
    """Return why a version cannot be deleted."""
    if found.definition.state is DefinitionState.ACTIVE:
        return "it is active; retire it first"
    if found.running or found.ended:
        return f"{found.running} cases run on it, {found.ended} have ended on it"
    incidents = versions.count_incidents(tx, found.definition.id)
    return f"it has {incidents} incidents" if incidents else None


def _of_process(tx: Transaction, key: str) -> list[Version]:
    counted, rules = versions.count_cases(tx, key), routing.targets(tx, key)
    found = []
    for definition in versions.of_process(tx, key):
        cases = counted.get(definition.id, {})
        running = cases.get(InstanceState.ACTIVE, 0)
        ended = sum(cases.values()) - running
        found.append(Version(definition, running, ended, rules.get(definition.version, ())))
    return found
