"""The sandbox's certificates hold what a strict client asks for."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest

from sandbox.purity.server import server_context
from sandbox.tls import Certificates, KeyPair, write_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return write_certificates(tmp_path_factory.mktemp("tls"), ["fa1.example.com"])


def shake_hands(pair: KeyPair, ca_file: Path, name: str) -> None:
    """Let a strict client meet a server with this certificate; raises ssl.SSLError if it refuses."""
    left, right = socket.socketpair()

    def run() -> None:
        try:
            with server_context(pair.certfile, pair.keyfile).wrap_socket(right, server_side=True):
                pass
        except OSError:
            right.close()

    server = threading.Thread(target=run)
    server.start()
    client = ssl.create_default_context(cafile=str(ca_file))
    # What Python 3.13 does by default.
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        with client.wrap_socket(left, server_hostname=name):
            pass
    finally:
        left.close()
        server.join()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "::1", "fa1.example.com"])
def test_a_strict_client_that_trusts_the_authority_accepts_each_name(
    certificates: Certificates, name: str
) -> None:
    shake_hands(certificates.server, certificates.ca_file, name)


def test_a_certificate_of_the_other_authority_is_refused(certificates: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
        shake_hands(certificates.other_server, certificates.ca_file, "localhost")
    shake_hands(certificates.other_server, certificates.other_ca_file, "localhost")


def test_another_name_is_refused(certificates: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(certificates.server, certificates.ca_file, "fa2.example.com")


def test_keys_are_readable_by_their_owner_only(certificates: Certificates) -> None:
    assert stat.S_IMODE(certificates.server.keyfile.stat().st_mode) == 0o600
