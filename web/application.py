"""The web application; ``create_app`` joins views, guards and languages.

It is handed services that ``web.bootstrap`` has built, so that tests can hand in their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from web import errors, languages, security
from web.assets import Assets
from web.context import EXTENSION, person_if_known
from web.forms import new_request_id
from web.navigation import navigation
from web.presenters import case_badge, duration, initials, standing_badge, whole, words
from web.task_words import due_badge, priority_badge, state_badge
from web.throttle import SignInThrottle
from web.views import (
    auth,
    cases,
    drafts,
    forecast,
    handover,
    health,
    learnt,
    messages,
    probes,
    problems,
    processes,
    simulate,
    start,
    studies,
    tasks,
)

if TYPE_CHECKING:
    from web.context import Services

BLUEPRINTS = (
    *(auth, tasks, drafts, handover, start, cases, problems, messages),
    *(processes, health, simulate, studies, forecast, learnt, probes),
)
MANIFEST = Path(__file__).parent / "static" / "dist" / "manifest.json"


def create_app(services: Services, *, manifest: Path = MANIFEST) -> Flask:
    """Build the application around its services."""
    app = Flask(__name__)
    settings = services.settings
    work_with(app, services)
    security.init_app(app, settings)
    languages.init_app(app, str(settings.timezone))
    errors.init_app(app)
    for view in BLUEPRINTS:
        app.register_blueprint(view.blueprint)
    _prepare_templates(app, Assets(manifest))
    _believe_proxies(app, settings.trusted_proxies)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # 王芳, not six escapes
    return app


def work_with(app: Flask, services: Services) -> None:
    """Let the application work with these services; what it was built of, it keeps."""
    app.extensions[EXTENSION] = services
    app.extensions["twinflow_throttle"] = SignInThrottle(services.clock)
    app.extensions["twinflow_passwords"] = security.Passwords(
        services.engine, services.settings.password_cost
    )


def _prepare_templates(app: Flask, assets: Assets) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["initials"] = initials
    app.jinja_env.globals.update(
        vite=assets.tags,
        navigation=navigation,
        case_badge=case_badge,
        standing_badge=standing_badge,
        state_badge=state_badge,
        due_badge=due_badge,
        priority_badge=priority_badge,
        duration=duration,
        whole=whole,
        new_request_id=new_request_id,
    )

    @app.context_processor
    def request_words() -> dict[str, Any]:
        person = person_if_known()
        return {
            "person": person,
            "person_groups": lambda: sorted(map(words().group, person.groups if person else ())),
            "words": words(),
            "label": words().label,
            "language": languages.current_language(),
            "languages": languages.LANGUAGES,
        }


def _believe_proxies(app: Flask, count: int) -> None:
    """Take the address of the browser from that many proxies in front of us."""
    if count == 0:
        return
    from werkzeug.middleware.proxy_fix import ProxyFix  # only where a proxy is

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
