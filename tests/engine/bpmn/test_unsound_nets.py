"""Nets drawn at random around a join that can never fire, or a merge that synchronises nothing.

Lint names the place, and however people go on, no case of theirs completes: what cannot go on
is a failure, which the services store as an incident. Where parallel branches merge without
waiting for each other, BPMN says that all behind runs once for each; that too is told before.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.bpmn.lint import lint
from engine.errors import ExecutionFailed
from tests.engine.bpmn.blocks import FLAGS, TASK, Drawing, larger
from tests.engine.bpmn.builders import Walk, end, inclusive, parallel, user, xor

DEADLOCKS = ("choice_into_join", "some_into_join", "branch_that_leaves", "loop_into_join")
KINDS = st.sampled_from(DEADLOCKS)
CHOICES = st.randoms(use_true_random=False)


def around(broken):
    """Put a broken block somewhere every case comes to."""
    return st.recursive(
        broken,
        lambda inner: st.one_of(
            st.tuples(SMALL, inner).map(lambda two: ("seq", [*two])),
            st.tuples(inner, SMALL).map(lambda two: ("seq", [*two])),
            st.tuples(inner, SMALL).map(lambda two: ("and", [*two])),
        ),
        max_leaves=3,
    )


SMALL = st.recursive(TASK, larger, max_leaves=3)
NO_SHRINK = (Phase.explicit, Phase.generate)  # a net is as small as it gets; shrinking takes long
STUCK = around(st.tuples(KINDS, SMALL, SMALL))
UNSYNCHRONISED = around(st.tuples(st.just("branches_into_merge"), SMALL, SMALL))
FLAG_VALUES = st.fixed_dictionaries({flag: st.booleans() for flag in FLAGS})


class Unsound(Drawing):
    """Draws broken blocks beside the sound ones; remembers their joins."""

    def __init__(self) -> None:
        super().__init__()
        self.joins: list[str] = []

    def _choice_into_join(self, first, second):
        return self._into_join(xor, first, second)

    def _some_into_join(self, first, second):
        return self._into_join(inclusive, first, second)

    def _into_join(self, gateway, first, second):
        split, join = self.name("split"), self.name("join")
        (entry, leave), (other, out) = self.draw(first), self.draw(second)
        self.nodes += [gateway(split), parallel(join)]
        self.ways += [f"{split} > {entry} : p", f"{split} > {other} : not p"]
        self.ways += [f"{leave} > {join}", f"{out} > {join}"]
        self.joins.append(join)
        return split, join

    def _branch_that_leaves(self, first, second):
        fork, join, away = self.name("fork"), self.name("join"), self.name("away")
        leaves = self.name("leaves")
        (entry, leave), (other, out) = self.draw(first), self.draw(second)
        self.nodes += [parallel(fork, join), xor(leaves, default=f"{leaves}_{away}"), end(away)]
        self.ways += [f"{fork} > {entry}", f"{fork} > {other}", f"{out} > {join}"]
        self.ways += [f"{leave} > {leaves} > {away}", f"{leaves} > {join} : 1 > 2"]
        self.joins.append(join)
        return fork, join

    def _branches_into_merge(self, first, second):
        fork, merge, twice = self.name("fork"), self.name("join"), self.name("twice")
        (entry, leave), (other, out) = self.draw(first), self.draw(second)
        self.nodes += [parallel(fork), xor(merge), user(twice)]
        self.ways += [f"{fork} > {entry}", f"{fork} > {other}"]
        self.ways += [f"{leave} > {merge}", f"{out} > {merge} > {twice}"]
        self.joins.append(merge)
        return fork, twice

    def _loop_into_join(self, first, second):
        join, again = self.name("join"), self.name("again")
        (entry, leave), (other, out) = self.draw(first), self.draw(second)
        self.nodes += [parallel(join), xor(again, default=f"{again}_{other}")]
        self.ways += [f"{join} > {entry}", f"{leave} > {again} > {other}"]
        self.ways.append(f"{again} > {join} : p")
        self.joins.append(join)
        return join, out


def told(xml, rule):
    return {one.element_id for one in lint(xml, source="x") if one.rule == rule}


@given(STUCK, FLAG_VALUES, CHOICES)
@settings(max_examples=100, phases=NO_SHRINK)
def test_case_with_a_join_that_can_never_fire_fails_and_never_completes(block, flags, choices):
    drawing = Unsound()
    xml = drawing.xml(block)

    assert told(xml, "may-deadlock") & set(drawing.joins)
    with pytest.raises(ExecutionFailed, match="can no longer arrive") as failure:
        drive(xml, flags, drawing.rounds, choices)
    assert failure.value.element_id.startswith("join")


@given(st.tuples(SMALL, SMALL), FLAG_VALUES, CHOICES)
@settings(max_examples=50, phases=NO_SHRINK)
def test_branches_that_merge_unsynchronised_are_told_and_end_when_both_are_done(
    branches, flags, choices
):
    drawing = Unsound()
    xml = drawing.xml(("branches_into_merge", *branches))

    assert told(xml, "may-run-twice") & set(drawing.joins)
    walk, visits = drive(xml, flags, drawing.rounds, choices)
    assert walk.is_completed
    assert {task: n for task, n in visits.items() if task.startswith("twice")} == {"twice3": 2}


@given(UNSYNCHRONISED.filter(lambda block: block[0] == "and"), FLAG_VALUES, CHOICES)
@settings(max_examples=50, phases=NO_SHRINK)
def test_two_tokens_at_one_side_of_a_join_fail_and_never_complete(block, flags, choices):
    drawing = Unsound()
    xml = drawing.xml(block)

    with pytest.raises(ExecutionFailed, match="can no longer arrive"):
        drive(xml, flags, drawing.rounds, choices)


def drive(xml, flags, rounds, choices):
    walk = Walk(xml, **flags)
    visits: Counter[str] = Counter()
    while walk.open:
        task = choices.choice(walk.open)
        visits[task] += 1
        done = {f"redo_{task}": visits[task] % rounds[task] != 0} if task in rounds else {}
        walk.do(task, **done)
    return walk, visits
