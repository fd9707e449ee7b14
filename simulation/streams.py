"""Counter-based random numbers: u = hash(seed, replication, purpose, element, case, visit).

Random access without state. The same key gives the same number in every scenario, whatever
else happens there (common random numbers), and an activity that is inserted shifts nothing.
Cases are named by where and as the how-manieth they arrived, so that a second source of
arrivals does not shift the first.

Source: SplitMix64 finaliser (Steele, Lea, Flood 2014), applied once per part of the key.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_VISIT = 0xC2B2AE3D27D4EB4F


class Purpose(StrEnum):
    """What a random number is for; part of its key."""

    ARRIVAL = "arrival"
    NO_SHOW = "no_show"
    GROUP = "group"
    ATTRIBUTE = "attribute"
    DURATION = "duration"
    BRANCH = "branch"
    REPETITION = "repetition"
    PATIENCE = "patience"
    UP = "up"
    DOWN = "down"


def _mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def _mix_all(z: Keys) -> Keys:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


@lru_cache(maxsize=4096)
def _name_key(purpose: str, element: str) -> int:
    digest = blake2b(f"{purpose}\0{element}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def case_keys(source: str, count: int) -> Keys:
    """Return the keys of the first ``count`` cases that arrive at ``source``."""
    base = np.uint64(_name_key("case", source))
    return _mix_all(base + np.arange(count, dtype=np.uint64) * np.uint64(_GOLDEN))


def companion_keys(keys: Keys, place: NDArray[np.int64]) -> Keys:
    """Return the keys of cases that come in a group; the first (place 0) keeps its own."""
    others = _mix_all(keys ^ (place.astype(np.uint64) * np.uint64(_VISIT)))
    return np.where(place == 0, keys, others)


def child_keys(senders: Keys, source: str, number: int) -> Keys:
    """Return the keys of the cases that other cases started at ``source``."""
    return _mix_all(senders + np.uint64((_name_key("case", source) + number * _GOLDEN) & _MASK))


class Streams:
    """The random numbers of one replication; the same in every scenario."""

    __slots__ = ("_root",)

    def __init__(self, seed: int, replication: int) -> None:
        self._root = _mix(_mix((seed + _GOLDEN) & _MASK) + (replication + 1) * _GOLDEN & _MASK)

    def uniforms(
        self, purpose: Purpose, element: str, cases: Keys, *, visit: int = 0
    ) -> NDArray[np.float64]:
        """Return one number in (0, 1) per case for a visit to an element."""
        root = _mix(self._root ^ _name_key(purpose.value, element))
        stream = _mix((root + (visit + 1) * _VISIT) & _MASK)
        hashed = _mix_all(cases + np.uint64(stream))
        # 52 bits and a half: neither 0 nor 1 can come out
        return np.asarray(((hashed >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52)
