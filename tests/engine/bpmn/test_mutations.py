"""Broken files: never a traceback, never a hang, and every refusal says where.

TWINFLOW_MUTATIONS=1000 breaks a thousand; the seed of each is its number.
"""

import contextlib
import os
import time

import pytest
from lxml import etree

from engine.bpmn.graph import read_graph
from engine.bpmn.layout import laid_out
from engine.bpmn.lint import lint
from engine.bpmn.program import compile_graph
from engine.bpmn.report import report
from engine.errors import InvalidModel
from tests.engine.bpmn.builders import boundary, element, end, parallel, start, timer, xor
from tests.engine.bpmn.drawings import (
    ERROR,
    ESCALATION,
    MESSAGE,
    SIGNAL,
    association,
    border,
    catch,
    event,
    extensions,
    sub,
    throw,
    with_roots,
)
from tests.engine.bpmn.mutations import mutated
from tests.engine.bpmn.test_miwg import REFERENCES

ROUNDS = int(os.environ.get("TWINFLOW_MUTATIONS", "200"))
WITHIN_S = 2
LINK = "<linkEventDefinition"
WORDS = extensions('<zeebe:ioMapping><zeebe:input source="=x" target="y"/></zeebe:ioMapping>')
LOOP = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
RICH = with_roots(
    MESSAGE + SIGNAL + ERROR + ESCALATION,
    start() + element("userTask", "a", WORDS, **{"camunda:formKey": "f"}) + xor("g", default="g_b")
    + element("serviceTask", "b", **{"tf:connector": "mail"}) + parallel("f", "j")
    + element("scriptTask", "s", "<script>x = 1</script>")
    + element("callActivity", "c", calledElement="p")
    + element("businessRuleTask", "r", **{"tf:decision": "d"})
    + element("sendTask", "send", messageRef="M") + element("receiveTask", "get", messageRef="M")
    + sub("in", start("is") + element("task", "it", LOOP + "</multiInstanceLoopCharacteristics>")
          + event("endEvent", "ie", "error", errorRef="E"), "is > it > ie")
    + border("oops", "in", "error", errorRef="E") + border("undo", "a", "compensate")
    + element("task", "undoing", isForCompensation="true") + association("undo", "undoing")
    + catch("w", "signal", signalRef="S") + throw("t", "escalation", escalationRef="X")
    + throw("out", "link").replace(LINK, f'{LINK} name="L"')
    + catch("back", "link").replace(LINK, f'{LINK} name="L"')
    + element("eventBasedGateway", "e") + catch("m", "message", messageRef="M")
    + element("intermediateCatchEvent", "pause", timer("PT1H")) + boundary("late", "a", "PT1H")
    + sub("on", event("startEvent", "os", "timer", "<timeDuration>P1D</timeDuration>")
          + end("oe"), "os > oe", triggeredByEvent="true")
    + end(),
    "start > a > g\ng > c : x > 1\ng > b\nb > f > s > j\nf > r > j > send > get > in > w > t > out"
    "\nback > e > m > end\ne > pause > end\nc > end\noops > end\nlate > end",
)  # fmt: skip
CORPUS = [etree.fromstring(RICH), *(etree.parse(path).getroot() for path in REFERENCES)]


def test_whole_file_is_sound():
    found = lint(RICH, source="x", connectors={"mail"}, decisions={"d"})

    assert [str(f) for f in found if f.severity == "error"] == []


@pytest.mark.parametrize("part", range(10))
def test_broken_file_is_refused_in_words_or_read(part):
    for seed in range(part, ROUNDS, 10):
        xml = mutated(CORPUS[seed % len(CORPUS)], seed)
        began = time.process_time()

        found = lint(xml, source="x", connectors={"mail"}, decisions={"d"})
        _judge(xml)

        assert time.process_time() - began < WITHIN_S, seed
        errors = [f for f in found if f.severity == "error"]
        assert all(f.line and f.message for f in errors), seed
        assert all(f.element_id or _is_nameless(f.rule) for f in errors), (seed, errors)
        if not errors:  # what lint lets pass, the runtime can make steps of
            assert compile_graph(read_graph(xml, source="x")), seed


def _judge(xml: bytes) -> None:
    """The reader and the report take a file or refuse it in words: no other error gets out."""
    for read in (report, read_graph, draw):
        with contextlib.suppress(InvalidModel):
            read(xml, source="x")


def draw(xml: bytes, *, source: str) -> bytes:
    return laid_out(xml)


def _is_nameless(rule: str) -> bool:
    """A file without a process has no element to name, nor has a process that lost its id."""
    return rule in {"no-process", "not-bpmn", "missing-id"}
