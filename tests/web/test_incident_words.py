"""The sentences that the engine makes are told in the language of the page."""

import re
from pathlib import Path

import pytest
from flask_babel import force_locale

from engine.errors import NotFound
from tests.engine.services.service_models import CALLING, STUCK
from web.incident_words import KINDS, SENTENCES, reason_words

ENGINE = Path(__file__).parents[2] / "engine"
FIXED = re.compile(r"%\(\w+\)s")


@pytest.fixture
def told(app):
    """Tell a reason on a Chinese page."""

    def told(reason):
        with app.test_request_context(), force_locale("zh_Hans"):
            return reason_words(reason)

    return told


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("there is no process 'called'", "没有流程 'called'"),
        (
            "element 'which': waits for a token on another incoming flow that can no longer arrive",
            "元素 'which'：在等待另一条流入顺序流上的令牌，而它已不可能到达",
        ),
        (
            "flow 'a_b': expression 'n > 3': there is no value 'n'",
            "顺序流 'a_b'：表达式 'n > 3'：没有数据 'n'",
        ),
        (
            "correlation key: expression 'order': there is no value 'order'",
            "correlation key：表达式 'order'：没有数据 'order'",
        ),
        ("api.example.org did not answer within 60 s", "api.example.org 在 60 秒内没有应答"),
        ("flow 'a': expression 'x': a condition gives true or false, not a list",
         "顺序流 'a'：表达式 'x'：条件的结果应为真或假，而不是列表"),
    ],
)  # fmt: skip
def test_sentence_of_the_engine_is_chinese_on_a_chinese_page(told, reason, words):
    assert told(reason) == words


@pytest.mark.parametrize("reason", ["", "out of stock", "50% off: %(x)s", "\n", "x" * 2000])
def test_what_others_said_stays_as_it_is(told, reason):
    assert told(reason) == reason


def test_sentences_in_sentences_come_to_an_end(told):
    assert told("element 'a': " * 200 + "x").startswith("元素 'a'")


def test_sentences_are_those_of_the_engine():
    code = " ".join(path.read_text(encoding="utf-8") for path in sorted(ENGINE.rglob("*.py")))
    said = re.sub(r"""["']\s*\n\s*f?["']""", "", code)  # texts that are parted for width
    missing = [
        piece
        for sentence in SENTENCES
        for piece in FIXED.split(sentence)
        if len(piece.split()) > 2 and piece.strip(" ,;:()") not in said
    ]

    assert set(missing) == {"there is no process ", "there is no connector "}
    assert str(NotFound("process", "x")) == "there is no process 'x'"
    assert all(kind in said for kind in KINDS)


def test_page_of_a_problem_speaks_chinese(dora, engine):
    engine.deploy(CALLING, source="calling.bpmn", forms={})
    case = engine.start_process("calling", by="dora")
    (incident,) = engine.incidents(by="dora")

    for path in ("/problems", f"/problems/{incident.id}", f"/cases/{case.id}"):
        page = dora.get(f"{path}?lang=zh").text
        assert "没有流程" in page
        assert "there is no process" not in page


def test_refusal_of_a_step_speaks_chinese(dora, engine):
    engine.deploy(STUCK, source="stuck.bpmn", forms={})
    case = engine.start_process("stuck", by="dora", values={"level": 1})
    (task,) = engine.open_tasks(case.id, by="dora")
    dora.post(f"/tasks/{task.id}/claim")

    page = dora.post(f"/tasks/{task.id}/completion?lang=zh", values="{}")

    assert page.status_code == 422
    assert "也没有默认流" in page.text
