"""The built front end: from the name of an entry to the tags that load it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NotRequired, TypedDict

import orjson
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE_URL = "/static/dist/"


class AssetsNotBuilt(RuntimeError):
    """Pages need the front end that Vite builds."""

    def __init__(self, manifest: Path) -> None:
        super().__init__(f"{manifest} is missing: run `npm ci && npm run build` in frontend/")


class EntryNotBuilt(KeyError):
    """A page loads entries that exist in frontend/src/entries."""


class Chunk(TypedDict):
    """A file in Vite's manifest."""

    file: str
    css: NotRequired[list[str]]
    imports: NotRequired[list[str]]


class Assets:
    """Vite's manifest, read again when a build has replaced it."""

    def __init__(self, manifest: Path) -> None:
        self._manifest = manifest
        self._lock = threading.Lock()
        self._read_at_ns = -1
        self._chunks: dict[str, Chunk] = {}

    def tags(self, *entries: str) -> Markup:
        """Return the style sheets, preloads and scripts of some entries, each file once.

        The style sheet of a shared chunk stands at the chunk, not at the entry, so the imports
        are followed all the way down.
        """
        chunks = self._read()
        styles: dict[str, None] = {}
        preloads: dict[str, None] = {}
        scripts: dict[str, None] = {}
        for entry in entries:
            name = f"src/entries/{entry}.js"
            if name not in chunks:
                raise EntryNotBuilt(entry)
            for chunk in _with_imports(chunks, name, seen=set()):
                styles.update(dict.fromkeys(chunk.get("css", ())))
                preloads[chunk["file"]] = None
            scripts[chunks[name]["file"]] = None
        return Markup("\n").join(
            [
                *(Markup('<link rel="stylesheet" href="{}">').format(_url(f)) for f in styles),
                *(
                    Markup('<link rel="modulepreload" href="{}">').format(_url(f))
                    for f in preloads
                    if f not in scripts
                ),
                *(
                    Markup('<script type="module" src="{}"></script>').format(_url(f))
                    for f in scripts
                ),
            ]
        )

    def _read(self) -> dict[str, Chunk]:
        try:
            changed_at_ns = self._manifest.stat().st_mtime_ns
        except FileNotFoundError as error:
            if self._chunks:
                return self._chunks  # a build is replacing it this very moment
            raise AssetsNotBuilt(self._manifest) from error
        with self._lock:
            if changed_at_ns != self._read_at_ns:
                self._chunks = orjson.loads(self._manifest.read_bytes())
                self._read_at_ns = changed_at_ns
            return self._chunks


def _with_imports(chunks: dict[str, Chunk], name: str, *, seen: set[str]) -> Iterator[Chunk]:
    """Yield what a chunk imports, and then the chunk: the order in which styles must apply."""
    if name in seen:
        return
    seen.add(name)
    for imported in chunks[name].get("imports", ()):
        yield from _with_imports(chunks, imported, seen=seen)
    yield chunks[name]


def _url(file: str) -> str:
    return BASE_URL + file
