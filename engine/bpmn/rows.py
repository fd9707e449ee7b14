"""A token as a row of JSON values, and back; of its data what differs from those above.

Row: [id, id above, spec, state, via, internal data, data, outer, base, done, frozen]; from
``outer`` on only as far as needed. Data that are those above are 0, data that are not there null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.token import Done, Frozen, Token
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from engine.bpmn.merge import Values

SHORT = 7  # fields of a row that are always there


def row_of(token: Token, before: Values) -> list[object]:
    """Return the row of a token; ``before`` are the data above it."""
    row = [
        token.id,
        token.parent_id,
        token.task_spec.name,
        token._state,  # noqa: SLF001 -- the property costs a call for each of many tokens
        token.via,
        token.internal_data or 0,
        changed(token.data, before),
    ]
    if token.outer is None and token.base is None and not token.done and token.frozen is None:
        return row
    return extended(row, token, before)


def extended(row: list[object], token: Token, before: Values) -> list[object]:
    """Return a row with what only few tokens have."""
    outer = None if token.outer is None else changed(token.outer, before)
    base = None if token.base is None else changed(token.base, before)
    done = _written(token.done, token.data) if token.done else None
    cold = token.frozen
    frozen = [cold.ids, cold.rows, cold.written] if cold is not None and cold.ids else None
    row += [outer, base, done, frozen]
    while len(row) > SHORT and row[-1] is None:
        row.pop()
    return row


def changed(data: Values, before: Values) -> Values | int:
    """Return what data say that those above do not; 0 if they are the same."""
    if data is before:
        return 0
    return {
        key: value for key, value in data.items() if key not in before or before[key] is not value
    }


def _written(done: list[Done], before: Values) -> list[object]:
    return [
        [
            one.token,
            one.step,
            changed(one.data, before),
            [key for key in before if key not in one.data],  # came later than it
            _written(one.inside, one.data),
        ]
        for one in done
    ]


def restore(tree: Any, row: list[Any]) -> Token:
    """Put the token of a row into the tree of a workflow; what is above it is there already."""
    token_id, above_id, spec_name, state, via, internal_data, news = row[:SHORT]
    spec = tree.spec.task_specs.get(spec_name)
    if spec is None:
        raise ExecutionFailed(
            spec_name[1:], "a token waits here, but the model has no such element"
        )
    above = tree.tasks[above_id]
    token = Token(tree, spec, token_id, via)
    token._state = state  # noqa: SLF001 -- the property costs a call for each of many tokens
    if internal_data:
        token.internal_data = internal_data
    token.data = {**above.data, **news} if news else above.data
    tree.attach(token, above)
    if len(row) > SHORT:
        extend(token, row, above.data)
    if token.is_waiting():
        tree.is_waiting_again(token)
    return token


def extend(token: Token, row: list[Any], before: Values) -> None:
    """Give a token what only few tokens have."""
    outer, base, done, frozen = [*row[SHORT:], None, None, None, None][:4]
    if outer is not None:
        token.outer = {**before, **outer} if outer else before
    if base is not None:
        token.base = {**before, **base} if base else before
    if done is not None:
        token.done = _read(done, token.data)
    if frozen is not None:
        token.frozen = Frozen(*frozen)


def _read(done: list[Any], before: Values) -> list[Done]:
    found = []
    for token, step, news, lacking, inside in done:
        data = {**before, **news} if news else before
        if lacking:
            data = {key: value for key, value in data.items() if key not in lacking}
        found.append(Done(token, step, data, _read(inside, data)))
    return found
