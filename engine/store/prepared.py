"""Prepared: a hot statement, compiled once for each kind of database and then handed to the driver.

What SQLAlchemy does for each execution (a context, a result with its own rows, look-ups in its
cache) costs several times what SQLite needs to answer. The statements that every command runs
skip it: SQLAlchemy still writes their SQL and converts their values, once and for all.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import sqlalchemy as sa
    from sqlalchemy import Connection as Transaction
    from sqlalchemy.engine import Dialect

    Convert = Callable[[Any], Any] | None


class _Parameter(NamedTuple):
    """A place for a value: handed in by the caller, or fixed by the statement itself."""

    name: str
    convert: Convert
    is_handed_in: bool
    fixed: Any


class _Compiled(NamedTuple):
    """The SQL for one kind of database, and how values go in and come out."""

    sql: str
    parameters: tuple[_Parameter, ...]
    is_positional: bool
    make_row: Callable[..., Any] | None
    converts: tuple[tuple[int, Callable[[Any], Any]], ...]  # of columns that need it

    def bound(self, given: Mapping[str, object]) -> Any:
        """Return the parameters as the driver takes them; KeyError if one is missing."""
        values = [
            fixed if not is_handed_in else given[name] if convert is None else convert(given[name])
            for name, convert, is_handed_in, fixed in self.parameters
        ]
        if self.is_positional:
            return values
        return {place.name: value for place, value in zip(self.parameters, values, strict=True)}

    def row(self, raw: Sequence[Any]) -> Any:
        """Return a row with its columns by name."""
        assert self.make_row is not None
        if not self.converts:
            return self.make_row(raw)
        values = list(raw)
        for place, convert in self.converts:
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
        cursor = tx.connection.cursor()
        try:
            _execute(tx, cursor, compiled.sql, compiled.bound(parameters))
            return [compiled.row(raw) for raw in cursor.fetchall()]
        finally:
            cursor.close()

    def one(self, tx: Transaction, parameters: Mapping[str, object]) -> Any:
        """Return the only row that a query finds; None if there is none."""
        found = self.rows(tx, parameters)
        assert len(found) <= 1, "the query asks for one row"
        return found[0] if found else None

    def run(self, tx: Transaction, parameters: Mapping[str, object]) -> int:
        """Carry out a change and return how many rows it touched."""
        compiled = self._for(tx.dialect)
        cursor = tx.connection.cursor()
        try:
            _execute(tx, cursor, compiled.sql, compiled.bound(parameters))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def run_many(self, tx: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
        """Carry out a change for each of these parameters."""
        if len(rows) == 1:
            self.run(tx, rows[0])
        elif rows:
            compiled = self._for(tx.dialect)
            cursor = tx.connection.cursor()
            try:
                bound = [compiled.bound(row) for row in rows]
                _execute(tx, cursor, compiled.sql, bound, many=True)
            finally:
                cursor.close()

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compile(self._statement, dialect, self._keys)
        return found


def _execute(tx: Transaction, cursor: Any, sql: str, bound: Any, *, many: bool = False) -> None:
    dialect = tx.dialect
    try:
        (dialect.do_executemany if many else dialect.do_execute)(cursor, sql, bound)
    except dialect.loaded_dbapi.Error as error:
        # SQLAlchemy's own way to tell a broken connection from a broken rule, and to raise.
        tx._handle_dbapi_exception(error, sql, bound, cursor, None)  # noqa: SLF001


def _compile(statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=keys and list(keys))
    if compiled.post_compile_params:
        raise ValueError("the length of a list is part of the SQL: write in_() as or_()")
    converts: Mapping[str, Convert] = compiled._bind_processors  # noqa: SLF001
    handed_in = {name for place, name in compiled.bind_names.items() if place.required}
    values = compiled.construct_params(_check=False)
    order = compiled.positiontup if compiled.positional else list(values)
    parameters = tuple(
        _parameter(name, converts.get(name), name in handed_in, values) for name in order
    )
    make_row, of_columns = _rows_of(compiled._result_columns, dialect)  # noqa: SLF001
    return _Compiled(str(compiled), parameters, bool(compiled.positional), make_row, of_columns)


def _parameter(
    name: str, convert: Convert, is_handed_in: bool, values: Mapping[str, Any]
) -> _Parameter:
    if is_handed_in:
        return _Parameter(name, convert, is_handed_in=True, fixed=None)
    value = values[name]
    if convert is not None and value is not None:
        value = convert(value)
    return _Parameter(name, convert, is_handed_in=False, fixed=value)


def _rows_of(
    columns: Sequence[Any], dialect: Dialect
) -> tuple[Callable[..., Any] | None, tuple[tuple[int, Callable[[Any], Any]], ...]]:
    if not columns:
        return None, ()
    row_type = namedtuple("Row", [column.keyname for column in columns])  # type: ignore[misc]
    found = (
        (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for place, column in enumerate(columns)
    )
    return row_type._make, tuple((place, convert) for place, convert in found if convert)
