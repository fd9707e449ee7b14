"""The scenario document, version 1: the fields that exist and what may stand in them."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from simulation.scenario.arrival import Arrival
from simulation.scenario.branch import Branch
from simulation.scenario.calendar import Calendar
from simulation.scenario.distribution import DurationSpec
from simulation.scenario.resource import Demand, Queue, Resource
from simulation.scenario.run import Run
from simulation.scenario.strict import NAME_FORM, Form, Strict
from simulation.scenario.values import KpiValue, Zone, number, wrong
from simulation.scenario.work import Batch, Cost, Event, Repetition, Work


def _version(value: object) -> object:
    return None if isinstance(value, bool) else value  # True equals 1


def _priority(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong("must be a number, or an expression over case data in quotes")
    return value if isinstance(value, str) else number(value)


Priority = Annotated[
    float | str,
    BeforeValidator(_priority),
    WithJsonSchema({"type": ["number", "string"], "examples": ["1 if vip else 5"]}),
]


class Name(Strict):
    """The scenario's name for people."""

    en: str
    zh: str

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return plain text: the same name in every language."""
        return (NAME_FORM,)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"en": value, "zh": value} if isinstance(value, str) else value


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

    scenario: Annotated[Literal[1], BeforeValidator(_version)]
    name: Name
    model: str
    extends: str | None = None
    timezone: Zone
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    run: Run
    arrivals: Annotated[dict[str, Arrival], Field(min_length=1)]
    durations: dict[str, Work] = Field(default_factory=dict)
    branches: dict[str, Branch] = Field(default_factory=dict)
    resources: dict[str, Resource] = Field(default_factory=dict)
    demands: dict[str, Demand] = Field(default_factory=dict)
    calendars: dict[str, Calendar] = Field(default_factory=dict)
    queues: dict[str, Queue] = Field(default_factory=dict)
    priorities: dict[str, Priority] = Field(default_factory=dict)
    patience: dict[str, DurationSpec] = Field(default_factory=dict)
    batches: dict[str, Batch] = Field(default_factory=dict)
    repetitions: dict[str, Repetition] = Field(default_factory=dict)
    events: dict[str, Event] = Field(default_factory=dict)
    costs: dict[str, Cost] = Field(default_factory=dict)
    targets: dict[str, Target] = Field(default_factory=dict)
    guards: list[str] = Field(default_factory=list)
