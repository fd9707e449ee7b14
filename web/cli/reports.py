"""Results of rehearsals as tables for people; the documents are those of ``--json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kpis.catalogue import CATALOGUE
from web.cli.output import figure_text, write_table
from web.comparison_document import Comparison

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.comparison_document import KpiDifference

    Document = Mapping[str, Any]


def write_experiment(document: Document) -> None:
    """Write the result of one scenario."""
    title = f"{document['name']['en']}: {document['replications']} replications"
    rows = (
        (code, CATALOGUE[code].name_en, with_half_width(entry, entry["unit"]))
        for code, entry in document["kpis"].items()
    )
    write_table(title, ("code", "KPI", "mean ± half-width (95 %)"), rows)
    write_activities(document)
    write_resources(document)
    write_remarks(document)


def write_activities(document: Document) -> None:
    """Write where cases wait."""
    rows = (
        (
            name,
            with_half_width(entry["visits"], "count"),
            with_half_width(entry["wait"], "s"),
            with_half_width(entry["work"], "s"),
        )
        for name, entry in document["activities"].items()
    )
    write_table("Activities", ("activity", "visits", "wait", "work"), rows)


def write_resources(document: Document) -> None:
    """Write how busy everybody is."""
    rows = (
        (
            name,
            entry["units"],
            with_half_width(entry["utilisation"], "share"),
            with_half_width(entry["wait"], "s"),
            with_half_width(entry["queue_length"], "count"),
        )
        for name, entry in document["resources"].items()
    )
    columns = ("resource", "units", "utilisation", "wait", "queue")
    write_table("Resources", columns, rows, right="units")


def write_remarks(document: Document) -> None:
    """Write the warnings; each text begins with what it is about."""
    for warning in document["warnings"]:
        click.echo(f"warning: {document['scenario']}: {warning['text']}", err=True)


def write_comparison(document: Document) -> None:
    """Write every alternative against the baseline, the bottlenecks and the gate."""
    for number in range(len(document["alternatives"])):
        comparison = Comparison.read(document, number)
        columns = ("code", "KPI", "as is", "to be", "difference", "p (Holm)", "verdict")
        title = f"{comparison.alternative.name['en']}: {comparison.replications} replications"
        write_table(title, columns, map(kpi_row, comparison.kpis), right="p")
        write_caveat(comparison)
    for scenario in document["scenarios"]:
        write_bottleneck(scenario)
        write_remarks(scenario)
    for alternative in document["alternatives"]:
        write_gate(alternative)


def kpi_row(kpi: KpiDifference) -> tuple[str, ...]:
    """Write a KPI in both scenarios and its difference, all in one unit."""
    change, unit = kpi.difference, kpi.unit
    means = (change.baseline.mean, change.alternative.mean)
    before, after = (
        figure_text(side.mean, unit, half_width=side.half_width, beside=means)
        for side in (change.baseline, change.alternative)
    )
    apart = figure_text(change.difference, unit, half_width=change.half_width, beside=means)
    sign = "+" if (change.difference or 0) > 0 else ""
    name = CATALOGUE[kpi.code].name_en
    return kpi.code, name, before, after, sign + apart, p_text(kpi.p_value), kpi.said.value


def write_caveat(comparison: Comparison) -> None:
    """Say why an interval may leave zero out beside an unclear verdict, where one does."""
    if comparison.clear_alone:
        codes = ", ".join(kpi.code for kpi in comparison.clear_alone)
        click.echo(
            f"{codes}: the interval leaves zero out, but the verdict is unclear. Each interval\n"
            "stands for itself, the verdicts for all KPIs together (Holm): among many intervals\n"
            "one or another leaves zero out by chance.\n"
        )


def write_bottleneck(scenario: Document) -> None:
    """Write the four views of the bottleneck."""
    rows = (
        (
            row["role"],
            row["units"],
            with_half_width(row["utilisation"], "share"),
            with_half_width(row["share_of_waiting"], "share"),
            with_half_width(row["active_period_share"], "share"),
            difference_text({**row["add_one"], "unit": "s"}) if row["add_one"] else "",
        )
        for row in scenario["bottleneck"]
    )
    columns = ("resource", "units", "utilisation", "share of waiting", "active period", "one more")
    write_table(f"Bottleneck: {scenario['name']['en']}", columns, rows, right="units")


def write_gate(alternative: Document) -> None:
    """Write whether an alternative may be rolled out, and what speaks against it."""
    moved, gate = alternative["bottleneck_moved"], alternative["gate"]
    if moved["moved"]:
        click.echo(f"The bottleneck moves from {moved['from']} to {moved['to']}.")
    for reason in gate["reasons"]:
        click.echo(f"  {reason['kpi']}: {reason['text']}")
    click.echo(f"{alternative['scenario']}: gate {gate['result']}")


def with_half_width(entry: Document, unit: str) -> str:
    """Write a mean with its half-width."""
    return figure_text(entry["mean"], unit, half_width=entry["half_width"])


def difference_text(change: Document) -> str:
    """Write a difference with its sign and half-width."""
    if change["difference"] is None:
        return "no data"
    sign = "+" if change["difference"] > 0 else ""
    return sign + figure_text(change["difference"], change["unit"], half_width=change["half_width"])


def p_text(p_value: float | None) -> str:
    """Write a p-value."""
    if p_value is None:
        return ""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"
