"""Whoever meets a shipped process reads it in Chinese or in English, names and forms alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from engine.domain.label import label
from engine.domain.process_graph import ACTIVITIES, GATEWAYS, NodeType
from tests.processes.library import MODELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.processes.library import ShippedModel

EVENTS = {NodeType.START_EVENT, NodeType.END_EVENT, NodeType.INTERMEDIATE_CATCH_EVENT}
READ_BY_PEOPLE = ("label", "text", "description")
A_WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(params=MODELS, ids=str)
def model(request: pytest.FixtureRequest) -> ShippedModel:
    shipped: ShippedModel = request.param
    return shipped


def is_bilingual(text: str) -> bool:
    return label(text, "zh") != label(text, "en")


def texts(part: Any) -> Iterator[str]:
    """Every text of a form that a person reads."""
    if isinstance(part, list):
        for item in part:
            yield from texts(item)
    elif isinstance(part, dict):
        yield from (part[name] for name in READ_BY_PEOPLE if isinstance(part.get(name), str))
        yield from texts([value for value in part.values() if isinstance(value, list | dict)])


def test_names_of_the_model_are_bilingual(model):
    graph = model.graph
    named = [graph, *graph.lanes.values(), *graph.nodes.values(), *graph.flows.values()]
    names = [thing.name for thing in named if thing.name]

    assert [name for name in names if not is_bilingual(name)] == []


def test_activities_events_and_decisions_have_names(model):
    graph = model.graph
    decisions = {g.id for g in graph.of_type(*GATEWAYS) if len(graph.outgoing(g.id)) > 1}
    nodes = [n for n in graph.nodes.values() if n.type in ACTIVITIES | EVENTS or n.id in decisions]

    assert [node.id for node in nodes if not node.name] == []


def test_ways_out_of_a_decision_have_names(model):
    graph = model.graph
    ways = [graph.outgoing(gateway.id) for gateway in graph.of_type(*GATEWAYS)]

    assert [flow.id for flows in ways if len(flows) > 1 for flow in flows if not flow.name] == []


def test_tasks_are_documented_in_both_languages(model):
    tasks = model.graph.of_type(*ACTIVITIES)

    assert [task.id for task in tasks if not is_bilingual(task.documentation)] == []


def test_texts_of_the_forms_are_bilingual(model):
    read = [text for key in sorted(model.form_keys) for text in texts(model.forms[key].schema)]
    with_words = [text for text in read if A_WORD.search(text)]

    assert with_words
    assert [text for text in with_words if not is_bilingual(text)] == []


def test_names_of_the_folder_are_given_in_both_languages(model):
    assert set(model.folder.names) == {"en", "zh"}
