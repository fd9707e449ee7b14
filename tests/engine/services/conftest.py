"""An engine whose services answer as a test says, and a postman who does as he is told."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from engine.connectors.call import CallResult
from engine.connectors.registry import Connectors
from engine.process_engine import ProcessEngine
from engine.services import users
from engine.services.context import Context
from tests.engine.conftest import CAST
from tests.engine.services.post import Postman

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.clock import FixedClock
    from engine.config import EngineConfig


class Fake:
    """A connector that remembers its calls; answers are results or failures, taken in turn."""

    name = "fake"

    def __init__(self) -> None:
        self.calls: list[object] = []
        self.answers: list[object] = []

    def check(self, inputs):
        return [f"no input {name!r}" for name in inputs if name == "wrong"]

    def call(self, call):
        self.calls.append(call)
        answer = self.answers.pop(0) if self.answers else CallResult({"answer": len(self.calls)})
        if callable(answer):
            answer = answer()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def engine(filled_config: EngineConfig, clock: FixedClock, fake: Fake) -> Iterator[ProcessEngine]:
    """An engine with the cast and the patient visit, as elsewhere, and with the fake."""
    connectors = Connectors([fake])
    with closing(ProcessEngine.open(filled_config, clock=clock, connectors=connectors)) as engine:
        yield engine


@pytest.fixture
def context(config: EngineConfig, clock: FixedClock) -> Iterator[Context]:
    """What services need, with the cast, and no process."""
    context = Context.open(config, clock)
    for user in CAST:
        users.add(context, user, password_hash=None)
    yield context
    context.close()


@pytest.fixture
def postman() -> Postman:
    return Postman()
