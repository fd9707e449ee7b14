"""The result document of a comparison as values: what the result page is written from.

The document is the one that ``twinflow compare --json`` prints; only this module knows its shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kpis.catalogue import Direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADLINE_CODES = ("OP-CT", "OP-WT")


class Said(StrEnum):
    """What the page and the command line say about a KPI in one word."""

    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"  # clearly, and by itself neither for better nor for worse
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications and half its interval; None: nothing was measured."""

    mean: float | None = None
    half_width: float | None = None

    @classmethod
    def read(cls, values: Mapping[str, Any] | None) -> Estimate:
        """Read ``{"mean": …, "half_width": …}``."""
        return cls() if values is None else cls(values["mean"], values["half_width"])

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""
        return None if self.mean is None else self.mean - (self.half_width or 0.0)

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""
        return None if self.mean is None else self.mean + (self.half_width or 0.0)


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in both scenarios and how far they are apart, paired by replication."""

    baseline: Estimate
    alternative: Estimate
    difference: float | None
    half_width: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval of the difference leaves zero out."""
        return abs(self.difference or 0.0) > (self.half_width or 0.0)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Difference:
        """Read both estimates and their paired difference."""
        baseline, alternative = (
            Estimate.read(values[side]) for side in ("baseline", "alternative")
        )
        return cls(baseline, alternative, values["difference"], values["half_width"])


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the replications with its interval."""

    value: float
    low: float
    high: float

    @classmethod
    def read(cls, values: Mapping[str, Any] | None) -> Share | None:
        """Read ``{"share": …, "low": …, "high": …}``; None: it was not asked."""
        return None if values is None else cls(values["share"], values["low"], values["high"])


@dataclass(frozen=True, slots=True)
class KpiDifference:
    """One KPI of the comparison."""

    code: str
    unit: str
    difference: Difference
    said: Said
    p_value: float | None  # adjusted for all KPIs and alternatives (Holm); None: no test
    is_guarded: bool
    wins: Share | None = None  # of the replications: in how many the alternative is better
    on_target: Share | None = None  # in how many it meets its target; None: it has none
    family_half_width: float | None = None  # holds for all alternatives at once (Dunnett)

    @classmethod
    def read(
        cls, code: str, values: Mapping[str, Any], *, is_guarded: bool, confidence: float
    ) -> KpiDifference:
        """Read one KPI; one without a better direction has changed if its p-value says so."""
        said, p_value = Said(values["verdict"]), values["p_value"]
        is_significant = p_value is not None and p_value < 1 - confidence
        if said is Said.UNCLEAR and values["direction"] == Direction.BAND and is_significant:
            said = Said.CHANGED
        return cls(
            code,
            values["unit"],
            Difference.read(values),
            said,
            p_value,
            is_guarded,
            Share.read(values.get("wins")),  # documents of before do not have these
            Share.read(values.get("on_target")),
            values.get("family_half_width"),
        )

    @property
    def is_clear_alone(self) -> bool:
        """Whether the interval leaves zero out, and still so many KPIs leave it unclear."""
        return self.said is Said.UNCLEAR and self.difference.is_clear


@dataclass(frozen=True, slots=True)
class StepDifference:
    """The waiting at one step that both scenarios have."""

    element_id: str
    wait: Difference

    @property
    def change_s(self) -> float:
        """How much longer a visit waits in the alternative."""
        return self.wait.difference or 0.0

    @property
    def is_clear(self) -> bool:
        """Whether the interval of the difference leaves zero out."""
        return self.wait.is_clear


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step of one scenario."""

    wait: Estimate
    work: Estimate
    visits: Estimate


@dataclass(frozen=True, slots=True)
class RoleFigures:
    """One role of one scenario: how much of a bottleneck it is."""

    role: str
    units: int
    utilisation: Estimate
    share_of_waiting: Estimate
    active: Estimate  # active-period share
    add_one: Estimate  # what one unit more does to the cycle time, s
    per_cost: float | None  # the same for each unit of money an hour; None: it costs nothing
    is_bottleneck: bool

    @classmethod
    def read(cls, values: Mapping[str, Any], bottleneck: str | None) -> RoleFigures:
        """Read a row of a bottleneck table."""
        add_one = values["add_one"] or {"difference": None, "half_width": None}
        return cls(
            role=values["role"],
            units=values["units"],
            utilisation=Estimate.read(values["utilisation"]),
            share_of_waiting=Estimate.read(values["share_of_waiting"]),
            active=Estimate.read(values["active_period_share"]),
            add_one=Estimate(add_one["difference"], add_one["half_width"]),
            per_cost=add_one.get("per_cost"),
            is_bottleneck=values["role"] == bottleneck,
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One scenario of the comparison."""

    name: Mapping[str, str]
    scenario_sha256: str
    model_sha256: str
    steps: Mapping[str, StepFigures]
    roles: Sequence[RoleFigures]
    warnings: Sequence[Mapping[str, Any]]
    abandoned: Estimate = Estimate()  # share of the cases that lost patience

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Side:
        """Read the document of one scenario."""
        steps = {
            name: StepFigures(*(Estimate.read(step[part]) for part in ("wait", "work", "visits")))
            for name, step in values["activities"].items()
        }
        bottleneck = values["bottleneck_role"]
        return cls(
            name=values["name"],
            scenario_sha256=values["scenario_sha256"],
            model_sha256=values["model_sha256"],
            steps=steps,
            roles=[RoleFigures.read(row, bottleneck) for row in values["bottleneck"]],
            warnings=values["warnings"],
            abandoned=Estimate.read(values["cases"].get("abandoned", {}).get("share")),
        )

    @property
    def bottleneck(self) -> str | None:
        """The role that holds the cases up."""
        return next((role.role for role in self.roles if role.is_bottleneck), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The baseline beside one alternative."""

    baseline: Side
    alternative: Side
    kpis: Sequence[KpiDifference]
    steps: Sequence[StepDifference]
    is_passed: bool
    failures: Sequence[Mapping[str, str]]
    replications: int
    seed: int
    confidence: float
    currency: str

    @classmethod
    def read(cls, document: Mapping[str, Any], alternative: int = 0) -> Comparison:
        """Read the baseline and one of the alternatives, counted from 0."""
        values, scenarios = document["alternatives"][alternative], document["scenarios"]
        return cls(
            baseline=Side.read(scenarios[0]),
            alternative=Side.read(scenarios[alternative + 1]),
            kpis=[
                KpiDifference.read(
                    code,
                    kpi,
                    is_guarded=code in values["guards"],
                    confidence=document["confidence"],
                )
                for code, kpi in values["kpis"].items()
            ],
            steps=[
                StepDifference(name, Difference.read(step["wait"]))
                for name, step in values["activities"].items()
            ],
            is_passed=values["gate"]["result"] == "pass",
            failures=values["gate"]["reasons"],
            replications=document["replications"],
            seed=document["seed"],
            confidence=document["confidence"],
            currency=scenarios[0]["currency"],
        )

    @property
    def clear_alone(self) -> list[KpiDifference]:
        """The KPIs whose interval seems to say more than their verdict."""
        return [kpi for kpi in self.kpis if kpi.is_clear_alone]

    @property
    def headline(self) -> KpiDifference:
        """The KPI that the verdict begins with."""
        by_code = {kpi.code: kpi for kpi in self.kpis}
        return next((by_code[c] for c in HEADLINE_CODES if c in by_code), self.kpis[0])
