"""Names in models are bilingual: "中文 / English". These functions pick one side."""

from __future__ import annotations

import re

SEPARATOR = " / "
_CHINESE = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def label(text: str, language: str) -> str:
    """Return the side of a bilingual name that suits a language tag such as "zh-Hans" or "en".

    A text is bilingual if one of its " / " parts a side with Chinese characters from one
    without; any other text is returned as it is.
    """
    wants_chinese = language.lower().startswith("zh")
    position = text.find(SEPARATOR)
    while position >= 0:
        left, right = text[:position], text[position + len(SEPARATOR) :]
        if _is_chinese(left) != _is_chinese(right):
            return (left if _is_chinese(left) == wants_chinese else right).strip()
        position = text.find(SEPARATOR, position + 1)
    return text


def _is_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None
