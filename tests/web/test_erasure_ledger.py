from datetime import UTC, datetime

import pytest

from engine.domain.vault import ErasedValue
from web.erasure_ledger import BrokenLedger, add, references

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def erased(*names):
    return [ErasedValue(name, AT, "erin") for name in names]


def test_ledger_grows_by_what_is_new(tmp_path):
    file = tmp_path / "var" / "erasures.jsonl"

    assert (add(file, erased("a", "b")), add(file, erased("a", "b", "c"))) == (2, 1)

    assert references(file) == ["a", "b", "c"]


def test_ledger_that_is_not_there_is_empty(tmp_path):
    assert references(tmp_path / "erasures.jsonl") == []


@pytest.mark.parametrize("line", ["{", "[]", '{"reference": 7}', '"a"', "{}"])
def test_broken_line_is_named_with_what_is_allowed(tmp_path, line):
    file = tmp_path / "erasures.jsonl"
    add(file, erased("a"))
    file.write_text(file.read_text() + line)

    with pytest.raises(BrokenLedger, match=r"erasures.jsonl:2: .* allowed: an object such as"):
        references(file)
