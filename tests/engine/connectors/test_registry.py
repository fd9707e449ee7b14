from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from engine.connectors import registry
from engine.connectors.call import BusinessError, CallResult, ServiceFailed
from engine.connectors.cases import StartProcess
from engine.connectors.registry import Connector, Connectors, FunctionConnector
from engine.connectors.settings import ConnectorSettings
from engine.domain.mail import Mail
from engine.errors import NotFound
from tests.engine.connectors.builders import a_call

STANDARD = {"http", "email", "start_process", "publish_message", "survey_invitation"}
HERE = "tests.engine.connectors.test_registry"
NO_FUNCTION = 7


class Greeter:
    """A connector of a user."""

    name = "greeter"

    def check(self, inputs):
        return [] if "name" in inputs else ["whom?"]

    def call(self, call):
        return CallResult({"greeting": f"Hello {call.inputs['name']}"})


class Impostor(Greeter):
    name = "http"


def greet(call):
    return {"greeting": f"Hello {call.inputs['name']}"}


def answering(function):
    return FunctionConnector("users_own", function).call(a_call())


def raising(error):
    def function(_call):
        raise error

    return function


@pytest.fixture
def installed(monkeypatch):
    """Build the standard connectors beside packages with these entry points."""

    def installed(**values):
        found = [EntryPoint(name, value, registry.GROUP) for name, value in values.items()]
        monkeypatch.setattr(registry, "_installed", lambda: found)
        return Connectors.standard(ConnectorSettings())

    return installed


def test_connectors_that_come_with_the_engine(installed):
    connectors = installed()

    assert connectors.names() == STANDARD
    for name in STANDARD:
        assert isinstance(connectors.get(name), Connector)
        assert connectors.get(name).name == name


def test_connector_that_nobody_registered_is_not_found():
    with pytest.raises(NotFound, match="no connector 'fax'"):
        Connectors().get("fax")


def test_name_of_a_connector_is_taken_once():
    connectors = Connectors([StartProcess()])

    with pytest.raises(ValueError, match="two connectors 'start_process'"):
        connectors.register(StartProcess())


@pytest.mark.parametrize("value", ["greet", "Greeter"])
def test_connectors_of_users_are_found_by_entry_point(installed, value):
    connectors = installed(greeter=f"{HERE}:{value}")

    result = connectors.get("greeter").call(a_call(name="Alice"))

    assert result.values == {"greeting": "Hello Alice"}


@pytest.mark.parametrize("value", ["no.such.module:x", f"{HERE}:nothing", f"{HERE}:NO_FUNCTION"])
def test_package_that_cannot_be_loaded_is_told_when_its_connector_is_used(installed, value):
    connector = installed(broken=value).get("broken")

    (problem,) = connector.check({})

    assert problem.startswith(f"connector 'broken' ({value})")
    with pytest.raises(ServiceFailed, match="connector 'broken'"):
        connector.call(a_call())


def test_package_cannot_replace_a_connector(installed, caplog):
    connectors = installed(anything=f"{HERE}:Impostor")

    assert connectors.names() == STANDARD
    assert not isinstance(connectors.get("http"), Impostor)
    assert f"the connector 'http' of {HERE}:Impostor is left out" in caplog.text


def test_function_may_return_a_result_values_or_nothing():
    result = CallResult({"a": 1}, mails=(Mail("k", "alice@example.org", "Hello", "Text"),))

    assert answering(lambda _call: result) == result
    assert answering(lambda _call: {"a": 1}) == CallResult({"a": 1})
    assert answering(lambda _call: None) == CallResult()


def test_function_may_fail_as_connectors_do():
    for error in (ServiceFailed("busy", retry_after_s=5), BusinessError("SOLD_OUT", "none left")):
        with pytest.raises(type(error)) as raised:
            answering(raising(error))
        assert raised.value is error


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), NotFound("task", 1), RecursionError()])
def test_function_that_breaks_is_a_service_that_failed(error):
    with pytest.raises(ServiceFailed, match=type(error).__name__) as failed:
        answering(raising(error))

    assert not failed.value.is_permanent


@pytest.mark.parametrize("returned", [7, "text", [("a", 1)], {"a": object()}, {1: 2}, {"a": 2**70}])
def test_function_that_returns_no_json_has_failed_for_good(returned):
    with pytest.raises(ServiceFailed, match="connector 'users_own' returned") as failed:
        answering(lambda _call: returned)

    assert failed.value.is_permanent
