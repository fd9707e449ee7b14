"""The scenario document, version 1: the fields that exist and what may stand in them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from engine.domain.calendar import overlapping
from simulation.scenario.distribution import (
    DurationSpec,
    NumberSpec,
    SignedSpec,
    Strict,
    ensure_one_of,
)
from simulation.scenario.values import (
    Amount,
    DateText,
    KpiValue,
    LocalDateTime,
    PositiveDuration,
    Share,
    ShiftText,
    TimeOfDay,
    Zone,
    duration_s,
    wrong,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
Count = Annotated[int, Field(ge=0, le=1_000_000)]


def _name(value: object) -> object:
    return {"en": value, "zh": value} if isinstance(value, str) else value


def _warm_up(value: object) -> float:
    if value == "mser5":
        raise wrong("mser5 is not supported yet; allowed: none, or a duration such as 2h")
    seconds = 0.0 if value == "none" else duration_s(value)
    if seconds < 0:
        raise wrong("must not be negative")
    return seconds


def _replications(value: object) -> object:
    if isinstance(value, dict):
        raise wrong("is not supported yet as a rule to stop; allowed: a number of replications")
    return value


def _priority(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong("must be a number, or an expression over case data in quotes")
    return float(value) if isinstance(value, int) else value


def _scalar(value: object) -> object:
    if not isinstance(value, bool | int | float | str):
        raise wrong("must be a single value: a number, text, true or false")
    return value


def _work(value: object) -> object:
    """Read a bare distribution as the work of an activity."""
    named = isinstance(value, dict) and ("work" in value or "outside_calendar" in value)
    return value if named else {"work": value}


def _one_or_list(value: object) -> object:
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


Scalar = Annotated[bool | int | float | str, BeforeValidator(_scalar)]
Priority = Annotated[float | str, BeforeValidator(_priority)]
Replications = Annotated[int, BeforeValidator(_replications), Field(ge=1, le=100_000)]


class Name(Strict):
    """The scenario's name for people."""

    en: str
    zh: str


class Run(Strict):
    """When the run starts and ends, how often it is repeated, from which seed."""

    start: LocalDateTime
    until: PositiveDuration | None = None
    cases: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    drain: bool = True
    warm_up: Annotated[float, BeforeValidator(_warm_up)] = 0.0
    replications: Replications = 30
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        ensure_one_of(self, ("until", "cases"), what="one end of the run")
        if self.cases is not None and not self.drain:
            raise wrong("needs until when drain is false: where should the run be cut?")
        if self.until is not None and self.warm_up >= self.until:
            raise wrong("needs a warm_up that is shorter than until")
        return self


class Rate(Strict):
    """A Poisson process whose rate changes by time of day: expected arrivals per slot."""

    slot: PositiveDuration
    from_: TimeOfDay = Field(alias="from")
    per_slot: Annotated[list[Amount], Field(min_length=1, max_length=1440)]

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.from_ * 60 + self.slot * len(self.per_slot) > 86_400:
            raise wrong("needs slots that end by 24:00 of the same day")
        if sum(self.per_slot) <= 0:
            raise wrong("needs a slot with a rate above 0")
        return self


class Appointments(Strict):
    """Booked arrivals: so many per slot, each due in the middle of its slot."""

    slot: PositiveDuration
    per_slot: Annotated[list[Count], BeforeValidator(_one_or_list), Field(min_length=1)]
    calendar: str | None = None
    from_: TimeOfDay | None = Field(default=None, alias="from")
    punctuality: SignedSpec | None = None
    no_show: Share = 0.0

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if (self.calendar is None) == (self.from_ is None):
            raise wrong("needs either calendar or from, to say when the slots are")
        if self.from_ is not None and self.from_ * 60 + self.slot * len(self.per_slot) > 86_400:
            raise wrong("needs slots that end by 24:00 of the same day")
        return self


class Attribute(NumberSpec):
    """Case data that is drawn once per case: a fixed value, a choice or a number."""

    constant: Scalar | None = None  # type: ignore[assignment] # wider on purpose
    choice: dict[str, Share] | None = None

    kinds: ClassVar[tuple[str, ...]] = (*NumberSpec.kinds, "choice")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.choice is not None:
            ensure_whole(self.choice)
        return self


class Arrival(Strict):
    """How cases arrive at a start event."""

    interval: DurationSpec | None = None
    rate: Rate | None = None
    appointments: Appointments | None = None
    calendar: str | None = None
    attributes: dict[str, Attribute] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        ensure_one_of(self, ("interval", "rate", "appointments"), what="one kind of arrivals")
        if self.calendar is not None and self.interval is None:
            raise wrong(
                "needs interval when it has a calendar; rate and slots have their own times"
            )
        return self


class Work(Strict):
    """How long the work of an activity takes, and what happens at the end of a shift."""

    work: DurationSpec
    outside_calendar: Literal["suspend", "finish"] = "suspend"


class Resource(Strict):
    """A pool of alike units: people of one role, or machines."""

    units: Annotated[int, Field(ge=1, le=100_000)] = 1
    calendar: str | None = None
    cost_per_hour: Amount = 0.0


class Calendar(Strict):
    """Open hours by day of the week; exceptions replace the hours of their date."""

    weekly: dict[str, list[ShiftText]]
    exceptions: dict[DateText, list[ShiftText]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        weekdays_of(self.weekly)
        for name, shifts in (*self.weekly.items(), *self.exceptions.items()):
            if overlapping(tuple(shifts)):
                raise wrong(f"needs shifts that do not overlap ({name})")
        if not any(self.weekly.values()):
            raise wrong("needs a shift: this calendar never opens")
        return self


class Cost(Strict):
    """What one visit to an activity costs besides the people's time."""

    fixed: Amount


class Target(Strict):
    """The level a KPI must reach."""

    min: KpiValue | None = None
    max: KpiValue | None = None

    @model_validator(mode="after")
    def _a_bound(self) -> Self:
        if self.min is None and self.max is None:
            raise wrong("needs min or max")
        return self


class Document(Strict):
    """A scenario: everything a model needs beside its BPMN file in order to be simulated."""

    scenario: Literal[1]
    name: Annotated[Name, BeforeValidator(_name)]
    model: str
    extends: str | None = None
    timezone: Zone
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    run: Run
    arrivals: Annotated[dict[str, Arrival], Field(min_length=1)]
    durations: dict[str, Annotated[Work, BeforeValidator(_work)]] = Field(default_factory=dict)
    branches: dict[str, dict[str, Share]] = Field(default_factory=dict)
    resources: dict[str, Resource] = Field(default_factory=dict)
    demands: dict[str, str] = Field(default_factory=dict)
    calendars: dict[str, Calendar] = Field(default_factory=dict)
    priorities: dict[str, Priority] = Field(default_factory=dict)
    events: dict[str, DurationSpec] = Field(default_factory=dict)
    costs: dict[str, Cost] = Field(default_factory=dict)
    targets: dict[str, Target] = Field(default_factory=dict)
    guards: list[str] = Field(default_factory=list)


def ensure_whole(shares: dict[str, float]) -> None:
    """Raise unless the shares add up to 1."""
    total = sum(shares.values())
    if abs(total - 1) > 1e-6:
        raise wrong(f"needs shares that add up to 100%, these make {total:.6g}")


def weekdays_of(weekly: dict[str, Any]) -> dict[int, str]:
    """Return which entry each weekday (0 is Monday) has: mon, mon-fri or mon,wed,fri."""
    entry_of: dict[int, str] = {}
    for entry in weekly:
        for part in entry.split(","):
            for day in _days(part.strip()):
                if day in entry_of:
                    raise wrong(f"names {WEEKDAYS[day]} twice")
                entry_of[day] = entry
    return entry_of


def _days(part: str) -> list[int]:
    first, _, last = part.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise wrong(f"does not know the days {part!r}; write mon, mon-fri or mon,wed,fri")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
