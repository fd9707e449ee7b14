"""Processes: the BPMN files that diagrams are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request

from web.context import login_required, services
from web.languages import current_language, language_of

if TYPE_CHECKING:
    from flask import Response

blueprint = Blueprint("processes", __name__)


@blueprint.get("/processes/<key>/v/<int:version>/model.bpmn")
@login_required
def model(key: str, version: int) -> Response:
    """Return a version of a process in the reader's language; it never changes."""
    definition = services().engine.definition(key, version=version)
    language = language_of(request.args.get("language", "")) or current_language()
    xml = services().engine.localised_xml(definition.id, language.code)
    response = current_app.response_class(xml, mimetype="application/xml")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{definition.sha256[:32]}-{language.code}")
    response.make_conditional(request)
    return response
