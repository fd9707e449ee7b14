"""What a first scenario guesses about a process, until somebody knows better.

What the model itself does not say is asked of the checks: each "is required" of theirs about an
event or a repetition gets a guess, with their question beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.domain.process_graph import EventKind, FlowNode, LoopKind, NodeType, ProcessGraph
from simulation.scenario.crosscheck import crosscheck
from simulation.scenario.document import Document
from simulation.scenario.flow import AUTOMATIC, performed, sent_by_model
from simulation.scenario.references import decisions, process_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

SECTIONS = (
    "arrivals", "resources", "durations", "demands", "events", "repetitions", "branches",
)  # fmt: skip
_SOMEBODY = "staff"  # performs what stands in no lane
_ASKED = ("events", "repetitions")
_ROUNDS = 3  # of questions: an answer may lead to the next one
_TASK = {"triangular": {"min": "3min", "mode": "5min", "max": "7min"}}
_HOUR = {"constant": "1h"}
_RARE = "10%"
_ENDS_WORK = frozenset({EventKind.ERROR, EventKind.ESCALATION})


@dataclass
class Guesses:
    """A document of guesses, and what to ask about each."""

    raw: dict[str, Any]
    questions: dict[tuple[str, str], str] = field(default_factory=dict)  # by section and name

    def of(self, section: str) -> dict[str, Any]:
        """Return the guesses of a section."""
        found: dict[str, Any] = self.raw.setdefault(section, {})
        return found


def guess(graph: ProcessGraph, *, model: str, first_day: date) -> Guesses:
    """Return a scenario for a process with a guess for everything that it needs."""
    guesses = Guesses(
        {
            "scenario": 1,
            "name": graph.name or graph.key,
            "model": model,
            "timezone": "UTC",
            "currency": "EUR",
            "run": {
                "start": f"{first_day.isoformat()}T08:00",
                "until": "8h",
                "replications": 30,
                "seed": 1,
            },
        }
    )
    guesses.of("arrivals").update(
        {node.id: {"interval": {"exponential": {"mean": "10min"}}} for node in _doors(graph)}
    )
    for node in performed(graph):
        if node.type not in AUTOMATIC:
            guesses.of("durations")[node.id] = _TASK
            guesses.of("resources")[node.lane or _SOMEBODY] = {"units": 1, "cost_per_hour": 0}
            if node.lane is None:
                guesses.of("demands")[node.id] = _SOMEBODY
    for gateway in decisions(graph):
        guesses.of("branches")[gateway.id] = _equal_odds(gateway, graph)
        guesses.questions["branches", gateway.id] = "equal odds"
    _answer_questions(guesses, graph)
    return guesses


def _doors(graph: ProcessGraph) -> list[FlowNode]:
    """Return the start events at which cases come from outside."""
    called = {node.called.key for node in graph.nodes.values() if node.called is not None}
    sent = sent_by_model(graph)
    starts = [n for n in graph.of_type(NodeType.START_EVENT) if n.parent not in graph.nodes]
    doors = [
        node
        for node in starts
        if not (node.event is None and node.parent in called)
        and not (node.event is not None and (node.event.kind, node.event.name) in sent)
    ]
    return doors or starts


def _equal_odds(gateway: FlowNode, graph: ProcessGraph) -> dict[str, float]:
    flows = graph.outgoing(gateway.id)
    if gateway.type is NodeType.INCLUSIVE_GATEWAY:
        return {flow.id: 0.5 for flow in flows}
    shares = [round(1 / len(flows), 4)] * (len(flows) - 1)
    shares.append(round(1 - sum(shares), 4))
    return {flow.id: share for flow, share in zip(flows, shares, strict=True)}


def _answer_questions(guesses: Guesses, graph: ProcessGraph) -> None:
    for _ in range(_ROUNDS):
        if not (asked := dict(_asked(guesses.raw, graph))):
            return
        for (section, name), question in asked.items():
            node = graph.nodes[name]
            known = guesses.of(section).get(name)
            guesses.of(section)[name] = (
                _event(node) if section == "events" else _repetition(node, known, graph)
            )
            guesses.questions[section, name] = question


def _asked(raw: dict[str, Any], graph: ProcessGraph) -> Iterator[tuple[tuple[str, str], str]]:
    document = Document.model_validate(raw)
    for path, _, words in crosscheck(document, graph):
        match path:
            case (section, name) if section in _ASKED:
                yield (str(section), str(name)), words.removeprefix("is required: ")


def _event(node: FlowNode) -> object:
    assert node.event is not None, "only events are asked about"
    if node.type is NodeType.BOUNDARY_EVENT and node.event.kind in _ENDS_WORK:
        return _RARE
    if node.event.kind is EventKind.TIMER or node.type in {
        NodeType.INTERMEDIATE_CATCH_EVENT,
        NodeType.RECEIVE_TASK,
    }:
        return _HOUR
    return {"share": _RARE, "after": _HOUR}


def _repetition(node: FlowNode, known: object, graph: ProcessGraph) -> object:
    if node.loop is not None and node.loop.kind is LoopKind.STANDARD:
        return "30%"
    if _calls_itself(node, graph):
        return {"empirical": {"values": [0, 0, 0, 1]}}  # with more there is no end of calls
    return 3 if known is None else {"count": {"constant": 3}, "share": "80%"}


def _calls_itself(node: FlowNode, graph: ProcessGraph) -> bool:
    return node.called is not None and node.called.key == process_of(node.id, graph)
