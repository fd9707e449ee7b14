"""UseCases: what the families of use cases share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.services.context import Context


class UseCases:
    """A part of the facade; every method is one use case and holds no logic."""

    def __init__(self, context: Context) -> None:
        self._context = context
