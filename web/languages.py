"""Languages: which ones there are, and which one a request is answered in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import g, request
from flask_babel import Babel

if TYPE_CHECKING:
    from flask import Flask, Response

COOKIE = "language"
ONE_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages."""

    code: str  # of the catalogue
    tag: str  # BCP 47, for HTML
    name: str  # in the language itself


ENGLISH = Language("en", "en", "English")
SIMPLIFIED = Language("zh_Hans", "zh-Hans", "简体中文")
TRADITIONAL = Language("zh_Hant", "zh-Hant", "繁體中文")
LANGUAGES = (ENGLISH, SIMPLIFIED, TRADITIONAL)


def language_of(tag: str) -> Language | None:
    """Return the language for a tag such as zh-TW; None if we do not speak it.

    The map is explicit because the negotiation of Werkzeug and Babel finds nothing for zh-TW,
    zh-HK and zh-Hans-CN.
    """
    parts = tag.lower().replace("_", "-").split("-")
    if parts[0] == "en":
        return ENGLISH
    if parts[0] != "zh":
        return None
    return TRADITIONAL if {"hant", "tw", "hk", "mo"} & set(parts[1:]) else SIMPLIFIED


def current_language() -> Language:
    """Return the language of the request: from the address, the cookie or the browser."""
    if "language" not in g:
        wishes = [
            request.args.get("lang", ""),
            request.cookies.get(COOKIE, ""),
            *request.accept_languages.values(),
        ]
        spoken = (language for wish in wishes if (language := language_of(wish)))
        g.language = next(spoken, ENGLISH)
    return cast("Language", g.language)


def remember(response: Response, language: Language, *, is_https: bool) -> Response:
    """Keep the choice of a language for a year."""
    response.set_cookie(
        COOKIE, language.code, max_age=ONE_YEAR_S, samesite="Lax", httponly=True, secure=is_https
    )
    return response


def init_app(app: Flask, timezone: str) -> None:
    """Translate the pages and show times in the clinic's zone."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(
        app,
        locale_selector=lambda: current_language().code,
        timezone_selector=lambda: timezone,
    )
