"""Consequences: what changing a case by hand does to it, told before it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class OutdatedPreview(EngineError):
    """Who changes a case by hand has seen what that does to it as it is now."""

    def __init__(self, instance_id: int) -> None:
        super().__init__(f"case {instance_id} has changed since the preview; look at it again")
        self.instance_id = instance_id


@dataclass(frozen=True, slots=True)
class Move:
    """Where tokens of a case go: those to be withdrawn, the elements at which new ones begin.

    ``withdraw=None`` withdraws all there are: the case begins again at the elements.
    """

    activate: Collection[str] = ()
    withdraw: Collection[str] | None = ()
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case waits for at a token, so that somebody can choose what to skip."""

    token: str
    element_id: str
    kind: str  # task, timer, job, subscription, call, condition, join, continue
    name: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that opens or is withdrawn."""

    kind: str  # task, timer, job, subscription, call
    element_id: str
    token: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a change does to a case as it is now (``based_on``)."""

    instance_id: int
    based_on: int  # version of the case
    withdrawn: tuple[Effect, ...] = ()
    opened: tuple[Effect, ...] = ()
    lost: tuple[str, ...] = ()  # in words: drafts, claims, called cases
    ends_case: bool = False
