"""Distributions as they are written in a scenario: one kind, by its natural parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from simulation import distributions as d
from simulation.scenario.strict import Strict, ensure_one_of
from simulation.scenario.values import Amount, Duration, Number, SignedDuration, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

V = TypeVar("V", bound=float)  # what a value is: a duration or a number
Phases = Annotated[int, Field(strict=True, ge=1, le=1000)]


class Of(Strict, Generic[V]):
    """A part about durations or numbers; in the JSON Schema it is called after them."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Return such a name as MeanSdOfDuration."""
        names = {"Duration": Duration, "SignedDuration": SignedDuration, "Number": Number}
        what = next((name for name, kind in names.items() if kind == params[0]), str(params[0]))
        return f"{cls.__name__}Of{what}"


class MeanOnly(Of[V], Generic[V]):
    """Parameters of ``exponential``."""

    mean: V


class MeanSd(Of[V], Generic[V]):
    """Parameters of ``normal``, ``lognormal`` and ``gamma``: of the variable itself."""

    mean: V
    sd: V

    @model_validator(mode="after")
    def _spread(self) -> Self:
        if self.sd < 0:
            raise wrong("needs an sd that is not negative")
        return self


class MinModeMax(Of[V], Generic[V]):
    """Parameters of ``triangular``."""

    min: V
    mode: V
    max: V

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.mode <= self.max or self.min == self.max:
            raise wrong("needs min <= mode <= max, and min below max")
        return self


class MinMax(Of[V], Generic[V]):
    """Parameters of ``uniform``."""

    min: V
    max: V

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min < self.max:
            raise wrong("needs min below max")
        return self


class MeanPhases(Of[V], Generic[V]):
    """Parameters of ``erlang``; the mean is that of the whole, not of one phase."""

    mean: V
    phases: Phases


class ShapeScale(Of[V], Generic[V]):
    """Parameters of ``weibull``."""

    shape: Annotated[Amount, Field(ge=0.01, le=1e6)]
    scale: V


class MinMaxMeanSd(Of[V], Generic[V]):
    """Parameters of ``beta``."""

    min: V
    max: V
    mean: V
    sd: V

    @model_validator(mode="after")
    def _possible(self) -> Self:
        low, high, mean, sd = self.min, self.max, self.mean, self.sd
        if not low < mean < high:
            raise wrong("needs min < mean < max")
        if not 0 < sd < ((mean - low) * (high - mean)) ** 0.5:
            raise wrong("needs an sd above 0 and below √((mean − min)·(max − mean))")
        centre, spread = (mean - low) / (high - low), max(sd / (high - low), 1e-9)
        shapes = [part * (centre * (1 - centre) / spread**2 - 1) for part in (centre, 1 - centre)]
        if not all(0.01 <= shape <= 1e6 for shape in shapes):
            words = " and ".join(f"{shape:.3g}" for shape in shapes)
            raise wrong(f"needs another mean or sd: shapes of {words} are not from 0.01 to 1e6")
        return self


class Values(Of[V], Generic[V]):
    """Parameters of ``empirical``: the values, or a column of a CSV file and their unit."""

    values: Annotated[list[V], Field(min_length=1, max_length=200_000)] | None = None
    file: str | None = None
    column: str | None = None  # of the file; None: the first one
    unit: Literal["s", "min", "h", "d", "w"] | None = None  # of bare numbers in the file

    @model_validator(mode="after")
    def _there(self) -> Self:
        if self.values is None:
            words = "files are read beside a scenario file" if self.file else "is required"
            raise wrong(f"needs values: {words}")
        if self.file is None and (self.column or self.unit):
            raise wrong("needs a file when it has column or unit")
        return self


class Bins(Of[V], Generic[V]):
    """Parameters of ``histogram``."""

    edges: Annotated[list[V], Field(min_length=2, max_length=100_000)]
    weights: Annotated[list[Amount], Field(min_length=1)]

    @model_validator(mode="after")
    def _matching(self) -> Self:
        if len(self.edges) != len(self.weights) + 1:
            raise wrong("needs one edge more than weights")
        if any(not a < b for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise wrong("needs edges that rise")
        if sum(self.weights) <= 0:
            raise wrong("needs a weight above 0")
        return self


class Basic(Of[V], Generic[V]):
    """A distribution that is no mixture: exactly one of these kinds."""

    constant: V | None = None
    exponential: MeanOnly[V] | None = None
    normal: MeanSd[V] | None = None
    lognormal: MeanSd[V] | None = None
    triangular: MinModeMax[V] | None = None
    uniform: MinMax[V] | None = None
    gamma: MeanSd[V] | None = None
    erlang: MeanPhases[V] | None = None
    weibull: ShapeScale[V] | None = None
    beta: MinMaxMeanSd[V] | None = None
    empirical: Values[V] | None = None
    histogram: Bins[V] | None = None

    kinds: ClassVar[tuple[str, ...]] = (
        "constant", "exponential", "normal", "lognormal", "triangular", "uniform", "gamma",
        "erlang", "weibull", "beta", "empirical", "histogram",
    )  # fmt: skip

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        ensure_one_of(self, self.kinds, what="one distribution")
        kind, params = self.chosen()
        for name in _POSITIVE.get(kind, ()):
            if getattr(params, name) <= 0:
                raise wrong(f"needs {name} above 0 ({kind})")
        if kind in _SPREAD and not _LEAST_CV <= params.sd / params.mean <= _MOST_CV:
            raise wrong(f"needs an sd from {_LEAST_CV:g} to {_MOST_CV:,} times the mean ({kind})")
        return self

    def chosen(self) -> tuple[str, Any]:
        """Return the kind that is given and its parameters."""
        return next((k, v) for k in self.kinds if (v := getattr(self, k)) is not None)


class Weighted(Basic[V], Generic[V]):
    """A component of a mixture: a distribution and its weight."""

    weight: Amount


class Spec(Basic[V], Generic[V]):
    """A distribution: exactly one of these kinds."""

    mixture: Annotated[list[Weighted[V]], Field(min_length=1, max_length=100)] | None = None

    kinds: ClassVar[tuple[str, ...]] = (*Basic.kinds, "mixture")

    @model_validator(mode="after")
    def _has_weight(self) -> Self:
        if self.mixture is not None and sum(part.weight for part in self.mixture) <= 0:
            raise wrong("needs a weight above 0 (mixture)")
        return self


_SPREAD = ("lognormal", "gamma")
_LEAST_CV, _MOST_CV = 1e-5, 1_000  # beyond, nothing can be computed of them
_POSITIVE = {
    "exponential": ("mean",),
    "erlang": ("mean",),
    "lognormal": ("mean", "sd"),
    "gamma": ("mean", "sd"),
    "weibull": ("shape", "scale"),
}
DurationSpec = Spec[Duration]
SignedSpec = Spec[SignedDuration]
NumberSpec = Spec[Number]


# Parameters are checked by the models above, so that the builders may trust them.
_BUILDERS: dict[str, Callable[[Any], d.Distribution]] = {
    "constant": d.Constant,
    "exponential": lambda p: d.Exponential(p.mean),
    "lognormal": lambda p: d.LogNormal(p.mean, p.sd),
    "triangular": lambda p: d.Triangular(p.min, p.mode, p.max),
    "uniform": lambda p: d.Uniform(p.min, p.max),
    "gamma": lambda p: d.Gamma.by_sd(p.mean, p.sd),
    "erlang": lambda p: d.Gamma(p.mean, p.phases),
    "weibull": lambda p: d.Weibull(p.shape, p.scale),
    "beta": lambda p: d.Beta(p.min, p.max, p.mean, p.sd),
    "empirical": lambda p: d.Empirical(tuple(p.values or ())),
    "histogram": lambda p: d.Histogram(tuple(p.edges), tuple(p.weights)),
}


def build(spec: Basic[Any], *, floor: float | None = None) -> d.Distribution:
    """Return the distribution a spec describes; normal draws below ``floor`` are redrawn."""
    kind, params = spec.chosen()
    if kind == "normal":
        return d.Normal(params.mean, params.sd, floor)
    if kind == "mixture":
        weights = tuple(part.weight for part in params)
        return d.Mixture(weights, tuple(build(part, floor=floor) for part in params))
    return _BUILDERS[kind](params)
