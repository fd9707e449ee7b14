from __future__ import annotations

import pytest

from engine.domain.form_pattern import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^\d{3}-\d+$", "123-4567"),
        (r"^[A-Z]{2}\/(?:\d{2}\.){2}$", "AB/12.34."),
        (r"^(ab|c)?x+$", "cxx"),
        (r"a{2,}[*+(]", "aa("),
        (r"^(?=.*\d).{8,}$", "passw0rd"),
        (r"^(?!x)", "y"),
        (r"\u0041", "A"),
    ],
)
def test_pattern_finds_what_javascript_finds(pattern, text):
    assert compile_pattern(pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        (r"(a+)+$", "repeat inside a repeated group"),
        (r"(a|aa)*$", "repeat inside a repeated group"),
        (r"((a{2,})b)+", "repeat inside a repeated group"),
        (r"(a*){3}", "repeat inside a repeated group"),
        (r"(a)\1", "not supported"),
        (r"\p{L}", "not supported"),
        (r"(?<=a)b", "not supported"),
        (r"[a", "not a regular expression"),
        (r"a)", "not a regular expression"),
        ("a" * 301, "longer than 300"),
    ],
)
def test_pattern_that_the_server_cannot_run_safely_is_refused(pattern, complaint):
    with pytest.raises(ValueError, match=complaint):
        compile_pattern(pattern)
