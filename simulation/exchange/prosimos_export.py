"""A scenario as Prosimos reads it today: a JSON file, and a BPMN file of plain tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.domain.duration import Duration, InvalidDuration
from engine.domain.process_graph import NodeType, TimerKind
from simulation.exchange.arrival_week import week_of
from simulation.exchange.bpsim_values import duration_s
from simulation.exchange.entries import refused
from simulation.exchange.leftovers import note_leftovers
from simulation.exchange.notes import Notes
from simulation.exchange.people import Person, first_start, people, work_of, workers
from simulation.exchange.prosimos_arrivals_out import prosimos_arrivals
from simulation.exchange.prosimos_hours import hours_differ
from simulation.exchange.prosimos_laws_out import prosimos_law
from simulation.exchange.prosimos_model import ensure_plain, prosimos_model, reached
from simulation.exchange.prosimos_weeks_out import periods
from simulation.exchange.shares_out import flow_shares
from simulation.scenario.references import decisions

if TYPE_CHECKING:
    from engine.domain.process_graph import FlowNode
    from simulation.scenario.distribution import Basic
    from simulation.scenario.load import Scenario

Json = dict[str, Any]
_ALWAYS = "always"


@dataclass(frozen=True)
class ProsimosFiles:
    """The two files of Prosimos, and what became of each field."""

    parameters: Json
    model: str
    notes: Notes


def export_prosimos(scenario: Scenario) -> ProsimosFiles:
    """Write a scenario for Prosimos.

    Raises:
        ScenarioInvalid: cases arrive in a way that Prosimos does not know.
        InvalidModel: the model has what Prosimos cannot run at all.
    """
    notes = Notes()
    writer = _Writer(scenario, notes, first_start(scenario))
    ensure_plain(scenario.graph, writer.start, notes)
    parameters = writer.parameters()
    model = prosimos_model(scenario.graph, writer.start, tasks=writer.tasks)
    note_leftovers(scenario, notes, taken=frozenset({"batches"}))
    return ProsimosFiles(parameters, model, notes)


class _Writer:
    """Writes the sections one by one."""

    def __init__(self, scenario: Scenario, notes: Notes, start: str) -> None:
        self.scenario, self.notes, self.start = scenario, notes, start
        self.document, self.graph = scenario.document, scenario.graph
        self.nodes = {node.id: node for node in reached(scenario.graph, start)}
        self.doing = {
            node.id: found
            for node, found in workers(scenario, notes)
            if found and node.id in self.nodes
        }

    @property
    def tasks(self) -> set[str]:
        """Return the activities that somebody does."""
        return set(self.doing)

    def parameters(self) -> Json:
        """Return the JSON file."""
        interval, calendar = prosimos_arrivals(self.scenario, self.start, self.notes)
        result: Json = {
            "resource_profiles": self._profiles(),
            "arrival_time_distribution": interval,
            "arrival_time_calendar": calendar,
            "gateway_branching_probabilities": self._branches(),
            "task_resource_distribution": self._work(),
            "resource_calendars": self._calendars(),
            "event_distribution": self._events(),
            "case_attributes": self._attributes(),
            "batch_processing": self._batches(),
        }
        return result

    def _law(self, field: str, spec: Basic[float]) -> Json:
        law, words = prosimos_law(spec)
        if words is None:
            self.notes.kept(field, law["distribution_name"])
        else:
            self.notes.translated(field, words)
        return law

    def _profiles(self) -> list[Json]:
        pools: dict[str, Json] = {}
        for person in people(self.scenario):
            pool = pools.setdefault(
                person.role, {"id": person.role, "name": person.role, "resource_list": []}
            )
            entry: Json = {
                "id": person.id,
                "name": person.id,
                "cost_per_hour": person.cost_per_hour,
                "amount": person.units,
                "calendar": person.calendar or _ALWAYS,
                "assignedTasks": [t for t, found in self.doing.items() if person in found],
            }
            pool["resource_list"].append(entry)
            self.notes.kept(f"resources.{person.role}", f"resource {person.id!r}")
        return list(pools.values())

    def _branches(self) -> list[Json]:
        found = []
        for gateway in decisions(self.graph):
            if gateway.id in self.nodes:
                shares = self._shares(gateway)
                paths = [{"path_id": flow, "value": share} for flow, share in shares.items()]
                found.append({"gateway_id": gateway.id, "probabilities": paths})
        return found

    def _shares(self, gateway: FlowNode) -> dict[str, float]:
        shares = flow_shares(self.scenario, gateway, self.notes, start=self.start)
        if shares is None:
            words = "is needed as shares: conditions are not exported"
            raise refused(self.scenario.source, f"branches.{gateway.id}", None, words)
        return shares

    def _work(self) -> list[Json]:
        self._tell_hours()
        return [
            {"task_id": task, "resources": [self._performer(task, p) for p in found]}
            for task, found in self.doing.items()
        ]

    def _tell_hours(self) -> None:
        tasks = [t for t, found in self.doing.items() if len({p.calendar for p in found}) > 1]
        if tasks:
            self.notes.translated("resources", hours_differ(tasks))

    def _performer(self, task: str, person: Person) -> Json:
        spec = work_of(self.scenario, task, person)
        if spec is None:
            law: Json = {"distribution_name": "fix", "distribution_params": [{"value": 0.0}]}
        else:
            law = self._law(f"durations.{task}", spec)
        return {"resource_id": person.id, **law}

    def _calendars(self) -> list[Json]:
        found = [{"id": _ALWAYS, "name": _ALWAYS, "time_periods": periods()}]
        for name, calendar in self.document.calendars.items():
            if calendar.holidays or calendar.exceptions:
                self.notes.lost(f"calendars.{name}", "holidays and exceptions: only the week")
            self.notes.kept(f"calendars.{name}", "its week")
            found.append({"id": name, "name": name, "time_periods": periods(week_of(calendar))})
        return found

    def _events(self) -> list[Json]:
        """What waits: events, and activities that nobody does."""
        found = []
        for node in self.nodes.values():
            if node.id in self.doing or node.id == self.start:
                continue
            if node.type is NodeType.END_EVENT or node.type.value.endswith("Gateway"):
                continue
            found.append({"event_id": node.id, **self._wait(node)})
        return found

    def _wait(self, node: FlowNode) -> Json:
        work, event = self.document.durations.get(node.id), self.document.events.get(node.id)
        spec = work.work if work is not None else event.after if event is not None else None
        if work is not None:
            self.notes.translated(f"durations.{node.id}", "nobody does it: an event that waits")
        if spec is not None:
            return self._law(f"events.{node.id}", spec)
        seconds = 0.0
        if node.timer is not None and node.timer.kind is TimerKind.DURATION:
            try:
                Duration.parse(node.timer.text)
                seconds = duration_s(node.timer.text)
                self.notes.kept(f"events.{node.id}", f"the timer of the model: {seconds:g} s")
            except (InvalidDuration, ValueError):
                self.notes.lost(f"events.{node.id}", f"its timer {node.timer.text!r}: no time")
        elif node.type is NodeType.INTERMEDIATE_CATCH_EVENT:
            self.notes.lost(f"events.{node.id}", "no time is given for it: no time")
        return {"distribution_name": "fix", "distribution_params": [{"value": seconds}]}

    def _attributes(self) -> list[Json]:
        found: list[Json] = []
        for name, attribute in self.document.arrivals[self.start].attributes.items():
            field = f"arrivals.{self.start}.attributes.{name}"
            if attribute.choice is not None:
                values = [{"key": key, "value": share} for key, share in attribute.choice.items()]
                found.append({"name": name, "type": "discrete", "values": values})
                self.notes.kept(field, "a choice")
            elif attribute.constant is not None:
                values = [{"key": str(attribute.constant), "value": 1.0}]
                found.append({"name": name, "type": "discrete", "values": values})
                self.notes.kept(field, "a fixed value")
            else:
                law = self._law(field, attribute)
                found.append({"name": name, "type": "continuous", "values": law})
        return found

    def _batches(self) -> list[Json]:
        found = []
        for task, batch in self.document.batches.items():
            if task not in self.doing:
                continue
            rules = [[{"attribute": "size", "comparison": ">=", "value": batch.size}]]
            if batch.max_wait is not None:
                wait = {"attribute": "large_wt", "comparison": ">=", "value": batch.max_wait}
                rules.append([wait])
            if batch.by is not None:
                self.notes.lost(f"batches.{task}.by", "all cases go together")
            self.notes.translated(f"batches.{task}", "a Parallel batch, not tried in Prosimos")
            sizes = [{"key": "1", "value": 0.0}, {"key": str(batch.size), "value": 1.0}]
            found.append(
                {
                    "task_id": task,
                    "type": "Parallel",
                    "size_distrib": sizes,
                    "duration_distrib": [{"key": str(batch.size), "value": 1.0}],
                    "firing_rules": rules,
                }
            )
        return found
