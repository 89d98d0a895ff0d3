"""A certificate that is refused is told from a connection that breaks off while TLS is being set up."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from integrations import tls
from sandbox.tls import write_certificates


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answer one connection on a free port, and give its https address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(10)


def failed(url: str, ca_file: Path) -> requests.exceptions.SSLError:
    with requests.Session() as session, pytest.raises(requests.exceptions.SSLError) as caught:
        session.trust_env = False
        session.get(url, verify=str(ca_file), timeout=10)
    return caught.value


def test_a_cut_in_the_handshake_is_no_fault_of_the_certificate(tmp_path: Path) -> None:
    made = write_certificates(tmp_path)
    # The hello is read first: otherwise the close would be a reset, which is no SSLError.
    with listening(lambda connection: connection.recv(65_536) and None) as url:
        error = failed(url, made.ca_file)
    assert not tls.distrusts(error)
    assert "cut while TLS was being set up" in tls.reason(error)


def test_a_certificate_of_another_authority_is_one(tmp_path: Path) -> None:
    made = write_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.other_server.certfile, made.other_server.keyfile)

    def shake_hands(connection: socket.socket) -> None:
        with suppress(ssl.SSLError):
            context.wrap_socket(connection, server_side=True).close()

    with listening(shake_hands) as url:
        error = failed(url, made.ca_file)
    assert tls.distrusts(error)


def test_another_protocol_is_told_in_the_librarys_words(tmp_path: Path) -> None:
    made = write_certificates(tmp_path)
    with listening(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        error = failed(url, made.ca_file)
    assert not tls.distrusts(error)
    assert tls.reason(error).startswith("TLS was not set up (")
