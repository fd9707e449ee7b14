"""Shares behind a gateway for formats that know one probability per flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.exchange.entries import refused
from simulation.scenario.crosscheck import shares_of, table_of

if TYPE_CHECKING:
    from engine.domain.process_graph import FlowNode
    from simulation.exchange.notes import Notes
    from simulation.scenario.load import Scenario


def flow_shares(
    scenario: Scenario, gateway: FlowNode, notes: Notes, *, start: str
) -> dict[str, float] | None:
    """Return the share of each flow; None: the conditions of the model decide.

    Raises:
        ScenarioInvalid: a table is by data whose values have no known shares.
    """
    field = f"branches.{gateway.id}"
    flows = [flow.id for flow in scenario.graph.outgoing(gateway.id)]
    table = table_of(gateway, scenario.document, scenario.graph)
    if table is None:
        shares = shares_of(gateway, scenario.document, scenario.graph)
        if not shares:
            return None
        notes.kept(field, "probabilities")
        return {flow: shares.get(flow, 0.0) for flow in flows}
    by, rows, rest = table
    notes.translated(field, f"a table by {by}: the shares of all cases together")
    given = dict.fromkeys(flows, 0.0)
    for value, weight in _choice(scenario, start, by).items():
        for flow, share in (rows.get(value) or rest or {}).items():
            given[flow] += weight * share
    return {flow: round(share, 9) for flow, share in given.items()}


def _choice(scenario: Scenario, start: str, name: str) -> dict[str, float]:
    attribute = scenario.document.arrivals[start].attributes.get(name)
    if attribute is None or attribute.choice is None:
        words = "is needed as a choice: the shares of its values are not known"
        raise refused(scenario.source, f"arrivals.{start}.attributes.{name}", None, words)
    return attribute.choice
