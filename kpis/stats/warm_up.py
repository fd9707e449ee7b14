"""Where the warm-up of a run ends: MSER-5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BATCH = 5


@dataclass(frozen=True, slots=True)
class Truncation:
    """How many of the first values to leave out.

    ``is_found`` is false where the best cut lies at the last one allowed, half of the series:
    the series is too short to tell, or never becomes steady.
    """

    count: int
    is_found: bool


def mser5(series: ArrayLike) -> Truncation:
    """Cut where the rest of the series gives the surest mean.

    The series is averaged in batches of five; the cut d minimises Σ(y − ȳ)² / (n − d)² over
    the first half. Values that are NaN are refused.

    Source: White, Cobb and Spratt, Winter Simulation Conference (2000), 755.
    """
    values = np.asarray(series, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError(f"need a flat series of finite values; got shape {values.shape}")
    batches = values[: values.size // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    if batches.size < 2:
        return Truncation(0, is_found=False)
    centred = batches - batches.mean()  # the same answer, without cancellation of large numbers
    left = np.arange(batches.size, 0, -1)
    sums, squares = (np.cumsum(part[::-1])[::-1] for part in (centred, centred**2))
    spread = (squares - sums**2 / left) / left.astype(np.float64) ** 2
    last = batches.size // 2
    cut = int(np.argmin(spread[: last + 1]))
    return Truncation(cut * BATCH, is_found=cut < last)
