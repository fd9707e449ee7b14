"""The JSON Schema of the scenario document, for editors and other programs."""

from __future__ import annotations

import json
from typing import Any

from simulation.scenario.document import Document


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the scenario document."""
    schema = _with_short_names(Document.model_json_schema(by_alias=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Twinflow scenario, version 1",
    }


def _with_short_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Call the parts by their titles; pydantic calls generic ones by module and parameter."""
    text = json.dumps(schema)
    for name, part in schema["$defs"].items():
        if (title := part.get("title", name)) != name:
            text = text.replace(json.dumps(name), json.dumps(title))
            text = text.replace(f'#/$defs/{name}"', f'#/$defs/{title}"')
    renamed: dict[str, Any] = json.loads(text)
    return renamed
