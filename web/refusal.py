"""Refusal: a page that says why something was not done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """What happened, what is not lost, what to do."""

    status: int
    happened: str
    is_safe: str  # what is not lost
    to_do: str
    reference: str = ""
    retry_after_s: int | None = None  # when the same request may do better
