"""The improvements of the demo wait for people of each lane, and one of them is done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.domain.instance import InstanceState
from engine.process_engine import ProcessEngine
from web import demo
from web.demo_pdca import PEOPLE, PROJECTS, start_improvements
from web.library import read_library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def improving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessEngine]:
    folder: Path = tmp_path_factory.mktemp("improvements")
    config = EngineConfig(f"sqlite:///{folder / 'demo.db'}", sqlite_synchronous="OFF")
    engine = ProcessEngine.open(config, clock=FixedClock(NOW))
    for person in {person.id: person for person in (*demo.PEOPLE, *PEOPLE)}.values():
        engine.add_user(person)
    for shipped in read_library():
        if shipped.key in {"pdca", "root_cause_analysis"}:
            xml = shipped.models[shipped.default].model.read_bytes()
            engine.deploy(xml, source=shipped.key, forms=shipped.forms(), lanes=shipped.lanes,
                          decisions=shipped.decisions())  # fmt: skip
    begun = start_improvements(lambda clock: ProcessEngine.open(config, clock=clock), now=NOW)
    assert begun == (1, len(PROJECTS) - 1)
    yield engine
    engine.close()


def waiting(improving: ProcessEngine) -> dict[str, set[str]]:
    cases = improving.instances(by="alice", state=InstanceState.ACTIVE)
    return {
        str(case.values["title"]): {
            task.element_id for task in improving.open_tasks(case.id, by="alice")
        }
        for case in reversed(cases)  # a called case has its caller's title and comes later
    }


def test_each_improvement_waits_where_the_demo_says(improving):
    open_now = waiting(improving)

    for project in PROJECTS:
        if project.waits_at is not None:
            assert project.waits_at in open_now[project.title]


def test_one_improvement_became_the_standard(improving):
    (done,) = improving.instances(by="alice", state=InstanceState.COMPLETED, process_key="pdca")

    assert improving.history(done.id, by="alice")[-2].element_id == "end_standardised"


def test_nothing_failed_and_nothing_lies_in_the_future(improving):
    cases = improving.instances(by="alice")

    assert [
        incident for case in cases for incident in improving.incidents_of(case.id, by="alice")
    ] == []
    assert all(
        event.at <= NOW for case in cases for event in improving.history(case.id, by="alice")
    )


def test_everybody_has_work(improving):
    people = ("ivan", "judy", "leo", "mia", "nora", "oscar")

    assert [person for person in people if not improving.inbox(person)] == []
