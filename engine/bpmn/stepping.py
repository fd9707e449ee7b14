"""What every command does before and after its own part: find the token, then go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import codec
from engine.bpmn.delta import Delta
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from engine.bpmn.runtime import ProcessWorkflow
    from engine.bpmn.token import Token


def opened(workflow: ProcessWorkflow, token: str, *kinds: str) -> Token:
    """Return the token that waits for what the command brings, or raise ExecutionFailed."""
    task = found(workflow, token)
    if (
        task is None
        or task.child_ids
        or task.task_spec.waits_for not in kinds
        or not (task.is_waiting() or task.is_ready())
    ):
        kind = " or ".join(kinds)
        raise ExecutionFailed(workflow.spec.name, f"no {kind} is open at token {token!r}")
    return task


def present(workflow: ProcessWorkflow, token: str) -> Token:
    """Return a token that waits, or a scope that is open."""
    task = found(workflow, token)
    if task is None or task is workflow.task_tree or (task.child_ids and not task.is_scope):
        raise ExecutionFailed(workflow.spec.name, f"nothing waits at token {token!r}")
    return task


def found(workflow: ProcessWorkflow, token: str) -> Token | None:
    """Return the token of a name, if there is one."""
    number = int(token) if token.isascii() and token.isdecimal() else -1
    task: Token | None = workflow.tasks.get(number) or workflow.thawed(number)
    return task if str(number) == token else None


def advanced(workflow: ProcessWorkflow) -> Delta:
    """Let tokens run until all wait, and return what changed."""
    workflow.advance()
    journal = workflow.journal
    values = workflow.merged_data()
    return Delta(
        state=codec.dump(workflow),
        is_completed=workflow.is_completed(),
        values=values,
        thrown=tuple(journal.thrown),
        uncaught=tuple(journal.uncaught),
        facts=tuple(journal.facts),
        **journal.changes(),
    )
