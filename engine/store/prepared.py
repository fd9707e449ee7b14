"""Prepared: a hot statement, compiled once for each kind of database and then handed to the driver.

What SQLAlchemy does for each execution (a context, a result with its own rows, look-ups in its
cache) costs several times what SQLite needs to answer. The statements that every command runs
skip it: SQLAlchemy still writes their SQL and converts their values, once and for all.
"""

from __future__ import annotations

from collections import namedtuple
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import sqlalchemy as sa
    from sqlalchemy import Connection as Transaction
    from sqlalchemy.engine import Dialect

    Convert = Callable[[Any], Any]


class _Compiled(NamedTuple):
    """The SQL for one kind of database, and how values go in and come out; None stays None."""

    sql: str
    names: tuple[str, ...]  # of the values that are handed in
    converts_in: tuple[tuple[int, Convert], ...]  # by place among them
    fixed: tuple[tuple[int, object], ...]  # by place in the SQL: values of the statement itself
    order: tuple[str, ...] | None  # of all values, if the driver takes them by name
    make_row: Callable[[Sequence[Any]], Any]
    converts_out: tuple[tuple[int, Convert], ...]  # by column

    def bound(self, given: Mapping[str, object]) -> Any:
        """Return the parameters as the driver takes them; KeyError if one is missing."""
        values = [given[name] for name in self.names]
        for place, convert in self.converts_in:
            if values[place] is not None:
                values[place] = convert(values[place])
        for place, value in self.fixed:
            values.insert(place, value)
        return values if self.order is None else dict(zip(self.order, values, strict=True))

    def row(self, raw: Sequence[Any]) -> Any:
        """Return a row with its columns by name."""
        if not self.converts_out:
            return self.make_row(raw)
        values = list(raw)
        for place, convert in self.converts_out:
            if values[place] is not None:
                values[place] = convert(values[place])
        return self.make_row(values)


class Prepared:
    """A statement without lists of values; ``keys`` are the columns of an insert."""

    def __init__(self, statement: sa.Executable, *, keys: Sequence[str] | None = None) -> None:
        self._statement, self._keys = statement, keys
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, tx: Transaction, parameters: Mapping[str, object]) -> list[Any]:
        """Return the rows that a query finds."""
        compiled = self._for(tx.dialect)
        cursor = _executed(tx, compiled.sql, compiled.bound(parameters))
        return [compiled.row(raw) for raw in cursor.fetchall()]

    def one(self, tx: Transaction, parameters: Mapping[str, object]) -> Any:
        """Return the only row that a query finds; None if there is none."""
        found = self.rows(tx, parameters)
        assert len(found) <= 1, "the query asks for one row"
        return found[0] if found else None

    def run(self, tx: Transaction, parameters: Mapping[str, object]) -> int:
        """Carry out a change and return how many rows it touched."""
        compiled = self._for(tx.dialect)
        return int(_executed(tx, compiled.sql, compiled.bound(parameters)).rowcount)

    def run_many(self, tx: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
        """Carry out a change for each of these parameters."""
        if len(rows) == 1:
            self.run(tx, rows[0])
        elif rows:
            compiled = self._for(tx.dialect)
            _executed(tx, compiled.sql, [compiled.bound(row) for row in rows], many=True)

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compile(self._statement, dialect, self._keys)
        return found


def _executed(tx: Transaction, sql: str, bound: Any, *, many: bool = False) -> Any:
    """Return the driver's cursor; it closes itself as soon as nobody has it any more."""
    cursor = tx.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(sql, bound)
    except tx.dialect.loaded_dbapi.Error as error:
        # SQLAlchemy's own way to tell a broken connection from a broken rule, and to raise.
        tx._handle_dbapi_exception(error, sql, bound, cursor, None)  # noqa: SLF001
    return cursor


def _compile(statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=keys and list(keys))
    if compiled.post_compile_params:
        raise ValueError("the length of a list is part of the SQL: write in_() as or_()")
    converts: Mapping[str, Convert] = compiled._bind_processors  # noqa: SLF001
    handed_in = {name for place, name in compiled.bind_names.items() if place.required}
    values = compiled.construct_params(_check=False)
    order = tuple(compiled.positiontup if compiled.positional else values)
    names = tuple(name for name in order if name in handed_in)
    fixed = {place: name for place, name in enumerate(order) if name not in handed_in}
    make_row, of_columns = _rows_of(compiled._result_columns, dialect)  # noqa: SLF001
    return _Compiled(
        sql=str(compiled),
        names=names,
        converts_in=_converts(converts.get(name) for name in names),
        fixed=tuple((at, _fixed(values[name], converts.get(name))) for at, name in fixed.items()),
        order=None if compiled.positional else order,
        make_row=make_row,
        converts_out=of_columns,
    )


def _fixed(value: object, convert: Convert | None) -> object:
    return value if convert is None or value is None else convert(value)


def _converts(found: Iterable[Convert | None]) -> tuple[tuple[int, Convert], ...]:
    return tuple((place, convert) for place, convert in enumerate(found) if convert is not None)


def _rows_of(
    columns: Sequence[Any], dialect: Dialect
) -> tuple[Callable[[Sequence[Any]], Any], tuple[tuple[int, Convert], ...]]:
    row_type = namedtuple("Row", [column.keyname for column in columns])  # type: ignore[misc]
    types = (column.type.dialect_impl(dialect) for column in columns)
    found = _converts(type_.result_processor(dialect, None) for type_ in types)
    return partial(tuple.__new__, row_type), found
