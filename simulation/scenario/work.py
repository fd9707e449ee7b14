"""What a scenario says about activities and events: time, waiting, batches, rounds, cost."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from simulation.scenario.distribution import DurationSpec, NumberSpec
from simulation.scenario.strict import SHARE_FORM, Form, Strict
from simulation.scenario.values import Amount, PositiveDuration, Share, wrong

_WORK = ("work", "by_resource", "outside_calendar")
_EVENT = ("share", "after")


class Work(Strict):
    """How long the work of an activity takes, and what happens at the end of a shift."""

    work: DurationSpec
    by_resource: dict[str, DurationSpec] = Field(default_factory=dict)  # by member or role
    outside_calendar: Literal["suspend", "finish", "abort"] = "suspend"

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return a bare distribution."""
        return (DurationSpec,)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return _named("work", value, unless=_WORK)


class Event(Strict):
    """When an event happens after a token came to it, and whether it happens at all."""

    after: DurationSpec | None = None  # None: the time of the model, or the end of the work
    share: Share | None = None  # of the cases in which it happens; None: whenever it is in time

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return a share, and a distribution of the time."""
        return SHARE_FORM, DurationSpec

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, str | int | float):
            return {"share": value}
        return _named("after", value, unless=_EVENT)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.after is None and self.share is None:
            raise wrong("needs a distribution, a share, or both: {share: 10%, after: …}")
        return self


class Repetition(Strict):
    """How many instances or rounds an activity has, and whether another one follows."""

    count: NumberSpec | None = None
    share: Share | None = None  # of another round after each

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return a number, a share, and a distribution of the number."""
        return SHARE_FORM, NumberSpec

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"share": value}
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"count": {"constant": value}}
        return _named("count", value, unless=("count", "share"))

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.count is None and self.share is None:
            raise wrong("needs a number, a distribution of it, or a share such as 30%")
        if self.share == 1 and self.count is None:
            raise wrong("needs a share below 100%: the rounds would never end")
        return self


class Batch(Strict):
    """Cases that are worked on together."""

    size: Annotated[int, Field(ge=1, le=100_000)]
    max_wait: PositiveDuration | None = None  # None: until the batch is full
    by: str | None = None  # attribute: only cases with the same value go together


class Cost(Strict):
    """What one visit to an activity costs besides the people's time."""

    fixed: Amount = 0.0
    per_hour: Amount = 0.0  # of work

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise wrong("needs fixed, per_hour or both")
        return self


def _named(field: str, value: Any, *, unless: tuple[str, ...]) -> Any:
    """Read a bare value as the one field that people mostly write."""
    if isinstance(value, dict) and any(name in value for name in unless):
        return value
    return {field: value}
