"""A complete first scenario for a model, each guess marked, so that people edit, not invent."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from engine.bpmn.read import read_file
from simulation.scenario.guesses import SECTIONS, Guesses, guess
from simulation.scenario.model import read_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from engine.domain.process_graph import ProcessGraph

_PLAIN = re.compile(r"[a-z_]\w*|\d+(?:s|min|h|d|w|%)", re.ASCII | re.IGNORECASE)
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


def write_starter(model: Path, *, first_day: date) -> str:
    """Return the text of a scenario for a BPMN file. Raises InvalidModel."""
    graph = read_model(read_file(model), source=model.name, folder=model.parent, starts=())
    return starter_text(graph, model=model.name, first_day=first_day)


def starter_text(graph: ProcessGraph, *, model: str, first_day: date) -> str:
    """Return the text of a scenario for a process."""
    guesses = guess(graph, model=model, first_day=first_day)
    lines = [*_head(guesses.raw)]
    for section in SECTIONS:
        lines += _section(section, guesses)
    return "\n".join(lines) + "\n"


def _head(raw: dict[str, Any]) -> Iterator[str]:
    run = raw["run"]
    yield "# A first scenario. Every line with a question mark is a guess: put your own figures in."
    yield f"scenario: {raw['scenario']}"
    yield f"name: {_flow(raw['name'])}"
    yield f"model: {_flow(raw['model'])}"
    yield "timezone: UTC                # ? such as Asia/Shanghai"
    yield "currency: EUR                # ?"
    yield "run:"
    yield f"  start: {run['start']}"
    yield f"  until: {run['until']}  # ? arrivals stop then; open cases are finished"
    yield f"  replications: {run['replications']}"
    yield f"  seed: {run['seed']}"


def _section(section: str, guesses: Guesses) -> Iterator[str]:
    if not guesses.of(section):
        return
    yield f"{section}:"
    for name, value in guesses.of(section).items():
        question = " ".join(guesses.questions.get((section, name), "").split())
        yield f"  {_flow(name)}: {_flow(value)}  # ? {question}".rstrip()


def _flow(value: object) -> str:
    """Return a value on one line of YAML."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """Return text as YAML takes it: plain if it is a simple name or amount, else in quotes."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML
    return text if is_plain else json.dumps(text, ensure_ascii=False)
