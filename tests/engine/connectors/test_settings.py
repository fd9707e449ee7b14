from __future__ import annotations

import pytest

from engine.connectors.settings import ConnectorSettings, MailSettings

SMTP = {"TWINFLOW_SMTP_HOST": "mail.example.org", "TWINFLOW_MAIL_FROM": "care@example.org"}


def test_nothing_is_called_and_no_mail_leaves_by_default():
    settings = ConnectorSettings.from_environment({})

    assert settings == ConnectorSettings()
    assert settings.http_allow == ()
    assert settings.mail.is_captured


def test_settings_are_read_from_the_environment():
    settings = ConnectorSettings.from_environment(
        {
            "TWINFLOW_HTTP_ALLOW": "api.example.org, http://intranet:8080,",
            "TWINFLOW_HTTP_PRIVATE_NETWORKS": "10.1.0.0/16",
            "TWINFLOW_HTTP_SECRET_CRM": "Bearer abc",
            "TWINFLOW_BASE_URL": "https://care.example.org",
        }
    )

    assert settings.http_allow == ("api.example.org", "http://intranet:8080")
    assert settings.http_private_networks == ("10.1.0.0/16",)
    assert settings.http_secrets == {"CRM": "Bearer abc"}
    assert settings.base_url == "https://care.example.org"


def test_settings_of_mail_are_read_from_the_environment():
    more = {
        "TWINFLOW_SMTP_PORT": "465",
        "TWINFLOW_SMTP_SECURITY": "TLS",
        "TWINFLOW_SMTP_USER": "care",
        "TWINFLOW_SMTP_PASSWORD": "secret",
    }

    mail = ConnectorSettings.from_environment(SMTP | more).mail

    expected = ("mail.example.org", 465, "tls", "care", "secret", "care@example.org")
    assert (mail.host, mail.port, mail.security, mail.user, mail.password, mail.sender) == expected
    assert not mail.is_captured


def test_settings_do_not_show_secrets():
    settings = ConnectorSettings(
        http_secrets={"CRM": "hidden"},
        mail=MailSettings(password="hidden"),
    )

    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"TWINFLOW_HTTP_ALLOW": "*"}, r"TWINFLOW_HTTP_ALLOW: '\*' is no host"),
        ({"TWINFLOW_HTTP_PRIVATE_NETWORKS": "all"}, "TWINFLOW_HTTP_PRIVATE_NETWORKS: 'all'"),
        ({"TWINFLOW_BASE_URL": "care.example.org"}, "TWINFLOW_BASE_URL is 'care.example.org'"),
        ({"TWINFLOW_SMTP_PORT": "smtp"}, "TWINFLOW_SMTP_PORT is 'smtp'; allowed: 1 to 65535"),
        ({"TWINFLOW_SMTP_PORT": "0"}, "TWINFLOW_SMTP_PORT is '0'"),
        ({"TWINFLOW_SMTP_SECURITY": "ssl"}, "allowed: starttls, tls, none"),
        ({"TWINFLOW_SMTP_HOST": "mail.example.org"}, "TWINFLOW_MAIL_FROM: is empty"),
        (SMTP | {"TWINFLOW_MAIL_FROM": "a@b.cc\r\nX: y"}, "TWINFLOW_MAIL_FROM"),
        (SMTP | {"TWINFLOW_SMTP_USER": "x", "TWINFLOW_SMTP_SECURITY": "none"}, "encrypted"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(environment, message):
    with pytest.raises(ValueError, match=message):
        ConnectorSettings.from_environment(environment)
