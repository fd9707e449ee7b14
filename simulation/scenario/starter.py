"""A complete first scenario for a model, each guess marked, so that people edit, not invent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.bpmn.graph import read_graph
from engine.bpmn.read import read_file
from engine.domain.process_graph import NodeType, ProcessGraph, TimerKind
from simulation.scenario.references import activities, decisions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from engine.domain.process_graph import FlowNode

_SOMEBODY = "staff"  # performs what stands in no lane


def write_starter(model: Path, *, first_day: date) -> str:
    """Return the text of a scenario for a BPMN file. Raises InvalidModel."""
    graph = read_graph(read_file(model), source=model.name)
    return starter_text(graph, model=model.name, first_day=first_day)


def starter_text(graph: ProcessGraph, *, model: str, first_day: date) -> str:
    """Return the text of a scenario for a process."""
    return "\n".join(
        [
            *_head(graph, model, first_day),
            *_section("arrivals", _arrivals(graph)),
            *_section("resources", _resources(graph)),
            *_section("durations", _durations(graph)),
            *_section("demands", _demands(graph)),
            *_section("events", _events(graph)),
            *_section("branches", _branches(graph)),
        ]
    )


def _head(graph: ProcessGraph, model: str, first_day: date) -> list[str]:
    return [
        "# A first scenario. Every line with a question mark is a guess: put your own figures in.",
        "scenario: 1",
        f"name: {_quoted(graph.name)}",
        f"model: {_quoted(model)}",
        "timezone: UTC                # ? such as Asia/Shanghai",
        "currency: EUR                # ?",
        "run:",
        f"  start: {first_day.isoformat()}T08:00",
        "  until: 8h                  # ? arrivals stop then; open cases are finished",
        "  replications: 30",
        "  seed: 1",
    ]


def _section(name: str, lines: Iterator[str]) -> list[str]:
    body = [f"  {line}" for line in lines]
    return [f"{name}:", *body] if body else []


def _arrivals(graph: ProcessGraph) -> Iterator[str]:
    for node in graph.of_type(NodeType.START_EVENT):
        yield f"{_quoted(node.id)}: {{interval: {{exponential: {{mean: 10min}}}}}}  # ?"


def _resources(graph: ProcessGraph) -> Iterator[str]:
    roles = dict.fromkeys(_role(node) for node in activities(graph) if _is_performed(node))
    for role in roles:
        yield f"{_quoted(role)}: {{units: 1, cost_per_hour: 0}}  # ?"


def _durations(graph: ProcessGraph) -> Iterator[str]:
    for node in activities(graph):
        if _is_performed(node):
            yield f"{_quoted(node.id)}: {{triangular: {{min: 3min, mode: 5min, max: 7min}}}}  # ?"


def _demands(graph: ProcessGraph) -> Iterator[str]:
    for node in activities(graph):
        if _is_performed(node) and node.lane is None:
            yield f"{_quoted(node.id)}: {_SOMEBODY}  # ?"


def _events(graph: ProcessGraph) -> Iterator[str]:
    for node in graph.of_type(NodeType.INTERMEDIATE_CATCH_EVENT):
        if node.timer is None or node.timer.kind is not TimerKind.DURATION:
            yield f"{_quoted(node.id)}: {{constant: 1h}}  # ?"


def _branches(graph: ProcessGraph) -> Iterator[str]:
    for gateway in decisions(graph):
        flows = graph.outgoing(gateway.id)
        shares = [round(1 / len(flows), 4)] * (len(flows) - 1)
        shares.append(round(1 - sum(shares), 4))
        pairs = (f"{_quoted(f.id)}: {share}" for f, share in zip(flows, shares, strict=True))
        yield f"{_quoted(gateway.id)}: {{{', '.join(pairs)}}}  # ? equal odds"


def _is_performed(node: FlowNode) -> bool:
    return node.type is not NodeType.SERVICE_TASK


def _role(node: FlowNode) -> str:
    return node.lane or _SOMEBODY


def _quoted(text: str) -> str:
    """Return text as YAML takes it: plain if it is a simple name, else in quotes."""
    is_plain = text.replace("_", "a").isalnum() and text.isascii() and not text[0].isdigit()
    is_word = text.lower() in {"null", "true", "false", "yes", "no", "on", "off"}
    return text if is_plain and not is_word else json.dumps(text, ensure_ascii=False)
