"""The bottleneck of both scenarios: a sentence, a table for each, what the columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from web import comparison_words as words
from web import figures
from web.comparison_rows import RoleRow, SideTable
from web.comparison_steps import figure
from web.texts import gettext as _

if TYPE_CHECKING:
    from web.comparison_document import RoleFigures, Side
    from web.comparison_rows import Names
    from web.figures import Scale

SIDES = ("baseline", "alternative")
PER_COST = 100  # units of money an hour: one alone changes too little to be read


@dataclass(frozen=True)
class BottleneckView:
    """What the part about bottlenecks shows."""

    sides: tuple[Side, Side]
    titles: tuple[str, str]
    names: Names
    currency: str

    @property
    def sentence(self) -> str:
        """Say where the bottleneck is and whether it moved."""
        before, after = (side.bottleneck for side in self.sides)
        return words.bottleneck_sentence(before, after, self.names)

    @property
    def per_cost_head(self) -> str:
        """Name the column of what money brings."""
        return _("For %(amount)s %(currency)s an hour", amount=PER_COST, currency=self.currency)

    @property
    def footnote(self) -> str:
        """Say what the columns mean."""
        return _(
            "Longest busy: share of the time in which the role has been busy for longer than any "
            "other. One unit more: what one more person or machine does to the mean cycle time; "
            "the last column is the same for the money it costs."
        )

    @cached_property
    def tables(self) -> list[SideTable]:
        """The table of each scenario."""
        return [
            SideTable(key, title, [_row(role, _added(side), self.names) for role in side.roles])
            for key, title, side in zip(SIDES, self.titles, self.sides, strict=True)
        ]


def _row(role: RoleFigures, added: Scale, names: Names) -> RoleRow:
    share = figures.scale("share", [1.0])
    return RoleRow(
        name=names.role(role.role),
        units=role.units,
        utilisation=figure(share, role.utilisation),
        waiting=figure(share, role.share_of_waiting),
        active=figure(share, role.active),
        add_one=added.difference(role.add_one.mean, role.add_one.half_width),
        per_cost=_per_cost(role, added),
        is_bottleneck=role.is_bottleneck,
    )


def _per_cost(role: RoleFigures, added: Scale) -> str:
    if role.per_cost is None:
        return figures.NO_VALUE
    return str(added.difference(role.per_cost * PER_COST, None))


def _added(side: Side) -> Scale:
    """Return the scale on which one unit more is told for all roles."""
    return figures.scale("s", [role.add_one.mean for role in side.roles])
