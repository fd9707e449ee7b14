"""Our workflow on SpiffWorkflow's: tokens on their way, joins, and a budget of steps.

SpiffWorkflow keeps every task ever made in a tree and predicts the ones to come. We keep the
tokens that are alive with the forks and scopes they came from (``tree``), and predict nothing.
Tokens are numbered by a counter that is saved with the state. Time is handed in.
"""

from __future__ import annotations

from collections import deque
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.delta import JobKind, OpenedJob
from engine.bpmn.journal import Journal
from engine.bpmn.merge import Values, three_way
from engine.bpmn.token import NOTHING, Token
from engine.bpmn.tree import TokenTree
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.domain.calendar import WorkingCalendar

Calendars: TypeAlias = "Mapping[str, WorkingCalendar]"

MOST_STEPS = 2_000  # automatic steps of one command; a job goes on from there
MOST_CONTINUED = 50  # such jobs in a row, until the model is taken for an endless loop

ROOT = ":"  # name of the spec of the process itself


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
        """Refuse: scripts are run by a job."""
        raise ExecutionFailed(task.task_spec.name, "scripts are not executed")


_NO_SCRIPTS = NoScripts()


class ProcessWorkflow(TokenTree, BpmnWorkflow):  # type: ignore[misc] # untyped base
    """One process instance in memory during one command."""

    script_engine = _NO_SCRIPTS

    def __init__(
        self, spec: Any, *, at: datetime, calendars: Calendars, facts: Values = NOTHING
    ) -> None:
        # Not calling BpmnWorkflow.__init__: it makes what we never use, for every command.
        self.spec, self.tasks = spec, {}
        self.data: Values = {}
        self.at, self.next_id, self.calendars, self.facts = at, 1, calendars, facts
        self.journal = Journal()
        self.ready_queue: deque[Token] = deque()
        self.arrived: dict[tuple[int, str], list[Token]] = {}  # at joins, by scope and node
        self.conditions: dict[int, Token] = {}  # tokens that wait for a condition
        self.frozen_bodies: list[Token] = []
        self.continuation: str | None = None  # name of the job that goes on
        self.continued = 0  # how often in a row
        self.task_tree = Token(self, spec.task_specs[ROOT], 0)
        self.task_tree.state = TaskState.STARTED

    @property
    def moment(self) -> datetime:
        """The moment of the command in the zone of the process: what "now" is to expressions."""
        return self.at.astimezone(self.spec.zone)

    def is_waiting_again(self, token: Token) -> None:
        """Note a token that waits, after loading it."""
        spec = token.task_spec
        if spec.waits_for is None:
            self.arrived.setdefault((self.scope_of(token).id, spec.name), []).append(token)
        elif spec.watches:
            self.conditions[token.id] = token

    # -- moving tokens --------------------------------------------------------------------

    def move(self, token: Token, ways: Sequence[tuple[str, Any]]) -> None:
        """Send a token on: by one way, or parting at a fork by several (flow id, node)."""
        if not ways:
            self.end(token)
            return
        if len(ways) == 1:
            [(flow, spec)] = ways
            arrivals = [self.spawn(spec, self.fork_of(token), token.data, flow)]
            arrivals[0].base = token.base
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
        sides = [self.given(token, token.data) for token in tokens]
        merged = three_way(self.common_fork(tokens).data, sides)
        survivor = max(tokens, key=lambda token: sum(1 for _ in self.forks_above(token)))
        survivor.data, survivor.base = merged, None
        for token in tokens:
            if token is not survivor:
                self.detach(token)
        return survivor

    def end(self, token: Token) -> None:
        """Consume a token; its scope says what follows."""
        scope = self.scope_of(token)
        scope.task_spec.token_ended(scope, token)

    # -- running --------------------------------------------------------------------------

    def advance(self) -> None:
        """Run automatic nodes until every token waits, or the budget of steps is spent."""
        if self.continuation is not None:
            self.journal.closed(OpenedJob, self.continuation)
            self.continuation = None
        steps = 0
        while self.ready_queue or self._open_a_join() or self._wake_a_condition():
            while self.ready_queue:
                if steps >= MOST_STEPS:
                    self._continue_later()
                    return
                steps += self._run_next()
        self.continued = 0
        self._ensure_alive()

    def _run_next(self) -> int:
        token = self.ready_queue.popleft()
        if not token.is_ready():  # withdrawn meanwhile
            return 0
        token.run()
        return 1

    def _continue_later(self) -> None:
        """Leave the rest to a job, so that no command takes long."""
        waiting = next((token for token in self.ready_queue if token.is_ready()), None)
        if waiting is None:
            return
        element_id = waiting.task_spec.bpmn_id
        self.continued += 1
        if self.continued > MOST_CONTINUED:
            steps = MOST_STEPS * MOST_CONTINUED
            reason = f"more than {steps} automatic steps without a wait: an endless loop?"
            raise ExecutionFailed(element_id, reason)
        # Not a token's number: those do not depend on where the budget ends.
        self.continuation = f"c{self.next_id}.{self.continued}"
        self.journal.opened(OpenedJob(self.continuation, element_id, JobKind.CONTINUE))

    def _open_a_join(self) -> bool:
        """Let one inclusive join go on that waits for nobody who could still come."""
        if not self.arrived:
            return False
        waiting = [tokens for tokens in self.arrived.values() if tokens]
        return any(
            tokens[0].task_spec.open_if_complete(self, tokens)
            for tokens in sorted(waiting, key=lambda tokens: tokens[0].id)
        )

    def _wake_a_condition(self) -> bool:
        """Let one conditional event happen whose condition became true."""
        if not self.conditions:
            return False
        inside = self.merged(self.task_tree)
        return any(
            self.conditions[number].task_spec.wake(self.conditions[number], inside)
            for number in sorted(self.conditions)
        )

    def _ensure_alive(self) -> None:
        """Refuse a step after which a scope waits for tokens that can no longer come."""
        if not self.arrived:
            return
        for scope_id in {key[0] for key, tokens in self.arrived.items() if tokens}:
            scope = self.tasks[scope_id]
            if not any(_is_moved_from_outside(token) for token in self.subtree(scope)):
                self._refuse_stuck(scope_id)

    def _refuse_stuck(self, scope_id: int) -> NoReturn:
        stuck = [t[0] for key, t in self.arrived.items() if t and key[0] == scope_id]
        reason = "waits for a token on another incoming flow that can no longer arrive"
        raise ExecutionFailed(stuck[0].task_spec.bpmn_id, reason)

    def is_completed(self) -> bool:
        """Return whether no token is left."""
        return not self.task_tree.child_ids

    def merged_data(self) -> Values:
        """Return the data of the case: of its last token, or of its branches merged."""
        return self.data if self.is_completed() else self.inside(self.task_tree)

    def _task_completed_notify(self, task: Token) -> None:
        """Nothing: SpiffWorkflow would update every waiting task after each step."""


def _is_moved_from_outside(token: Token) -> bool:
    spec = token.task_spec
    waits = spec.waits_for is not None and not spec.is_listener and not token.child_ids
    return waits or bool(token.frozen is not None and token.frozen.ids)
