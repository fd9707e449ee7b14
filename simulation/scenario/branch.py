"""``branches`` of a scenario: which way a case goes at a gateway."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from simulation.scenario.strict import SHARE_FORM, Form, Strict
from simulation.scenario.values import Share, wrong

Shares = dict[str, Share]
_TABLE = {"by", "table"}


class Branch(Strict):
    """Shares of the flows, the conditions of the model, or shares by a case attribute."""

    shares: Shares | None = None
    by: str | None = None  # attribute
    table: dict[str, Shares] = Field(default_factory=dict, min_length=1)  # by value of it
    otherwise: Shares | None = Field(default=None, alias="else")

    @classmethod
    def short_forms(cls) -> tuple[Form, ...]:
        """Return shares by flow, and the word for the conditions of the model."""
        return {"type": "object", "additionalProperties": SHARE_FORM}, {"const": "condition"}

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if value == "condition":
            return {}
        if not isinstance(value, dict):
            raise wrong("must be shares of the flows, condition, or a table by attribute")
        return value if value.keys() >= _TABLE else {"shares": value}

    @property
    def is_condition(self) -> bool:
        """Whether the conditions of the model decide."""
        return self.shares is None and self.by is None
