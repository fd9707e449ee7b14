"""Messages and signals between cases of the model.

A message goes to one receiver in the conversation of its sender: the case itself, the cases that
its messages started, and the one that started it. One that nobody waits for starts a case where
the model says so, else it is kept until somebody waits for it. A signal reaches all who wait for
it, and is not kept. Both are delivered at the moment of sending, after the sender has gone on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind
from simulation.flow.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.cases import Cases
    from simulation.flow.frames import Frames
    from simulation.flow.timers import Arm, Armed, Happens
    from simulation.net import Throws, Trigger

    Start = Callable[[EventKind, str, int, int], bool]  # kind, name, sender, now

    Box = dict["Slot", None]


class Slot:
    """Somebody who waits for a message or signal."""

    __slots__ = ("_box", "happens")

    def __init__(self, box: Box, happens: Happens) -> None:
        self._box, self.happens = box, happens
        box[self] = None

    def disarm(self) -> None:
        """Wait no more."""
        self._box.pop(self, None)


class Handed(Timer):
    """A kept message on its way to somebody who now waits for it."""

    __slots__ = ("_give_back",)

    def __init__(self, at: int, happens: Happens, give_back: Callable[[], None]) -> None:
        super().__init__(at, happens)
        self._give_back = give_back

    def disarm(self) -> None:
        """Leave the message to the next one who waits for it."""
        if self.callbacks:  # SimPy takes them away when the message is handed over
            super().disarm()
            self._give_back()


class Mail:
    """Who waits for which message, and which messages wait for somebody."""

    def __init__(self, frames: Frames, cases: Cases, schedule: Callable[..., None]) -> None:
        self._frames, self._cases, self._schedule = frames, cases, schedule
        self.starts: Start = _starts_nothing  # starts a case, if the model says so
        self._waiting: defaultdict[tuple[int, str], Box] = defaultdict(dict)
        self._kept: Counter[tuple[int, str]] = Counter()
        self._listening: defaultdict[str, Box] = defaultdict(dict)

    def arm_of(self, trigger: Trigger) -> Arm:
        """Return what waits for a message or signal."""
        name, case_of = trigger.name or "", self._frames.case_of
        if trigger.kind is EventKind.SIGNAL:
            listening = self._listening[name]
            return lambda _frame, _now, happens: Slot(listening, happens)
        conversation = self._cases.conversation

        def arm(frame: int, now: int, happens: Happens) -> Armed:
            key = (conversation(case_of[frame]), name)
            if not self._kept[key]:
                return Slot(self._waiting[key], happens)
            self._kept[key] -= 1
            handed = Handed(now, happens, lambda: self._kept.update([key]))
            self._schedule(handed)
            return handed

        return arm

    def send_of(self, throws: Throws) -> Callable[[int, int], None]:
        """Return what sends a message or signal from a frame."""
        name, case_of, schedule = throws.name or "", self._frames.case_of, self._schedule
        if throws.kind is EventKind.SIGNAL:

            def spread(frame: int, now: int) -> None:
                case = case_of[frame]
                schedule(Timer(now, lambda at: self._signal(name, case, at)))

            return spread

        def send(frame: int, now: int) -> None:
            case = case_of[frame]
            schedule(Timer(now, lambda at: self._deliver(name, case, at)))

        return send

    def _signal(self, name: str, sender: int, now: int) -> None:
        box = self._listening[name]
        for slot in list(box):
            if slot in box:  # not withdrawn by what the signal has done so far
                del box[slot]
                slot.happens(now)
        self.starts(EventKind.SIGNAL, name, sender, now)

    def _deliver(self, name: str, sender: int, now: int) -> None:
        key = (self._cases.conversation(sender), name)
        if box := self._waiting.get(key):
            slot = next(iter(box))
            del box[slot]
            slot.happens(now)
        elif not self.starts(EventKind.MESSAGE, name, sender, now):
            self._kept[key] += 1


def _starts_nothing(_kind: EventKind, _name: str, _sender: int, _now: int) -> bool:
    return False
