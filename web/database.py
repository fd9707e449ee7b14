"""The engine on the database of the environment; light, so that commands start quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.config import EngineConfig
from engine.process_engine import ProcessEngine
from web.settings import InvalidSettings

if TYPE_CHECKING:
    from engine.clock import Clock


def open_engine(*, clock: Clock | None = None) -> ProcessEngine:
    """Open the engine on the database of the environment."""
    try:
        config = EngineConfig.from_environment()
    except ValueError as error:
        raise InvalidSettings("environment", str(error)) from error
    return ProcessEngine.open(config, clock=clock)
