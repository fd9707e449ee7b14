from __future__ import annotations

from engine.domain.vault import KEY, references_in, replaced, texts_in, without_texts

REFERENCE = {KEY: "abc"}


def test_references_are_found_however_deep():
    assert list(references_in({"a": [[REFERENCE]], "b": (1, "x")})) == ["abc"]


def test_references_are_replaced_in_lists_too():
    assert replaced({"a": [REFERENCE, 1]}, str.upper) == {"a": ["ABC", 1]}


def test_texts_that_tell_somebody_apart_are_the_long_ones():
    assert texts_in(["Alice Example", "no", 7, ["0470 123456"]]) == ["Alice Example", "0470 123456"]


def test_texts_are_taken_out_of_objects_and_lists():
    cleaned = without_texts({"a": ["call Alice", 1]}, ["Alice"])

    assert "Alice" not in str(cleaned)
    assert cleaned["a"][1] == 1


def test_plain_value_holds_no_reference():
    assert list(references_in("text")) == []
