"""A second simulator, as plain as it can be: one event list, tables, no cleverness.

It shares the random numbers and the rules with the real engine, and nothing else; traces of both
must be equal row by row. Calendars are asked directly, not compiled.
"""

from __future__ import annotations

from datetime import timedelta
from heapq import heappop, heappush
from itertools import count

from simulation.draws import Draws
from simulation.net import Kind


class Reference:
    """Runs a net over an event list of (time, number, what happens)."""

    def __init__(self, net, arrivals, streams):
        self.net, self.draws = net, Draws(streams, arrivals.keys)
        self.times, self.starts = arrivals.times.tolist(), arrivals.starts
        self.events, self.number = [], count()
        # who was free last works first; in the beginning the lowest number
        self.free = [
            list(range(first + plan.units - 1, first - 1, -1))
            for first, plan in zip(net.staff.firsts, net.pools, strict=True)
        ]
        self.queues: list[list[tuple]] = [[] for _ in net.pools]
        self.order = count()
        self.visits, self.at_join = {}, {}
        self.rows, self.ended = [], {}
        self.tokens = [1] * len(arrivals)

    def run(self):
        """Return the rows (case, node, visit, unit, scheduled, started, completed), ordered."""
        if self.times:
            self.at(self.times[0], self.arrive, 0)
        while self.events:
            now, _, action, arguments = heappop(self.events)
            action(now, *arguments)
        return sorted(self.rows)

    def at(self, time, action, *arguments):
        heappush(self.events, (time, next(self.number), action, arguments))

    def arrive(self, now, case):
        if case + 1 < len(self.times):
            self.at(self.times[case + 1], self.arrive, case + 1)
        self.go(now, case, self.net.entries[self.starts[case]])

    def go(self, now, case, edge):
        node = self.net.nodes[edge.target]
        visit = self.visits.get((case, edge.target), 0)
        self.visits[case, edge.target] = visit + 1
        match node.kind:
            case Kind.WORK:
                entry = (node.priority, next(self.order), case, edge.target, visit, now)
                heappush(self.queues[node.pool], entry)
                self.serve(now, node.pool)
            case Kind.DELAY:
                end = now + self.draws.duration(node, case, visit)
                self.at(end, self.done, (case, edge.target, visit, -1, now, now, end))
            case Kind.DECISION:
                self.go(now, case, node.outs[self.draws.choice(node, case, visit)])
            case Kind.PARALLEL:
                self.join(now, case, edge, node)
            case Kind.END:
                self.end(now, case)

    def join(self, now, case, edge, node):
        waiting = self.at_join.setdefault((case, edge.target), [0] * node.ways_in)
        waiting[edge.port] += 1
        if min(waiting) == 0:
            return
        waiting[:] = [tokens - 1 for tokens in waiting]
        self.tokens[case] += len(node.outs) - node.ways_in
        for way in node.outs:
            self.go(now, case, way)

    def end(self, now, case):
        self.tokens[case] -= 1
        if not self.tokens[case]:
            self.ended[case] = now

    def serve(self, now, pool):
        calendar = self.net.pools[pool].calendar
        if calendar is not None and self.queues[pool] and self.free[pool]:
            opens = self.after(now, calendar.next_open(self.moment(now)) - self.moment(now))
            if opens != now:
                self.at(opens, self.serve, pool)
                return
        while self.queues[pool] and self.free[pool]:
            _, _, case, index, visit, scheduled = heappop(self.queues[pool])
            work = timedelta(microseconds=self.draws.duration(self.net.nodes[index], case, visit))
            end = now + work // timedelta(microseconds=1)
            if calendar is not None and not self.net.nodes[index].works_on:
                here = self.moment(now)
                end = self.after(now, calendar.add(here, work) - here)
            unit = self.free[pool].pop()
            self.at(end, self.done, (case, index, visit, unit, scheduled, now, end))

    def done(self, now, row):
        node = self.net.nodes[row[1]]
        self.rows.append(row)
        if node.pool >= 0:
            self.free[node.pool].append(row[3])
            self.serve(now, node.pool)
        if node.outs:
            self.go(now, row[0], node.outs[0])

    def moment(self, ticks):
        return self.net.epoch + timedelta(microseconds=ticks)

    @staticmethod
    def after(now, wait):
        return now + wait // timedelta(microseconds=1)
