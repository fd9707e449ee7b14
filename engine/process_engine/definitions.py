"""Use cases about process definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import definitions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.report import ElementReport
    from engine.domain.form import Form
    from engine.domain.instance import ProcessDefinition
    from engine.domain.process_graph import ProcessGraph
    from engine.errors import Finding


class DefinitionUseCases(UseCases):
    """Deploy processes and read them."""

    def lint(
        self,
        xml: bytes,
        *,
        source: str,
        forms: Mapping[str, Mapping[str, object]] | None = None,
        decisions: Mapping[str, bytes] | None = None,
    ) -> list[Finding]:
        """Return what deployment would say of a BPMN file; no forms: forms are not looked at."""
        files = definitions.Deployment(xml, source, forms or {}, {}, decisions or {})
        return definitions.lint(self._context, files, has_forms=forms is not None)

    def deploy(  # noqa: PLR0913 -- the parts of a deployment
        self,
        xml: bytes,
        *,
        source: str,
        forms: Mapping[str, Mapping[str, object]],
        lanes: Mapping[str, str] | None = None,
        decisions: Mapping[str, bytes] | None = None,
        by: str | None = None,
        draft: bool = False,
    ) -> ProcessDefinition:
        """Store a new version of a process, or return the newest one if nothing changed.

        ``lanes`` says which group works in a lane; by default it is called as the lane's id.
        ``decisions`` are DMN files by name. A draft starts no cases before it is activated.
        Raises InvalidModel with every finding about the files. Of a file with several
        executable processes all are stored and may call each other; the first one is returned.
        """
        files = definitions.Deployment(xml, source, forms, lanes or {}, decisions or {}, draft)
        return definitions.deploy(self._context, files, by=by)[0]

    def definitions(self) -> list[ProcessDefinition]:
        """Return of each process the newest active version; where there is none, the newest."""
        return definitions.newest(self._context)

    def definition(self, key: str, *, version: int | None = None) -> ProcessDefinition:
        """Return one version of a process, by default the newest active one."""
        return definitions.get(self._context, key, version=version)

    def model_xml(self, definition_id: int) -> bytes:
        """Return the BPMN file as it was deployed."""
        return definitions.model_xml(self._context, definition_id)

    def localised_xml(self, definition_id: int, language: str) -> bytes:
        """Return the BPMN file to be shown: names in one language, and a diagram.

        A file that has none gets one; what it says of the process stays the same.
        """
        return definitions.drawn_xml(self._context, definition_id, language)

    def report(
        self, xml: bytes, *, source: str, decisions: Mapping[str, bytes] | None = None
    ) -> list[ElementReport]:
        """Return what becomes of each element of any BPMN file: kept, translated or refused.

        Each line says whether the element can be run, simulated and measured.
        """
        files = definitions.Deployment(xml, source, {}, {}, decisions or {})
        return definitions.report(self._context, files)

    def graph(self, definition_id: int) -> ProcessGraph:
        """Return the structure of a process."""
        return definitions.graph(self._context, definition_id)

    def form(self, definition_id: int, form_key: str) -> Form:
        """Return a form that was deployed with a process."""
        return definitions.form(self._context, definition_id, form_key)

    def start_form(self, definition_id: int, start_event: str | None = None) -> Form | None:
        """Return the form to fill in before a case starts, if there is one."""
        return definitions.start_form(self._context, definition_id, start_event)
