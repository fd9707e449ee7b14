"""``twinflow privacy``: find a person in the cases, and erase their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.output import as_json, write_json, write_table
from web.cli.session import acting, opened_engine

if TYPE_CHECKING:
    from engine.domain.vault import Erasure


@click.group()
def privacy() -> None:
    """Find a person and erase their values; for the quality officer and administrators.

    \b
    twinflow privacy find "Li Si" --as erin
    twinflow privacy erase 7 --as erin --reason "asked on 2 March"
    twinflow privacy erase 7 --as erin --reason "asked on 2 March" --really
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
