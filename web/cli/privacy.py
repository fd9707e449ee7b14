"""``twinflow privacy``: find a person in the cases, and erase their values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.output import answer, as_json, write_json, write_table
from web.cli.session import acting, opened_engine
from web.erasure_ledger import AFTER_A_RESTORE, NAME, add, references

if TYPE_CHECKING:
    from engine.domain.vault import Erasure

_file = click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"The ledger; by default {NAME} in the folder of the installation (TWINFLOW_VAR).",
)


@click.group()
def privacy() -> None:
    """Find a person and erase their values; for the quality officer and administrators.

    \b
    twinflow privacy find "Li Si" --as erin
    twinflow privacy erase 7 --as erin --reason "asked on 2 March"
    twinflow privacy erase 7 --as erin --reason "asked on 2 March" --really
    twinflow privacy again --as erin --really         # after a backup was restored
    """


@privacy.command()
@click.argument("text")
@acting
@as_json
def find(text: str, user_id: str, is_json: bool) -> None:
    """List the cases in which a text stands, in personal values or elsewhere."""
    with opened_engine() as engine:
        found = engine.find_subject(text, by=user_id)
    if is_json:
        write_json(found)
        return
    rows = (
        (
            case.instance_id,
            f"{case.process_key}/{case.business_key}",
            case.state,
            ", ".join(case.fields),
            "yes" if case.is_in_plain_values else "",
        )
        for case in found
    )
    columns = ("number", "case", "state", "personal values", "in plain values")
    write_table(f"{len(found)} cases", columns, rows)


@privacy.command()
@click.argument("case", type=int)
@acting
@click.option("--reason", required=True, help="Why; kept with the erased values.")
@click.option("--really", is_flag=True, help="Without it, only what would be erased is counted.")
@as_json
def erase(case: int, user_id: str, reason: str, really: bool, is_json: bool) -> None:
    """Erase the personal values of a case by its number, with drafts, mails, and quoting texts.

    The cases that it called, and that called it, are erased with it. History and KPIs stay.
    """
    with opened_engine() as engine:
        erased = engine.erase_case_values(case, by=user_id, reason=reason, is_dry_run=not really)
        if really:
            add(_ledger(None), engine.erasure_ledger(by=user_id))
    _tell(erased, is_json=is_json)


@privacy.command()
@acting
@_file
@as_json
def ledger(user_id: str, file: Path | None, is_json: bool) -> None:
    """Bring the ledger of erasures up to date: run it with every backup.

    Erasing by the command line does so by itself. A line holds a reference, when and by whom;
    nothing tells whose value it was. Keep a copy where backups of the database are not.
    """
    path = _ledger(file)
    with opened_engine() as engine:
        new = add(path, engine.erasure_ledger(by=user_id))
    count = len(references(path))
    document = {"file": str(path), "lines": count, "new": new}
    answer(document, f"{path}: {count} lines, {new} new", is_json=is_json)


@privacy.command()
@acting
@_file
@click.option("--really", is_flag=True, help="Without it, only what would be erased is counted.")
@as_json
def again(user_id: str, file: Path | None, really: bool, is_json: bool) -> None:
    """Erase what the ledger says is erased, but a restored backup brought back.

    The server does so by itself when it starts, with the ledger of its own folder.
    """
    erased_before = references(_ledger(file))
    with opened_engine() as engine:
        erased = engine.erase_again(
            erased_before, by=user_id, reason=AFTER_A_RESTORE, is_dry_run=not really
        )
    _tell(erased, is_json=is_json)


def _ledger(file: Path | None) -> Path:
    """Return where the ledger is: beside the other files of the installation, or elsewhere."""
    from web.bootstrap import var_folder  # slow: the whole application

    return file or var_folder() / NAME


def _tell(erased: Erasure, *, is_json: bool) -> None:
    if is_json:
        write_json(erased)
        return
    for line in told(erased):
        click.echo(line)


def told(erased: Erasure) -> list[str]:
    """Return what was erased, or would be, in words."""
    verb = "erased" if erased.is_done else "would be erased"
    counts = f"{erased.values} values, {erased.drafts} drafts, {erased.mails} mails"
    cases = f"{erased.texts} texts of {len(erased.instance_ids)} cases"
    lines = [f"{verb}: {counts} and {cases}"]
    if erased.left_in_cases:
        numbers = ", ".join(map(str, erased.left_in_cases))
        lines.append(f"left: case {numbers} quotes a value where nobody marked it, and goes on")
    if erased.left_in_history:
        lines.append(f"left: {erased.left_in_history} events quote a value; history never changes")
    if erased.is_done and not erased.is_scrubbed:
        lines.append("old pages of the database are overwritten later")
    return lines
