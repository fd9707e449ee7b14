from __future__ import annotations

import pytest

from engine.domain.mail import LONGEST_BODY, LONGEST_SUBJECT, InvalidMail, Mail, address


def a_mail(**changes):
    parts = {"key": "k", "recipient": "alice@example.org", "subject": "Hello", "body": "Text"}
    return Mail(**parts | changes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice@example.org", "alice@example.org"),
        (" o'hara+x.y@sub.Example.ORG ", "o'hara+x.y@sub.example.org"),
        ("alice@例子.中国", "alice@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_address_is_plain_and_its_domain_ascii(text, expected):
    assert address(text) == expected
    assert address(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "alice",
        "alice@",
        "@example.org",
        "alice@localhost",
        "alice@example..org",
        "alice@-example.org",
        "a..b@example.org",
        ".a@example.org",
        "alice@exam ple.org",
        "alice@[127.0.0.1]",
        "alice@example.org,bob@example.org",
        "alice@example.org bob@example.org",
        "<alice@example.org>",
        "Alice <alice@example.org>",
        '"alice"@example.org',
        "alice@bob@example.org",
        "alice@example.org\r\nBcc: charlie@example.org",
        "alice@example.org\n",
        "alice@example.org\x00",
        "alice@example.org\u2028",
        "a" * 65 + "@example.org",
        "alice@" + "a." * 130 + "org",
        "艾@example.org",
    ],
)
def test_address_that_is_none_is_refused(text):
    with pytest.raises(InvalidMail):
        address(text)


@pytest.mark.parametrize(
    "character", ["\r", "\n", "\r\nBcc: x@y.zz\r\n", "\x00", "\t", "\x85", "\u2028", "\ud800"]
)
def test_subject_is_one_line(character):
    with pytest.raises(InvalidMail, match="subject: must be one line of text; it holds U"):
        a_mail(subject=f"a{character}b")


def test_body_is_plain_text_with_lines():
    assert a_mail(body="a\r\nb\rc\n\td 你好 🙂").body == "a\nb\nc\n\td 你好 🙂"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x9b", "\ud800"])
def test_body_holds_no_control_characters(character):
    with pytest.raises(InvalidMail, match="body: must be plain text; it holds U"):
        a_mail(body=character)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subject": " "}, "subject: is empty"),
        ({"subject": "x" * (LONGEST_SUBJECT + 1)}, "subject: has 251 characters"),
        ({"body": "x" * (LONGEST_BODY + 1)}, "body: has 100001 characters"),
        ({"key": ""}, "key: must have 1 to 600"),
        ({"key": "x" * 601}, "key: must have 1 to 600"),
    ],
)
def test_mail_has_bounds(changes, message):
    with pytest.raises(InvalidMail, match=message):
        a_mail(**changes)
