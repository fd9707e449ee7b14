"""The web server: gunicorn with threads in one process, built assets by WhiteNoise, the worker."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from whitenoise import WhiteNoise

from engine import worker
from web.application import create_app
from web.bootstrap import open_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.settings import Settings

STATIC = Path(__file__).parent / "static"
HASHED_NAME = re.compile(r"^.+-[\w-]{8}\.\w+$")  # as Vite names what never changes
WORKER_INTERVAL_S = 1.0
LATE_MODULES = ("web.insight", "web.health_page", "simulation.scenario.load")


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve."""

    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 16
    has_worker: bool = True
    when_ready: Callable[[], None] = lambda: None


class Server(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
    """gunicorn as a library: settings from us, the application is built in its worker process."""

    def __init__(self, settings: Settings, serving: Serving) -> None:
        self._settings, self._serving = settings, serving
        self._stop = threading.Event()
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings."""
        serving = self._serving
        chosen = {
            "bind": f"{serving.host}:{serving.port}",
            "worker_class": "gthread",
            "workers": 1,  # threads share SQLite's writer gate and the sign-in throttle
            "threads": serving.threads,
            "graceful_timeout": 10,
            "timeout": 120,
            "loglevel": "warning",
            "proc_name": "twinflow",
            "control_socket_disable": True,  # it would write into the home folder
            "worker_exit": lambda _server, _worker: self._stop.set(),
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application; called in the process that answers requests."""
        services = open_services(self._settings)
        app = create_app(services)
        if self._serving.has_worker:
            threading.Thread(
                target=worker.run,
                args=(services.engine,),
                kwargs={"stop": self._stop, "interval_s": WORKER_INTERVAL_S},
                name="worker",
                daemon=True,
            ).start()
        self._serving.when_ready()
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
        return with_assets(app)


def warm_up() -> None:
    """Import what only some pages need, while people sign in."""
    for module in LATE_MODULES:
        import_module(module)


def with_assets(app: Any) -> WhiteNoise:
    """Serve the built assets with names that let browsers keep them for good."""
    return WhiteNoise(
        app,
        root=STATIC,
        prefix="static/",
        immutable_file_test=lambda path, _url: bool(HASHED_NAME.match(Path(path).name)),
    )
