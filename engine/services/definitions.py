"""Use cases about process definitions: check, deploy, look up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.bpmn import report as bpmn_report
from engine.bpmn.graph import read_graph
from engine.bpmn.layout import laid_out
from engine.bpmn.processes import process_ids
from engine.bpmn.program import Decider, compile_graph
from engine.bpmn.read import localised
from engine.domain.assignment import unknown_lanes
from engine.domain.instance import DefinitionId, DefinitionState, ProcessDefinition
from engine.errors import Finding, InvalidModel, NotFound
from engine.services import checks, starts, versions
from engine.services.deployed import DeployedProcess
from engine.store import definitions
from engine.store.definitions import StoredDefinition
from engine.store.types import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.bpmn.program import Program
    from engine.bpmn.report import ElementReport
    from engine.domain.form import Form
    from engine.domain.process_graph import ProcessGraph
    from engine.services.context import Context
    from engine.store.database import Transaction

    FormSchemas = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The files of one or more processes, and the groups that work in their lanes."""

    xml: bytes
    source: str
    forms: FormSchemas
    lanes: Mapping[str, str]
    decisions: Mapping[str, bytes] = field(default_factory=dict)  # DMN files by name
    is_draft: bool = False

    @property
    def sha256(self) -> str:
        """Return a fingerprint of all that makes up a version."""
        parts = [self.xml, canonical_json(self.forms), canonical_json(self.lanes)]
        for name, xml in sorted(self.decisions.items()):
            parts += [name.encode(), xml]
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def lint(context: Context, files: Deployment, *, has_forms: bool = True) -> list[Finding]:
    """Return the findings about a BPMN file, its forms and its decision tables."""
    forms = files.forms if has_forms else None
    findings = checks.file_findings(
        context.connectors, files.xml, files.source, forms=forms, decisions=files.decisions
    )
    if checks.is_sound(findings):
        findings += checks.call_findings(context, files.xml, files.source)
    return findings


def deploy(context: Context, files: Deployment, *, by: str | None) -> list[ProcessDefinition]:
    """Store a new version of each process of a file, or return the newest if nothing changed.

    A file in which no process is executable is stored as a drawing, which cannot be started.
    What was deployed before is not checked again: a server that starts deploys its library.
    """
    summaries = process_ids(files.xml, source=files.source)
    runnable = [summary for summary in summaries if summary.is_executable]
    keys = [summary.id for summary in runnable or summaries]
    again = context.database.run(
        lambda tx: _deployed_again(context, tx, files, _newest_of(tx, keys), by)
    )
    if again:
        return again
    if summaries and not runnable:
        new = [_New(summary.id, summary.name, None) for summary in summaries]
    else:
        new = _compiled(context, files)
    return context.database.run(lambda tx: _store(context, tx, files, new, by))


@dataclass(frozen=True, slots=True)
class _New:
    """A process to be stored; a drawing has no program."""

    key: str
    name: str
    program: Program | None


def _compiled(context: Context, files: Deployment) -> list[_New]:
    findings = lint(context, files)
    if not checks.is_sound(findings):
        raise InvalidModel(files.source, findings)
    processes = checks.graphs(files.xml, files.source)
    _ensure_lanes_exist(files, processes)
    asked = Decider(files.decisions)
    return [_New(graph.key, graph.name, compile_graph(graph, asked=asked)) for graph in processes]


def _store(
    context: Context, tx: Transaction, files: Deployment, new: Sequence[_New], by: str | None
) -> list[ProcessDefinition]:
    newest_versions = _newest_of(tx, [one.key for one in new])  # once: another may deploy, too
    again = _deployed_again(context, tx, files, newest_versions, by)
    if again:
        return again
    at = context.clock.now()
    deployment = definitions.insert_deployment(tx, source=files.source, at=at, by=by)
    stored = []
    for one, before in zip(new, newest_versions, strict=True):
        definition = ProcessDefinition(
            id=DefinitionId(0),  # given by the database
            key=one.key,
            version=before.version + 1 if before else 1,
            name=one.name,
            sha256=files.sha256,
            deployed_at=at,
            deployed_by=by,
            is_executable=one.program is not None,
            deployment_id=deployment,
            state=DefinitionState.DRAFT if files.is_draft else DefinitionState.ACTIVE,
        )
        kept = StoredDefinition(
            definition, files.source, files.xml, files.forms, files.lanes, files.decisions
        )
        definition = definitions.insert(tx, kept)
        stored.append(definition)
        if files.is_draft:
            continue
        if one.program is None:
            starts.withdraw(tx, one.key)
        else:
            deployed = DeployedProcess(definition, one.program, {}, files.lanes)
            starts.install(context, tx, deployed)
    return stored


def _newest_of(tx: Transaction, keys: Sequence[str]) -> list[ProcessDefinition | None]:
    return [definitions.newest_of(tx, key) for key in keys]


def _deployed_again(
    context: Context,
    tx: Transaction,
    files: Deployment,
    newest_versions: Sequence[ProcessDefinition | None],
    by: str | None,
) -> list[ProcessDefinition]:
    """Return the newest versions, active now, or nothing if the file changes one of them."""
    fingerprint = files.sha256
    unchanged = [one for one in newest_versions if one and one.sha256 == fingerprint]
    if len(unchanged) < len(newest_versions):
        return []
    return [_active(context, tx, files, one, by) for one in unchanged]


def _active(
    context: Context,
    tx: Transaction,
    files: Deployment,
    unchanged: ProcessDefinition,
    by: str | None,
) -> ProcessDefinition:
    """Return a version as it was, or activated if it was a draft or retired."""
    if files.is_draft or unchanged.state is DefinitionState.ACTIVE:
        return unchanged
    active = DefinitionState.ACTIVE
    versions.put(context, tx, unchanged, active, by=by, reason="deployed again")
    return replace(unchanged, state=active)


def newest(context: Context) -> list[ProcessDefinition]:
    """Return of each process the newest active version; where there is none, the newest."""
    with context.database.reading() as tx:
        return definitions.usual(tx)


def get(context: Context, key: str, *, version: int | None) -> ProcessDefinition:
    """Return one version of a process, by default the newest active one."""
    with context.database.reading() as tx:
        if version is None:
            found = definitions.usual_of(tx, key)
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


def drawn_xml(context: Context, definition_id: int, language: str) -> bytes:
    """Return a BPMN file to be shown: with names in one language, and always with a diagram."""
    return localised(laid_out(model_xml(context, definition_id)), language)


def report(context: Context, files: Deployment) -> list[ElementReport]:
    """Return what becomes of each element of a BPMN file, deployed or not."""
    return bpmn_report.report(
        files.xml,
        source=files.source,
        connectors=context.connectors.names(),
        decisions=checks.decision_ids(files.decisions),
    )


def graph(context: Context, definition_id: int) -> ProcessGraph:
    """Return the structure of a process; a drawing may have none that can be read."""
    with context.database.reading() as tx:
        stored = definitions.load(tx, definition_id)
        if stored is None or stored.definition.is_executable:
            return context.deployed.get(tx, definition_id).graph
    return read_graph(stored.xml, source=stored.source, process=stored.definition.key)


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


def _ensure_lanes_exist(files: Deployment, processes: Sequence[ProcessGraph]) -> None:
    unknown = set(files.lanes)
    for process in processes:
        unknown &= set(unknown_lanes(files.lanes, process))
    if unknown:
        known = ", ".join(lane for process in processes for lane in process.lanes) or "none"
        raise InvalidModel(
            files.source,
            [
                Finding("lane", f"there is no lane {lane!r}; lanes are {known}")
                for lane in sorted(unknown)
            ],
        )
