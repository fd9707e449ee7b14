"""``twinflow versions`` and ``route``: which version of a process starts new cases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from web.cli.lifecycle import dry_run
from web.cli.output import as_json, write_json, write_table
from web.cli.session import acting, opened_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.domain.routing import RoutingPreview, RoutingRule

_RULE = re.compile(r"(\d{1,9})\s*(?::\s*(?:([\d.]+)\s*%)?\s*(?:if\s+(.+))?)?", re.DOTALL)
because = click.option("--reason", required=True, help="Why; kept with the change.")


@click.group()
def versions() -> None:
    """Show the versions of a process; activate, retire and delete them.

    \b
    twinflow versions list complaint
    twinflow versions retire complaint 2 --as dora --reason "replaced by 3"

    Cases stay on the version they were started on; twinflow migrate moves them.
    """


@versions.command(name="list")
@click.argument("process")
@as_json
def list_versions(process: str, is_json: bool) -> None:
    """List the versions of a process with their cases."""
    with opened_engine() as engine:
        found, changes = engine.versions(process), engine.version_changes(process)
    if is_json:
        write_json({"versions": found, "changes": changes})
        return
    rows = (
        (
            one.definition.version,
            one.definition.state,
            f"{one.definition.deployed_at:%Y-%m-%d %H:%M} UTC",
            one.running,
            one.ended,
            ", ".join(f"rule {number}" for number in one.rules),
        )
        for one in found
    )
    columns = ("version", "state", "deployed", "running", "ended", "routing")
    write_table(f"Versions of {process}", columns, rows, right="version running ended")


@versions.command()
@click.argument("process")
@click.argument("version", type=int)
@because
@acting
def activate(process: str, version: int, reason: str, user_id: str) -> None:
    """Let new cases be started of a version, such as a draft."""
    with opened_engine() as engine:
        engine.activate_version(process, version, by=user_id, reason=reason)
    click.echo(f"{process} version {version} is active")


@versions.command()
@click.argument("process")
@click.argument("version", type=int)
@because
@acting
def retire(process: str, version: int, reason: str, user_id: str) -> None:
    """Let no new case be started of a version; running cases stay on it."""
    with opened_engine() as engine:
        found = engine.retire_version(process, version, by=user_id, reason=reason)
    click.echo(f"{process} version {version} is retired; {found.running} cases run on it")


@versions.command()
@click.argument("process")
@click.argument("version", type=int)
@because
@acting
def delete(process: str, version: int, reason: str, user_id: str) -> None:
    """Forget a version that is not active and never had a case."""
    with opened_engine() as engine:
        engine.delete_version(process, version, by=user_id, reason=reason)
    click.echo(f"{process} version {version} is deleted")


@click.group()
def route() -> None:
    """Send new cases to versions by share or rule: a pilot of a new version.

    \b
    twinflow route set complaint --rule "3: 20%" --as dora --reason pilot --dry-run
    twinflow route set complaint --rule "3: if unit == 'eye'" --rule "2" --as dora --reason "…"

    Rules are asked in their order. A share is told by the business key: the same case goes the
    same way. Whoever fits no rule goes to the newest active version.
    """


@route.command(name="show")
@click.argument("process")
@as_json
def show_route(process: str, is_json: bool) -> None:
    """Show the rules of a process, and who changed them."""
    with opened_engine() as engine:
        changes = engine.routing_changes(process)
    if is_json:
        write_json(changes)
        return
    if not changes or not changes[0].rules:
        click.echo(f"{process} has no rules: all cases go to the newest active version")
    else:
        _write_rules(process, changes[0].rules)
    rows = (
        (f"{one.changed_at:%Y-%m-%d %H:%M} UTC", one.changed_by, len(one.rules), one.reason)
        for one in changes
    )
    write_table("Changes", ("when", "who", "rules", "why"), rows, right="rules")


@route.command(name="set")
@click.argument("process")
@click.option(
    "--rule", "texts", multiple=True, metavar="RULE",
    help='"3: 20%", "3: if age > 60", "3: 20% if age > 60" or "3"; none: no rules any more.',
)  # fmt: skip
@because
@acting
@dry_run
@as_json
def set_route(
    *,
    process: str,
    texts: Sequence[str],
    reason: str,
    user_id: str,
    is_dry_run: bool,
    is_json: bool,
) -> None:
    """Replace the rules of a process; the dry run sends the newest cases there are.

    It looks at the values the cases have now, not at those they were started with.
    """
    rules = [_rule(text) for text in texts]
    with opened_engine() as engine:
        seen = engine.preview_routing(process, by=user_id, rules=rules)
        if not is_dry_run:
            engine.set_routing(process, rules, by=user_id, reason=reason)
    if is_json:
        write_json({"rules": rules, "preview": seen, "is_done": not is_dry_run})
        return
    _write_rules(process, rules)
    _write_preview(seen)


def _rule(text: str) -> RoutingRule:
    from engine.domain.routing import RoutingRule

    found = _RULE.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f'{text!r} is no rule such as "3: 20%" or "3: if age > 60"')
    version, share, condition = found.groups()
    try:
        percent = None if share is None else float(share)
    except ValueError:
        raise click.BadParameter(f"{share!r} is no share such as 20%") from None
    return RoutingRule(int(version), condition, percent)


def _write_rules(process: str, rules: Sequence[RoutingRule]) -> None:
    rows = ((number, rule, rule.version) for number, rule in enumerate(rules, 1))
    write_table(f"Routing of {process}", ("rule", "which", "version"), rows, right="rule version")


def _write_preview(seen: RoutingPreview) -> None:
    total = len(seen.cases) or 1
    rows = (
        (version, number, f"{100 * number / total:.1f} %")
        for version, number in sorted(seen.by_version.items())
    )
    title = f"Where the newest {len(seen.cases)} cases would go"
    write_table(title, ("version", "cases", "share"), rows, right="version cases share")
