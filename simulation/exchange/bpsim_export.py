"""A scenario as BPSim 2.0: the model as it is, with a ``relationship`` for the parameters."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from engine.bpmn.read import read_xml
from simulation.exchange.arrival_week import week_of
from simulation.exchange.bpsim_arrivals_out import ArrivalTimers
from simulation.exchange.bpsim_values_out import bpsim_value, constant
from simulation.exchange.entries import refused
from simulation.exchange.ical_out import write_ical
from simulation.exchange.leftovers import note_leftovers
from simulation.exchange.notes import Notes
from simulation.exchange.people import first_start, needs_of
from simulation.exchange.shares_out import flow_shares
from simulation.scenario.flow import performed
from simulation.scenario.references import decisions

if TYPE_CHECKING:
    from simulation.scenario.arrival import Arrival, Attribute
    from simulation.scenario.distribution import Basic
    from simulation.scenario.load import Scenario
    from simulation.scenario.resource import Need, Resource

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_BPSIM = "http://www.bpsim.org/schemas/2.0"
_OLD = re.compile(
    r"<((?:\w+:)?)relationship\b[^>]*BPSimData[^>]*>.*?</\1relationship\s*>\s*", re.DOTALL
)
_DIAGRAM = re.compile(r"<(?:\w+:)?BPMNDiagram\b")
_CLOSING = re.compile(r"</(?:[\w.-]+:)?definitions\s*>\s*\Z")
_TAKEN = frozenset({"run", "costs", "priorities", "currency", "shares"})


def export_bpsim(scenario: Scenario, xml: bytes) -> tuple[str, Notes]:
    """Return the model with the scenario in it, and what became of each field.

    Raises:
        ScenarioInvalid: cases arrive in a way that BPSim does not know.
    """
    notes = Notes()
    read_xml(xml, source=scenario.document.model, kind="BPMN")
    try:
        text = _OLD.sub("", xml.decode("utf-8-sig"))
    except UnicodeDecodeError:
        words = "is not UTF-8: save the model as UTF-8"
        raise refused(scenario.document.model, "", None, words) from None
    writer = _Writer(scenario, notes)
    parameters = writer.parameters()
    note_leftovers(scenario, notes, taken=_TAKEN)
    diagram, end = _DIAGRAM.search(text), _CLOSING.search(text)
    if end is None:
        raise refused(scenario.document.model, "", None, "has no closing </definitions>")
    at = diagram.start() if diagram is not None else end.start()
    return f"{text[:at]}{writer.resources()}{text[at : end.start()]}{parameters}{end[0]}", notes


class _Writer:
    """Writes the parameters element by element."""

    def __init__(self, scenario: Scenario, notes: Notes) -> None:
        self.scenario, self.notes = scenario, notes
        self.document, self.graph = scenario.document, scenario.graph
        names = enumerate(self.document.resources, start=1)
        self.resource_ids = {role: f"twinflow_resource_{i}" for i, role in names}
        calendars = enumerate(self.document.calendars, start=1)
        self.calendar_ids = {name: f"twinflow_calendar_{i}" for i, name in calendars}
        self.timers = ArrivalTimers(scenario, notes, self.calendar_ids)

    def resources(self) -> str:
        """Return the resources as elements of BPMN."""
        return "".join(
            f'<resource xmlns="{_BPMN}" id="{id_}" name={quoteattr(role)}/>\n'
            for role, id_ in self.resource_ids.items()
        )

    def parameters(self) -> str:
        """Return the relationship with the whole scenario."""
        elements = [
            *map(self._start, self.document.arrivals),
            *(self._task(node.id) for node in performed(self.graph)),
            *map(self._event, self.document.events),
            *self._branches(),
            *(self._resource(role, found) for role, found in self.document.resources.items()),
        ]
        inside = "".join([self._run(), *elements, *self._calendars(), *self.timers.calendars])
        process = escape(self.graph.key)
        return (
            f'<relationship xmlns="{_BPMN}" type="BPSimData"><extensionElements>'
            f'<bpsim:BPSimData xmlns:bpsim="{_BPSIM}">'
            f'<bpsim:Scenario id="twinflow" name={quoteattr(self.scenario.name())}>\n'
            f"{inside}</bpsim:Scenario></bpsim:BPSimData></extensionElements>"
            f"<source>{process}</source><target>{process}</target></relationship>\n"
        )

    def _run(self) -> str:
        run = self.document.run
        parts = [f'<bpsim:Start><bpsim:DateTimeParameter value="{run.start.isoformat()}"/>']
        parts.append("</bpsim:Start>")
        for name, seconds in (("Duration", run.until), ("Warmup", run.warm_up)):
            if seconds:
                value = f"PT{timedelta(seconds=seconds).total_seconds():g}S"
                parts.append(f'<bpsim:{name}><bpsim:DurationParameter value="{value}"/>')
                parts.append(f"</bpsim:{name}>")
        if run.is_warm_up_found or run.precision is not None:
            self.notes.lost("run", "a warm-up or a number of replications found from the data")
        self.notes.kept("run", "start, end, replications and seed")
        attributes = f'replication="{run.replications}" seed="{run.seed}" baseTimeUnit="s"'
        currency = quoteattr(self.document.currency)
        opening = f"<bpsim:ScenarioParameters {attributes} baseCurrencyUnit={currency}>"
        return f"{opening}{''.join(parts)}</bpsim:ScenarioParameters>\n"

    def _value(self, field: str, spec: Basic[float], *, valid_for: str = "") -> str:
        text, words = bpsim_value(spec, valid_for=valid_for)
        if words is None:
            self.notes.kept(field, spec.chosen()[0])
        else:
            self.notes.translated(field, words)
        return text

    def _start(self, start: str) -> str:
        arrival, field = self.document.arrivals[start], f"arrivals.{start}"
        groups = {"InterTriggerTimer": self.timers.timer(start)}
        if self.document.run.cases is not None:
            groups["TriggerCount"] = _number(self.document.run.cases)
        return _element(start, ControlParameters=groups, properties=self._data(field, arrival))

    def _data(self, field: str, arrival: Arrival) -> dict[str, str]:
        found = {}
        for name, attribute in arrival.attributes.items():
            found[name] = self._property(f"{field}.attributes.{name}", attribute)
        return found

    def _property(self, field: str, attribute: Attribute) -> str:
        if attribute.choice is not None:
            self.notes.kept(field, "a choice")
            points = "".join(
                f'<bpsim:UserDistributionDataPoint probability="{share:.9g}">'
                f"<bpsim:StringParameter value={quoteattr(value)}/>"
                "</bpsim:UserDistributionDataPoint>"
                for value, share in attribute.choice.items()
            )
            opening = '<bpsim:UserDistribution discrete="true">'
            return f"{opening}{points}</bpsim:UserDistribution>"
        if attribute.constant is not None and not _is_number(attribute.constant):
            self.notes.kept(field, "a fixed value")
            return f"<bpsim:StringParameter value={quoteattr(str(attribute.constant))}/>"
        return self._value(field, attribute)

    def _task(self, task: str) -> str:
        work, cost = self.document.durations.get(task), self.document.costs.get(task)
        groups: dict[str, dict[str, str]] = {}
        if work is not None:
            time = self._value(f"durations.{task}", work.work)
            groups["TimeParameters"] = {"ProcessingTime": time}
            if work.by_resource:
                words = "a duration of each member: that of the others counts for all"
                self.notes.lost(f"durations.{task}.by_resource", words)
        if selection := self._selection(task):
            groups["ResourceParameters"] = {"Selection": selection}
        priority = self.document.priorities.get(task)
        if isinstance(priority, str):
            self.notes.lost(f"priorities.{task}", "an expression: only numbers are written")
        elif priority is not None:
            groups["PriorityParameters"] = {"Priority": constant(priority)}
            self.notes.kept(f"priorities.{task}", "a number")
        if cost is not None:
            groups["CostParameters"] = _costs(cost.fixed, cost.per_hour)
            self.notes.kept(f"costs.{task}", "fixed and per second")
        return _element(task, **groups)

    def _selection(self, task: str) -> str:
        demand = self.document.demands.get(task)
        needs = needs_of(self.scenario, self.graph.nodes[task])
        if not needs:
            return ""
        for need in needs:
            if need.skill is not None:
                words = f"the skill {need.skill!r}: anybody of {need.role} does it"
                self.notes.lost(f"demands.{task}", words)
        if demand is not None and demand.choose is not None:
            self.notes.lost(f"demands.{task}.choose", "whoever is free does it")
        texts = [_get(need) for need in needs]
        is_any = demand is not None and len(demand.any) > 1
        kind = "orResource" if is_any else "andResource"
        text = texts[0] if len(texts) == 1 else f"bpsim:{kind}({','.join(texts)})"
        self.notes.kept(f"demands.{task}", text)
        return f"<bpsim:ExpressionParameter value={quoteattr(text)}/>"

    def _event(self, event: str) -> str:
        given, groups = self.document.events[event], dict[str, str]()
        if given.after is not None:
            groups["InterTriggerTimer"] = self._value(f"events.{event}", given.after)
        if given.share is not None:
            groups["Probability"] = constant(given.share)
            self.notes.kept(f"events.{event}.share", "its Probability")
        return _element(event, ControlParameters=groups)

    def _branches(self) -> list[str]:
        found, start = [], first_start(self.scenario)
        for gateway in decisions(self.graph):
            shares = flow_shares(self.scenario, gateway, self.notes, start=start)
            if shares is None:
                self.notes.kept(f"branches.{gateway.id}", "the conditions of the model")
                continue
            for flow, share in shares.items():
                found.append(_element(flow, ControlParameters={"Probability": constant(share)}))
        return found

    def _resource(self, role: str, resource: Resource) -> str:
        calendars: dict[str | None, int] = {}
        if resource.members is None:
            calendars[resource.calendar] = resource.units
        for member in (resource.members or {}).values():
            calendar = member.calendar or resource.calendar
            calendars[calendar] = calendars.get(calendar, 0) + member.units
        if resource.members is not None:
            words = "members: their number by calendar, without names, skills and own costs"
            self.notes.translated(f"resources.{role}", words)
        else:
            self.notes.kept(f"resources.{role}", f"Quantity {resource.units}")
        quantity = "".join(
            _number(units, valid_for="" if name is None else self.calendar_ids[name])
            for name, units in calendars.items()
        )
        costs = _costs(resource.cost_per_use, resource.cost_per_hour)
        groups = {"ResourceParameters": {"Quantity": quantity}}
        groups |= {"CostParameters": costs} if costs else {}
        return _element(self.resource_ids[role], **groups)

    def _calendars(self) -> list[str]:
        found = []
        for name, id_ in self.calendar_ids.items():
            calendar = self.document.calendars[name]
            if calendar.holidays or calendar.exceptions:
                self.notes.lost(f"calendars.{name}", "holidays and exceptions: only the week")
            self.notes.kept(f"calendars.{name}", "its week, as iCalendar")
            text = escape(write_ical(week_of(calendar), self.document.run.start))
            found.append(
                f'<bpsim:Calendar id="{id_}" name={quoteattr(name)}>{text}</bpsim:Calendar>\n'
            )
        return found


def _element(
    ref: str, *, properties: dict[str, str] | None = None, **groups: dict[str, str]
) -> str:
    """Return the parameters of an element, in the order of the schema."""
    parts = []
    for group, values in groups.items():
        inside = "".join(f"<bpsim:{n}>{value}</bpsim:{n}>" for n, value in values.items())
        parts.append(f"<bpsim:{group}>{inside}</bpsim:{group}>")
    if properties:
        inside = "".join(
            f"<bpsim:Property name={quoteattr(name)}>{value}</bpsim:Property>"
            for name, value in properties.items()
        )
        parts.append(f"<bpsim:PropertyParameters>{inside}</bpsim:PropertyParameters>")
    if not parts:
        return ""
    opening = f"<bpsim:ElementParameters elementRef={quoteattr(ref)}>"
    return f"{opening}{''.join(parts)}</bpsim:ElementParameters>\n"


def _number(value: int, *, valid_for: str = "") -> str:
    valid = f' validFor="{valid_for}"' if valid_for else ""
    return f'<bpsim:NumericParameter value="{value}"{valid}/>'


def _costs(fixed: float, per_hour: float) -> dict[str, str]:
    found = {"FixedCost": fixed, "UnitCost": per_hour / 3600}
    return {name: constant(value) for name, value in found.items() if value}


def _get(need: Need) -> str:
    name = need.role.replace('"', "'")
    return f'bpsim:getResource("{name}",{need.units})'


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
