"""Settings from the environment."""

import pytest

from web.settings import InvalidSettings, Settings


def test_defaults_are_safe():
    settings = Settings.from_environment({})

    assert not settings.is_demo
    assert len(settings.secret_key) >= 32
    assert settings.secret_key != Settings.from_environment({}).secret_key


def test_environment_decides():
    settings = Settings.from_environment(
        {
            "TWINFLOW_DEMO": "1",
            "TWINFLOW_HTTPS": "1",
            "TWINFLOW_TIMEZONE": "Europe/Amsterdam",
            "TWINFLOW_TRUSTED_PROXIES": "1",
            "TWINFLOW_SECRET_KEY": "s" * 32,
        }
    )

    assert (settings.is_demo, settings.is_https, settings.trusted_proxies) == (True, True, 1)
    assert (str(settings.timezone), settings.secret_key) == ("Europe/Amsterdam", "s" * 32)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TWINFLOW_DEMO", "yes"),
        ("TWINFLOW_TIMEZONE", "Mars/Olympus"),
        ("TWINFLOW_TIMEZONE", "../etc/passwd"),
        ("TWINFLOW_TRUSTED_PROXIES", "-1"),
        ("TWINFLOW_SECRET_KEY", "short"),
    ],
)
def test_wrong_setting_is_named(name, text):
    with pytest.raises(InvalidSettings, match=name):
        Settings.from_environment({name: text})


def test_https_keeps_cookies_and_pages_to_tls(engine, clock, tmp_path):
    from tests.web.clinic import CHEAP
    from web import create_app
    from web.context import Services
    from web.experiments import Experiments

    settings = Settings(secret_key="k" * 32, is_https=True, password_cost=CHEAP)
    services = Services(engine, Experiments(tmp_path, clock=clock), settings, clock)
    answer = create_app(services).test_client().get("/sign-in")

    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]
