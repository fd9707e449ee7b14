"""Writes the generated reference pages: ``python3 dev.py docs``; a test compares them.

The pages are checked in, so that they can be read without running anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docs import bpmn_support
from kpis import reference
from web.cli.root import twinflow

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "reference"
WIDTH = 88
CLI_HEAD = """\
# The command line

Written from the command line's own `--help` by `python3 dev.py docs`; do not edit.
Install: `python3 dev.py setup`, then `.venv/bin/twinflow`. Exit status: 0 done or passed,
1 refused or failed, 2 the input is wrong. What a program may read is JSON with `--json`.
"""


def cli_page() -> str:
    """Return the help of every command, in the order of ``twinflow --help``."""
    parts = [CLI_HEAD]
    for words, text in _helps(twinflow, ("twinflow",)):
        parts.append(f"## {' '.join(words)}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _helps(
    command: click.Command, words: tuple[str, ...], parent: click.Context | None = None
) -> Iterator[tuple[tuple[str, ...], str]]:
    settings = command.context_settings
    context = click.Context(
        command, info_name=words[-1], parent=parent, terminal_width=WIDTH, **settings
    )
    yield words, command.get_help(context).rstrip()
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _helps(below, (*words, name), context)


PAGES = {
    "bpmn-support.md": bpmn_support.page,
    "cli.md": cli_page,
    "kpis.md": reference.reference_page,
}


def main() -> None:
    """Write every generated page anew."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
