"""From a foreign file to a checked scenario: which format it is, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.read import parse, read_file
from simulation.exchange.bpsim_data import bpsim_data
from simulation.exchange.bpsim_import import read_bpsim
from simulation.exchange.entries import LARGEST_BYTES, read_json, refused
from simulation.exchange.filling import finish, new_draft
from simulation.exchange.mending import bare_ids, mended
from simulation.exchange.moments import moments_of_written
from simulation.exchange.prosimos_import import is_prosimos, read_prosimos
from simulation.exchange.qbp_import import qbp_of, read_qbp
from simulation.exchange.writing import scenario_text
from simulation.scenario.load import build
from simulation.scenario.model import read_model

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from engine.domain.process_graph import ProcessGraph
    from simulation.exchange.notes import Draft, Notes
    from simulation.scenario.load import Scenario

__all__ = ["Imported", "Names", "import_file", "is_json"]


@dataclass(frozen=True)
class Imported:
    """A scenario that was made of a foreign file, its text, and the report of its fields."""

    kind: str
    text: str
    notes: Notes
    scenario: Scenario
    model_xml: bytes | None = None  # to be written beside the scenario; None: the model as it is


@dataclass(frozen=True)
class Names:
    """How a scenario names its model: the file as it is, or a copy with its timers mended."""

    model: str
    copy: str


def is_json(file: Path) -> bool:
    """Whether a file holds JSON: it begins with a brace."""
    with file.open("rb") as opened:
        return opened.read(200).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def import_file(file: Path, *, model: Path, names: Names, first_day: date) -> Imported:
    """Read a foreign file and its model.

    Raises:
        ScenarioInvalid: a field of the file is wrong, or the simulator cannot run it.
        InvalidModel: the BPMN file is wrong.
    """
    xml = read_file(model)
    graph = _graph(xml, model)
    bare = bare_ids(xml)
    draft = new_draft(file.name, graph, model=names.model)
    if bare:
        draft.graph = _graph(mended(xml, dict.fromkeys(bare, 0.0)), model)
    kind = _read_json(file, draft) if is_json(file) else _read_xml(read_file(file), draft)
    scenario = finish(draft, first_day=first_day)
    own = None
    timed = {event: law for event, law in draft.raw.get("events", {}).items() if event in bare}
    if bare:
        means = {event: moments_of_written(law)[0] for event, law in timed.items()}
        own = mended(xml, means) if timed else None
        draft.graph = graph if own is None else _graph(own, model)
        if timed:
            draft.raw["model"] = names.copy
            words = f"a copy with the times of {', '.join(timed)}, which the model does not say"
            draft.notes.translated("model", words)
        scenario = build(draft.raw, graph=draft.graph, source=draft.source)
    return Imported(kind, scenario_text(draft, kind=kind), draft.notes, scenario, own)


def _graph(xml: bytes, model: Path) -> ProcessGraph:
    return read_model(xml, source=model.name, folder=model.parent, starts=())


def _read_json(file: Path, draft: Draft) -> str:
    with file.open("rb") as opened:
        document = read_json(opened.read(LARGEST_BYTES + 1), source=file.name)
    if not is_prosimos(document):
        words = "is JSON, but not of Prosimos: it has no task_resource_distribution"
        raise refused(file.name, "", None, words)
    read_prosimos(document, draft)
    return "Prosimos"


def _read_xml(xml: bytes, draft: Draft) -> str:
    root = parse(xml, source=draft.source)
    if (found := qbp_of(root)) is not None:
        read_qbp(found, draft)
        return "qbp"
    if (data := bpsim_data(root, source=draft.source, notes=draft.notes)) is not None:
        read_bpsim(data, root, draft)
        return "BPSim"
    words = "has no simulation data: neither qbp: (BIMP, Apromore) nor BPSim"
    raise refused(draft.source, "", None, words)
