"""The connectors by name: those that come with the engine, and those of its users."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias, runtime_checkable

import orjson

from engine.clock import SystemClock
from engine.connectors.addresses import HttpGuard
from engine.connectors.call import BusinessError, CallResult, ServiceFailed
from engine.connectors.cases import PublishMessage, StartProcess
from engine.connectors.http import HttpConnector
from engine.connectors.mail import EmailConnector, SurveyInvitation
from engine.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.metadata import EntryPoint

    from engine.clock import Clock
    from engine.connectors.call import ServiceCall
    from engine.connectors.settings import ConnectorSettings

    Function: TypeAlias = Callable[[ServiceCall], CallResult | Mapping[str, object] | None]

logger = logging.getLogger(__name__)

GROUP = "twinflow.connectors"


@runtime_checkable
class Connector(Protocol):
    """What a service task can call."""

    name: str

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the inputs of a model, in words, before it is deployed."""
        ...

    def call(self, call: ServiceCall) -> CallResult:
        """Do the work, outside of any transaction; ServiceFailed or BusinessError if it fails."""
        ...


class FunctionConnector:
    """A function of a user: takes the call, returns a result, values, or nothing."""

    def __init__(self, name: str, function: Function) -> None:
        self.name, self._function = name, function

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Find nothing wrong: a plain function says at the call what it needs."""
        return []

    def call(self, call: ServiceCall) -> CallResult:
        """Call the function; whatever goes wrong in it is a failure of the service."""
        try:
            returned = self._function(call)
        except (ServiceFailed, BusinessError):
            raise
        except Exception as error:  # a user's code may fail in any way
            raise ServiceFailed(f"{type(error).__name__}: {error}") from error
        if isinstance(returned, CallResult):
            return CallResult(
                self._json(returned.values), returned.mails, returned.messages, returned.starts
            )
        return CallResult(self._json({} if returned is None else returned))

    def _json(self, values: object) -> Mapping[str, object]:
        if not isinstance(values, Mapping):
            reason = f"connector {self.name!r} returned {type(values).__name__}, no mapping"
            raise ServiceFailed(reason, is_permanent=True)
        try:
            stored: dict[str, object] = orjson.loads(orjson.dumps(dict(values)))
        except TypeError as error:
            reason = f"connector {self.name!r} returned what is no JSON: {error}"
            raise ServiceFailed(reason, is_permanent=True) from error
        return stored


class BrokenConnector:
    """A connector whose package cannot be loaded: models that use it are refused in words."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self._reason = name, reason

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Say why it cannot be used."""
        return [self._reason]

    def call(self, call: ServiceCall) -> CallResult:
        """Say why it cannot be used; another try may find the package repaired."""
        raise ServiceFailed(self._reason)


@cache  # a look into every package that is installed takes milliseconds
def _installed() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


class Connectors:
    """The connectors that service tasks may name."""

    def __init__(self, connectors: Iterable[Connector] = ()) -> None:
        self._connectors: dict[str, Connector] = {}
        for connector in connectors:
            self.register(connector)

    @classmethod
    def standard(cls, settings: ConnectorSettings, *, clock: Clock | None = None) -> Self:
        """Return those that come with the engine, and those that are installed beside it."""
        guard = HttpGuard(settings.http_allow, settings.http_private_networks)
        connectors = cls(
            (
                HttpConnector(guard, clock or SystemClock(), secrets=settings.http_secrets),
                EmailConnector(),
                StartProcess(),
                PublishMessage(),
                SurveyInvitation(settings.base_url),
            )
        )
        for entry_point in _installed():
            connectors._register_installed(entry_point)
        return connectors

    def register(self, connector: Connector) -> None:
        """Add a connector; ValueError if its name is taken, as two would be called in turn."""
        if connector.name in self._connectors:
            raise ValueError(f"there are two connectors {connector.name!r}")
        self._connectors[connector.name] = connector

    def get(self, name: str) -> Connector:
        """Return the connector of a name; NotFound if there is none."""
        if name not in self._connectors:
            raise NotFound("connector", name)
        return self._connectors[name]

    def _register_installed(self, entry_point: EntryPoint) -> None:
        """Add what a package offers; it can neither replace a connector nor stop the server."""
        connector = _loaded(entry_point)
        try:
            self.register(connector)
        except ValueError:
            logger.error(  # noqa: TRY400 -- the trace of a name that is taken tells nothing
                "the connector %r of %s is left out: the name is taken",
                connector.name,
                entry_point.value,
            )

    def names(self) -> frozenset[str]:
        """Return the names that a service task may use."""
        return frozenset(self._connectors)


def _loaded(entry_point: EntryPoint) -> Connector:
    """Return what an entry point names: a connector, a class of one, or a plain function."""
    name = entry_point.name
    try:
        found = entry_point.load()
        found = found() if isinstance(found, type) else found
    except Exception as error:  # a user's package may fail in any way
        reason = f"connector {name!r} ({entry_point.value}) cannot be loaded: {error!r}"
        logger.exception("%s", reason)
        return BrokenConnector(name, reason)
    if isinstance(found, Connector):
        return found
    if callable(found):
        return FunctionConnector(name, found)
    return BrokenConnector(
        name, f"connector {name!r} ({entry_point.value}) is {type(found).__name__}, no function"
    )
