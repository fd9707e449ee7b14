import pytest

from engine.bpmn import run
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import (
    AT,
    Walk,
    boundary,
    element,
    end,
    flows,
    model,
    parallel,
    start,
    user,
    wait,
)

OLD = model(start() + user("a", "b") + end(), "start > a > b > end")


def program(xml: bytes) -> run.Program:
    return run.compile_model(xml, source="new.bpmn")


def migrated(walk: Walk, xml: bytes, **mapping: str) -> Walk:
    new = program(xml)
    walk._take(run.migrate(walk.program, new, walk.delta.state, mapping=mapping, at=AT))
    walk.program = new
    walk.tasks = {token: mapping.get(e, e) for token, e in walk.tasks.items()}
    return walk


def reasons(walk: Walk, xml: bytes, **mapping: str) -> list[tuple[str, str]]:
    found = run.blockers(walk.program, program(xml), walk.delta.state, mapping)
    return [(one.element_id, one.reason) for one in found]


def test_case_goes_on_in_the_new_version_with_the_same_tokens():
    walk = Walk(OLD, x=1)
    tokens = dict(walk.tasks)

    migrated(walk, model(start() + user("a", "c") + end(), "start > a > c > end"))

    assert walk.tasks == tokens
    assert walk.delta.facts == ()
    assert walk.do("a", y=2).open == ["c"]
    assert walk.values == {"x": 1, "y": 2}


def test_element_may_have_another_id_in_the_new_version():
    walk = Walk(OLD)

    migrated(walk, model(start() + user("first") + end(), "start > first > end"), a="first")

    assert walk.do("first").is_completed


def test_timer_keeps_its_moment():
    old = model(start() + wait("w", "PT1H") + end(), "start > w > end")
    walk = Walk(old)
    [token] = walk.timers

    migrated(walk, model(start() + wait("w", "PT5H") + user("x") + end(), "start > w > x > end"))

    assert (walk.delta.opened_timers, walk.delta.closed_timers) == ((), ())
    assert list(walk.timers) == [token]
    assert walk.fire("w").open == ["x"]


GONE = model(start() + user("z") + end(), "start > z > end")
OTHER_KIND = model(start() + element("manualTask", "z") + wait("a", "PT1H") + end(),
                   "start > z > a > end")  # fmt: skip
INSIDE = model(
    start() + element("subProcess", "sub", start("s") + user("a") + end("e") + flows("s > a > e"))
    + end(),
    "start > sub > end",
)  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (GONE, "has no such element; map it to another"),
        (OTHER_KIND, "'a' of the new version is of another kind"),
        (INSIDE, "'a' of the new version is in another subprocess"),
    ],
    ids=["gone", "other kind", "other scope"],
)
def test_dry_run_names_every_blocker_and_the_migration_refuses(xml, reason):
    walk = Walk(OLD)

    [(element_id, words)] = reasons(walk, xml)
    assert element_id == "a"
    assert reason in words
    with pytest.raises(ExecutionFailed, match=words.split(";", maxsplit=1)[0]):
        migrated(walk, xml)


def test_event_at_the_border_is_armed_if_it_is_new_and_withdrawn_if_it_is_gone():
    plain = OLD
    timed = model(
        start() + user("a", "b", "c") + boundary("late", "a", "PT1H") + end() + end("e2"),
        "start > a > b > end\nlate > c > e2",
    )
    walk = Walk(plain)

    migrated(walk, timed)
    assert walk.waiting == ["late"]
    assert Walk.fire(walk, "late").open == ["c"]

    walk = migrated(Walk(timed), plain)
    assert walk.waiting == []
    assert len(walk.delta.closed_timers) == 1
    assert walk.do("a", "b").is_completed


def test_event_at_the_border_that_happened_already_is_not_armed_again():
    xml = model(
        start() + user("a", "x") + boundary("late", "a", "PT1H", cancels="false") + end()
        + end("e2"),
        "start > a > end\nlate > x > e2",
    )  # fmt: skip
    walk = Walk(xml).fire("late")

    migrated(walk, xml)

    assert (walk.waiting, walk.delta.facts) == ([], ())
    assert walk.do("a", "x").is_completed


def test_event_subprocess_listens_if_it_is_new():
    late = (
        '<startEvent id="late"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        "</timerEventDefinition></startEvent>"
    )
    handler = element(
        "subProcess", "es", late + user("h") + end("he") + flows("late > h > he"),
        triggeredByEvent="true",
    )  # fmt: skip
    new = model(start() + user("a", "b") + handler + end(), "start > a > b > end")

    walk = migrated(Walk(OLD), new)

    assert walk.waiting == ["late"]
    assert walk.fire("late").open == ["h"]


def test_token_that_waits_at_a_join_needs_its_flow():
    old = model(
        start() + parallel("f", "j") + user("a", "b") + end(), "start > f > a > j > end\nf > b > j"
    )
    renamed = old.replace(b'"a_j"', b'"other"')
    walk = Walk(old).do("a")

    assert reasons(walk, renamed) == [
        ("j", "waits for others as the token of flow 'a_j', which is gone")
    ]
    assert reasons(walk, old) == []
    assert migrated(walk, old).do("b").is_completed


def test_subprocess_that_is_open_migrates_with_what_is_in_it():
    def inside(*tasks: str) -> bytes:
        way = " > ".join(["s", *tasks, "e"])
        content = start("s") + user(*tasks) + end("e") + flows(way)
        return model(start() + element("subProcess", "sub", content) + end(), "start > sub > end")

    walk = migrated(Walk(inside("a"), x=1), inside("a", "more"))

    assert walk.do("a", y=2).do("more").is_completed
    assert walk.values == {"x": 1, "y": 2}
