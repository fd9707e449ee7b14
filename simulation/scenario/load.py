"""From a scenario file to a checked Scenario: read, extend, validate, join with its model."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from engine.bpmn.read import read_file
from engine.domain.process_graph import NodeType
from engine.errors import InvalidModel
from simulation.errors import Problem, ScenarioInvalid
from simulation.scenario.complaints import place, problems_of
from simulation.scenario.crosscheck import crosscheck
from simulation.scenario.data_files import located, with_files
from simulation.scenario.document import Document
from simulation.scenario.model import read_model
from simulation.scenario.yaml_lines import Lines, read, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.process_graph import ProcessGraph
    from simulation.scenario.open_case import OpenCase

Raw = dict[str, Any]
_LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Scenario:
    """A validated scenario and the process it is about; can be sent to another process."""

    source: str
    raw: Mapping[str, Any]  # the document as it was written, extensions merged
    document: Document
    graph: ProcessGraph
    sha256: str
    model_sha256: str = ""
    standing: tuple[OpenCase, ...] = ()  # the cases that are under way when the run begins

    def patched(self, patch: Mapping[str, object]) -> Scenario:
        """Return the scenario with a merge patch put on top. Raises ScenarioInvalid."""
        raw, lines = merged(dict(self.raw), patch), Lines()
        document = _validate(raw, source=self.source, lines=lines)
        changed = _checked(raw, document, self.graph, source=self.source, lines=lines)
        return replace(changed, model_sha256=self.model_sha256)

    def __reduce__(self) -> tuple[object, ...]:
        # Generic models of pydantic cannot be pickled; what they were read from can.
        facts = (self.sha256, self.model_sha256, self.standing)
        return _restored, (self.source, self.raw, self.graph, facts)

    def name(self, language: str = "en") -> str:
        """Return the scenario's name in a language; any but Chinese is shown in English."""
        name = self.document.name
        return name.zh if language.lower().startswith("zh") else name.en


def load(path: Path | str, *, patch: Mapping[str, object] | None = None) -> Scenario:
    """Load a scenario file and the model it names.

    ``patch`` is a merge patch put on top of the file, for variants that nobody saved.

    Raises:
        ScenarioInvalid: with every problem that was found, each with field, value and line.
    """
    path = Path(path)
    raw, lines = _read_chain(path, seen=())
    if patch:
        raw = merged(raw, dict(patch))
        _drop_lines(lines, dict(patch), ())
    raw = with_files(raw, path.parent, source=path.name, lines=lines)
    document = _validate(raw, source=path.name, lines=lines)
    model = _folder_of(lines, path) / document.model
    xml = _read_model(model, path.name, lines, document)
    graph = _parse_model(xml, document, model.parent)
    scenario = _checked(raw, document, graph, source=path.name, lines=lines)
    return replace(scenario, model_sha256=_model_sha256(xml, graph))


def build(raw: Mapping[str, object], *, graph: ProcessGraph, source: str = "scenario") -> Scenario:
    """Make a scenario of plain values and a graph at hand. Raises ScenarioInvalid."""
    values = cast("Raw", _plain(raw))
    lines = Lines()
    document = _validate(values, source=source, lines=lines)
    scenario = _checked(values, document, graph, source=source, lines=lines)
    return replace(scenario, model_sha256=sha256(repr(graph).encode()).hexdigest())


def merged(base: Raw, patch: Mapping[str, object]) -> Raw:
    """Return a merge patch applied (RFC 7396): mappings merge, null removes, all else replaces."""
    result = dict(base)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            below = result.get(key)
            result[key] = merged(below if isinstance(below, dict) else {}, value)
        else:
            result[key] = value
    return result


def _checked(
    raw: Raw, document: Document, graph: ProcessGraph, *, source: str, lines: Lines
) -> Scenario:
    if found := crosscheck(document, graph):
        raise ScenarioInvalid(
            [place(source, lines, path, value, words) for path, value, words in found]
        )
    canonical = json.dumps(raw, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Scenario(source, raw, document, graph, sha256(canonical.encode()).hexdigest())


def _restored(
    source: str, raw: Raw, graph: ProcessGraph, facts: tuple[str, str, tuple[OpenCase, ...]]
) -> Scenario:
    """Return a scenario that was checked before it was sent here."""
    return Scenario(source, raw, Document.model_validate(raw), graph, *facts)


def _read_chain(path: Path, seen: tuple[Path, ...]) -> tuple[Raw, Lines]:
    """Read a file and those it extends, the base first."""
    name = path.name
    if path.resolve() in seen:
        chain = " → ".join(p.name for p in (*seen, path))
        raise refused(name, f"extends itself: {chain}")
    if len(seen) >= _LONGEST_CHAIN:
        raise refused(name, f"extends a chain of more than {_LONGEST_CHAIN} files")
    raw, lines = read(path, source=name)
    raw = located(raw, path.parent)
    base_name = raw.pop("extends", None)
    if base_name is None:
        return merged({}, raw), _in_folder(lines, path.parent)
    if not isinstance(base_name, str) or not base_name.strip():
        words = "must be the name of a scenario file, relative to this one"
        raise ScenarioInvalid([place(name, lines, ("extends",), base_name, words)])
    base_path = path.parent / base_name
    if not base_path.is_file():  # nor a device or a pipe
        words = "there is no such file beside this one"
        raise ScenarioInvalid([place(name, lines, ("extends",), base_name, words)])
    base, base_lines = _read_chain(base_path, (*seen, path.resolve()))
    base_lines.places.update(lines.places)
    if "model" in raw:
        base_lines.folder = str(path.parent)
    return merged(base, raw), base_lines


def _in_folder(lines: Lines, folder: Path) -> Lines:
    lines.folder = str(folder)
    return lines


def _folder_of(lines: Lines, path: Path) -> Path:
    return Path(lines.folder) if lines.folder is not None else path.parent


def _drop_lines(lines: Lines, patch: Mapping[str, object], path: tuple[str, ...]) -> None:
    """Forget the lines of fields that a patch replaces: they do not stand in a file."""
    for key, value in patch.items():
        below = (*path, key)
        if isinstance(value, dict):
            _drop_lines(lines, value, below)
        else:
            lines.places.pop(below, None)


def _validate(raw: Raw, *, source: str, lines: Lines) -> Document:
    try:
        return Document.model_validate(raw)
    except ValidationError as error:
        problems = problems_of(error, raw=raw, source=source, lines=lines)
    raise ScenarioInvalid(problems)


def _read_model(path: Path, source: str, lines: Lines, document: Document) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        words = f"the BPMN file cannot be read: {error.strerror}"
    except ValueError as error:
        words = f"is not the name of a file: {error}"
    raise ScenarioInvalid([place(source, lines, ("model",), document.model, words)])


def _model_sha256(xml: bytes, graph: ProcessGraph) -> str:
    """Return the hash of the model; what is called may stand in files beside it."""
    called = repr(graph).encode() if graph.of_type(NodeType.CALL_ACTIVITY) else b""
    return sha256(xml + called).hexdigest()


def _parse_model(xml: bytes, document: Document, folder: Path) -> ProcessGraph:
    name = document.model
    try:
        return read_model(xml, source=name, folder=folder, starts=document.arrivals)
    except InvalidModel as error:
        raise ScenarioInvalid(
            [
                Problem(name, finding.element_id or "model", None, finding.message, finding.line)
                for finding in error.findings
            ]
        ) from error


def _plain(value: object) -> object:
    """Return a deep copy of mappings and sequences as dicts and lists."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
