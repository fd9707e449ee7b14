"""Who works: ``resources``, ``demands`` and ``queues`` of a scenario."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from simulation.scenario.distribution import DurationSpec
from simulation.scenario.strict import NAME_FORM, Form, Strict, text_as
from simulation.scenario.values import Amount, wrong

NOBODY = "none"
Rule = Literal["longest_idle", "cheapest", "fastest", "same_as", "other_than"]
RULES = ("longest_idle", "cheapest", "fastest", "same_as", "other_than")
Order = Literal["priority", "due", "arrival", "shortest"]
Units = Annotated[int, Field(ge=1, le=100_000)]


class Member(Strict):
    """One named person or machine of a role, or several who are alike."""

    units: Units = 1
    skills: list[str] = Field(default_factory=list)
    calendar: str | None = None  # None: that of the role
    cost_per_hour: Amount | None = None  # None: that of the role


class Failures(Strict):
    """How long a unit works before it fails, and how long it is down then."""

    up: DurationSpec
    down: DurationSpec


class Resource(Strict):
    """A pool of units of one role: alike, or named members."""

    units_given: Units | None = Field(default=None, alias="units")
    members: Annotated[dict[str, Member], Field(min_length=1)] | None = None
    calendar: str | None = None
    cost_per_hour: Amount = 0.0
    overtime_per_hour: Amount | None = None  # of work outside the calendar; None: cost_per_hour
    cost_per_use: Amount = 0.0
    failures: Failures | None = None

    @model_validator(mode="after")
    def _units_or_members(self) -> Self:
        if self.units_given is not None and self.members is not None:
            raise wrong("needs either units or members")
        return self

    @property
    def units(self) -> int:
        """Return how many there are of the role."""
        if self.members is not None:
            return sum(member.units for member in self.members.values())
        return 1 if self.units_given is None else self.units_given


class Need(Strict):
    """So many units of a role, with a skill if it is asked for."""

    role: str
    units: Units = 1
    skill: str | None = None

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return the name of the role."""
        return (NAME_FORM,)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return text_as("role", value)


class Choice(Strict):
    """Which of several free units does the work."""

    rule: Rule
    activity: str | None = None  # of same_as and other_than

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return the word of the rule, and the rule before the activity that it is about."""
        about = {"type": "object", "minProperties": 1, "maxProperties": 1}
        named = dict.fromkeys(("same_as", "other_than"), NAME_FORM)
        return NAME_FORM, {**about, "properties": named, "additionalProperties": False}

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if isinstance(value, dict) and len(value) == 1:
            rule, activity = next(iter(value.items()))
        elif isinstance(value, str):
            rule, _, activity = (part.strip() for part in value.partition(":"))
        else:
            rule, activity = None, None
        if rule not in RULES or ("_" in rule and rule != "longest_idle") != bool(activity):
            raise wrong(
                "must be longest_idle, cheapest, fastest, 'same_as: activity' or"
                " 'other_than: activity'"
            )
        return {"rule": rule, "activity": activity or None}


class _Role(Strict):
    """A demand for one role, as it is written."""

    role: str
    units: Units = 1
    skill: str | None = None
    choose: Choice | None = None


class Demand(Strict):
    """Who does an activity: nobody, one role, several at once, or one of several."""

    all: tuple[Need, ...] = ()  # every one of these
    any: tuple[Need, ...] = ()  # one of these
    choose: Choice | None = None

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return a role or none, and one role with how many of it and which of them."""
        return NAME_FORM, _Role

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"all": ()} if value == NOBODY else {"all": (value,)}
        if not isinstance(value, dict):
            raise wrong("must be a role, none, {role: …}, {all: […]} or {any: […]}")
        if "role" in value:
            need = {k: v for k, v in value.items() if k in Need.model_fields}
            rest = {k: v for k, v in value.items() if k not in need}
            return {"all": (need,), **rest}
        return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.all and self.any:
            raise wrong("needs either all or any")
        if self.choose is not None and not self.needs:
            raise wrong("needs role, all or any beside choose")
        return self

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return what is asked for, all of it or one of it; empty: nobody."""
        return self.all or self.any

    @property
    def role(self) -> str | None:
        """Return the first role; None: nobody."""
        return self.needs[0].role if self.needs else None

    @property
    def is_plain(self) -> bool:
        """Whether one unit of one role does, whoever it is."""
        return self.choose is None and len(self.needs) < 2 and all(_is_plain(n) for n in self.needs)


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Queue(Strict):
    """In which order those who wait for a role are served, and how many may wait."""

    order: Annotated[tuple[Order, ...], BeforeValidator(_as_tuple), Field(min_length=1)] = (
        "priority",
        "arrival",
    )
    preemptive: bool = False
    capacity: Annotated[int, Field(ge=0, le=1_000_000)] | None = None  # who may wait; None: all
    when_full: Literal["leave", "block"] = "leave"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len(set(self.order)) < len(self.order):
            raise wrong("needs each order once")
        if self.preemptive and "priority" not in self.order:
            raise wrong("needs priority in order when preemptive")
        return self


def _is_plain(need: Need) -> bool:
    return need.units == 1 and need.skill is None
