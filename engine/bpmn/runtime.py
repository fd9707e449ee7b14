"""Our workflow on SpiffWorkflow's: tokens, branches, joins, and a budget of steps.

SpiffWorkflow keeps every task ever made in a tree and predicts the ones to come. We keep the
tokens that are alive and the forks they came from, and predict nothing:

- a leaf of the tree is a token: it waits at a user task, a timer or a join, or is ready to run;
- an inner node is a fork: it keeps the data as it was when the branches parted;
- a fork with one branch left is taken out, so a loop of any length needs no more room.

Tokens are numbered by a counter that is saved with the state. Time is handed in.
"""

from __future__ import annotations

from collections import deque
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.journal import Journal
from engine.bpmn.merge import Values, three_way
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

MOST_STEPS = 2_000  # automatic steps of one command


def ensure_supported(spiff_version: str) -> None:
    """Refuse a SpiffWorkflow other than 3.2: we override methods that are not public."""
    if not spiff_version.startswith("3.2."):
        raise ImportError(f"SpiffWorkflow 3.2 is needed, not {spiff_version}")


ensure_supported(version("SpiffWorkflow"))


class NoScripts(PythonScriptEngine):  # type: ignore[misc] # untyped base
    """SpiffWorkflow's script engine runs Python text; ours runs none."""

    def __init__(self) -> None:
        super().__init__(environment=object())

    def evaluate(self, task: Any, expression: object, external_context: object = None) -> NoReturn:
        """Refuse: conditions are evaluated by ``engine.expressions``."""
        raise ExecutionFailed(task.task_spec.name, "expressions are not run as Python text")

    def execute(self, task: Any, script: object, external_context: object = None) -> NoReturn:
        """Refuse: scripts are not executed."""
        raise ExecutionFailed(task.task_spec.name, "scripts are not executed")


_NO_SCRIPTS = NoScripts()


class Token(Task):  # type: ignore[misc] # untyped base
    """A token at a flow node: one visit of the node."""

    def __init__(self, workflow: ProcessWorkflow, spec: Any, token_id: int, via: str = "") -> None:
        # Not calling Task.__init__: it draws random ids and asks the machine for the time.
        self.id = token_id
        self.workflow = workflow
        self.task_spec = spec
        self.via = via  # id of the sequence flow it came by
        self.data: Values = {}
        self.internal_data: dict[str, Any] = {}
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0.0
        self._parent: int | None = None
        self._children: list[int] = []
        self._state = TaskState.FUTURE
        workflow.tasks[token_id] = self

    @property
    def name(self) -> str:
        """The token's name outside: text, unique in the instance."""
        return str(self.id)

    @property
    def parent_id(self) -> int | None:
        """The number of the fork the token came from."""
        return self._parent

    @parent_id.setter
    def parent_id(self, fork_id: int) -> None:
        self._parent = fork_id

    @property
    def child_ids(self) -> list[int]:
        """The numbers of the branches of a fork."""
        return self._children

    def _set_state(self, value: int) -> None:
        self._state = value

    def is_waiting(self) -> bool:
        """Return whether the token waits at a timer or a join."""
        return bool(self._state == TaskState.WAITING)

    def is_ready(self) -> bool:
        """Return whether the token's node can run, or be done by a person."""
        return bool(self._state == TaskState.READY)

    def wait(self) -> None:
        """Let the token wait."""
        self._state = TaskState.WAITING

    def ready(self) -> None:
        """Let the token's node run."""
        self._ready()


class ProcessWorkflow(BpmnWorkflow):  # type: ignore[misc] # untyped base
    """One process instance in memory during one command."""

    def __init__(self, spec: Any, *, at: datetime, next_id: int = 1) -> None:
        super().__init__(spec, script_engine=_NO_SCRIPTS, deserializing=True)
        self.at = at
        self.next_id = next_id
        self.journal = Journal()
        self.ready_queue: deque[Token] = deque()
        self.arrived: dict[str, list[Token]] = {}  # tokens that wait at joins, by node
        self.task_tree = Token(self, spec.start, 0)
        self.task_tree.state = TaskState.COMPLETED

    # -- the tree -------------------------------------------------------------------------

    def spawn(self, spec: Any, parent: Token, data: Values, via: str = "") -> Token:
        """Put a new token at a node, under a fork."""
        token = Token(self, spec, self.next_id, via)
        self.next_id += 1
        token.data = data
        self.attach(token, parent)
        return token

    def attach(self, token: Token, parent: Token) -> None:
        """Hang a token under a fork, as its youngest branch."""
        token.parent_id = parent.id
        parent.child_ids.append(token.id)

    def fork_of(self, token: Token) -> Token:
        """Return the fork a token came from; the root if there is none."""
        fork: Token = self.tasks[token.parent_id]
        return fork

    def branches(self, fork: Token) -> list[Token]:
        """Return what hangs under a fork."""
        return [self.tasks[child] for child in fork.child_ids]

    def detach(self, token: Token) -> None:
        """Take a leaf out of the tree, then forks that no longer part anything."""
        fork = self.fork_of(token)
        fork.child_ids.remove(token.id)
        del self.tasks[token.id]
        if fork is self.task_tree or len(fork.child_ids) > 1:
            return
        if not fork.child_ids:
            self.detach(fork)
            return
        [child] = self.branches(fork)
        above = self.fork_of(fork)
        above.child_ids[above.child_ids.index(fork.id)] = child.id
        child.parent_id = above.id
        del self.tasks[fork.id]

    def leaves(self) -> Iterator[Token]:
        """Return the live tokens, in the order of their numbers."""
        return (t for t in self.tasks.values() if not t.child_ids and t is not self.task_tree)

    def common_fork(self, tokens: Iterable[Token]) -> Token:
        """Return the youngest fork from which all these tokens came."""
        paths = [list(self._forks_above(token)) for token in tokens]
        shared = set(paths[0]).intersection(*paths[1:])
        fork: Token = next(self.tasks[fork_id] for fork_id in paths[0] if fork_id in shared)
        return fork

    def _forks_above(self, token: Token) -> Iterator[int]:
        while token is not self.task_tree:
            token = self.fork_of(token)
            yield token.id

    # -- moving tokens --------------------------------------------------------------------

    def move(self, token: Token, ways: Sequence[tuple[str, Any]]) -> None:
        """Send a token on: by one way, or parting at a fork by several (flow id, node)."""
        if len(ways) == 1:
            [(flow, spec)] = ways
            arrivals = [self.spawn(spec, self.fork_of(token), token.data, flow)]
            self.detach(token)
        else:
            arrivals = [self.spawn(spec, token, token.data, flow) for flow, spec in ways]
        for arrival in arrivals:
            arrival.task_spec._update(arrival)  # noqa: SLF001 -- how SpiffWorkflow delivers

    def join(self, tokens: list[Token]) -> Token:
        """Merge tokens that met and return the one that goes on; the others are gone.

        The token from the innermost fork goes on: what was written before that fork is common
        to all its branches and must not look like news to them.
        """
        merged = three_way(self.common_fork(tokens).data, [token.data for token in tokens])
        survivor = max(tokens, key=lambda token: sum(1 for _ in self._forks_above(token)))
        survivor.data = merged
        for token in tokens:
            if token is not survivor:
                self.detach(token)
        return survivor

    def end(self, token: Token) -> None:
        """Consume a token; the branches it ran beside see what it wrote."""
        fork = self.fork_of(token)
        if fork is self.task_tree and len(fork.child_ids) == 1:
            self.data = token.data
        else:
            self._publish(fork, token.data)
        self.detach(token)

    def _publish(self, fork: Token, written: Values) -> None:
        base, patched = fork.data, {}
        below = [fork]
        while below:
            node = below.pop()
            if id(node.data) not in patched:
                patched[id(node.data)] = (node.data, three_way(base, [written, node.data]))
            node.data = patched[id(node.data)][1]
            below += self.branches(node)

    def terminate(self, token: Token) -> None:
        """Consume a token and withdraw all others."""
        self.data = self.merged_data()
        for other in sorted(self.leaves(), key=lambda leaf: leaf.id):
            if other is not token:
                other.cancel()
        for leaf in list(self.leaves()):
            self.detach(leaf)
        self.arrived.clear()

    # -- running --------------------------------------------------------------------------

    def advance(self) -> None:
        """Run automatic nodes until every token waits for a person, a moment or a join."""
        steps = 0
        while self.ready_queue or self._open_a_join():
            while self.ready_queue:
                token = self.ready_queue.popleft()
                if not token.is_ready():  # withdrawn meanwhile
                    continue
                steps += 1
                if steps > MOST_STEPS:
                    reason = f"more than {MOST_STEPS} automatic steps: an endless loop?"
                    raise ExecutionFailed(token.task_spec.bpmn_id, reason)
                token.run()
        self._ensure_alive()

    def _open_a_join(self) -> bool:
        """Let one inclusive join go on that waits for nobody who could still come."""
        for waiting in self.arrived.values():
            if waiting and waiting[0].task_spec.open_if_complete(self, waiting):
                return True
        return False

    def _ensure_alive(self) -> None:
        waiting = [tokens[0] for tokens in self.arrived.values() if tokens]
        if waiting and not any(t.task_spec.waits_for_outside for t in self.leaves()):
            reason = "waits for a token on another incoming flow that can no longer arrive"
            raise ExecutionFailed(waiting[0].task_spec.bpmn_id, reason)

    def is_completed(self) -> bool:
        """Return whether no token is left."""
        return not self.task_tree.child_ids

    def merged_data(self) -> Values:
        """Return the data of the case: of its last token, or of its branches merged."""
        if self.is_completed():
            return self.data
        order = [self.task_tree]
        for node in order:  # grows while it is read: parents come before their branches
            order += self.branches(node)
        merged: dict[int, Values] = {}
        for node in reversed(order):
            sides = [merged[child] for child in node.child_ids]
            merged[node.id] = three_way(node.data, sides)
        return merged[0]

    def _task_completed_notify(self, task: Token) -> None:
        """Nothing: SpiffWorkflow would update every waiting task after each step."""
