"""Every payload at every site of a model: refused when it is deployed, or harmless when it runs."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from engine.bpmn.dmn import read_decisions
from engine.connectors.registry import Connectors, FunctionConnector
from engine.domain import process_graph
from engine.errors import EngineError, Severity
from engine.process_engine import ProcessEngine
from tests.engine.bpmn import decisions
from tests.engine.conftest import CAST
from tests.engine.expressions.payloads import ESCAPES, FILE, HOGS, SECRET, VARIABLE
from tests.engine.expressions.sites import NAMES, SITES, model

MARKS = (SECRET, "root:x", "<class", "<built-in", "<function", "<module", "object at 0x")
EVERY = 3  # of the payloads that may be deployed is run at each site, another third at the next
LIMIT_S = 1.5 if sys.gettrace() is None else 6.0
NUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no XML holds them
TOUCHED = "/tmp/twinflow-touched"  # the file that would be written must not hold the secret
PAYLOADS = {
    number: NUL.sub(" ", text).replace(FILE, TOUCHED) for number, text in enumerate(ESCAPES)
}
DATA = {
    "amount": 5,
    "text": "x",
    "customer": {"name": "Alice"},
    "lines": [{"qty": number} for number in range(50)],
    "figures": [number + 0.1 for number in range(50)],
    "long": "x" * 9_000,
    "deep": [[[1]]],
}


@pytest.fixture(scope="module")
def engine(sqlite_template, tmp_path_factory):
    import shutil

    from engine.clock import FixedClock
    from engine.config import EngineConfig
    from tests.engine.conftest import MONDAY

    file = tmp_path_factory.mktemp("escapes") / "t.db"
    shutil.copy(sqlite_template, file)
    config = EngineConfig(f"sqlite:///{file}", sqlite_synchronous="OFF")
    echo = FunctionConnector("echo", lambda call: {"echo": dict(call.inputs)})
    services = Connectors([echo])
    clock = FixedClock(MONDAY)
    with closing(ProcessEngine.open(config, clock=clock, connectors=services)) as engine:
        for user in CAST:
            engine.add_user(user)
        yield engine


@pytest.fixture(autouse=True)
def _secret(monkeypatch):
    monkeypatch.setenv(VARIABLE, SECRET)


def accepted(engine, site, payloads):
    """Return the payloads that lint lets pass, after looking at the words for the others."""
    findings = engine.lint(model(SITES[site], payloads), source="p.bpmn")
    shown = " ".join(finding.message for finding in findings)
    assert SECRET not in shown
    errors = [one for one in findings if one.severity is Severity.ERROR]
    nameless = [one for one in errors if not re.search(r"_\d+$", one.element_id or "")]
    assert nameless == []
    refused = {int(one.element_id.rpartition("_")[2]) for one in errors}
    return {number: text for number, text in payloads.items() if number not in refused}


def shown_by_a_case(engine, site, number, text):
    """Deploy and run one payload as far as it goes, and return all that anybody sees of it."""
    try:
        engine.deploy(model(SITES[site], {number: text}), source="p.bpmn", forms={})
        case = engine.start_process("p", by="dora", values=DATA)
        engine.call_due_services()
        engine._context.clock.advance(timedelta(hours=1))
        engine.fire_due_timers(limit=3)
        tasks = engine.open_tasks(case.id, by="dora")
        seen = [engine.instance(case.id, by="dora"), engine.history(case.id, by="dora"), tasks]
        seen += [engine.incidents_of(case.id, by="dora"), engine.timers(case.id)]
        engine.cancel_instance(case.id, by="dora", reason="seen")
    except EngineError as refusal:
        return repr(refusal)
    return repr(seen)


def test_sites_are_those_of_the_graph():
    texts = {
        f"{kind.__name__}.{field.name}"
        for kind in (
            process_graph.SequenceFlow,
            process_graph.EventDefinition,
            process_graph.TimerDefinition,
            process_graph.Loop,
            process_graph.DataMapping,
            process_graph.CalledProcess,
            process_graph.Script,
            process_graph.CalledDecision,
            process_graph.TaskAssignment,
        )
        for field in dataclasses.fields(kind)
        if str(field.type) in {"str", "str | None"}
    }

    assert {" ".join(name.split()[:1]) for name in SITES} == texts - NAMES


@pytest.mark.parametrize("site", SITES)
def test_site_compiles_its_text_when_it_is_deployed(engine, site):
    assert accepted(engine, site, {1: "1 +", 2: "amount + 1", 3: "(amount"}).keys() <= {2}


def test_scenarios_have_no_other_way_to_evaluate_than_the_one_that_is_attacked():
    allowed = {"Expression", "compile_expression", "EvaluationFailed", "InvalidExpression"}
    root = Path(__file__).parents[3]
    texts = (module.read_text(encoding="utf-8") for module in (root / "simulation").rglob("*.py"))
    imported = {
        alias.name
        for text in texts
        if "engine.expressions" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine.expressions")
        for alias in node.names
    }

    assert {"compile_expression"} <= imported <= allowed


@pytest.mark.slow
@pytest.mark.parametrize("site", SITES)
def test_payload_is_refused_or_harmless_at_its_site(engine, site):
    passed = list(accepted(engine, site, PAYLOADS).items())
    turn = list(SITES).index(site)
    for number, text in passed[turn % EVERY :: EVERY]:
        shown = shown_by_a_case(engine, site, number, text)

        assert not any(mark in shown for mark in MARKS), (text, shown[:300])
    assert not Path(TOUCHED).exists()


@pytest.mark.slow
@pytest.mark.parametrize("site", SITES)
def test_hog_is_stopped_at_its_site(engine, site, monkeypatch):
    monkeypatch.setattr("engine.expressions.feel.MOST_STEPS", 10_000)
    hogs = dict(enumerate(HOGS[:: 5 if site != "Script.text" else 12]))
    began = time.process_time()
    passed = accepted(engine, site, hogs)
    assert time.process_time() - began < LIMIT_S

    for number, text in passed.items():
        began = time.process_time()

        shown_by_a_case(engine, site, number, text)

        assert time.process_time() - began < LIMIT_S, text[:60]


DMN_SITES = {
    "input": lambda text: decisions.table(
        [decisions.column(text)], [decisions.output("a")], ["- : 1"]
    ),
    "test": lambda text: decisions.table(
        [decisions.column("amount")], [decisions.output("a")], [f"{text} : 1"]
    ),
    "conclusion": lambda text: decisions.table(
        [decisions.column("amount")], [decisions.output("a")], [f"- : {text}"]
    ),
    "default": lambda text: decisions.table(
        [decisions.column("amount")], [decisions.output("a", default=text)], ["99 : 1"]
    ),
    "literal": lambda text: f"<literalExpression>{decisions.text(text)}</literalExpression>",
}


@pytest.mark.parametrize("site", DMN_SITES)
def test_payload_is_refused_or_harmless_in_a_decision(site):
    for text in PAYLOADS.values():
        logic = DMN_SITES[site](text.replace("|", " "))
        xml = decisions.dmn(decisions.decision("d", logic))
        try:
            shown = repr(read_decisions(xml, source="d.dmn").decide("d", DATA).value)
        except EngineError as refusal:
            shown = str(refusal)

        assert not any(mark in shown for mark in MARKS), (text, shown)
    assert not Path(TOUCHED).exists()
