"""Decisions that are missing: refused at deployment, and an incident if they vanish later."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.errors import ExecutionFailed, InvalidModel
from engine.process_engine import ProcessEngine
from engine.store.tables import decision_file
from tests.engine.bpmn.decisions import decision, dmn, literal
from tests.engine.models import END, START, a_model, a_user_task

TIERS = {"tiers.dmn": dmn(decision("tier", literal('"high"')))}
RULED = a_model(
    "ruled",
    [
        START,
        a_user_task("say"),
        '<businessRuleTask id="decide" tf:decision="tier" tf:result="tier"/>',
        a_user_task("reply"),
        END,
    ],
    ["start say", "say decide", "decide reply", "reply end"],
)


def test_decision_that_is_missing_is_refused_at_deployment(engine):
    with pytest.raises(InvalidModel) as refusal:
        engine.deploy(RULED, source="ruled.bpmn", forms={})

    (finding,) = refusal.value.findings
    assert (finding.element_id, finding.line) == ("decide", 1)
    assert "'tier'" in finding.message


def test_decision_that_vanished_is_an_incident_that_goes_on_when_it_is_back(engine, config, clock):
    engine.deploy(RULED, source="ruled.bpmn", forms={}, decisions=TIERS)
    case = engine.start_process("ruled", by="dora")
    kept = taken_out(engine)
    restarted = ProcessEngine.open(config, clock=clock)
    with pytest.raises(ExecutionFailed, match="there is no decision 'tier'"):
        say(restarted, case)
    (incident,) = restarted.incidents_of(case.id, by="dora")
    restarted.close()
    assert incident.element_id == "decide"

    engine._context.database.run(lambda tx: tx.execute(sa.insert(decision_file), kept))

    again = ProcessEngine.open(config, clock=clock)
    (following,) = say(again, case)
    again.close()
    assert following.element_id == "reply"
    assert engine.instance(case.id, by="dora").values == {"tier": "high"}


def taken_out(engine):
    """Delete the decision files behind the engine's back, and return their rows."""

    def work(tx):
        rows = [dict(row._mapping) for row in tx.execute(sa.select(decision_file))]
        tx.execute(sa.delete(decision_file))
        return rows

    return engine._context.database.run(work)


def say(engine, case):
    (task,) = engine.open_tasks(case.id, by="dora")
    engine.claim(task.id, by="dora")
    return engine.complete_task(task.id, by="dora", values={})
