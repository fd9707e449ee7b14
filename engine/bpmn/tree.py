"""TokenTree: forks, scopes and tokens, and the data each of them sees.

- a leaf is a token;
- a fork keeps the data as they were when its branches parted; with one branch left it goes;
- a scope (the process, a subprocess, the instances of a loop) stays until it ends.

What a branch wrote is told by comparing its data with those of its fork, or with its own
``base`` if it began with others: a branch that starts late sees what others wrote so far, but
has not written it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.bpmn.merge import Values, rebased, three_way
from engine.bpmn.rows import restore
from engine.bpmn.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.bpmn.token import Frozen


class TokenTree:
    """The tokens of one process instance."""

    tasks: dict[int, Token]
    task_tree: Token  # the scope of the process itself
    next_id: int
    frozen_bodies: list[Token]  # loops with instances that are still text

    def spawn(self, spec: Any, parent: Token, data: Values, via: str = "") -> Token:
        """Put a new token at a node, under a fork or scope."""
        number = self.next_id
        self.next_id = number + 1
        token = Token(self, spec, number, via)
        token.data, token.parent_id = data, parent.id
        parent.child_ids.append(number)
        return token

    def attach(self, token: Token, parent: Token) -> None:
        """Hang a token under a fork or scope, as its youngest branch."""
        token.parent_id = parent.id
        parent.child_ids.append(token.id)

    def fork_of(self, token: Token) -> Token:
        """Return the fork or scope a token came from."""
        return self.tasks[token.parent_id]  # type: ignore[index] # only the root has none

    def branches(self, fork: Token) -> list[Token]:
        """Return what hangs under a fork or scope."""
        return [self.tasks[child] for child in fork.child_ids]

    def scope_of(self, token: Token) -> Token:
        """Return the scope a token is in."""
        above = self.fork_of(token)
        while not above.is_scope:
            above = self.fork_of(above)
        return above

    def counting(self, scope: Token) -> Iterator[Token]:
        """Return what hangs directly under a scope and keeps it open: not what only listens."""
        return (
            child
            for child in (self.tasks[child_id] for child_id in scope.child_ids)
            if not child.task_spec.is_listener
        )

    def detach(self, token: Token) -> None:
        """Take a leaf out of the tree, then forks that no longer part anything."""
        fork = self.fork_of(token)
        fork.child_ids.remove(token.id)
        del self.tasks[token.id]
        if fork.is_scope or len(fork.child_ids) > 1:
            return
        if not fork.child_ids:
            self.detach(fork)
            return
        [child] = self.branches(fork)
        if child.base is not None:  # is told from this fork's data: the fork must stay
            return
        child.base = fork.base
        above = self.fork_of(fork)
        above.child_ids[above.child_ids.index(fork.id)] = child.id
        child.parent_id = above.id
        del self.tasks[fork.id]

    def subtree(self, top: Token) -> list[Token]:
        """Return a token and everything under it: parents before their children."""
        order = [top]
        for node in order:  # grows while it is read
            if node.child_ids:
                order += [self.tasks[child] for child in node.child_ids]
        return order

    def withdraw(self, top: Token) -> None:
        """Cancel everything under a token and the token itself; nothing of it runs any more."""
        self.empty(top)
        top.cancel()
        self.detach(top)

    def empty(self, scope: Token) -> None:
        """Cancel everything under a token."""
        self.thaw_below(scope)
        below = self.subtree(scope)[1:]
        for token in sorted(below, key=lambda one: one.id):
            token.cancel()
        for token in below:
            del self.tasks[token.id]
        scope.child_ids = []

    def leaves(self) -> Iterator[Token]:
        """Return the live tokens, in the order of their numbers."""
        self.thaw_below(self.task_tree)
        return (t for t in self.tasks.values() if not t.child_ids and t is not self.task_tree)

    def places(self, scope: Token) -> Iterator[Token]:
        """Return the tokens of a scope; a scope in it counts as one token at its activity."""
        below = self.branches(scope)
        for node in below:
            if node.child_ids and not node.is_scope:
                below += self.branches(node)
            else:
                yield node

    def common_fork(self, tokens: Iterable[Token]) -> Token:
        """Return the youngest fork from which all these tokens came."""
        paths = [list(self.forks_above(token)) for token in tokens]
        shared = set(paths[0]).intersection(*paths[1:])
        return next(self.tasks[fork_id] for fork_id in paths[0] if fork_id in shared)

    def forks_above(self, token: Token) -> Iterator[int]:
        """Return the numbers of the forks and scopes above a token, the nearest first."""
        while token is not self.task_tree:
            token = self.fork_of(token)
            yield token.id

    # -- instances of large loops ---------------------------------------------------------

    def thaw_below(self, top: Token) -> None:
        """Make tokens of all the instances under a token that are still text."""
        for body in list(self.frozen_bodies):
            if body is top or top.id in self.forks_above(body):
                assert body.frozen is not None
                for rows in body.frozen.rows:
                    self._thaw(body, rows)
                body.frozen = None
                self.frozen_bodies.remove(body)

    def thawed(self, number: int) -> Token | None:
        """Return a token of an instance that was still text."""
        for body in self.frozen_bodies:
            assert body.frozen is not None
            place = body.frozen.place_of(number)
            if place is not None:
                self._thaw(body, body.frozen.take(place))
                return self.tasks[number]
        return None

    def _thaw(self, body: Token, rows: str) -> None:
        for row in orjson.loads(rows):
            restore(self, row)
        if len(body.child_ids) > 1 and body.child_ids[-1] < body.child_ids[-2]:
            body.child_ids.sort()

    # -- data -----------------------------------------------------------------------------

    def given(self, token: Token, inside: Values) -> Values:
        """Return what a token adds to the data of its fork, given the data inside it."""
        outside: Values = inside
        if token.outer is not None:
            outside = token.task_spec.outside(token, inside)
        if token.base is None:
            return outside
        return rebased(token.base, outside, self.fork_of(token).data)

    def merged(self, top: Token) -> dict[int, Values]:
        """Return the data inside every node of a subtree, branches merged, by number."""
        inside: dict[int, Values] = {}
        for node in reversed(self.subtree(top)):
            if not node.child_ids and node.frozen is None:
                inside[node.id] = node.data
                continue
            children = (self.tasks[child] for child in node.child_ids)
            sides = [(child.id, self.given(child, inside[child.id])) for child in children]
            if node.frozen is not None and node.frozen.written:
                sides += _written_by_frozen(node, node.frozen)
                sides.sort(key=lambda side: side[0])
            inside[node.id] = three_way(node.data, (side for _, side in sides))
        return inside

    def inside(self, token: Token) -> Values:
        """Return the data inside a token as they are now."""
        return self.merged(token)[token.id]

    def seen_beside(self, token: Token) -> Values:
        """Return the data that an event at the border of an activity sees."""
        inside = self.inside(token)
        return inside if token.outer is None else token.task_spec.outside(token, inside)

    def publish(self, fork: Token, written: Values) -> None:
        """Show what a branch wrote to everything else under its fork."""
        before = {fork.id: fork.data}
        fork.data = written if written is fork.data else three_way(fork.data, [written])
        if fork.data is before[fork.id]:
            return
        self.thaw_below(fork)
        for node in self.subtree(fork)[1:]:
            above = self.fork_of(node)
            before[node.id] = node.data
            _take_over(node, before[above.id], above.data)

    def set_values(self, given: Values) -> None:
        """Change values for every token that sees them; who has local ones keeps them."""
        hidden: dict[int, frozenset[str]] = {}
        patched: dict[tuple[int, frozenset[str]], tuple[Values, Values]] = {}

        def changed(data: Values, without: frozenset[str]) -> Values:
            if (id(data), without) not in patched:  # the old data are kept: their id stays theirs
                seen = {key: value for key, value in given.items() if key not in without}
                patched[id(data), without] = (data, {**data, **seen})
            return patched[id(data), without][1]

        self.thaw_below(self.task_tree)
        for node in self.subtree(self.task_tree):
            names = hidden[node.parent_id] if node.parent_id is not None else frozenset()
            if node.base is not None:
                node.base = changed(node.base, names)
            if node.outer is not None:
                node.outer = changed(node.outer, names)
                names |= node.task_spec.local_names
            node.data = changed(node.data, names)
            hidden[node.id] = names


def _written_by_frozen(body: Token, frozen: Frozen) -> list[tuple[int, Values]]:
    return [(int(first), {**body.data, **news}) for first, news in frozen.written.items()]


def _take_over(node: Token, old: Values, new: Values) -> None:
    """Give a token the data above it, which changed, where it wrote nothing itself."""
    data = node.data
    if node.base is not None:
        changed = {key: value for key, value in new.items() if old.get(key, old) is not value}
        base, node.base = node.base, {**node.base, **changed}
        node.data = rebased(base, data, node.base)
    else:
        node.data = new if data is old else three_way(old, [new, data])
    if node.outer is not None:
        node.outer = new if node.outer is old else three_way(old, [new, node.outer])
        own = {name: data[name] for name in node.task_spec.local_names if name in data}
        node.data = {**node.data, **own}
