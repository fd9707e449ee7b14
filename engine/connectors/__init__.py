"""What a service task can call, by name.

None yet: with no name registered, lint refuses every service task in words.
"""

from __future__ import annotations

NAMES: frozenset[str] = frozenset()
