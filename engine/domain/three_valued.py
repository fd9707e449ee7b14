"""True, false or unknown: what several answers come to (DMN 1.3, clause 10.3.2.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def decided(answers: Iterable[object], *, by: bool) -> bool | None:
    """Return the answer that one alone decides, or its opposite if every one is that.

    *And* is decided by false, *or* by true. None: not known, as some answer is neither.
    """
    is_known = True
    for answer in answers:
        if answer is by:
            return by
        is_known = is_known and answer is (not by)
    return not by if is_known else None
