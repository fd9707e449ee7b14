"""Who is asking, and what a page may do in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Response, redirect, request, url_for
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

from engine.errors import NotFound
from web.context import services

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from engine.domain.identity import User
    from engine.process_engine import ProcessEngine
    from web.settings import PasswordCost, Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TWO_YEARS_S = 2 * 365 * 24 * 3600
SESSION_S = 12 * 3600
LARGEST_REQUEST_BYTES = 2 * 1024 * 1024

csrf = CSRFProtect()


class SessionUser:
    """The signed-in person as Flask-Login wants it."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user
        self.is_active = user.is_active

    def get_id(self) -> str:
        """Return what the session remembers."""
        return str(self.user.id)


class Passwords:
    """Hashes and checks passwords with argon2id."""

    def __init__(self, engine: ProcessEngine, cost: PasswordCost) -> None:
        self._engine = engine
        self._hasher = PasswordHasher(
            time_cost=cost.time_cost,
            memory_cost=cost.memory_cost_kib,
            parallelism=cost.parallelism,
        )
        # Checked for unknown people, so that the time of an answer does not tell who exists.
        self._decoy = self._hasher.hash("nobody's password")

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        return self._hasher.hash(password)

    def user_with(self, user_id: str, password: str) -> User | None:
        """Return the active person with this name and password, else None."""
        user, known = self._look_up(user_id)
        is_right = self._matches(known or self._decoy, password)
        if user is None or known is None or not is_right or not user.is_active:
            return None
        if self._hasher.check_needs_rehash(known):
            self._engine.set_password_hash(user_id, self.hash(password))
        return user

    def _look_up(self, user_id: str) -> tuple[User | None, str | None]:
        try:
            return self._engine.user(user_id), self._engine.password_hash(user_id)
        except NotFound:
            return None, None

    def _matches(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (VerificationError, InvalidHashError):
            return False


def is_own_path(target: str) -> bool:
    """Return whether a redirect stays on this site: a path, and nothing that names a host."""
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    if any(ord(character) < 32 for character in target):
        return False
    parts = urlsplit(target)
    return not (parts.scheme or parts.netloc)


def own_path(target: str | None, default: str) -> str:
    """Return where to go next, if it is on this site."""
    return target if target and is_own_path(target) else default


def init_app(app: Flask, settings: Settings) -> None:
    """Guard every request of the application."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="twinflow",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        PERMANENT_SESSION_LIFETIME=SESSION_S,
        WTF_CSRF_TIME_LIMIT=SESSION_S,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,
    )
    csrf.init_app(app)
    manager = LoginManager(app, add_context_processor=False)  # pages get `person`
    manager.user_loader(_load_user)
    manager.unauthorized_handler(_ask_to_sign_in)
    app.after_request(_with_headers)
    if settings.is_https:
        app.after_request(_with_https_only)


def _load_user(user_id: str) -> SessionUser | None:
    try:
        user = services().engine.user(user_id)
    except NotFound:
        return None
    return SessionUser(user) if user.is_active else None


def _ask_to_sign_in() -> AnyResponse:
    """Send the person to the sign-in page, and back to where they were going."""
    wanted = request.full_path if request.query_string else request.path
    if request.method != "GET":
        wanted = url_for("tasks.inbox")
    target = url_for("auth.sign_in", next=wanted)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url_for("auth.sign_in")})
    return redirect(target)


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")  # pages show patient data
    return response


def _with_https_only(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS_S}"
    return response
