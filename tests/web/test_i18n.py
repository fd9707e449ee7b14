"""The catalogues of translated texts."""

import re

import pytest

from web.i18n import catalogue, main, texts, traditional, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
CATALOGUE = catalogue()


def test_every_text_of_code_and_templates_is_in_the_catalogue():
    wanted = {message.id for message in texts() if message.id}

    assert wanted - {message.id for message in CATALOGUE} == set()


def test_every_text_of_the_catalogue_is_translated():
    assert untranslated(CATALOGUE) == []


def test_no_translation_is_a_guess():
    assert not CATALOGUE.fuzzy
    assert [message.id for message in CATALOGUE if message.fuzzy and message.id] == []


def test_translations_keep_the_values_of_their_texts():
    for message in CATALOGUE:
        if isinstance(message.id, str) and message.id:
            assert set(PLACEHOLDER.findall(message.string)) == set(PLACEHOLDER.findall(message.id))


def test_traditional_chinese_uses_its_own_words():
    convert = traditional()

    assert convert("默认服务器") == "預設伺服器"
    assert convert("参数") == "參數"


def test_unknown_command_explains_itself(capsys):
    assert main(["nonsense"]) == 2
    assert "extract|compile" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["Take", "Complete task", "Give back"])
def test_buttons_are_verbs_in_chinese_too(text):
    assert CATALOGUE.get(text).string in {"领取", "完成任务", "退回"}
