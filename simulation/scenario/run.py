"""``run`` of a scenario: when it starts and ends, how often it is repeated, from which seed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from simulation.scenario.strict import Strict, ensure_one_of
from simulation.scenario.values import (
    LocalDateTime,
    PositiveDuration,
    PositiveShare,
    duration_s,
    wrong,
)

MOST_REPLICATIONS = 100_000


def _warm_up(value: object) -> object:
    if value == "mser5":
        return value
    seconds = 0.0 if value == "none" else duration_s(value, also="none, mser5")
    if seconds < 0:
        raise wrong("must not be negative")
    return seconds


def _kind(value: object) -> str:
    return "precision" if isinstance(value, dict | Precision) else "number"


class Precision(Strict):
    """Replicate until the interval of a KPI is narrow enough, or the most are reached."""

    min: Annotated[int, Field(ge=2, le=MOST_REPLICATIONS)] = 10
    max: Annotated[int, Field(ge=2, le=MOST_REPLICATIONS)]
    half_width: PositiveShare  # of the mean
    kpi: str = "OP-CT"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max < self.min:
            raise wrong("needs a max that is not below min")
        return self


Count = Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)]
Replications = Annotated[
    Annotated[Count, Tag("number")] | Annotated[Precision, Tag("precision")],
    Discriminator(_kind),
]
WarmUp = Annotated[
    float | Literal["mser5"],
    BeforeValidator(_warm_up),
    WithJsonSchema({"type": "string", "examples": ["none", "2h", "mser5"]}),
]


class Run(Strict):
    """When the run starts and ends, how often it is repeated, from which seed."""

    start: LocalDateTime
    until: PositiveDuration | None = None
    cases: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    drain: bool = True
    warm_up_rule: WarmUp = Field(
        default=0.0, alias="warm_up", json_schema_extra={"default": "none"}
    )
    replications_rule: Replications = Field(default=30, alias="replications")
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        ensure_one_of(self, ("until", "cases"), what="one end of the run")
        if self.cases is not None and not self.drain:
            raise wrong("needs until when drain is false: where should the run be cut?")
        if self.until is not None and self.warm_up >= self.until:
            raise wrong("needs a warm_up that is shorter than until")
        return self

    @property
    def warm_up(self) -> float:
        """Return the warm-up in seconds; 0 when the data decide (``is_warm_up_found``)."""
        return 0.0 if self.warm_up_rule == "mser5" else self.warm_up_rule

    @property
    def is_warm_up_found(self) -> bool:
        """Whether MSER-5 finds the end of the warm-up."""
        return self.warm_up_rule == "mser5"

    @property
    def replications(self) -> int:
        """Return the number of replications, or of the first ones when a precision is asked."""
        rule = self.replications_rule
        return rule.min if isinstance(rule, Precision) else rule

    @property
    def precision(self) -> Precision | None:
        """Return the precision to reach; None: the number of replications is fixed."""
        rule = self.replications_rule
        return rule if isinstance(rule, Precision) else None
