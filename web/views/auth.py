"""Signing in and out, and the language of the pages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from engine.domain.identity import Role, User
from web import languages
from web.context import services
from web.presenters import words
from web.security import SessionUser, own_path
from web.texts import gettext as _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from web.security import Passwords
    from web.throttle import SignInThrottle

blueprint = Blueprint("auth", __name__)


def _passwords() -> Passwords:
    return cast("Passwords", current_app.extensions["twinflow_passwords"])


def _throttle() -> SignInThrottle:
    return cast("SignInThrottle", current_app.extensions["twinflow_throttle"])


@blueprint.get("/sign-in")
def sign_in() -> Response | str:
    """Show the sign-in page; who is signed in already goes on."""
    if current_user.is_authenticated:
        return redirect(own_path(request.args.get("next"), url_for("tasks.inbox")))
    return _page()


@blueprint.post("/sign-in")
def check_sign_in() -> Response | tuple[str, int]:
    """Check name and password, start a session and go where the person wanted to."""
    user_id = request.form.get("user", "").strip().lower()
    address = request.remote_addr or ""
    wait_s = _throttle().wait_s(user_id, address)
    if wait_s > 0:
        minutes = math.ceil(wait_s / 60)
        problem = _("Too many tries. Wait %(minutes)s min, then try again.", minutes=minutes)
        return _page(user_id, problem), 429
    user = _passwords().user_with(user_id, request.form.get("password", ""))
    if user is None:
        _throttle().record_failure(user_id, address)
        return _page(user_id, _("User name and password do not belong together.")), 401
    _throttle().forget(user_id, address)
    session.clear()  # nothing of the stranger's session lives on
    session.permanent = True
    login_user(SessionUser(user))
    return redirect(own_path(request.form.get("next"), url_for("tasks.inbox")), code=303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    logout_user()
    session.clear()
    return redirect(url_for("auth.sign_in"), code=303)


@blueprint.post("/language")
def language() -> Response:
    """Remember the language and show the same page in it."""
    wanted = languages.language_of(request.form.get("language", "")) or languages.ENGLISH
    target = own_path(request.form.get("next"), url_for("tasks.inbox"))
    response = current_app.make_response(redirect(target, code=303))
    return languages.remember(response, wanted, is_https=services().settings.is_https)


def _page(user_id: str = "", problem: str = "") -> str:
    demo_users = services().engine.users() if services().settings.is_demo else []
    return render_template(
        "auth/sign_in.html",
        user_id=user_id,
        problem=problem,
        next=request.values.get("next", ""),
        demo_users=[(user, _works_as(user)) for user in demo_users if user.is_active],
    )


def _works_as(user: User) -> str:
    """Return what a person does: their groups, and what they may beyond their tasks."""
    beyond = {
        Role.DESIGNER: _("designer"),
        Role.ANALYST: _("analyst"),
        Role.MANAGER: _("manager"),
        Role.QUALITY: _("quality officer"),
        Role.ADMIN: _("administrator"),
    }
    groups = sorted(words().group(group) for group in user.groups)
    return _(", ").join([*groups, *(word for role, word in beyond.items() if role in user.roles)])
