"""Use cases about process definitions: check, deploy, look up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import connectors
from engine.bpmn import lint as bpmn_lint
from engine.bpmn.run import compile_model
from engine.domain.assignment import unknown_lanes
from engine.domain.form import Form
from engine.domain.instance import DefinitionId, ProcessDefinition
from engine.errors import Finding, InvalidFormSchema, InvalidModel, NotFound, Severity
from engine.store import definitions
from engine.store.definitions import StoredDefinition
from engine.store.types import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.process_graph import ProcessGraph
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.store.database import Transaction

    FormSchemas = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The files of a process, and the groups that work in its lanes."""

    xml: bytes
    source: str
    forms: FormSchemas
    lanes: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """Return a fingerprint of all that makes up a version."""
        parts = (self.xml, canonical_json(self.forms), canonical_json(self.lanes))
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def lint(xml: bytes, *, source: str, forms: FormSchemas | None) -> list[Finding]:
    """Return the findings about a BPMN file and, if they were handed in, its forms."""
    form_keys = None if forms is None else forms.keys()
    findings = bpmn_lint.lint(xml, source=source, form_keys=form_keys, connectors=connectors.NAMES)
    return findings + _form_findings(forms or {})


def deploy(context: Context, files: Deployment, *, by: str | None) -> ProcessDefinition:
    """Store a new version of a process, or return the newest one if nothing changed."""
    findings = lint(files.xml, source=files.source, forms=files.forms)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise InvalidModel(files.source, findings)
    graph = compile_model(files.xml, source=files.source).graph
    _ensure_lanes_exist(files, graph)

    def work(tx: Transaction) -> ProcessDefinition:
        newest_version = definitions.newest_of(tx, graph.key)
        if newest_version is not None and newest_version.sha256 == files.sha256:
            return newest_version
        new = ProcessDefinition(
            id=DefinitionId(0),  # given by the database
            key=graph.key,
            version=newest_version.version + 1 if newest_version else 1,
            name=graph.name,
            sha256=files.sha256,
            deployed_at=context.clock.now(),
            deployed_by=by,
        )
        stored = StoredDefinition(new, files.source, files.xml, files.forms, files.lanes)
        return definitions.insert(tx, stored)

    return context.database.run(work)


def newest(context: Context) -> list[ProcessDefinition]:
    """Return the newest version of each process."""
    with context.database.reading() as tx:
        return definitions.newest(tx)


def get(context: Context, key: str, *, version: int | None) -> ProcessDefinition:
    """Return one version of a process, by default the newest."""
    with context.database.reading() as tx:
        if version is None:
            found = definitions.newest_of(tx, key)
        else:
            found = definitions.version_of(tx, key, version)
    if found is None:
        raise NotFound("process", key if version is None else f"{key} version {version}")
    return found


def model_xml(context: Context, definition_id: int) -> bytes:
    """Return the BPMN file as it was deployed."""
    with context.database.reading() as tx:
        xml = definitions.xml(tx, definition_id)
    if xml is None:
        raise NotFound("process definition", definition_id)
    return xml


def graph(context: Context, definition_id: int) -> ProcessGraph:
    """Return the structure of a process."""
    return _deployed(context, definition_id).graph


def form(context: Context, definition_id: int, form_key: str) -> Form:
    """Return a form of a process."""
    forms = _deployed(context, definition_id).forms
    if form_key not in forms:
        raise NotFound("form", form_key)
    return forms[form_key]


def start_form(context: Context, definition_id: int, start_event: str | None) -> Form | None:
    """Return the form of a start event."""
    deployed = _deployed(context, definition_id)
    return deployed.form_of(deployed.start_event(start_event))


def _deployed(context: Context, definition_id: int) -> DeployedProcess:
    with context.database.reading() as tx:
        return context.deployed.get(tx, definition_id)


def _form_findings(forms: FormSchemas) -> list[Finding]:
    findings = []
    for key, schema in forms.items():
        try:
            Form.parse(schema, source=f"{key}.form")
        except InvalidFormSchema as error:
            findings += [Finding("form", f"{error.source}: {text}") for text in error.problems]
    return findings


def _ensure_lanes_exist(files: Deployment, process: ProcessGraph) -> None:
    unknown = unknown_lanes(files.lanes, process)
    if unknown:
        known = ", ".join(process.lanes) or "none"
        raise InvalidModel(
            files.source,
            [Finding("lane", f"there is no lane {lane!r}; lanes are {known}") for lane in unknown],
        )
