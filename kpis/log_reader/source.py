"""From the bytes of a file to its lines: unpacked, decoded, and never more than a limit."""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from kpis.errors import EventLogInvalid, LogProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MIB = 1 << 20
_GZIP = b"\x1f\x8b"
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip or Excel file; save it as CSV",
    b"PAR1": "a Parquet file; save it as CSV",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it, or pack it with gzip",
    b"%PDF": "a PDF file",
}
NOTHING = "nothing is imported"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused."""

    bytes: int = 1024 * _MIB  # unpacked
    line: int = _MIB
    ratio: int = 300  # unpacked to packed, once ``ratio_from`` bytes are unpacked
    ratio_from: int = 32 * _MIB


LIMITS = Limits()


def refused(source: str, line: int | None, rule: str) -> EventLogInvalid:
    """Return the error that refuses a whole file at a line."""
    read = "" if line is None or line < 2 else f"; {line - 1:,} lines were read"
    return EventLogInvalid([LogProblem(source, f"{rule}{read}; {NOTHING}", row=line)])


class _Bytes:
    """Reads a file, unpacked if it is packed, and stops at the limits."""

    def __init__(self, file: IO[bytes], path: Path, limits: Limits) -> None:
        self._packed_size = max(path.stat().st_size, 1)
        self._limits = limits
        is_packed = file.peek(2)[:2] == _GZIP  # type: ignore[attr-defined] # a buffered reader
        self._file = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if is_packed else file
        self._read = 0

    def line(self) -> bytes:
        """Return the next line, or what is left."""
        return self._counted(self._file.readline(self._limits.line + 1))

    def block(self) -> bytes:
        """Return the next bytes, whatever lines they make."""
        return self._counted(self._file.read(_MIB))

    def _counted(self, data: bytes) -> bytes:
        self._read += len(data)
        if self._read > self._limits.bytes:
            raise _TooMuch(f"it is longer than {self._limits.bytes // _MIB:,} MiB")
        is_bomb = self._read > self._packed_size * self._limits.ratio
        if self._read > self._limits.ratio_from and is_bomb:
            raise _TooMuch(f"it unpacks to more than {self._limits.ratio} times its size")
        return data


class _TooMuch(Exception):
    """A file must fit in memory."""


@contextmanager
def opened(path: Path, limits: Limits = LIMITS) -> Iterator[_Bytes]:
    """Open a file for reading by lines or blocks. Raises EventLogInvalid for what is no log."""
    with path.open("rb") as file:
        head = file.peek(8)[:8]
        for magic, what in _OTHER_KINDS.items():
            if head.startswith(magic):
                raise refused(path.name, None, f"the file is {what}")
        if not head:
            raise refused(path.name, None, "the file is empty")
        yield _Bytes(file, path, limits)


def lines(path: Path, encoding: str | None = None, limits: Limits = LIMITS) -> Iterator[str]:
    """Yield the lines of a text file with their ends."""
    number = 1
    with opened(path, limits) as source:
        try:
            for number, line in enumerate(_decoded(source, encoding, limits), start=1):
                if "\0" in line:
                    raise refused(path.name, number, "the file is not text")
                yield line
                number += 1  # noqa: PLW2901 -- where the next line fails
        except EOFError:
            raise refused(path.name, number, "the file is cut off here") from None
        except (gzip.BadGzipFile, zlib.error):
            raise refused(path.name, number, "the packed file is damaged here") from None
        except UnicodeDecodeError as error:
            rule = f"the text is not {error.encoding}; say which encoding it is in"
            raise refused(path.name, number, rule) from None
        except _TooMuch as error:
            raise refused(path.name, number, f"the file is too large: {error}") from None


def blocks(path: Path, limits: Limits = LIMITS) -> Iterator[bytes]:
    """Yield the bytes of a file, unpacked, block by block."""
    with opened(path, limits) as source:
        try:
            while block := source.block():
                yield block
        except EOFError:
            raise refused(path.name, None, "the packed file is cut off") from None
        except (gzip.BadGzipFile, zlib.error):
            raise refused(path.name, None, "the packed file is damaged") from None
        except _TooMuch as error:
            raise refused(path.name, None, f"the file is too large: {error}") from None


def first_text(path: Path) -> str:
    """Return how a file begins, as far as it can be told."""
    with opened(path) as source:
        try:
            head = source.line()[:4096]
        except (EOFError, gzip.BadGzipFile, zlib.error, _TooMuch):
            raise refused(path.name, 1, "the packed file is cut off or damaged") from None
    return head.decode(_encoding_of(head) or "utf-8", errors="replace").lstrip("\ufeff")


def _encoding_of(head: bytes) -> str | None:
    return next((name for bom, name in _BOMS.items() if head.startswith(bom)), None)


def _decoded(source: _Bytes, encoding: str | None, limits: Limits) -> Iterator[str]:
    first = source.line()
    encoding = encoding or _encoding_of(first) or "utf-8"
    if encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        yield from _decoded_wide(first, source, encoding)
        return
    line = first
    while line:
        if len(line) > limits.line:
            raise _TooMuch(f"a line is longer than {limits.line:,} characters")
        yield line.decode(encoding)
        line = source.line()
        encoding = "utf-8" if encoding == "utf-8-sig" else encoding


def _decoded_wide(first: bytes, source: _Bytes, encoding: str) -> Iterator[str]:
    """Decode a text whose characters take several bytes, and which is in memory as a whole."""
    data = bytearray(first)
    while block := source.block():
        data += block
    yield from bytes(data).decode(encoding).splitlines(keepends=True)
