"""``twinflow serve``: the web pages."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import click

from web.cli.demo import load_demo, tell_accounts

PORT_PATIENCE_S = 3.0  # a killed server's process needs a moment to let go


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="TWINFLOW_PORT", default=8000, show_default=True,
              type=click.IntRange(1, 65535), help="Port to listen on.")  # fmt: skip
@click.option("--threads", default=16, show_default=True, type=click.IntRange(2, 256),
              help="Requests answered at the same time.")  # fmt: skip
@click.option("--worker/--no-worker", "has_worker", default=True,
              help="Do what is due in this process.")  # fmt: skip
@click.option("--demo", "is_demo", is_flag=True, help="Fill an empty database with the demo.")
def serve(*, host: str, port: int, threads: int, has_worker: bool, is_demo: bool) -> None:
    """Serve the web pages.

    \b
    twinflow serve --demo                        on http://127.0.0.1:8000
    twinflow serve --host 0.0.0.0 --port 80 --no-worker

    One process with threads. Behind TLS set TWINFLOW_HTTPS=1, behind a reverse proxy
    TWINFLOW_TRUSTED_PROXIES=1. Ctrl-C and SIGTERM let running requests finish.
    """
    ensure_port_is_free(host, port)  # before the slow imports: Flask, the engine
    from web.bootstrap import prepare_database, settings_from_environment
    from web.server import Server, Serving

    settings = settings_from_environment()
    if is_demo:
        settings = replace(settings, is_demo=True)
    prepare_database()  # what is wrong with it is said here, in words
    if is_demo:
        load_demo(settings)
        tell_accounts()

    def tell_address() -> None:
        click.echo(f"Twinflow is ready: http://{host}:{port} (Ctrl-C stops it)")

    Server(settings, Serving(host, port, threads, has_worker, when_ready=tell_address)).run()


def ensure_port_is_free(host: str, port: int) -> None:
    """Say in words that somebody listens there already."""
    deadline = time.monotonic() + PORT_PATIENCE_S
    while True:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if time.monotonic() > deadline:
                    raise click.ClickException(
                        f"cannot listen on {host}:{port}: {error}"
                    ) from error
            else:
                return
        time.sleep(0.1)
