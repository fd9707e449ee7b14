"""How the command line writes: tables for people, JSON for programs, progress on stderr."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

as_json = click.option("--json", "is_json", is_flag=True, help="Write JSON for a program.")


def write_json(document: object) -> None:
    """Write one JSON document to stdout, the same bytes for the same document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def answer(document: object, words: str, *, is_json: bool) -> None:
    """Say what came of a command: a document for a program, words for a person."""
    if is_json:
        write_json(document)
    else:
        click.echo(words)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def write_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: str = ""
) -> None:
    """Write a table; ``right`` names the columns of figures, parted by blanks."""
    from rich.box import SIMPLE_HEAD  # rich costs a tenth of a second
    from rich.table import Table

    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right" if column in right.split() else "left")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console().print(table)


def console(*, is_stderr: bool = False) -> Any:
    """Return a console that writes plain text into files and pipes, as wide as it needs."""
    from rich.console import Console

    target = Console(stderr=is_stderr, highlight=False, soft_wrap=False)
    if not target.is_terminal:
        target.width = 160
    return target


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with the time left on a terminal; elsewhere nothing is written."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    target = console(is_stderr=True)
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=target, transient=True, disable=not target.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def advance(done: int, planned: int) -> None:
            bar.update(task, completed=done, total=planned)

        yield advance


def figure_text(
    value: float | None,
    unit: str,
    *,
    half_width: float | None = None,
    beside: Iterable[float | None] = (),
) -> str:
    """Write a KPI's value with its unit, and half its interval in the same unit.

    The unit suits the largest of the value and those ``beside`` it in a row.
    """
    if value is None:
        return "no data"
    divisor, name = _scale(max(abs(v) for v in (value, *beside) if v is not None), unit)
    digits = 1 if unit in {"s", "share"} else 2
    text = f"{value / divisor:,.{digits}f}"
    if half_width is not None:
        text += f" ± {half_width / divisor:,.{digits}f}"
    return text + name


def _scale(largest: float, unit: str) -> tuple[float, str]:
    """Return what to divide by and how to write the unit; seconds as the pages write them."""
    if unit == "share":
        return 0.01, " %"
    if unit != "s":
        return 1.0, ""
    steps = ((120, 1, " s"), (10_800, 60, " min"), (172_800, 3600, " h"))
    return next(
        ((float(divisor), name) for limit, divisor, name in steps if largest < limit),
        (86_400.0, " d"),
    )
