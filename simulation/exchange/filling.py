"""What a foreign file does not say of the model: guessed, marked, and checked as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.exchange.notes import Draft
from simulation.scenario.flow import AUTOMATIC, performed
from simulation.scenario.guesses import guess
from simulation.scenario.load import build

if TYPE_CHECKING:
    from datetime import date

    from engine.domain.process_graph import ProcessGraph
    from simulation.scenario.load import Scenario

_SECTIONS = (
    "arrivals", "calendars", "resources", "demands", "durations", "branches", "events",
    "repetitions", "priorities", "batches", "costs",
)  # fmt: skip
_CASES = 1000


def new_draft(source: str, graph: ProcessGraph, *, model: str) -> Draft:
    """Return the scenario of a foreign file before anything of it is read."""
    raw: dict[str, Any] = {
        "scenario": 1,
        "name": graph.name or graph.key,
        "model": model,
        "timezone": "UTC",
        "currency": "EUR",
        "run": {},
        **{section: {} for section in _SECTIONS},
    }
    return Draft(source, graph, raw)


def finish(draft: Draft, *, first_day: date) -> Scenario:
    """Guess what is missing, leave out what is empty, check the whole. Raises ScenarioInvalid."""
    _run(draft, first_day)
    _tasks(draft)
    _rest(draft, first_day)
    for section in _SECTIONS:
        if not draft.raw[section]:
            del draft.raw[section]
    draft.raw = _tidy(draft.raw)
    return build(draft.raw, graph=draft.graph, source=draft.source)


def _run(draft: Draft, first_day: date) -> None:
    run = draft.raw["run"]
    if "start" not in run:
        run["start"] = f"{first_day.isoformat()}T00:00"
        _guess(draft, ("run", "start"), f"the start of the run: {run['start']}")
    if not run.keys() & {"until", "cases"}:
        run["cases"] = _CASES
        _guess(draft, ("run", "cases"), f"{_CASES:,} cases")
    run.setdefault("replications", 30)
    run.setdefault("seed", 1)
    draft.raw["run"] = {
        key: run[key]
        for key in ("start", "until", "cases", "warm_up", "replications", "seed")
        if key in run
    }


def _tasks(draft: Draft) -> None:
    """Tasks that the file does not know take no time and nobody."""
    for node in performed(draft.graph):
        known = draft.has("durations", node.id)
        if node.type in AUTOMATIC and not known:
            continue
        if not known:
            draft.put("durations", node.id, {"constant": "0s"})
            _guess(draft, ("durations", node.id), "the file has no duration of it: no time")
        if not draft.has("demands", node.id):
            draft.put("demands", node.id, "none")
            _guess(draft, ("demands", node.id), "the file does not say who does it: nobody")


def _rest(draft: Draft, first_day: date) -> None:
    """Take the guesses of a first scenario for arrivals, branches, events and repetitions."""
    found = guess(draft.graph, model=draft.raw["model"], first_day=first_day)
    if not draft.raw["arrivals"]:
        for start, arrival in found.of("arrivals").items():
            draft.put("arrivals", start, arrival)
            _guess(draft, ("arrivals", start), "a case every 10 minutes")
    for section in ("branches", "events", "repetitions"):
        for key, value in found.of(section).items():
            if not draft.has(section, key):
                draft.put(section, key, value)
                question = found.questions.get((section, key), "the file does not say it")
                _guess(draft, (section, key), question)


def _guess(draft: Draft, place: tuple[str, str], words: str) -> None:
    draft.notes.guessed(".".join(place), words)
    draft.comment(("run", "") if place[0] == "run" else place, f"? {words}")


def _tidy(value: Any) -> Any:
    """Write whole numbers without a point."""
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
