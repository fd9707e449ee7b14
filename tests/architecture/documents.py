"""Reading Markdown: fenced blocks, their commands and links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.architecture.sources import ROOT, tracked_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")
EXECUTABLE = {"console", "bash"}


@dataclass
class Command:
    """One command of a block, and what it is said to print ("…" stands for anything)."""

    line: str
    output: list[str] = field(default_factory=list)

    def prints(self, text: str) -> bool:
        """Return whether the text is what the document says; trailing spaces do not count."""
        expected = "\n".join(line.rstrip() for line in self.output).strip()
        pattern = ".*".join(re.escape(part.strip()) for part in expected.split("…"))
        printed = "\n".join(line.rstrip() for line in text.splitlines()).strip()
        return not expected or re.fullmatch(pattern, printed, re.DOTALL) is not None


def commands(document: Path) -> Iterator[Command]:
    """Yield the commands of the executable blocks of a document."""
    for language, block in FENCE.findall(document.read_text(encoding="utf-8")):
        if language not in EXECUTABLE:
            continue
        command = None
        for line in block.splitlines():
            if line.startswith("$ ") or language == "bash":
                if command:
                    yield command
                command = Command(line.removeprefix("$ "))
            elif command:
                command.output.append(line)
        if command:
            yield command


def links(document: Path) -> list[str]:
    """Return the links of a document that lead into the repository."""
    text = ANY_FENCE.sub("", document.read_text(encoding="utf-8"))
    return [link for link in LINK.findall(text) if "://" not in link and link[0] != "#"]


def documents() -> list[Path]:
    """Return the Markdown files of the repository."""
    return [path for path in tracked_files() if path.suffix == ".md"]


def resolved(document: Path, link: str) -> Path:
    """Return the file that a link of a document means."""
    return (document.parent / link.partition("#")[0]).resolve()


__all__ = ["ROOT", "Command", "commands", "documents", "links", "resolved"]
