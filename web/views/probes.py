"""What a process supervisor asks: is it alive, can it work."""

from __future__ import annotations

from flask import Blueprint

from web.context import services

blueprint = Blueprint("probes", __name__)


@blueprint.get("/livez")
def live() -> dict[str, str]:
    """Answer as long as the process runs."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def ready() -> dict[str, str]:
    """Answer if the database answers; StoreUnavailable becomes 503."""
    services().engine.definitions()
    return {"status": "ready"}
