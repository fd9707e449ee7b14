"""The catalogue: what each key performance indicator means, for people and for programs.

How a figure is computed lives in ``kpis.measures``; the codes are the same for live and for
simulated cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Direction(StrEnum):
    """Which values of a KPI are better."""

    LOWER = "lower"
    HIGHER = "higher"
    BAND = "band"  # best inside the target


class Unit(StrEnum):
    """What a figure counts; pages choose minutes or hours for seconds themselves."""

    SECONDS = "s"
    SHARE = "share"  # 0 to 1
    COUNT = "count"
    PER_HOUR = "1/h"
    MONEY = "money"  # in the currency of the staffing plan


class Per(StrEnum):
    """Over what the figure of a KPI is broken down."""

    CASE = "case"
    ROLE = "role"
    ELEMENT = "element"


@dataclass(frozen=True, slots=True)
class Target:
    """The values wished for, both ends included; None is unbounded.

    ``is_change``: the bounds are changes against AS-IS (-0.2: a fifth less), not values.
    """

    low: float | None = None
    high: float | None = None
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class Kpi:
    """One line of the catalogue."""

    code: str
    name_en: str
    name_zh: str
    unit: Unit
    direction: Direction
    formula: str
    interval: str  # how sure the figure of one log is, and why there may be no interval
    source: str
    per: Per = Per.CASE
    default_target: Target | None = None

    def name(self, language: str) -> str:
        """Return the name in a language; any but Chinese is shown in English."""
        return self.name_zh if language.lower().startswith("zh") else self.name_en


_MEAN = "jackknife over days"
_SIMULATED = "event log of a simulation; recorded history tells only of cancelled cases"
_TIME_AVERAGE = "none: a time average of one log is one observation; replications give one"

_KPIS = (
    Kpi(
        code="OP-CT",
        name_en="Cycle time",
        name_zh="周期时间",
        unit=Unit.SECONDS,
        direction=Direction.LOWER,
        formula="mean of end − start over completed cases",
        interval=_MEAN,
        source="event log",
        default_target=Target(high=-0.20, is_change=True),
    ),
    Kpi(
        code="OP-CT90",
        name_en="90th percentile of cycle time",
        name_zh="周期时间90分位",
        unit=Unit.SECONDS,
        direction=Direction.LOWER,
        formula="90 % of completed cases take end − start or less",
        interval="jackknife over days, at least as wide as order statistics (binomial)",
        source="event log",
    ),
    Kpi(
        code="OP-WT",
        name_en="Waiting time",
        name_zh="等待时间",
        unit=Unit.SECONDS,
        direction=Direction.LOWER,
        formula="Σ (started − scheduled) over the activities of a case, mean over completed cases",
        interval=_MEAN,
        source="event log",
        per=Per.ELEMENT,
    ),
    Kpi(
        code="OP-TT",
        name_en="Touch time",
        name_zh="作业时间",
        unit=Unit.SECONDS,
        direction=Direction.LOWER,
        formula="Σ active work of staff on a case, mean over completed cases; customers' own work "
        "and delays do not count",
        interval=_MEAN,
        source="event log",
        per=Per.ELEMENT,
    ),
    Kpi(
        code="OP-FE",
        name_en="Flow efficiency",
        name_zh="流程效率",
        unit=Unit.SHARE,
        direction=Direction.HIGHER,
        formula="Σ touch time ÷ Σ cycle time over completed cases",
        interval="jackknife of the ratio over days",
        source="event log",
        default_target=Target(low=0.30),
    ),
    Kpi(
        code="OP-STEP",
        name_en="Steps per case",
        name_zh="步骤数",
        unit=Unit.COUNT,
        direction=Direction.LOWER,
        formula="activities completed by staff, mean over completed cases",
        interval=_MEAN,
        source="event log",
        per=Per.ELEMENT,
        default_target=Target(high=-0.15, is_change=True),
    ),
    Kpi(
        code="OP-ABD",
        name_en="Abandonment",
        name_zh="放弃率",
        unit=Unit.SHARE,
        direction=Direction.LOWER,
        formula="cases that were abandoned (their patience was at an end, or the queue was full) "
        "÷ cases that ended, completed or not",
        interval="jackknife of the ratio over days",
        source=_SIMULATED,
        per=Per.ELEMENT,
        default_target=Target(high=0.05),
    ),
    Kpi(
        code="OP-TH",
        name_en="Throughput",
        name_zh="吞吐量",
        unit=Unit.PER_HOUR,
        direction=Direction.HIGHER,
        formula="cases completed inside the window ÷ hours of the window",
        interval=_TIME_AVERAGE,
        source="event log",
    ),
    Kpi(
        code="OP-WIP",
        name_en="Work in progress",
        name_zh="在制量",
        unit=Unit.COUNT,
        direction=Direction.LOWER,
        formula="∫ open cases over the window ÷ length of the window",
        interval=_TIME_AVERAGE,
        source="event log",
    ),
    Kpi(
        code="OP-UT",
        name_en="Utilisation",
        name_zh="资源利用率",
        unit=Unit.SHARE,
        direction=Direction.BAND,
        formula="time at work in the shifts of the window ÷ (units × shifts of the window), "
        "overtime left out; overall: Σ busy ÷ Σ available",
        interval=_TIME_AVERAGE,
        source="event log, staffing plan",
        per=Per.ROLE,
        default_target=Target(low=0.70, high=0.85),
    ),
    Kpi(
        code="OP-QL",
        name_en="Queue length",
        name_zh="队列长度",
        unit=Unit.COUNT,
        direction=Direction.LOWER,
        formula="∫ activities scheduled and not started over the window ÷ length of the window, "
        "per role; overall: the sum",
        interval=_TIME_AVERAGE,
        source="event log",
        per=Per.ROLE,
        default_target=Target(high=5),
    ),
    Kpi(
        code="CO-CPC",
        name_en="Cost per case",
        name_zh="单次服务成本",
        unit=Unit.MONEY,
        direction=Direction.LOWER,
        formula="Σ (active work × rate of the role + fixed cost of the visit) of all cases that "
        "ended, completed or not ÷ completed cases",
        interval="jackknife of the ratio over days",
        source="event log, staffing plan",
        per=Per.ELEMENT,
        default_target=Target(high=-0.10, is_change=True),
    ),
)

CATALOGUE: Mapping[str, Kpi] = MappingProxyType({kpi.code: kpi for kpi in _KPIS})
# A case that is cancelled by the staff may be a customer's who had enough; history cannot tell.
RECORDED = tuple(kpi.code for kpi in _KPIS if kpi.source != _SIMULATED)
