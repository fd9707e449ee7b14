"""MigrationPlan: how running cases move to another version of their process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain.consequences import Consequences
    from engine.domain.process_graph import ProcessGraph

NO_MAPPING: Mapping[str, str] = {}


class InvalidPlan(EngineError):
    """An activity map leads from elements of one version to elements of the other."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class MigrationBlocked(EngineError):
    """A case moves to another version only if every token finds its place there."""

    def __init__(self, instance_id: int, business_key: str, blockers: Sequence[str]) -> None:
        super().__init__(f"case {business_key} cannot move: {'; '.join(blockers)}")
        self.instance_id, self.business_key = instance_id, business_key
        self.blockers = tuple(blockers)


class NothingToUndo(EngineError):
    """A move to another version can be undone until the next command on the case."""

    def __init__(self, instance_id: int, business_key: str) -> None:
        super().__init__(
            f"case {business_key} has not moved to another version, or it has gone on since"
        )
        self.instance_id, self.business_key = instance_id, business_key


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """Which element becomes which: the same id by itself, others as the activity map says."""

    process_key: str
    from_version: int
    to_version: int
    mapping: Mapping[str, str]  # as given
    same: tuple[str, ...]  # ids in both versions
    unmapped: tuple[str, ...]  # ids that only the old version has and the map does not name
    new: tuple[str, ...]  # ids that only the new version has


@dataclass(frozen=True, slots=True)
class CaseMigration:
    """What becomes of one case: why it cannot move, or what it keeps."""

    instance_id: int
    business_key: str
    blockers: tuple[str, ...] = ()
    kept_tasks: tuple[int, ...] = ()  # with who holds them, their drafts and their dates
    kept_timers: int = 0  # with their moments
    kept_subscriptions: int = 0
    consequences: Consequences | None = None  # events at the border that come and go

    @property
    def can_move(self) -> bool:
        """Return whether nothing keeps the case from moving."""
        return not self.blockers


@dataclass(frozen=True, slots=True)
class Migration:
    """The order to move cases to a version."""

    to_version: int
    mapping: Mapping[str, str] = field(default_factory=dict)


def plan_between(
    old: ProcessGraph, new: ProcessGraph, versions: tuple[int, int], mapping: Mapping[str, str]
) -> MigrationPlan:
    """Return the plan from one version to another; InvalidPlan if the map names what is not."""
    problems = [
        f"{source!r} is no element of version {versions[0]}"
        for source in mapping
        if source not in old.nodes
    ]
    problems += [
        f"{target!r} (for {source!r}) is no element of version {versions[1]}"
        for source, target in mapping.items()
        if target not in new.nodes
    ]
    if problems:
        raise InvalidPlan(problems)
    return MigrationPlan(
        process_key=old.key,
        from_version=versions[0],
        to_version=versions[1],
        mapping=dict(mapping),
        same=tuple(one for one in old.nodes if one in new.nodes and one not in mapping),
        unmapped=tuple(one for one in old.nodes if one not in new.nodes and one not in mapping),
        new=tuple(one for one in new.nodes if one not in old.nodes),
    )
