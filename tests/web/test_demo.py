"""The demo: people, finished cases, and a task that waits for everybody."""

import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.form import Form
from engine.domain.history import HistoryEvent
from engine.domain.instance import InstanceState
from engine.process_engine import ProcessEngine
from tests.web.clinic import CHEAP
from web.bootstrap import prepare_database
from web.database import open_engine
from web.demo import PEOPLE, PROCESS, ROSTER, DemoPassword, load
from web.demo_cases import INVENTED, filled_in
from web.demo_complaints import STORIES, Story, StoryClock, tell
from web.demo_history import finished_days, working_days
from web.library import read_library
from web.security import Passwords
from web.settings import Settings

MONDAY = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
SETTINGS = Settings(password_cost=CHEAP)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessEngine]:
    """A database with the demo in it, loaded twice."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWINFLOW_VAR", str(folder))
        patch.setenv("TWINFLOW_DATABASE_URL", f"sqlite:///{folder}/twinflow.db")
        patch.setenv("TWINFLOW_SQLITE_SYNCHRONOUS", "OFF")
        patch.setenv("TWINFLOW_DEMO_PASSWORD", "open sesame")
        prepare_database()
        load(SETTINGS, now=MONDAY)
        again = load(SETTINGS, now=MONDAY)
        assert (again.people, again.finished_cases, again.waiting_cases) == (0, 0, 0)
        engine = open_engine()
    yield engine
    engine.close()


def test_everybody_signs_in_with_the_given_password(demo):
    passwords = Passwords(demo, CHEAP)

    assert all(passwords.user_with(person.id, "open sesame") for person in PEOPLE)


def test_some_hundred_cases_are_finished(demo):
    counts = demo.count_instances(process_key=PROCESS)

    assert 500 <= counts[InstanceState.COMPLETED] <= 5000


@pytest.mark.parametrize("person", [person.id for person in PEOPLE if person.groups])
def test_a_task_waits_for_everybody_who_works_in_a_lane(demo, person):
    assert demo.inbox(person)


def test_waiting_cases_lie_in_the_past(demo):
    cases = demo.instances(by="alice", state=InstanceState.ACTIVE)

    assert all(case.started_at < MONDAY for case in cases)
    for case in cases:
        assert demo.history(case.id, by="alice")[-1].at <= MONDAY


def test_complaints_are_archived_and_under_way(demo):
    # The test below, which may run first, starts a complaint of a customer called Nobody.
    cases = demo.instances(by="alice", process_key="complaint", limit=100)
    states = [case.state for case in cases if case.values.get("customer") != "Nobody"]

    assert states.count(InstanceState.COMPLETED) == sum(not story.left for story in STORIES)
    assert states.count(InstanceState.ACTIVE) == sum(bool(story.left) for story in STORIES)
    assert demo.incidents(by="alice") == []


def test_complaint_that_goes_another_way_than_its_story_is_told(demo):
    story = Story("Nobody", "Nothing", timedelta(hours=1), left=frozenset({"no_such_task"}))

    with pytest.raises(AssertionError, match="another way"):
        tell(demo, StoryClock(MONDAY), story, until=MONDAY)


def test_working_days_leave_weekends_out():
    assert working_days(date(2026, 3, 16), 3) == [
        date(2026, 3, 11),
        date(2026, 3, 12),
        date(2026, 3, 13),
    ]


def first_day() -> list[HistoryEvent]:
    visit = next(folder for folder in read_library() if folder.key == PROCESS)
    scenario = visit.models["as_is"].scenario
    assert scenario is not None
    return next(finished_days(scenario, now=MONDAY, count=1, roster=ROSTER))


def test_finished_days_are_the_same_every_time():
    assert first_day() == first_day()


def test_finished_work_is_that_of_people_in_their_lane():
    worked = [event for event in first_day() if event.actor is not None]

    assert worked
    assert all(event.actor in ROSTER[event.lane or ""] for event in worked)


def test_password_is_kept_where_only_the_owner_reads_it(tmp_path: Path, monkeypatch):
    monkeypatch.delenv("TWINFLOW_DEMO_PASSWORD", raising=False)
    made = DemoPassword(tmp_path)
    made.keep()

    again = DemoPassword(tmp_path)

    assert (again.text, again.is_new) == (made.text, False)
    assert stat.S_IMODE((tmp_path / "demo-password").stat().st_mode) == 0o600


def test_another_password_from_outside_is_new(tmp_path: Path, monkeypatch):
    DemoPassword(tmp_path).keep()
    monkeypatch.setenv("TWINFLOW_DEMO_PASSWORD", "another one")

    assert DemoPassword(tmp_path).is_new


def test_forms_are_filled_in_so_that_they_are_accepted():
    forms = read_library()[0].forms()
    answers = {**INVENTED, "patient": "Wang Fang"}

    for key, schema in forms.items():
        form = Form.parse(schema, source=key)
        form.validate(filled_in(form, answers))
