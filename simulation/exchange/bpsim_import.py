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
from simulation.exchange.unread import tell_unread_tags
from simulation.scenario.flow import performed, waits
from simulation.scenario.references import decisions

if TYPE_CHECKING:
    from simulation.exchange.bpsim_data import Data, Parameters
    from simulation.exchange.notes import Draft
    from simulation.exchange.tags import Tag

_WORK = ("SetUpTime", "SetupTime", "ProcessingTime", "ValidationTime", "ReworkTime")
_AROUND = ("TransferTime", "WaitTime")
_USED = {
    "task": {*_WORK, *_AROUND, "Selection", "UnitCost", "FixedCost", "Priority", "Quantity"},
    "event": {"InterTriggerTimer", *_AROUND, "ProcessingTime"},
    "boundary event": {"InterTriggerTimer", *_AROUND, "ProcessingTime", "Probability"},
    "start event": {"InterTriggerTimer", "TriggerCount"},
    "flow": {"Probability"},
    "resource": {"Quantity", "UnitCost", "FixedCost", "Availability"},
}
_INERT = frozenset({"id", "schemaLocation"})


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
        self.choosing = {f.id for g in decisions(graph) for f in graph.outgoing(g.id)}
        for id_, found in self.data.elements.items():
            self._element(id_, found, resources)
        self._branches()
        calendars.tell_unused()
        self._tell()

    def _tell(self) -> None:
        """Note what nobody read."""
        notes = self.draft.notes
        if self.data.results:
            words = f"{self.data.results} results, or requests for them: all figures are counted"
            notes.kept("results", words)
        for tag in self.data.chain:
            tell_unread_tags(tag, notes, inert=_INERT)

    def _settings(self) -> float:
        """Write when and how often is simulated; return the seconds of the base unit."""
        run, notes = self.draft.raw["run"], self.draft.notes
        names = [tag.get("name") for tag in self.data.chain]
        if names[0] is not None:
            self.draft.raw["name"] = names[0].text()
            notes.kept(names[0].field, f"name: {names[0].text()}")
        units = [
            unit_s(t, "baseTimeUnit", 60.0) for t in self.data.settings if t.get("baseTimeUnit")
        ]
        if not units:
            notes.guessed("ScenarioParameters.baseTimeUnit", "min, as BPSim has it by default")
            units = [UNITS_S["min"]]
        currencies = [tag.get("baseCurrencyUnit") for tag in self.data.settings]
        for currency in [found for found in currencies if found is not None][:1]:
            write_currency(currency, self.draft)
        for tag in self.data.settings:
            for name, key, least in (("replication", "replications", 1), ("seed", "seed", 0)):
                number = tag.get(name)
                if number is not None and key not in run:
                    run[key] = whole_number(number, least)
                    notes.kept(number.field, f"{key}: {run[key]}")
            self._moments(tag, run, units[0])
        return units[0]

    def _moments(self, tag: Tag, run: dict[str, Any], base_s: float) -> None:
        for name, key in (("Start", "start"), ("Duration", "until"), ("Warmup", "warm_up")):
            parameter = tag.child(name)
            values = [] if parameter is None else list(parameter.children())
            if key in run:
                for value in values:  # it is inherited, and replaced
                    value.skip()
                continue
            for value in values[:1]:
                if key == "start":
                    run[key] = local_start(value.need("value"), self.draft.notes)
                    continue
                run[key] = time_text(self._length_s(value, base_s))
                more = "; cases that are open then are finished" if key == "until" else ""
                self.draft.notes.kept(value.field, f"run.{key}: {run[key]}{more}")

    def _length_s(self, value: Tag, base_s: float) -> float:
        if value.name != "DurationParameter":
            law, _ = read_value(value, base_s)
            if "constant" not in law:
                raise value.refused("must be a fixed duration")
            return float(law["constant"])
        try:
            return duration_s(value.need("value").text())
        except ValueError as error:
            raise value.refused(str(error)) from None

    def _kind(self, id_: str, resources: Resources) -> str | None:
        """Return what an element is for the parameters; None: the model does not know it."""
        graph = self.draft.graph
        if id_ in self.tasks:
            return "task"
        if id_ in self.events:
            is_boundary = graph.nodes[id_].type is NodeType.BOUNDARY_EVENT
            return "boundary event" if is_boundary else "event"
        if id_ in self.starts:
            return "start event"
        if id_ in resources.roles:
            return "resource"
        return "flow" if id_ in self.choosing else None

    def _element(self, id_: str, found: Parameters, resources: Resources) -> None:
        notes, kind = self.draft.notes, self._kind(id_, resources)
        if kind is None:
            words = f"the model has no task, event, resource or flow that decides, {id_!r}"
            notes.lost(found.tag.field, words)
            found.tag.skip()
            return
        if kind == "task":
            self._work(id_, found)
            resources.demand(id_, found, per_hour=3600.0 / self.base_s)
            self._priority(id_, found)
        elif kind == "start event":
            self.arrivals.write(id_, found)
        elif "event" in kind:
            self._event(id_, found)
        self._unused(kind, found)

    def _unused(self, kind: str, found: Parameters) -> None:
        """Note the parameters that an element of this kind does not have here."""
        place, left = found.tag.field, []
        for name in sorted(found.values.keys() - _USED[kind]):
            self.draft.notes.lost(f"{place}.{name}", f"has no counterpart at a {kind}")
            left += found.values[name]
        if found.properties and kind != "start event":
            self.draft.notes.lost(f"{place}.Property", "data are drawn at start events")
            left += [value for given in found.properties.values() for value in given]
        for value in left:
            value.skip()

    def _event(self, id_: str, found: Parameters) -> None:
        """Write when an event happens, and of one at a border whether it does."""
        event: Law = {}
        names = [n for n in ("InterTriggerTimer", *_AROUND, "ProcessingTime") if n in found.values]
        for name in names[:1]:
            event = written(self._law(found.values[name]))
        for name in names[1:]:
            words = f"{names[0]} says when it happens"
            self.draft.notes.lost(f"{found.tag.field}.{name}", words)
            for value in found.values[name]:
                value.skip()
        if self.draft.graph.nodes[id_].type is NodeType.BOUNDARY_EVENT:
            for value in found.values.get("Probability", ())[:1]:
                share = _share(value)
                event = {"share": share, "after": event} if event else {"share": share}
                self.draft.notes.kept(value.field, f"a share of {share:g}")
        if event:
            self.draft.put("events", id_, event)

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
            other.skip()
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


def _share(value: Tag) -> float:
    share = value.need("value").amount()
    if share > 1:
        raise value.refused("must be a probability from 0 to 1")
    return share
