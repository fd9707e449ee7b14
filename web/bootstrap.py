"""Where the parts are joined: engine, process library, comparisons and settings become Services.

Files of an installation lie in one folder (TWINFLOW_VAR, by default ``var``): the database if it
is SQLite, the key that signs the sessions, the demo's password, comparisons and logs.
"""

from __future__ import annotations

import logging
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.bpmn.graph import read_graph
from engine.clock import Clock, SystemClock
from web import erasure_ledger
from web.context import Services
from web.database import open_engine
from web.experiments import Experiments
from web.ladders import install_ladders
from web.library import read_library
from web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.process_engine import ProcessEngine
    from web.library import ProcessFolder


logger = logging.getLogger(__name__)


def var_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of what an installation keeps."""
    given = os.environ if environment is None else environment
    return Path(given.get("TWINFLOW_VAR") or "var")


def settings_from_environment() -> Settings:
    """Return the settings; the key of the sessions outlives a restart."""
    settings = Settings.from_environment()
    if os.environ.get("TWINFLOW_SECRET_KEY"):
        return settings
    return replace(settings, secret_key=kept_secret(var_folder() / "secret-key"))


def kept_secret(path: Path) -> str:
    """Return the secret in a file that only its owner may read; made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(f"{secret}\n")
    return secret


def prepare_database() -> None:
    """Bring the tables up to date and deploy what is new in the process library."""
    engine = open_engine()
    try:
        deploy_library(engine, read_library())
        erase_what_a_backup_brought_back(engine, var_folder() / erasure_ledger.NAME)
    finally:
        engine.close()


def erase_what_a_backup_brought_back(engine: ProcessEngine, ledger: Path) -> None:
    """Erase again what the ledger says is erased, before anybody sees it."""
    erased_before = erasure_ledger.references(ledger)
    reason = erasure_ledger.AFTER_A_RESTORE
    erased = engine.erase_again(erased_before, by=None, reason=reason)
    if erased.values:
        counts = len(erased.instance_ids), erased.values
        logger.warning("the database is older than %s: %d cases, %d values", ledger, *counts)


def open_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Open everything the web application works with."""
    clock = clock or SystemClock()
    engine = open_engine(clock=clock)
    experiments = Experiments(var_folder() / "experiments", clock=clock)
    return Services(engine, experiments, settings, clock)


def deploy_library(engine: ProcessEngine, library: Iterable[ProcessFolder]) -> None:
    """Deploy what is new in the process library; a process that people redesigned is theirs."""
    known = {definition.key: definition for definition in engine.definitions()}
    redesigned = {key for key, found in known.items() if found.deployed_by is not None}
    for folder in library:
        for files in folder.models.values():
            xml, source = files.model.read_bytes(), files.model.name
            graph = read_graph(xml, source=source)
            if graph.key in redesigned:
                continue
            definition = engine.deploy(
                xml,
                source=source,
                forms=folder.forms(),
                lanes=folder.groups(graph),
                decisions=folder.decisions(),
            )
            if definition != known.get(graph.key):  # ladders that people changed are theirs
                install_ladders(engine, folder.ladders(graph), by=None)
