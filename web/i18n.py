"""The catalogues of translated texts; 繁體中文 is made from 简体中文.

``python -m web.i18n extract`` writes the texts of code and templates into the catalogue,
``python -m web.i18n compile`` builds what the pages read.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WEB = Path(__file__).parent
TRANSLATIONS = WEB / "translations"
SOURCE = TRANSLATIONS / "zh_Hans" / "LC_MESSAGES" / "messages.po"
DERIVED = TRANSLATIONS / "zh_Hant" / "LC_MESSAGES" / "messages.mo"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "later": None}

# Where s2twp knows the words of another trade than ours.
OVERRIDES = {"引數": "參數", "物件": "對象", "例項": "實例"}


def texts() -> Catalog:
    """Return the texts that code and templates hand to gettext, in the order of the files."""
    template = Catalog(locale="zh_Hans", project="Twinflow", fuzzy=False)
    for file, line, message, comments, context in extract_from_dir(
        WEB, METHODS, keywords=KEYWORDS, comment_tags=("For translators:",)
    ):
        template.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return template


def catalogue(path: Path = SOURCE) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def extract() -> int:
    """Bring the catalogue up to date with the code; returns how many texts lack a translation."""
    known = catalogue() if SOURCE.exists() else Catalog(locale="zh_Hans")
    known.update(texts(), no_fuzzy_matching=True)
    known.obsolete.clear()
    known.fuzzy = False  # of the head, too
    SOURCE.parent.mkdir(parents=True, exist_ok=True)
    with SOURCE.open("wb") as file:
        write_po(file, known, width=100, sort_output=True, no_location=True, omit_header=False)
    return len(untranslated(known))


def untranslated(known: Catalog) -> list[str]:
    """Return the texts of a catalogue that would be shown in English."""
    return [str(message.id) for message in known if message.id and not all(_forms(message))]


def _forms(message: Message) -> tuple[str, ...]:
    """Return the translation: one text, or one for each plural form."""
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string or ("",))


def compile_catalogues() -> None:
    """Write the binary catalogues that the pages read."""
    simplified = catalogue()
    _write(simplified, SOURCE.with_suffix(".mo"))
    _write(_converted(simplified, traditional()), DERIVED)


def traditional() -> Callable[[str], str]:
    """Return the conversion from 简体 to 繁體; without OpenCC, 简体 is shown and not English."""
    try:
        from opencc import OpenCC  # a tool of the build, which a run-time may lack
    except ImportError:
        return str
    convert = OpenCC("s2twp").convert

    def to_traditional(text: str) -> str:
        converted: str = convert(text)
        for word, ours in OVERRIDES.items():
            converted = converted.replace(word, ours)
        return converted

    return to_traditional


def _converted(source: Catalog, convert: Callable[[str], str]) -> Catalog:
    target = Catalog(locale="zh_Hant", project=source.project, fuzzy=False)
    for message in source:
        if not message.id:
            continue
        forms = tuple(map(convert, _forms(message)))
        target.add(message.id, forms if message.pluralizable else forms[0], context=message.context)
    return target


def _write(known: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, known)


def main(arguments: Sequence[str]) -> int:
    """Run one of the two commands; returns the exit status."""
    if list(arguments) == ["extract"]:
        count = extract()
        sys.stdout.write(f"{SOURCE}: {count} texts without a translation\n")
        return 0
    if list(arguments) == ["compile"]:
        compile_catalogues()
        return 0
    sys.stderr.write("usage: python -m web.i18n extract|compile\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
