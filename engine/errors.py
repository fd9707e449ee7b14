"""The error tree of the engine.

EngineError
├── InvalidModel            a BPMN file cannot be deployed; carries findings
├── InvalidFormSchema       a form definition cannot be used; carries what is wrong with it
├── InvalidForm             submitted values break the form's rules; carries field errors
├── InvalidHistory          events from elsewhere do not tell the story of finished cases
├── NotFound                no definition, instance, task, timer or user of that name
├── NotAllowed              this person may not do that
├── TaskNotOpen             the task is completed or cancelled
├── TaskNotClaimed          only the person who claimed a task may complete or release it
├── TaskAlreadyClaimed      somebody else holds the task
├── InstanceNotActive       the process instance has ended
├── InstanceSuspended       the process instance stands still until somebody resumes it
├── StaleInstance           another command changed the instance first, and again on every retry
├── DuplicateBusinessKey    the business key is taken in this process
├── AmbiguousMessage        more than one case waits for a message; nobody got it
├── IncidentResolved        somebody has dealt with the incident already
├── NotExecutable           the process is a drawing and cannot be started
├── DuplicateUser           somebody has this user name already
├── IdempotencyKeyReused    the same idempotency key came with another request
├── ExecutionFailed         the model cannot go on from here; nothing was changed
└── StoreUnavailable        the database cannot be written; nothing was changed

Each error carries its facts as attributes; the web layer turns them into words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime


class Severity(StrEnum):
    """An error forbids deployment, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of lint: where it is, which rule speaks, what is wrong and what is allowed."""

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    element_id: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        element = f"element {self.element_id!r}: " if self.element_id else ""
        return f"{self.line or 1}: {self.severity}: {element}{self.message} [{self.rule}]"


_FIELD_ERRORS: dict[str, str] = {
    "required": "a value is required",
    "unknown": "the form has no such field",
    "type": "must be {expected}",
    "min": "must be at least {min}",
    "max": "must be at most {max}",
    "min_length": "must have at least {min_length} characters",
    "max_length": "must have at most {max_length} characters",
    "pattern": "must match the pattern {pattern}",
    "email": "must be an e-mail address",
    "phone": "must be an international phone number such as +31 15 212 3456",
    "decimals": "must have at most {decimals} decimal digits",
    "increment": "must be a multiple of {increment}",
    "option": "must be one of {options}",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value of a form: a code to translate, and the facts it needs."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return _FIELD_ERRORS[self.code].format_map(self.params)


class PortableError(Exception):
    """An error that reaches another process with all its facts."""

    def __reduce__(self) -> tuple[Callable[..., Exception], tuple[object, ...]]:
        # By default an exception is made again of its text alone; ours take more than that.
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[PortableError], words: tuple[object, ...], facts: dict[str, object]
) -> PortableError:
    """Return an error that came from another process."""
    error = kind.__new__(kind, *words)
    error.__dict__.update(facts)
    return error


class EngineError(PortableError):
    """A rule of the engine is broken; the command changed nothing."""


class InvalidModel(EngineError):
    """A BPMN file is deployed only if every element can be executed faithfully."""

    def __init__(self, source: str, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(f"{source}:{finding}" for finding in findings))
        self.source, self.findings = source, tuple(findings)


class InvalidFormSchema(EngineError):
    """A form is deployed only if the server can check every field as the browser does."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.source, self.problems = source, tuple(problems)


class InvalidForm(EngineError):
    """Values are stored only if they keep the rules of the form."""

    def __init__(self, errors: Mapping[str, FieldError]) -> None:
        super().__init__("; ".join(f"{key}: {error}" for key, error in errors.items()))
        self.errors = dict(errors)


class InvalidHistory(EngineError):
    """Imported cases are finished, and their events are in order."""

    def __init__(self, case_id: str, reason: str) -> None:
        super().__init__(f"case {case_id!r}: {reason}")
        self.case_id, self.reason = case_id, reason


class NotFound(EngineError):
    """What a command names must exist."""

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"there is no {kind} {name!r}")
        self.kind, self.name = kind, name


class NotAllowed(EngineError):
    """A person acts only on what is offered to them."""

    def __init__(self, user_id: str, action: str, subject: str) -> None:
        super().__init__(f"{user_id} may not {action} {subject}")
        self.user_id, self.action, self.subject = user_id, action, subject


class TaskNotOpen(EngineError):
    """A task that has ended cannot be worked on."""

    def __init__(
        self, task_id: int, state: str, ended_by: str | None, ended_at: datetime | None
    ) -> None:
        super().__init__(f"task {task_id} is already {state} (by {ended_by or 'the process'})")
        self.task_id, self.state = task_id, state
        self.ended_by, self.ended_at = ended_by, ended_at


class TaskNotClaimed(EngineError):
    """Only the person who claimed a task may complete or release it."""

    def __init__(self, task_id: int, claimed_by: str | None) -> None:
        super().__init__(f"task {task_id} is claimed by {claimed_by or 'nobody'}")
        self.task_id, self.claimed_by = task_id, claimed_by


class TaskAlreadyClaimed(EngineError):
    """A task is claimed by one person at a time."""

    def __init__(self, task_id: int, claimed_by: str) -> None:
        super().__init__(f"task {task_id} is claimed by {claimed_by}")
        self.task_id, self.claimed_by = task_id, claimed_by


class InstanceNotActive(EngineError):
    """A process instance that has ended does not change."""

    def __init__(self, instance_id: int, state: str) -> None:
        super().__init__(f"case {instance_id} is {state}")
        self.instance_id, self.state = instance_id, state


class InstanceSuspended(EngineError):
    """A suspended case stands still until somebody resumes it."""

    def __init__(self, instance_id: int, business_key: str, since: datetime) -> None:
        super().__init__(
            f"case {business_key} is suspended since {since:%Y-%m-%d %H:%M} UTC; resume it first"
        )
        self.instance_id, self.business_key, self.since = instance_id, business_key, since


class StaleInstance(EngineError):
    """Each command starts from the newest state of the instance."""

    def __init__(self, instance_id: int) -> None:
        super().__init__(f"case {instance_id} was changed by somebody else at the same time")
        self.instance_id = instance_id


class DuplicateBusinessKey(EngineError):
    """A business key names one instance of a process."""

    def __init__(self, process_key: str, business_key: str) -> None:
        super().__init__(f"process {process_key!r} already has a case {business_key!r}")
        self.process_key, self.business_key = process_key, business_key


class AmbiguousMessage(EngineError):
    """A message has exactly one receiver."""

    def __init__(self, name: str, key: str, receivers: Sequence[str]) -> None:
        told = f"match key {key!r}" if key else "wait for it, and it has no key"
        super().__init__(
            f"message {name!r}: {len(receivers)} receivers {told} ({', '.join(receivers)});"
            " name one of them"
        )
        self.name, self.key, self.receivers = name, key, tuple(receivers)


class IncidentResolved(EngineError):
    """An incident is resolved once."""

    def __init__(self, incident_id: int, resolution: str, resolved_by: str | None) -> None:
        super().__init__(
            f"incident {incident_id} is already {resolution} (by {resolved_by or 'the process'})"
        )
        self.incident_id, self.resolution, self.resolved_by = incident_id, resolution, resolved_by


class NotExecutable(EngineError):
    """A case is started only of a process that can be run."""

    def __init__(self, process_key: str, reason: str) -> None:
        super().__init__(f"process {process_key!r} cannot be started: {reason}")
        self.process_key, self.reason = process_key, reason


class DuplicateUser(EngineError):
    """A user name names one person."""

    def __init__(self, user_id: str) -> None:
        super().__init__(f"there is already a user {user_id!r}")
        self.user_id = user_id


class IdempotencyKeyReused(EngineError):
    """An idempotency key names one request of one person."""

    def __init__(self, key: str) -> None:
        super().__init__(f"idempotency key {key!r} was used for another request")
        self.key = key


class ExecutionFailed(EngineError):
    """A step that cannot be carried out is rolled back as a whole.

    Whose step it was is known to who stores it: then it becomes an incident of that case.
    """

    def __init__(self, element_id: str, reason: str) -> None:
        super().__init__(f"element {element_id!r}: {reason}")
        self.element_id, self.reason = element_id, reason
        self.instance_id: int | None = None
        self.token: str | None = None


class StoreUnavailable(EngineError):
    """A command that cannot be saved has no effect."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database cannot be used: {reason}")
        self.reason = reason
