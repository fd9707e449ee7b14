from __future__ import annotations

import pytest

from engine.domain.business_key import ensure_key, generated_key
from engine.errors import InvalidForm


@pytest.mark.parametrize(
    ("process_key", "key"),
    [
        ("patient_visit", "PV-2026-00042"),
        ("patient_visit_to_be", "PVTB-2026-00042"),
        ("complaint", "COM-2026-00042"),
        ("Process-1.order", "PO-2026-00042"),
        ("就诊_流程", "就流-2026-00042"),
    ],
)
def test_generated_key_is_readable(process_key, key):
    assert generated_key(process_key, 2026, 42) == key


def test_generated_key_grows_beyond_five_digits():
    assert generated_key("patient_visit", 2026, 123_456) == "PV-2026-123456"


def test_chosen_key_is_taken_without_blanks_around_it():
    assert ensure_key("  bed 7 / 床 ") == "bed 7 / 床"


@pytest.mark.parametrize(
    ("key", "code"),
    [(" ", "required"), ("x" * 101, "max_length"), ("a\nb", "type"), ("a\x00b", "type")],
)
def test_chosen_key_is_refused_when_nobody_could_read_it_out(key, code):
    with pytest.raises(InvalidForm) as refusal:
        ensure_key(key)

    assert refusal.value.errors["business_key"].code == code
