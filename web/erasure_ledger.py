"""The ledger of erasures: a file beside the database, so that no restored backup brings them back.

A line names a value by its reference, when it was erased and by whom; nothing in it tells whose
it was. Lines are only added.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.domain.vault import ErasedValue

NAME = "erasures.jsonl"
AFTER_A_RESTORE = "erased again: a restored backup had brought it back"


class BrokenLedger(ValueError):
    """Each line of a ledger is a JSON object with a reference."""

    def __init__(self, file: Path, line: int) -> None:
        allowed = 'an object such as {"reference": "…", "erased_at": "…", "erased_by": "…"}'
        super().__init__(f"{file}:{line}: this is no line of a ledger; allowed: {allowed}")


def references(file: Path) -> list[str]:
    """Return the references in a ledger, in order; none if there is no file."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_reference(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def add(file: Path, erased: Iterable[ErasedValue]) -> int:
    """Add what is not in a ledger yet, so that it outlives a power cut; return how many lines."""
    known = set(references(file))
    new = [one for one in erased if one.reference not in known]
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as ledger:
            ledger.writelines(f"{_line(one)}\n" for one in new)
            ledger.flush()
            os.fsync(ledger.fileno())
    return len(new)


def _line(one: ErasedValue) -> str:
    told = {
        "reference": one.reference,
        "erased_at": one.erased_at.isoformat(),
        "erased_by": one.erased_by,
    }
    return json.dumps(told, ensure_ascii=False)


def _reference(file: Path, number: int, line: str) -> str:
    try:
        found = json.loads(line)["reference"]
    except (ValueError, TypeError, KeyError):
        raise BrokenLedger(file, number) from None
    if not isinstance(found, str):
        raise BrokenLedger(file, number)
    return found
