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
