"""A certificate for service.test and localhost, made for the run."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the certificate and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl on this machine to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = "-subj /CN=service.test -addext subjectAltName=DNS:service.test,DNS:localhost"
    files = f"-keyout {folder}/key.pem -out {folder}/certificate.pem"
    subprocess.run(
        [openssl, *options.split(), *names.split(), *files.split()], check=True, capture_output=True
    )
    return folder


@pytest.fixture(scope="session")
def server_tls(certificate: Path) -> ssl.SSLContext:
    """What a server shows."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    return tls


@pytest.fixture(scope="session")
def client_tls(certificate: Path) -> ssl.SSLContext:
    """What a client trusts."""
    return ssl.create_default_context(cafile=certificate / "certificate.pem")
