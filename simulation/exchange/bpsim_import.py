"""BPSim 1.0 and 2.0: the parameters of a scenario inside the BPMN file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.domain.process_graph import NodeType
from simulation.exchange.bpsim_arrivals import Starts, whole_number
from simulation.exchange.bpsim_calendars import BpsimCalendars
from simulation.exchange.bpsim_resources import Resources
from simulation.exchange.bpsim_values import UNITS_S, duration_s, read_value, unit_s
from simulation.exchange.laws import Law, written
from simulation.exchange.moments import summed
from simulation.exchange.shares import write_shares
from simulation.exchange.starts import local_start, write_currency
from simulation.exchange.texts import time_text
from simulation.scenario.flow import performed, waits
from simulation.scenario.references import decisions

if TYPE_CHECKING:
    from simulation.exchange.bpsim_data import Data, Parameters
    from simulation.exchange.notes import Draft
    from simulation.exchange.tags import Tag

_WORK = ("SetUpTime", "SetupTime", "ProcessingTime", "ValidationTime", "ReworkTime")
_AROUND = ("TransferTime", "WaitTime")
_USED = {
    *_WORK, *_AROUND, "Probability", "InterTriggerTimer", "TriggerCount", "Selection", "Quantity",
    "UnitCost", "FixedCost", "Availability", "Priority",
}  # fmt: skip


def read_bpsim(data: Data, root: Any, draft: Draft) -> None:
    """Write what BPSim says into a scenario. Raises ScenarioInvalid."""
    _Reading(data, root, draft).write()


@dataclass
class _Reading:
    """One scenario of BPSim on its way."""

    data: Data
    root: Any
    draft: Draft

    def write(self) -> None:
        """Write everything."""
        self.base_s = self._settings()
        calendars = BpsimCalendars(self.data.calendars, self.draft)
        resources = Resources(self.data, self.root, self.draft, calendars)
        self.arrivals = Starts(self.draft, calendars, self.base_s)
        resources.write(per_hour=3600.0 / self.base_s)
        graph = self.draft.graph
        self.tasks = {node.id for node in performed(graph)}
        self.events = {node.id for node in graph.nodes.values() if waits(node)}
        self.starts = {n.id for n in graph.of_type(NodeType.START_EVENT) if n.parent is None}
        for id_, found in self.data.elements.items():
            self._element(id_, found, resources)
        self._branches()
        calendars.tell_unused()

    def _settings(self) -> float:
        """Write when and how often is simulated; return the seconds of the base unit."""
        run, notes, base_s = self.draft.raw["run"], self.draft.notes, None
        for tag in self.data.settings:
            if base_s is None and tag.get("baseTimeUnit") is not None:
                base_s = unit_s(tag, "baseTimeUnit", 60.0)
            for name, key, least in (("replication", "replications", 1), ("seed", "seed", 0)):
                number = tag.get(name)
                if number is not None and key not in run:
                    run[key] = whole_number(number, least)
                    notes.kept(number.field, f"{key}: {run[key]}")
            currency = tag.get("baseCurrencyUnit")
            if currency is not None:
                write_currency(currency, self.draft)
            self._moments(tag, run)
        if base_s is None:
            notes.guessed("ScenarioParameters.baseTimeUnit", "min, as BPSim has it by default")
        return base_s or UNITS_S["min"]

    def _moments(self, tag: Tag, run: dict[str, Any]) -> None:
        for name, key in (("Start", "start"), ("Duration", "until"), ("Warmup", "warm_up")):
            parameter = tag.child(name)
            values = [] if parameter is None else list(parameter.children())
            for value in values[:1]:
                if key in run:
                    continue
                if key == "start":
                    run[key] = local_start(value.need("value"), self.draft.notes)
                    continue
                run[key] = time_text(self._length_s(value))
                self.draft.notes.kept(value.field, f"run.{key}: {run[key]}")

    def _length_s(self, value: Tag) -> float:
        if value.name != "DurationParameter":
            law, _ = read_value(value, UNITS_S["min"])
            if "constant" not in law:
                raise value.refused("must be a fixed duration")
            return float(law["constant"])
        try:
            return duration_s(value.need("value").text())
        except ValueError as error:
            raise value.refused(str(error)) from None

    def _element(self, id_: str, found: Parameters, resources: Resources) -> None:
        known = self.tasks | self.events | self.starts
        if id_ in known:
            self._times(id_, found)
            if id_ in self.tasks:
                resources.demand(id_, found, per_hour=3600.0 / self.base_s)
                self._priority(id_, found)
        elif id_ not in self.draft.graph.flows and id_ not in resources.roles:
            self.draft.notes.lost(found.tag.field, f"the model has no task, event or flow {id_!r}")
        for name in found.values.keys() - _USED:
            self.draft.notes.lost(f"{found.tag.field}.{name}", "has no counterpart")
        if found.properties and id_ not in self.starts:
            self.draft.notes.lost(f"{found.tag.field}.Property", "data are drawn at start events")

    def _times(self, id_: str, found: Parameters) -> None:
        if id_ in self.starts:
            self.arrivals.write(id_, found)
            return
        if id_ in self.tasks:
            self._work(id_, found)
            return
        for name in ("InterTriggerTimer", *_AROUND, "ProcessingTime"):
            if name in found.values and not self.draft.has("events", id_):
                self.draft.put("events", id_, written(self._law(found.values[name])))

    def _work(self, id_: str, found: Parameters) -> None:
        around = [name for name in _AROUND if name in found.values]
        names = [name for name in _WORK if name in found.values] + around
        if not names:
            return
        try:
            law, words = summed([self._law(found.values[name]) for name in names])
        except ValueError:
            raise found.tag.refused("has a time that a scenario cannot hold") from None
        if words is not None:
            self.draft.notes.translated(found.tag.field, f"{', '.join(names)}: {words}")
        if around:
            words = f"{' and '.join(around)} hold the resource here, as the work does"
            self.draft.notes.translated(found.tag.field, words)
        self.draft.put("durations", id_, written(law))

    def _law(self, values: list[Tag]) -> Law:
        law, words = read_value(values[0], self.base_s)
        if words is None:
            self.draft.notes.kept(values[0].field, values[0].name)
        else:
            self.draft.notes.translated(values[0].field, words)
        for other in values[1:]:
            self.draft.notes.lost(other.field, "a second value: times do not change by calendar")
        return law

    def _priority(self, id_: str, found: Parameters) -> None:
        for value in found.values.get("Priority", ())[:1]:
            number = value.get("value")
            if number is not None and value.name in {"NumericParameter", "FloatingParameter"}:
                self.draft.put("priorities", id_, number.number())
                words = "as it is written; here the smaller number goes first"
                self.draft.notes.translated(value.field, words)
            else:
                self.draft.notes.lost(value.field, "only a number is taken as a priority")

    def _branches(self) -> None:
        """Write the probabilities, gateway by gateway; those of jBPM are in percent."""
        for gateway in decisions(self.draft.graph):
            given: dict[str, float | None] = {}
            first: Tag | None = None
            for flow in self.draft.graph.outgoing(gateway.id):
                found = self.data.elements.get(flow.id)
                values = [] if found is None else found.values.get("Probability", [])
                first = first or (values[0] if values else None)
                given[flow.id] = values[0].need("value").amount() if values else None
            if first is None:
                continue
            if any(share is not None and share > 1 for share in given.values()):
                words = "probabilities above 1: they are read as percent, as jBPM writes them"
                self.draft.notes.translated(first.field, words)
                given = {f: None if s is None else s / 100 for f, s in given.items()}
            write_shares(self.draft, first.need("value"), gateway.id, given)
