"""Random sound, block-structured processes, and what a reader of the blocks expects of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from hypothesis import strategies as st

from tests.engine.bpmn.builders import (
    definitions,
    end,
    flows,
    inclusive,
    parallel,
    process,
    start,
    user,
    xor,
)

FLAGS = ("p", "q", "r")
FLAG = st.sampled_from(FLAGS)
TASK = st.just(("task",))


def larger(inner, *, most_rounds=3):
    some = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        st.tuples(st.just("seq"), some),
        st.tuples(st.just("and"), some),
        st.tuples(st.just("xor"), FLAG, inner, inner),
        st.tuples(st.just("or"), FLAG, inner, inner),
        st.tuples(st.just("loop"), st.integers(1, most_rounds), inner),
    )


BLOCKS = st.recursive(TASK, larger, max_leaves=8)
BLOCKS_WITHOUT_LOOPS = st.recursive(
    TASK,
    lambda inner: larger(inner).filter(lambda block: block[0] != "loop"),
    max_leaves=8,
)


@dataclass
class Drawing:
    """A block written as BPMN; each block becomes nodes between an entry and an exit."""

    ROOTS: ClassVar[str] = ""  # what stands beside the process
    nodes: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    rounds: dict[str, int] = field(default_factory=dict)  # task that closes a loop -> rounds
    count: int = 0

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def draw(self, block) -> tuple[str, str]:
        return getattr(self, f"_{block[0]}")(*block[1:])

    def _task(self) -> tuple[str, str]:
        name = self.name("t")
        self.nodes.append(user(name))
        return name, name

    def _seq(self, blocks) -> tuple[str, str]:
        drawn = [self.draw(block) for block in blocks]
        for (_, left), (right, _) in pairwise(drawn):
            self.ways.append(f"{left} > {right}")
        return drawn[0][0], drawn[-1][1]

    def _and(self, blocks) -> tuple[str, str]:
        fork, join = self.name("fork"), self.name("join")
        self.nodes.append(parallel(fork, join))
        for entry, leave in map(self.draw, blocks):
            self.ways += [f"{fork} > {entry}", f"{leave} > {join}"]
        return fork, join

    def _xor(self, flag, yes, no) -> tuple[str, str]:
        return self._choice(xor, f"not {flag}", flag, yes, no)

    def _or(self, flag, yes, no) -> tuple[str, str]:
        return self._choice(inclusive, "True", flag, yes, no)

    def _choice(self, gateway, condition, flag, first, second) -> tuple[str, str]:
        split, merge = self.name("split"), self.name("merge")
        (entry, leave), (other, out) = self.draw(first), self.draw(second)
        self.nodes += [gateway(split), gateway(merge)]
        self.ways += [f"{split} > {entry} : {flag}", f"{split} > {other} : {condition}"]
        self.ways += [f"{leave} > {merge}", f"{out} > {merge}"]
        return split, merge

    def _loop(self, rounds, body) -> tuple[str, str]:
        merge, again, last = self.name("merge"), self.name("again"), self.name("last")
        out = self.name("out")
        entry, leave = self.draw(body)
        self.rounds[last] = rounds
        self.nodes += [xor(merge), user(last), xor(again, default=f"{again}_{out}"), xor(out)]
        self.ways += [f"{merge} > {entry}", f"{leave} > {last} > {again} > {out}"]
        self.ways.append(f"{again} > {merge} : {self.repeats(last)}")
        return merge, out

    def repeats(self, last: str) -> str:
        """Return the condition of another round, which the last task of one decides."""
        return f"redo_{last}"

    def xml(self, block) -> bytes:
        entry, leave = self.draw(block)
        self.ways += [f"start > {entry}", f"{leave} > end"]
        body = start() + "".join(self.nodes) + end() + flows("\n".join(self.ways))
        return definitions(self.ROOTS + process(body))


def expected_tasks(block, flags: dict[str, bool]) -> Counter[str]:
    """How often each task is done, read off the blocks in the order in which they were drawn."""
    return _Reader(flags).read(block, 1)


class _Reader:
    def __init__(self, flags: dict[str, bool]) -> None:
        self._flags = flags
        self._names = Drawing()

    def read(self, block, times: int) -> Counter[str]:
        kind, *rest = block
        if kind == "task":
            return Counter({self._names.name("t"): times})
        if kind in {"seq", "and"}:
            if kind == "and":
                self._names.name("fork"), self._names.name("join")
            return sum((self.read(inner, times) for inner in rest[0]), Counter())
        if kind == "loop":
            for prefix in ("merge", "again"):
                self._names.name(prefix)
            last = self._names.name("last")
            self._names.name("out")
            rounds = times * rest[0]
            return self.read(rest[1], rounds) + Counter({last: rounds})
        self._names.name("split"), self._names.name("merge")
        flag = self._flags[rest[0]]
        yes = self.read(rest[1], times * flag)
        no = self.read(rest[2], times * (1 if kind == "or" else not flag))
        return yes + no
