"""From a foreign file to a checked scenario: which format it is, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.read import parse, read_file
from simulation.exchange.bpsim_data import bpsim_data
from simulation.exchange.bpsim_import import read_bpsim
from simulation.exchange.entries import LARGEST_BYTES, read_json, refused
from simulation.exchange.filling import finish, new_draft
from simulation.exchange.prosimos_import import is_prosimos, read_prosimos
from simulation.exchange.qbp_import import qbp_of, read_qbp
from simulation.exchange.writing import scenario_text
from simulation.scenario.model import read_model

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from simulation.exchange.notes import Draft, Notes
    from simulation.scenario.load import Scenario

__all__ = ["Imported", "import_file", "is_json"]


@dataclass(frozen=True)
class Imported:
    """A scenario that was made of a foreign file, its text, and the report of its fields."""

    kind: str
    text: str
    notes: Notes
    scenario: Scenario


def is_json(file: Path) -> bool:
    """Whether a file holds JSON: it begins with a brace."""
    with file.open("rb") as opened:
        return opened.read(200).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def import_file(file: Path, *, model: Path, model_name: str, first_day: date) -> Imported:
    """Read a foreign file; ``model_name`` is how the scenario will name its model.

    Raises:
        ScenarioInvalid: a field of the file is wrong, or the simulator cannot run it.
        InvalidModel: the BPMN file is wrong.
    """
    xml = read_file(model)
    graph = read_model(xml, source=model.name, folder=model.parent, starts=())
    draft = new_draft(file.name, graph, model=model_name)
    kind = _read_json(file, draft) if is_json(file) else _read_xml(read_file(file), draft)
    scenario = finish(draft, first_day=first_day)
    return Imported(kind, scenario_text(draft, kind=kind), draft.notes, scenario)


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
