"""Probabilities of the flows behind a gateway, as other simulators write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import NodeType
from simulation.exchange.texts import whole_shares
from simulation.scenario.references import decisions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.exchange.entries import Entry
    from simulation.exchange.notes import Draft

_ROUGHLY = 0.01


def write_shares(
    draft: Draft, entry: Entry, gateway: str, given: Mapping[str, float | None]
) -> None:
    """Write the shares of a gateway; None: the file leaves it open. Raises ScenarioInvalid."""
    node = {n.id: n for n in decisions(draft.graph)}.get(gateway)
    if node is None:
        draft.notes.lost(entry.field, f"the model has no gateway {gateway!r} that chooses")
        return
    if draft.has("branches", gateway):
        raise entry.refused(f"is a second entry for the gateway {gateway!r}")
    flows = [flow.id for flow in draft.graph.outgoing(gateway)]
    _ensure_known(entry, gateway, given, flows)
    is_inclusive = node.type is NodeType.INCLUSIVE_GATEWAY
    shares = _completed(draft, entry, {flow: given.get(flow) for flow in flows})
    if is_inclusive:
        _inclusive(draft, entry, gateway, shares)
        return
    total = sum(shares.values())
    if abs(total - 1) > _ROUGHLY:
        raise entry.refused(f"needs probabilities that add up to 1, these make {total:.6g}")
    if abs(total - 1) > 1e-6:
        words = f"its probabilities add up to {total:.6g}; they are scaled to 1"
        draft.notes.translated(entry.field, words)
    else:
        draft.notes.kept(entry.field, "probabilities of the flows")
    draft.put("branches", gateway, whole_shares(shares))


def _ensure_known(
    entry: Entry, gateway: str, given: Mapping[str, float | None], flows: list[str]
) -> None:
    for flow, share in given.items():
        if flow not in flows:
            words = f"names the flow {flow!r}; {gateway} has {', '.join(flows)}"
            raise entry.refused(words)
        if share is not None and share > 1 + 1e-9:
            raise entry.refused(f"has a probability above 1 of the flow {flow!r}")


def _completed(draft: Draft, entry: Entry, given: dict[str, float | None]) -> dict[str, float]:
    """Flows without a probability share what is left, as in Prosimos."""
    missing = [flow for flow, share in given.items() if share is None]
    left = max(0.0, 1 - sum(share for share in given.values() if share is not None))
    if missing:
        words = f"no probability of {', '.join(missing)}: what is left is parted among them"
        draft.notes.guessed(entry.field, words)
    return {
        flow: left / len(missing) if share is None else min(share, 1.0)
        for flow, share in given.items()
    }


def _inclusive(draft: Draft, entry: Entry, gateway: str, shares: dict[str, float]) -> None:
    if sum(shares.values()) == 0:
        raise entry.refused("needs a probability above 0: nobody would go on")
    draft.notes.kept(entry.field, "probabilities of the flows, each for itself")
    draft.put("branches", gateway, {flow: round(share, 6) for flow, share in shares.items()})
