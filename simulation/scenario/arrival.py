"""``arrivals`` of a scenario: when cases come to a start event, and with which data."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from simulation.scenario.calendar import weekdays_of
from simulation.scenario.distribution import (
    DurationSpec,
    NumberSpec,
    SignedSpec,
)
from simulation.scenario.strict import NAME_FORM, Form, Strict, ensure_one_of, text_as
from simulation.scenario.values import (
    Amount,
    Moment,
    PositiveDuration,
    Share,
    TimeOfDay,
    wrong,
)

_SHORTEST_SLOT_S = 1.0  # of appointments: shorter ones would only fill the memory
KINDS = ("interval", "rate", "appointments", "replay", "population")
Count = Annotated[int, Field(ge=0, le=1_000_000)]
PerSlot = Annotated[list[Amount], Field(min_length=1, max_length=1440)]


def _scalar(value: object) -> object:
    if not isinstance(value, bool | int | float | str):
        raise wrong("must be a single value: a number, text, true or false")
    return value


def _one_or_list(value: object) -> object:
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


Scalar = Annotated[bool | int | float | str, BeforeValidator(_scalar)]


class Rate(Strict):
    """A Poisson process whose rate changes by time of day: expected arrivals per slot."""

    slot: PositiveDuration
    from_: TimeOfDay = Field(alias="from")
    per_slot: PerSlot | None = None
    weekly: dict[str, PerSlot] | None = None

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        ensure_one_of(self, ("per_slot", "weekly"), what="one of")
        days = list((self.weekly or {}).values()) or [self.per_slot or []]
        weekdays_of(self.weekly or {})
        if any(self.from_ * 60 + self.slot * len(slots) > 86_400 for slots in days):
            raise wrong("needs slots that end by 24:00 of the same day")
        if sum(map(sum, days)) <= 0:
            raise wrong("needs a slot with a rate above 0")
        return self

    @property
    def by_weekday(self) -> tuple[tuple[float, ...], ...]:
        """Return the expected arrivals per slot of each weekday; 0 is Monday."""
        if self.weekly is None:
            return (tuple(self.per_slot or ()),) * 7
        entry_of = weekdays_of(self.weekly)
        return tuple(
            tuple(self.weekly[entry_of[day]]) if day in entry_of else () for day in range(7)
        )


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
        if self.slot < _SHORTEST_SLOT_S:
            raise wrong("needs a slot of at least 1s")
        if (self.calendar is None) == (self.from_ is None):
            raise wrong("needs either calendar or from, to say when the slots are")
        if self.from_ is not None and self.from_ * 60 + self.slot * len(self.per_slot) > 86_400:
            raise wrong("needs slots that end by 24:00 of the same day")
        return self


class Replay(Strict):
    """Arrivals as they were: one moment per row of a CSV file, case data in its other columns.

    The file is read when the scenario is loaded; from then on its values stand here.
    """

    file: str = ""
    column: str | None = None  # of the moments; None: the first one
    moments: list[Moment] | None = None
    data: dict[str, list[Scalar | None]] = Field(default_factory=dict)  # by column

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return the name of the file."""
        return (NAME_FORM,)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return text_as("file", value)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.moments is None:
            words = "what comes when?" if not self.file else "files are read beside a scenario file"
            raise wrong(f"needs a file, or moments: {words}")
        if any(len(column) != len(self.moments) for column in self.data.values()):
            raise wrong("needs as many values in each column of data as moments")
        return self


class Population(Strict):
    """A closed population: each of its members comes again after a time to think."""

    size: Annotated[int, Field(ge=1, le=100_000)]
    think: DurationSpec


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
    replay: Replay | None = None
    population: Population | None = None
    calendar: str | None = None
    outside_calendar: Literal["pause", "opening"] = "pause"  # of intervals
    group: NumberSpec | None = None
    attributes: dict[str, Attribute] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        ensure_one_of(self, KINDS, what="one kind of arrivals")
        if self.calendar is not None and (self.appointments or self.replay):
            raise wrong(
                "needs interval, rate or population when it has a calendar;"
                " slots and files have their own times"
            )
        if self.outside_calendar != "pause" and not (self.interval and self.calendar):
            raise wrong("needs interval and calendar when arrivals wait for the opening")
        if self.replay is not None and (twice := self.attributes.keys() & self.replay.data):
            raise wrong(f"draws what {self.replay.file} gives: {', '.join(sorted(twice))}")
        if self.group is not None and (self.replay or self.population):
            raise wrong("needs interval, rate or appointments when cases come in groups")
        return self


def ensure_whole(shares: dict[str, float]) -> None:
    """Raise unless the shares add up to 1."""
    total = sum(shares.values())
    if abs(total - 1) > 1e-6:
        raise wrong(f"needs shares that add up to 100%, these make {100 * total:.6g}%")
