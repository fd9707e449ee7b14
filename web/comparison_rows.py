"""What result pages are made of: lines of tables, diagrams, names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.domain.label import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain.process_graph import ProcessGraph
    from web.figures import Figure
    from web.states import State


@dataclass(frozen=True)
class Result:
    """A finished study: its document and the models that were simulated."""

    document: Mapping[str, Any]
    graphs: Sequence[ProcessGraph]


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One line of the KPI table."""

    code: str
    name: str
    formula: str
    baseline: Figure
    alternative: Figure
    difference: Figure
    state: State
    wins: str  # in how many replications it is better; empty where neither way is
    on_target: str  # in how many it meets its target; empty where it has none
    is_guarded: bool


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One step in both scenarios; a step that a scenario does not have is left empty."""

    name: str
    baseline: Figure
    alternative: Figure


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role in the bottleneck table."""

    name: str
    units: int
    utilisation: Figure
    waiting: Figure
    active: Figure
    add_one: Figure
    per_cost: str
    is_bottleneck: bool


@dataclass(frozen=True, slots=True)
class SideTable:
    """The bottleneck table of one scenario."""

    key: str
    name: str
    rows: Sequence[RoleRow]


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One of several alternatives: the KPI that matters most, and the gate."""

    name: str
    url: str
    is_current: bool
    value: Figure
    difference: Figure
    state: State
    wins: str
    gate: State


@dataclass(frozen=True, slots=True)
class DiagramSide:
    """The diagram of one scenario and the heat it begins with."""

    key: str
    name: str
    model_url: str
    elements: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Hash:
    """The fingerprint of a file."""

    name: str
    full: str
    short: str


def in_words(identifier: str) -> str:
    """Return an id as people would write it: night_duty, Night duty."""
    words = identifier.replace("_", " ")
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Names:
    """What steps, roles and ways are called, in the reader's language."""

    steps: Mapping[str, str]
    roles: Mapping[str, str]
    flows: Mapping[str, str]

    @classmethod
    def of(cls, graphs: Sequence[ProcessGraph], language: str) -> Names:
        """Read the names from the models; the first that knows an id names it."""
        steps: dict[str, str] = {}
        roles: dict[str, str] = {}
        flows: dict[str, str] = {}
        for graph in reversed(graphs):
            steps.update({n.id: label(n.name, language) for n in graph.nodes.values() if n.name})
            roles.update({x.id: label(x.name, language) for x in graph.lanes.values() if x.name})
            flows.update({f.id: label(f.name, language) for f in graph.flows.values() if f.name})
        return cls(steps, roles, flows)

    def step(self, element_id: str) -> str:
        """Return the name of a step."""
        return self.steps.get(element_id, element_id)

    def role(self, role: str) -> str:
        """Return the name of a role; one without a lane has but its id, read as words."""
        return self.roles.get(role) or in_words(role)

    def flow(self, flow_id: str) -> str:
        """Return the name of a way out of a gateway."""
        return self.flows.get(flow_id, flow_id)
