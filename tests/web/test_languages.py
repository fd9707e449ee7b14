"""Which language a page is in."""

import pytest

from web.languages import ENGLISH, SIMPLIFIED, TRADITIONAL, language_of


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", ENGLISH),
        ("en-GB", ENGLISH),
        ("zh", SIMPLIFIED),
        ("zh-CN", SIMPLIFIED),
        ("zh-Hans-CN", SIMPLIFIED),
        ("zh_Hans", SIMPLIFIED),
        ("zh-SG", SIMPLIFIED),
        ("zh-TW", TRADITIONAL),
        ("zh-HK", TRADITIONAL),
        ("zh-MO", TRADITIONAL),
        ("zh_Hant", TRADITIONAL),
        ("fr", None),
        ("", None),
    ],
)
def test_tag_names_a_language(tag, language):
    assert language_of(tag) is language


@pytest.mark.parametrize(
    ("header", "tag"),
    [("zh-TW,zh;q=0.9", "zh-Hant"), ("fr,zh-CN;q=0.5", "zh-Hans"), ("fr", "en"), ("", "en")],
)
def test_browser_is_answered_in_its_language(client, header, tag):
    page = client.get("/sign-in", headers={"Accept-Language": header}).text

    assert f'<html lang="{tag}">' in page


def test_choice_is_remembered_and_wins_over_the_browser(alice):
    answer = alice.post("/language", language="zh_Hans", next="/cases?state=active")

    assert answer.location == "/cases?state=active"
    assert '<html lang="zh-Hans">' in alice.get("/tasks", headers={"Accept-Language": "en"}).text


def test_switching_the_language_never_leads_to_another_site(alice):
    assert alice.post("/language", language="en", next="//evil.example").location == "/tasks"


def test_traditional_chinese_is_never_shown_in_english(alice):
    page = alice.get("/tasks?lang=zh-TW").text

    assert "任務" in page
    assert "Nothing waiting" not in page
