"""Frames come and go, and leave nothing behind."""

from __future__ import annotations

from simulation.flow.frames import Frames


class Token:
    index, is_scope = 0, False

    def __init__(self) -> None:
        self.withdrawn: list[int] = []

    def withdraw(self, now: int) -> None:
        self.withdrawn.append(now)

    def cut(self) -> None:
        raise AssertionError


def test_number_of_a_closed_frame_is_used_again_for_another_case():
    frames = Frames(2, is_plain=False)
    first = frames.open(0, 1)
    turn = frames.turn[first]

    frames.close(first)

    assert frames.open(1, 3) == first
    assert (frames.case_of[first], frames.live[first]) == (1, 3)
    assert frames.turn[first] > turn


def test_frame_in_which_nothing_waits_any_more_keeps_no_list():
    frames, token = Frames(1, is_plain=False), Token()
    frames.waiting[0][token] = None

    frames.leave(0, token)

    assert frames.waiting == {}
    frames.leave(0, token)  # twice is once


def test_empty_frame_has_withdrawn_what_waited_and_forgot_its_joins():
    frames, token = Frames(1, is_plain=False), Token()
    frames.waiting[0][token] = None
    frames.joins[0][7] = [1, 0]

    frames.empty(0, 5)

    assert token.withdrawn == [5]
    assert (frames.waiting, frames.joins, frames.live[0]) == ({}, {}, 0)


def test_plain_frames_are_the_cases():
    assert list(Frames(3, is_plain=True).case_of) == [0, 1, 2]
