"""Which process of a BPMN file is meant: a file may hold several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.bpmn.read import parse
from engine.bpmn.vocabulary import NODES, REFUSED, SCOPES, TRUE, q
from engine.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class ProcessSummary:
    """A process of a BPMN file; one that is not executable is only drawn."""

    id: str
    name: str
    is_executable: bool


def process_ids(xml: bytes, *, source: str) -> list[ProcessSummary]:
    """Return the processes of a file that have flow nodes, or raise InvalidModel."""
    root = parse(xml, source=source)
    return [
        ProcessSummary(p.get("id", ""), p.get("name") or p.get("id", ""), is_executable(p))
        for p in processes(root)
    ]


def processes(root: Any) -> list[Any]:
    """Return the process elements of a file that have flow nodes."""
    nodes = {*NODES, *REFUSED}
    return [p for p in root.findall(q("process")) if any(child.tag in nodes for child in p)]


def is_executable(process: Any) -> bool:
    """Return whether a process is meant to run: it says so, or none of its file says anything.

    The standard's default is false; but who leaves the word out of the whole file did not mean
    to forbid anything.
    """
    said = process.get("isExecutable")
    if said is not None:
        return said.strip() in TRUE
    others = processes(process.getparent())
    return not any(other.get("isExecutable", "").strip() in TRUE for other in others)


def process_element(root: Any, process: str | None) -> Any:
    """Return the process of an id: by default the first executable one, else the first.

    Raises NotFound for an unknown id, and where a file has no process at all.
    """
    found = processes(root)
    if process is None:
        runnable = [element for element in found if is_executable(element)]
        for element in [*runnable, *found]:
            return element
        raise NotFound("process", "with flow nodes")
    for element in found:
        if element.get("id") == process:
            return element
    raise NotFound("process", process)


def scopes(process: Any) -> Iterator[Any]:
    """Return a process and its subprocesses, outermost first, in the order of the file."""
    yield process
    for child in process:
        if child.tag in SCOPES:
            yield from scopes(child)


def parts(scope: Any) -> Iterator[Any]:
    """Return what a process and its subprocesses hold, in the order of the file."""
    for child in scope:
        yield child
        if child.tag in SCOPES:
            yield from parts(child)


def place_of(element: Any) -> str | None:
    """Return the id of an element, or of the nearest one around it that has an id."""
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return None
