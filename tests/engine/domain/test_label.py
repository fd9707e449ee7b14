import pytest

from engine.domain.label import label


@pytest.mark.parametrize("language", ["zh", "zh-Hans", "zh_TW", "ZH"])
def test_label_gives_the_chinese_side_for_every_kind_of_chinese(language):
    assert label("分诊 / Triage", language) == "分诊"


@pytest.mark.parametrize("language", ["en", "en-GB", "de", ""])
def test_label_gives_the_other_side_for_any_other_language(language):
    assert label("分诊 / Triage", language) == "Triage"


def test_label_finds_the_side_by_its_characters_not_by_its_place():
    assert label("Triage / 分诊", "zh") == "分诊"


@pytest.mark.parametrize("text", ["Triage", "分诊", "Yes / No", "是 / 否", "", "a/b 分"])
def test_label_leaves_a_text_that_is_not_bilingual(text):
    assert label(text, "en") == label(text, "zh") == text


def test_label_parts_at_the_separator_between_the_languages():
    assert label("是 / 否 / yes / no", "en") == "yes / no"
    assert label("是 / 否 / yes / no", "zh") == "是 / 否"
