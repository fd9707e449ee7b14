"""What a flow node says beside its type: when, how often, what it calls, who does it.

Texts are kept as they stand in the model: literals, ISO 8601 or expressions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CALLER = "caller/"  # before the id of a task: one of the case that called this one


class TimerKind(StrEnum):
    """How a timer event says when (BPMN 2.0, table 10.101)."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True, slots=True)
class TimerDefinition:
    """When a timer event fires: ISO 8601 or an expression, as it stands in the model."""

    kind: TimerKind
    text: str
    calendar: str | None = None  # name of the working calendar in which durations count


class EventKind(StrEnum):
    """What an event waits for or throws; the names of BPMN 2.0's event definitions.

    Links are not here: reading joins the two ends of a link by a sequence flow.
    """

    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    COMPENSATION = "compensation"
    CANCEL = "cancel"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event waits for or throws."""

    kind: EventKind
    name: str | None = None  # of the message or signal; may be an expression
    code: str | None = None  # of the error or escalation; None catches every one
    message: str | None = None  # errors that are thrown: literal or expression
    # Errors and escalations that are caught: names that their code and message get.
    code_name: str | None = None
    message_name: str | None = None
    correlation_key: str | None = None  # messages: expression whose result tells cases apart
    condition: str | None = None  # conditional events: expression
    timer: TimerDefinition | None = None
    activity: str | None = None  # compensation throws: id of the activity, None: the whole scope
    waits: bool = True  # compensation throws: whether the token waits for the handlers


class LoopKind(StrEnum):
    """How an activity repeats."""

    STANDARD = "standardLoop"
    PARALLEL = "parallelMultiInstance"
    SEQUENTIAL = "sequentialMultiInstance"


@dataclass(frozen=True, slots=True)
class Loop:
    """How often an activity is done per arrival of a token; texts are expressions.

    Every instance sees ``loopCounter``; a multi-instance one also its item.
    """

    kind: LoopKind
    cardinality: str | None = None  # multi-instance: how many instances
    collection: str | None = None  # multi-instance: list with an item for each instance
    item: str | None = None  # name under which an instance sees its item
    output_collection: str | None = None  # name of the list of results
    output_item: str | None = None  # expression over an instance's values, an entry of that list
    completion: str | None = None  # multi-instance: no further instance is needed once it is true
    condition: str | None = None  # standard loop: again while it is true
    tests_before: bool = False  # standard loop: the condition is tested before the first time too
    most: int | None = None  # standard loop: at most so often
    counts_from: int = 1  # multi-instance: loopCounter of the first instance


@dataclass(frozen=True, slots=True)
class DataMapping:
    """A value handed over: an expression, and the name its result gets."""

    source: str
    target: str


class Binding(StrEnum):
    """Which version of a called process runs."""

    LATEST = "latest"
    DEPLOYMENT = "deployment"  # the newest one when the caller's own version was deployed
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class CalledProcess:
    """What a call activity starts."""

    key: str
    binding: Binding = Binding.LATEST
    version: int | None = None
    business_key: str | None = None  # expression
    passes_all: bool = False  # all values go in; otherwise only what the inputs map
    returns_all: bool = True  # all values come back; otherwise only what the outputs map


@dataclass(frozen=True, slots=True)
class Script:
    """The text of a script task, and the name its result gets (None: it sets values itself)."""

    text: str
    result: str | None = None


@dataclass(frozen=True, slots=True)
class CalledDecision:
    """The decision a business rule task asks, and the name its result gets."""

    id: str
    result: str | None = None  # None: the outputs become values of their own names


@dataclass(frozen=True, slots=True)
class TaskAssignment:
    """Who may do a user task, and by when; texts are literals or expressions."""

    assignee: str | None = None
    candidate_users: str | None = None  # list, or text parted by commas
    candidate_groups: str | None = None
    excluded_users: str | None = None
    # Ids of tasks; those that begin with CALLER are tasks of the case that called this one.
    distinct_from: tuple[str, ...] = ()  # that another person must have done
    same_as: str | None = None  # whose performer does this one too
    due: str | None = None  # ISO 8601 duration from the offer, moment, or expression
    follow_up: str | None = None
    priority: str | None = None  # 0 to 100, 50 if left out
    calendar: str | None = None  # name of the working calendar in which due dates count
