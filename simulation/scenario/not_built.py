"""Fields that the format knows and the simulator cannot do yet: refused, never ignored.

One list. Who builds a feature takes its line away, in the commit that adds its tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulation.scenario.yaml_lines import Key

# Path of the field, * for a name, ** for any path. After "=" the value that is
# meant, where others are simulated.
NOT_BUILT: dict[str, str] = {
}


Pattern = tuple[tuple[str, ...], str, str]  # parts of the path, the value meant, in words


def not_built(
    raw: Mapping[str, Any], fields: Mapping[str, str] = NOT_BUILT
) -> Iterator[tuple[Key, object, str]]:
    """Yield the fields of a document as it was written that are not simulated yet."""
    patterns: list[Pattern] = []
    for key, what in fields.items():
        field, _, only = key.partition("=")
        patterns.append((tuple(field.split(".")), only, what))
    yield from _below((), raw, patterns)


def _below(path: Key, value: Any, patterns: list[Pattern]) -> Iterator[tuple[Key, object, str]]:
    if what := _words(path, value, patterns):
        shown = None if isinstance(value, dict | list) else value
        yield path, shown, f"is not supported yet: {what}"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _below((*path, key), item, patterns)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, dict):
                yield from _below((*path, i), item, patterns)


def _words(path: Key, value: Any, patterns: list[Pattern]) -> str | None:
    for parts, only, what in patterns:
        if _is_at(parts, path) and _is_meant(only, value):
            return what
    return None


def _is_at(parts: tuple[str, ...], path: Key) -> bool:
    """Whether a path follows a pattern; one that begins with ** may stand anywhere."""
    if parts[0] == "**":
        parts, path = parts[1:], path[1 - len(parts) :]
    if len(parts) != len(path):
        return False
    return all(want in ("*", part) for want, part in zip(parts, path, strict=True))


def _is_meant(only: str, value: Any) -> bool:
    """Whether this value is meant; % stands for every share."""
    if not only:
        return True
    return not isinstance(value, dict) if only == "%" else value == only
