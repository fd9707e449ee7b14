"""How often and how soon work that failed is tried again."""

from __future__ import annotations

import hashlib
from datetime import timedelta

MOST_ATTEMPTS = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 10.0, 3600.0
JITTER_SHARE = 0.2


def pause(failures: int, *, seed: str) -> timedelta:
    """Return how long to wait after so many failures: ten seconds, then twice as long each time.

    Up to a fifth more or less, so that what failed together does not come back together; the
    same seed gives the same pause.
    """
    longer_s: float = min(FIRST_PAUSE_S * 2 ** min(failures - 1, 20), LONGEST_PAUSE_S)
    return timedelta(seconds=longer_s * jitter(f"{seed}/{failures}"))


def jitter(seed: str) -> float:
    """Return a factor between 0.8 and 1.2 that depends on the seed alone."""
    # Not a checksum: those of "job 1" to "job 9" lie side by side.
    position = hashlib.blake2b(seed.encode(), digest_size=4).digest()
    position_share = int.from_bytes(position, "big") / 0xFFFFFFFF
    return 1 - JITTER_SHARE + 2 * JITTER_SHARE * position_share
